"""Reading inputs whole, and what files are called."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from copydesk.formats import Format, by_name, detect
from copydesk.formats.files import EDITS_SUFFIX, is_stream, open_plain, shown, whole_file
from copydesk.formats.files import open_plain as open_input

__all__ = [
    "EDITS_SUFFIX",
    "STDIN",
    "apart",
    "display_name",
    "files_below",
    "format_of",
    "is_html",
    "is_jsonl",
    "one_format",
    "open_input",
    "read_input",
    "whole_file",
]

STDIN = "-"


def read_input(path: str) -> bytes:
    """Return the bytes of a file, decompressed, or of standard input; InputError where it cannot be read."""
    if path == STDIN:
        return sys.stdin.buffer.read()
    with open_plain(path) as file:
        return file.read()


def display_name(path: str) -> str:
    """Return what messages and records call an input: a path with forward slashes, or `<stdin>`."""
    return "<stdin>" if path == STDIN else shown(path)


def is_html(path: str) -> bool:
    """Tell by its name whether a file holds HTML."""
    return by_name(path) == "html"


def is_jsonl(path: str) -> bool:
    """Tell by its name whether a file holds JSON Lines."""
    return by_name(path) == "jsonl"


def format_of(path: str) -> Format:
    """Return the format of an input by its name or how it begins; standard input is text unless more is said."""
    return "text" if path == STDIN else detect(path)


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the regular files below a folder in a fixed order; no hidden ones, no links to folders."""
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if not entry.is_symlink():
                yield from files_below(entry)
        elif entry.is_file():
            yield entry


def apart(sources: Iterable[str], targets: dict[str, str | None], *, advice: str = "name another file") -> None:
    """Raise UsageError where a file to write (by its option) is one that is read, or two are one file."""
    taken = {_identity(path): f"{display_name(path)}, which is read" for path in sources if path != STDIN}
    for option, path in targets.items():
        if path is None or is_stream(path):
            continue
        where = _identity(path)
        if where in taken:
            raise click.UsageError(f"{option} {shown(path)} would write over {taken[where]}; {advice}")
        taken[where] = f"what {option} was given"


def _identity(path: str) -> object:
    """Return what two paths to one file share, be it by a link of either kind."""
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return os.path.realpath(path)
    return (status.st_dev, status.st_ino)


def one_format(form: str | None, *, html: bool = False, jsonl: bool = False) -> str | None:
    """Return the format that `--format`, `--html` and `--jsonl` ask for together; UsageError where they differ."""
    asked = {form, "html" if html else None, "jsonl" if jsonl else None} - {None}
    if len(asked) > 1:
        raise click.UsageError(f"an input has one format, not {' and '.join(sorted(map(str, asked)))}; say which")
    return next(iter(asked), None)
