"""Make the pictures of the documentation from real runs: python docs/.hooks/pictures.py.

A terminal with `copydesk explain` of the seed as SVG, and pages as PNG, taken with Chromium. The report is of a run
over the inputs of the golden cases.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME

from copydesk import Chain, Source
from copydesk.explain.history import history
from copydesk.explain.terminal import Explanation

ROOT = Path(__file__).parent.parent.parent
PICTURES = ROOT / "docs" / "pictures"
SEED = next((ROOT / "seeds").glob("*.txt"))


def terminal() -> str:
    """Return a terminal with `explain` of the seed, its order restored, as SVG without outside fonts."""
    chain = Chain.load("news", overrides={"reorder.mode": "apply"})
    result = chain.run(SEED.read_bytes(), source=Source(name=SEED.relative_to(ROOT).as_posix()))
    console = Console(record=True, width=100, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Explanation(result.record, history(result.text, result.record)))
    form = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return console.export_svg(title="copydesk explain", theme=SVG_EXPORT_THEME, code_format=form)


def pages(folder: Path) -> dict[str, Path]:
    """Make the pages, by the names of their pictures."""
    corpus = folder / "corpus"
    corpus.mkdir()
    for path in sorted((ROOT / "golden").rglob("input.txt")):
        shutil.copy(path, corpus / f"{'-'.join(path.relative_to(ROOT / 'golden').parts[:-1])}.txt")

    def run(*args: str | Path) -> None:
        subprocess.run([sys.executable, "-m", "copydesk", *map(str, args)], cwd=folder, check=False)  # noqa: S603  # our own

    run("clean", "corpus", "--output-dir", "out", "--edits", "run.jsonl")
    run("report", "out", "--edits", "run.jsonl", "-o", "report.html")
    seed = SEED.relative_to(ROOT)  # by a name that says nothing of the machine
    (folder / seed).parent.mkdir()
    shutil.copy(SEED, folder / seed)
    run("explain", seed, "--set", "reorder.mode=apply", "--html", "-o", "explain.html")
    return {"report": folder / "report.html", "page": folder / "explain.html"}


@contextmanager
def review(folder: Path) -> Iterator[str]:
    """Serve the review of the run, and yield its address."""
    command = [sys.executable, "-m", "copydesk", "review", "out", "--edits", "run.jsonl", "--no-browser"]
    command += ["--chain", "mine.toml", "--exceptions", "exceptions.toml", "--golden", "golden"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own
        assert process.stdout
        yield process.stdout.readline().strip()
        process.terminate()


def main() -> None:
    """Write all pictures."""
    from playwright.sync_api import sync_playwright

    PICTURES.mkdir(exist_ok=True)
    (PICTURES / "explain.svg").write_text(terminal(), encoding="utf-8")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        made = pages(Path(name))
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for picture, path in made.items():
            page = browser.new_page(viewport={"width": 1100, "height": 800})
            page.goto(path.as_uri())
            page.wait_for_selector("body[data-ready]")
            page.screenshot(path=PICTURES / f"{picture}.png")
        with review(Path(name)) as url:
            page = browser.new_page(viewport={"width": 1100, "height": 800})
            page.goto(url)
            for key in ("j", "r", "c"):  # reject the first, and look at the text around the second
                page.wait_for_selector("body[data-ready]")
                page.keyboard.press(key)
                page.wait_for_load_state("networkidle")
            page.screenshot(path=PICTURES / "review.png")
        browser.close()


if __name__ == "__main__":
    main()
