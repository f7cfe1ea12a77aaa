"""Is a document out of order at all? A look at the given order alone, without a search."""

from __future__ import annotations

import math

from copydesk_stages.reorder.model import Scores


def features(scores: Scores) -> dict[str, float]:
    """Return how the given order looks, each as a number that is about 0 for a shuffled document.

    `place`: how well the paragraphs fall from those that belong in front to those that don't, in standard deviations
    of random orders. `ahead` and `behind`: pairs that a name, an acronym or a number puts the right or the wrong way
    round, against the square root of the paragraphs. `link`: how much better neighbours fit than paragraphs further
    apart. `first` and `last`: how the given first and last compare with the others. `size`: how many there are.
    """
    n = len(scores.place)
    mean = sum(scores.place) / n
    centred = [value - mean for value in scores.place]
    spread = math.sqrt(sum([v * v for v in centred]) / n) or 1.0
    steps = [n - 1 - 2 * i for i in range(n)]
    norm = math.sqrt(sum([s * s for s in steps]))
    place = sum([s * v for s, v in zip(steps, centred, strict=True)]) / (spread * norm)
    right = sum([sum(scores.ahead[i][i + 1 :]) for i in range(n)])
    wrong = sum([sum(scores.ahead[i][:i]) for i in range(n)])
    near = [scores.link(i, i + 1) for i in range(n - 1)]
    far = [scores.link(i, (i + shift) % n) for shift in (n // 3, n // 2) for i in range(n)]
    level = sum(far) / len(far)
    deviation = math.sqrt(sum([(v - level) ** 2 for v in far]) / len(far)) or 1.0
    link = (sum(near) / len(near) - level) / deviation * math.sqrt(len(near)) / 2
    return {
        "place": place,
        "ahead": math.sqrt(right / 1000.0) if right > 0 else 0.0,
        "behind": math.sqrt(wrong / 1000.0) if wrong > 0 else 0.0,
        "link": link,
        "first": _standing(scores.first, 0),
        "last": _standing(scores.last, n - 1),
        "size": math.log(n / 15.0),
    }


def _standing(values: list[int], index: int) -> float:
    """Return the log-probability of one of these under a softmax, against an even chance."""
    top = max(values)
    weights = [math.exp((v - top) / 1000.0) for v in values]
    return math.log(weights[index] / sum(weights) * len(values) + 1e-3)


def confidence(scores: Scores) -> float:
    """Return the probability that the document is out of order, from 0 to 1, rounded to 3 decimals."""
    gate = scores.weights.gate
    z = gate["bias"] + sum([gate.get(name, 0.0) * value for name, value in features(scores).items()])
    return round(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z)))), 3)
