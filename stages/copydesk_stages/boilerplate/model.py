"""The trained model: tables of n-gram weights, forests of decision trees, and the calibration of their scores.

All sums are of whole numbers and every comparison is of numbers that one division made, so scores are the same bits on
every machine. `training/boilerplate/train.py` makes the file.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from copydesk_stages.boilerplate import context
from copydesk_stages.boilerplate.features import NAMES, Tables

FILE = "weights.npz"
#: One unit of log odds in the whole numbers of the forests.
UNIT = 4096
#: Lines judged at once; more would not fit the cache.
_BATCH = 256


class Forest(NamedTuple):
    """Decision trees as arrays over their nodes; the children of a node are neighbours, a leaf is its own child."""

    roots: npt.NDArray[np.int32]
    feature: npt.NDArray[np.uint8]
    threshold: npt.NDArray[np.float32]
    child: npt.NDArray[np.int32]
    value: npt.NDArray[np.int32]
    depth: int
    base: int

    def _walk(self, matrix: Any) -> Any:
        node = np.repeat(self.roots[None, :], len(matrix), axis=0)
        flat = matrix.ravel()
        offset = (np.arange(len(matrix)) * matrix.shape[1])[:, None]
        for _ in range(self.depth):
            yield node
            right = flat[offset + self.feature[node]] > self.threshold[node]
            node = self.child[node] + right
        yield node

    def judge(self, matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return the log odds of boilerplate for each row, in units of 1/`UNIT`."""
        parts = []
        for at in range(0, len(matrix), _BATCH):
            *_, leaves = self._walk(matrix[at : at + _BATCH])
            parts.append(self.value[leaves].sum(axis=1, dtype=np.int64) + self.base)
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def reasons(self, matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return for each row how much each feature moved its log odds on the way down the trees (Saabas, 2014)."""
        width = matrix.shape[1]
        moved = np.zeros((len(matrix), width), np.int64)
        for at in range(0, len(matrix), _BATCH):
            part = matrix[at : at + _BATCH]
            sums = np.zeros(len(part) * width)
            offset = (np.arange(len(part)) * width)[:, None]
            before = None
            for node in self._walk(part):
                if before is not None:
                    place = (offset + self.feature[before]).ravel()
                    step = (self.value[node] - self.value[before]).ravel()
                    sums += np.bincount(place, step, len(sums))
                before = node
            moved[at : at + _BATCH] = sums.reshape(len(part), width).astype(np.int64)
        return moved


class Calibration(NamedTuple):
    """Log odds and the share of boilerplate, in thousandths, that was measured there; straight lines between."""

    odds: npt.NDArray[np.int64]
    share: npt.NDArray[np.int64]

    def score(self, odds: npt.NDArray[np.int64]) -> list[float]:
        """Return the share of boilerplate among lines of these log odds, with three decimals."""
        inside = np.clip(odds, self.odds[0], self.odds[-1])
        right = np.clip(np.searchsorted(self.odds, inside), 1, len(self.odds) - 1)
        left = right - 1
        width = np.maximum(self.odds[right] - self.odds[left], 1)
        thousandths = self.share[left] + (inside - self.odds[left]) * (self.share[right] - self.share[left]) // width
        return [int(value) / 1000 for value in thousandths]


class Reader(NamedTuple):
    """A forest with the calibration of its scores."""

    forest: Forest
    calibration: Calibration

    def score(self, matrix: npt.NDArray[np.float64]) -> list[float]:
        """Return the calibrated score of each row, with three decimals."""
        return self.calibration.score(self.forest.judge(matrix))


class Model(NamedTuple):
    """What the stage judges by: `article` for paragraphs; for a whole page `glance`, then `page` with context."""

    tables: Tables
    article: Reader
    glance: Forest
    page: Reader


@lru_cache(maxsize=1)
def load() -> Model:
    """Return the model that ships with the stage, reading it once a process."""
    with files("copydesk_stages.boilerplate").joinpath(FILE).open("rb") as file, np.load(file) as stored:
        held = {name: stored[name] for name in stored.files}
    if held["names"].tolist() != [*NAMES, *context.NAMES]:
        raise ValueError(f"{FILE} was made for other features than this version has; make it anew with train.py")
    tables = Tables(held["classes"], held["weights"], held["rarity"])
    return Model(tables, _reader(held, "article"), _forest(held, "glance"), _reader(held, "page"))


def _forest(held: dict[str, Any], name: str) -> Forest:
    depth, base = (int(number) for number in held[f"{name}_depth_base"])
    roots, feature, threshold, child, value = (
        held[f"{name}_{part}"] for part in ("roots", "feature", "threshold", "child", "value")
    )
    return Forest(roots, feature, threshold, child, value, depth, base)


def _reader(held: dict[str, Any], name: str) -> Reader:
    return Reader(_forest(held, name), Calibration(held[f"{name}_odds"], held[f"{name}_share"]))
