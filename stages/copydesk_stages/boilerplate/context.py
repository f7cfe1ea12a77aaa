"""A second look at a page: what the first look thinks of the lines around each line."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt

from copydesk_stages.boilerplate import overlap

#: Log odds beyond this say no more, in the whole numbers of the forests.
_CAP = 4 * 4096
_REACHES = (1, 2, 4, 8, 16, 40)
#: Of a line, so many characters and different words are looked up among the article's words.
_MOST_CHARS = 400
_MOST_WORDS = 40

NAMES = (
    "odds", *(f"odds_before{n}" for n in _REACHES), *(f"odds_after{n}" for n in _REACHES),
    *(f"text_before{n}" for n in _REACHES), *(f"text_after{n}" for n in _REACHES), "odds_before", "odds_after",
    "odds_before_second", "odds_after_second", "text_ahead", "text_behind", "text_share", "to_core", "in_core",
    "run_of_text", "page_odds", "page_text", "story_known", "story_rarest", "story_unknown", "story_rarity",
)  # fmt: skip


def _sums(values: Any) -> Any:
    return np.concatenate([[0], np.cumsum(values)])


def _core(text: Any) -> tuple[int, int]:
    """Return the stretch of lines with the largest sum (Kadane), the end not counted: where the article likely is."""
    best, best_span, running, start = 0, (0, 0), 0, 0
    for number, value in enumerate(text.tolist()):
        if running <= 0:
            running, start = 0, number
        running += value
        if running > best:
            best, best_span = running, (start, number + 1)
    return best_span


def _weight(lengths: Any) -> Any:
    return np.minimum(lengths, 400) + 10


def _story(
    texts: list[str], is_text: list[bool], span: tuple[int, int], rarity: npt.NDArray[np.uint8]
) -> npt.NDArray[np.float64]:
    """Return how much of each line's wording the other lines of the article know, rare words counting for more.

    Teasers of other stories are worded as an article is; what they speak of is what gives them away.
    """
    stems = [
        dict.fromkeys(overlap.stem(word) for word in overlap.all_words(text[:_MOST_CHARS])[:_MOST_WORDS])
        for text in texts
    ]
    within = [span[0] <= number < span[1] and of_text for number, of_text in enumerate(is_text)]
    seen = Counter(one for words, counts in zip(stems, within, strict=True) if counts for one in words)
    weights: dict[str, int] = {}
    result = np.full((len(texts), 4), -1.0)
    for number, (words, own) in enumerate(zip(stems, within, strict=True)):
        if not words:
            continue
        total = known = rarest = unknown = 0
        for one in words:
            if one not in weights:
                weights[one] = int(rarity[overlap.bucket(one)]) + 1
            weight = weights[one]
            total += weight
            if seen[one] > own:
                known += weight
                rarest = max(rarest, weight)
            else:
                unknown = max(unknown, weight)
        result[number] = known / total, rarest, unknown, total
    return result


def again(
    texts: list[str],
    matrix: npt.NDArray[np.float64],
    odds: npt.NDArray[np.int64],
    rarity: npt.NDArray[np.uint8],
) -> npt.NDArray[np.float64]:
    """Return `matrix` with columns for what the log odds of the first look are around each line.

    Every line of the page has to be there, in order. The first column of `matrix` are the lines' characters.
    """
    size = len(odds)
    capped = np.clip(odds, -_CAP, _CAP)
    numbers = np.arange(size)
    lengths = matrix[:, 0].astype(np.int64)
    weight = _weight(lengths)
    odds_sums, text_sums, weight_sums = _sums(capped), _sums(np.where(odds < 0, weight, 0)), _sums(weight)
    columns: list[Any] = [capped]
    for sums, whole in ((odds_sums, None), (text_sums, weight_sums)):
        for sign in (-1, 1):
            for reach in _REACHES:
                low = np.maximum(numbers - reach, 0) if sign < 0 else numbers + 1
                high = numbers if sign < 0 else np.minimum(numbers + 1 + reach, size)
                part = sums[high] - sums[low]
                total = high - low if whole is None else whole[high] - whole[low]
                columns.append(part / np.maximum(total, 1))
    for by in (1, -1, 2, -2):
        moved = np.full(size, _CAP)
        if by > 0:
            moved[by:] = capped[:-by]
        else:
            moved[:by] = capped[-by:]
        columns.append(moved)
    all_text = max(1, int(text_sums[-1]))
    start, end = _core(-capped * weight // 4096)
    away = np.where(numbers < start, start - numbers, np.where(numbers >= end, numbers - end + 1, 0))
    is_text = odds < 0
    last_other = np.maximum.accumulate(np.where(is_text, -1, numbers))
    next_other = np.minimum.accumulate(np.where(is_text, size, numbers)[::-1])[::-1]
    columns += [
        text_sums[numbers] / all_text, (text_sums[-1] - text_sums[numbers + 1]) / all_text, weight * is_text / all_text,
        away, (away == 0) * (end - start), np.where(is_text, next_other - last_other - 1, 0),
        np.full(size, capped.sum() / max(1, size)), np.full(size, all_text / max(1, int(weight_sums[-1]))),
    ]  # fmt: skip
    known = _story(texts, is_text.tolist(), (start, end), rarity)
    return np.column_stack([matrix, *columns, known]).astype(np.float64)
