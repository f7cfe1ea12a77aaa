"""A stage that does harm where a text asks for it, and what tests of batch runs share."""

from __future__ import annotations

import ctypes
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import copydesk
from copydesk import Document, Replace, option
from copydesk.batch.observer import Observer
from copydesk.batch.report import Report


@dataclass(frozen=True, slots=True)
class Faulty:
    """Put text in capitals; RAISE, HANG, SPIN, KILL, CRASH, EXIT, MEMORY and UPSET in a text say what else happens."""

    sleep: float = option(0.0, "Seconds that each document takes.", ge=0)

    def __call__(self, document: Document) -> Iterator[Replace]:
        text = document.text
        time.sleep(self.sleep)
        if "RAISE" in text:
            raise RuntimeError("no paper in the printer")
        if "HANG" in text:
            time.sleep(1000)
        if "SPIN" in text:
            re.match(r"(a+)+$", "a" * 60 + "b")  # holds the interpreter's lock for years
        if "KILL" in text:
            os.kill(os.getpid(), 9)
        if "CRASH" in text:
            ctypes.string_at(0)
        if "EXIT" in text:
            os._exit(3)  # what `sys.exit` raises is an error of the stage like any other
        if "MEMORY" in text:
            assert bytearray(2_000_000_000)
        if "UPSET" in text:
            # The process that the worker's fork server belongs to: of a cluster, where somebody starts it anew.
            stat = Path(f"/proc/{os.getppid()}/stat").read_text(encoding="utf-8")
            os.kill(int(stat.rpartition(")")[2].split()[1]), 9)
            time.sleep(1000)
        if "NEEDS " in text and not Path(text.partition("NEEDS ")[2].strip()).exists():
            os.kill(os.getpid(), 9)
        for block in document.blocks:
            yield Replace(0, len(block.text), block.text.upper(), block.id, rule="loud", score=1.0)


class Stillborn:
    """End the process that unpickles this."""

    def __call__(self, document: Document) -> Iterator[Replace]:
        return iter(())

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (9,)


#: The chain as a file; `faults` has to be on the path.
CHAIN = 'stages = ["faulty"]\n[faulty]\nuse = "faults:Faulty"\n'


def chain(sleep: float = 0.0) -> copydesk.Chain:
    return copydesk.Chain.of(Faulty(sleep))


class Heard(Observer):
    """Remembers what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)


def tree(folder: Path) -> dict[str, bytes]:
    """Return the outputs below a destination: everything but what the run keeps for itself."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in (".copydesk", "quarantine", "run.json")
    }


def steady(report: Report) -> dict[str, object]:
    """Return a report without what depends on the clock."""
    return {key: value for key, value in report.values.items() if key != "timing"}


def children() -> set[int]:
    """Return the worker processes that this process has by way of its fork server."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"COPYDESK_TEST={os.getpid()}".encode() in path.read_bytes():
                found.add(int(path.parent.name))
        except OSError:
            continue
    return found
