#!/usr/bin/env python3
"""Time, memory and error of learning what a site repeats, over many lines.

    bench/learn.py [--lines 300000] [--room 20000] [--sizes 3]

The corpus is synthetic: documents of 20 lines, 15 and more of them in no other document, the others among 2,000 lines
of the site, of which number k stands in every (k + 2)nd document while there is room. So the true count of each is
known. Learning holds `--room` different lines (the shipped stage 1,000,000) and at most twice as many at a time. Each
of `--sizes` sizes, each a third of the next, is a process of its own. Columns: lines, documents, seconds, peak memory
above that of a process which has learned from one document, what the file states as `missed`, and the largest true
error among the site's lines.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from copydesk_stages.repeats import learn
from copydesk_stages.repeats.folding import fold

PER_DOCUMENT = 20
SITE_LINES = 2000
OWN_LINES = 15
_WORDS = ("harbour", "ferry", "council", "winter", "school", "bridge", "market", "island", "engine", "letter", "garden")


def line(number: int) -> str:
    """Return a line of some eighty letters that no other number has; words only, since numbers are folded."""
    words = []
    for _ in range(10):
        number, at = divmod(number, len(_WORDS))
        words.append(_WORDS[at])
    return " ".join(words)


def site_line(number: int) -> str:
    """Return a line of the site."""
    return f"more about {line(number)} from this desk"


def documents(count: int) -> Iterator[list[str]]:
    """Yield documents: lines of their own, then the site's lines that fall on this one, then own lines again."""
    own = 0
    for number in range(count):
        lines = [site_line(at) for at in range(SITE_LINES) if number % (at + 2) == 0][: PER_DOCUMENT - OWN_LINES]
        for _ in range(PER_DOCUMENT - len(lines)):
            lines.append(line(own))
            own += 1
        yield lines


def truth(count: int) -> dict[str, int]:
    """Return how many of `count` documents have each line of the site."""
    found: dict[str, int] = {}
    for lines in documents(count):
        for text in lines:
            if text.startswith("more about "):
                found[text] = found.get(text, 0) + 1
    return found


def once(lines: int, room: int) -> None:
    """Learn from so many lines in this process and print the measurements as JSON."""
    count = max(1, lines // PER_DOCUMENT)
    start = time.process_time()
    table = learn(documents(count), room=room)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    error = max(true - table.counts.get(fold(text), 0) for text, true in truth(count).items())
    row = {"lines": lines, "documents": count, "seconds": seconds, "kB": peak, "missed": table.missed, "error": error}
    print(json.dumps(row))


def main() -> None:
    """Print a row for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=300_000)
    parser.add_argument("--room", type=int, default=20_000)
    parser.add_argument("--sizes", type=int, default=3)
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.once:
        once(args.lines, args.room)
        return
    base = 0
    print("     lines  documents  seconds  peak MB  missed  largest error")
    for lines in (1, *(args.lines // 3 ** (args.sizes - number) for number in range(1, args.sizes + 1))):
        command = [sys.executable, str(Path(__file__)), "--once", "--lines", str(lines), "--room", str(args.room)]
        row = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        base = base or row["kB"]
        if lines > 1:
            print(
                f"{lines:10}  {row['documents']:9}  {row['seconds']:7.1f}  {(row['kB'] - base) / 1024:7.0f}"
                f"  {row['missed']:6}  {row['error']:13}",
                flush=True,
            )


if __name__ == "__main__":
    main()
