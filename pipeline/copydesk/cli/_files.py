"""Reading inputs whole, and what files are called."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, cast

import click

from copydesk.errors import InputError
from copydesk.formats import HEAD, Format, by_name, detect, detect_in
from copydesk.formats.files import EDITS_SUFFIX, is_kept, is_stream, open_plain, shown, unpacked, whole_file

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
    with open_input(path) as file:
        return file.read()


@contextmanager
def open_input(path: str) -> Iterator[BinaryIO]:
    """Open a file or standard input, decompressed; InputError where it cannot be read."""
    if path == STDIN:
        # Its own buffer ends with the command, since standard input is read once.
        yield cast("BinaryIO", io.BufferedReader(_stdin()))
        return
    with open_plain(path) as file:
        yield file


class _Ahead(io.RawIOBase):
    """Standard input, decompressed, with a look at how it begins."""

    def __init__(self, file: BinaryIO) -> None:
        self._open = ExitStack()
        self._plain: Any = self._open.enter_context(unpacked(file, display_name(STDIN)))
        self._head = b""

    def look(self, size: int) -> bytes:
        """Return the first bytes, which will be read all the same."""
        self._head = self._head or self._plain.read(size)
        return self._head

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._head[: len(buffer)] or self._plain.read1(len(buffer))
        self._head = self._head[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)


def _stdin() -> _Ahead:
    if sys.stdin is None:
        raise InputError("standard input is closed; name a file, or pipe a text in")
    return _ahead(sys.stdin.buffer)


@lru_cache(1)
def _ahead(file: BinaryIO) -> _Ahead:
    return _Ahead(file)


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
    """Return the format of an input by its name or how it begins."""
    return detect_in(display_name(path), _stdin().look(HEAD)) if path == STDIN else detect(path)


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the regular files below a folder in order: no hidden ones, no links to folders, nothing that runs keep."""
    found = sorted(folder.iterdir())
    names = {entry.name for entry in found}
    for entry in found:
        if is_kept(entry.name, names):
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
