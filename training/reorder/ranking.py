"""Learn from ordered news which of two paragraphs comes first, by trees over all signals.

    ranking.py CORPORA DATA [--lang en] [--out en.ranking.npz]

CORPORA and DATA are those of `phrases.py`. The signals look words up in a table that `phrases.py` has learned from the
same articles, where it would seem to know more than it does of others: so two tables are learned here, each from one
half of the articles, and a paragraph is looked up in the one that does not know it. How likely a paragraph is to be the
lead comes from the weights that `train.py` learns from DATA.

Before the trees that ship are grown from all articles, others are grown from four fifths of them and judged on the last
fifth. The same texts and versions of numpy, scipy and lightgbm give the same file, bit for bit.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import lightgbm
import numpy as np
from corpora import WEIGHTS, articles, judged
from fitting import fit
from phrases import TABLES, arguments, design, learn, strongest
from train import EMPTY, read_articles

from copydesk_stages.reorder import ranking
from copydesk_stages.reorder.model import Scores, Weights, parse
from copydesk_stages.reorder.reading import read
from copydesk_stages.reorder.resources import Language, load

TREES = 600
SETTINGS = {
    "learning_rate": 0.12, "num_leaves": 2**ranking.DEPTH, "max_depth": ranking.DEPTH, "min_data_in_leaf": 500,
    "min_sum_hessian_in_leaf": 125.0, "feature_fraction": 0.3, "lambda_l2": 20.0, "max_bin": 127, "seed": 1,
    "num_threads": 1, "deterministic": True, "force_row_wise": True, "verbose": -1,
}  # fmt: skip
#: One in so many articles is held out to judge by.
HELD_OUT = 5


class Pairs:
    """All pairs of paragraphs of the same article, the earlier one first."""

    def __init__(self, sizes: np.ndarray, weights: np.ndarray) -> None:
        starts = np.cumsum([0, *sizes])
        ones, others, counts = [], [], []
        for start, n, weight in zip(starts, sizes, weights, strict=False):
            one, other = np.triu_indices(n, 1)
            ones.append(start + one)
            others.append(start + other)
            counts.append(np.full(len(one), 2.0 * weight / (n - 1)))
        self.one, self.other, self.count = np.concatenate(ones), np.concatenate(others), np.concatenate(counts)
        self.size = int(starts[-1])

    def slopes(self, scores: np.ndarray, _data: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return the gradient and the curvature of the logistic loss over pairs, for each paragraph."""
        wrong = 1.0 / (1.0 + np.exp(np.clip(scores[self.one] - scores[self.other], -500, 500)))
        slope, curve = self.count * wrong, self.count * wrong * (1.0 - wrong)
        gradient = np.bincount(self.other, slope, self.size) - np.bincount(self.one, slope, self.size)
        return gradient, np.bincount(self.one, curve, self.size) + np.bincount(self.other, curve, self.size) + 1e-6


def grow(rows: np.ndarray, sizes: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Return trees, learned from the features of the paragraphs of articles of these sizes."""
    settings = {**SETTINGS, "objective": Pairs(sizes, weights).slopes}
    data = lightgbm.Dataset(rows.astype(np.float32), label=np.zeros(len(rows)))
    grown = lightgbm.train(settings, data, num_boost_round=TREES).dump_model()["tree_info"]
    inner, leaves = 2**ranking.DEPTH - 1, 2**ranking.DEPTH
    feature = np.zeros((len(grown), inner), np.uint8)
    threshold = np.zeros((len(grown), inner), np.int32)
    leaf = np.zeros((len(grown), leaves), np.int16)
    for at, tree in enumerate(grown):
        _flatten(tree["tree_structure"], 0, feature[at], threshold[at], leaf[at])
    return {"feature": feature, "threshold": threshold, "leaf": leaf}


def _flatten(node: dict[str, Any], at: int, feature: Any, threshold: Any, leaf: Any) -> None:
    """Write a node and what is below it; below a leaf that comes early both branches end in it."""
    if at >= len(feature):
        leaf[at - len(feature)] = round(1000 * node["leaf_value"])
        return
    if "leaf_value" not in node:
        # Features are whole numbers: those that are not larger than the threshold are not larger than its floor.
        feature[at], threshold[at] = node["split_feature"], int(np.floor(node["threshold"]))
    _flatten(node.get("left_child", node), 2 * at + 1, feature, threshold, leaf)
    _flatten(node.get("right_child", node), 2 * at + 2, feature, threshold, leaf)


def looked_up(found: Sequence[tuple[str, list[str]]], language: Language, weights: np.ndarray) -> np.ndarray:
    """Return how early and how likely first each paragraph is by a table that has not seen its article."""
    _, rows = design(found, language)
    sizes = np.array([len(texts) for _, texts in found])
    half = np.arange(len(found)) % 2
    of = np.repeat(half, sizes)
    values = np.zeros((len(of), 2))
    for one in (0, 1):
        own, others = np.flatnonzero(of == one), np.flatnonzero(of != one)
        starts = np.cumsum([0, *sizes[half != one]])
        learned = learn(rows[others], starts, weights[half != one])
        kept = strongest(learned, rows[others], starts, weights[half != one], language.code)
        for k, table in enumerate(learned):
            values[own, k] = rows[own][:, kept] @ np.round(100 * table[kept]) / 100
    return values


def seen(texts: Sequence[str], values: np.ndarray, language: Language, use: Weights) -> np.ndarray:
    """Return the features of the paragraphs of an article."""
    paragraphs = [read(text, language) for text in texts]
    for paragraph, (early, leads) in zip(paragraphs, values.tolist(), strict=True):
        paragraph.early, paragraph.leads = early, leads
    return ranking.features(Scores(paragraphs, language, use))


def judge(trees: ranking.Trees, rows: np.ndarray, sizes: np.ndarray, weights: np.ndarray) -> str:
    """Return how well articles are ordered by the scores of their paragraphs alone."""
    scores = np.array(trees.scores(rows))
    pairs = Pairs(sizes, weights)
    ahead = scores[pairs.one] - scores[pairs.other]
    right = float((pairs.count * (np.sign(ahead) + 1) / 2).sum() / pairs.count.sum())
    starts = np.cumsum([0, *sizes])
    first = [scores[a:b].argmax() == 0 for a, b in pairwise(starts)]
    return f"{right:.1%} of pairs right, {float(np.average(first, weights=weights)):.1%} of leads"


def main() -> None:
    """Run the command."""
    given = arguments(__doc__)
    language = load(given.lang)
    use = parse({**fit(read_articles(given.data)), **EMPTY})
    found = list(articles(given.corpora, given.lang, judged(given.data)))
    weights = np.array([WEIGHTS[given.lang][name] for name, _ in found])
    sizes = np.array([len(texts) for _, texts in found])
    ends = np.cumsum(sizes)
    values = looked_up(found, language, weights)
    parts = [seen(t, values[end - len(t) : end], language, use) for (_, t), end in zip(found, ends, strict=True)]
    rows = np.vstack(parts)
    held = np.arange(len(found)) % HELD_OUT == 0
    inside = np.repeat(held, sizes)
    grown = grow(rows[~inside], sizes[~held], weights[~held])
    told = judge(ranking.Trees(*(grown[n].astype(np.int64) for n in grown)), rows[inside], sizes[held], weights[held])
    print(f"{held.sum()} articles held out: {told}", file=sys.stderr)
    made = io.BytesIO()
    np.savez_compressed(made, **grow(rows, sizes, weights))
    (given.out or TABLES / f"{given.lang}.ranking.npz").write_bytes(made.getvalue())
    print(f"{len(found)} articles, {len(rows)} paragraphs, {len(made.getvalue())} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
