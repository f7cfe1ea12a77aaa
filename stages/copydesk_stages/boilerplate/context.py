"""A second look at a page: what the first look thinks of the lines around each line."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

#: Log odds beyond this say no more, in the whole numbers of the forests.
_CAP = 4 * 4096
_REACHES = (1, 2, 4, 8, 16, 40)

NAMES = (
    "odds", *(f"odds_before{n}" for n in _REACHES), *(f"odds_after{n}" for n in _REACHES),
    *(f"text_before{n}" for n in _REACHES), *(f"text_after{n}" for n in _REACHES), "odds_before", "odds_after",
    "odds_before_second", "odds_after_second", "text_ahead", "text_behind", "text_share", "to_core", "in_core",
    "run_of_text", "page_odds", "page_text",
)  # fmt: skip


def _sums(values: Any) -> Any:
    return np.concatenate([[0], np.cumsum(values)])


def _core(text: Any) -> tuple[int, int]:
    """Return the stretch of lines with the largest sum (Kadane): where the article most likely stands."""
    best, best_span, running, start = 0, (0, 0), 0, 0
    for number, value in enumerate(text.tolist()):
        if running <= 0:
            running, start = 0, number
        running += value
        if running > best:
            best, best_span = running, (start, number + 1)
    return best_span


def again(matrix: npt.NDArray[np.float64], odds: npt.NDArray[np.int64], lengths: Any) -> npt.NDArray[np.float64]:
    """Return `matrix` with columns for what the log odds of the first look are around each line.

    Every line of the page has to be there, in order. `lengths` are the lines' characters.
    """
    size = len(odds)
    capped = np.clip(odds, -_CAP, _CAP)
    numbers = np.arange(size)
    weight = np.minimum(lengths, 400) + 10
    text = -capped * weight // 4096
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
    start, end = _core(text)
    away = np.where(numbers < start, start - numbers, np.where(numbers >= end, numbers - end + 1, 0))
    is_text = odds < 0
    last_other = np.maximum.accumulate(np.where(is_text, -1, numbers))
    next_other = np.minimum.accumulate(np.where(is_text, size, numbers)[::-1])[::-1]
    columns += [
        text_sums[numbers] / all_text, (text_sums[-1] - text_sums[numbers + 1]) / all_text, weight * is_text / all_text,
        away, (away == 0) * (end - start), np.where(is_text, next_other - last_other - 1, 0),
        np.full(size, capped.sum() / max(1, size)), np.full(size, all_text / max(1, int(weight_sums[-1]))),
    ]  # fmt: skip
    return np.column_stack([matrix, *columns]).astype(np.float64)
