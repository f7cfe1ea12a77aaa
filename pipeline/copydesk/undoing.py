"""Going back: the whole way from output and record alone, or without some stages or rules by replaying the rest."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from copydesk.apply import EditError, apply, move_block
from copydesk.document import Block, Document, Layout, Parts
from copydesk.edits import Change, Drop, Edit, Move, NewBlock, Recast, Replace, SetTag
from copydesk.errors import UndoError
from copydesk.record import GIVEN, Record, digest, outline

_Region = tuple[str, int | None]
#: By region, where the replayed text differs from the recorded one: position, width, shift behind it.
_Shifts = dict[_Region, list[list[int]]]


def undo(text: str, record: Record, *, stages: Collection[str] = (), rules: Collection[str] = ()) -> str:
    r"""Return the text as it was before the chain, or without the changes of these stages and rules only.

    Raises UndoError where `text` is not the output that the record belongs to, where no change is of such a stage or
    rule, and where a change that stays depends on one that goes (the error names it).

    >>> import copydesk
    >>> result = copydesk.run("Advertisement\n\nThe minister resigned on Monday.\n", chain="news")
    >>> copydesk.undo(result.text, result.record)
    'Advertisement\n\nThe minister resigned on Monday.\n'
    """
    if stages or rules:
        return partial_undo(text, record, stages=stages, rules=rules)[0]
    return _original(text, record)[0].text


def to_bytes(text: str, record: Record) -> bytes:
    """Return the undone `text` as the bytes that the chain was given (UTF-8 where it was given text)."""
    data = record.decoding.to_bytes(text) if record.decoding else text.encode("utf-8", "surrogatepass")
    if digest(data) != record.input:
        raise UndoError(
            f"{_name(record)}: the bytes that came out are not the ones that went in; the record is damaged"
        )
    return data


def partial_undo(
    text: str, record: Record, *, stages: Collection[str] = (), rules: Collection[str] = ()
) -> tuple[str, Record]:
    """Return the text without the changes of these stages and rules, and the record that belongs to it."""
    gone = [c for c in record.changes if c.stage in stages or c.rule in rules]
    _check_named(record, gone, stages, rules)
    document, split_parts = _original(text, record)
    skipped = set(map(id, gone))
    redone: list[Change] = []
    shifts: _Shifts = {}
    for step, group in groupby(record.changes, key=lambda change: change.step):
        changes = list(group)
        if record.split == step:
            assert split_parts is not None
            document = _split_again(document, split_parts, gone, record)
            _shifts_by_block(shifts, split_parts)
        kept = [c for c in changes if id(c) not in skipped]
        document, done = _replay(document, kept, shifts, record)
        redone += done
        _note_shifts(changes, skipped, shifts)
    new = replace(record, output=digest(document.text), changes=tuple(redone))
    if record.split is not None:
        new = replace(new, lead=len(document.lead), trail=len(document.trail), blocks=outline(document))
    return document.text, new


def _name(record: Record) -> str:
    return record.document or "the document"


def _check_named(record: Record, gone: list[Change], stages: Collection[str], rules: Collection[str]) -> None:
    had_stages, had_rules = {c.stage for c in gone}, {c.rule for c in gone}
    for kind, wanted, had, there in (
        ("stage", stages, had_stages, {c.stage for c in record.changes}),
        ("rule", rules, had_rules, {c.rule for c in record.changes}),
    ):
        for name in wanted:
            if name not in had:
                listed = ", ".join(sorted(there)) or "none"
                raise UndoError(f"{_name(record)}: no change is of the {kind} {name!r}; the record has: {listed}")


def _original(text: str, record: Record) -> tuple[Document, Parts | None]:
    """Return the document that the first step was given, and its parts when they were first spoken of."""
    if digest(text) != record.output:
        raise UndoError(
            f"{_name(record)}: this text is not the output that the record belongs to (its SHA-256 differs). "
            "Undo needs the output exactly as it was written, with the record of the same run"
        )
    try:
        document, parts = _unapply(text, record)
    except (KeyError, IndexError, ValueError) as error:
        raise UndoError(f"{_name(record)}: the record is damaged: {error!r}") from error
    if record.decoding is None and digest(document.text) != record.input:
        raise UndoError(f"{_name(record)}: the text that came out is not the one that went in; the record is damaged")
    return document, parts


def _unapply(text: str, record: Record) -> tuple[Document, Parts | None]:
    steps = [list(group) for _, group in groupby(record.changes, key=lambda change: change.step)]
    layout: Layout = record.layout  # type: ignore[assignment]
    if record.split is None:
        for changes in reversed(steps):
            text = _text_before(text, changes)
        return Document(text, layout=layout), None
    parts = _parts_of_output(text, record)
    for changes in reversed(steps):
        if changes[0].step >= record.split:
            parts = _parts_before(parts, changes)
    if record.split == GIVEN:
        return Document("", layout="lines").with_parts(parts), parts
    text = parts.join()
    for changes in reversed(steps):
        if changes[0].step < record.split:
            text = _text_before(text, changes)
    return Document(text, layout=layout), parts


def _parts_of_output(text: str, record: Record) -> Parts:
    at = record.lead
    blocks = []
    for block_id, length, separator in record.blocks:
        end = at + length
        blocks.append(Block(block_id, text[at:end], text[end : end + separator]))
        at = end + separator
    if at + record.trail != len(text):
        raise ValueError(f"blocks end at {at + record.trail}, the text at {len(text)}")
    return Parts(text[: record.lead], tuple(blocks), text[at:])


def _text_before(text: str, changes: Sequence[Change]) -> str:
    """Put back the replacements of one step in one stretch of text."""
    pieces: list[str] = []
    at = 0
    for change in sorted((c for c in changes if c.kind == "replace"), key=lambda c: c.detail["at"]):
        start = change.detail["at"]
        pieces += (text[at:start], change.old or "")
        at = start + len(change.new or "")
    pieces.append(text[at:])
    return "".join(pieces)


def _parts_before(parts: Parts, changes: Sequence[Change]) -> Parts:
    """Undo one step on known blocks: drops, moves, recasts, replacements, each from the last to the first."""
    blocks = _undrop(list(parts.blocks), [c for c in changes if c.kind == "drop"])
    for change in reversed([c for c in changes if c.kind == "move"]):
        move_block(blocks, change.detail["to"], change.detail["from"])
    blocks = _unrecast(blocks, [c for c in changes if c.kind == "recast"])
    lead, trail = parts.lead, parts.trail
    regions: dict[tuple[str, int | None], list[Change]] = {}
    for change in changes:
        if change.kind == "replace":
            regions.setdefault((change.detail["in"], change.block), []).append(change)
    if not regions:
        return Parts(lead, tuple(blocks), trail)
    lead = _text_before(lead, regions.get(("lead", None), ()))
    trail = _text_before(trail, regions.get(("trail", None), ()))
    for index, block in enumerate(blocks):
        inner, after = regions.get(("block", block.id)), regions.get(("separator", block.id))
        if inner or after:
            blocks[index] = replace(
                block,
                text=_text_before(block.text, inner or ()),
                separator=_text_before(block.separator, after or ()),
            )
    return Parts(lead, tuple(blocks), trail)


def _undrop(blocks: list[Block], drops: Sequence[Change]) -> list[Block]:
    back: list[Block] = []
    for change in reversed(drops):
        assert change.block is not None
        separator = change.detail["separator"]
        if change.detail["side"] == "before":
            before = blocks[change.detail["index"] - 1]
            blocks[change.detail["index"] - 1] = replace(before, separator=separator)
            separator = before.separator
        back.append(Block(change.block, change.old or "", separator))
    back.reverse()
    merged: list[Block] = []
    at = 0
    for change, block in zip(drops, back, strict=True):
        merged += blocks[at : change.detail["index"]]
        at = change.detail["index"]
        merged.append(block)
    return merged + blocks[at:]


def _unrecast(blocks: list[Block], recasts: Sequence[Change]) -> list[Block]:
    merged: list[Block] = []
    at = 0
    for change in recasts:
        first = change.detail["index"]
        merged += blocks[at:first]
        offset = 0
        old = change.old or ""
        for block_id, length, separator in change.detail["was"]:
            merged.append(Block(block_id, old[offset : offset + length], separator))
            offset += length + len(separator)
        at = first + len(change.detail["is"])
    return merged + blocks[at:]


def _split_again(document: Document, expected: Parts, gone: Iterable[Change], record: Record) -> Document:
    """Give the replayed document the blocks that later edits speak of, or refuse where they would be others."""
    carried = document.with_parts(document.parts)
    if len(carried.blocks) != len(expected.blocks):
        stages = ", ".join(sorted({c.stage for c in gone if c.step < (record.split or 0)}))
        raise UndoError(
            f"{_name(record)}: without the changes of {stages} the text has {len(carried.blocks)} blocks, not "
            f"{len(expected.blocks)}, so later edits have no place; undo those stages as well, or everything"
        )
    return carried


def _shifts_by_block(shifts: _Shifts, parts: Parts) -> None:
    """Carry shifts noted in the whole text over to the regions that edits speak of from now on."""
    pivots = shifts.pop(("text", None), [])
    if not pivots:
        return
    regions: list[tuple[int, _Region]] = [(0, ("lead", None))]
    at = len(parts.lead)
    for block in parts.blocks:
        regions.append((at, ("block", block.id)))
        at += len(block.text)
        regions.append((at, ("separator", block.id)))
        at += len(block.separator)
    regions.append((at, ("trail", None)))
    starts = [start for start, _ in regions]
    for position, width, delta in pivots:
        start, region = regions[bisect_right(starts, position) - 1]
        shifts.setdefault(region, []).append([position - start, width, delta])


def _replay(
    document: Document,
    changes: Sequence[Change],
    shifts: _Shifts,
    record: Record,
) -> tuple[Document, tuple[Change, ...]]:
    if not changes:
        return document, ()
    edits: list[Edit] = []
    ids: dict[int, list[int]] = {}
    for change in changes:
        try:
            edit = _edit_of(document, change, shifts)
        except (KeyError, _GoneError):
            raise UndoError(
                f"{_name(record)}: {change.describe()} stays, but the text before it is no longer there without the "
                "changes that go; undo its stage or rule as well"
            ) from None
        if isinstance(edit, Recast):
            ids[edit.blocks[0]] = [block_id for block_id, _, _ in change.detail["is"]]
        edits.append(edit)
    try:
        return apply(document, edits, stage=changes[0].stage, step=changes[0].step, new_ids=ids)
    except EditError as error:
        raise UndoError(f"{_name(record)}: the changes of {changes[0].stage} cannot be replayed: {error}") from None


class _GoneError(Exception):
    """The text before of an edit is no longer there."""


def _edit_of(document: Document, change: Change, shifts: _Shifts) -> Edit:
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


def _note_shifts(changes: Sequence[Change], skipped: Collection[int], shifts: _Shifts) -> None:
    """Keep, by region, where the replayed text differs from the recorded one: position, width, shift behind it.

    Positions are those of the recorded text after this step, so later changes of the record can be looked up as they
    stand.
    """
    replaced: dict[_Region, list[Change]] = {}
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
