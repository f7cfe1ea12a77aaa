"""Finding the order with the highest score: exactly for few paragraphs, by bounded search for many.

All scores are whole numbers (thousandths), so sums are exact and the same on every machine, in every order.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

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
        found = [_climb(start, pair, link, first, last) for start in (_beam(pair, link, first, last), given)]
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
    gain = [sum(row) for row in pair]  # what k gains by standing before all others
    states: list[tuple[int, list[int], list[int]]] = [(0, [], gain)]
    for size in range(n):
        grown: list[tuple[int, int, int]] = []
        for index, (score, order, ahead) in enumerate(states):
            used = set(order)
            links = link[order[-1]] if order else first
            for k in range(n):
                if k not in used:
                    end = last[k] if size == n - 1 else 0
                    grown.append((-(score + ahead[k] + links[k] + end), index, k))
        grown.sort()
        fresh = []
        for cost, index, k in grown[:BEAM]:
            _, order, ahead = states[index]
            fresh.append((-cost, [*order, k], [a - pair[j][k] for j, a in enumerate(ahead)]))
        states = fresh
    return states[0][1]


def _climb(order: list[int], pair: Matrix, link: Matrix, first: Sequence[int], last: Sequence[int]) -> list[int]:
    order = list(order)
    n = len(order)
    for _ in range(ROUNDS):
        best_gain, move = 0, None
        for size in range(1, min(SEGMENT, n - 1) + 1):
            for start in range(n - size + 1):
                gain, target = best_target(order, start, size, pair, link, first, last)
                if gain > best_gain:
                    best_gain, move = gain, (start, size, target)
        if move is None:
            break
        start, size, target = move
        segment = order[start : start + size]
        del order[start : start + size]
        order[target:target] = segment
    return order


def best_target(
    order: list[int], start: int, size: int, pair: Matrix, link: Matrix, first: Sequence[int], last: Sequence[int]
) -> tuple[int, int]:
    """Return what the best new place of a run gains, and that place among the others."""
    segment = order[start : start + size]
    head, tail = segment[0], segment[-1]
    rest = order[:start] + order[start + size :]
    m = len(rest)
    # What the neighbours gain by the run at each place: the one before it and the one behind, for the joint they had.
    before = [first[head], *[link[other][head] for other in rest]]
    behind = [*[link[tail][other] for other in rest], last[tail]]
    parted = [first[rest[0]], *[link[one][other] for one, other in pairwise(rest)], last[rest[-1]]]
    joint = [a + b - c for a, b, c in zip(before, behind, parted, strict=True)]
    here = joint[start]
    best_gain, best_at = 0, start
    pairs = 0
    for at in range(start - 1, -1, -1):
        other = rest[at]
        row = pair[other]
        for one in segment:
            pairs += pair[one][other] - row[one]
        gain = pairs + joint[at] - here
        if gain > best_gain:
            best_gain, best_at = gain, at
    pairs = 0
    for at in range(start + 1, m + 1):
        other = rest[at - 1]
        row = pair[other]
        for one in segment:
            pairs += row[one] - pair[one][other]
        gain = pairs + joint[at] - here
        if gain > best_gain:
            best_gain, best_at = gain, at
    return best_gain, best_at
