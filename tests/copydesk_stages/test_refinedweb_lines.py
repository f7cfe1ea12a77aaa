"""The stage `refinedweb-lines`, held to appendix G.2 of Penedo et al. (2023)."""

from __future__ import annotations

import pytest

import copydesk
from copydesk import Chain
from copydesk_stages.line_rules import RefinedWebLines

STORY = "The ferry stays in harbour today because the ice in the bay is too thick for it. " * 4 + "\n"


def clean(text: str, **options: object) -> copydesk.Result:
    return Chain.of(RefinedWebLines(**options), max_removed=1).run(text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("LATEST NEWS from HALSHOLM", "capitals"),
        ("12.345", "number"),
        ("3 / 12", "number"),
        ("3 likes", "counter"),
        ("1.2K comments", "counter"),
        ("Share", "one-word"),
        ("Read more...", "button"),
        ("Sign-in", "button"),
        ("2 items in cart", "button"),
    ],
)
def test_such_a_line_goes(line: str, rule: str) -> None:
    result = clean(f"{STORY}{line}\n{STORY}")
    assert result.text == STORY + STORY
    assert [edit.rule for edit in result.edits] == [rule]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("Sign in | The ice report of today", "The ice report of today"),
        ("The bay is frozen over. Read more...", "The bay is frozen over."),
        ("Welcome, you have 3 items in your cart: pay", "Welcome, you have pay"),
    ],
)
def test_a_short_line_is_mended(line: str, left: str) -> None:
    result = clean(f"{STORY}{line}\n{STORY}", max_flagged=1.0)
    assert result.text == f"{STORY}{left}\n{STORY}"
    assert [(edit.kind, edit.rule) for edit in result.edits] == [("replace", "button")]


@pytest.mark.parametrize(
    "line",
    [
        "The NATO and the EU met in Halsholm.",
        "The video has 3 likes so far.",
        "Two words",
        "On the last page of the long report you can read more about the ice of this winter",
    ],
)
def test_such_a_line_stays(line: str) -> None:
    text = f"{STORY}{line}\n{STORY}"
    assert clean(text).text == text


def test_a_document_with_many_flagged_words_fails() -> None:
    text = "3 likes\nThe bay is frozen over and nobody may cross it.\nShare\n"
    result = clean(text)
    assert result.tags["refinedweb-lines"] == ["flagged-words"]
    assert clean(text, max_flagged=0.5).tags == {}
    assert clean(text, action="drop").text.strip() == ""


def test_undo() -> None:
    text = f"{STORY}Share\nSign in | The ice report of today\n{STORY}"
    result = clean(text)
    assert copydesk.undo(result.text, result.record) == text
