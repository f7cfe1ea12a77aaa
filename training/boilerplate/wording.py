"""Learn the weight of each hashed n-gram: how much more it is furniture's than an article's."""

from __future__ import annotations

import random

import numpy as np
import numpy.typing as npt
from data import Page
from scipy import sparse
from sklearn.linear_model import SGDClassifier

from copydesk_stages.boilerplate import ngrams, overlap
from copydesk_stages.boilerplate.classes import CODE

LONGEST = 600
SOURCE_WEIGHTS = {"contaminated": 2.0, "html": 1.0, "segments": 1.0, "wcxb": 0.4}
ALPHA = 1.5e-5
EPOCHS = 8


def examples(pages: list[Page]) -> tuple[list[str], list[int], list[float], list[int]]:
    """Return lines, labels, weights and folds; a line counts once for each publisher and label."""
    seen: dict[tuple[str, str, int], tuple[int, float]] = {}
    for page in pages:
        weight = SOURCE_WEIGHTS.get(page.source, 0.0)
        if not weight:
            continue
        for line, label in zip(page.lines, page.labels, strict=True):
            if label is not None and len(line) <= LONGEST:
                seen.setdefault((page.publisher, line, label), (page.fold, weight))
    lines = [ngrams.clip(line) for _, line, _ in seen]
    labels = [label for _, _, label in seen]
    return lines, labels, [weight for _, weight in seen.values()], [fold for fold, _ in seen.values()]


def matrix(lines: list[str], classes: npt.NDArray[np.uint8]) -> sparse.csr_matrix:
    """Return one row of n-gram buckets for each line, scaled by the root of their number."""
    parts = []
    for at in range(0, len(lines), 4000):
        part = lines[at : at + 4000]
        found = ngrams.grams(part, classes == CODE["digit"])
        number = np.bincount(found.lines, minlength=len(part))
        value = (1 / np.sqrt(number))[found.lines].astype(np.float32)
        parts.append(sparse.csr_matrix((value, (found.lines, found.buckets)), (len(part), 1 << ngrams.BITS)))
    return sparse.vstack(parts).tocsr()


def fit(
    rows: sparse.csr_matrix, labels: npt.NDArray[np.int64], weights: npt.NDArray[np.float64]
) -> npt.NDArray[np.int8]:
    """Return the weights as bytes: logistic regression by averaged stochastic gradient descent."""
    balanced = weights.copy()
    for label in (0, 1):
        balanced[labels == label] *= len(labels) / (2 * weights[labels == label].sum())
    model = SGDClassifier(loss="log_loss", alpha=ALPHA, max_iter=EPOCHS, tol=None, average=True, random_state=11)
    model.fit(rows, 1 - labels, sample_weight=balanced)
    raw = model.coef_[0]
    scale = 127 / np.percentile(np.abs(raw[raw != 0]), 99.8)
    return np.clip(np.rint(raw * scale), -127, 127).astype(np.int8)


def thin(pages: list[Page], share: float, seed: int = 3) -> list[Page]:
    """Return a fixed draw of the documents."""
    return [page for page in pages if random.Random(f"{seed}/{page.id}").random() < share]


def rarity(pages: list[Page]) -> npt.NDArray[np.uint8]:
    """Return for each bucket of word beginnings how rare it is: log2 of one over its share of documents, times 16."""
    seen = np.zeros(1 << overlap.RARITY_BITS, np.int64)
    for page in pages:
        words = {overlap.bucket(overlap.stem(word)) for line in page.lines for word in overlap.all_words(line)}
        seen[sorted(words)] += 1
    return np.rint(np.log2((len(pages) + 1) / (seen + 1)) * 16).clip(0, 255).astype(np.uint8)
