"""The page of one document in a real browser: opened, switched, keyed through, small, dark, hostile, large."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import copydesk
from browsing import Visit, chromium, file_url
from copydesk import Chain, Document, Drop, Edit, Move, Replace, Result, SetTag, Source, Step
from copydesk.explain.history import history
from copydesk.explain.page import page

if TYPE_CHECKING:
    from playwright.sync_api import Browser


class Does:
    """A stage that yields what it is told."""

    def __init__(self, *edits: Edit) -> None:
        self.edits = edits

    def __call__(self, document: Document) -> tuple[Edit, ...]:
        return self.edits


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with chromium() as started:
        yield started


def saved(result: Result, folder: Path) -> str:
    path = folder / "page.html"
    path.write_text(page(result.record, history(result.text, result.record)), encoding="utf-8")
    return file_url(path)


TEXT = "The dam held.\nAdvertisement\nNobody was hurt 🙂 at the cafÃ©.\nThe mayor thanked them.\nالسد صمد.\n"


@pytest.fixture
def result() -> Result:
    at = TEXT.splitlines()[2].index("Ã©")
    mend = Does(Replace(at, at + 2, "é", 2, rule="mojibake", why="UTF-8 read as Latin-1", score=1.0))
    cut = Does(
        Drop(1, rule="label", why="nothing but a label", score=0.9),
        SetTag("language", "ar", 4, rule="block", score=1.0),
    )
    order = Does(Move(3, 0, rule="lead", why="the lead comes first", score=0.8))
    steps = (Step("mend", mend, "", 1.0), Step("cut", cut, "", 1.0), Step("order", order, "", 1.0))
    return Chain(steps).run(TEXT, source=Source(name="dam.txt"))


def after(visit: Visit) -> list[str]:
    return [text for text in visit.page.locator(".row .after").all_inner_texts() if text]


def drawn(visit: Visit, moves: int) -> None:
    """Wait for the lines of the moves, which the page draws with its next frame; fails if it never has that many."""
    visit.page.wait_for_function("moves => document.querySelectorAll('#moves path').length === moves", arg=moves)


def test_switching_changes_the_text_at_once(browser: Browser, result: Result, tmp_path: Path) -> None:
    """A rule, a stage, by mouse and by key; the text is what undo gives."""
    visit = Visit(browser, saved(result, tmp_path))
    assert after(visit) == result.text.splitlines()
    drawn(visit, 1)
    visit.page.get_by_label("label").click()
    assert after(visit) == copydesk.undo(result.text, result.record, rules=["label"]).splitlines()
    visit.page.keyboard.press("3")
    assert after(visit) == copydesk.undo(result.text, result.record, rules=["label"], stages=["order"]).splitlines()
    drawn(visit, 0)
    visit.page.keyboard.press("1")
    assert after(visit)[2].endswith("cafÃ©.")
    assert "0 of 4" not in visit.text("#status")
    for key in "1223":
        visit.page.keyboard.press(key)
    assert after(visit) == result.text.splitlines()
    assert visit.requests == [visit.page.url]
    assert visit.problems == []


def test_changes_are_reached_by_key(browser: Browser, result: Result, tmp_path: Path) -> None:
    """Forwards, backwards, and with the unchanged left out."""
    visit = Visit(browser, saved(result, tmp_path))
    seen = []
    for _ in range(3):
        visit.page.keyboard.press("j")
        seen.append(visit.text(":focus"))
    assert "the lead comes first" in seen[0]
    assert "nothing but a label" in seen[1]
    visit.page.keyboard.press("k")
    assert visit.text(":focus") == seen[1]
    visit.page.keyboard.press("c")
    assert visit.page.locator(".row:not(.changed)").count() == 0
    assert visit.page.locator(".row").count() == 4


def test_what_differs_is_marked_by_character(browser: Browser, result: Result, tmp_path: Path) -> None:
    """Of a replacement only what is not the same at both ends; a whole paragraph where it goes; nothing half a character."""
    visit = Visit(browser, saved(result, tmp_path))
    assert visit.page.locator(".row del").all_inner_texts() == ["Advertisement", "Ã©"]
    assert visit.page.locator(".row ins").all_inner_texts() == ["é"]
    words = Does(
        Replace(4, 13, "cafés", 0, rule="plural", score=1.0),
        Replace(0, 2, "🙃b", 1, rule="face", score=1.0),
        Replace(0, 2, "e", 2, rule="accent", score=1.0),
    )
    made = Chain((Step("words", words, "", 1.0),)).run("The cafés bars\n🙂b\ne\u0301\n")
    visit = Visit(browser, saved(made, tmp_path))
    assert visit.page.locator(".row del").all_inner_texts() == [" bar", "🙂b", "e\u0301"]
    assert visit.page.locator(".row ins").all_inner_texts() == ["🙃b", "e"]
    assert after(visit) == made.text.splitlines()


def test_on_a_small_screen_the_text_comes_first(browser: Browser, result: Result, tmp_path: Path) -> None:
    """The switches are folded until they are asked for."""
    visit = Visit(browser, saved(result, tmp_path), width=360)
    assert not visit.page.get_by_label("label").is_visible()
    visit.page.get_by_text("Changes", exact=True).click()
    visit.page.get_by_label("label").click()
    assert "Advertisement" in after(visit)
    assert visit.is_no_wider_than_its_window()


def test_the_policy_holds_in_the_browser(browser: Browser, result: Result, tmp_path: Path) -> None:
    """A script, a handler or a style that got into the page would not run, and nothing can be asked for."""
    visit = Visit(browser, saved(result, tmp_path))
    asked = visit.page.evaluate("""async () => {
        const add = (tag, fill) => document.body.append(Object.assign(document.createElement(tag), fill));
        add("script", { textContent: "window.ran = 'script'" });
        add("style", { textContent: "body { color: rgb(1, 2, 3) }" });
        const button = document.createElement("button");
        button.setAttribute("onclick", "window.ran = 'handler'");
        document.body.append(button);
        button.click();
        const link = Object.assign(document.createElement("a"), { href: "javascript:window.ran = 'link'" });
        document.body.append(link);
        link.click();
        await new Promise((done) => setTimeout(done, 100));
        const fetched = await fetch("http://127.0.0.1:9/").then(() => "fetched", () => "refused");
        return [window.ran === undefined, getComputedStyle(document.body).color !== "rgb(1, 2, 3)", fetched];
    }""")
    assert asked == [True, True, "refused"]
    assert len(visit.problems) >= 5
    assert all("Content Security Policy" in problem for problem in visit.problems)


@pytest.mark.parametrize(("width", "dark"), [(1200, False), (1200, True), (360, False), (360, True)])
def test_it_can_be_read_by_anybody(browser: Browser, result: Result, tmp_path: Path, width: int, *, dark: bool) -> None:
    """Wide and narrow, light and dark: axe-core has no complaint, nothing is cut off."""
    visit = Visit(browser, saved(result, tmp_path), width=width, dark=dark)
    assert visit.accessibility() == []
    assert visit.is_no_wider_than_its_window()


def test_hostile_text_does_nothing(browser: Browser, tmp_path: Path) -> None:
    """No script runs, no link appears, nothing is asked for; overrides and controls are spelt out."""
    evil = '</script><script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">x</a>\u202e\x1b[31m'
    edits = Does(
        Drop(0, rule=evil, why=evil), Replace(0, 3, evil, 1, rule=evil, why=evil), SetTag(evil, evil, 2, rule=evil)
    )
    chain = Chain((Step(evil, edits, "", 1.0),))
    visit = Visit(browser, saved(chain.run(f"{evil}\nOne.\n{evil}\n", source=Source(name=evil)), tmp_path))
    assert visit.problems == []
    assert visit.requests == [visit.page.url]
    assert visit.page.locator("img, a, script:not(#data)").count() == 1  # the page's own script
    shown = visit.text("body")
    assert "<script>alert(1)</script>" in shown
    assert "\\u202e" in shown
    assert "\u202e" not in shown


def test_ten_thousand_changes_stay_smooth(browser: Browser, tmp_path: Path) -> None:
    """What can be seen is there first; after a switch it is right at once, and the rest follows."""

    class Many:
        def __call__(self, document: Document) -> Iterator[Edit]:
            for block in document.blocks:
                if block.id % 2:
                    yield Drop(block.id, rule="odd", score=1.0)
                else:
                    yield Replace(0, 1, "T", block.id, rule="capital", score=0.9)

    text = "".join(f"the dam held for the time number {i}.\n" for i in range(10_000))
    visit = Visit(browser, saved(Chain((Step("many", Many(), "", 1.0),)).run(text), tmp_path))
    assert visit.page.locator(".row").count() == 10_000
    first = visit.page.evaluate("""() => {
        document.querySelectorAll("#switches .stage ul input")[0].click();
        return document.querySelector(".row .after").innerText;
    }""")
    assert first == "the dam held for the time number 0."
    visit.page.wait_for_selector("body[data-ready]")
    assert visit.page.locator(".row.changed").count() == 5_000
