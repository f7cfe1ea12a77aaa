#!/usr/bin/env python3
"""Measure how fast `repair` is beside ftfy with the same fixes on, and that its gate hides no damage.

    bench/repair_speed.py DATA [--articles FILE] [--rounds N]

DATA is a folder with `repair*.jsonl(.gz)`: records {kind, lang, text, damaged}; FILE has records with `paragraphs`, of
articles as they were published, each of which is measured as one document. Times differ from machine to machine,
so the table gives ratios of processor time within one run: the best of N rounds each, taken in turns.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ftfy

from copydesk import Chain, Document
from copydesk_stages.repair import Repair

LINES = 30
SIZE = 400_000
ENOUGH = 0.1  # seconds of processor time
# Some labels are damaged themselves; repairing those is not what the speed on clean text is about.
DAMAGE = re.compile("&#?[0-9A-Za-z]+;|[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\ufeff\ufffd]")
SAME_FIXES = ftfy.TextFixerConfig(
    fix_latin_ligatures=False, fix_character_width=False, uncurl_quotes=False, normalization=None, explain=False
)


def read(folder: Path) -> list[dict[str, Any]]:
    """Return all records of the folder's repair files."""
    return [record for path in sorted(folder.glob("repair*.jsonl*")) for record in read_file(path)]


def read_file(path: Path) -> list[dict[str, Any]]:
    """Return the records of one file, which may be compressed."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", errors="surrogatepass") as file:
        return [json.loads(line) for line in file if line.strip()]


def documents(lines: Iterable[str]) -> list[str]:
    """Return documents of 30 lines each, as many as make up the size measured."""
    lines = [line for line in lines if line]
    made: list[str] = []
    total = turn = 0
    while total < SIZE and lines:
        chosen = [lines[(turn * LINES + number) % len(lines)] for number in range(LINES)]
        made.append("\n".join([*chosen, str(turn)]) + "\n")
        total += len(made[-1])
        turn += 1
    return made


def with_copydesk(texts: list[str]) -> None:
    """Run the stage over all texts."""
    stage = Repair()
    for text in texts:
        list(stage(Document(text)))


def with_ftfy(texts: list[str]) -> None:
    """Run ftfy over all texts, with the fixes that `repair` has on by default."""
    for text in texts:
        ftfy.fix_text(text, SAME_FIXES)


def seconds(run: Callable[[list[str]], None], texts: list[str]) -> float:
    """Return how long one run over all texts takes, as the mean of as many as the clock can tell."""
    start, runs = time.process_time(), 0
    while (spent := time.process_time() - start) < ENOUGH:
        run(texts)
        runs += 1
    return spent / runs


def sets(records: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return what is measured: name -> documents."""
    clean = [r for r in records if r["kind"] == "clean" and not DAMAGE.search(r["text"])]
    damaged = sorted((r["damaged"] for r in records if r["kind"].startswith("utf8-as-")), key=hash_of)
    ways = sorted({(r["kind"], r["lang"]) for r in records if r["kind"].startswith("utf8-as-")}, key=str)
    misread = ["\n".join([r["damaged"] for r in records if (r["kind"], r["lang"]) == way]) + "\n" for way in ways[::5]]
    languages = sorted({r["lang"] for r in clean})
    # One language a document, all in turn, as a crawl has them; then the same with one damaged line in each.
    each = [documents(r["text"] for r in clean if r["lang"] == lang) for lang in languages]
    crawl = [text for row in zip(*each, strict=False) for text in row][: 2 * len(languages)]
    spoilt = ["\n".join([damaged[number % len(damaged)], *text.split("\n")[1:]]) for number, text in enumerate(crawl)]
    made = {
        "clean English": documents(r["text"] for r in clean if r["lang"] == "en"),
        "clean Russian": documents(r["text"] for r in clean if r["lang"] == "ru"),
        f"clean, {len(languages)} languages": crawl,
        "one misread line in 30": spoilt,
        "one misread word a line": documents(r["damaged"] for r in records if r["kind"].startswith("one-word-")),
        "all misread, in one way": misread,
        "all misread, each line anew": documents(damaged),
    }
    return {name: texts for name, texts in made.items() if texts}


def hash_of(text: str) -> str:
    """Return a key that mixes records without a seed."""
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@contextmanager
def overruled() -> Iterator[None]:
    """Have the slow path take every line, word and place for suspicious."""
    from copydesk_stages.repair import mojibake, reading, words

    always: dict[str, Callable[..., Any]] = {
        "suspect": lambda _: True,
        "may_be_double": lambda _: True,
        "suspect_place": lambda text, at=0: at if at < len(text) else None,
    }
    modules = (mojibake, reading, words)
    kept = [(module, name, getattr(module, name)) for module in modules for name in always if hasattr(module, name)]
    for module, name, _ in kept:
        setattr(module, name, always[name])
    try:
        yield
    finally:
        for module, name, own in kept:
            setattr(module, name, own)


def check_gate(records: list[dict[str, Any]]) -> tuple[int, int]:
    """Return how many lines the gate lets pass by, and how many of them the slow path would change all the same."""
    from copydesk_stages.repair.gate import may_be_misread
    from copydesk_stages.repair.mojibake import mend_line

    lines = {text for r in records for text in (r["text"], r["damaged"], r["text"].upper(), r["text"].lower())}
    passed = [line for line in sorted(lines) if not may_be_misread(line)]
    with overruled():
        return len(passed), sum(bool(mend_line(line)) for line in passed)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with repair*.jsonl or repair*.jsonl.gz")
    parser.add_argument("--articles", type=Path, help="jsonl file of records with paragraphs, for a row of its own")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of which the best counts (default 3)")
    arguments = parser.parse_args()
    records = read(arguments.data)
    if not records:
        print(f"{arguments.data}: no repair*.jsonl or repair*.jsonl.gz in it", file=sys.stderr)
        return 2
    print(f"copydesk {version('copydesk')}, ftfy {version('ftfy')}, Python {sys.version.split()[0]}\n")
    print(f"{'':28}{'characters':>12}{'times as fast as ftfy':>24}")
    measured = sets(records)
    if arguments.articles:
        articles = ["\n\n".join(record["paragraphs"]) for record in read_file(arguments.articles)]
        measured = {"news articles": articles, **measured}
    for name, texts in measured.items():
        with_copydesk(texts[:3])  # tables and modules are loaded once, not measured
        with_ftfy(texts[:3])
        ours, theirs = [], []
        for _ in range(arguments.rounds):
            ours.append(seconds(with_copydesk, texts))
            theirs.append(seconds(with_ftfy, texts))
        print(f"{name:28}{sum(map(len, texts)):12,}{min(theirs) / min(ours):24.1f}")
    line = "The bridge over the river was opened in the morning. " * (50_000_000 // 53)
    whole = min(seconds(with_copydesk, [line]) for _ in range(arguments.rounds))
    part = seconds(with_ftfy, [line[: len(line) // 50]]) * 50
    print(f"{'one line of 50 MB, ASCII':28}{len(line):12,}{part / whole:24.1f}   ({whole:.2f} s here)")
    total, hidden = check_gate(records)
    print(f"\nOf {total:,} lines that the gate lets pass by, the slow path without any gate changes {hidden}.")
    changed = sum(Chain.of(Repair()).run(r["text"]).changed for r in records if r["kind"] == "clean")
    print(f"Of {sum(r['kind'] == 'clean' for r in records):,} clean sentences {changed} are changed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
