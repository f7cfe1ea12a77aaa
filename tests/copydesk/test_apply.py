"""Applying edits: what each kind means, and what is refused."""

from __future__ import annotations

import pytest

from copydesk import Document, Drop, Edit, Move, NewBlock, Recast, Replace, SetTag
from copydesk.apply import apply
from copydesk.proposed import EditError

TEXT = "Zero\n\nOne\nTwo\n\n\nThree\n"


def texts_of(doc: Document) -> list[str]:
    return [block.text for block in doc.blocks]


@pytest.mark.parametrize(
    ("drop", "text"),
    [
        (0, "One\nTwo\n\n\nThree\n"),
        (1, "Zero\n\nTwo\n\n\nThree\n"),  # of "\n\n" and "\n" the longer stays
        (2, "Zero\n\nOne\n\n\nThree\n"),  # of "\n" and "\n\n\n" the longer stays
        (3, "Zero\n\nOne\nTwo\n"),
    ],
)
def test_drop_keeps_the_separator_with_more_breaks(drop: int, text: str) -> None:
    """Of the two separators around a dropped block the one with more line breaks stays."""
    assert apply(Document(TEXT), [Drop(drop, rule="r")])[0].text == text


def test_drop_keeps_the_first_separator_on_a_tie() -> None:
    """Where both have as many line breaks the first stays."""
    assert apply(Document("a\r\nb\nc"), [Drop(1, rule="r")])[0].text == "a\r\nc"


def test_drop_of_all_leaves_the_space_around() -> None:
    """Lead and trail belong to the document."""
    doc, changes = apply(Document("\n\na\nb\n"), [Drop(0, rule="r"), Drop(1, rule="r")])
    assert doc.text == "\n\n\n"
    assert len(changes) == 2


@pytest.mark.parametrize(
    ("move", "text"),
    [
        (Move(0, 2, rule="r"), "One\nZero\n\nTwo\n\n\nThree\n"),
        (Move(2, 0, rule="r"), "Two\n\n\nZero\n\nOne\nThree\n"),
        (Move(0, None, rule="r"), "One\nTwo\n\n\nThree\n\nZero\n"),  # old and new last swap separators
        (Move(3, 0, rule="r"), "Three\n\n\nZero\n\nOne\nTwo\n"),
        (Move(1, 2, rule="r"), TEXT),  # it stands there already
        (Move(3, None, rule="r"), TEXT),
    ],
)
def test_move_takes_the_separator_along(move: Move, text: str) -> None:
    """A separator travels with its block; when the last block changes, the two lasts swap theirs."""
    assert apply(Document(TEXT), [move])[0].text == text


def test_moves_are_applied_one_after_another() -> None:
    """The second move starts from what the first has made."""
    doc, _ = apply(Document("a\nb\nc"), [Move(0, None, rule="r"), Move(1, None, rule="r")])
    assert texts_of(doc) == ["c", "a", "b"]


def test_replace_in_the_text_reaches_separators() -> None:
    """A replacement without a block has the whole text for its coordinates."""
    doc, changes = apply(Document("a\r\nb\n"), [Replace(1, 3, "\n", rule="line-ending")])
    assert doc.text == "a\nb\n"
    assert (changes[0].before, changes[0].after, changes[0].old, changes[0].new) == ((1, 3), (1, 2), "\r\n", "\n")


def test_replace_in_the_text_splits_nothing() -> None:
    """A chain that only repairs text never splits it."""
    doc, _ = apply(Document("aXb\nc"), [Replace(1, 2, "", rule="r")])
    assert not doc.is_split


def test_replace_in_the_text_of_carried_blocks_keeps_them() -> None:
    """Once blocks are edited, a replacement of the text is one in a block or a separator, and ids stay."""
    doc, _ = apply(Document("a\nbad\r\nc\n"), [Drop(0, rule="r")])
    doc, changes = apply(doc, [Replace(0, 1, "s", rule="r"), Replace(3, 5, "\n", rule="r")])
    assert doc.text == "sad\nc\n"
    assert [block.id for block in doc.blocks] == [1, 2]
    assert [change.detail["in"] for change in changes] == ["block", "separator"]


def test_recast_makes_new_blocks_in_place_of_a_run() -> None:
    """New blocks get new ids; the separator after the run stays."""
    new = (NewBlock("A", "\n", {"role": "heading"}), "B")
    doc, changes = apply(Document(TEXT), [Recast((1, 2), new, rule="r")])
    assert doc.text == "Zero\n\nA\nB\n\n\nThree\n"
    assert [block.id for block in doc.blocks] == [0, 4, 5, 3]
    assert doc.block(4).tags == {"role": "heading"}
    assert (changes[0].old, changes[0].new) == ("One\nTwo", "A\nB")


def test_tags_change_no_text_and_go_with_their_block() -> None:
    """Tags of a block go where it goes."""
    doc, changes = apply(
        Document(TEXT), [SetTag("k", 1, 3, rule="r"), Move(3, 0, rule="r"), SetTag("d", "x", rule="r")]
    )
    assert doc.blocks[0].tags == {"k": 1}
    assert doc.tags == {"d": "x"}
    assert [change.kind for change in changes] == ["move", "tag", "tag"]


def test_offsets_before_and_after() -> None:
    """Every change says where it was and where it is in the whole text."""
    doc, changes = apply(
        Document(TEXT), [Replace(0, 3, "Eleven", 1, rule="r"), Drop(0, rule="r"), Move(3, 1, rule="r")]
    )
    after = {change.kind: doc.text[slice(*change.after)] for change in changes}
    before = {change.kind: TEXT[slice(*change.before)] for change in changes}
    assert before == {"replace": "One", "drop": "Zero", "move": "Three"}
    assert after == {"replace": "Eleven", "drop": "", "move": "Three"}


@pytest.mark.parametrize(
    ("edits", "problem"),
    [
        ([Drop(9, rule="r")], "there is no block 9"),
        ([Drop(0, rule="r"), Drop(0, rule="s")], "drops block 0 twice"),
        ([Drop(0, rule="r"), Replace(0, 1, "x", 0, rule="s")], "drops block 0 and edits it as well"),
        ([Drop(0, rule="r"), Move(0, None, rule="s")], "drops block 0 and edits it as well"),
        ([Drop(0, rule="r"), SetTag("k", 1, 0, rule="s")], "drops block 0 and edits it as well"),
        ([Drop(0, rule="r"), Recast((0, 1), ("x",), rule="s")], "drops block 0 and edits it as well"),
        ([Replace(0, 2, "x", 0, rule="one"), Replace(1, 3, "y", 0, rule="two")], "'one' and 'two' touch the same text"),
        ([Replace(1, 1, "x", 0, rule="one"), Replace(1, 1, "y", 0, rule="two")], "'one' and 'two' touch the same text"),
        ([Replace(0, 9, "x", 0, rule="r")], "replaces 0-9 of a text of 4 characters"),
        ([Replace(-1, 2, "x", rule="r")], "replaces -1-2 of a text"),
        ([Replace(3, 2, "x", rule="r")], "replaces 3-2 of a text"),
        ([Recast((0, 2), ("x",), rule="r")], "do not stand side by side"),
        ([Recast((0, 1), ("x",), rule="r"), Recast((1, 2), ("y",), rule="r")], "recasts block 1 twice"),
        ([Recast((0,), (), rule="r")], "both need one"),
        ([Recast((0,), ("x",), rule="r"), Replace(0, 1, "x", 0, rule="s")], "recasts block 0 and edits it as well"),
        ([Move(0, 0, rule="r")], "in front of itself"),
        ([Move(0, 9, rule="r")], "there is no block 9"),
        ([Drop(0, rule="r", score=1.5)], "a score lies between 0 and 1"),
        ([Drop(0, rule="r", score=float("nan"))], "a score lies between 0 and 1"),
        (["Drop"], "a stage yields Drop"),
        ([SetTag("k", {1, 2}, rule="r")], "sets the tag 'k' to what JSON cannot say"),
        ([SetTag("k", float("inf"), rule="r")], "sets the tag 'k' to what JSON cannot say"),
        ([Drop(0, rule="r"), Replace(0, 1, "x", rule="s")], "drops or recasts as well"),
        ([Move(0, None, rule="r"), Replace(0, 8, "x", rule="s")], "reaches over the end of a block"),
    ],
)
def test_edits_that_do_not_fit_are_refused(edits: list[Edit], problem: str) -> None:
    """Nothing is applied where edits do not fit the document or one another."""
    with pytest.raises(EditError, match=problem):
        apply(Document(TEXT), edits)


def test_edits_that_change_nothing_leave_no_record() -> None:
    """A replacement by the same text, a tag of the same value: no change."""
    doc = Document(TEXT, tags={"k": 1})
    after, changes = apply(doc, [Replace(0, 4, "Zero", 0, rule="r"), SetTag("k", 1, rule="r")])
    assert changes == ()
    assert after == doc


def test_scores_are_rounded() -> None:
    """Three decimals, so that nothing depends on the last bit of a float."""
    assert apply(Document(TEXT), [Drop(0, rule="r", score=0.12345)])[1][0].score == 0.123
