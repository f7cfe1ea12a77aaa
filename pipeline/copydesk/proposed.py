"""The edits that a stage proposes for one step, checked against the document and one another."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from copydesk.document import Document
from copydesk.edits import Drop, Edit, Move, Recast, Replace, SetTag


class EditError(ValueError):
    """Edits that cannot be applied together or to this document; the text says which and why."""


class Proposed:
    """The edits of one step, sorted by kind and checked against one another."""

    def __init__(self, document: Document, edits: Iterable[Edit]) -> None:
        self.replaces: list[Replace] = []
        self.recasts: list[Recast] = []
        self.moves: list[Move] = []
        self.drops: list[Drop] = []
        self.tags: list[SetTag] = []
        kinds: dict[type, list[Any]] = {
            Replace: self.replaces,
            Recast: self.recasts,
            Move: self.moves,
            Drop: self.drops,
            SetTag: self.tags,
        }
        for edit in edits:
            if type(edit) not in kinds:
                raise EditError(f"yielded {edit!r}; a stage yields Drop, Replace, Move, Recast and SetTag")
            kinds[type(edit)].append(_normal(edit))
        self.tags = [_with_json_value(edit) for edit in self.tags]
        self.needs_blocks = bool(
            self.recasts
            or self.moves
            or self.drops
            or any(e.block is not None for e in self.replaces)
            or any(e.block is not None for e in self.tags)
        )
        if self.needs_blocks:
            self._check_blocks(document)

    def _check_blocks(self, document: Document) -> None:
        known = document.starts
        dropped = {e.block for e in self.drops}
        recast = [b for e in self.recasts for b in e.blocks]
        moved = [e.block for e in self.moves]
        tagged = [e.block for e in self.tags if e.block is not None]
        others = [*tagged, *(e.block for e in self.replaces if e.block is not None)]
        anchors = [e.before for e in self.moves if e.before is not None]
        for block_id in (*dropped, *recast, *moved, *others, *anchors):
            if block_id not in known:
                raise EditError(f"there is no block {block_id}; the document has {len(known)} blocks")
        if len(dropped) < len(self.drops):
            raise EditError(f"drops block {_first_repeated([e.block for e in self.drops])} twice")
        if len(set(recast)) < len(recast):
            raise EditError(f"recasts block {_first_repeated(recast)} twice")
        for block_id in (*recast, *moved, *others):
            if block_id in dropped:
                raise EditError(f"drops block {block_id} and edits it as well; a dropped block takes no other edit")
        for block_id in set(recast).intersection([*moved, *others]):
            raise EditError(f"recasts block {block_id} and edits it as well; its text would be touched twice")
        for move in self.moves:
            if move.block == move.before:
                raise EditError(f"moves block {move.block} in front of itself")


def _first_repeated(values: Sequence[int]) -> int:
    return next(value for index, value in enumerate(values) if value in values[:index])


def _with_json_value(edit: SetTag) -> SetTag:
    """Return the edit with its value as it will be read back from a record: tuples become lists."""
    if edit.value is None or isinstance(edit.value, (str, bool, int)):
        return edit
    try:
        value = json.loads(json.dumps(edit.value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise EditError(f"rule {edit.rule!r} sets the tag {edit.key!r} to what JSON cannot say: {error}") from None
    return replace(edit, value=value)


def _normal(edit: Edit) -> Edit:
    """Round the score, so that no comparison ever depends on the last bit of a float; refuse what no record can say."""
    if not (isinstance(edit.rule, str) and isinstance(edit.why, str)):
        raise EditError(f"yielded {edit!r}; rule and why of an edit are strings")
    if isinstance(edit, SetTag) and not isinstance(edit.key, str):
        raise EditError(f"rule {edit.rule!r} sets the tag {edit.key!r}; the key of a tag is a string")
    score = edit.score
    if score is None:
        return edit
    if not (isinstance(score, (int, float)) and math.isfinite(score) and 0 <= score <= 1):
        raise EditError(f"rule {edit.rule!r} gives the score {score!r}; a score lies between 0 and 1, or is None")
    rounded = round(float(score), 3)
    return edit if rounded == score else replace(edit, score=rounded)
