#!/usr/bin/env python3
"""Measure the stage `reorder`: how well it restores damaged articles, and what it does to intact ones.

    bench/order.py [--always] < documents.jsonl > orders.jsonl
    bench/order.py [--always] --report DATA.jsonl.gz [DATA ...] [--lang en]

Without `--report`, reads `{"id", "paragraphs"}` a line and writes `{"id", "order"}` a line: order[k] is the index of
the paragraph to be read k-th. `--always` orders every document, gate or no gate; without it, `apply` at the default
confidence. The language of a document is what the stage `language` finds.

With `--report`, damages published articles from a seed and prints, by source, language and task, Kendall's tau before
and after, first and last paragraph right, and how many documents were acted on, got better and got worse.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from copydesk import Chain, Document
from copydesk_stages.language import Language
from copydesk_stages.reorder import Reorder

TASKS = ("intact", "shuffle", "lead", "tail", "move1", "move3", "swap", "quote")
MOST, FEWEST = 40, 5
_QUOTES = "\"'“”„«»‘’"


def damage(task: str, paragraphs: Sequence[str], rng: random.Random) -> list[int] | None:
    """Return an order that is damaged as `task` says, or None where the document does not allow it."""
    n = len(paragraphs)
    order = list(range(n))
    if task == "shuffle":
        while order == list(range(n)):
            rng.shuffle(order)
    elif task == "lead":
        order.insert(rng.randrange(2, n), order.pop(0))
    elif task == "tail":
        order.insert(rng.randrange(max(1, n // 2)), order.pop())
    elif task in ("move1", "move3"):
        for _ in range(1 if task == "move1" else 3):
            far = [(a, b) for a in range(1, n) for b in range(1, n) if abs(a - b) >= min(3, n - 2)]
            source, target = rng.choice(far)
            order.insert(target, order.pop(source))
        return order if order != list(range(n)) else None
    elif task == "swap":
        if n < 7:
            return None
        most = min(4, (n - 1) // 3)
        one, two = rng.randint(2, most), rng.randint(2, most)
        at = rng.randrange(1, n - one - two + 1)
        order[at : at + one + two] = order[at + one : at + one + two] + order[at : at + one]
    elif task == "quote":
        quotes = [i for i in range(3, n) if paragraphs[i][:1] in _QUOTES]
        if not quotes:
            return None
        quote = rng.choice(quotes)
        order.insert(max(1, quote - rng.randint(2, 5)), order.pop(quote))
    return order


def tau(order: Sequence[int]) -> float:
    """Return Kendall's tau of an order against 0, 1, 2, ...

    >>> tau([0, 1, 2]), tau([2, 1, 0])
    (1.0, -1.0)
    """
    n = len(order)
    right = sum(order[i] < order[j] for i in range(n) for j in range(i + 1, n))
    return 4.0 * right / (n * (n - 1)) - 1.0


def articles(paths: Sequence[Path], language: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the articles of the files, cut to `MOST` paragraphs, with the file's name as `source`."""
    for path in paths:
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                row["paragraphs"] = row["paragraphs"][:MOST]
                row["source"] = path.name.split(".jsonl")[0]
                if len(row["paragraphs"]) >= FEWEST and language in (None, row.get("lang")):
                    yield row


class Measured:
    """The stages that are measured, with the seconds that each has taken."""

    def __init__(self, *, always: bool) -> None:
        self.language = Chain.of(Language(blocks=False))
        self.reorder = Chain.of(Reorder(mode="apply", min_confidence=0.0) if always else Reorder(mode="apply"))
        self.seconds = {"language": 0.0, "reorder": 0.0}

    def order(self, paragraphs: Sequence[str]) -> list[int]:
        """Return the order that the paragraphs are given."""
        started = time.process_time()
        tagged = self.language.run(Document.from_blocks(paragraphs)).document
        between = time.process_time()
        found = [block.id for block in self.reorder.run(tagged).document.blocks]
        self.seconds["language"] += between - started
        self.seconds["reorder"] += time.process_time() - between
        return found


def answer(cleaner: Measured) -> None:
    """Answer the line protocol."""
    for line in sys.stdin:
        if line.strip():
            row = json.loads(line)
            print(json.dumps({"id": row["id"], "order": cleaner.order(row["paragraphs"])}), flush=True)


def report(paths: Sequence[Path], language: str | None, seed: int, cleaner: Measured) -> None:
    """Print the table."""
    rows: defaultdict[tuple[str, str, str], list[tuple[float, ...]]] = defaultdict(list)
    size = passed = 0
    passed_seconds = 0.0
    for row in articles(paths, language):
        paragraphs = row["paragraphs"]
        for task in TASKS:
            given = damage(task, paragraphs, random.Random(f"{seed}:{row['id']}:{task}"))
            if given is None:
                continue
            texts = [paragraphs[i] for i in given]
            length, started = sum(len(text.encode()) for text in texts), cleaner.seconds["reorder"]
            found = [given[k] for k in cleaner.order(texts)]
            size += length
            if found == given:
                passed += length
                passed_seconds += cleaner.seconds["reorder"] - started
            before, after, n = tau(given), tau(found), len(given)
            group = "9+" if n >= 9 else "5-8"
            rows[row["source"], f"{row.get('lang', 'und')} {group}", task].append(
                (before, after, found[0] == 0, found[-1] == n - 1, found != given, after > before, after < before)
            )
    heads = ("n", "tau in", "tau", "first", "last", "acted", "better", "worse")
    print(f"{'source':<10}{'language':<10}{'task':<9}" + "".join(f"{head:>8}" for head in heads))
    for (source, group, task), found_rows in sorted(
        rows.items(), key=lambda item: (*item[0][:2], TASKS.index(item[0][2]))
    ):
        means = [sum(column) / len(found_rows) for column in zip(*found_rows, strict=True)]
        print(f"{source:<10}{group:<10}{task:<9}{len(found_rows):>8}" + "".join(f"{mean:>8.3f}" for mean in means))
    if rows:
        speed = size / 1e6 / cleaner.seconds["reorder"]
        ratio = cleaner.seconds["reorder"] / cleaner.seconds["language"]
        print(
            f"{size / 1e6:.2f} MB at {speed:.2f} MB/s of processor time, {ratio:.2f} times that of the stage language"
        )
    if passed:
        speed = passed / 1e6 / passed_seconds
        print(f"{passed / 1e6:.2f} MB in documents that are left as they are, at {speed:.2f} MB/s of processor time")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--always", action="store_true", help="order every document, gate or no gate")
    parser.add_argument("--report", nargs="+", type=Path, metavar="DATA", help="articles in reading order, JSON lines")
    parser.add_argument("--lang", help="only articles that are marked with this language")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    cleaner = Measured(always=given.always)
    if given.report:
        report(given.report, given.lang, given.seed, cleaner)
    else:
        answer(cleaner)


if __name__ == "__main__":
    main()
