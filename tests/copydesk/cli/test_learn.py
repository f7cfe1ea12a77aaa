"""`copydesk learn`: what a site repeats, from files to a chain that uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from running import Run

STORIES = [
    "The ferry was late again on Friday, and nobody on the quay could say when it would leave for the islands.",
    "The mayor resigned on Monday after a week of protests, and her deputy will lead the council until the spring.",
    "The dam held through the night while engineers kept watch, and families could go home in the morning.",
]


def write_site() -> None:
    Path("site").mkdir()
    for number, story in enumerate(STORIES * 2):
        Path(f"site/{number}.txt").write_text(f"Sandwick Courier and Post\n\n{story}\n", encoding="utf-8")


def test_a_site_is_learned_and_cleaned(cli: Run) -> None:
    """From a folder to a file to a chain that drops what the site repeats."""
    write_site()
    done = cli("learn", "site", "-o", "site.repeats", "--min-documents", "4")
    assert (done.code, done.out) == (0, b"")
    assert "learned from 6 documents" in done.err
    assert "6\tsandwick courier and post" in Path("site.repeats").read_text(encoding="utf-8")
    Path("chain.toml").write_text('stages = ["repeats"]\n[repeats]\nfile = "site.repeats"\n', encoding="utf-8")
    assert cli("clean", "site/0.txt", "--chain", "chain.toml").out == f"{STORIES[0]}\n".encode()


def test_json_lines_are_documents(cli: Run) -> None:
    """A broken line is named and costs no other; the exit code says so."""
    rows = [json.dumps({"body": f"Sandwick Courier\n{story}\n"}) for story in STORIES]
    Path("a.jsonl").write_text("\n".join([*rows, "{", '{"body": 3}']) + "\n", encoding="utf-8")
    done = cli("learn", "a.jsonl", "--field", "body")
    assert done.code == 1
    assert b"3\tsandwick courier\n" in done.out
    assert "a.jsonl:4: not a JSON object" in done.err
    assert 'a.jsonl:5: the field "body" is no string' in done.err


def test_half_a_character_is_learned_as_one_that_was_lost(cli: Run) -> None:
    """JSON can escape a lone surrogate, which no file can hold."""
    Path("a.jsonl").write_text('{"text": "Sandwick \\ud800 Courier"}\n' * 2, encoding="utf-8")
    done = cli("learn", "a.jsonl")
    assert done.code == 0
    assert "2\tsandwick \ufffd courier\n" in done.out.decode("utf-8")


@pytest.mark.parametrize(
    ("args", "code", "problem"),
    [
        (["none.txt"], 1, "none.txt: cannot be read"),
        (["shout.toml", "--stage", "shout"], 2, 'the stage "shout" learns nothing from documents'),
        (["shout.toml", "--stage", "repeat"], 2, 'Did you mean "repeats"?'),
        ([], 2, "PATH"),
    ],
)
def test_what_cannot_be_learned_is_explained(args: list[str], code: int, problem: str, cli: Run) -> None:
    """With what to do."""
    done = cli("learn", *args)
    assert done.code == code
    assert problem in done.err
