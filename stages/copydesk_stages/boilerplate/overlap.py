"""How much of a short line's wording the paragraphs around it know, rare words counting for more."""

from __future__ import annotations

import re
from zlib import crc32

import numpy as np
import numpy.typing as npt

from copydesk_stages.unspaced import UNSPACED

#: Words that say what a line is about: four letters, or fewer with a capital or a digit among them ("Xi", "5G").
_WORD = re.compile(r"[^\W\d_]{4,}|[^\W\d_]*[A-ZÄÖÜА-Я\d][^\W_]+")
#: Scripts written without spaces: their words are pairs of characters.
_PAIR = re.compile(rf"(?=([{UNSPACED}]{{2}}))")
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
    written = [texts[number][:_MOST_PARAGRAPH] for number in places]
    lowered = [text.lower() for text in written]
    body, lower_body = ("\n".join(parts)[:_MOST_TEXT] for parts in (written, lowered))
    result = np.full((len(rows), len(NAMES)), -1.0)
    words = [words_of(texts[row]) for row in rows]
    stems = [[stem(word) for word in row_words] for row_words in words]
    shorts: dict[str, int] = {}
    for row_stems in stems:
        for one in set(row_stems):
            shorts[one] = shorts.get(one, 0) + 1
    weight_of = {one: int(rarity[bucket(one)]) + 1 for one in shorts}
    # A short word is looked for as it is written, a beginning in lower case.
    known_of = {one: one in (lower_body if one.islower() else body) for one in shorts}
    at = 0
    for index, (row, row_words, row_stems) in enumerate(zip(rows, words, stems, strict=True)):
        while at < len(places) and places[at] < row:
            at += 1
        if not row_stems:
            continue
        total = known = rarest_known = rarest_unknown = repeated = names = known_names = 0
        hits: list[tuple[str, int]] = []
        for one, word in zip(row_stems, row_words, strict=True):
            weight = weight_of[one]
            total += weight
            if shorts[one] > 1:
                repeated += weight
            hit = known_of[one]
            if not word.islower():
                names += weight
                known_names += weight * hit
            if hit:
                known += weight
                rarest_known = max(rarest_known, weight)
                hits.append((one, weight))
            else:
                rarest_unknown = max(rarest_unknown, weight)
        result[index, 6], result[index, 7], result[index, 10] = repeated / total, total, rarest_unknown
        if not places:
            continue
        result[index, 0], result[index, 8], result[index, 9] = known / total, known, rarest_known
        if names:
            result[index, 1] = known_names / names
        here = at if at < len(places) and places[at] == row else -1  # a paragraph that is looked at knows itself
        after = at if here < 0 else at + 1
        near = [n for n in range(max(at - 2, 0), min(after + 3, len(places))) if n != here]
        held = dict.fromkeys((*near, 0), 0)
        known_near = 0
        for one, weight in hits:
            source = lowered if one.islower() else written
            seen = False
            for n in held:
                if one in source[n]:
                    held[n] += weight
                    seen = seen or n in near
            known_near += weight * seen
        for column, n in ((2, at - 1), (3, after), (5, 0)):
            if 0 <= n < len(places) and n != here:
                result[index, column] = held[n] / total
        if near:
            result[index, 4] = known_near / total
    return result
