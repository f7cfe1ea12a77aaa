"""The stage `dedupe`: paragraphs that stand twice in one document."""

from __future__ import annotations

import pickle

import copydesk
import pytest
from copydesk import Chain, Document
from copydesk_stages.dedupe import Dedupe
from hypothesis import given
from hypothesis import strategies as st

FIRST = "The ferry to Halsholm stays in harbour until the ice report of Thursday morning."
SECOND = "Passengers with a ticket for the night crossing can have their money back at any counter."
THIRD = "The mail goes by helicopter, as it did in the winter of the long frost."


def clean(text: str, **options: object) -> copydesk.Result:
    return Chain.of(Dedupe(**options)).run(text)  # type: ignore[arg-type]


class TestChanges:
    def test_the_first_of_two_stays(self) -> None:
        result = clean(f"{FIRST}\n\n{SECOND}\n\n{FIRST}\n\n{THIRD}\n")
        assert result.text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}\n"
        assert [(edit.kind, edit.rule, edit.old, edit.score) for edit in result.edits] == [
            ("drop", "repeat", FIRST, 1.0)
        ]

    def test_every_later_copy_goes(self) -> None:
        assert clean(f"{FIRST}\n{SECOND}\n{FIRST}\n{SECOND}\n{FIRST}").text == f"{FIRST}\n{SECOND}"

    def test_white_space_is_folded_in_the_comparison_only(self) -> None:
        loose = FIRST.replace(" ", "  ")
        assert clean(f"{loose}\n\n{FIRST}\n").text == f"{loose}\n"

    def test_the_reason_names_the_paragraph_that_it_repeats(self) -> None:
        (edit,) = clean(f"{SECOND}\n\n{FIRST}\n\n{FIRST}\n").edits
        assert "2" in edit.why

    def test_a_document_of_copies_keeps_one(self) -> None:
        result = clean("\n\n".join([FIRST] * 50) + "\n")
        assert result.text == f"{FIRST}\n"
        assert result.flags == ()

    def test_undo_gives_the_document_back(self) -> None:
        text = f"\n{FIRST}\r\n\r\n{SECOND}\n{FIRST}\u2028{THIRD}\r"
        result = clean(text)
        assert result.changed
        assert copydesk.undo(result.text, result.record) == text


class TestLeavesAlone:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "\n",
            f"{FIRST}\n",
            f"{FIRST}\n\n{SECOND}\n\n{THIRD}\n",
            "Yes.\n\nNo.\n\nYes.\n\nNo.\n",
            f"{FIRST}\n\n* * *\n\n{SECOND}\n\n* * *\n\n{THIRD}\n",
            f"{FIRST}\n\n{FIRST.upper()}\n",
        ],
        ids=["empty", "white space", "one", "all different", "short answers", "rules", "another case"],
    )
    def test_it(self, text: str) -> None:
        result = clean(text)
        assert result.text == text
        assert result.edits == ()

    def test_copies_shorter_than_the_option_says(self) -> None:
        text = f"{FIRST}\n{FIRST}\n"
        assert clean(text, min_chars=len(FIRST) + 1).text == text
        assert clean(text, min_chars=len(FIRST)).text == f"{FIRST}\n"


def test_given_blocks_are_compared_whole() -> None:
    """Blocks that a caller gives may hold line breaks; they are folded like other white space."""
    two_lines = FIRST.replace(" until", "\nuntil")
    document = Document.from_blocks([two_lines, SECOND, FIRST])
    assert Chain.of(Dedupe()).run(document).text == f"{two_lines}\n\n{SECOND}"


@given(st.lists(st.sampled_from([FIRST, SECOND, THIRD, "Yes.", ""]), max_size=12))
def test_no_paragraph_is_lost_and_none_is_left_twice(paragraphs: list[str]) -> None:
    result = clean("\n\n".join(paragraphs))
    kept = [block.text for block in result.document.blocks]
    long = [text for text in kept if len(text) >= 20]
    assert set(long) == {text for text in paragraphs if len(text) >= 20}
    assert len(long) == len(set(long))
    assert kept.count("Yes.") == paragraphs.count("Yes.")


@given(st.text())
def test_any_text_can_be_undone(text: str) -> None:
    result = clean(text, min_chars=1)
    assert copydesk.undo(result.text, result.record) == text


def test_a_pickled_stage_does_the_same() -> None:
    stage = pickle.loads(pickle.dumps(Dedupe(min_chars=5)))
    assert stage == Dedupe(min_chars=5)


def test_a_length_below_one_is_refused() -> None:
    with pytest.raises(copydesk.ConfigError, match="min_chars"):
        Chain.of(Dedupe(min_chars=0))
