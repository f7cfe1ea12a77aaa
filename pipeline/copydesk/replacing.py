"""Replacements of one step: which stretch of the text each falls into, and all of one stretch made in one pass."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from copydesk.document import Parts
from copydesk.edits import Change, Replace
from copydesk.proposed import EditError

#: Tells which stretch of a document's text a replacement stands in: the text as a whole, a block, the separator
#: after a block, or the white space around all blocks.
Region = tuple[str, int | None]


class Spot(NamedTuple):
    """A replacement with the region it falls into and its offsets within that region."""

    region: Region
    start: int
    end: int
    edit: Replace


def locate(edit: Replace, parts: Parts, order: Sequence[int]) -> Spot:
    """Return the region that a replacement falls into; `order` is where each of the blocks begins.

    Raises EditError where it falls into none, or reaches over the end of one.
    """
    lead, blocks, trail = parts
    if edit.block is not None:
        return Spot(("block", edit.block), edit.start, edit.end, edit)
    start, end = edit.start, edit.end
    last = blocks[-1] if blocks else None
    length = (order[-1] + len(last.text) + len(last.separator) if last else len(lead)) + len(trail)
    if not 0 <= start <= end <= length:
        raise EditError(f"rule {edit.rule!r} replaces {start}-{end} of a text of {length} characters")
    index = bisect_right(order, start) - 1
    if index < 0 or not blocks:
        if end <= len(lead):
            return Spot(("lead", None), start, end, edit)
        if not blocks and start >= len(lead):
            return Spot(("trail", None), start - len(lead), end - len(lead), edit)
    else:
        block = blocks[index]
        text_end = order[index] + len(block.text)
        if end <= text_end:
            return Spot(("block", block.id), start - order[index], end - order[index], edit)
        if start >= text_end and end <= text_end + len(block.separator):
            return Spot(("separator", block.id), start - text_end, end - text_end, edit)
        if start >= text_end and index == len(blocks) - 1:
            return Spot(("trail", None), start - text_end, end - text_end, edit)
    raise EditError(
        f"rule {edit.rule!r} replaces {start}-{end} of the text, which reaches over the end of a block after "
        "blocks were edited one by one; yield a Recast of those blocks, or one Replace for each"
    )


def replace_in(text: str, spots: list[Spot], changes: list[Change], stage: str, step: int, offset: int) -> str:
    """Return `text` with the replacements of one region made; `before` of each change is relative to `offset`."""
    spots.sort(key=lambda spot: (spot.start, spot.end))
    pieces: list[str] = []
    at = shift = 0
    previous: Spot | None = None
    for spot in spots:
        start, end, edit = spot.start, spot.end, spot.edit
        if not 0 <= start <= end <= len(text):
            raise EditError(f"rule {edit.rule!r} replaces {start}-{end} of a text of {len(text)} characters")
        if previous and (start < previous.end or start == end == previous.start == previous.end):
            raise EditError(
                f"rules {previous.edit.rule!r} and {edit.rule!r} touch the same text at {offset + start}-{offset + end}"
            )
        previous = spot
        old = text[start:end]
        if old == edit.text:
            continue
        where, block = spot.region
        changes.append(
            Change(
                step, stage, "replace", edit.rule, edit.why, edit.score, block,
                (offset + start, offset + end), (start + shift, start + shift + len(edit.text)), old, edit.text,
                {"in": where, "start": start, "at": start + shift},
            )
        )  # fmt: skip
        pieces += (text[at:start], edit.text)
        at = end
        shift += len(edit.text) - (end - start)
    pieces.append(text[at:])
    return "".join(pieces)
