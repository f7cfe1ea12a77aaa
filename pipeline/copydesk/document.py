"""A document: immutable text, seen as blocks with the separators between them.

The text is leading space, blocks each followed by its separator, and trailing space. Line breaks are CR LF, LF, CR,
U+2028 and U+2029 and nothing else: `str.splitlines` also cuts at U+0085, which tears mojibake apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Self

Layout = Literal["auto", "lines", "wrapped"]
Tags = Mapping[str, Any]

# Spelt out, the alternatives let the regex engine skip to the next break; as a class they would not.
BREAK = r"(?:\r\n|\n|\r|\u2028|\u2029)"
_BLANK = r"[^\S\r\n\u2028\u2029]"
_LEAD = re.compile(rf"(?:{_BLANK}*+{BREAK})*+(?:{_BLANK}*+\Z)?")
_TRAIL = re.compile(rf"{BREAK}(?:{_BLANK}*+{BREAK})*+{_BLANK}*+\Z")
_SEPARATOR = {
    "lines": re.compile(rf"{BREAK}(?:{_BLANK}*+{BREAK})*+"),
    "wrapped": re.compile(rf"{BREAK}(?:{_BLANK}*+{BREAK})++"),
}
_LINE_BREAK = re.compile(BREAK)
_NO_TAGS: Tags = MappingProxyType({})

# Below these a text is not taken for hard-wrapped: mail and plain-text files wrap at 60 to 80 characters.
_WRAP_MIN_WIDTH = 50
_WRAP_MIN_LINES = 3
_WRAP_SHARE = 0.9
_WRAP_SLACK = 12


def count_breaks(separator: str) -> int:
    r"""Return the number of line breaks in `separator` (CR LF is one).

    >>> count_breaks("\r\n\n")
    2
    """
    return len(_LINE_BREAK.findall(separator))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document came from, as far as the caller knows. Nothing here is guessed.

    `charset` and `language` are what the outside declared (an HTTP header, a feed), not what was detected;
    `media_type` is such as "text/html". `spelling` says how the text was written where JSON has several ways to write it:
    "ascii", or the very string with its quotation marks; None is the way of `json.dumps(text, ensure_ascii=False)`.
    """

    name: str | None = None
    url: str | None = None
    charset: str | None = None
    language: str | None = None
    media_type: str | None = None
    spelling: str | None = None


_NO_SOURCE = Source()


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text that stages treat as one: a line, a paragraph, a list item.

    `id` stays the same for the life of the document, `separator` is what stands after the block ("" after the last).
    """

    id: int
    text: str
    separator: str = ""
    tags: Tags = field(default_factory=dict)


class Parts(NamedTuple):
    """A document's text taken apart: `lead`, the blocks with their separators, `trail`."""

    lead: str
    blocks: tuple[Block, ...]
    trail: str

    def join(self) -> str:
        """Return the text that these parts make."""
        pieces = [self.lead]
        for block in self.blocks:
            pieces += (block.text, block.separator)
        pieces.append(self.trail)
        return "".join(pieces)


def is_wrapped(text: str) -> bool:
    r"""Tell whether `text` looks hard-wrapped: paragraphs of several lines that break near one width.

    A line counts as full when it ends within a few characters of the widest line, or when the first word of the next
    line would not have fitted. Menus, poems and share bars fail this.

    >>> is_wrapped("Roses are red,\nviolets are blue.\n\nSugar is sweet,\nand so are you.\n")
    False
    """
    full_candidates: list[tuple[int, int]] = []
    groups = 0
    for group in _SEPARATOR["wrapped"].split(text.strip()):
        lines = _LINE_BREAK.split(group)
        groups += 1
        full_candidates += [
            (len(line.rstrip()), len(after.split(None, 1)[0]) if after.strip() else 0)
            for line, after in pairwise(lines)
        ]
    if groups < 2 or len(full_candidates) < _WRAP_MIN_LINES:
        return False
    width = max(length for length, _ in full_candidates)
    if width <= _WRAP_MIN_WIDTH:
        return False
    full = sum(
        length > _WRAP_MIN_WIDTH and (width - length <= _WRAP_SLACK or length + 1 + first_word > width)
        for length, first_word in full_candidates
    )
    return full >= _WRAP_SHARE * len(full_candidates)


def split(text: str, layout: Layout = "auto") -> tuple[Layout, Parts]:
    r"""Return the layout that was decided on and the parts of `text`.

    >>> split("One.\n\nTwo.\n")[1].blocks
    (Block(id=0, text='One.', separator='\n\n', tags={}), Block(id=1, text='Two.', separator='', tags={}))
    """
    if layout == "auto":
        layout = "wrapped" if is_wrapped(text) else "lines"
    lead_match = _LEAD.match(text)
    start = lead_match.end() if lead_match else 0
    end = len(text)
    stripped = len(text.rstrip())  # the search for trailing space starts where the last visible character ends
    trail_match = _TRAIL.search(text, max(start, stripped)) if start < end else None
    if trail_match:
        end = trail_match.start()
    blocks: list[Block] = []
    at = start
    for found in _SEPARATOR[layout].finditer(text, start, end):
        blocks.append(Block(len(blocks), text[at : found.start()], found.group()))
        at = found.end()
    if at < end:
        blocks.append(Block(len(blocks), text[at:end]))
    return layout, Parts(text[:start], tuple(blocks), text[end:])


class Document:
    r"""The text of one document, its tags and where it came from. Never changes; an edit makes a new one.

    Blocks are split when first asked for. As long as no edit has touched single blocks they are split afresh after an
    edit of the whole text; from then on, and when the caller gave the blocks, they are carried and never split again.

    >>> doc = Document("Share\n\nThe minister resigned.\n")
    >>> [block.text for block in doc.blocks]
    ['Share', 'The minister resigned.']
    >>> doc.trail
    '\n'
    """

    def __init__(
        self, text: str, *, source: Source | None = None, layout: Layout = "auto", tags: Tags | None = None
    ) -> None:
        self._text: str | None = text
        self._parts: Parts | None = None
        self._asked_layout: Layout = layout
        self._layout: Layout | None = None
        self._next_id = 0
        self.carried = False
        self.source = source or _NO_SOURCE
        self.tags: Tags = MappingProxyType(dict(tags)) if tags else _NO_TAGS

    @classmethod
    def from_blocks(
        cls, texts: Iterable[str], *, separator: str = "\n\n", source: Source | None = None, tags: Tags | None = None
    ) -> Self:
        r"""Return a document of exactly these blocks, whatever line breaks they hold.

        >>> Document.from_blocks(["One\nline", "Two"]).text
        'One\nline\n\nTwo'
        """
        kept = tuple(texts)
        last = len(kept) - 1
        blocks = tuple(Block(i, text, separator if i < last else "") for i, text in enumerate(kept))
        document = cls("", source=source, layout="lines", tags=tags)
        return document.with_parts(Parts("", blocks, ""))

    @property
    def text(self) -> str:
        """The whole text."""
        if self._text is None:
            assert self._parts is not None
            self._text = self._parts.join()
        return self._text

    @property
    def parts(self) -> Parts:
        """Lead, blocks and trail; splits the text if that was not done yet."""
        if self._parts is None:
            self._layout, self._parts = split(self.text, self._asked_layout)
            self._next_id = len(self._parts.blocks)
        return self._parts

    @property
    def is_split(self) -> bool:
        """Whether anybody has asked for the blocks yet."""
        return self._parts is not None

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks, in order."""
        return self.parts.blocks

    @property
    def lead(self) -> str:
        """White space before the first block."""
        return self.parts.lead

    @property
    def trail(self) -> str:
        """White space after the last block, usually the final newline."""
        return self.parts.trail

    @property
    def layout(self) -> Layout:
        """The layout that was asked for or, once the text is split, decided on."""
        return self._layout or self._asked_layout

    @property
    def language(self) -> str:
        """The BCP-47 tag that a language stage gave, else `und`."""
        return str(self.tags.get("language", "und"))

    @cached_property
    def starts(self) -> Mapping[int, int]:
        """Offset of each block in the text (code points), by block id."""
        at = len(self.lead)
        starts = {}
        for block in self.blocks:
            starts[block.id] = at
            at += len(block.text) + len(block.separator)
        return starts

    def block(self, block_id: int) -> Block:
        """Return the block of that id; KeyError if there is none."""
        return self._by_id[block_id]

    @cached_property
    def _by_id(self) -> dict[int, Block]:
        return {block.id: block for block in self.blocks}

    @property
    def next_id(self) -> int:
        """The id that the next new block gets."""
        _ = self.parts
        return self._next_id

    def with_text(self, text: str) -> Self:
        """Return a copy with another text, to be split when asked for."""
        return self._copy({"text": text, "parts": None, "layout": None, "next_id": 0, "carried": False})

    def with_parts(self, parts: Parts, next_id: int = 0) -> Self:
        """Return a copy that carries these parts."""
        unused = max((block.id for block in parts.blocks), default=-1) + 1
        next_id = max(unused, self._next_id, next_id)
        return self._copy({"text": None, "parts": parts, "next_id": next_id, "carried": True})

    def with_tags(self, tags: Tags) -> Self:
        """Return a copy with other document tags."""
        return self._copy({"tags": dict(tags)})

    def _copy(self, changed: dict[str, Any]) -> Self:
        new = type(self).__new__(type(self))
        new.__setstate__({**self.__getstate__(), **changed})
        return new

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Document):
            return NotImplemented
        return (self.text, self.tags, self.source, self.carried) == (
            other.text,
            other.tags,
            other.source,
            other.carried,
        ) and (not self.carried or self.parts == other.parts)

    __hash__ = None  # type: ignore[assignment]  # a document holds mappings

    def __repr__(self) -> str:
        shown = self.text if len(self.text) <= 60 else f"{self.text[:57]}..."
        return f"Document({shown!r}, source={self.source.name!r})"

    def __getstate__(self) -> dict[str, Any]:
        return {
            "text": self._text,
            "parts": self._parts,
            "asked_layout": self._asked_layout,
            "layout": self._layout,
            "next_id": self._next_id,
            "carried": self.carried,
            "source": self.source,
            "tags": dict(self.tags),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._text, self._parts = state["text"], state["parts"]
        self._asked_layout, self._layout = state["asked_layout"], state["layout"]
        self._next_id, self.carried = state["next_id"], state["carried"]
        self.source, self.tags = state["source"], MappingProxyType(state["tags"])


def with_tag(block: Block, key: str, value: Any) -> Block:
    """Return `block` with one tag set, or removed where `value` is None."""
    tags = {k: v for k, v in block.tags.items() if k != key}
    if value is not None:
        tags[key] = value
    return replace(block, tags=tags)
