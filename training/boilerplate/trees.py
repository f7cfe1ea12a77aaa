"""Gradient boosting by scikit-learn, and its trees as the arrays that the stage walks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from copydesk_stages.boilerplate.model import UNIT, Calibration, Forest

SETTINGS = {
    "learning_rate": 0.08, "max_iter": 200, "max_leaf_nodes": 24, "max_depth": 7, "min_samples_leaf": 30,
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


def calibrate(odds: npt.NDArray[np.int64], is_boilerplate: npt.NDArray[np.int64], knots: int = 96) -> Calibration:
    """Return the share of boilerplate over log odds: Platt's sigmoid, as straight lines between knots.

    Where forests were fitted with weights their odds are not those of the data; the sigmoid puts that right (Platt,
    1999), and unlike a step function it keeps the order of lines for thresholds set anywhere.
    """
    scaled = (odds / UNIT)[:, None]
    sigmoid = LogisticRegression(C=1e6, tol=1e-8).fit(scaled, is_boilerplate)
    places = np.unique(np.linspace(odds.min(), odds.max(), knots).astype(np.int64))
    shares = sigmoid.predict_proba((places / UNIT)[:, None])[:, 1]
    return Calibration(places, np.rint(shares * 1000).clip(1, 999).astype(np.int64))
