"""What a chain never cuts, whatever stage proposes it: its `keep`, and a file of exceptions by language."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk import Chain, ConfigError, Document, Drop, Replace, SetTag, StageError, Step, undo


@dataclass(frozen=True)
class Language:
    """Say that a text is in a language."""

    tag: str

    def __call__(self, document: Document) -> Iterator[SetTag]:
        yield SetTag("language", self.tag, rule="told")


class Everything:
    """Drop every block."""

    def __call__(self, document: Document) -> Iterator[Drop]:
        for block in document.blocks:
            yield Drop(block.id, rule="gone", score=1.0)


class Shorter:
    """Take the last character of every block."""

    def __call__(self, document: Document) -> Iterator[Replace]:
        for block in document.blocks:
            yield Replace(len(block.text) - 1, len(block.text), "", block.id, rule="short", score=1.0)


def chain(*stages: object, keep: tuple[str, ...] = (), exceptions: str | Path = "") -> Chain:
    steps = tuple(Step(type(stage).__name__.lower(), stage, "", 1.0) for stage in stages)
    return Chain(steps, keep=keep, exceptions=str(exceptions))


def test_a_block_that_is_kept_stays_whatever_stage_would_cut_it() -> None:
    """As a whole, neither case nor white space counting; the record has no trace of the cut, and undo is exact."""
    text = "Share  PRICES\n\nShare prices fell.\n\nAdvertisement\n"
    result = chain(Everything(), keep=("Share prices",)).run(text)
    assert result.text == "Share  PRICES\n"
    assert [change.old for change in result.edits] == ["Share prices fell.", "Advertisement"]
    assert undo(result.text, result.record) == text


def test_only_cuts_are_prevented() -> None:
    """A repair of the same block is made."""
    assert chain(Shorter(), keep=("abc",)).run("abc\n").text == "ab\n"


@pytest.mark.parametrize(
    ("tag", "left"), [("de", "Anzeige\n"), ("de-AT", "Anzeige\n"), ("en", "Ad\n"), ("und", ""), ("fr", "")]
)
def test_an_exception_holds_in_its_language(tmp_path: Path, tag: str, left: str) -> None:
    """Or in every language, where it stands under "any"."""
    (tmp_path / "e.toml").write_text('de = ["Anzeige"]\nen = ["Ad"]\nany = ["* * *"]\n', encoding="utf-8")
    made = chain(Language(tag), Everything(), exceptions=tmp_path / "e.toml").run("Anzeige\n\nAd\n\n* * *\n")
    assert made.text.replace("* * *\n", "").strip("\n") == left.strip("\n")
    assert "* * *" in made.text


def test_chains_share_a_file_of_exceptions(tmp_path: Path) -> None:
    """It lies beside the chain that names it, adds to what the chain keeps, and what it holds is in the hash."""
    (tmp_path / "base.toml").write_text(
        'extends = "news"\nkeep = ["Advertisement"]\nexceptions = "e.toml"\n', encoding="utf-8"
    )
    (tmp_path / "mine.toml").write_text('extends = "base.toml"\nkeep = ["Share"]\n', encoding="utf-8")
    (tmp_path / "e.toml").write_text('any = ["Read more"]\n', encoding="utf-8")
    text = "Share\n\nAdvertisement\n\nRead more\n\nThe dam held.\n"
    first = Chain.load(tmp_path / "mine.toml")
    assert first.run(text).text == text
    assert pickle.loads(pickle.dumps(first)).run(text).text == text
    assert Chain.load(tmp_path / "mine.toml", skip=["markers"]).keep == ("Advertisement", "Share")
    (tmp_path / "e.toml").write_text("", encoding="utf-8")
    second = Chain.load(tmp_path / "mine.toml")
    assert second.run(text).text == "Share\n\nAdvertisement\n\nThe dam held.\n"
    assert first.hash != second.hash != Chain.load("news").hash


def test_what_is_kept_is_in_the_resolved_chain() -> None:
    """And a chain without any is told as before."""
    assert Chain.load("minimal", overrides={"keep": ["Share"]}).resolved()["keep"] == ["Share"]
    assert "keep" not in Chain.load("minimal").resolved()


@pytest.mark.parametrize(
    ("chain_file", "exceptions", "problem"),
    [
        ('keep = "Share"', "", "mine.toml:2: keep = 'Share': a list of blocks"),
        ("keep = [1]", "", "mine.toml:2: keep = [1]: a list of blocks"),
        ('keep = [" "]', "", "keep = [' ']: a list of blocks"),
        ('exceptions = "gone.toml"', "", "mine.toml:2: exceptions: {}gone.toml cannot be read"),
        ('exceptions = "."', "", "is no regular file; name a TOML file"),
        ('exceptions = "e.toml"', "en = [", "e.toml is no TOML"),
        ('exceptions = "e.toml"', "en = 'Share'", "a list of phrases is allowed, under a language"),
        ('exceptions = "e.toml"', "[en]\nx = ['Share']", "a list of phrases is allowed"),
        ('exceptions = "e.toml"', "en = ['']", "a list of phrases is allowed"),
        ("exceptions = 1", "", "exceptions = 1: the path of a file"),
    ],
)
def test_what_cannot_be_kept_is_refused(tmp_path: Path, chain_file: str, exceptions: str, problem: str) -> None:
    """With file, line and what is allowed."""
    (tmp_path / "mine.toml").write_text(f'extends = "news"\n{chain_file}\n', encoding="utf-8")
    (tmp_path / "e.toml").write_text(exceptions, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        Chain.load(tmp_path / "mine.toml")
    assert problem.format(f"{tmp_path}/") in str(caught.value)


def test_an_edit_that_does_not_fit_is_told_as_ever() -> None:
    """By the name of its stage."""

    class Wrong:
        def __call__(self, document: Document) -> Iterator[Drop]:
            yield Drop(99, rule="gone")

    with pytest.raises(StageError, match="99") as caught:
        chain(Wrong(), keep=("Share",)).run("Share\n")
    assert "KeyError" not in str(caught.value)


@given(st.lists(st.sampled_from(["Share", "Ad", "Café\u0301", "ＡＤ", " x", "word"]), min_size=1, max_size=8))
def test_nothing_that_is_kept_is_ever_cut(lines: list[str]) -> None:
    """Of any text."""
    text = "\n".join(lines)
    assert chain(Everything(), keep=tuple(lines)).run(text).text == text
