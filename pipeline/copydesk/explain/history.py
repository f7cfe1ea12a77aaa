"""What a document looked like before each step, and what to call its paragraphs: read back from output and record."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from copydesk.document import Document
from copydesk.edits import Change

# The way back from step to step is undo's own; a second one beside it could come to differ.
from copydesk.inverse import documents_of, steps_of
from copydesk.record import Record
from copydesk.undoing import to_bytes, undo

_NAMED = re.compile(r"(\b[Pp]aragraph )(\d{1,9})\b")


@dataclass(frozen=True, slots=True)
class Moment:
    """One step: its changes, the document that the stage was handed, and what the step's paragraphs are called.

    `labels` names each block that the step's changes may speak of, those included that a recast of the step makes.
    `recounted` tells that this step put new blocks in place of all others, so that counting starts anew after it.
    """

    step: int
    stage: str
    changes: tuple[Change, ...]
    before: Document
    labels: Mapping[int, str]
    recounted: bool = False

    def label(self, change: Change) -> str:
        """Return the name of the paragraph that a change speaks of, such as `4`, `4-6` or `4b`; "" for none."""
        if change.block is not None:
            return self.labels.get(change.block, "")
        if change.kind == "recast":
            return _span([self.labels.get(block_id, "") for block_id, _, _ in change.detail["was"]])
        if change.kind == "replace":
            return self.at(change.before[0])
        return ""

    def at(self, offset: int) -> str:
        """Return the name of the paragraph at an offset in the text before the step."""
        blocks = self.before.blocks
        starts = self.before.starts
        index = bisect_right(blocks, offset, key=lambda block: starts[block.id]) - 1
        return self.labels.get(blocks[index].id, "") if index >= 0 else ""

    def reason(self, change: Change) -> str:
        """Return the reason of a change with the paragraphs that it names called as here."""
        return self.named(change.why)

    def named(self, text: str) -> str:
        """Return a stage's words with the paragraphs that they name called as here.

        A stage that names another paragraph ("repeats paragraph 2") counts those that it was handed.
        """
        blocks = self.before.blocks

        def name(found: re.Match[str]) -> str:
            index = int(found[2]) - 1
            label = self.labels.get(blocks[index].id, "") if 0 <= index < len(blocks) else ""
            return found[1] + (label or found[2])

        return _NAMED.sub(name, text)

    def order(self, value: object) -> str:
        """Return a list of places as the names of those paragraphs, "" where it is no order of all of them."""
        blocks = self.before.blocks
        if not isinstance(value, list) or len(value) != len(blocks) or len(value) < 2:
            return ""
        if not all(isinstance(place, int) for place in value) or sorted(value) != list(range(len(blocks))):
            return ""
        return ranges([self.labels.get(blocks[place].id, "?") for place in value])


@dataclass(frozen=True, slots=True)
class History:
    """The original, each step in order, and the output."""

    original: str
    moments: tuple[Moment, ...]
    output: Document
    labels: Mapping[int, str] = field(default_factory=dict)


def history(text: str, record: Record) -> History:
    r"""Return what `text`, the output that the record belongs to, looked like before each step.

    Raises UndoError where it is another text, or the record is damaged, as undo does.

    >>> import copydesk
    >>> class Tidy:
    ...     def __call__(self, document):
    ...         yield copydesk.Drop(2, rule="repeat", score=1.0)
    >>> result = copydesk.Chain.of(Tidy()).run("One.\nTwo.\nOne.\n")
    >>> past = history(result.text, result.record)
    >>> [(m.stage, m.before.text, m.label(m.changes[0])) for m in past.moments]
    [('tidy', 'One.\nTwo.\nOne.\n', '3')]
    """
    original = undo(text, record)
    to_bytes(original, record)  # refuses a record whose changes give another text than the one that came in
    documents = documents_of(text, record)
    labels: Mapping[int, str] | None = None
    moments: list[Moment] = []
    for changes, before in zip(steps_of(record), documents, strict=False):
        first = changes[0]
        known = before.carried
        here = dict(labels) if known and labels is not None else _counted(before)
        recounted = False
        for change in changes:
            if change.kind == "recast":
                recounted = len(change.detail["was"]) == len(before.blocks) and len(change.detail["is"]) > 1
                here |= _relabelled(change, here)
        moments.append(Moment(first.step, first.stage, tuple(changes), before, here, recounted))
        if known:
            labels = here
        if recounted:
            fresh = next(c for c in changes if c.kind == "recast").detail["is"]
            labels = {block_id: str(number) for number, (block_id, _, _) in enumerate(fresh, start=1)}
    output = documents[-1]
    return History(original, tuple(moments), output, labels if labels is not None else _counted(output))


def _counted(document: Document) -> dict[int, str]:
    return {block.id: str(number) for number, block in enumerate(document.blocks, start=1)}


def _relabelled(change: Change, labels: Mapping[int, str]) -> dict[int, str]:
    """Name the blocks that a recast makes after those that it used up: 4-6 where joined, 4a and 4b where cut."""
    name = _span([labels.get(block_id, "") for block_id, _, _ in change.detail["was"]])
    new = [block_id for block_id, _, _ in change.detail["is"]]
    if len(new) == 1:
        return {new[0]: name}
    return {block_id: f"{name}{_letters(index)}" for index, block_id in enumerate(new)}


def _letters(index: int) -> str:
    """Return a, b ... z, aa, ab ...

    >>> [_letters(0), _letters(25), _letters(26)]
    ['a', 'z', 'aa']
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def _span(labels: Sequence[str]) -> str:
    there = [label for label in labels if label]
    if len(there) < 2:
        return "".join(there)
    return f"{there[0].partition('-')[0]}-{there[-1].rpartition('-')[2]}"


def ranges(labels: Sequence[str]) -> str:
    """Return labels as a short list: neighbours in a row as a range.

    >>> ranges(["1", "2", "3", "5", "7b"])
    '1-3, 5, 7b'
    """
    shown: list[str] = []
    run: list[int] = []

    def close() -> None:
        if run:
            shown.append(f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)))
            run.clear()

    for label in labels:
        if label.isdecimal() and (not run or int(label) == run[-1] + 1):
            run.append(int(label))
            continue
        close()
        if label.isdecimal():
            run.append(int(label))
        else:
            shown.append(label)
    close()
    return ", ".join(shown)
