"""One document of 50 MB: shown, reported, compared and reviewed, or refused with what to do instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copydesk import Chain, Document, Drop, Source, Step
from copydesk.review.decide import Desk
from copydesk.review.runs import records
from copydesk.review.store import Store
from running import Run

LINE = "The dam held through the night. " * 1500


class Labels:
    """Drop every label."""

    def __call__(self, document: Document) -> list[Drop]:
        return [
            Drop(block.id, rule="label", why="a label", score=0.9) for block in document.blocks if len(block.text) < 9
        ]


@pytest.fixture
def large(cli: Run) -> str:
    """Return the text of which output and record lie in the working folder."""
    text = f"{LINE}\nLabel\n" * (50_000_000 // len(LINE) + 1)
    result = Chain((Step("labels", Labels(), "", 1.0),)).run(text, source=Source(name="out.txt"))
    Path("in.txt").write_text(text, encoding="utf-8")
    Path("out.txt").write_text(result.text, encoding="utf-8")
    Path("e.jsonl").write_text("".join(f"{line}\n" for line in result.record.to_lines()), encoding="utf-8")
    return text


def test_a_document_of_50_mb(cli: Run, large: str) -> None:
    """Everything but the page of it works, and the page says what does."""
    labels = large.count("Label")
    shown = cli("explain", "out.txt", "--edits", "e.jsonl")
    assert shown.code == 0
    assert f"label ×{labels}".encode() in shown.out
    assert len(shown.out) < 10_000
    refused = cli("explain", "out.txt", "--edits", "e.jsonl", "--html", "-o", "page.html")
    assert refused.code == 1
    assert "look at it in the terminal" in refused.err
    assert not Path("page.html").exists()
    assert cli("report", "e.jsonl", "-o", "report.html").code == 0
    assert Path("report.html").stat().st_size < 2_000_000
    Path("none.toml").write_text("stages = []\n", encoding="utf-8")
    totals = json.loads(cli("diff", "none.toml", "e.jsonl", "in.txt", "--json").out.splitlines()[0])
    assert totals["lost"]["characters"] == labels * len("Label")
    with Store(Path("d.sqlite")) as store:
        store.load(records(Path("e.jsonl")), "run")
        (item,) = store.items()
        assert item.times == labels
        around = Desk(store, Path()).context(item)
        assert around
        assert all(len(text) <= 4000 for text in around)
