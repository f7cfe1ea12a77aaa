"""The stage `gopher-repetition`, held to table A1 of Rae et al. (2021)."""

from __future__ import annotations

import pytest

import copydesk
from copydesk import Chain
from copydesk_stages.line_rules import GopherRepetition

WORDS = [f"w{i:03}" for i in range(400)]


def tags(text: str, **options: object) -> list[str]:
    result = Chain.of(GopherRepetition(**options)).run(text)  # type: ignore[arg-type]
    assert result.text == text
    found = result.tags.get("gopher-repetition", [])
    assert isinstance(found, list)
    return found


def lines(*repeats: int) -> str:
    """Lines of one length, the n-th of which stands as often as the n-th number says."""
    return "".join(f"line{i:03}\n" * times for i, times in enumerate(repeats))


def test_shares_of_lines() -> None:
    assert "duplicate-lines" not in tags(lines(4, 1, 1, 1, 1, 1, 1), ngrams=False)  # 3 of 10
    assert "duplicate-lines" in tags(lines(5, 1, 1, 1, 1, 1), ngrams=False)  # 4 of 10
    assert "duplicate-line-characters" not in tags(lines(3, *[1] * 7), ngrams=False)  # 2 of 10
    assert "duplicate-line-characters" in tags(lines(4, *[1] * 6), ngrams=False)  # 3 of 10


def test_shares_of_paragraphs() -> None:
    few = "\n\n".join(["one two", *WORDS[:7], "one two"])
    many = "\n\n".join(["one two"] * 5 + WORDS[:5])
    assert "duplicate-paragraphs" not in tags(few, ngrams=False)
    assert {"duplicate-paragraphs", "duplicate-paragraph-characters"} <= set(tags(many, ngrams=False))


@pytest.mark.parametrize(("n", "most"), [(2, 0.20), (3, 0.18), (4, 0.16)])
def test_the_commonest_run_of_words(n: int, most: float) -> None:
    run = WORDS[:n]
    total = 200
    allowed = int(most * total / n)
    for times, fails in ((allowed, False), (allowed + 1, True)):
        filler = iter(WORDS[n:])
        text: list[str] = []
        for _ in range(times):
            text += [*run, next(filler)]
        text += [next(filler) for _ in range(total - len(text))]
        assert (f"top-{n}-gram" in tags(" ".join(text))) is fails


@pytest.mark.parametrize(("n", "most"), [(5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.10)])
def test_repeated_runs_of_words(n: int, most: float) -> None:
    size = 200
    for share, fails in ((most, False), (most + 0.01, True)):
        copied = round(share * size)
        text = WORDS[: size - copied] + WORDS[:copied]
        assert (f"duplicate-{n}-gram" in tags(" ".join(text))) is fails


def test_overlaps_count_once() -> None:
    text = " ".join(["go"] * 4 + WORDS[:96])
    assert "duplicate-5-gram" not in tags(text)


@pytest.mark.parametrize(
    "text", ["", "\n \n", "one", "one\n", "The ferry stays in harbour today.\nThe ice is too thick.\n"]
)
def test_ordinary_and_empty_text_passes(text: str) -> None:
    assert tags(text) == []


def test_drop_takes_the_document() -> None:
    result = Chain.of(GopherRepetition(action="drop"), max_removed=1).run(lines(9, 1))
    assert result.text.strip() == ""
    assert copydesk.undo(result.text, result.record) == lines(9, 1)
