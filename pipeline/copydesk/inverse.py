"""The way back from an output and its record: each step inverted, from the last to the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from copydesk.apply import move_block
from copydesk.document import Block, Document, Layout, Parts
from copydesk.edits import Change
from copydesk.record import Record


def steps_of(record: Record) -> list[list[Change]]:
    """Return the changes of each step, in order."""
    return [list(group) for _, group in groupby(record.changes, key=lambda change: change.step)]


def documents_of(text: str, record: Record) -> list[Document]:
    """Return the document that each step was handed, and the output `text` last.

    Documents from the record's `split` on carry their blocks. Raises KeyError, IndexError or ValueError on a record
    that does not fit.
    """
    layout: Layout = record.layout  # type: ignore[assignment]  # a str in the record
    if record.split is None:
        documents = [Document(text, layout=layout)]
    else:
        documents = [Document("", layout=layout).with_parts(_parts_of_output(text, record))]
    for changes in reversed(steps_of(record)):
        after = documents[-1]
        if record.split is None or changes[0].step < record.split:
            documents.append(Document(_text_before(after.text, changes), layout=layout))
        else:
            documents.append(after.with_parts(_parts_before(after.parts, changes)))
    return documents[::-1]


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
