"""The pages that list passages, of a diff and of a run's report, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browsing import Visit, chromium, file_url
from copydesk import Chain, Document, Drop, Source, Step
from copydesk.explain.compare import Comparison
from copydesk.explain.compare_page import compare_page
from copydesk.review.report import report_page
from copydesk.review.summary import summarised

if TYPE_CHECKING:
    from playwright.sync_api import Browser

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\x1b[31m"
RUN = {
    "timing": {"stages": {EVIL: 2.5}, "documents_per_second": 9},
    "failed": 1,
    "failures": [{"document": EVIL, "stage": EVIL, "problem": EVIL}],
}


class Cuts:
    """Drop every second block, by one of two rules."""

    def __call__(self, document: Document) -> Iterator[Drop]:
        for block in document.blocks[::2]:
            yield Drop(block.id, rule="even" if block.id % 4 else EVIL, why=EVIL, score=0.5)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module", params=["diff", "report"])
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a page of 150 passages, hostile ones among them."""
    text = "".join(f"{EVIL if i == 0 else 'Line'} number {i}.\n" for i in range(300))
    source = Source(name=EVIL)
    record = Chain((Step("s", Cuts(), "", 1.0),)).run(text, source=source).record
    if request.param == "diff":
        found = Comparison()
        found.add(EVIL, Document(text), Chain(()).run(text, source=source).record, record)
        made = compare_page(found, EVIL, "b")
    else:
        made = report_page(summarised([record]), RUN, EVIL)
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(made, encoding="utf-8")
    return file_url(Path(path))


@pytest.mark.parametrize(("width", "dark"), [(1100, False), (360, True)])
def test_lists_can_be_read_and_searched_by_anybody(browser: Browser, page: str, width: int, *, dark: bool) -> None:
    """By key and by filter; axe-core has no complaint; hostile text does nothing."""
    visit = Visit(browser, page, width=width, dark=dark)
    assert visit.accessibility() == []
    assert visit.is_no_wider_than_its_window()
    assert visit.page.locator(".item").count() == 100
    visit.page.get_by_role("button", name="More").click()
    assert visit.page.locator(".item").count() == 150
    visit.page.keyboard.press("j")
    assert "number 0." in visit.text(":focus")
    visit.page.locator("#rule").select_option(index=2)
    few = visit.page.locator(".item").count()
    assert 0 < few < 100
    visit.page.get_by_label("Search").fill("number 298.")
    assert visit.page.locator(".item").count() in (0, 1)
    visit.page.locator("#rule").select_option(index=0)
    assert visit.page.locator(".item").count() == 1
    assert visit.problems == []
    assert visit.requests == [page]
    assert visit.page.locator("img, a").count() == 0
    assert "\u202e" not in visit.text("body")
