"""The search of the stage `reorder`: the same as trying everything, where everything can be tried."""

from __future__ import annotations

from itertools import permutations
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk_stages.reorder.search import SEGMENT, Parts, best_move, best_order, total


class Case(NamedTuple):
    """Scores, and an order to begin with."""

    pair: list[list[int]]
    link: list[list[int]]
    first: list[int]
    last: list[int]
    order: list[int]

    def total(self, order: list[int]) -> int:
        """Return the score of an order."""
        return total(order, *self[:4])


@st.composite
def cases(draw: st.DrawFn, most: int) -> Case:
    """Scores in a narrow range, so that ties are common, and in a wide one."""
    n = draw(st.integers(2, most))
    score = st.integers(-2, 2) if draw(st.booleans()) else st.integers(-3000, 3000)
    row = st.lists(score, min_size=n, max_size=n)
    matrix = st.lists(row, min_size=n, max_size=n)
    return Case(draw(matrix), draw(matrix), draw(row), draw(row), draw(st.permutations(range(n))))


def moved(order: list[int], start: int, size: int, target: int) -> list[int]:
    """Return the order after a run has moved to a place among the others."""
    rest = order[:start] + order[start + size :]
    return [*rest[:target], *order[start : start + size], *rest[target:]]


@settings(deadline=None)
@given(cases(11))
def test_best_move_is_the_best_of_all_moves_and_the_first_of_equals(case: Case) -> None:
    n = len(case.order)
    now = case.total(case.order)
    gains = {
        (start, size, target): case.total(moved(case.order, start, size, target)) - now
        for size in range(1, min(SEGMENT, n - 1) + 1)
        for start in range(n - size + 1)
        for target in (*range(start - 1, -1, -1), *range(start + 1, n - size + 1))
    }
    parts = Parts.of(*case[:4])
    found = best_move(case.order, parts)
    assert found.gain == max(0, *gains.values())
    if found.gain:
        assert (found.start, found.size, found.target) == next(
            move for move, gain in gains.items() if gain == found.gain
        )
    for alone in range(n):
        own = {target: gain for (start, size, target), gain in gains.items() if (start, size) == (alone, 1)}
        found = best_move(case.order, parts, alone)
        assert found.gain == max(0, *own.values())
        assert found.target == next((target for target, gain in own.items() if 0 < gain == found.gain), alone)


@settings(deadline=None)
@given(cases(6))
def test_short_orders_are_the_best_of_all_and_ties_go_to_the_given_one(case: Case) -> None:
    n = len(case.order)
    found = best_order(*case[:4])
    most = max(case.total(list(order)) for order in permutations(range(n)))
    assert case.total(found) == most
    if case.total(list(range(n))) == most:
        assert found == list(range(n))


@settings(deadline=None)
@given(cases(16))
def test_the_order_of_many_is_no_worse_than_the_given_one(case: Case) -> None:
    n = len(case.order)
    found = best_order(*case[:4])
    assert sorted(found) == list(range(n))
    assert case.total(found) >= case.total(list(range(n)))
