"""`copydesk clean --to`: plain text or Markdown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from running import Run

PAGE = b"""<!DOCTYPE html>
<html lang="en"><head><title>Harbour closed by ice</title></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<article><h1>Harbour closed by ice</h1>
<p>The harbour stays closed until Thursday, the port office said on Monday, because the ice is as thick as a hand.</p>
<h2>What may leave</h2>
<ul><li>Fishing boats may leave by the southern channel if a tug goes before them.</li>
<li>Ferries may not leave, *whatever* the weather over the bay may be.</li></ul></article>
<footer><a href="/imprint">Imprint</a></footer></body></html>
"""
MARKDOWN = r"""# Harbour closed by ice

The harbour stays closed until Thursday, the port office said on Monday, because the ice is as thick as a hand.

## What may leave

- Fishing boats may leave by the southern channel if a tug goes before them.
- Ferries may not leave, \*whatever\* the weather over the bay may be."""


def test_a_page_as_markdown(cli: Run) -> None:
    """From a file and through a pipe; without the option, and with `--to text`, it is plain."""
    Path("page.html").write_bytes(PAGE)
    assert cli("clean", "page.html", "--to", "markdown").out.decode().strip() == MARKDOWN
    assert cli("clean", "--html", "--to", "markdown", stdin=PAGE).out.decode().strip() == MARKDOWN
    plain = cli("clean", "page.html").out
    assert cli("clean", "page.html", "--to", "text").out == plain
    assert b"#" not in plain


def test_undo_gives_the_page_or_the_plain_text(cli: Run) -> None:
    """The markup is in the record like every change."""
    Path("page.html").write_bytes(PAGE)
    plain = cli("clean", "page.html").out
    assert cli("clean", "page.html", "--to", "markdown", "-o", "page.md", "--edits", "edits.jsonl").code == 0
    assert cli("undo", "page.md", "--edits", "edits.jsonl").out == PAGE
    assert cli("undo", "page.md", "--edits", "edits.jsonl", "--stage", "markdown").out == plain


def test_a_chain_that_writes_markdown_is_not_made_to_write_it_twice(cli: Run) -> None:
    """And `--to text` takes the markup of a chain away."""
    Path("page.html").write_bytes(PAGE)
    Path("md.toml").write_text('stages = ["decode", "extract", "markdown"]\n', encoding="utf-8")
    once = cli("clean", "page.html", "--chain", "md.toml").out
    assert once.decode().strip() == MARKDOWN
    assert cli("clean", "page.html", "--chain", "md.toml", "--to", "markdown").out == once
    assert b"#" not in cli("clean", "page.html", "--chain", "md.toml", "--to", "text").out


@pytest.mark.parametrize("extra", [(), ("--output-dir", "out")])
def test_many_pages(cli: Run, extra: tuple[str, ...]) -> None:
    """Batch runs and JSON Lines know the option."""
    Path("pages.jsonl").write_text(json.dumps({"text": PAGE.decode()}) + "\n", encoding="utf-8")
    done = cli("clean", "pages.jsonl", "--chain", "web", "--to", "markdown", *extra)
    assert done.code == 0
    out = Path("out/pages.jsonl").read_bytes() if extra else done.out
    assert json.loads(out)["text"].strip() == MARKDOWN


def test_plain_text_stays_as_it_is(cli: Run) -> None:
    """What has no roles gets no markup."""
    text = b"1. The harbour stays *closed* until Thursday, the port office said on Monday.\n"
    assert cli("clean", "--to", "markdown", stdin=text).out == text


def test_a_form_that_there_is_not(cli: Run) -> None:
    """The message lists what there is."""
    done = cli("clean", "--to", "rst", stdin=PAGE)
    assert done.code == 2
    assert "markdown" in done.err
