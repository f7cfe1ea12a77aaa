"""The weights, and the scores that they give the paragraphs of a document."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from copydesk_stages.reorder.reading import Context, Paragraph, context, read
from copydesk_stages.reorder.resources import Language
from copydesk_stages.reorder.signals import NEIGHBOUR, PLACE, PRECEDENCE, Pair, Place


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal is worth, as learned: see `training/reorder`. `words` is by language and word."""

    place: tuple[tuple[Place, float], ...]
    precedence: tuple[tuple[Pair, float], ...]
    neighbour: tuple[tuple[Pair, float], ...]
    first: Mapping[str, float]
    last: Mapping[str, float]
    words: Mapping[str, Mapping[str, float]]
    scale: Mapping[str, float]
    gate: Mapping[str, float]


def _signals(table: Mapping[str, float], known: Mapping[str, Any]) -> tuple[tuple[Any, float], ...]:
    return tuple((known[name], weight) for name, weight in table.items() if weight)


def parse(table: Mapping[str, Any]) -> Weights:
    """Return the weights that a table of the form of `weights.toml` holds; KeyError names a signal there is not."""
    return Weights(
        place=_signals(table["place"], PLACE),
        precedence=_signals(table["precedence"], PRECEDENCE),
        neighbour=_signals(table["neighbour"], NEIGHBOUR),
        first=table["first"],
        last=table["last"],
        words=table.get("words", {}),
        scale=table["scale"],
        gate=table["gate"],
    )


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Return the weights that ship."""
    path = files("copydesk_stages.reorder") / "weights.toml"
    return parse(tomllib.loads(path.read_text(encoding="utf-8")))


class Scores:
    """The scores of a document's paragraphs, in thousandths: whole numbers, so that sums are exact.

    `place[i]` is how much paragraph i belongs to the front, `first[i]` and `last[i]` how well it opens or closes,
    `ahead[i][j]` what it gains to have i before j by precedence alone. `pair` and `link` are what a search needs.
    """

    def __init__(self, texts: Sequence[str], language: Language, use: Weights) -> None:
        self.language = language
        self.weights = use
        self.paragraphs = [read(text, language) for text in texts]
        self.context = context(self.paragraphs, language)
        words = use.words.get(language.code, {})
        self.place: list[int] = []
        self.first: list[int] = []
        self.last: list[int] = []
        for p in self.paragraphs:
            place = first = last = 0.0
            for signal, weight in use.place:
                if value := signal(p, self.context):
                    place += weight * value
                    first += use.first.get(signal.__name__, 0.0) * value
                    last += use.last.get(signal.__name__, 0.0) * value
            # A set has no order of its own; whole numbers make the sum the same in any.
            lexical = sum([round(1000 * words[w]) for w in p.distinct if w in words]) if words else 0
            self.place.append(round(1000 * place) + lexical)
            self.first.append(round(1000 * first))
            self.last.append(round(1000 * last))
        self.ahead = _precedence(self.paragraphs, self.context, use)

    def link(self, one: int, other: int) -> int:
        """Return how well `other` follows right upon `one`."""
        a, b = self.paragraphs[one], self.paragraphs[other]
        c = self.context
        return round(1000 * sum([w * value for f, w in self.weights.neighbour if (value := f(a, b, c))]))

    def pairs(self) -> list[list[int]]:
        """Return what it gains to have one paragraph anywhere before another, for all pairs."""
        n = len(self.paragraphs)
        scale = self.weights.scale["pair"] / max(1, n)
        return [
            [
                round(scale * (self.place[i] - self.place[j] + self.ahead[i][j] - self.ahead[j][i])) if i != j else 0
                for j in range(n)
            ]
            for i in range(n)
        ]

    def links(self) -> list[list[int]]:
        """Return what it gains to have one paragraph right before another, for all pairs."""
        n, scale = len(self.paragraphs), self.weights.scale["link"]
        return [[round(scale * self.link(i, j)) if i != j else 0 for j in range(n)] for i in range(n)]

    def firsts(self) -> list[int]:
        """Return what it gains to have a paragraph first."""
        return [round(self.weights.scale["first"] * value) for value in self.first]

    def lasts(self) -> list[int]:
        """Return what it gains to have a paragraph last."""
        return [round(self.weights.scale["last"] * value) for value in self.last]


def _precedence(paragraphs: Sequence[Paragraph], c: Context, use: Weights) -> list[list[int]]:
    n = len(paragraphs)
    ahead = [[0] * n for _ in range(n)]
    for i, a in enumerate(paragraphs):
        if not (a.people or a.titled or a.expanded or a.introduced or a.item):
            continue  # brings in nothing that another could refer to
        row = ahead[i]
        for j, b in enumerate(paragraphs):
            if i != j:
                row[j] = round(1000 * sum([w * v for f, w in use.precedence if (v := f(a, b, c))]))
    return ahead
