"""A document: immutable text, seen as blocks, with its tags and where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Self

from copydesk.blocks import Block, Layout, Parts, Tags, count_breaks, is_wrapped, split, with_tag

__all__ = [
    "Block",
    "Document",
    "Layout",
    "Parts",
    "Source",
    "Tags",
    "count_breaks",
    "is_wrapped",
    "split",
    "with_tag",
]

_NO_TAGS: Tags = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document came from, as far as the caller knows. Nothing here is guessed.

    `charset` and `language` are what the outside declared (an HTTP header, a feed), not what was detected;
    `media_type` is such as "text/html". `spelling` says how the text was written where JSON has several ways to write
    it: "ascii", or the very string with its quotation marks; None is the way of
    `json.dumps(text, ensure_ascii=False)`.
    """

    name: str | None = None
    url: str | None = None
    charset: str | None = None
    language: str | None = None
    media_type: str | None = None
    spelling: str | None = None


_NO_SOURCE = Source()


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
