"""From the paragraphs that may move to the order that they should have, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from copydesk_stages.reorder.gate import confidence
from copydesk_stages.reorder.model import Scores, Weights
from copydesk_stages.reorder.resources import Language
from copydesk_stages.reorder.search import best_order
from copydesk_stages.reorder.structure import own_order, units

#: Fewer things that move on their own show too little.
_FEWEST = 5


class View(NamedTuple):
    """The paragraphs as they are judged: which move together, their scores, how sure it is that they are mixed."""

    together: list[list[int]]
    scores: Scores
    sure: float


class Plan(NamedTuple):
    """An order for the units of a view."""

    view: View
    order: list[int]

    @property
    def paragraphs(self) -> list[int]:
        """The order of the paragraphs themselves."""
        return [index for unit in self.order for index in self.view.together[unit]]


def look(texts: Sequence[str], language: Language, use: Weights, *, forced: bool = False) -> View | None:
    """Return how these paragraphs look, or None where they have an order of their own or show too little.

    `forced` takes every paragraph for itself, whatever kind of text it is.
    """
    together = [[index] for index in range(len(texts))] if forced else units(texts)
    if not forced and (len(together) < _FEWEST or own_order(texts)):
        return None
    scores = Scores(["\n".join([texts[i] for i in unit]) for unit in together], language, use)
    return View(together, scores, confidence(scores))


def plan(view: View) -> Plan:
    """Return the best order found."""
    scores = view.scores
    return Plan(view, best_order(scores.pairs(), scores.links(), scores.firsts(), scores.lasts()))
