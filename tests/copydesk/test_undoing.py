"""Undo: exact, from output and record alone; partial by replay; refusals that name what stands in the way."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import copydesk
from copydesk import (
    Chain,
    Change,
    CopydeskError,
    Document,
    Drop,
    Edit,
    Record,
    Replace,
    Result,
    Step,
    UndoError,
    read_records,
)
from copydesk.record import Flag, digest
from edit_strategies import DrawnStage, edits_for
from strategies import texts


class Does:
    """A stage that yields what it is told."""

    def __init__(self, *edits: Edit) -> None:
        self.edits = edits

    def __call__(self, document: Document) -> tuple[Edit, ...]:
        return self.edits


def chain_of(*stages: object) -> Chain:
    names = ["first", "second", "third", "fourth"]
    return Chain(tuple(Step(name, stage, name, 1.0) for name, stage in zip(names, stages, strict=False)))


def serialised(record: Record) -> Record:
    (back,) = read_records(list(record.to_lines()))
    return back


def originals() -> st.SearchStrategy[str | Document]:
    return st.one_of(texts(), st.lists(texts(), max_size=5).map(Document.from_blocks))


def text_of(original: str | Document) -> str:
    return original if isinstance(original, str) else original.text


@given(originals(), st.data())
def test_undo_of_any_edits_over_several_stages_is_exact(original: str | Document, data: st.DataObject) -> None:
    """Output and record, written and read back, give the original."""
    result = chain_of(*(DrawnStage(data, edits_for) for _ in range(4))).run(original)
    assert copydesk.undo(result.text, serialised(result.record)) == text_of(original)


@given(originals(), st.data())
def test_undo_of_one_stage_or_refusal(original: str | Document, data: st.DataObject) -> None:
    """Without one stage the rest is replayed, and its record undoes what is left; or the edit in the way is named."""
    result = chain_of(*(DrawnStage(data, edits_for) for _ in range(3))).run(original)
    for stage in sorted({change.stage for change in result.edits}):
        with contextlib.suppress(UndoError):
            text, record = copydesk.partial_undo(result.text, serialised(result.record), stages=[stage])
            assert stage not in {change.stage for change in record.changes}
            assert copydesk.undo(text, serialised(record)) == text_of(original)


@given(texts(), st.data())
def test_undo_of_the_last_stage_is_the_text_before_it(original: str, data: st.DataObject) -> None:
    """Nothing depends on the last stage, so taking it back always works and gives what it was handed."""
    last = DrawnStage(data, edits_for)
    result = chain_of(DrawnStage(data, edits_for), last).run(original)
    if any(change.stage == "second" for change in result.edits):
        text, _ = copydesk.partial_undo(result.text, result.record, stages=["second"])
        assert text == last.handed


HALVES = st.lists(st.sampled_from(["\ud834", "\udd1e", "𝄞", "\\ud834", "a"]), max_size=6).map("".join)


@given(st.lists(HALVES, min_size=6, max_size=6))
def test_surrogates_side_by_side_come_back_as_they_were(drawn: list[str]) -> None:
    """In every text that a record holds, though JSON has one spelling for two halves and for their character."""
    old, new, why, separator, name, key = drawn
    change = Change(0, "s", "drop", "r", why, None, 0, (0, 1), (0, 0), old, new, {"separator": separator})
    tags = {"title": [{"of": key}], "pieces": [old, new]}
    record = Record(name, "", "", "", tags=tags, flags=(Flag("flag", "s", why),), changes=(change,))
    assert serialised(record) == record


def run_cleaned(text: str, *stages: object) -> Result:
    return chain_of(*stages).run(text)


def test_partial_undo_of_a_rule_shifts_what_comes_after() -> None:
    """A later edit finds its place although an earlier one no longer moved it."""
    result = run_cleaned("Hello you", Does(Replace(0, 5, "Hi", rule="greeting")), Does(Replace(3, 6, "me", rule="who")))
    assert result.text == "Hi me"
    assert copydesk.undo(result.text, result.record, rules=["greeting"]) == "Hello me"


def test_partial_undo_carries_shifts_from_the_text_into_blocks() -> None:
    """An edit of the whole text that goes shifts an edit in a block that stays."""
    result = run_cleaned(
        "Aaa x\n\nBbb bad end\n",
        Does(Replace(0, 3, "A", rule="short"), Replace(7, 10, "B", rule="short")),
        Does(Replace(2, 5, "good", 1, rule="word")),
    )
    assert result.text == "A x\n\nB good end\n"
    assert copydesk.undo(result.text, result.record, stages=["first"]) == "Aaa x\n\nBbb good end\n"
    assert copydesk.undo(result.text, result.record, rules=["word"]) == "A x\n\nB bad end\n"


def test_what_goes_back_where_a_block_ends_goes_back_into_it() -> None:
    """Text taken out at the end of a block, of its separator, or of both: what stays stands as far in as it did."""
    cut = {"rule": "cut", "score": 1.0}
    for text, start, end, back in (
        ("Hello you\n", 5, 9, "Hello you!\n"),
        ("Hello\n\n\nyou\n", 5, 6, "Hello!\n\n\nyou\n"),
        ("Hello you\n\n\nyou\n", 5, 10, "Hello you!\n\n\nyou\n"),
    ):
        result = run_cleaned(text, Does(Replace(start, end, "", **cut)), Does(Replace(5, 5, "!", 0, rule="shout")))
        assert result.text.startswith("Hello!")
        assert copydesk.undo(result.text, result.record, rules=["cut"]) == back


def test_partial_undo_refuses_where_the_text_before_is_gone() -> None:
    """The drop saw a repaired word; without the repair it may not drop, and says so by name."""
    result = run_cleaned("Shäre\n\nText.\n", Does(Replace(2, 3, "a", rule="letter")), Does(Drop(0, rule="marker")))
    assert result.text == "Text.\n"
    with pytest.raises(UndoError, match=r"second/marker at 0-5 \('Share'\) stays, but the text before it"):
        copydesk.undo(result.text, result.record, rules=["letter"])


def test_partial_undo_refuses_where_blocks_would_be_others() -> None:
    """An edit that made two lines of one cannot go while later edits speak of those lines."""
    result = run_cleaned("a|b\n", Does(Replace(1, 2, "\n", rule="break")), Does(Drop(0, rule="drop")))
    with pytest.raises(UndoError, match="without the changes of first the text has 1 blocks, not 2"):
        copydesk.undo(result.text, result.record, stages=["first"])


def test_undo_refuses_another_text_and_unknown_names() -> None:
    """A text that is not the output, a stage or rule that changed nothing: refused, with what there is."""
    result = run_cleaned("a\nb\n", Does(Drop(0, rule="marker")))
    with pytest.raises(UndoError, match="not the output that the record belongs to"):
        copydesk.undo("b", result.record)
    with pytest.raises(UndoError, match="no change is of the stage 'markers'; the record has: first"):
        copydesk.undo(result.text, result.record, stages=["markers"])
    with pytest.raises(UndoError, match="no change is of the rule 'x'; the record has: marker"):
        copydesk.undo(result.text, result.record, rules=["x"])


def test_undo_refuses_a_damaged_record() -> None:
    """A record whose digests fit but whose edits do not gives an error, not another text."""
    result = run_cleaned("abc\nd\n", Does(Replace(0, 1, "xy", rule="r"), Drop(1, rule="s")))
    lines = list(result.record.to_lines())
    lines[1] = lines[1].replace('"old": "a"', '"old": "zz"')
    (damaged,) = read_records(lines)
    with pytest.raises(UndoError, match="damaged"):
        copydesk.undo(result.text, damaged)


def test_undo_reaches_the_bytes() -> None:
    """With a decoding the record gives back the bytes that came in."""
    data = "\ufeffOne.\r\nTwo…\r\n".encode()
    result = copydesk.run(data, chain=Chain.of(Does(Drop(0, rule="r", score=1.0))))
    undone = copydesk.undo(result.text, serialised(result.record))
    assert copydesk.to_bytes(undone, result.record) == data


def test_undo_in_another_process() -> None:
    """Output and record are enough for another interpreter."""
    original = "One\r\ntwo\u2028three\n\nfour \ud800"
    result = run_cleaned(original, Does(Drop(1, rule="r")), Does(Replace(0, 1, "", rule="s")))
    script = (
        "import json, sys, copydesk; given = json.load(sys.stdin);"
        "record = next(copydesk.read_records(given['record']));"
        "print(json.dumps(copydesk.undo(given['text'], record)))"
    )
    given_ = json.dumps({"text": result.text, "record": list(result.record.to_lines())})
    done = subprocess.run([sys.executable, "-c", script], input=given_, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == original


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["not json"], "edits:1: not JSON"),
        (["[]"], "edits:1: a JSON object is expected here, found list"),
        (['{"stage": "x"}'], "edits:1: this line is no header"),
        (['{"copydesk": 99}'], "schema 99, this copydesk reads up to"),
        (['{"copydesk": 1, "changes": 2}'], "ends 2 changes too early"),
        (['{"copydesk": 1, "changes": 0}'], "edits:1: this is no record"),
    ],
)
def test_records_that_cannot_be_read(lines: list[str], problem: str) -> None:
    """File and line are named."""
    with pytest.raises(copydesk.InputError, match=problem):
        list(read_records(lines))


def test_large_documents_are_undone() -> None:
    """Fifty megabytes in one line, and a hundred thousand lines of which nearly all go."""
    long = "x" * 50_000_000
    result = run_cleaned(long, Does(Replace(25_000_000, 25_000_001, "", rule="r")))
    assert digest(copydesk.undo(result.text, result.record)) == digest(long)
    many = "".join(f"{i}\n" for i in range(100_000))
    result = run_cleaned(many, Does(*(Drop(i, rule="r") for i in range(1, 99_000))))
    assert copydesk.undo(result.text, result.record) == many


@pytest.mark.parametrize("value", [None, True, -1, 10**6, "x", [], [[1]], {}, {"x": 1}])
def test_no_damage_to_a_record_is_worse_than_a_refusal(value: object) -> None:
    """Any value of any line put wrong, undo gives the original or a message, and nothing else."""
    original = "Share\n\nThe café opened on Monday.\n\nThe café opened on Monday.\n".encode("utf-16")
    result = copydesk.run(original, chain="news")
    rows = [json.loads(line) for line in result.record.to_lines()]
    assert len({row["kind"] for row in rows[1:]}) > 1
    places = [(row, key) for row in rows for key in row] + [(rows[0]["decoding"], key) for key in rows[0]["decoding"]]
    places += [(row["detail"], key) for row in rows[1:] for key in row.get("detail", ())]
    for holder, key in places:
        kept, holder[key] = holder[key], value
        with contextlib.suppress(CopydeskError):
            (record,) = read_records(json.dumps(row) for row in rows)
            assert copydesk.to_bytes(copydesk.undo(result.text, record), record) == original
        holder[key] = kept
