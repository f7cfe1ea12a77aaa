"""A review as a person does it: wrong cuts found and rejected, the chain run again without them, diff showing just that."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browsing import Visit, chromium, file_url
from copydesk import Chain

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHAIN = '# Ours.\nextends = "news"\n\n[markers]\nadd = ["Print this page"]\n'
ENGLISH = """\
The ferry comes back

The first ferry since October left Brackmouth at noon on Friday with eleven passengers and a cow.

Politics

The minister said that the line would be paid for another two years, after which the island has to find the money.

Share this article
"""
GERMAN = """\
Der Damm hielt

Der Damm am Oberlauf hielt die ganze Nacht, und niemand wurde verletzt, sagte die Bürgermeisterin am Montag.

Anzeige

Die Zeitung druckte am Dienstag nur dieses eine Wort auf ihrer ersten Seite, und alle wussten, was gemeint war.

Der Damm am Oberlauf hielt die ganze Nacht, und niemand wurde verletzt, sagte die Bürgermeisterin am Montag.
"""
DOCUMENTS = {
    "ferry.txt": ENGLISH,
    "damm.txt": GERMAN,
    "vote.txt": "The council voted to keep the lighthouse, by one vote.\n\nAdvertisement\n\nPrint this page\n",
}
#: What is cut, and should not be: a heading, the one word that an article is about, a paragraph said twice on purpose.
WRONG = ("Politics", "Anzeige", "Der Damm am Oberlauf")
RIGHT = ("Share this article", "Advertisement", "Print this page")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with chromium() as started:
        yield started


def copydesk(*args: str, folder: Path, stdin: str = "") -> str:
    environment = {**os.environ, "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-m", "copydesk", *args],
        cwd=folder,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return f"{done.stdout}exit {done.returncode}"


def keeps(folder: Path) -> list[str]:
    found: list[str] = tomllib.loads((folder / "mine.toml").read_text("utf-8"))["markers"].get("keep", [])
    return found


@contextmanager
def reviewing(folder: Path, *args: str) -> Iterator[str]:
    command = [
        sys.executable,
        "-m",
        "copydesk",
        "review",
        "out",
        "--edits",
        "run.jsonl",
        "--chain",
        "mine.toml",
        "--golden",
        "golden",
        "--exceptions",
        "exceptions.toml",
        "--no-browser",
        *args,
    ]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            process.communicate(timeout=10)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder cleaned, its run recorded."""
    (tmp_path / "in").mkdir()
    for name, text in DOCUMENTS.items():
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
    (tmp_path / "mine.toml").write_text(CHAIN, encoding="utf-8")
    copydesk("clean", "in", "--output-dir", "out", "--chain", "mine.toml", "--edits", "run.jsonl", folder=tmp_path)
    return tmp_path


def reject(visit: Visit, text: str, as_: str) -> None:
    visit.page.get_by_label("A rejection becomes").select_option(as_)
    words = re.compile(re.escape(text))  # a string would be looked for without case
    visit.page.locator(".item.open", has_text=words).get_by_role("button", name="Reject").click()
    visit.page.locator(".item.rejected", has_text=words).wait_for()


def test_wrong_cuts_are_rejected_and_do_not_come_again(browser: Browser, folder: Path) -> None:
    """A keep, an exception, a golden case; the case is red until a keep is made of it; diff shows the three, no more."""
    copydesk("report", "run.jsonl", "-o", "report.html", folder=folder)
    report = Visit(browser, file_url(folder / "report.html"))
    assert report.accessibility() == []
    assert report.page.locator(".item").count() == len(WRONG) + len(RIGHT)
    assert all(report.page.locator(".item", has_text=text).count() == 1 for text in WRONG)
    with reviewing(folder) as url:
        visit = Visit(browser, url)
        assert visit.accessibility() == []
        for text, as_ in zip(WRONG, ("keep", "exception", "golden"), strict=True):
            reject(visit, text, as_)
        visit.page.locator("#status", has_text="3 decided").wait_for()
        assert all(request.startswith(visit.page.url) for request in visit.requests[1:])
        assert visit.problems == []
    assert keeps(folder) == ["Politics"]
    assert tomllib.loads((folder / "exceptions.toml").read_text("utf-8")) == {"de": ["Anzeige"]}
    assert (folder / "mine.toml").read_text("utf-8").startswith("# Ours.\n")
    red = copydesk("golden", folder=folder)
    assert "dedupe/repeat" in red
    assert red.endswith("1 failed\nexit 1")
    assert "the case passes" in copydesk("golden", "--review", "--chain", "mine.toml", folder=folder, stdin="k\n")
    copydesk("clean", "in", "--output-dir", "again", "--chain", "mine.toml", folder=folder)
    again = {path.name: path.read_text("utf-8") for path in (folder / "again").glob("*.txt")}
    assert again == {
        "ferry.txt": ENGLISH.removesuffix("\nShare this article\n"),
        "damm.txt": GERMAN,
        "vote.txt": "The council voted to keep the lighthouse, by one vote.\n",
    }
    lines = copydesk("diff", "run.jsonl", "mine.toml", "in", "--json", folder=folder).splitlines()[1:-1]
    found = [json.loads(line) for line in lines]
    assert sorted(row["text"].strip()[:20] for row in found) == sorted(text[:20] for text in WRONG)
    assert {row["side"] for row in found} == {"gained"}
    assert copydesk("golden", folder=folder) == "1 passed\nexit 0"


def test_decisions_are_made_by_key_and_survive_a_restart(browser: Browser, folder: Path) -> None:
    """The next item has the focus after each; they can be seen again and taken back."""
    with reviewing(folder) as url:
        visit = Visit(browser, url)
        visit.page.keyboard.press("j")
        visit.page.keyboard.press("c")
        visit.page.locator(".around p").wait_for()
        assert len(visit.text(".around p").split("\n\n")) > 1
        for decided, key in enumerate("rar", start=1):
            visit.page.keyboard.press(key)
            visit.page.locator("#status", has_text=f"{decided} decided").wait_for()
        assert len(keeps(folder)) + len(Chain.load(folder / "mine.toml").keep) == 2
    with reviewing(folder) as url:
        visit = Visit(browser, url, width=360, dark=True)
        visit.page.get_by_label("Show").select_option("rejected")
        visit.page.wait_for_selector(".item.rejected")
        assert visit.page.locator(".item.rejected").count() == 2
        assert visit.accessibility() == []
        assert visit.is_no_wider_than_its_window()
        for left in (2, 1):
            visit.page.get_by_role("button", name="Take back").first.click()
            visit.page.locator("#status", has_text=f"{left} decided").wait_for()
        assert not keeps(folder)
        assert not Chain.load(folder / "mine.toml").keep


def test_a_rejection_becomes_a_golden_case(browser: Browser, folder: Path) -> None:
    """Chosen in the page; a chain file that was changed by hand is shown and not overwritten."""
    with reviewing(folder) as url:
        visit = Visit(browser, url)
        reject(visit, "Advertisement", "golden")
        cases = list((folder / "golden").rglob("input.txt"))
        assert [case.read_text("utf-8").splitlines()[2] for case in cases] == ["Advertisement"]
        visit.page.get_by_label("A rejection becomes").select_option("keep")
        (folder / "mine.toml").write_text(CHAIN + "# by hand\n", encoding="utf-8")
        visit.page.locator(".item", has_text="Print this page").get_by_role("button", name="Reject").click()
        visit.page.wait_for_selector("#problem:not([hidden])")
        assert "was changed meanwhile" in visit.text("#problem")
        assert (folder / "mine.toml").read_text("utf-8") == CHAIN + "# by hand\n"
        visit.page.get_by_role("button", name="Use the file as it is now").click()
        visit.page.wait_for_selector("#problem", state="hidden")
        visit.page.locator(".item", has_text="Print this page").get_by_role("button", name="Reject").click()
        visit.page.locator(".item.rejected >> nth=1").wait_for()
        assert keeps(folder) == ["Print this page"]
        assert "# by hand" in (folder / "mine.toml").read_text("utf-8")
