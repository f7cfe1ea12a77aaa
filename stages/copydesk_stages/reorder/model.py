"""The weights, and the scores that they give the paragraphs of a document."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from copydesk_stages.reorder.reading import Paragraph, context
from copydesk_stages.reorder.resources import Language
from copydesk_stages.reorder.signals import NEIGHBOUR, PLACE, PRECEDENCE, Pair, Place


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal is worth, as learned: see `training/reorder`. `words` is by language and word."""

    place: tuple[tuple[Place, float], ...]
    precedence: tuple[tuple[Pair, float], ...]
    neighbour: tuple[tuple[Pair, float], ...]
    near: Mapping[str, float]
    first: Mapping[str, float]
    last: Mapping[str, float]
    words: Mapping[str, Mapping[str, float]]
    scale: Mapping[str, float]
    gate: Mapping[str, float]
    lead: Mapping[str, float]
    stray: Mapping[str, float]


def _signals(table: Mapping[str, float], known: Mapping[str, Any]) -> tuple[tuple[Any, float], ...]:
    return tuple((known[name], weight) for name, weight in table.items() if weight)


def parse(table: Mapping[str, Any]) -> Weights:
    """Return the weights that a table of the form of `weights.toml` holds; KeyError names a signal there is not."""
    return Weights(
        place=_signals(table["place"], PLACE),
        precedence=_signals(table["precedence"], PRECEDENCE),
        neighbour=_signals(table["neighbour"], NEIGHBOUR),
        near=table["near"],
        first=table["first"],
        last=table["last"],
        words=table.get("words", {}),
        scale=table["scale"],
        gate=table["gate"],
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

    `place[i]` is how much paragraph i belongs to the front, `first[i]` and `last[i]` how well it opens or closes,
    `ahead[i][j]` what it gains to have i before j by precedence alone. `pairs`, `links`, `firsts` and `lasts` are what
    a search needs.
    """

    def __init__(self, paragraphs: Sequence[Paragraph], language: Language, use: Weights) -> None:
        self.language = language
        self.weights = use
        self.paragraphs = paragraphs
        self.context = context(self.paragraphs, language)
        n = len(self.paragraphs)
        place, first, last = [], [], []
        known = [(signal, w, use.first[signal.__name__], use.last[signal.__name__]) for signal, w in use.place]
        for p in self.paragraphs:
            early = front = end = 0.0
            for signal, weight, opens, closes in known:
                if value := signal(p, self.context):
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
                    for before, weight in use.precedence:
                        if value := before(a, b, self.context):
                            gain += weight * value
                            share = value / n
                            first[i] += use.first[before.__name__] * share
                            first[j] -= use.first[before.__name__] * share
                            last[i] += use.last[before.__name__] * share
                            last[j] -= use.last[before.__name__] * share
                    self.ahead[i][j] = round(1000 * gain)
        self.first = [round(1000 * value) for value in first]
        self.last = [round(1000 * value) for value in last]
        words = use.words.get(language.code, {})
        for i, (content, names) in enumerate(zip(*self._near_lead(), strict=True)):
            place[i] += use.near["near_lead"] * content + use.near["near_names"] * names
        self.place = [round(1000 * value) for value in place]
        if words:
            for i, p in enumerate(self.paragraphs):
                # A set has no order of its own; whole numbers make the sum the same in any.
                self.place[i] += sum([round(1000 * words[w]) for w in p.distinct & words.keys()])

    def _near_lead(self) -> tuple[list[float], list[float]]:
        """Return how much each paragraph shares with the likely leads: content, and names.

        News is told from the lead downwards, so what is near to it comes early. Which paragraph is the lead is not
        known, so each counts with its chance to be it.
        """
        top = max(self.first)
        chances = [math.exp((value - top) / 1000.0) for value in self.first]
        whole = sum(chances)
        chances = [chance / whole for chance in chances]
        likely = [j for j, chance in enumerate(chances) if chance > _UNLIKELY]
        content, names = [], []
        for i, p in enumerate(self.paragraphs):
            rest = 3.0 * (1.0 - chances[i] + 1e-9)
            root = math.sqrt(1 + len(p.content))
            shared = named = 0.0
            for j in likely:
                if i != j:
                    q = self.paragraphs[j]
                    shared += chances[j] * len(p.content & q.content)
                    named += chances[j] * min(3, len(p.names & q.names))
            content.append(shared / root / rest)
            names.append(named / rest)
        return content, names

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
        n = len(self.paragraphs)
        use = self.weights.scale
        scale, precedence = use["pair"] / max(1, n), use["precedence"]
        held = 1000 * use["given"] * doubt
        rows = [[0] * n for _ in range(n)]
        for i in range(n):
            for j in range(i + 1, n):
                order = precedence * (self.ahead[i][j] - self.ahead[j][i])
                gain = round(scale * (self.place[i] - self.place[j] + (order or held)))
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
