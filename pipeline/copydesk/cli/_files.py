"""Reading inputs whole, and what files are called."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from copydesk.formats import by_name
from copydesk.formats.files import EDITS_SUFFIX, open_plain, shown, whole_file
from copydesk.formats.files import open_plain as open_input

__all__ = [
    "EDITS_SUFFIX",
    "STDIN",
    "display_name",
    "files_below",
    "is_html",
    "is_jsonl",
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
