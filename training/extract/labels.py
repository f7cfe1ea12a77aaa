"""Which lines of a page its gold text holds."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

WORD = re.compile(r"\w+")
_BULLET = re.compile(r"^\s*(?:[-*•#>]+\s+|\d+[.)]\s+)")


def words(text: str) -> list[str]:
    """Return the words as the word F1 of the benchmark counts them."""
    return WORD.findall(text.lower())


def word_f1(got: str, gold: str) -> float:
    """Return the F1 of the two bags of words."""
    a, b = Counter(words(got)), Counter(words(gold))
    common = sum((a & b).values())
    if not common:
        return 0.0
    return 2 * common / (sum(a.values()) + sum(b.values()))


def label(texts: Sequence[str], gold: str) -> list[float]:
    """Return for each line which share of it the gold text holds, 0 to 1.

    A line of at least three words counts by its runs of three words; a shorter one has to be a line or a cell of the
    gold text, or stand inside one and between lines that belong to it. A text that stands on the page more often than
    in the gold text counts only there where most around it belongs to it.
    """
    lines = [" ".join(words(_BULLET.sub("", line))) for line in gold.split("\n")]
    whole = {line for line in lines if line} | {
        " ".join(words(cell)) for line in gold.split("\n") for cell in line.split("|")
    }
    joined = f" {' '.join(lines)} "
    runs = {tuple(line[i : i + 3]) for line in map(str.split, lines) for i in range(len(line) - 2)}
    keys = [" ".join(words(text)) for text in texts]
    shares = [_share(key, whole, joined, runs) for key in keys]

    def around(i: int, width: int) -> float:
        near = [max(shares[j], 0.0) for j in range(max(0, i - width), min(len(shares), i + width + 1)) if j != i]
        return sum(near) / len(near) if near else 0.0

    for i, share in enumerate(shares):
        if share < 0:
            shares[i] = 1.0 if around(i, 2) >= 0.5 else 0.0
    copies = defaultdict(list)
    for i, key in enumerate(keys):
        if shares[i] >= 0.5:
            copies[key].append(i)
    for key, places in copies.items():
        there = max(1, joined.count(f" {key} "))
        for i in sorted(places, key=lambda i: -around(i, 4))[there:]:
            shares[i] = 0.0
    return shares


def _share(key: str, whole: set[str], joined: str, runs: set[tuple[str, ...]]) -> float:
    """Return the share of one line, or -1 where only its surroundings can tell."""
    spoken = key.split()
    if not spoken:
        return 0.0
    inside = f" {key} " in joined
    if key in whole or (len(spoken) >= 5 and inside):
        return 1.0
    if len(spoken) < 3:
        return -1.0 if inside else 0.0
    return sum(tuple(spoken[i : i + 3]) in runs for i in range(len(spoken) - 2)) / (len(spoken) - 2)
