"""The published schema of the record: real records fit it, damaged ones do not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import copydesk
from copydesk import Chain, Document, Record, SetTag, Step, read_records
from copydesk.record import SCHEMA
from copydesk.stage import find
from edit_strategies import DrawnStage, edits_for
from strategies import texts

VALIDATOR = Draft202012Validator(json.loads((Path(copydesk.__file__).parent / "record.schema.json").read_text("utf-8")))


def rows(record: Record) -> list[dict[str, Any]]:
    return [json.loads(line) for line in record.to_lines()]


def made(*names: str, text: str | bytes = "One.\nTwo.\nThree.\nOne.\nFive.\n", on_error: Any = "keep") -> Record:
    steps = (Step(name, find(name)(), name) for name in names)
    return Chain(tuple(steps)).run(text, on_error=on_error).record


def test_the_schema_is_one_and_speaks_of_the_version_that_is_written() -> None:
    """A new version of the record needs a new schema."""
    Draft202012Validator.check_schema(VALIDATOR.schema)
    assert VALIDATOR.schema["$defs"]["header"]["properties"]["copydesk"]["const"] == SCHEMA


def test_records_of_stages_fit() -> None:
    """Every kind of change, flags, bytes."""
    records = [
        made("rotate", "shout"),
        made("drop-all"),
        made("raises"),
        made("shout", text=b"\xef\xbb\xbfA\r\n"),
        made(),
    ]
    kinds = set()
    for record in records:
        for row in rows(record):
            VALIDATOR.validate(row)
            kinds.add(row.get("kind"))
    assert kinds >= {"move", "tag", "recast", "replace"}


class Flagging:
    """Says something of the whole document."""

    def __call__(self, _: Document) -> list[SetTag]:
        return [
            SetTag("flag", "half a page", rule="cut-off", why="it ends in the middle"),
            SetTag("flag", "of a block", block=0, rule="cut-off"),
        ]


def test_a_flag_that_a_stage_raises_is_one_of_the_record() -> None:
    """The document's tag `flag` is a flag, a block's is not; it fits the schema and comes back."""
    record = Chain.of(Flagging()).run("One.\n").record
    assert [(flag.name, flag.stage, flag.why) for flag in record.flags] == [
        ("half a page", "flagging", "it ends in the middle")
    ]
    for row in rows(record):
        VALIDATOR.validate(row)
    (again,) = read_records(list(record.to_lines()))
    assert again.flags == record.flags


@given(st.one_of(texts(), st.lists(texts(), max_size=5).map(Document.from_blocks)), st.data())
def test_any_record_fits(original: str | Document, data: st.DataObject) -> None:
    """Whatever stages propose."""
    names = ["first", "second", "third"]
    chain = Chain(tuple(Step(name, DrawnStage(data, edits_for), name) for name in names))
    for row in rows(chain.run(original).record):
        VALIDATOR.validate(row)


def _set(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda row: row.__setitem__(key, value)


@pytest.mark.parametrize(
    "damage",
    [
        _set("kind", "shuffle"), _set("before", [1]), _set("before", [-1, 2]), _set("score", 1.5), _set("extra", 1),
        lambda row: row.pop("rule"), lambda row: row.pop("detail"), lambda row: row.pop("block"),
        lambda row: row["detail"].pop("to"), lambda row: row["detail"].update(more=1), lambda row: row.pop("old"),
    ],
)  # fmt: skip
def test_a_damaged_change_does_not_fit(damage: Callable[[dict[str, Any]], Any]) -> None:
    """Of a move."""
    row = copy.deepcopy(next(row for row in rows(made("rotate")) if row.get("kind") == "move"))
    VALIDATOR.validate(row)
    damage(row)
    assert not VALIDATOR.is_valid(row)


@pytest.mark.parametrize(
    "damage",
    [
        _set("copydesk", 2),
        _set("input", "abc"),
        _set("layout", "poem"),
        _set("blocks", [[1, 2]]),
        lambda row: row.pop("tags"),
    ],
)
def test_a_damaged_header_does_not_fit(damage: Callable[[dict[str, Any]], Any]) -> None:
    """A newer version neither."""
    row = copy.deepcopy(rows(made("shout"))[0])
    VALIDATOR.validate(row)
    damage(row)
    assert not VALIDATOR.is_valid(row)
