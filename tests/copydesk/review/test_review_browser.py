"""A review as a person does it: wrong cuts found and rejected, the chain run again without them, diff showing just that."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browsing import Visit, chromium, file_url

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHAIN = '# Ours.\nstages = ["markers"]\n\n[markers]\nadd = ["Print this page"]\n'
DOCUMENTS = {
    "one.txt": "Share\n\nThe dam held through the night, and nobody was hurt in the valley below.\n\nAdvertisement\n",
    "two.txt": "Advertisement\n\nThe ferry was late again on Monday, its captain said.\n",
    "three.txt": "The council voted to keep the lighthouse, by one vote.\n\nPrint this page\n",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with chromium() as started:
        yield started


def copydesk(*args: str, folder: Path) -> str:
    environment = {**os.environ, "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-m", "copydesk", *args],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


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


def test_wrong_cuts_are_rejected_and_do_not_come_again(browser: Browser, folder: Path) -> None:
    """By key; in the chain file with its comment; after a restart; back again; and diff shows exactly that."""
    copydesk("report", "run.jsonl", "-o", "report.html", folder=folder)
    report = Visit(browser, file_url(folder / "report.html"))
    assert report.accessibility() == []
    assert report.page.locator(".item").count() == 4
    with reviewing(folder) as url:
        visit = Visit(browser, url)
        assert visit.page.locator(".item").count() == 3  # both advertisements are one
        assert visit.accessibility() == []
        visit.page.keyboard.press("j")
        visit.page.keyboard.press("c")
        visit.page.locator(".around p").wait_for()
        assert len(visit.text(".around p").split("\n\n")) > 1
        for decided in range(1, 4):  # the next item has the focus after each decision
            visit.page.keyboard.press("r")
            visit.page.locator("#status", has_text=f"{decided} decided").wait_for()
        assert sorted(keeps(folder)) == ["Advertisement", "Print this page", "Share"]
        assert (folder / "mine.toml").read_text("utf-8").startswith("# Ours.\n")
        assert all(request.startswith(visit.page.url) for request in visit.requests[1:])
        assert visit.problems == []
    copydesk("clean", "in", "--output-dir", "again", "--chain", "mine.toml", folder=folder)
    assert {path.name: path.read_text("utf-8") for path in (folder / "again").glob("*.txt")} == DOCUMENTS
    lines = copydesk("diff", "run.jsonl", "mine.toml", "in", "--json", folder=folder).splitlines()
    assert sorted(json.loads(line)["text"] for line in lines[1:]) == [
        "Advertisement",
        "Advertisement",
        "Print this page",
        "Share",
    ]
    assert {json.loads(line)["side"] for line in lines[1:]} == {"gained"}
    with reviewing(folder) as url:
        visit = Visit(browser, url, width=360, dark=True)
        visit.page.get_by_label("Show").select_option("rejected")
        visit.page.wait_for_selector(".item.rejected")
        assert visit.page.locator(".item.rejected").count() == 3
        assert visit.accessibility() == []
        assert visit.is_no_wider_than_its_window()
        visit.page.get_by_role("button", name="Take back").first.click()
        visit.page.locator("#status", has_text="2 decided").wait_for()
        assert len(keeps(folder)) == 2


def test_a_rejection_becomes_a_golden_case(browser: Browser, folder: Path) -> None:
    """Chosen in the page; a chain file that was changed by hand is shown and not overwritten."""
    with reviewing(folder) as url:
        visit = Visit(browser, url)
        visit.page.get_by_label("A rejection becomes").select_option("golden")
        visit.page.locator(".item", has_text="Share").get_by_role("button", name="Reject").click()
        visit.page.wait_for_selector(".item.rejected")
        cases = list((folder / "golden").rglob("input.txt"))
        assert [case.read_text("utf-8").splitlines()[0] for case in cases] == ["Share"]
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
