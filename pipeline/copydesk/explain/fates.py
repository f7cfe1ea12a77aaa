"""What became of every character of a text: kept, cut, or put in other words, and by which change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from copydesk import inverse
from copydesk.document import Document, Layout
from copydesk.edits import Change
from copydesk.record import GIVEN, Record

#: A recast whose new texts are looked for in the old one up to this many characters.
_SEARCHED = 2_000_000


class Run(NamedTuple):
    """A stretch of the text as it is now: its length, and where it stood in the base (None: it is new)."""

    length: int
    start: int | None


class Cut(NamedTuple):
    """A stretch of the base that is no longer there, and the change that took it out."""

    start: int
    end: int
    change: Change


@dataclass(slots=True)
class Fates:
    """What became of the base, step by step."""

    base: Document
    cuts: list[Cut]
    rewritten: list[Cut]
    recast: bool = False


def steps_of(record: Record) -> list[list[Change]]:
    """Return the changes that touch the text, step by step; steps that only set tags are left out."""
    texts = ([change for change in group if change.kind != "tag"] for group in inverse.steps_of(record))
    return [changes for changes in texts if changes]


def texts_before(original: Document, record: Record) -> Iterator[Document]:
    """Yield what the text was before each step of `steps_of`, as long as no step speaks of blocks; the rest is unknown.

    The document that the first step on blocks was handed is the last that is yielded.
    """
    document = original
    for changes in steps_of(record):
        yield document
        if record.split is not None and changes[0].step >= record.split:
            return
        document = document.with_text(_replaced(document.text, changes))
    yield document


def _replaced(text: str, changes: Iterable[Change]) -> str:
    pieces: list[str] = []
    at = 0
    for change in sorted(changes, key=lambda c: c.before):
        pieces += (text[at : change.before[0]], change.new or "")
        at = change.before[1]
    return "".join([*pieces, text[at:]])


def layout_of(record: Record) -> Layout:
    """Return the layout that the record was split by."""
    return "lines" if record.split == GIVEN else record.layout  # type: ignore[return-value]  # a str in the record


def fates(base: Document, steps: Sequence[list[Change]], *, on_blocks: bool, split: int | None) -> Fates:
    """Follow the characters of `base` through these steps.

    `on_blocks` tells that the steps so far spoke of blocks already, so that `base` carries them; `split` is the number
    of the first step that speaks of blocks.
    """
    found = Fates(base, [], [])
    whole = [Run(len(base.text), 0)]
    blocks: dict[int, list[Run]] | None = None
    document = base
    if on_blocks:
        blocks = {b.id: [Run(len(b.text), base.starts[b.id])] for b in base.blocks}
    for changes in steps:
        if blocks is None and split is not None and changes[0].step >= split:
            blocks = {
                b.id: _slice(whole, document.starts[b.id], document.starts[b.id] + len(b.text)) for b in document.blocks
            }
        if blocks is None:
            whole = _replace(whole, changes, found)
            document = document.with_text(_replaced(document.text, changes))
        else:
            _on_blocks(blocks, changes, found)
    return found


def _on_blocks(blocks: dict[int, list[Run]], changes: Sequence[Change], found: Fates) -> None:
    replaces: dict[int, list[Change]] = {}
    for change in changes:
        if change.kind == "replace" and change.detail["in"] == "block" and change.block is not None:
            replaces.setdefault(change.block, []).append(change)
    for block, group in replaces.items():
        blocks[block] = _replace(blocks[block], group, found)
    for change in changes:
        if change.kind == "recast":
            _recast(blocks, change, found)
        elif change.kind == "drop" and change.block is not None:
            _lose(blocks.pop(change.block), change, found.cuts)


def _replace(runs: list[Run], changes: Iterable[Change], found: Fates) -> list[Run]:
    made: list[Run] = []
    at = 0
    for change in sorted(changes, key=lambda c: (c.detail["start"], len(c.old or ""))):
        start, old, new = change.detail["start"], change.old or "", change.new or ""
        made += _slice(runs, at, start)
        at = start + len(old)
        # A line break for two, or a blank for none, takes no text away.
        _lose(_slice(runs, start, at), change, found.rewritten if new.strip() or not old.strip() else found.cuts)
        if new:
            made.append(Run(len(new), None))
    return made + _slice(runs, at, sum(run.length for run in runs))


def _recast(blocks: dict[int, list[Run]], change: Change, found: Fates) -> None:
    was, now = change.detail["was"], change.detail["is"]
    old, new = change.old or "", change.new or ""
    texts, rest = texts_of(old, was), [run for block_id, _, _ in was for run in blocks.pop(block_id)]
    left = "".join(texts)
    if len(was) == len(found.base.blocks) and len(now) > 1:
        found.recast = True
    for (block_id, _, _), text in zip(now, texts_of(new, now), strict=True):
        at = left.find(text) if text and len(left) <= _SEARCHED else -1
        if at < 0:
            blocks[block_id] = [Run(len(text), None)]
            continue
        _lose(_slice(rest, 0, at), change, found.cuts)
        blocks[block_id] = _slice(rest, at, at + len(text))
        rest = _slice(rest, at + len(text), len(left))
        left = left[at + len(text) :]
    _lose(rest, change, found.cuts)


def texts_of(text: str, outline: Iterable[tuple[int, int, str]]) -> list[str]:
    """Return the texts of a run of blocks, cut by its outline."""
    at = 0
    found = []
    for _, length, separator in outline:
        found.append(text[at : at + length])
        at += length + len(separator)
    return found


def _lose(runs: Iterable[Run], change: Change, to: list[Cut]) -> None:
    to += [Cut(run.start, run.start + run.length, change) for run in runs if run.start is not None and run.length]


def _slice(runs: Iterable[Run], start: int, end: int) -> list[Run]:
    """Return the runs between two offsets."""
    made: list[Run] = []
    at = 0
    for run in runs:
        a, b = max(start, at), min(end, at + run.length)
        if a < b:
            made.append(Run(b - a, None if run.start is None else run.start + a - at))
        at += run.length
        if at >= end:
            break
    return made


def subtract(cuts: Iterable[Cut], others: Iterable[Cut]) -> Iterator[Cut]:
    """Yield what of `cuts` is in none of `others`.

    >>> change = Change(0, "s", "drop", "r", "", None, 0, (0, 9), (0, 0), "", None)
    >>> [(c.start, c.end) for c in subtract([Cut(0, 9, change)], [Cut(2, 4, change), Cut(3, 6, change)])]
    [(0, 2), (6, 9)]
    """
    ranges = sorted((cut.start, cut.end) for cut in others)
    index = 0
    for cut in sorted(cuts, key=lambda c: (c.start, c.end)):
        while index < len(ranges) and ranges[index][1] <= cut.start:
            index += 1
        at = cut.start
        look = index
        while look < len(ranges) and ranges[look][0] < cut.end:
            if ranges[look][0] > at:
                yield Cut(at, ranges[look][0], cut.change)
            at = max(at, ranges[look][1])
            look += 1
        if at < cut.end:
            yield Cut(at, cut.end, cut.change)
