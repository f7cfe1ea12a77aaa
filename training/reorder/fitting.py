"""Fit the weights of the signals: a pairwise logistic model and three conditional ones, shrunk towards the priors."""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from copydesk_stages.reorder.reading import context, read
from copydesk_stages.reorder.resources import load
from copydesk_stages.reorder.signals import NEIGHBOUR, PLACE, PRECEDENCE

PRIORS = tomllib.loads((Path(__file__).parent / "priors.toml").read_text(encoding="utf-8"))
NEAR = ("near_lead", "near_names")
#: Strength of the pull towards the priors, and towards 0 for the weights of words.
PULL = {"pair": 100.0, "word": 60.0, "ends": 5.0, "neighbour": 1.0}
#: A word gets a weight where so many training articles hold it; at most so many words a language ship.
MIN_ARTICLES = {"en": 25, "de": 10}
MAX_WORDS, MIN_WEIGHT = 200, 0.03
#: Long articles have many pairs, which say much the same: at most about so many are used of one.
MAX_PAIRS = 250
#: What pairs, neighbours and ends count for in the search (chosen by cross-validated tau, flat around it). `precedence`
#: is by how much more than learned it counts that a name is given in full before: few pairs show it, and readers miss
#: it most. `given` is what it counts that a pair was given so, times the doubt that the document is mixed.
SCALE = {"pair": 6.0, "precedence": 2.0, "link": 0.4, "first": 1.5, "last": 1.0, "given": 2.0}


class Article:
    """An article in reading order, with the values of all signals."""

    def __init__(self, row: dict[str, Any], fold: int, weight: float) -> None:
        self.row, self.fold, self.weight = row, fold, weight
        self.language = row["lang"]
        paragraphs = [read(text, load(self.language)) for text in row["paragraphs"]]
        seen = context(paragraphs, load(self.language))
        self.n = len(paragraphs)
        self.words = [sorted(p.distinct) for p in paragraphs]
        self.place = np.array([[f(p, seen) for f in PLACE.values()] for p in paragraphs])
        self.precedence = self._pairs(PRECEDENCE, paragraphs, seen)
        self.neighbour = self._pairs(NEIGHBOUR, paragraphs, seen)
        self.content = np.array(
            [[len(p.content & q.content) / math.sqrt(1 + len(p.content)) for q in paragraphs] for p in paragraphs]
        )
        self.names = np.array([[float(min(3, len(p.names & q.names))) for q in paragraphs] for p in paragraphs])
        np.fill_diagonal(self.content, 0)
        np.fill_diagonal(self.names, 0)
        self.ends = np.hstack([self.place, (self.precedence.sum(1) - self.precedence.sum(0)) / self.n])

    @staticmethod
    def _pairs(signals: dict[str, Any], paragraphs: Sequence[Any], seen: Any) -> np.ndarray:
        return np.array(
            [[[f(a, b, seen) if a is not b else 0.0 for f in signals.values()] for b in paragraphs] for a in paragraphs]
        )

    def near(self, first: np.ndarray) -> np.ndarray:
        """Return how near each paragraph is to the likely leads, as the stage works it out."""
        scores = self.ends @ first
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        rest = 3.0 * (1.0 - chances + 1e-9)
        return np.stack([self.content @ chances / rest, self.names @ chances / rest], axis=1)


def prior(table: str, names: Sequence[str]) -> np.ndarray:
    """Return the expected weights of these signals; KeyError names one in the priors that there is not."""
    if unknown := set(PRIORS[table]) - set(names):
        raise KeyError(f"priors.toml [{table}] names signals that there are not: {sorted(unknown)}")
    return np.array([PRIORS[table].get(name, 0.0) for name in names])


def minimised(loss: Any, start: np.ndarray) -> np.ndarray:
    """Return where `loss`, which gives a value and its gradient, is least, from `start` on."""
    return np.asarray(minimize(loss, start.copy(), jac=True, method="L-BFGS-B", options={"maxiter": 400}).x)


def logistic(rows: Any, weights: np.ndarray, pull: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Return the weights under which each row, which is a right order against a wrong one, is most likely."""

    def loss(b: np.ndarray) -> tuple[float, np.ndarray]:
        z = rows @ b
        gradient = rows.T @ -(weights / (1 + np.exp(np.clip(z, -500, 500))))
        off = b - centre
        return float((weights * np.logaddexp(0, -z)).sum() + 0.5 * (pull * off * off).sum()), gradient + pull * off

    return minimised(loss, centre)


def conditional(choices: Sequence[tuple[np.ndarray, int, float]], pull: float, centre: np.ndarray) -> np.ndarray:
    """Return the weights of a conditional logit (McFadden 1974): rows, which of them was chosen, what that counts."""

    def loss(b: np.ndarray) -> tuple[float, np.ndarray]:
        off = b - centre
        value, gradient = 0.5 * pull * float(off @ off), pull * off
        for rows, chosen, weight in choices:
            z = rows @ b
            z = z - z.max()
            p = np.exp(z)
            whole = p.sum()
            value -= weight * (z[chosen] - math.log(whole))
            gradient = gradient - weight * (rows[chosen] - (p / whole) @ rows)
        return value, gradient

    return minimised(loss, centre)


def fit(articles: Sequence[Article]) -> dict[str, Any]:
    """Return the tables of `weights.toml`, but for the gate."""
    place, precedence, neighbour = list(PLACE), list(PRECEDENCE), list(NEIGHBOUR)
    zeros = np.zeros(len(precedence))
    first = conditional([(a.ends, 0, a.weight) for a in articles], PULL["ends"], np.r_[prior("first", place), zeros])
    last = conditional(
        [(a.ends, a.n - 1, a.weight) for a in articles], PULL["ends"], np.r_[prior("last", place), zeros]
    )
    steps = []
    for a in articles:
        for i in range(a.n - 1):
            others = [j for j in range(a.n) if j != i]
            steps.append((a.neighbour[i][others], others.index(i + 1), a.weight * 4 / a.n))
    link = conditional(steps, PULL["neighbour"], prior("neighbour", neighbour))
    vocabulary = _vocabulary(articles)
    dense = len(place) + len(NEAR) + len(precedence)
    rows, weights = [], []
    for a in articles:
        one, other = np.triu_indices(a.n, 1)
        step = 1 + len(one) // MAX_PAIRS
        one, other = one[::step], other[::step]
        places = np.hstack([a.place, a.near(first)])
        signals = np.hstack([places[one] - places[other], a.precedence[one, other] - a.precedence[other, one]])
        bags = _bags(a, vocabulary)
        rows.append(sparse.hstack([sparse.csr_matrix(signals), bags[one] - bags[other]]).tocsr())
        weights.append(np.full(len(one), a.weight * a.n / len(one)))
    pull = np.r_[np.full(dense, PULL["pair"]), np.full(len(vocabulary), PULL["word"])]
    centre = np.r_[
        prior("place", place), prior("near", NEAR), prior("precedence", precedence), np.zeros(len(vocabulary))
    ]
    pair = logistic(sparse.vstack(rows).tocsr(), np.concatenate(weights), pull, centre)
    ends = place + precedence
    return {
        "scale": SCALE,
        "place": _table(place, pair),
        "near": _table(NEAR, pair[len(place) :]),
        "precedence": _table(precedence, pair[len(place) + len(NEAR) :]),
        "neighbour": _table(neighbour, link),
        "first": _table(ends, first),
        "last": _table(ends, last),
        "words": _words(vocabulary, pair[dense:]),
    }


def _table(names: Sequence[str], values: np.ndarray) -> dict[str, float]:
    return {name: round(float(value), 3) + 0.0 for name, value in zip(names, values, strict=False)}


def _vocabulary(articles: Sequence[Article]) -> dict[tuple[str, str], int]:
    counts: Counter[tuple[str, str]] = Counter()
    for a in articles:
        counts.update({(a.language, word) for words in a.words for word in words})
    kept = sorted(key for key, count in counts.items() if count >= MIN_ARTICLES[key[0]])
    return {key: i for i, key in enumerate(kept)}


def _bags(a: Article, vocabulary: dict[tuple[str, str], int]) -> Any:
    at = [
        (i, vocabulary[a.language, w])
        for i, words in enumerate(a.words)
        for w in words
        if (a.language, w) in vocabulary
    ]
    rows, columns = zip(*at, strict=True) if at else ((), ())
    return sparse.csr_matrix((np.ones(len(at)), (rows, columns)), shape=(a.n, len(vocabulary)))


def _words(vocabulary: dict[tuple[str, str], int], values: np.ndarray) -> dict[str, dict[str, float]]:
    tables: dict[str, dict[str, float]] = {}
    for language in sorted({language for language, _ in vocabulary}):
        own = [(round(float(values[i]), 3), word) for (code, word), i in vocabulary.items() if code == language]
        strongest = sorted((w for w in own if abs(w[0]) >= MIN_WEIGHT), key=lambda w: (-abs(w[0]), w[1]))[:MAX_WORDS]
        tables[language] = {word: value for value, word in sorted(strongest, key=lambda w: w[1])}
    return tables
