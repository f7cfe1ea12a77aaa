"""The second reader: boosted trees that give each line the probability that it belongs to the main text.

The trees are made by training/extract and kept as arrays. Their leaves are whole numbers, so that the sum over all
trees is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    """A forest as flat arrays: for each node its feature, threshold and two children; a leaf is its own child.

    The children of node `n` are at `2 * n` (where the feature is larger than the threshold) and `2 * n + 1`.
    """

    roots: Any
    feature: Any
    threshold: Any
    children: Any
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
            goes_left = flat.take(offset + self.feature.take(at)) <= self.threshold.take(at)
            at = self.children.take(2 * at + goes_left)
        return self.value.take(at).sum(axis=1)


def grow(arrays: Mapping[str, Any]) -> Trees:
    """Return the trees that these stored arrays describe."""
    import numpy as np

    whole = {name: arrays[name].astype(np.int64) for name in ("roots", "feature", "left", "right", "value")}
    children = np.column_stack([whole["right"], whole["left"]]).ravel()
    return Trees(
        whole["roots"], whole["feature"], arrays["threshold"], children, whole["value"],
        int(arrays["base"]), int(arrays["depth"]),
    )  # fmt: skip


@lru_cache(maxsize=4)
def load(name: str) -> Trees:
    """Return the trees of that name that ship with this package."""
    from importlib.resources import files

    import numpy as np

    with files("copydesk_stages.extract").joinpath(f"{name}.npz").open("rb") as file, np.load(file) as stored:
        return grow(stored)
