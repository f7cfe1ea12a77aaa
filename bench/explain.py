#!/usr/bin/env python3
"""Measure the page of `copydesk explain --html` in Chromium: first paint, and what a switch takes until it is painted.

The document is synthetic, and made here: paragraphs of one sentence, each changed by one of three rules, some of them
moved. Prints milliseconds, and as a measure of the machine what an empty page takes to its first paint.

    python bench/explain.py --changes 10000
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from copydesk import Chain, Document, Drop, Edit, Move, Replace, Step
from copydesk.explain.history import history
from copydesk.explain.page import page

SWITCH = """(which) => new Promise((done) => {
  const boxes = document.querySelectorAll("#switches .stage ul input");
  const box = boxes[which % boxes.length];
  const start = performance.now();
  box.click();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
})"""


class Changes:
    """Change every block by one of three rules."""

    def __call__(self, document: Document) -> Iterator[Edit]:
        """Yield one edit a block."""
        for number, block in enumerate(document.blocks):
            if number % 3 == 1:
                yield Drop(block.id, rule="label", why="nothing but a label", score=1.0)
            else:
                yield Replace(0, 3, "The", block.id, rule=f"capital-{number % 3}", why="begins a sentence", score=0.9)


class Moves:
    """Move some blocks."""

    def __call__(self, document: Document) -> Iterator[Move]:
        """Yield up to fifty moves."""
        ids = [block.id for block in document.blocks[:200]]
        for at in range(0, len(ids) - 3, 4):
            yield Move(ids[at], ids[at + 3], rule="order", score=0.8)


def painted(tab: Page, url: str) -> float:
    """Return the milliseconds to the first paint of a page."""
    tab.goto(url)
    tab.wait_for_selector("body[data-ready]")
    entries: float = tab.evaluate("performance.getEntriesByType('paint')[0].startTime")
    return entries


def main() -> None:
    """Make the page, open it, switch a rule off and on, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])  # type: ignore[union-attr]  # it has one
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--switches", type=int, default=40)
    given = parser.parse_args()
    text = "".join(f"the dam number {i} held through the night, said the mayor.\n" for i in range(given.changes))
    chain = Chain((Step("changes", Changes(), "", 1.0), Step("moves", Moves(), "", 1.0)))
    result = chain.run(text)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        path, empty = Path(folder) / "page.html", Path(folder) / "empty.html"
        path.write_text(page(result.record, history(result.text, result.record)), encoding="utf-8")
        empty.write_text("<!doctype html><title>empty</title><body data-ready>x", encoding="utf-8")
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1200, "height": 900})
        nothing = painted(tab, empty.as_uri())
        first = painted(tab, path.as_uri())
        took = []
        for number in range(given.switches):  # every rule in its turn, off and on; half of them at the top
            if number == given.switches // 2:
                tab.evaluate("window.scrollTo(0, document.body.scrollHeight / 2)")
                tab.wait_for_timeout(1000)
            took.append(tab.evaluate(SWITCH, number))
            tab.wait_for_selector("body[data-ready]")
        print(f"chromium {browser.version}; {len(result.edits):,} changes, {path.stat().st_size / 1e6:.1f} MB")
        print(f"first paint of an empty page  {nothing:7.0f} ms")
        print(f"first paint                   {first:7.0f} ms")
        print(f"a switch, median of {given.switches:<10}{statistics.median(took):7.0f} ms (slowest {max(took):.0f} ms)")
        browser.close()


if __name__ == "__main__":
    main()
