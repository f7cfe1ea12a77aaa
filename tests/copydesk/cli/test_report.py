"""`copydesk report`."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from running import Run

EVIL = '</script><script>alert(1)</script><img src=x onerror="alert(2)">\u202e\x1b[31m'


@pytest.fixture
def recorded(cli: Run) -> Path:
    """Return the records of a run over four documents, one of them hostile, one emptied."""
    Path("chain.toml").write_text('stages = ["rotate", "drop-all"]\nmax_removed = 1\n', encoding="utf-8")
    Path("in").mkdir()
    for number, text in enumerate(["One.\nTwo.\n", f"{EVIL}\n", "A rather long sentence about a dam.\n", ""]):
        Path(f"in/{number}.txt").write_text(text, encoding="utf-8")
    for path in sorted(Path("in").iterdir()):
        cli("clean", path, "-o", f"out-{path.name}", "--edits", f"{path.stem}.edits.jsonl", "--chain", "chain.toml")
    Path("all.jsonl").write_bytes(b"".join(path.read_bytes() for path in sorted(Path().glob("*.edits.jsonl"))))
    return Path("all.jsonl")


def items(page: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(page.split('id="data">')[1].split("</script>", maxsplit=1)[0])["items"]
    return found


def test_what_was_removed_stands_by_rule_and_the_riskiest_comes_first(cli: Run, recorded: Path) -> None:
    """Documents that lost nearly all are listed."""
    done = cli("report", recorded, "-o", "report.html")
    assert (done.code, done.out) == (0, b"")
    page = Path("report.html").read_text(encoding="utf-8")
    assert "drop-all / drop-all" in page
    assert "<b>4</b>documents" in page
    assert "Documents that lost more than 80%" in page
    assert "⚑" not in page
    assert "emptied" in page
    assert [row["characters"] for row in items(page)][:2] == [len(EVIL), len("A rather long sentence about a dam.")]


def test_hostile_text_is_data(cli: Run, recorded: Path) -> None:
    """Nothing of it is markup, and nothing is asked for from anywhere."""
    page = cli("report", recorded).out.decode("utf-8")
    assert re.findall(r"<script[^>]*>", page) == ['<script type="application/json" id="data">', "<script>"]
    assert "<img" not in page
    assert "\u202e" not in page
    assert "default-src &#x27;none&#x27;" in page


def test_records_are_found_below_a_folder_and_packed(cli: Run, recorded: Path) -> None:
    """One file beside each document, or one for all."""
    plain = items(cli("report", ".").out.decode("utf-8"))
    Path("packed.jsonl.gz").write_bytes(gzip.compress(recorded.read_bytes()))
    assert items(cli("report", "packed.jsonl.gz").out.decode("utf-8")) == plain


def test_run_json_adds_time_and_failures(cli: Run, recorded: Path) -> None:
    """And says that a run is still going; without records it is all there is."""
    values = {
        "schema": 1, "inputs": {"done": 4, "todo": 3}, "documents": 4, "changed": 3, "edits": 9, "removed": 50, "failed": 1,
        "languages": {"en": 4}, "stages": {"s": {"rules": {"r<b>": {"edits": 2, "removed": 30, "added": 0}}}},
        "failures": [{"document": "x<script>.txt", "stage": "s", "problem": "no paper"}], "chain_hash": {"text": "abc"},
        "timing": {"stages": {"s": 1.5}, "documents_per_second": 7, "slowest": [{"document": "in/0.txt", "milliseconds": 12}]},
    }  # fmt: skip
    folder = Path("run")
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps(values), encoding="utf-8")
    alone = cli("report", "run").out.decode("utf-8")
    assert "No records were kept" in alone
    assert "3 inputs are still to be done" in alone
    assert "r&lt;b&gt;" in alone
    both = cli("report", "run", "--edits", recorded).out.decode("utf-8")
    assert "no paper" in both
    assert "x&lt;script&gt;.txt" in both
    assert "Time by stage" in both
    assert items(both)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("gone.jsonl", None, "no such file or folder"),
        ("empty.jsonl", "", "holds no record"),
        ("newer.jsonl", '{"copydesk": 99, "changes": 0}\n', "the record has schema 99"),
        ("text.jsonl", "hello\n", "text.jsonl:1: not JSON"),
        ("run.json", '{"schema": 99}', "has schema 99"),
        ("run.json", "[]", "no run.json of copydesk"),
        ("run.json", "{", "cannot be read"),
    ],
)
def test_what_is_no_run_is_refused(cli: Run, name: str, content: str | None, problem: str) -> None:
    """With what it is, and what can be read."""
    if content is not None:
        Path(name).write_text(content, encoding="utf-8")
    done = cli("report", name)
    assert done.code == 1
    assert problem in done.err


def test_a_run_that_changed_nothing_has_a_page(cli: Run) -> None:
    """With nothing to review."""
    cli("clean", "-o", "b.txt", "--edits", "e.jsonl", "--chain", "shout.toml", stdin=b"")
    page = cli("report", "e.jsonl").out.decode("utf-8")
    assert "No text was cut." in page
