"""Folders and large files for `copydesk clean` and `copydesk retry`: options, progress, the closing report."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from copydesk.batch.observer import Observer
from copydesk.cli._messages import EXIT_FAILED, EXIT_INTERRUPTED, say

if TYPE_CHECKING:
    from copydesk.batch.report import Report

#: Seconds between two lines of progress: on a terminal, where the line is replaced, and in a log.
_TERMINAL, _LOG = 0.2, 60.0

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


class Progress(Observer):
    """Says on standard error how a run goes."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._next = time.monotonic() + (_TERMINAL if self._terminal else _LOG)
        self._started = time.monotonic()
        self._failed = 0

    def planning(self, files: int) -> None:
        """So many files were found."""
        self._started = time.monotonic()
        self._show(lambda: f"{files:,} files found")

    def working(self, done: int, documents: int, failed: int, total: int, share: float) -> None:
        """So many inputs are done."""
        self._failed = self._failed if failed < 0 else failed
        spent = time.monotonic() - self._started

        def line() -> str:
            rate = documents / spent if spent else 0
            left = f", {_duration(spent * (1 - share) / share)} left" if share > 0 and spent > 1 else ""
            files = f"{done:,}/{total:,} files" if total != documents else f"{done:,}/{total:,}"
            return f"{files} ({share:.0%}), {documents:,} documents, {rate:,.0f}/s, {self._failed:,} failed{left}"

        self._show(line)

    def say(self, text: str) -> None:
        """Something that a person should read."""
        self.clear()
        say(text)

    def clear(self) -> None:
        """Take the line of progress away."""
        if self._terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _show(self, line: Callable[[], str]) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (_TERMINAL if self._terminal else _LOG)
        if self._terminal:
            sys.stderr.write(f"\r\x1b[K{line()}")
            sys.stderr.flush()
        else:
            say(line())


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def close(report: Report, progress: Progress, again: str) -> int:
    """Say what became of a run and return the exit code. `again` is the command that goes on."""
    from copydesk.batch.report import counted, table

    progress.clear()
    for source, target in report.planned:
        click.echo(f"{source} -> {target}".encode("utf-8", "surrogateescape"))
    if report.planned or "seconds" not in report.values["timing"]:
        say(f"{counted(report.left, 'file')} to do; nothing was written")
        return 0
    for line in table(report).split("\n"):
        say(line)
    if report.stopped:
        say(f"{report.stopped}; {counted(report.left, 'file')} left. {again}")
    elif report.failed:
        lost = report.values["inputs"]["lost"]
        say(
            "what failed is in quarantine, each with its reason beside it; once that is repaired: copydesk retry"
            + (f". {counted(lost, 'file')} could not be read; the next run tries again" if lost else "")
        )
    if report.interrupted:
        return EXIT_INTERRUPTED
    return EXIT_FAILED if report.failed or report.stopped else 0


def parse_size(text: str | None) -> int | None:
    """Return bytes for such as `512M`; UsageError where it is none.

    >>> parse_size("512M"), parse_size("2g"), parse_size(None)
    (536870912, 2147483648, None)
    """
    if text is None:
        return None
    word = text.strip().upper().removesuffix("B").removesuffix("I")
    unit = word[-1:] if word[-1:] in _UNITS else ""
    number = word[: len(word) - len(unit)]
    if not number.isdigit() or int(number) == 0:
        raise click.UsageError(f"{text!r} is no size; write bytes, or such as 512M or 2G")
    return int(number) * _UNITS[unit]


def read_list(path: str, *, by_nul: bool) -> Iterator[str]:
    """Yield the paths that stand in a file (or on standard input), one a line or parted by NUL."""
    import os

    from copydesk.cli._files import read_input

    for name in read_input(path).split(b"\0" if by_nul else b"\n"):
        name = name if by_nul else name.removesuffix(b"\r")  # noqa: PLW2901  # the same name, as it was meant
        if name:
            yield os.fsdecode(name)
