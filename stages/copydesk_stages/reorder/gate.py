"""Is a document out of order at all? A look at the given order alone, without a search."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import add, mul
from typing import NamedTuple

from copydesk_stages.reorder.model import Scores
from copydesk_stages.reorder.reading import Paragraph
from copydesk_stages.reorder.resources import Language

#: How fast the closeness of two places falls off with the paragraphs between them.
_REACH = {"words": 2.0, "rare": 2.0, "quoted": 5.0}
#: So much of a paragraph in quotation marks reports what somebody said.
_QUOTED = 0.1


class Given(NamedTuple):
    """What the gate looks at: scores of the paragraphs as they stand, and how like each is to the earlier ones."""

    place: Sequence[int]
    first: Sequence[int]
    last: Sequence[int]
    ahead: Sequence[Sequence[int]]
    likeness: Mapping[str, Sequence[Sequence[float]]]
    other_language: bool

    def without(self, index: int) -> Given:
        """Return the rest where one paragraph is taken out."""

        def drop(row: Sequence[int]) -> list[int]:
            return [*row[:index], *row[index + 1 :]]

        return self._replace(
            place=drop(self.place),
            first=drop(self.first),
            last=drop(self.last),
            ahead=[drop(row) for i, row in enumerate(self.ahead) if i != index],
            likeness={
                name: [
                    [*row[:index], *row[index + 1 :]] if i > index else row for i, row in enumerate(rows) if i != index
                ]
                for name, rows in self.likeness.items()
            },
        )


def given(scores: Scores) -> Given:
    """Return what the gate looks at."""
    return Given(scores.place, scores.first, scores.last, scores.ahead, _likeness(scores), scores.language.code != "en")


def reported(paragraphs: Sequence[Paragraph], language: Language) -> float:
    """Return the share of paragraphs that report: somebody says something or is quoted, or a weekday is named.

    News does so in most paragraphs; guides, lists and essays hardly do, and have an order that is not that of news.
    """
    weekdays = language.weekdays
    found = [p.speech or p.quoted > _QUOTED or not weekdays.isdisjoint(p.distinct) for p in paragraphs]
    return sum(found) / max(1, len(found))


def features(seen: Given) -> dict[str, float]:
    """Return how the given order looks, each as a number that is about 0 for a shuffled document.

    `place`: how well the paragraphs fall from those that belong in front to those that don't, in standard deviations
    of random orders. `behind`: names, acronyms and numbers that stand before what explains them. `first` and `last`:
    how the given first and last compare with the others. `size`: how many there are. `words`, `rare` and `quoted`:
    whether paragraphs that stand close together share words, rare words, and the habit of quoting, more than others
    do, as Mantel (1967) measures it; this is what gives shuffled documents away best. `other_language`: it is not
    English, of which there was most to learn from.
    """
    n = len(seen.place)
    steps = [n - 1 - 2 * i for i in range(n)]
    mean = sum(seen.place) / n
    centred = [value - mean for value in seen.place]
    spread = math.sqrt(sum([v * v for v in centred]) * sum([s * s for s in steps]) / n) or 1.0
    wrong = sum([sum(row[:i]) for i, row in enumerate(seen.ahead)])
    found = {
        "place": sum([s * v for s, v in zip(steps, centred, strict=True)]) / spread,
        "behind": math.sqrt(wrong / 1000.0) if wrong > 0 else 0.0,
        "first": _standing(seen.first, 0),
        "last": _standing(seen.last, n - 1),
        "size": math.log(n / 15.0),
    }
    for name, likeness in seen.likeness.items():
        found[name] = mantel(likeness, _REACH[name])
    found["other_language"] = 1.0 if seen.other_language else 0.0
    return found


def log_odds(seen: Given, gate: Mapping[str, float]) -> float:
    """Return the logarithm of the odds that the document is out of order, rounded to 3 decimals.

    They are those of a world where every other document is.
    """
    return round(gate["bias"] + sum([gate[name] * value for name, value in features(seen).items()]), 3)


def sigmoid(z: float) -> float:
    """Return the logistic function, rounded to 3 decimals and never 1, which would mean certain.

    >>> sigmoid(0.0), sigmoid(99.0)
    (0.5, 0.999)
    """
    return min(0.999, round(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z)))), 3))


def mantel(likeness: Sequence[Sequence[float]], reach: float) -> float:
    """Return how much closer together like paragraphs stand than chance has it, in standard deviations.

    `likeness[i][j]` is that of paragraph i and an earlier one j. Row means are taken off, since a long paragraph is
    like all others; what is left is correlated with a closeness that falls off exponentially.

    >>> mantel([[], [1.0], [0.0, 1.0], [0.0, 0.0, 1.0]], 2.0) > 0
    True
    """
    n = len(likeness)
    if n < 4:
        return 0.0
    near = _closeness(n, reach)
    sums = [0.0] * n
    both: float = 0.0
    squares: float = 0.0
    for i, row in enumerate(likeness):
        sums[i] += sum(row)
        sums[:i] = map(add, sums[:i], row)
        both += sum(map(mul, row, near.close[n - 1 - i :]))
        squares += sum(map(mul, row, row))
    # What is left sums up to 0 for each paragraph, so neither its square nor its product need each pair again.
    whole = sum(sums)
    level = whole / (n - 1) / (n - 2)
    both += level * near.whole - sum(map(mul, sums, near.sums)) / (n - 2)
    left = squares + level * whole / 2 - sum(map(mul, sums, sums)) / (n - 2)
    if left * 2 / n / (n - 1) <= 1e-9:
        return 0.0
    return both / math.sqrt(left * near.spread) * math.sqrt(n * (n - 1) / 2)


class _Closeness(NamedTuple):
    """How close places are: from the farthest to the same, each to all others, all pairs, and how these spread."""

    close: Sequence[float]
    sums: Sequence[float]
    whole: float
    spread: float


@lru_cache(maxsize=512)
def _closeness(n: int, reach: float) -> _Closeness:
    close = [math.exp(-distance / reach) for distance in range(n)]
    sums = [sum(close[1 : i + 1]) + sum(close[1 : n - i]) for i in range(n)]
    whole = sum(sums) / 2
    mean = whole * 2 / n / (n - 1)
    spread = sum([(n - distance) * (close[distance] - mean) ** 2 for distance in range(1, n)])
    return _Closeness(close[::-1], sums, whole, spread)


def _likeness(scores: Scores) -> dict[str, list[list[float]]]:
    paragraphs = scores.paragraphs
    # Whole numbers, whose sum over a set is the same in any order.
    rarity = {word: round(1000.0 / (count - 1)) for word, count in scores.context.frequency.items() if count > 1}
    shareable = rarity.keys()
    # Sets of words as the bits of a number, of which those that two have in common are counted fast.
    spread = Counter(chain.from_iterable([p.distinct for p in paragraphs]))
    bits = {word: 1 << at for at, word in enumerate([word for word, count in spread.items() if count > 1])}
    masks = [sum(map(bits.__getitem__, p.distinct & bits.keys())) for p in paragraphs]
    roots = [math.sqrt(4 + len(p.distinct)) for p in paragraphs]
    content_roots = [math.sqrt(4 + len(p.content)) for p in paragraphs]
    holders: defaultdict[str, list[int]] = defaultdict(list)
    words, rare, quoted = [], [], []
    for i, p in enumerate(paragraphs):
        mask, root = masks[i], roots[i]
        shorter = [min(other, root) for other in roots[:i]]
        words.append([(mask & other).bit_count() / by for other, by in zip(masks[:i], shorter, strict=True)])
        shared = [0] * i
        for word in p.content & shareable:
            value, earlier = rarity[word], holders[word]
            for j in earlier:
                shared[j] += value
            earlier.append(i)
        root = content_roots[i]
        shorter = [min(other, root) for other in content_roots[:i]]
        rare.append([value / 1000.0 / by for value, by in zip(shared, shorter, strict=True)])
        quoted.append([-abs(p.quoted - other.quoted) for other in paragraphs[:i]])
    return {"words": words, "rare": rare, "quoted": quoted}


def _standing(values: Sequence[int], index: int) -> float:
    """Return the log-probability of one of these under a softmax, against an even chance."""
    top = max(values)
    weights = [math.exp((v - top) / 1000.0) for v in values]
    return math.log(weights[index] / sum(weights) * len(values) + 1e-3)
