"""The stage `c4-lines`, held to section 2.2 of Raffel et al. (2020)."""

from __future__ import annotations

import pytest

import copydesk
from copydesk import Chain
from copydesk_stages.line_rules import C4Lines

STORY = "The ferry stays in harbour today.\nThe ice in the bay is too thick.\nNobody is allowed to cross it.\n"


def clean(text: str, **options: object) -> copydesk.Result:
    return Chain.of(C4Lines(**options), max_removed=1).run(text)  # type: ignore[arg-type]


def rules(text: str, **options: object) -> list[str]:
    return [edit.rule for edit in clean(STORY + text, **options).edits]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("A line that just stops without its point", "no-final-punctuation"),
        ("A line that goes on and on...", "no-final-punctuation"),
        ("It ends with a comma, like this,", "no-final-punctuation"),
        ("Only four words here.", "few-words"),
        ("Please switch on JavaScript in your browser.", "javascript"),
        ("By going on you agree to our Privacy Policy.", "policy"),
        ("This site uses cookies to remember what you like.", "policy"),
        ("This site uses[2] cookies to remember what you like.", "policy"),
    ],
)
def test_such_a_line_goes(line: str, rule: str) -> None:
    assert rules(line + "\n") == [rule]
    assert clean(STORY + line + "\n").text == STORY


@pytest.mark.parametrize(
    "line",
    [
        "This has five words exactly.",
        "Is this a question then?",
        "What a day it was!",
        'She said: "It is over."',
        "He said it is “all over”",
    ],
)
def test_such_a_line_stays(line: str) -> None:
    assert rules(line + "\n") == []


def test_marks_of_footnotes_are_cut_out_of_the_line() -> None:
    result = clean(STORY + "The road was opened[12] in a winter[citation needed] long ago.[edit]\n")
    assert result.text == STORY + "The road was opened in a winter long ago.\n"
    assert {edit.rule for edit in result.edits} == {"citation"}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("The ferry stays in harbour today.\nNobody is allowed to cross.\n", "few-sentences"),
        (STORY + "Lorem ipsum dolor sit amet today.\n", "lorem-ipsum"),
        (STORY + "This holds one { bracket in it.\n", "curly-bracket"),
    ],
)
def test_a_whole_document_fails(text: str, rule: str) -> None:
    assert clean(text).tags["c4-lines"] == [rule]
    assert clean(text).text == text
    assert clean(text, action="drop").text.strip() == ""


def test_the_numbers_of_the_preprint_can_be_set() -> None:
    assert rules("Only four words here.\n", min_words=3, min_sentences=3) == []
    assert clean(STORY, min_sentences=5).tags["c4-lines"] == ["few-sentences"]


def test_the_guard_bounds_it_by_default() -> None:
    text = "A heading without a final full stop\nAnother heading like that\n" + STORY
    result = Chain.of(C4Lines()).run(text)
    assert [flag.name for flag in result.flags] == ["guard"]
    assert result.text == text


def test_undo() -> None:
    result = clean("Home\n" + STORY + "Opened[1] in a winter long ago.\n")
    assert copydesk.undo(result.text, result.record).startswith("Home\n")


def test_an_empty_document_stays_empty() -> None:
    assert clean("").text == ""
