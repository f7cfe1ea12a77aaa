"""Edits: what a stage proposes, and the record of what the engine did.

A stage yields `Drop`, `Replace`, `Move`, `Recast` and `SetTag` in the coordinates of the document it was handed. The
engine checks them, applies all edits of the stage in one pass, and keeps a `Change` for each.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

#: Edits with this score are certain: no guard counts them.
CERTAIN = 1.0


@dataclass(frozen=True, slots=True)
class Edit:
    """What all edits have.

    `rule` names the rule that spoke, in lower case with hyphens. `why` is the reason in words for a person. `score` is
    the confidence between 0 and 1; 1 is certain, None says that the rule states none and is guarded as uncertain.
    """

    rule: str = field(kw_only=True)
    why: str = field(default="", kw_only=True)
    score: float | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Drop(Edit):
    """Take a block out. Of the two separators around it the one with more line breaks stays, the first on a tie."""

    block: int


@dataclass(frozen=True, slots=True)
class Replace(Edit):
    """Put `text` in place of the characters `start` to `end`: of the block, or without one of the document's text."""

    start: int
    end: int
    text: str
    block: int | None = None


@dataclass(frozen=True, slots=True)
class Move(Edit):
    """Move a block in front of the block `before`, or to the end (None).

    Moves are applied one after another. The separator travels with its block; when the last block changes, the old
    and the new last swap theirs.
    """

    block: int
    before: int | None = None


@dataclass(frozen=True, slots=True)
class NewBlock:
    """A block that a `Recast` makes; `separator` None takes the first one inside the old run, or an empty line."""

    text: str
    separator: str | None = None
    tags: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recast(Edit):
    """Put new blocks in place of a run of neighbouring blocks; the separator after the run stays."""

    blocks: tuple[int, ...]
    new: tuple[str | NewBlock, ...]


@dataclass(frozen=True, slots=True)
class SetTag(Edit):
    """Set a tag of the document or of a block to a JSON value (None takes it away). Changes no text."""

    key: str
    value: Any
    block: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One edit as it was applied.

    `step` counts the stages that changed something, from 0. `before` and `after` are character offsets (code points)
    in the whole text before and after the step. `old` and `new` are the text before and after. `detail` holds what
    undo needs beyond that, by kind; its keys are in the published JSON Schema of the record.
    """

    step: int
    stage: str
    kind: str
    rule: str
    why: str
    score: float | None
    block: int | None
    before: tuple[int, int]
    after: tuple[int, int]
    old: str | None
    new: str | None
    detail: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the change as JSON values, without empty fields."""
        row = {key: value for key, value in asdict(self).items() if value not in (None, "", {})}
        row["before"], row["after"] = list(self.before), list(self.after)
        row["step"] = self.step
        if self.kind in ("drop", "replace", "recast", "move"):
            row["old"] = self.old or ""
            row["new"] = self.new or ""
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Change:
        """Read back what `to_json` wrote; KeyError names a missing field."""
        return cls(
            row["step"],
            row["stage"],
            row["kind"],
            row["rule"],
            row.get("why", ""),
            row.get("score"),
            row.get("block"),
            tuple(row["before"]),
            tuple(row["after"]),
            row.get("old"),
            row.get("new"),
            row.get("detail", {}),
        )

    def describe(self) -> str:
        """Return what names this change in a message: stage, rule, place and the text before."""
        shown = self.old if self.old is not None else str(self.detail.get("key", ""))
        shown = shown if len(shown) <= 40 else f"{shown[:37]}..."
        return f"{self.stage}/{self.rule} at {self.before[0]}-{self.before[1]} ({shown!r})"


def replacements(
    old: str, new: str, *, rule: str, why: str = "", score: float | None = None, block: int | None = None
) -> Iterator[Replace]:
    """Yield the `Replace`s that turn `old` into `new`, for authors who hold a function from text to text.

    >>> [(e.start, e.end, e.text) for e in replacements("The  cat sat", "The cat sat.", rule="tidy")]
    [(3, 4, ''), (12, 12, '.')]
    """
    if old == new:
        return
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield Replace(a, b, new[c:d], block, rule=rule, why=why, score=score)
