"""Finding the order with the highest score: exactly for few paragraphs, by bounded search for many.

All scores are whole numbers (thousandths), so sums are exact and the same on every machine, in every order.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nsmallest
from itertools import accumulate, pairwise
from operator import add, itemgetter, sub
from typing import NamedTuple

Matrix = Sequence[Sequence[int]]

#: Up to so many paragraphs all orders are weighed, by dynamic programming over subsets (Held and Karp 1962).
EXACT = 9
#: Partial orders that the beam carries along.
BEAM = 12
#: Rounds of local search; each tries to move every run of up to `SEGMENT` paragraphs to every other place.
ROUNDS = 12
SEGMENT = 3
#: Documents with more paragraphs than this are not searched at all.
LIMIT = 100


def total(order: Sequence[int], pair: Matrix, link: Matrix, first: Sequence[int], last: Sequence[int]) -> int:
    """Return the score of an order: every pair in it, every two neighbours, who comes first and who last.

    >>> total([1, 0], [[0, 5], [-5, 0]], [[0, 1], [2, 0]], [10, 20], [100, 200])
    117
    """
    score = first[order[0]] + last[order[-1]]
    for at, one in enumerate(order):
        row = pair[one]
        score += sum([row[other] for other in order[at + 1 :]])
    return score + sum([link[a][b] for a, b in pairwise(order)])


def best_order(pair: Matrix, link: Matrix, first: Sequence[int], last: Sequence[int]) -> list[int]:
    """Return the best order found, as places in the given one; ties go to the given order.

    Exact up to `EXACT` paragraphs. Above, a beam search and a local search from its outcome and from the given order.

    >>> best_order([[0, -5], [5, 0]], [[0, 0], [0, 0]], [0, 0], [0, 0])
    [1, 0]
    >>> best_order([[0, 0], [0, 0]], [[0, 0], [0, 0]], [0, 0], [0, 0])
    [0, 1]
    """
    n = len(first)
    given = list(range(n))
    if n < 2 or n > LIMIT:
        return given
    if n <= EXACT:
        found = [_exact(pair, link, first, last)]
    else:
        parts = Parts.of(pair, link, first, last)
        found = [_climb(start, parts) for start in (_beam(pair, link, first, last), given)]
    best, best_score = given, total(given, pair, link, first, last)
    for order in found:
        score = total(order, pair, link, first, last)
        if score > best_score:
            best, best_score = order, score
    return best


def _exact(pair: Matrix, link: Matrix, first: Sequence[int], last: Sequence[int]) -> list[int]:
    n = len(first)
    full = (1 << n) - 1
    # best[mask][k]: the best score with the paragraphs of `mask` placed and k the last of them.
    best: list[list[int | None]] = [[None] * n for _ in range(full + 1)]
    came: list[list[int]] = [[-1] * n for _ in range(full + 1)]
    ahead = [[0] * n for _ in range(full + 1)]  # what k in front of nobody of `mask` gains: all of mask before k
    for mask in range(1, full + 1):
        low = (mask & -mask).bit_length() - 1
        rest = ahead[mask & (mask - 1)]
        ahead[mask] = [rest[k] + pair[low][k] for k in range(n)]
    for k in range(n):
        best[1 << k][k] = first[k]
    for mask in range(1, full + 1):
        gains = ahead[mask]
        for k in range(n):
            score = best[mask][k]
            if score is None:
                continue
            links = link[k]
            for j in range(n):
                bit = 1 << j
                if mask & bit:
                    continue
                value = score + gains[j] + links[j]
                grown = best[mask | bit]
                known = grown[j]
                if known is None or value > known:
                    grown[j] = value
                    came[mask | bit][j] = k
    ends = [(score + last[k], -k) for k in range(n) if (score := best[full][k]) is not None]
    k = -max(ends)[1]
    order, mask = [], full
    while k >= 0:
        order.append(k)
        mask, k = mask & ~(1 << k), came[mask][k]
    return order[::-1]


def _beam(pair: Matrix, link: Matrix, first: Sequence[int], last: Sequence[int]) -> list[int]:
    n = len(first)
    # What k gains by standing before all others of these; each step takes one out.
    gain = [sum(row) for row in pair]
    behind = [*zip(*pair, strict=True)]
    states: list[tuple[int, list[int], list[int], list[int]]] = [(0, [], list(range(n)), gain)]
    for _ in range(n):
        grown: list[tuple[int, int, int]] = []
        for index, (score, order, left, ahead) in enumerate(states):
            links = link[order[-1]] if order else first
            grown += [(-(score + ahead[k] + links[k]), index, k) for k in left]
        if len(states[0][2]) == 1:
            grown = [(cost - last[k], index, k) for cost, index, k in grown]
        fresh = []
        for cost, index, k in nsmallest(BEAM, grown):
            _, order, left, ahead = states[index]
            rest = left.copy()
            rest.remove(k)
            fresh.append((-cost, [*order, k], rest, [*map(sub, ahead, behind[k])]))
        states = fresh
    return states[0][1]


class Parts(NamedTuple):
    """What a move gains, in the form in which all its targets are weighed at once.

    `ahead[i][j]` is what it gains to have i before j and not j before i, `link[i][j]` and `back[j][i]` what it gains to
    have j right behind i.
    """

    ahead: Matrix
    link: Matrix
    back: Matrix
    first: Sequence[int]
    last: Sequence[int]

    @classmethod
    def of(cls, pair: Matrix, link: Matrix, first: Sequence[int], last: Sequence[int]) -> Parts:
        """Return the parts of these scores."""
        columns = zip(*pair, strict=True)
        ahead = [[*map(sub, row, column)] for row, column in zip(pair, columns, strict=True)]
        return cls(ahead, link, [*zip(*link, strict=True)], first, last)


def _climb(order: list[int], parts: Parts) -> list[int]:
    order = list(order)
    for _ in range(ROUNDS):
        gain, start, size, target = best_move(order, parts)
        if not gain:
            break
        segment = order[start : start + size]
        del order[start : start + size]
        order[target:target] = segment
    return order


class Move(NamedTuple):
    """A move of `size` paragraphs from place `start` on to place `target` among the others, and what it gains."""

    gain: int
    start: int
    size: int
    target: int


def best_move(order: Sequence[int], parts: Parts, alone: int | None = None) -> Move:
    """Return the best move of a run of up to `SEGMENT` or of the one in place `alone`; its gain is 0 where none gains.

    Of moves that gain the same it is that of the shortest run, of these of the first, and of its targets one above, the
    nearest.

    >>> parts = Parts.of([[0, -5], [5, 0]], [[0, 0], [0, 0]], [0, 0], [0, 0])
    >>> best_move([0, 1], parts)
    Move(gain=10, start=0, size=1, target=1)
    """
    n = len(order)
    permute = itemgetter(*order)
    ahead, link, back, first, last = parts
    # Places 0 to n are those between the paragraphs: what each paragraph gains there from the one before and the one
    # behind, and what it loses by the pairs with those that it has passed, if it comes there from the front.
    before = [[first[one], *permute(back[one])] for one in order]
    behind = [[*permute(link[one]), last[one]] for one in order]
    passed = [[0, *accumulate(permute(ahead[one]))] for one in order]
    parted = [first[order[0]], *[link[one][other] for one, other in pairwise(order)], last[order[-1]]]
    heads = [[*map(sub, row, parted)] for row in before]
    tails = [[*map(sub, row, lost)] for row, lost in zip(behind, passed, strict=True)]
    best = Move(0, alone or 0, 1, alone or 0)
    for size in range(1, 2 if alone is not None else min(SEGMENT, n - 1) + 1):
        for start in range(n - size + 1) if alone is None else (alone,):
            stop = start + size
            if size > 1:
                heads[start] = [*map(sub, heads[start], passed[stop - 2])]
            value = [*map(add, heads[start], tails[stop - 1])]
            closed = behind[start - 1][stop] if start else first[order[stop]]
            here = before[start][start] + behind[stop - 1][stop] - closed
            run = passed[start:stop]
            up, down = sum([row[start] for row in run]) - here, sum([row[stop] for row in run]) - here
            if max(value) + max(up, down) <= best.gain:
                continue
            if start and (most := max(value[:start])) + up > best.gain:
                best = Move(most + up, start, size, max(at for at in range(start) if value[at] == most))
            if stop < n and (most := max(value[stop + 1 :])) + down > best.gain:
                best = Move(most + down, start, size, value.index(most, stop + 1) - size)
    return best
