"""Measure whether moving one paragraph alone would repair light damage: `partial.py DATA.jsonl.gz [DATA ...]`.

Of every article, intact and lightly damaged, the one move that gains most by the shipped weights is made where it gains
more than any but 1 % of intact articles have to gain. The weights know these articles, so the table is kinder than the
truth.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

from order import TASKS, articles, damage, tau

from copydesk_stages.reorder.model import Scores, weights
from copydesk_stages.reorder.resources import load
from copydesk_stages.reorder.search import total

ALLOWED = 0.01
FEWEST = 9


def best_move(texts: Sequence[str], language: str) -> tuple[float, list[int]]:
    """Return the order with the one best move made, and what it gains in nats a paragraph."""
    scores = Scores(texts, load(language), weights())
    tables = scores.pairs(), scores.links(), scores.firsts(), scores.lasts()
    n = len(texts)
    given = list(range(n))
    best = total(given, *tables)
    start, found = best, given
    for source in given:
        rest = [i for i in given if i != source]
        for target in range(n):
            order = [*rest[:target], source, *rest[target:]]
            score = total(order, *tables)
            if score > best:
                best, found = score, order
    return (best - start) / 1000.0 / n, found


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--lang", default="en")
    parser.add_argument("--most", type=int, default=25, help="longer articles are left out, to be done sooner")
    given = parser.parse_args()
    found: defaultdict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for row in articles(given.data, given.lang):
        texts = row["paragraphs"]
        if not FEWEST <= len(texts) <= given.most:
            continue
        for task in TASKS:
            order = damage(task, texts, random.Random(f"1:{row['id']}:{task}"))
            if order is None:
                continue
            gain, moved = best_move([texts[i] for i in order], given.lang)
            found[task].append((gain, tau(order), tau([order[i] for i in moved])))
    intact = sorted((gain for gain, _, _ in found["intact"]), reverse=True)
    limit = intact[int(ALLOWED * len(intact))]
    print(f"{len(intact)} articles, at most {ALLOWED:.0%} of the intact ones changed")
    print(f"{'task':<10}{'n':>6}{'acted':>8}{'better':>8}{'worse':>8}")
    for task, rows in found.items():
        acted = [(before, after) for gain, before, after in rows if gain > limit]
        better = sum(after > before for before, after in acted)
        worse = sum(after < before for before, after in acted)
        print(f"{task:<10}{len(rows):>6}{len(acted):>8}{better:>8}{worse:>8}")


if __name__ == "__main__":
    main()
