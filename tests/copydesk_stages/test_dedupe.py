"""The stage `dedupe`: paragraphs that stand twice in one document."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import copydesk
from copydesk import Chain, Document, Parts
from copydesk_stages import dedupe
from copydesk_stages.dedupe import Dedupe

FIRST = "The ferry to Halsholm stays in harbour until the ice report of Thursday morning."
SECOND = "Passengers with a ticket for the night crossing can have their money back at any counter."
LONG = (
    "The town council of Halsholm met for eleven hours on Monday and agreed, with one vote against, to keep the "
    "“winter road” over the bay open, although the harbour master had warned of thin ice near the old lighthouse."
)
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


class TestNearRepeats:
    def drops(self, *paragraphs: str, **options: object) -> list[tuple[str, str | None]]:
        chain = Chain.of(Dedupe(**options), max_removed=1.0)  # type: ignore[arg-type]  # the guard has a test of its own
        result = chain.run("\n\n".join(paragraphs))
        return [(edit.rule, edit.old) for edit in result.edits]

    def test_other_quotes_case_and_punctuation(self) -> None:
        plain = LONG.replace("“", '"').replace("”", '"').replace(",", "")
        assert self.drops(LONG, THIRD, plain) == [("near-repeat", plain)]

    def test_the_longer_one_stays(self) -> None:
        longer = LONG + " The town hall stays open."
        assert self.drops(LONG, THIRD, longer) == [("near-repeat", LONG)]
        assert self.drops(longer, THIRD, LONG) == [("near-repeat", LONG)]

    def test_a_teaser_that_is_cut_off_goes(self) -> None:
        teaser = LONG[:90] + "..."
        assert self.drops(teaser, THIRD, LONG) == [("teaser", teaser)]

    def test_it_is_not_certain_and_the_guard_counts_it(self) -> None:
        plain = LONG.replace(",", "")
        assert [flag.name for flag in clean(f"{LONG}\n\n{plain}").flags] == ["guard"]
        edits = clean(f"{LONG}\n\n{THIRD * 9}\n\n{plain}").edits
        assert [edit.rule for edit in edits] == ["near-repeat"]
        assert all(edit.score is not None and edit.score < 1 for edit in edits)

    def test_another_number_or_name_is_another_fact(self) -> None:
        assert self.drops(LONG, LONG.replace("eleven", "12")) == []
        assert self.drops(LONG, LONG.replace("Halsholm", "Vrangby")) == []

    def test_a_beginning_without_an_ellipsis_is_no_teaser(self) -> None:
        assert self.drops(LONG[:90], THIRD, LONG) == []

    def test_one_turns_it_off(self) -> None:
        assert self.drops(LONG, LONG.replace(",", ""), similar=1.0) == []

    def test_short_blocks_are_not_compared(self) -> None:
        assert self.drops("We come back to that in a moment.", "We come back to that in a moment!") == []

    def test_scripts_without_spaces(self) -> None:
        one = "昨夜の大雨で川の水位が上がり、町の低い地区では朝まで道路が水につかったままだった。"
        assert self.drops(one, THIRD, one.replace("、", "")) == [("near-repeat", one.replace("、", ""))]

    def test_many_alike_blocks_end(self) -> None:
        text = "\n\n".join(f"{LONG} {'again ' * (i % 7)}" for i in range(400))
        assert clean(text).text


LAW = "The carrier pays back the fare within seven days of the cancelled crossing."
VERSE = "Oh the ice, the ice, the harbour ice"


class TestMeantRepeats:
    @pytest.mark.parametrize(
        "text",
        [
            f"{VERSE}\nhas taken boats and men,\n\n{VERSE}\nwill give them back again.\n",
            f"Third night of the frost in the harbour\n{VERSE}\n\nFourth night of the frost\n{VERSE}\n",
            f"§ 4\n\n{LAW}\n\n§ 9\n\n{LAW}\n",
            f"(a) {LAW}\n\n(b) {SECOND}\n\n(a) {LAW}\n",
            f"Article 12\n\n{LAW}\n\nArticle 13\n\n{LAW}\n",
            f"“{FIRST}”\n\n{SECOND}\n\n“{FIRST}”\n",
            "Halsholm | 3 crossings | no ice\nVrangby | 2 crossings | ice\nHalsholm | 3 crossings | no ice\n",
            "Monday\tcalm sea\tall crossings\nTuesday\tgale\tnone\nMonday\tcalm sea\tall crossings\n",
        ],
        ids=[
            "refrain",
            "refrain at the end",
            "paragraphs of a law",
            "clauses",
            "articles",
            "quotation",
            "table",
            "tabs",
        ],
    )
    def test_stay(self, text: str) -> None:
        result = clean(text)
        assert result.text == text
        assert result.edits == ()

    @pytest.mark.parametrize("role", ["row", "code", "quote"])
    def test_blocks_with_such_a_role_stay(self, role: str) -> None:
        document = Document.from_blocks([FIRST, SECOND, FIRST])
        blocks = tuple(replace(block, tags={"role": role}) for block in document.blocks)
        tagged = document.with_parts(Parts("", blocks, ""))
        assert Chain.of(Dedupe()).run(tagged).text == document.text


def test_given_blocks_are_compared_whole() -> None:
    """Blocks that a caller gives may hold line breaks; they are folded like other white space."""
    two_lines = f"{FIRST}\n{SECOND}"
    document = Document.from_blocks([two_lines, THIRD, f"{FIRST} {SECOND}"])
    assert Chain.of(Dedupe()).run(document).text == f"{two_lines}\n\n{THIRD}"


def test_near_repeats_are_looked_for_in_as_much_as_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Word for word repeats are found wherever they stand."""
    other = f"{FIRST} Then {SECOND[0].lower()}{SECOND[1:]}"
    nearly = other.replace("counter", "office")
    text = f"{LONG}\n\n{other}\n\n{nearly}\n\n{other}"
    assert clean(text).text == f"{LONG}\n\n{other}"
    monkeypatch.setattr(dedupe, "MAX_RUNS", 40)
    assert clean(text).text == f"{LONG}\n\n{other}\n\n{nearly}"


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
