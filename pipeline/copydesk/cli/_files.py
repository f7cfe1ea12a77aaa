"""Reading inputs whole and writing outputs whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from copydesk.errors import InputError

STDIN = "-"
HTML_SUFFIXES = (".html", ".htm", ".xhtml")
JSONL_SUFFIXES = (".jsonl", ".ndjson")


def read_input(path: str) -> bytes:
    """Return the bytes of a file, or of standard input; InputError where it cannot be read."""
    if path == STDIN:
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None


@contextmanager
def open_input(path: str) -> Iterator[BinaryIO]:
    """Open a file for reading; InputError where it cannot be opened."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(Path(path).open("rb"))
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
        yield file


def display_name(path: str) -> str:
    """Return what messages and records call an input: a path with forward slashes, or `<stdin>`."""
    if path == STDIN:
        return "<stdin>"
    return os.fsencode(path).decode("utf-8", "replace").replace(os.sep, "/")


@contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """Open a file beside `target` for writing that takes its place when all went well, and is gone otherwise."""
    target = Path(os.path.realpath(target))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:80]}.", suffix=".part", dir=target.parent)
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror or error}") from None
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        if target.exists():
            shutil.copymode(target, part)
        else:
            part.chmod(0o666 & ~_umask())
        part.replace(target)
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror or error}") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def is_html(path: str) -> bool:
    """Tell by its name whether a file holds HTML."""
    return path.lower().endswith(HTML_SUFFIXES)


def is_jsonl(path: str) -> bool:
    """Tell by its name whether a file holds JSON Lines."""
    return path.lower().endswith(JSONL_SUFFIXES)


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
