"""Gradient boosting by scikit-learn, and its trees as the arrays that the stage walks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression

from copydesk_stages.boilerplate.model import UNIT, Calibration, Forest

SETTINGS = {
    "learning_rate": 0.07, "max_iter": 220, "max_leaf_nodes": 24, "max_depth": 7, "min_samples_leaf": 30,
    "l2_regularization": 2.0, "max_features": 0.4, "max_bins": 63, "early_stopping": False, "random_state": 5,
}  # fmt: skip


def fit(rows: npt.NDArray[np.float32], is_boilerplate: npt.NDArray[np.int64], weights: npt.NDArray[np.float64],
        **changed: Any) -> Forest:  # fmt: skip
    """Return a forest that gives the log odds of boilerplate."""
    model = HistGradientBoostingClassifier(**{**SETTINGS, **changed}).fit(rows, is_boilerplate, sample_weight=weights)
    return export(model)


def export(model: HistGradientBoostingClassifier) -> Forest:
    """Return the trees of a fitted model as arrays, children side by side, leaf values as whole numbers."""
    roots: list[int] = []
    feature: list[int] = []
    threshold: list[float] = []
    child: list[int] = []
    value: list[int] = []
    depth = 0
    for (predictor,) in model._predictors:  # noqa: SLF001  # scikit-learn has no public door to its trees
        nodes = predictor.nodes
        means = _means(nodes)
        depth = max(depth, int(nodes["depth"].max()))
        queue = [0]
        roots.append(len(feature))
        start, at = len(feature), 0
        while at < len(queue):
            node = nodes[queue[at]]
            value.append(round(means[queue[at]] * UNIT))
            if node["is_leaf"]:
                feature.append(0)
                threshold.append(np.inf)
                child.append(start + at)
            else:
                feature.append(int(node["feature_idx"]))
                threshold.append(float(node["num_threshold"]))
                child.append(start + len(queue))
                queue += [int(node["left"]), int(node["right"])]
            at += 1
    base = round(float(model._baseline_prediction.ravel()[0]) * UNIT)  # noqa: SLF001
    return Forest(np.array(roots, np.int32), np.array(feature, np.uint8), np.array(threshold, np.float32),
                  np.array(child, np.int32), np.array(value, np.int32), depth, base)  # fmt: skip


def _means(nodes: Any) -> list[float]:
    """Return the value of each leaf, and for the nodes above them the mean of the leaves below."""
    means = [0.0] * len(nodes)
    for number in range(len(nodes) - 1, -1, -1):
        node = nodes[number]
        if node["is_leaf"]:
            means[number] = float(node["value"])
    for number in sorted(range(len(nodes)), key=lambda n: -int(nodes[n]["depth"])):
        node = nodes[number]
        if not node["is_leaf"]:
            left, right = int(node["left"]), int(node["right"])
            weights = int(nodes[left]["count"]), int(nodes[right]["count"])
            means[number] = (means[left] * weights[0] + means[right] * weights[1]) / max(1, sum(weights))
    return means


def calibrate(odds: npt.NDArray[np.int64], is_boilerplate: npt.NDArray[np.int64], weights: npt.NDArray[np.float64],
              knots: int = 48) -> Calibration:  # fmt: skip
    """Return the measured share of boilerplate over log odds: a rising line through equal shares of the lines."""
    rising = IsotonicRegression(y_min=0.001, y_max=0.999, out_of_bounds="clip")
    rising.fit(odds.astype(np.float64), is_boilerplate, sample_weight=weights)
    # More knots where boilerplate is likely: that is where thresholds are set.
    places = np.unique(np.concatenate([np.quantile(odds[is_boilerplate == label], np.linspace(0, 1, knots))
                                       for label in (0, 1)]).astype(np.int64))  # fmt: skip
    shares = np.maximum.accumulate(np.rint(rising.predict(places.astype(np.float64)) * 1000).astype(np.int64))
    return Calibration(places, shares)
