"""From the paragraphs that may move to the order that they should have, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from copydesk_stages.reorder.gate import confidence, sigmoid
from copydesk_stages.reorder.model import Scores, Weights
from copydesk_stages.reorder.resources import Language
from copydesk_stages.reorder.search import best_order
from copydesk_stages.reorder.structure import own_order, stray_lead, units

ORDER_RULE = "suggested-order"
LEAD_RULE = "stray-lead"
#: Fewer things that move on their own show too little.
FEWEST = 5
#: How sure it has to be that what is left without a stray lead is mixed as well.
_REST_MIXED = 0.5
#: A dateline far down: of the articles measured, none had its own there.
_DATELINE_SURE = 0.98


class View(NamedTuple):
    """The paragraphs as they are judged: which move together, their scores, how sure it is that they are mixed."""

    together: list[list[int]]
    scores: Scores
    sure: float


class Decision(NamedTuple):
    """What is to be done with a view: its units in order, by which rule, how sure."""

    view: View
    order: list[int]
    rule: str
    sure: float

    @property
    def paragraphs(self) -> list[int]:
        """The order of the paragraphs themselves."""
        return [index for unit in self.order for index in self.view.together[unit]]


def look(texts: Sequence[str], language: Language, use: Weights, *, forced: bool = False) -> View | None:
    """Return how these paragraphs look, or None where they have an order of their own or show too little.

    `forced` takes every paragraph for itself, whatever kind of text it is.
    """
    together = [[index] for index in range(len(texts))] if forced else units(texts)
    if not forced and (len(together) < FEWEST or own_order(texts)):
        return None
    scores = Scores(["\n".join([texts[i] for i in unit]) for unit in together], language, use)
    return View(together, scores, confidence(scores))


def decide(
    texts: Sequence[str], language: Language, use: Weights, *, least: float, fewest: int, forced: bool = False
) -> Decision | None:
    """Return what to do with these paragraphs, or None where nothing is to be done with a confidence of `least`.

    Fewer than `fewest` paragraphs are never ordered anew; a stray lead goes to the front of even a short story.
    """
    view = look(texts, language, use, forced=forced)
    if view is None:
        return None
    front, sure = lead(view, texts)
    stray = Decision(view, [front, *(i for i in range(len(view.together)) if i != front)], LEAD_RULE, sure)
    if forced:
        return Decision(view, best(view), ORDER_RULE, view.sure)
    if len(texts) >= fewest and view.sure >= least:
        # A lead far down alone makes a document look shuffled: is the rest?
        rest = [texts[i] for i in stray.paragraphs[len(view.together[front]) :]]
        again = look(rest, language, use) if sure >= least else None
        if again is None or confidence(again.scores, first=False) >= _REST_MIXED:
            return Decision(view, best(view), ORDER_RULE, view.sure)
    return stray if sure >= least else None


def best(view: View) -> list[int]:
    """Return the best order of the units that a search finds."""
    scores = view.scores
    return best_order(scores.pairs(), scores.links(), scores.firsts(), scores.lasts())


def lead(view: View, texts: Sequence[str]) -> tuple[int, float]:
    """Return the unit that gains most by going to the front, and how sure it is that it belongs there.

    Light damage often leaves a lead further down. Where nothing else may be touched, this may: the one paragraph that
    opens with a dateline, or one that by all signals belongs far more to the front than what stands there.
    """
    if stray := stray_lead(texts):
        return next(i for i, members in enumerate(view.together) if stray in members), _DATELINE_SURE
    gain, unit = lead_gain(view.scores)
    table = view.scores.weights.lead
    return unit, sigmoid(table["bias"] + table["gain"] * gain)


def lead_gain(scores: Scores) -> tuple[float, int]:
    """Return what the best move to the front gains, in nats by the root of the number of paragraphs, and of which."""
    n = len(scores.place)
    scale = scores.weights.scale
    place, ahead, first, last = scores.place, scores.ahead, scores.first, scores.last
    best, unit = 0.0, 0
    for i in range(1, n):
        passed = sum([place[i] - place[j] + ahead[i][j] - ahead[j][i] for j in range(i)])
        gain = 2.0 * scale["pair"] * passed / n + scale["first"] * (first[i] - first[0])
        if i == n - 1:
            gain += scale["last"] * (last[n - 2] - last[n - 1])
        if gain > best:
            best, unit = gain, i
    return round(best / 1000.0 / math.sqrt(n), 6), unit
