"""Learn from ordered news which words and openings of paragraphs come early, and which come first.

    phrases.py CORPORA DATA [--lang en] [--out en.phrases.tsv]

CORPORA is a folder of public collections of news (see `corpora.py`); one that is missing is skipped with a word about
it. DATA is the folder of `train.py`, by which the stage is judged: articles that share text with it are left out. Only
the table of weights is kept, never a text.

Two models are fitted: one says for each pair of paragraphs of an article which comes first (logistic), one which
paragraph of an article is its lead (conditional logit, McFadden 1974). Both see the same features, and the strongest of
both are kept. The same texts give the same file, bit for bit.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from corpora import WEIGHTS, articles, judged
from fitting import minimised
from scipy import sparse

from copydesk_stages.reorder.phrases import Feature, features
from copydesk_stages.reorder.resources import Language, load
from copydesk_stages.reorder.words import known, tokens

#: A feature is learned where so many articles hold it; so many of both models together are kept, by language.
MIN_ARTICLES, KEPT = 15, {"en": 14_000, "de": 4_000}
#: Strength of the pull of all weights towards 0, by model.
PULL = {"early": 200.0, "first": 10.0}
#: At most so many pairs are used of an article.
MAX_PAIRS = 60
TABLES = Path(__file__).parents[2] / "stages/copydesk_stages/reorder/languages"


def arguments(description: str | None) -> argparse.Namespace:
    """Return what the command line says: where the collections and the data are, and what to make of them."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--lang", choices=sorted(WEIGHTS), default="en")
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def design(found: Sequence[tuple[str, list[str]]], language: Language) -> tuple[list[Feature], Any]:
    """Return the features that enough articles hold, and which paragraph has which."""
    look = known(language.stop, language.frame)
    read = [[[look(token) for token in tokens(text)] for text in paragraphs] for _, paragraphs in found]
    return _table([[features([t.key for t in p], [t.shape for t in p]) for p in one] for one in read])


def _table(read: Sequence[Sequence[set[Feature]]]) -> tuple[list[Feature], Any]:
    counts: Counter[Feature] = Counter()
    for paragraphs in read:
        counts.update(set().union(*paragraphs))
    names = sorted((name for name, count in counts.items() if count >= MIN_ARTICLES), key=_name)
    column = {name: at for at, name in enumerate(names)}
    columns, ends = [], [0]
    for paragraphs in read:
        for found in paragraphs:
            columns += sorted(column[name] for name in found if name in column)
            ends.append(len(columns))
    return names, sparse.csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(ends) - 1, len(names)))


def _name(feature: Feature) -> str:
    return feature if isinstance(feature, str) else " ".join(feature)


def early(rows: Any, starts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weights under which the earlier of two paragraphs scores higher."""
    random = np.random.default_rng(0)
    ones, others, counts = [], [], []
    for at, weight in enumerate(weights):
        n = starts[at + 1] - starts[at]
        one, other = np.triu_indices(n, 1)
        if len(one) > MAX_PAIRS:
            chosen = np.sort(random.choice(len(one), MAX_PAIRS, replace=False))
            one, other = one[chosen], other[chosen]
        ones.append(starts[at] + one)
        others.append(starts[at] + other)
        counts.append(np.full(len(one), weight * n / len(one)))
    one, other, count = np.concatenate(ones), np.concatenate(others), np.concatenate(counts)
    turned = rows.T.tocsr()

    def loss(b: np.ndarray) -> tuple[float, np.ndarray]:
        scores = rows @ b
        z = scores[one] - scores[other]
        slope = -count / (1 + np.exp(np.clip(z, -50, 50)))
        by_row = np.bincount(one, slope, len(scores)) - np.bincount(other, slope, len(scores))
        value = float((count * np.logaddexp(0, -z)).sum() + 0.5 * PULL["early"] * (b @ b))
        return value, turned @ by_row + PULL["early"] * b

    return minimised(loss, np.zeros(rows.shape[1]))


def first(rows: Any, starts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weights under which the first paragraph of an article scores highest."""
    sizes, leads = np.diff(starts), starts[:-1]
    turned, spread = rows.T.tocsr(), np.repeat(weights, sizes)

    def loss(b: np.ndarray) -> tuple[float, np.ndarray]:
        z = rows @ b
        top = np.maximum.reduceat(z, leads)
        chances = np.exp(z - np.repeat(top, sizes))
        whole = np.add.reduceat(chances, leads)
        slope = spread * chances / np.repeat(whole, sizes)
        slope[leads] -= weights
        value = float((weights * (top + np.log(whole) - z[leads])).sum() + 0.5 * PULL["first"] * (b @ b))
        return value, turned @ slope + PULL["first"] * b

    return minimised(loss, np.zeros(rows.shape[1]))


def learn(rows: Any, starts: np.ndarray, weights: np.ndarray) -> list[np.ndarray]:
    """Return the weights of both models."""
    return [early(rows, starts, weights), first(rows, starts, weights)]


def strongest(
    learned: Sequence[np.ndarray], rows: Any, starts: np.ndarray, weights: np.ndarray, language: str
) -> list[int]:
    """Return the features that are kept: those that tell most, each as often as it is seen."""
    often = np.sqrt(rows.T @ np.repeat(weights, np.diff(starts)))
    strength = sum(np.abs(b) * often / (np.abs(b) * often).max() for b in learned)
    return sorted(np.argsort(-np.round(strength, 9), kind="stable")[: KEPT[language]].tolist())


def main() -> None:
    """Run the command."""
    given = arguments(__doc__)
    found = list(articles(given.corpora, given.lang, judged(given.data)))
    names, rows = design(found, load(given.lang))
    starts = np.cumsum([0, *(len(paragraphs) for _, paragraphs in found)])
    weights = np.array([WEIGHTS[given.lang][name] for name, _ in found])
    learned = learn(rows, starts, weights)
    kept = strongest(learned, rows, starts, weights, given.lang)
    lines = ["# Made by training/reorder/phrases.py: how early it comes, and how likely first, in hundredths of nats."]
    lines += ["\t".join([_name(names[i]), *(str(round(100 * float(b[i]))) for b in learned)]) for i in kept]
    out = given.out or TABLES / f"{given.lang}.phrases.tsv"
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(found)} articles, {len(names)} features, {len(kept)} kept", file=sys.stderr)


if __name__ == "__main__":
    main()
