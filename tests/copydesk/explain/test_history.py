"""What a document looked like before each step, and what its paragraphs are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk import Chain, Document, Drop, Edit, Move, NewBlock, Recast, Replace, Step, UndoError
from copydesk.explain.history import history, ranges
from edit_strategies import DrawnStage, edits_for
from strategies import texts


class Does:
    """A stage that yields what it is told."""

    def __init__(self, *edits: Edit) -> None:
        self.edits = edits

    def __call__(self, document: Document) -> tuple[Edit, ...]:
        return self.edits


def chain_of(*stages: object) -> Chain:
    return Chain(tuple(Step(f"s{number}", stage, f"s{number}", 1.0) for number, stage in enumerate(stages)))


@given(st.one_of(texts(), st.lists(texts(), max_size=5).map(Document.from_blocks)), st.data())
def test_every_moment_is_what_the_stage_was_handed(original: str | Document, data: st.DataObject) -> None:
    """Over any edits of several stages, with a name for every paragraph that a change speaks of."""
    stages = [DrawnStage(data, edits_for) for _ in range(4)]
    result = chain_of(*stages).run(original)
    past = history(result.text, result.record)
    handed = {f"s{number}": stage.handed for number, stage in enumerate(stages)}
    assert {m.stage: m.before.text for m in past.moments} == {m.stage: handed[m.stage] for m in past.moments}
    assert past.output.text == result.text
    assert past.original == (original if isinstance(original, str) else original.text)
    for moment in past.moments:
        for change in moment.changes:
            assert change.block is None or moment.label(change)


def test_paragraphs_keep_their_names_through_joins_and_cuts() -> None:
    """Blocks that a recast makes are named after those that they were made from."""
    result = chain_of(
        Does(Recast((1, 2), ("Two and three.",), rule="join"), Recast((3,), ("Fo", "ur."), rule="cut")),
        Does(Move(5, 0, rule="up"), Replace(0, 1, "t", 5, rule="small")),
        Does(Replace(0, 3, "", 4, rule="later")),
    ).run("One.\nTwo.\nThree.\nFour.\nFive.\n")
    past = history(result.text, result.record)
    named = [[moment.label(change) for change in moment.changes] for moment in past.moments]
    assert named == [["2-3", "4"], ["2-3", "2-3"], ["5"]]
    assert past.labels[6] == "4a"


def test_counting_starts_anew_where_all_paragraphs_are_new() -> None:
    """As after the extraction of a page."""
    result = chain_of(
        Does(Recast((0, 1, 2), (NewBlock("Title"), NewBlock("Text")), rule="extract")),
        Does(Replace(0, 1, "t", 4, rule="small")),
    ).run("<p>\nTitle Text\n</p>\n")
    past = history(result.text, result.record)
    assert past.moments[0].recounted
    assert past.moments[1].label(past.moments[1].changes[0]) == "2"


def test_paragraphs_that_a_reason_names_are_called_as_in_the_input() -> None:
    """A stage counts those that it was handed."""
    result = chain_of(
        Does(Drop(0, rule="first")), Does(Drop(3, rule="repeat", why="repeats paragraph 2, not paragraph 99"))
    ).run("One.\nTwo.\nThree.\nThree.\n")
    moment = history(result.text, result.record).moments[1]
    assert moment.reason(moment.changes[0]) == "repeats paragraph 3, not paragraph 99"


def test_another_text_is_refused() -> None:
    """As undo does."""
    result = chain_of(Does(Replace(0, 1, "t", 0, rule="small"))).run("One.\n")
    with pytest.raises(UndoError, match="not the output that the record belongs to"):
        history("Two.\n", result.record)


def test_ranges_join_neighbours_only() -> None:
    """Whatever order they come in."""
    assert ranges([]) == ""
    assert ranges(["3", "1", "2", "4b", "9", "10", "11"]) == "3, 1, 2, 4b, 9-11"
