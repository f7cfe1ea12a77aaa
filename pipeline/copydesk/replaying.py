"""Changes made again on a document from which others were left out: places shifted, texts checked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from copydesk.apply import apply
from copydesk.document import Document, Parts
from copydesk.edits import Change, Drop, Edit, Move, NewBlock, Recast, Replace, SetTag
from copydesk.errors import UndoError
from copydesk.proposed import EditError
from copydesk.record import Record
from copydesk.replacing import Region

#: By region, where the replayed text differs from the recorded one: position, width, shift behind it.
Shifts = dict[Region, list[list[int]]]


def split_again(document: Document, expected: Parts, gone: Iterable[Change], record: Record) -> Document:
    """Give the replayed document the blocks that later edits speak of, or refuse where they would be others."""
    carried = document.with_parts(document.parts)
    if len(carried.blocks) != len(expected.blocks):
        stages = ", ".join(sorted({c.stage for c in gone if c.step < (record.split or 0)}))
        raise UndoError(
            f"{record.name}: without the changes of {stages} the text has {len(carried.blocks)} blocks, not "
            f"{len(expected.blocks)}, so later edits have no place; undo those stages as well, or everything"
        )
    return carried


def shifts_by_block(shifts: Shifts, recorded: Parts, replayed: Parts) -> None:
    """Carry shifts noted in the whole text over to the regions that edits speak of from now on.

    What was taken out where two regions meet may have been of either, or of both: how long they are now tells.
    """
    pivots = shifts.pop(("text", None), [])
    if not pivots:
        return
    starts: list[int] = []
    at = 0
    regions = _regions(recorded)
    for _, length in regions:
        starts.append(at)
        at += length
    between = {position for position, width, _ in pivots if not width and (position in starts or position == at)}
    for position, width, delta in pivots:
        if width or position not in between:
            index = bisect_right(starts, position) - 1
            shifts.setdefault(regions[index][0], []).append([position - starts[index], width, delta])
    for start, (region, length), (_, now) in zip(starts, regions, _regions(replayed), strict=True):
        rest = now - length - sum(delta for _, _, delta in shifts.get(region, ()))
        if rest and not between.isdisjoint((start, start + length)):
            shifts.setdefault(region, []).append([length if start + length in between else 0, 0, rest])


def _regions(parts: Parts) -> list[tuple[Region, int]]:
    """Return the regions of a text in order, with their lengths."""
    regions: list[tuple[Region, int]] = [(("lead", None), len(parts.lead))]
    for block in parts.blocks:
        regions += ((("block", block.id), len(block.text)), (("separator", block.id), len(block.separator)))
    return [*regions, (("trail", None), len(parts.trail))]


def replay(
    document: Document,
    changes: Sequence[Change],
    shifts: Shifts,
    record: Record,
) -> tuple[Document, tuple[Change, ...]]:
    """Make the changes of one step again, as far as they stay; UndoError names the first that cannot be."""
    if not changes:
        return document, ()
    edits: list[Edit] = []
    ids: dict[int, list[int]] = {}
    for change in changes:
        try:
            edit = _edit_of(document, change, shifts)
        except (KeyError, _GoneError):
            raise UndoError(
                f"{record.name}: {change.describe()} stays, but the text before it is no longer there without the "
                "changes that go; undo its stage or rule as well"
            ) from None
        if isinstance(edit, Recast):
            ids[edit.blocks[0]] = [block_id for block_id, _, _ in change.detail["is"]]
        edits.append(edit)
    try:
        return apply(document, edits, stage=changes[0].stage, step=changes[0].step, new_ids=ids)
    except EditError as error:
        raise UndoError(f"{record.name}: the changes of {changes[0].stage} cannot be replayed: {error}") from None


class _GoneError(Exception):
    """The text before of an edit is no longer there."""


def _edit_of(document: Document, change: Change, shifts: Shifts) -> Edit:
    """Return the edit that makes this change again, or raise where its text before is not there."""
    rule, why, score = change.rule, change.why, change.score
    detail = change.detail
    if change.kind == "replace":
        region = (detail["in"], change.block)
        recorded = start = detail["start"]
        length = len(change.old or "")
        for position, width, delta in shifts.get(region, ()):
            if position + width <= recorded:
                start += delta
            elif position < recorded + length or (length == 0 and position < recorded):
                raise _GoneError
        text = _region_text(document, region)
        if text[start : start + length] != change.old:
            raise _GoneError
        start += _region_start(document, region)
        return Replace(start, start + length, change.new or "", rule=rule, why=why, score=score)
    if change.kind == "drop":
        assert change.block is not None
        if document.block(change.block).text != change.old:
            raise _GoneError
        return Drop(change.block, rule=rule, why=why, score=score)
    if change.kind == "recast":
        ids = tuple(block_id for block_id, _, _ in detail["was"])
        old = Parts("", tuple(replace(document.block(b), separator="") for b in ids), "").join()
        if old != "".join(text for text, _ in _cut(change.old or "", detail["was"])):
            raise _GoneError
        new = tuple(NewBlock(text, separator) for text, separator in _cut(change.new or "", detail["is"]))
        return Recast(ids, new, rule=rule, why=why, score=score)
    if change.kind == "move":
        assert change.block is not None
        document.block(change.block)
        return Move(change.block, detail["to_block"], rule=rule, why=why, score=score)
    if change.block is not None:
        document.block(change.block)
    return SetTag(detail["key"], detail["new"], change.block, rule=rule, why=why, score=score)


def _cut(text: str, outlined: Iterable[Sequence[int | str]]) -> list[tuple[str, str]]:
    cut = []
    at = 0
    for _, length, separator in outlined:
        assert isinstance(length, int)
        assert isinstance(separator, str)
        cut.append((text[at : at + length], separator))
        at += length + len(separator)
    return cut


def _region_text(document: Document, region: tuple[str, int | None]) -> str:
    name, block = region
    if block is not None:
        return document.block(block).text if name == "block" else document.block(block).separator
    return {"lead": lambda: document.lead, "trail": lambda: document.trail}.get(name, lambda: document.text)()


def _region_start(document: Document, region: tuple[str, int | None]) -> int:
    name, block = region
    if block is not None:
        return document.starts[block] + (len(document.block(block).text) if name == "separator" else 0)
    return len(document.text) - len(document.trail) if name == "trail" else 0


def note_shifts(changes: Sequence[Change], skipped: Collection[int], shifts: Shifts) -> None:
    """Keep, by region, where the replayed text differs from the recorded one: position, width, shift behind it.

    Positions are those of the recorded text after this step, so later changes of the record can be looked up as they
    stand.
    """
    replaced: dict[Region, list[Change]] = {}
    for change in changes:
        if change.kind == "replace":
            replaced.setdefault((change.detail["in"], change.block), []).append(change)
    for region, group in replaced.items():
        for pivot in shifts.get(region, ()):
            pivot[0] += sum(
                len(c.new or "") - len(c.old or "") for c in group if c.detail["start"] + len(c.old or "") <= pivot[0]
            )
        for change in group:
            if id(change) not in skipped:
                continue
            width = len(change.new or "")
            shifts.setdefault(region, []).append([change.detail["at"], width, len(change.old or "") - width])
