"""`copydesk diff`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from running import Run

TEXT = "The dam held through the night.\nYes.\nThe dam held through the night.\nYes.\n"


@pytest.fixture(autouse=True)
def files(cli: Run) -> None:
    """Two chains, of which the second cuts more, and two documents."""
    Path("a.toml").write_text('stages = ["dedupe"]\n', encoding="utf-8")
    Path("b.toml").write_text(
        'stages = ["drop-all", "dedupe"]\nmax_removed = 1\n[dedupe]\nmin_chars = 2\n', encoding="utf-8"
    )
    Path("same.toml").write_text('stages = ["dedupe"]\n[dedupe]\nmin_chars = 19\n', encoding="utf-8")
    Path("in").mkdir()
    Path("in/one.txt").write_text(TEXT, encoding="utf-8")
    Path("in/two.txt").write_text("Nothing twice here.\n", encoding="utf-8")


def test_lost_text_is_shown_with_rule_share_and_context(cli: Run) -> None:
    """For a person."""
    out = cli("diff", "a.toml", "b.toml", "in").out.decode()
    assert "2 documents, 2 with differences" in out
    assert "100.000% of what A keeps" in out
    assert "drop-all/drop-all" in out
    assert "[-Nothing twice here.-]" in out
    assert "no reason" in out


def test_chains_that_do_the_same_have_no_difference(cli: Run) -> None:
    """Whatever their options."""
    out = cli("diff", "a.toml", "same.toml", "in").out.decode()
    assert "none with differences" in out
    assert "lost   0 characters" in out


def test_json_has_everything(cli: Run) -> None:
    """Totals first, then passages."""
    lines = [json.loads(line) for line in cli("diff", "a.toml", "b.toml", "in", "--json").out.splitlines()]
    assert lines[0]["documents"] == 2
    assert lines[0]["lost"]["share"] == 1.0
    assert lines[0]["rules"][0]["rule"] == "drop-all"
    assert sum(line["characters"] for line in lines[1:]) == lines[0]["lost"]["characters"]


@pytest.mark.parametrize(
    ("budget", "code"),
    [
        ("lost=100%", 0),
        ("lost=99%", 1),
        ("gained=0.1%", 0),
        ("lost=0.5", 1),
        ("lots=1%", 2),
        ("lost=x", 2),
        ("lost=150%", 2),
    ],
)
def test_a_budget_decides_the_exit_code(cli: Run, budget: str, code: int) -> None:
    """For CI."""
    done = cli("diff", "a.toml", "b.toml", "in", "--budget", budget)
    assert done.code == code
    assert ("over budget: 100.0000% lost" in done.err) == (code == 1)


def test_a_recorded_run_is_a_chain(cli: Run) -> None:
    """On either side; what has changed since is said."""
    cli("clean", "in", "--output-dir", "out", "--edits", "run.jsonl", "--chain", "a.toml")
    out = cli("diff", "run.jsonl", "a.toml", "in").out.decode()
    assert "none with differences" in out
    assert "2 documents, 2 with differences" in cli("diff", "b.toml", "run.jsonl", "in").out.decode()
    Path("in/two.txt").write_text("Something else.\n", encoding="utf-8")
    done = cli("diff", "run.jsonl", "a.toml", "in")
    assert "has no record of this document" in done.err
    assert "1 document could not be compared" in done.out.decode()


def test_json_lines_and_samples(cli: Run) -> None:
    """A sample is the same every time."""
    rows = [json.dumps({"body": f"Text number {i} of many.\nText number {i} of many.\n"}) for i in range(30)]
    Path("many.jsonl").write_text("\n".join(rows) + "\nbroken\n", encoding="utf-8")
    first = cli("diff", "shout.toml", "a.toml", "many.jsonl", "--field", "body", "--sample", "5", "--json")
    again = cli("diff", "shout.toml", "a.toml", "many.jsonl", "--field", "body", "--sample", "5", "--json")
    assert first.out == again.out
    assert json.loads(first.out.splitlines()[0])["documents"] == 5
    assert "many.jsonl:31: not a JSON object" in first.err


def test_the_page_is_safe_to_open(cli: Run) -> None:
    """Hostile text, names and rules are data in it."""
    Path("in/<script>.txt").write_text("</script><script>alert(1)</script>\u202e\n", encoding="utf-8")
    assert cli("diff", "a.toml", "b.toml", "in", "--html", "-o", "page.html").code == 0
    page = Path("page.html").read_text(encoding="utf-8")
    assert page.count("<script") == 2
    assert "\u202e" not in page
    assert cli("diff", "a.toml", "b.toml", "in", "-o", "x").code == 2


@pytest.mark.parametrize(
    ("args", "code", "problem"),
    [
        (["nwes", "a.toml", "in"], 2, 'there is no chain "nwes"'),
        (["gone.toml", "a.toml", "in"], 2, 'there is no chain "gone.toml"'),
        (["a.toml", "b.toml", "gone.txt"], 1, "gone.txt: cannot be read"),
        (["a.toml", "b.toml"], 2, "Missing argument"),
        (["in", "a.toml", "in"], 1, "no records in it"),
    ],
)
def test_wrong_use_is_explained(cli: Run, args: list[str], code: int, problem: str) -> None:
    """With what to give instead."""
    done = cli("diff", *args)
    assert done.code == code
    assert problem in done.err
