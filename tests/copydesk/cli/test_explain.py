"""`copydesk explain`: as a page, limited, as JSON; what it prints for a terminal is tested where it is made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from running import Run

TEXT = b"One.\nTwo.\nOne.\nFour.\n"


@pytest.fixture(autouse=True)
def chain(cli: Run) -> None:
    """A chain of two stages, and a text."""
    Path("chain.toml").write_text('stages = ["rotate", "shout"]\n', encoding="utf-8")
    Path("a.txt").write_bytes(TEXT)


def test_a_page_goes_to_a_file_or_down_a_pipe(cli: Run) -> None:
    """The same page."""
    done = cli("explain", "a.txt", "--chain", "chain.toml", "--html", "-o", "page.html")
    assert (done.code, done.out) == (0, b"")
    assert "wrote page.html" in done.err
    piped = cli("explain", "a.txt", "--chain", "chain.toml", "--html").out
    assert piped == Path("page.html").read_bytes()
    assert piped.startswith(b"<!doctype html>")


def test_a_page_of_a_record_is_that_of_the_run(cli: Run) -> None:
    """From the output and its record alone."""
    cli("clean", "a.txt", "-o", "b.txt", "--edits", "e.jsonl", "--chain", "chain.toml")
    of_run = cli("explain", "a.txt", "--chain", "chain.toml", "--html").out
    assert cli("explain", "b.txt", "--edits", "e.jsonl", "--html").out == of_run


def test_a_page_begins_with_what_was_not_asked_for_switched_off(cli: Run) -> None:
    """It can be switched on."""
    page = cli("explain", "a.txt", "--chain", "chain.toml", "--html", "--stage", "shout").out.decode()
    data = json.loads(page.split('id="data">')[1].split("</script>")[0])
    assert data["off"] == ["rotate\njoin", "rotate\nrotate"]


def test_json_can_be_limited(cli: Run) -> None:
    """The header counts what follows."""
    rows = [
        json.loads(line)
        for line in cli("explain", "a.txt", "--chain", "chain.toml", "--json", "--rule", "join").out.splitlines()
    ]
    assert rows[0]["changes"] == 1
    assert [row["rule"] for row in rows[1:]] == ["join"]


def test_an_input_of_any_name_can_be_html(cli: Run) -> None:
    """As with clean."""
    Path("early.toml").write_text('stages = ["early"]\n', encoding="utf-8")
    assert cli("explain", "a.txt", "--chain", "early.toml", "--format", "html").code == 0


@pytest.mark.parametrize(
    ("args", "problem"),
    [(["-o", "x"], "-o goes with --html"), (["--html", "--json"], "give one of them")],
)
def test_wrong_use_is_explained(cli: Run, args: list[str], problem: str) -> None:
    """Before anything runs."""
    done = cli("explain", "a.txt", "--chain", "chain.toml", *args)
    assert done.code == 2
    assert problem in done.err


LINES = b'{"text": "One."}\n{"text": 5}\n\n{"text": "Four."}\n'


def test_documents_of_one_file_are_explained_one_after_another(cli: Run) -> None:
    """Or only the one asked for; what cannot be read is said."""
    Path("a.jsonl").write_bytes(LINES)
    done = cli("explain", "a.jsonl", "--chain", "chain.toml")
    assert done.code == 0
    assert [line for line in done.out.decode().splitlines() if line.startswith("a.jsonl")] == ["a.jsonl:1", "a.jsonl:4"]
    assert 'a.jsonl:2: the field "text" is no string' in done.err
    one = cli("explain", "a.jsonl", "--chain", "chain.toml", "--number", "4").out.decode()
    assert one.startswith("a.jsonl:4\n")
    assert "FOUR" in one
    assert cli("explain", "a.jsonl", "--number", "3").err.endswith("a.jsonl: no document 3 to explain\n")


def test_a_record_of_many_documents_is_explained(cli: Run) -> None:
    """The same as the run was; a page shows one of them."""
    Path("a.jsonl").write_bytes(b'{"text": "One."}\n{"text": "Four."}\n')
    Path("b.jsonl").write_bytes(cli("clean", "a.jsonl", "--edits", "e.jsonl", "--chain", "chain.toml").out)
    assert cli("explain", "b.jsonl", "--edits", "e.jsonl").out == cli("explain", "a.jsonl", "--chain", "chain.toml").out
    many = cli("explain", "b.jsonl", "--edits", "e.jsonl", "--html", "-o", "page.html")
    assert (many.code, Path("page.html").exists()) == (2, False)
    assert "say which with --number" in many.err
    assert cli("explain", "b.jsonl", "--edits", "e.jsonl", "--html", "-o", "page.html", "--number", "2").code == 0
    assert "FOUR" in Path("page.html").read_text("utf-8")


def test_a_record_that_does_not_fit_is_refused(cli: Run) -> None:
    """Of another text, of a newer version, cut off, or with edits that are not those of the output."""
    cli("clean", "a.txt", "-o", "b.txt", "--edits", "e.jsonl", "--chain", "chain.toml")
    Path("other.txt").write_text("Another text.\n", encoding="utf-8")
    assert "belongs to this text" in cli("explain", "other.txt", "--edits", "e.jsonl").err
    lines = Path("e.jsonl").read_text("utf-8").splitlines(keepends=True)
    Path("cut.jsonl").write_text("".join(lines[:-1]), encoding="utf-8")
    assert "the file ends 1 changes too early" in cli("explain", "b.txt", "--edits", "cut.jsonl").err
    header = json.loads(lines[0])
    Path("newer.jsonl").write_text(json.dumps({**header, "copydesk": 99}) + "\n" + "".join(lines[1:]), encoding="utf-8")
    assert "the record has schema 99" in cli("explain", "b.txt", "--edits", "newer.jsonl").err
    for key, wrong in (("old", "zzz"), ("block", 77)):
        changes = [{**json.loads(line), key: wrong} for line in lines[1:]]
        Path("wrong.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in (header, *changes)), encoding="utf-8")
        for form in ([], ["--html", "-o", "page.html"]):
            done = cli("explain", "b.txt", "--edits", "wrong.jsonl", *form)
            assert done.code == 1
            assert "the record is damaged" in done.err
