"""Trees of scikit-learn as the stage keeps them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from copydesk_stages.extract import model


def flatten(fitted: HistGradientBoostingClassifier) -> dict[str, Any]:
    """Return the trees of scikit-learn as flat arrays with whole-numbered leaves."""
    roots, parts, at, depth = [], defaultdict(list), 0, 0
    for (tree,) in fitted._predictors:  # noqa: SLF001  # the only place where scikit-learn keeps them
        nodes = tree.nodes
        leaf = nodes["is_leaf"].astype(bool)
        place = np.arange(len(nodes)) + at
        roots.append(at)
        depth = max(depth, int(nodes["depth"].max()))
        parts["feature"].append(np.where(leaf, 0, nodes["feature_idx"]))
        parts["threshold"].append(np.where(leaf, 0.0, nodes["num_threshold"]))
        parts["left"].append(np.where(leaf, place, nodes["left"] + at))
        parts["right"].append(np.where(leaf, place, nodes["right"] + at))
        parts["value"].append(np.where(leaf, np.round(nodes["value"] * model.SCALE), 0))
        at += len(nodes)
    start = fitted._baseline_prediction  # noqa: SLF001  # as above
    found = {name: np.concatenate(values) for name, values in parts.items()}
    return {
        "roots": np.array(roots, np.int32),
        "feature": found["feature"].astype(np.int16),
        "threshold": found["threshold"].astype(np.float64),
        "left": found["left"].astype(np.int32),
        "right": found["right"].astype(np.int32),
        "value": found["value"].astype(np.int32),
        "base": np.int64(round(float(start.ravel()[0]) * model.SCALE)),
        "depth": np.int64(depth),
    }
