"""Do paragraphs that stand close together share more than those far apart (Mantel 1967), all of them or all but one?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from operator import add, mul
from typing import NamedTuple

#: How alike paragraph i and each earlier one are, for all i.
Likeness = Sequence[Sequence[float]]


def mantel(likeness: Likeness, reach: float) -> float:
    """Return how much closer together like paragraphs stand than chance has it, in standard deviations.

    Row means are taken off, since a long paragraph is like all others; what is left is correlated with a closeness that
    falls off exponentially, by a factor of e over `reach` paragraphs.

    >>> mantel([[], [1.0], [0.0, 1.0], [0.0, 0.0, 1.0]], 2.0) > 0
    True
    """
    n = len(likeness)
    if n < _FEWEST:
        return 0.0
    near = _closeness(n, reach)
    sums, close, squares = _totals(likeness, near)
    return _deviations(near, sum(close), squares, sum(sums), _dot(sums, sums), _dot(sums, near.sums))


def mantel_without(likeness: Likeness, reach: float) -> list[float]:
    """Return what `mantel` gives without each of the paragraphs, in the time of a few `mantel` and not of n.

    Without one, all that stand before and behind it are closer by one place, so their closeness grows by one factor.

    >>> found = mantel_without([[], [1.0], [0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.0]], 2.0)
    >>> found[4] > found[1]
    True
    """
    n = len(likeness)
    if n <= _FEWEST:
        return [0.0] * n
    near, rest = _closeness(n, reach), _closeness(n - 1, reach)
    sums, earlier, squares = _totals(likeness, near)
    close, whole, steep = sum(earlier), sum(sums), _dot(sums, sums)
    before = [0.0, *accumulate(map(mul, sums, rest.sums))]
    behind = [0.0, *accumulate(map(mul, sums[1:], rest.sums))]
    from_next = near.close[-2::-1]
    grown = math.exp(1.0 / reach) - 1.0
    columns = zip(*[[*row, *[0.0] * (n - i)] for i, row in enumerate(likeness)], strict=True)
    found, across = [], 0.0
    for i, (row, column) in enumerate(zip(likeness, columns, strict=True)):
        own = [*row, *column[i + 1 :]]
        others = [*sums[:i], *sums[i + 1 :]]
        later, square = _dot(column[i + 1 :], from_next), _dot(own, own)
        across -= earlier[i]
        found.append(
            _deviations(
                rest,
                close - earlier[i] - later + grown * across,
                squares - square,
                whole - 2 * sums[i],
                steep - sums[i] ** 2 - 2 * _dot(others, own) + square,
                before[i] + behind[n - 1] - behind[i] - _dot(own, rest.sums),
            )
        )
        across += later
    return found


#: Fewer paragraphs show nothing.
_FEWEST = 4


class _Closeness(NamedTuple):
    """How close n places are: from the farthest to the same, each to all others, all pairs, and how these spread."""

    n: int
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
    return _Closeness(n, close[::-1], sums, whole, spread)


class _Totals(NamedTuple):
    """Sums of the likeness of each paragraph to all others, of its products with closeness to earlier, of squares."""

    sums: list[float]
    close: list[float]
    squares: float


def _totals(likeness: Likeness, near: _Closeness) -> _Totals:
    n = near.n
    sums, close, squares = [0.0] * n, [], 0.0
    for i, row in enumerate(likeness):
        sums[i] += sum(row)
        sums[:i] = map(add, sums[:i], row)
        close.append(_dot(row, near.close[n - 1 - i :]))
        squares += _dot(row, row)
    return _Totals(sums, close, squares)


def _deviations(near: _Closeness, close: float, squares: float, whole: float, steep: float, places: float) -> float:
    """Return the statistic from sums over pairs and over paragraphs of likeness, its squares and its products.

    `close` and `places` are products with the closeness of pairs and of places, `whole` and `steep` the sum of the sums
    by paragraph, and that of their squares.
    """
    n = near.n
    # What is left sums up to 0 for each paragraph, so neither its square nor its product need each pair again.
    level = whole / (n - 1) / (n - 2)
    both = close + level * near.whole - places / (n - 2)
    left = squares + level * whole / 2 - steep / (n - 2)
    if left * 2 / n / (n - 1) <= 1e-9:
        return 0.0
    return both / math.sqrt(left * near.spread) * math.sqrt(n * (n - 1) / 2)


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    total: float = sum(map(mul, one, other))
    return total
