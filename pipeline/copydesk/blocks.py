"""A text as blocks with the separators between them, and how it is cut into these.

The text is leading space, blocks each followed by its separator, and trailing space. Line breaks are CR LF, LF, CR,
U+2028 and U+2029 and nothing else: `str.splitlines` also cuts at U+0085, which tears mojibake apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal, NamedTuple

Layout = Literal["auto", "lines", "wrapped"]
Tags = Mapping[str, Any]

# Spelt out, the alternatives let the regex engine skip to the next break; as a class they would not.
BREAK = r"(?>\r\n|\n|\r|\u2028|\u2029)"
_BLANK = r"[^\S\r\n\u2028\u2029]"
_LEAD = re.compile(rf"(?:{_BLANK}*+{BREAK})*+(?:{_BLANK}*+\Z)?")
_TRAIL = re.compile(rf"{BREAK}(?:{_BLANK}*+{BREAK})*+{_BLANK}*+\Z")
_SEPARATOR = {
    "lines": re.compile(rf"({BREAK}(?:{_BLANK}*+{BREAK})*+)"),
    "wrapped": re.compile(rf"({BREAK}(?:{_BLANK}*+{BREAK})++)"),
}
# The same for a text without other breaks than LF, which takes a third of the time.
_SIMPLE = {"lines": re.compile(r"(\n(?:\s*\n)?)"), "wrapped": re.compile(r"(\n\s*\n)")}
_LINE_BREAK = re.compile(BREAK)
# The separators of nearly all blocks, counted beforehand.
_COMMON = {line_break * count: count for line_break in ("\n", "\r\n") for count in range(4)}

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
    return _COMMON[separator] if separator in _COMMON else len(_LINE_BREAK.findall(separator))


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
    groups = _pieces(text.strip(), "wrapped")[::2]
    if len(groups) < 2:
        return False
    full_candidates: list[tuple[int, int]] = []
    for group in groups:
        lines = _LINE_BREAK.split(group)
        full_candidates += [
            (len(line.rstrip()), len(after.split(None, 1)[0]) if after.strip() else 0)
            for line, after in pairwise(lines)
        ]
    if len(full_candidates) < _WRAP_MIN_LINES:
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
    lead_match = _LEAD.match(text)
    start = lead_match.end() if lead_match else 0
    end = len(text)
    stripped = len(text.rstrip())  # the search for trailing space starts where the last visible character ends
    trail_match = _TRAIL.search(text, max(start, stripped)) if start < end else None
    if trail_match:
        end = trail_match.start()
    middle = text[start:end]
    pieces = _pieces(middle, "wrapped" if layout == "wrapped" else "lines")
    if layout == "auto":
        layout = "lines"
        tight = sum(count_breaks(separator) == 1 for separator in pieces[1::2])
        if _WRAP_MIN_LINES <= tight < len(pieces) // 2 and is_wrapped(middle):
            layout, pieces = "wrapped", _pieces(middle, "wrapped")
    pieces.append("")  # stands after the last block
    blocks = tuple(Block(at // 2, pieces[at], pieces[at + 1], {}) for at in range(0, len(pieces), 2))
    return layout, Parts(text[:start], blocks if middle else (), text[end:])


def _pieces(text: str, layout: str) -> list[str]:
    """Return blocks and the separators between them, in turn."""
    simple = "\r" not in text and "\u2028" not in text and "\u2029" not in text
    return (_SIMPLE if simple else _SEPARATOR)[layout].split(text)


def with_tag(block: Block, key: str, value: Any) -> Block:
    """Return `block` with one tag set, or removed where `value` is None."""
    tags = {k: v for k, v in block.tags.items() if k != key}
    if value is not None:
        tags[key] = value
    return Block(block.id, block.text, block.separator, tags)
