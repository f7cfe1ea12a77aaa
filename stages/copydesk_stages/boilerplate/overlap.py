"""How much of a short line's wording the paragraphs around it know, rare words counting for more."""

from __future__ import annotations

import re
from zlib import crc32

import numpy as np
import numpy.typing as npt

#: Words that say what a line is about: four letters, or fewer with a capital or a digit among them ("Xi", "5G").
_WORD = re.compile(r"[^\W\d_]{4,}|[^\W\d_]*[A-ZÄÖÜА-Я\d][^\W_]+")
#: Scripts written without spaces: their words are pairs of characters.
_PAIR = re.compile(r"(?=([\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]{2}))")
_MOST_WORDS = 12
#: Beginnings, not whole words: "protesters" knows "protest".
_STEM = 5
#: Of the paragraphs, this many characters are searched: enough for an article, and a bound for a book.
_MOST_TEXT = 20_000
_MOST_PARAGRAPH = 2000
#: log2 of the number of buckets of the table of rarity.
RARITY_BITS = 16

NAMES = (
    "known", "known_names", "known_before", "known_after", "known_near", "known_first", "known_short", "rarity",
    "known_rarity", "rarest_known", "rarest_unknown",
)  # fmt: skip


def words_of(line: str) -> list[str]:
    """Return the words of a line that are long enough to say what it is about.

    >>> words_of("Read this: The dam of Aldersyde in 5G")
    ['Read', 'this', 'The', 'Aldersyde', '5G']
    """
    return all_words(line)[:_MOST_WORDS]


def all_words(line: str) -> list[str]:
    """Return all such words of a line."""
    found: list[str] = _WORD.findall(line)
    if len(found) < 2:
        found += _PAIR.findall(line)
    return found


def stem(word: str) -> str:
    """Return the beginning of a word, in lower case; a short one stays as it is, for "US" is not "us"."""
    return word.lower()[:_STEM] if len(word) >= 4 else word


def bucket(stemmed: str) -> int:
    """Return the bucket of a stem in the table of rarity."""
    return crc32(stemmed.encode("utf-8", "surrogatepass")) >> (32 - RARITY_BITS)


def overlaps(
    texts: list[str], rows: list[int], long: list[bool], rarity: npt.NDArray[np.uint8]
) -> npt.NDArray[np.float64]:
    """Return the columns `NAMES` for each row; -1 where there is nothing to compare."""
    places = [number for number, is_long in enumerate(long) if is_long]
    # Both cases, so that short words are looked for as they are written.
    cut = [texts[number][:_MOST_PARAGRAPH] for number in places]
    seen = [f"{text.lower()}\n{text}" for text in cut]
    body = "\n".join(seen)[: 2 * _MOST_TEXT]
    result = np.full((len(rows), len(NAMES)), -1.0)
    stems = [[stem(word) for word in words_of(texts[row])] for row in rows]
    shorts: dict[str, int] = {}
    for row_stems in stems:
        for one in set(row_stems):
            shorts[one] = shorts.get(one, 0) + 1
    at = 0
    for index, (row, row_stems) in enumerate(zip(rows, stems, strict=True)):
        while at < len(places) and places[at] < row:
            at += 1
        if not row_stems:
            continue
        weights = [int(rarity[bucket(one)]) + 1 for one in row_stems]
        total = sum(weights)
        known = [one in body for one in row_stems]
        result[index, 6] = sum(w for w, one in zip(weights, row_stems, strict=True) if shorts[one] > 1) / total
        result[index, 7] = total
        result[index, 10] = max((w for w, hit in zip(weights, known, strict=True) if not hit), default=0)
        if not places:
            continue
        weighed = [w for w, hit in zip(weights, known, strict=True) if hit]
        result[index, 0] = sum(weighed) / total
        result[index, 8] = sum(weighed)
        result[index, 9] = max(weighed, default=0)
        words = words_of(texts[row])
        names = [(w, hit) for w, hit, word in zip(weights, known, words, strict=True) if not word.islower()]
        if names:
            result[index, 1] = sum(w for w, hit in names if hit) / sum(w for w, _ in names)
        after = at + (at < len(places) and places[at] == row)  # body text that is looked at would know itself
        spans = ((2, at - 1, at), (3, after, after + 1), (4, max(at - 2, 0), after + 3), (5, 0, 1))
        for column, start, end in spans:
            near = [seen[n] for n in range(max(start, 0), min(end, len(seen))) if places[n] != row]
            if near and start >= 0:
                hits = sum(
                    w for w, one, hit in zip(weights, row_stems, known, strict=True)
                    if hit and any(one in text for text in near)
                )  # fmt: skip
                result[index, column] = hits / total
    return result
