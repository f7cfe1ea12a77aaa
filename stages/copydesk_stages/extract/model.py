"""The second reader: boosted trees that give each line the probability that it belongs to the main text.

The trees are made by training/extract and kept as arrays. Their leaves are whole numbers, so that the sum over all
trees is the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Leaves are stored as whole multiples of one over this.
SCALE = 1_000_000
# Lines times trees that are looked at in one go; bounds memory.
_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Trees:
    """A forest as flat arrays: for each node its feature, threshold and children; a leaf is its own child."""

    roots: Any
    feature: Any
    threshold: Any
    left: Any
    right: Any
    value: Any
    base: int
    depth: int

    def probability(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a probability for each row of features, rounded to 3 decimals."""
        import numpy as np

        step = max(1, _AT_ONCE // len(self.roots))
        sums = [self._sum(rows[at : at + step]) for at in range(0, len(rows), step)]
        raw = np.concatenate(sums) if sums else np.zeros(0)
        return np.asarray(np.round(1.0 / (1.0 + np.exp(-(raw + self.base) / SCALE)), 3))

    def _sum(self, rows: NDArray[np.float64]) -> Any:
        import numpy as np

        count, width = rows.shape
        flat = np.ascontiguousarray(rows).ravel()
        offset = (np.arange(count) * width)[:, None]
        at = np.broadcast_to(self.roots, (count, len(self.roots)))
        for _ in range(self.depth):
            goes_left = flat[offset + self.feature[at]] <= self.threshold[at]
            at = np.where(goes_left, self.left[at], self.right[at])
        return self.value[at].sum(axis=1)


@lru_cache(maxsize=4)
def load(name: str) -> Trees:
    """Return the trees of that name that ship with this package."""
    from importlib.resources import files

    import numpy as np

    with files("copydesk_stages.extract").joinpath(f"{name}.npz").open("rb") as file, np.load(file) as stored:
        arrays = {key: stored[key] for key in stored.files}
    return Trees(
        arrays["roots"].astype(np.int64),
        arrays["feature"].astype(np.int64),
        arrays["threshold"],
        arrays["left"].astype(np.int64),
        arrays["right"].astype(np.int64),
        arrays["value"].astype(np.int64),
        int(arrays["base"]),
        int(arrays["depth"]),
    )
