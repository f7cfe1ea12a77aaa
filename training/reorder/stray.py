"""Measure whether sentences that got into the wrong paragraph can be found: `stray.py DATA.jsonl.gz [--lang en]`.

In every article one last sentence of a paragraph is put behind another paragraph. Each sentence is then judged by how
much less it shares with its own paragraph than with its best other one, in several currencies. The table gives, for the
threshold at which at most 1 % of intact articles have a sentence flagged, in how many damaged ones the moved sentence
is the one flagged, and in how many another.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

from order import articles

from copydesk_stages.reorder.reading import Paragraph, read
from copydesk_stages.reorder.resources import load

_END = re.compile(r"(?<=[.!?])[\"”“’']?\s+(?=[\"“„A-ZÄÖÜ])")
ALLOWED = 0.01


def rare(a: Paragraph, b: Paragraph, frequency: Counter[str]) -> float:
    """Return the rare content words that both hold."""
    return sum(1.0 / frequency[w] for w in sorted(a.content & b.content)) / (1 + len(a.content)) ** 0.5


def names(a: Paragraph, b: Paragraph, _frequency: Counter[str]) -> float:
    """Return the names that both hold."""
    return float(len(a.names & b.names))


def words(a: Paragraph, b: Paragraph, _frequency: Counter[str]) -> float:
    """Return the words of any kind that both hold."""
    return len(a.distinct & b.distinct) / (4 + min(len(a.distinct), len(b.distinct))) ** 0.5


def all_three(a: Paragraph, b: Paragraph, frequency: Counter[str]) -> float:
    """Return the sum of all."""
    return rare(a, b, frequency) + 0.3 * names(a, b, frequency) + words(a, b, frequency)


def judge(
    paragraphs: Sequence[Sequence[str]], language: str, like: Callable[..., float]
) -> tuple[float, tuple[int, int]]:
    """Return how far the most suspicious sentence is from home, and which one it is."""
    table = load(language)
    sentences = [[read(s, table) for s in p] for p in paragraphs]
    wholes = [read(" ".join(p), table) for p in paragraphs]
    frequency: Counter[str] = Counter(w for whole in wholes for w in whole.content)
    worst = (-9.0, (0, 0))
    for i, own in enumerate(paragraphs):
        if len(own) < 2:
            continue
        for k in range(len(own)):
            rest = read(" ".join(s for j, s in enumerate(own) if j != k), table)
            sentence = sentences[i][k]
            best = max(like(sentence, whole, frequency) for j, whole in enumerate(wholes) if j != i)
            worst = max(worst, (round(best - like(sentence, rest, frequency), 6), (i, k)))
    return worst


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--lang", default="en")
    given = parser.parse_args()
    pairs = []
    for row in articles([given.data], given.lang):
        split = [_END.split(p) for p in row["paragraphs"]]
        several = [i for i, p in enumerate(split) if len(p) > 1]
        if len(several) < 2 or len(split) < 5:
            continue
        rng = random.Random(row["id"])
        source = rng.choice(several)
        target = rng.choice([i for i in range(len(split)) if i != source])
        moved = [list(p) for p in split]
        moved[target].append(moved[source].pop())
        pairs.append((split, moved, (target, len(moved[target]) - 1)))
    print(f"{len(pairs)} articles, at most {ALLOWED:.0%} of the intact ones flagged")
    for like in (rare, names, words, all_three):
        intact = sorted((judge(split, given.lang, like)[0] for split, _, _ in pairs), reverse=True)
        limit = intact[int(ALLOWED * len(intact))]
        damaged = [(judge(moved, given.lang, like), place) for _, moved, place in pairs]
        found = sum(score > limit and at == place for (score, at), place in damaged)
        wrong = sum(score > limit and at != place for (score, at), place in damaged)
        print(f"{like.__name__:<10} found {found} ({found / len(pairs):.1%}), another sentence flagged {wrong}")


if __name__ == "__main__":
    main()
