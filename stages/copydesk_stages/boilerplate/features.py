"""What the model knows of each short line: its own looks, its wording, its neighbours and its document, as numbers.

Every number is a whole number, a yes or no, or one division of two whole numbers, so that each machine gets the same
bits. `NAMES` lists them in the order of the matrix; training and use share this module.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from copydesk_stages.boilerplate import ngrams, overlap
from copydesk_stages.boilerplate.classes import CODE
from copydesk_stages.boilerplate.classes import NAMES as CLASSES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: A longer line is a paragraph to the eye and counts as body text.
LONG = 140

OWN = (
    "chars", "words", "letters_share", "upper_share", "digit_share", "mark_share", "ideograph_share", "capital_words",
    "first_class", "last_class", "stops", "commas", "colons", "quotes", "dashes", "bars", "brackets", "links",
    "symbols", "word_length", "numbers", "inner_stops", "plain_share",
)  # fmt: skip
WORDING = ("wording", "wording_mean", "wording_words", "wording_best", "wording_worst")
AROUND = (
    "before_chars", "after_chars", "before2_chars", "after2_chars", "before_last", "after_last", "before_first",
    "after_first", "before_wording", "after_wording", "before2_wording", "after2_wording", "run", "run_place",
    "run_wording", "run_best", "to_long_before", "to_long_after", "near_wording", "density3", "density10", "density30",
    "like_before", "like_after",
)  # fmt: skip
PLACE = ("from_start", "from_end", "place", "body_before", "body_after")
WHOLE = (
    "lines", "short_share", "longs", "long_chars", "all_wording", "all_stops", "all_furniture", "shape_count",
    "start_count", "same_count", "all_plain",
)  # fmt: skip
OVERLAP = overlap.NAMES
NAMES = OWN + WORDING + AROUND + PLACE + WHOLE + OVERLAP
GROUPS = {
    name: group
    for group, names in (
        ("own", OWN), ("wording", WORDING), ("around", AROUND), ("place", PLACE), ("whole", WHOLE),
        ("overlap", OVERLAP),
    )
    for name in names
}  # fmt: skip

_LETTERS = [CODE[n] for n in ("lower", "upper", "letter", "ideograph")]
_MARKS = [CODE[n] for n in ("stop", "comma", "colon", "quote", "dash", "bar", "bracket", "link", "symbol", "other")]
_PLAIN = re.compile(r"[A-Za-z]")
#: Lines whose n-grams are held at once: some 200 of each, at eight bytes and more.
_BATCH = 2000
_ABSENT = -1.0
#: Wording of a line that was not looked at because it is a paragraph: as far from furniture as lines get.
_PARAGRAPH_WORDING = -40.0


#: A text with this share of wide characters, such as Chinese ones, is measured by what they say.
_WIDE_TEXT = 0.2
_FIRST_WIDE = 0x2E80
_WIDE = re.compile("[\u2e80-\U0003ffff]")


class Tables(NamedTuple):
    """What the wording of a line is judged by: class of each code point, and the weight of each hashed n-gram."""

    classes: npt.NDArray[np.uint8]
    weights: npt.NDArray[np.int8]
    rarity: npt.NDArray[np.uint8]


class Looked(NamedTuple):
    """The lines that were looked at (their numbers in the document) and one row of `NAMES` for each."""

    rows: Ints
    matrix: Floats


def _share(part: Any, whole: Any) -> Floats:
    result: Floats = np.asarray(part, np.float64) / np.maximum(whole, 1)
    return result


class Wording(NamedTuple):
    """How a line is worded: positive is like furniture."""

    total: Floats  # sum of the n-gram weights over the root of their number
    mean: Floats
    words: Floats
    best: Floats
    worst: Floats


def wording(lines: list[str], tables: Tables) -> Wording:
    """Return for each line how it is worded."""
    parts = [_worded(lines[at : at + _BATCH], tables) for at in range(0, len(lines), _BATCH)]
    return parts[0] if len(parts) == 1 else Wording(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _worded(lines: list[str], tables: Tables) -> Wording:
    found = ngrams.grams(lines, tables.classes == CODE["digit"])
    weight = tables.weights[found.buckets].astype(np.float64)
    count = len(lines)
    number = np.bincount(found.lines, minlength=count)
    total = np.bincount(found.lines, weight, count)
    word_lines, word_weight = found.lines[found.chars :], weight[found.chars :]
    best, worst = np.full(count, -128.0), np.full(count, 127.0)
    np.maximum.at(best, word_lines, word_weight)
    np.minimum.at(worst, word_lines, word_weight)
    words = np.bincount(word_lines, word_weight, count)
    return Wording(total / np.sqrt(number), _share(total, number), words.astype(np.float64), best, worst)


def _own(lines: list[str], lengths: Ints, tables: Tables) -> tuple[list[Any], Ints, Ints]:
    points = ngrams.codes(lines)
    is_break = points == 10
    line_of = np.cumsum(is_break) - 1
    kinds = tables.classes[np.minimum(points, 0xFFFF)]
    kinds = np.where(points > 0xFFFF, np.where(points >= 0x20000, CODE["ideograph"], CODE["symbol"]), kinds)
    breaks = np.flatnonzero(is_break)
    count, width = len(lines), len(CLASSES)
    inside = np.flatnonzero(~is_break)
    counts = np.bincount(line_of[inside] * width + kinds[inside], minlength=count * width).reshape(count, width)
    first = np.where(lengths > 0, kinds[breaks[:-1] + 1], 0)
    last = np.where(lengths > 0, kinds[breaks[1:] - 1], 0)
    gap = (kinds == CODE["space"]) | is_break
    starts = np.flatnonzero(gap[:-1] & ~gap[1:]) + 1
    words = np.bincount(line_of[starts], minlength=count)
    capital = np.bincount(line_of[starts], kinds[starts] == CODE["upper"], count)
    is_digit = kinds == CODE["digit"]
    number_starts = np.flatnonzero(~is_digit[:-1] & is_digit[1:]) + 1
    numbers = np.bincount(line_of[number_starts], minlength=count)
    size = counts.sum(axis=1)
    letters = counts[:, _LETTERS].sum(axis=1)
    cased = counts[:, CODE["upper"]] + counts[:, CODE["lower"]]
    stops = counts[:, CODE["stop"]]
    # Letters of the English alphabet: a line in another script than its document is seldom the document's.
    folded = points | 32
    plain = np.bincount(line_of[inside], ((folded >= 97) & (folded <= 122))[inside], count)
    columns = [
        lengths, words, _share(letters, size), _share(counts[:, CODE["upper"]], cased),
        _share(counts[:, CODE["digit"]], size), _share(counts[:, _MARKS].sum(axis=1), size),
        _share(counts[:, CODE["ideograph"]], size), _share(capital, words), first, last, stops,
        counts[:, CODE["comma"]], counts[:, CODE["colon"]], counts[:, CODE["quote"]], counts[:, CODE["dash"]],
        counts[:, CODE["bar"]], counts[:, CODE["bracket"]], counts[:, CODE["link"]], counts[:, CODE["symbol"]],
        _share(letters, words), numbers, stops - (last == CODE["stop"]), _share(plain, size),
    ]  # fmt: skip
    return columns, first, last


def _shift(values: Any, by: int, fill: float) -> Floats:
    moved = np.full(len(values), fill)
    if by > 0:
        moved[by:] = values[:-by]
    else:
        moved[:by] = values[-by:]
    return moved


def _window(sums: Any, reach: int) -> tuple[Any, Any]:
    """Return the sums over `reach` lines to either side of each line, and how many lines these are."""
    size = len(sums) - 1
    low = np.maximum(np.arange(size) - reach, 0)
    high = np.minimum(np.arange(size) + reach + 1, size)
    return sums[high] - sums[low], high - low


def _sums(values: Any) -> Any:
    return np.concatenate([[0], np.cumsum(values)])


def _around(rows: Ints, lengths: Ints, score: Floats, mean: Floats, ends: tuple[Ints, Ints]) -> list[Any]:
    first, last = ends
    size = len(lengths)
    long = lengths >= LONG
    numbers = np.arange(size)
    long_before = np.maximum.accumulate(np.where(long, numbers, -1))
    long_after = np.minimum.accumulate(np.where(long, numbers, size)[::-1])[::-1]
    run = np.where(long, 1, long_after - long_before - 1)
    run_place = np.where(long, 0, numbers - long_before)
    score_sums, length_sums = _sums(score), _sums(np.minimum(lengths, 600) * long)
    low, high = np.minimum(long_before + 1, numbers), np.maximum(long_after, numbers + 1)
    run_score = _share(score_sums[high] - score_sums[low], high - low)
    run_best = np.array([score[a:b].max() for a, b in zip(low[rows], np.minimum(high, low + 40)[rows], strict=True)])
    near, near_size = _window(score_sums, 3)
    dense = [_share(*_window(length_sums, reach)) for reach in (3, 10, 30)]
    like = (first[1:] == first[:-1]) & (last[1:] == last[:-1])
    like = like & (np.abs(np.diff(lengths)) * 3 <= np.maximum(lengths[1:], lengths[:-1]))
    columns = [
        _shift(lengths, 1, _ABSENT), _shift(lengths, -1, _ABSENT), _shift(lengths, 2, _ABSENT),
        _shift(lengths, -2, _ABSENT), _shift(last, 1, _ABSENT), _shift(last, -1, _ABSENT), _shift(first, 1, _ABSENT),
        _shift(first, -1, _ABSENT), _shift(mean, 1, 0), _shift(mean, -1, 0), _shift(mean, 2, 0), _shift(mean, -2, 0),
        run, run_place, run_score, None, np.where(long_before < 0, 999, numbers - long_before),
        np.where(long_after >= size, 999, long_after - numbers), _share(near, near_size), *dense,
        np.concatenate([[False], like]), np.concatenate([like, [False]]),
    ]  # fmt: skip
    return [run_best if column is None else column[rows] for column in columns]


def _counts(keys: list[Any]) -> Ints:
    seen = Counter(keys)
    return np.array([seen[key] for key in keys], np.intp)


def _plain_share(texts: list[str]) -> float:
    sample = "".join(texts)[:4000]
    return len(_PLAIN.findall(sample)) / max(1, len(sample))


def sizes(texts: list[str]) -> list[int]:
    """Return the characters of each text; in a text in Chinese, Japanese or Korean a wide one counts as two letters.

    >>> sizes(["Die Fähre kommt.", "フェリーが来る。"])
    [16, 16]
    """
    sample = "".join(texts[:200])[:4000]
    if sample.isascii() or (ngrams.codes([sample]) >= _FIRST_WIDE).sum() < _WIDE_TEXT * len(sample):
        return [len(text) for text in texts]
    return [len(text) + len(_WIDE.findall(text)) for text in texts]


def look(texts: list[str], tables: Tables, *, longest: int | None = LONG) -> Looked:
    """Return the features of every line with at most `longest` characters; of every line where it is None."""
    lengths = np.array(sizes(texts), np.intp)
    rows = np.arange(len(texts)) if longest is None else np.flatnonzero(lengths <= longest)
    if not len(rows):
        return Looked(rows, np.empty((0, len(NAMES))))
    lines = [ngrams.clip(texts[row]) for row in rows]
    own, first_short, last_short = _own(lines, np.minimum(lengths[rows], ngrams.HEAD + ngrams.TAIL), tables)
    worded = wording(lines, tables)
    size = len(texts)
    score = np.full(size, _PARAGRAPH_WORDING * 5)
    score[rows] = worded.total
    means = np.full(size, _PARAGRAPH_WORDING)
    means[rows] = worded.mean
    first, last = np.full(size, CODE["upper"], np.intp), np.full(size, CODE["stop"], np.intp)
    for number in np.setdiff1d(np.arange(size), rows).tolist():
        text = texts[number]
        ends = (min(ord(text[at]), 0xFFFF) for at in (0, -1))
        first[number], last[number] = (tables.classes[end] for end in ends)
    first[rows], last[rows] = first_short, last_short
    around = _around(rows, lengths, score, means, (first, last))
    long = lengths >= LONG
    body = np.cumsum(lengths * long)
    count = len(rows)
    place = [rows, size - 1 - rows, _share(rows, size), body[rows] > 0, _share((body[-1] - body)[rows], body[-1])]
    shapes = list(zip(first_short.tolist(), last_short.tolist(), (own[1] // 3).tolist(), strict=True))
    whole = [
        size, (size - long.sum()) / size, long.sum(), body[-1] / max(1, long.sum()),
        # Summed exactly: the order in which numpy adds depends on the machine.
        math.fsum(worded.mean.tolist()) / count, (last_short == CODE["stop"]).sum() / count,
        (worded.total > 0).sum() / count, _counts(shapes), _counts([line[:4] for line in lines]), _counts(lines),
        _plain_share(texts),
    ]  # fmt: skip
    known = overlap.overlaps(texts, rows.tolist(), long.tolist(), tables.rarity)
    matrix = np.empty((count, len(NAMES)))
    for number, column in enumerate((*own, *worded, *around, *place, *whole, *known.T)):
        matrix[:, number] = column
    return Looked(rows, matrix)
