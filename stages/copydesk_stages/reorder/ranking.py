"""How early each paragraph belongs, by trees that weigh all signals against one another.

The trees have learned from other news (`training/reorder/ranking.py`) which of two paragraphs of an article comes
first: as RankNet does (Burges and others, "Learning to rank using gradient descent", 2005), by gradient boosting
(Friedman 2001). A sum of signals cannot say that a quotation near the lead is one thing and one at the end another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from operator import add, mul, sub
from typing import TYPE_CHECKING

from copydesk_stages.reorder.signals import PLACE, PRECEDENCE
from copydesk_stages.reorder.words import masks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from copydesk_stages.reorder.model import Scores

#: Every tree asks so many questions in a row.
DEPTH = 3
#: What is seen of a paragraph beside its signals; see `features`.
BESIDE = ("near_lead", "near_names", "shared", "lead", "early_near", "lead_near", "words")
#: What is also seen as the share of paragraphs that have less of it.
RANKED = ("early_phrases", "lead", "near_lead", "shared", "words", "early_near", "lead_phrases")
NAMES = (*PLACE, *PRECEDENCE, *BESIDE)


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees of `DEPTH` questions each.

    At node k goes on to 2k + 2 what is larger than the threshold, and all else to 2k + 1.
    """

    feature: NDArray[np.int64]
    threshold: NDArray[np.int64]
    leaf: NDArray[np.int64]

    def scores(self, rows: NDArray[np.int64]) -> list[int]:
        """Return the sum of the leaves that each row of features comes to, in thousandths of nats."""
        import numpy as np

        trees, lines = np.arange(len(self.feature)), np.arange(len(rows))[:, None]
        at = np.zeros((len(rows), len(trees)), dtype=np.int64)
        for _ in range(DEPTH):
            at = 2 * at + 1 + (rows[lines, self.feature[trees, at]] > self.threshold[trees, at])
        return [int(total) for total in self.leaf[trees, at - (2**DEPTH - 1)].sum(axis=1)]


@lru_cache(maxsize=8)
def trees(code: str) -> Trees | None:
    """Return the trees of a language, or None where there are none."""
    from importlib.resources import files

    import numpy as np

    path = files("copydesk_stages.reorder") / "languages" / f"{code}.ranking.npz"
    if not path.is_file():
        return None
    with path.open("rb") as file, np.load(file) as stored:
        return Trees(*(stored[name].astype(np.int64) for name in ("feature", "threshold", "leaf")))


def features(scores: Scores) -> NDArray[np.int64]:
    """Return what the trees see of each paragraph of a document, in whole thousandths.

    First its signals of place, what its signals of precedence gain it against all others, and `BESIDE`: how near it is
    to the likely leads in content and names, what it shares with all, how likely it is to be the lead, what the phrases
    of those say that share with it and how likely these are to be the lead, both as means, and how many words it has.
    Then all of that against the mean of the document, the share of paragraphs that have less of `RANKED`, and how many
    paragraphs there are.
    """
    import numpy as np

    own = np.array(_own(scores), dtype=np.int64)
    n = len(own)
    ranked = own[:, [NAMES.index(name) for name in RANKED]]
    below = (ranked[:, None, :] > ranked[None, :, :]).sum(axis=1) * 1000 // max(1, n - 1)
    return np.hstack([own, (own * n - own.sum(axis=0)) // n, below, np.full((n, 1), n)])


def _own(scores: Scores) -> list[list[int]]:
    paragraphs = scores.paragraphs
    n = len(paragraphs)
    gains = [[0] * len(PRECEDENCE) for _ in paragraphs]
    for i, j, values in scores.before:
        whole = [round(1000 * value) for value in values]
        gains[i] = [*map(add, gains[i], whole)]
        gains[j] = [*map(sub, gains[j], whole)]
    early = [round(1000 * p.early) for p in paragraphs]
    leads = [round(1000 * math.log(chance * n + 1e-4)) for chance in scores.chances]
    rows = []
    for signals, gained, (content, names), near, lead, p in zip(
        scores.signals, gains, scores.near, _shared(scores), leads, paragraphs, strict=True
    ):
        whole = sum(near) + 1
        row = [round(1000 * value) for value in signals]
        row += [gain // n for gain in gained]
        row += [round(1000 * content), round(1000 * names), whole // n, lead]
        row += [sum(map(mul, near, of)) // whole for of in (early, leads)]
        rows.append([*row, len(p.words)])
    return rows


def _shared(scores: Scores) -> list[list[int]]:
    """Return how much content any two paragraphs share, by the roots of how much each has."""
    contents = masks([p.content for p in scores.paragraphs])
    weights = [round(1000 / math.sqrt(1 + len(p.content))) for p in scores.paragraphs]
    rows = [
        [(mask & other).bit_count() * (weight + of) for other, of in zip(contents, weights, strict=True)]
        for mask, weight in zip(contents, weights, strict=True)
    ]
    for i, row in enumerate(rows):
        row[i] = 0
    return rows
