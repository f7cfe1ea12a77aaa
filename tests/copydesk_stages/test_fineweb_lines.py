"""The stage `fineweb-lines`, held to section 3.5 of Penedo et al. (2024)."""

from __future__ import annotations

import pytest

import copydesk
from copydesk import Chain
from copydesk_stages.line_rules import FineWebLines

LONG = "The ferry {} stays in harbour today and so does the mail boat"


def tags(lines: list[str], **options: object) -> list[str]:
    text = "\n".join(lines) + "\n"
    result = Chain.of(FineWebLines(**options)).run(text)  # type: ignore[arg-type]
    assert result.text == text
    found = result.tags.get("fineweb-lines", [])
    assert isinstance(found, list)
    return found


def numbered(count: int, end: str) -> list[str]:
    return [LONG.format(i) + end for i in range(count)]


def test_lines_that_end_with_punctuation() -> None:
    assert tags(numbered(12, ".") + [line + " x" for line in numbered(88, "")]) == ["few-ends"]  # 12 %
    assert tags(numbered(13, ".") + [line + " x" for line in numbered(87, "")]) == []


def test_repeated_lines() -> None:
    once = [LONG.format(f"{i:02}") + "." for i in range(10)]
    assert tags([*once, once[0]]) == []  # one of eleven
    assert tags([*once[:9], once[0]]) == ["repeated-lines"]  # one of ten


def test_short_lines() -> None:
    short = [f"Short line {i}." for i in range(67)]
    assert tags(short + numbered(33, ".")) == ["short-lines"]
    assert tags(short[:66] + numbered(34, ".")) == []


@pytest.mark.parametrize("end", ["。", "؟", "।", "…", "”"])
def test_punctuation_of_other_scripts(end: str) -> None:
    assert tags(numbered(5, end)) == []


def test_thresholds_can_be_set() -> None:
    assert tags(numbered(5, ""), min_ends=0.0) == ["few-ends"]
    assert tags(["Home", "News"], max_short=1.0, min_ends=0.0, short=1) == ["few-ends"]


def test_an_empty_document_passes() -> None:
    assert tags([""]) == []


def test_drop_takes_the_document() -> None:
    result = Chain.of(FineWebLines(action="drop"), max_removed=1).run("Home\nNews\nSport\n")
    assert result.text.strip() == ""
    assert copydesk.undo(result.text, result.record) == "Home\nNews\nSport\n"
