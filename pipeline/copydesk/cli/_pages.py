"""Writing a page for the browser where the user wants it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from copydesk.cli._files import whole_file
from copydesk.cli._messages import say


def write_page(page: str, output: str | None) -> None:
    """Write a page to a file, or to standard output where that leads to a file or a pipe."""
    data = page.encode("utf-8")
    if output:
        with whole_file(Path(output)) as file:
            file.write(data)
        say(f"wrote {output}")
        return
    if sys.stdout.isatty():
        raise click.UsageError("a page is nothing to read in a terminal; say with -o FILE where it goes")
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
