"""Markdown from the roles that blocks carry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from copydesk import Block, Document, Replace

#: What stands between the cells of a row.
_CELLS = " | "
# Between letters or digits an underscore means nothing in Markdown.
_INLINE = re.compile(
    r"\\(?=[!-/:-@\[-`{-~]|\Z)|[*`]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|~(?=~)|(?<=~)~"
)
_LINK = re.compile(r"\](?=[(\[:])|\[(?=\^)")
_BRACKET = re.compile(r"\[")
_TASK = re.compile(r"\[[ xX]\](?:\s|\Z)")
# What would open a heading, a quote, a list, a fence, a table or an underline at the start of a line.
_START = re.compile(r"(?=[#>=|~])|(?=[-+](?:[\s+-]|\Z))")
_NUMBER = re.compile(r"\d{1,9}(?=[.)](?:\s|\Z))")
_CLOSING = re.compile(r"(?:(?<=\s)|\A)#(?=#*\s*\Z)")
_TICKS = re.compile(r"`+")
_INDENT = 4

#: Text to be put in, by the place in the block.
_Insertions = dict[int, str]


@dataclass(frozen=True, slots=True)
class Markdown:
    r"""Write each block in Markdown (CommonMark, with the tables of GitHub) by the role that `extract` gave it.

    A `heading` gets its number signs, an `item` its bullet or number and its depth, a `quote` its angle bracket, a
    `row` its bars, a `caption` stars around it, and `code` stands in a fence. The first row of a table is its head
    where the page says so; else an empty head is put above it, since Markdown has no table without one. Characters of
    the text that would mean something in Markdown get a backslash (rule `escape`).

    Nothing is taken away: every edit puts characters in, and undo takes them out again. A block without a role is left
    alone, so a text that did not come from a page stays as it is. Links and bold type are not kept by `extract` and so
    cannot be written. It is made to stand last in a chain.

    >>> import copydesk
    >>> from copydesk_stages.extract import Extract
    >>> page = "<html><nav><a href='/'>Home</a></nav><h1>The dam held</h1><p>Nobody was *badly* hurt.</p></html>"
    >>> print(copydesk.Chain.of(Extract(), Markdown()).run(page).text)
    # The dam held
    <BLANKLINE>
    Nobody was \*badly\* hurt.
    """

    def __call__(self, document: Document) -> Iterator[Replace]:
        """Yield insertions; their rule is the role of the block, or `escape`."""
        numbers: list[int] = []
        blocks = document.blocks
        at = 0
        while at < len(blocks):
            block = blocks[at]
            role = block.tags.get("role")
            if role == "row":
                rows = _table(blocks, at)
                for number, row in enumerate(rows):
                    yield from _edits(row, _row(row, rows if number == 0 else ()))
                at += len(rows)
                continue
            if role == "item":
                yield from _edits(block, _item(block, numbers))
            else:
                numbers.clear()
                after = blocks[at + 1] if at + 1 < len(blocks) else None
                yield from _edits(block, _by_itself(block, after))
            at += 1


def _edits(block: Block, put: Mapping[int, str]) -> Iterator[Replace]:
    role = str(block.tags.get("role"))
    for place in sorted(put):
        is_escape = put[place] == "\\" and 0 <= place < len(block.text)
        rule = "escape" if is_escape else role
        why = "it would mean something in Markdown" if is_escape else f"how Markdown marks a block that is a {role}"
        yield Replace(place, place, put[place], block.id, rule=rule, why=why, score=1.0)


def _by_itself(block: Block, after: Block | None) -> _Insertions:
    """Return what a block that belongs to no list and no table gets."""
    role, text = block.tags.get("role"), block.text
    if role == "code":
        fence = "`" * max(3, 1 + max((len(ticks) for ticks in _TICKS.findall(text)), default=0))
        return {0: f"{fence}\n", len(text): f"\n{fence}"}
    if role == "heading":
        level = block.tags.get("level")
        put = _inline(text)
        put |= {found.start(): "\\" for found in _CLOSING.finditer(text)}
        return _before("#" * (level if isinstance(level, int) and 1 <= level <= 6 else 2) + " ", put)
    if role == "caption":
        put = _before("*", _inline(text))
        put[len(text)] = "*"
        return put
    if role not in ("paragraph", "quote"):
        return {}
    put = _start(text)
    if role == "quote":
        put = _before("> ", put)
    if after is not None and after.tags.get("role") == role and block.separator in ("\n", "\r\n", "\r"):
        put[len(text)] = "\\"  # else Markdown joins the two lines
    return put


def _item(block: Block, numbers: list[int]) -> _Insertions:
    """Return what a list item gets; `numbers` counts the items at each depth and is kept up to date."""
    level = block.tags.get("level")
    # Deeper than one step below the item before would be code.
    depth = min(level if isinstance(level, int) and level > 0 else 1, len(numbers) + 1)
    del numbers[depth:]
    if len(numbers) < depth:
        numbers.append(0)
    numbers[-1] += 1
    mark = f"{numbers[-1]}. " if block.tags.get("list") == "ordered" else "- "
    put = _start(block.text)
    if _TASK.match(block.text):
        put[0] = "\\"
    return _before(" " * _INDENT * (depth - 1) + mark, put)


def _table(blocks: Sequence[Block], first: int) -> Sequence[Block]:
    """Return the rows that stand together from `first` on."""
    last = first + 1
    while (
        last < len(blocks)
        and blocks[last].tags.get("role") == "row"
        and blocks[last - 1].separator in ("\n", "\r\n", "\r")
    ):
        last += 1
    return blocks[first:last]


def _row(block: Block, table: Sequence[Block]) -> _Insertions:
    """Return what a row gets; the first one gets the whole `table`, whose head it is or is not."""
    text = block.text
    put = _inline(text)
    bars = {place + 1 for place in _places(text, _CELLS)}
    put |= {place: "\\" for place in _places(text, "|") if place not in bars}
    if not table:
        put[len(text)] = " |"
        return _before("| ", put)
    width = max(len(row.text.split(_CELLS)) for row in table)
    rule = "|" + " --- |" * width
    if block.tags.get("header"):
        missing = width - len(text.split(_CELLS))
        put[len(text)] = " |" + "  |" * missing + f"\n{rule}"
        return _before("| ", put)
    put[len(text)] = " |"
    return _before("|" + "  |" * width + f"\n{rule}\n| ", put)


def _places(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + len(part))


def _inline(text: str) -> _Insertions:
    put = {found.start(): "\\" for found in _INLINE.finditer(text)}
    if _LINK.search(text):
        put |= {found.start(): "\\" for found in _BRACKET.finditer(text)}
    return put


def _start(text: str) -> _Insertions:
    """Return the escapes of a text that begins a line."""
    put = _inline(text)
    if _START.match(text):
        put[0] = "\\"
    number = _NUMBER.match(text)
    if number:
        put[number.end()] = "\\"
    return put


def _before(mark: str, put: _Insertions) -> _Insertions:
    return {**put, 0: mark + put.get(0, "")}
