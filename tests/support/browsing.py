"""Debian's Chromium, driven by Playwright, for tests of pages; tests that need it are skipped where it is absent."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser, or skip the test saying what is missing."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (apt-get install chromium)")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed (pip install '.[browser]')"
    )
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visit:
    """A page that is open, with what it asked for and complained of."""

    def __init__(self, browser: Browser, url: str, *, width: int = 1200, dark: bool = False) -> None:
        self.page: Page = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        self.requests: list[str] = []
        self.problems: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on(
            "console",
            lambda message: self.problems.append(message.text) if message.type in ("error", "warning") else None,
        )
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.problems.append(f"dialog {dialog.message}"), dialog.dismiss()))
        self.page.goto(url)
        self.page.wait_for_selector("body[data-ready]")

    def text(self, selector: str) -> str:
        """Return what a person reads in there."""
        return self.page.locator(selector).inner_text()

    def is_no_wider_than_its_window(self) -> bool:
        """Tell whether nothing has to be scrolled sideways."""
        wide: int = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return wide <= 0

    def accessibility(self) -> list[Any]:
        """Return what axe-core finds wrong, by name and element."""
        axe = pytest.importorskip("axe_playwright_python.sync_playwright")
        found = axe.Axe().run(self.page).response["violations"]
        return [(item["id"], [node["html"] for node in item["nodes"]][:3]) for item in found]


def file_url(path: Path) -> str:
    """Return the address of a file."""
    return path.resolve().as_uri()
