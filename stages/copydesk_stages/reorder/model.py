"""The weights, and the scores that they give the paragraphs of a document."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

from copydesk_stages.reorder import ranking
from copydesk_stages.reorder.reading import Paragraph, context
from copydesk_stages.reorder.resources import Language
from copydesk_stages.reorder.signals import NEIGHBOUR, PLACE, PRECEDENCE, Pair


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal is worth, as learned: see `training/reorder`. `words` is by language and word.

    Signals of place and precedence come with their places among all of them, and their names.
    """

    place: tuple[tuple[int, str, float], ...]
    precedence: tuple[tuple[int, str, float], ...]
    neighbour: tuple[tuple[Pair, float], ...]
    near: Mapping[str, float]
    first: Mapping[str, float]
    last: Mapping[str, float]
    words: Mapping[str, Mapping[str, float]]
    scale: Mapping[str, float]
    gate: Mapping[str, float]
    closer: Mapping[str, float]
    lead: Mapping[str, float]
    stray: Mapping[str, float]


def _places(table: Mapping[str, float], known: Mapping[str, Any]) -> tuple[tuple[int, str, float], ...]:
    names = {name: at for at, name in enumerate(known)}
    return tuple((names[name], name, weight) for name, weight in table.items() if weight)


def parse(table: Mapping[str, Any]) -> Weights:
    """Return the weights that a table of the form of `weights.toml` holds; KeyError names a signal there is not."""
    return Weights(
        place=_places(table["place"], PLACE),
        precedence=_places(table["precedence"], PRECEDENCE),
        neighbour=tuple((NEIGHBOUR[name], weight) for name, weight in table["neighbour"].items() if weight),
        near=table["near"],
        first=table["first"],
        last=table["last"],
        words=table.get("words", {}),
        scale=table["scale"],
        gate=table["gate"],
        closer=table["closer"],
        lead=table["lead"],
        stray=table["stray"],
    )


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Return the weights that ship."""
    path = files("copydesk_stages.reorder") / "weights.toml"
    return parse(tomllib.loads(path.read_text(encoding="utf-8")))


#: Paragraphs that are less likely to be the lead are not looked at for what is near to it.
_UNLIKELY = 0.01
#: Up to so many paragraphs a search weighs who follows whom.
_LINKED = 40


class Scores:
    """The scores of a document's paragraphs, in thousandths: whole numbers, so that sums are exact.

    `place[i]` is how much paragraph i belongs to the front, by a sum that is fast to have, `ranked[i]` the same with
    what the trees say, `first[i]` and `last[i]` how well it opens or closes, `ahead[i][j]` what it gains to have i
    before j by precedence alone. `chances[i]` is how likely it is the lead, `near[i]` what it shares with the likely
    leads, `signals[i]` what the signals of place say of it, and `before` has what those of precedence say of any two of
    which one may need the other. `pairs`, `links`, `firsts` and `lasts` are what a search needs.
    """

    def __init__(self, paragraphs: Sequence[Paragraph], language: Language, use: Weights) -> None:
        self.language = language
        self.weights = use
        self.paragraphs = paragraphs
        self.context = context(self.paragraphs, language)
        n = len(self.paragraphs)
        place, first, last = [], [], []
        known = [(at, weight, use.first[name], use.last[name]) for at, name, weight in use.place]
        self.signals = [[signal(p, self.context) for signal in PLACE.values()] for p in self.paragraphs]
        self.before: list[tuple[int, int, list[float]]] = []
        for values in self.signals:
            early = front = end = 0.0
            for at, weight, opens, closes in known:
                if value := values[at]:
                    early += weight * value
                    front += opens * value
                    end += closes * value
            place.append(early)
            first.append(front)
            last.append(end)
        self.ahead = [[0] * n for _ in range(n)]
        for i, a in enumerate(self.paragraphs):
            if not a.brings:
                continue
            for j, b in enumerate(self.paragraphs):
                if i != j and not a.brings.isdisjoint(b.needs):
                    gain = 0.0
                    values = [before(a, b, self.context) for before in PRECEDENCE.values()]
                    self.before.append((i, j, values))
                    for at, name, weight in use.precedence:
                        if value := values[at]:
                            gain += weight * value
                            share = value / n
                            first[i] += use.first[name] * share
                            first[j] -= use.first[name] * share
                            last[i] += use.last[name] * share
                            last[j] -= use.last[name] * share
                    self.ahead[i][j] = round(1000 * gain)
        self.first = [round(1000 * value) for value in first]
        self.last = [round(1000 * value) for value in last]
        words = use.words.get(language.code, {})
        self.chances = self._chances()
        self.near = self._near()
        for i, (content, names) in enumerate(self.near):
            place[i] += use.near["near_lead"] * content + use.near["near_names"] * names
        self.place = [round(1000 * value) for value in place]
        if words:
            for i, p in enumerate(self.paragraphs):
                # A set has no order of its own; whole numbers make the sum the same in any.
                self.place[i] += sum([round(1000 * words[w]) for w in p.distinct & words.keys()])

    @cached_property
    def ranked(self) -> list[int]:
        """How much each paragraph belongs to the front, by the trees and `place` together."""
        trees = ranking.trees(self.language.code)
        if trees is None:
            return self.place
        found = trees.scores(ranking.features(self))
        return [2 * (2 * tree + place) // 3 for tree, place in zip(found, self.place, strict=True)]

    def _chances(self) -> list[float]:
        top = max(self.first)
        chances = [math.exp((value - top) / 1000.0) for value in self.first]
        whole = sum(chances)
        return [chance / whole for chance in chances]

    def _near(self) -> list[tuple[float, float]]:
        """Return how much each paragraph shares with the likely leads: content, and names.

        News is told from the lead downwards, so what is near to it comes early. Which paragraph is the lead is not
        known, so each counts with its chance to be it.
        """
        chances = self.chances
        likely = [j for j, chance in enumerate(chances) if chance > _UNLIKELY]
        near = []
        for i, p in enumerate(self.paragraphs):
            rest = 3.0 * (1.0 - chances[i] + 1e-9)
            root = math.sqrt(1 + len(p.content))
            shared = named = 0.0
            for j in likely:
                if i != j:
                    q = self.paragraphs[j]
                    shared += chances[j] * len(p.content & q.content)
                    named += chances[j] * min(3, len(p.names & q.names))
            near.append((shared / root / rest, named / rest))
        return near

    def link(self, one: int, other: int) -> int:
        """Return how well `other` follows right upon `one`."""
        a, b, c = self.paragraphs[one], self.paragraphs[other], self.context
        total = 0.0
        for signal, weight in self.weights.neighbour:
            if value := signal(a, b, c):
                total += weight * value
        return round(1000 * total)

    def pairs(self, *, doubt: float = 0.0) -> list[list[int]]:
        """Return what it gains to have one paragraph anywhere before another, for all pairs.

        The more `doubt` there is (0 to 1) that the document is mixed, the more a pair counts as it is given, unless a
        name or number tells its order: that moves less, and what it moves is surer.
        """
        n, place = len(self.paragraphs), self.ranked
        use = self.weights.scale
        scale, precedence = use["pair"] / max(1, n), use["precedence"]
        held = 1000 * use["given"] * doubt
        rows = [[0] * n for _ in range(n)]
        for i in range(n):
            for j in range(i + 1, n):
                order = precedence * (self.ahead[i][j] - self.ahead[j][i])
                gain = round(scale * (place[i] - place[j] + (order or held)))
                rows[i][j], rows[j][i] = gain, -gain
        return rows

    def links(self) -> list[list[int]]:
        """Return what it gains to have one paragraph right before another, against the mean over all others.

        Of a long document that would be most of the work, for little: above `_LINKED` paragraphs it is 0 throughout.
        """
        n, scale = len(self.paragraphs), self.weights.scale["link"]
        if n > _LINKED:
            return [[0] * n for _ in range(n)]
        rows = []
        for i in range(n):
            row = [self.link(i, j) if i != j else 0 for j in range(n)]
            mean = sum(row) // max(1, n - 1)
            rows.append([round(scale * (value - mean)) if i != j else 0 for j, value in enumerate(row)])
        return rows

    def firsts(self) -> list[int]:
        """Return what it gains to have a paragraph first."""
        return [round(self.weights.scale["first"] * value) for value in self.first]

    def lasts(self) -> list[int]:
        """Return what it gains to have a paragraph last."""
        return [round(self.weights.scale["last"] * value) for value in self.last]
