"""From the paragraphs that may move to the order that they should have, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from copydesk_stages.reorder.gate import Given, features, features_without, given, log_odds, logit, reported, sigmoid
from copydesk_stages.reorder.model import Scores, Weights
from copydesk_stages.reorder.reading import read
from copydesk_stages.reorder.resources import Language
from copydesk_stages.reorder.search import Parts, best_move, best_order
from copydesk_stages.reorder.structure import own_order, stray_lead, units

ORDER_RULE = "suggested-order"
STRAY_RULE = "stray-paragraph"
LEAD_RULE = "stray-lead"
#: Fewer things that move on their own show too little.
FEWEST = 5
#: A news story reports in at least this share of its paragraphs: 90 % of the BBC stories measured, and 45 % of the
#: articles of blogs and guides.
_REPORTED = 0.2
#: From these log-odds on, at the first look, there is a second one, and it is asked whether a single paragraph is what
#: makes a document look out of order.
DOUBTFUL = 0.0
#: Above so many paragraphs one more or less hardly shows, and to ask that of each would take too long.
MOST_WEIGHED = 40
#: What is left without one paragraph is mixed as well if its log-odds are at most this far below those asked for.
SLACK = 1.75
#: The same, where it is a matter of how far the search keeps to the given order. With this much held, a lightly damaged
#: document that is taken for mixed loses a quarter of what it lost to a free search, a mixed one gains four fifths.
HELD = -1.0
#: By so many nats a document is less likely to be mixed for each unit of agreement (Kendall's tau) of the order that is
#: found with the given one above `EVEN`, and more likely below: a lightly damaged one is found nearly as it is given.
AGREEMENT, EVEN = 3.0, 0.15
#: No order is looked for unless the log-odds are so far above those asked for: of 99 that were found below, at the
#: default confidence and in the articles measured, one was far enough from the given one to count.
SURPLUS = 0.65
#: A dateline far down: of the articles measured, none had its own there.
_DATELINE_SURE = 0.98


@dataclass(frozen=True)
class View:
    """The paragraphs as they are judged: which move together, and their scores."""

    together: list[list[int]]
    scores: Scores

    @cached_property
    def seen(self) -> Given:
        """What the gate looks at."""
        return given(self.scores)

    @cached_property
    def odds(self) -> float:
        """The log-odds that they are mixed, at a first look."""
        return log_odds(features(self.seen), self.scores.weights.gate)

    @cached_property
    def closer(self) -> Given:
        """What the gate looks at where the first look leaves doubt: with the places that the trees give."""
        return self.seen._replace(place=self.scores.ranked)

    @cached_property
    def closer_odds(self) -> float:
        """The log-odds that they are mixed, at the second look."""
        return log_odds(features(self.closer), self.scores.weights.closer)


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
    """Return how these paragraphs look, or None where they are no news, have an order of their own or show too little.

    `forced` takes every paragraph for itself, whatever kind of text it is.
    """
    together = [[index] for index in range(len(texts))] if forced else units(texts)
    if not forced and (len(together) < FEWEST or own_order(texts)):
        return None
    paragraphs = [read("\n".join([texts[i] for i in unit]), language) for unit in together]
    if not forced and reported(paragraphs, language) < _REPORTED:
        return None
    return View(together, Scores(paragraphs, language, use))


def decide(
    texts: Sequence[str], language: Language, use: Weights, *, least: float, fewest: int, forced: bool = False
) -> Decision | None:
    """Return what to do with these paragraphs, or None where nothing is to be done with a confidence of `least`.

    Fewer than `fewest` things that move on their own are never ordered anew; a stray lead goes to the front of even a
    short story.
    """
    view = look(texts, language, use, forced=forced)
    if view is None:
        return None
    if forced:
        return Decision(view, best(view), ORDER_RULE, sigmoid(view.closer_odds))
    if len(view.together) >= fewest and view.odds >= DOUBTFUL:
        rest, stray = without_stray(view)
        whole = view.closer_odds
        sure = sigmoid(use.stray["bias"] + whole - rest)
        # One paragraph far from its place makes a whole document look shuffled: are the others as well?
        odds = min(whole, rest + SLACK)
        if stray >= 0 and rest <= 0 and sure >= least:
            order = _moved(view, stray)
            # What leads and what closes is known best. From one place in the middle to another, most got worse by it.
            if stray in (0, order[0], order[-1]):
                return Decision(view, order, STRAY_RULE, sure)
        elif odds >= logit(least) + SURPLUS:
            order = best(view, doubt=round(1 - sigmoid(min(whole, rest + HELD)), 3))
            sure = sigmoid(odds - AGREEMENT * (agreement(order) - EVEN))
            if sure >= least:
                return Decision(view, order, ORDER_RULE, sure)
    front, sure = lead(view, texts)
    order = [front, *(i for i in range(len(view.together)) if i != front)]
    return Decision(view, order, LEAD_RULE, sure) if sure >= least else None


def without_stray(view: View) -> tuple[float, int]:
    """Return the log-odds that what is left without one paragraph is mixed, and the one without which they are least.

    Those of all paragraphs and -1 where there are too many to ask.
    """
    n = len(view.together)
    if n > MOST_WEIGHED:
        return view.closer_odds, -1
    gate = view.scores.weights.closer
    return min((log_odds(found, gate), i) for i, found in enumerate(features_without(view.closer)))


def _moved(view: View, stray: int) -> list[int]:
    """Return the order in which one unit stands where it fits best, and the others as they are."""
    scores = view.scores
    order = list(range(len(view.together)))
    parts = Parts.of(scores.pairs(), scores.links(), scores.firsts(), scores.lasts())
    target = best_move(order, parts, stray).target
    del order[stray]
    order.insert(target, stray)
    return order


def best(view: View, *, doubt: float = 0.0) -> list[int]:
    """Return the best order of the units that a search finds; the more `doubt`, the less it moves."""
    scores = view.scores
    return best_order(scores.pairs(doubt=doubt), scores.links(), scores.firsts(), scores.lasts())


def agreement(order: Sequence[int]) -> float:
    """Return Kendall's tau of an order of two or more with the given one: 1 for the same, 0 by chance.

    >>> agreement([0, 1, 2]), agreement([2, 1, 0])
    (1.0, -1.0)
    """
    kept = sum([one < other for at, one in enumerate(order) for other in order[at + 1 :]])
    return 4.0 * kept / (len(order) * (len(order) - 1)) - 1.0


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
