"""Hashed n-grams of many short lines at once: whole-number arithmetic only, so the sums are the same everywhere.

The hash of a stretch of text is a polynomial in its code points modulo 2**64 (Karp and Rabin, 1987). Prefix sums give
the hash of any stretch in constant time, so n-grams of every length, words and whole lines cost one gather each.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

UInt = npt.NDArray[np.uint64]

#: log2 of the number of hash buckets.
BITS = 18
#: Lengths of the character n-grams.
LENGTHS = (2, 3, 4, 5)
#: Of a long line only its beginning and its end are looked at.
HEAD, TAIL = 160, 60

_BASE = 0x9E3779B97F4A7C15
_MIX = 0xD6E8FEB86659FD93
_SALTS = {"char": 0, "word": 0x51ED270B0B5A1F35, "pair": 0x2545F4914F6CDD1D, "line": 0x7FB5D329728EA185}
_MASK = (1 << 64) - 1


class Grams(NamedTuple):
    """Buckets of the n-grams and the line that each belongs to; the first `chars` of them are of characters."""

    buckets: npt.NDArray[np.intp]
    lines: npt.NDArray[np.intp]
    chars: int


@lru_cache(maxsize=1)
def _powers(size: int) -> tuple[UInt, UInt]:
    inverse = pow(_BASE, -1, 1 << 64)
    up, down = np.ones(size, np.uint64), np.ones(size, np.uint64)
    up[1:] = np.uint64(_BASE)
    down[1:] = np.uint64(inverse)
    with np.errstate(over="ignore"):
        return np.multiply.accumulate(up), np.multiply.accumulate(down)


def _powers_for(size: int) -> tuple[UInt, UInt]:
    room = 1 << 14
    while room < size:
        room *= 2
    return _powers(room)


def clip(line: str) -> str:
    """Return a line with white space folded, its middle left out where it is long."""
    folded = " ".join(line.split())
    return folded if len(folded) <= HEAD + TAIL else f"{folded[:HEAD]} {folded[-TAIL:]}"


def codes(lines: list[str]) -> npt.NDArray[np.uint32]:
    """Return the code points of the lines, each line after a line feed and one more at the end."""
    joined = "\n" + "\n".join(lines) + "\n"
    return np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)


def grams(lines: list[str], digit: npt.NDArray[np.bool_]) -> Grams:
    """Return the hashed n-grams of lines that `clip` has made, in lower case, every digit read as 0.

    `digit` tells for each code point below 0x10000 whether it is a digit. The n-grams are those of characters (the
    line's two ends count as characters), words, pairs of words and the whole line.
    """
    points = codes([line.lower() for line in lines])
    points = np.where(digit[np.minimum(points, 0xFFFF)], np.uint32(0x30), points)
    is_break = points == 10
    line_of: Any = np.cumsum(is_break) - 1
    size = len(points)
    up, down = _powers_for(size + 1)
    prefix = np.zeros(size + 1, np.uint64)
    np.cumsum((points + np.uint32(1)).astype(np.uint64) * up[:size], out=prefix[1:])

    def stretch(start: Any, end: Any, salt: str) -> UInt:
        raw = (prefix[end] - prefix[start]) * down[start] + np.uint64(_SALTS[salt])
        raw ^= raw >> np.uint64(29)
        mixed: UInt = (raw * np.uint64(_MIX)) >> np.uint64(64 - BITS)
        return mixed

    found: list[UInt] = []
    where: list[Any] = []
    for n in LENGTHS:
        starts = max(size - n + 1, 0)
        start = np.flatnonzero(line_of[:starts] == line_of[n - 2 : n - 2 + starts])
        found.append(stretch(start, start + n, "char"))
        where.append(line_of[start])
    chars = sum(len(part) for part in found)
    gap = is_break | (points == 32)
    edges = np.flatnonzero(gap)
    first, last = edges[:-1] + 1, edges[1:]
    full = last > first
    first, last = first[full], last[full]
    word_line = line_of[first]
    found.append(stretch(first, last, "word"))
    where.append(word_line)
    paired = word_line[1:] == word_line[:-1]
    found.append(stretch(first[:-1][paired], last[1:][paired], "pair"))
    where.append(word_line[1:][paired])
    breaks = np.flatnonzero(is_break)
    found.append(stretch(breaks[:-1] + 1, breaks[1:], "line"))
    where.append(np.arange(len(lines)))
    return Grams(np.concatenate(found).astype(np.intp), np.concatenate(where).astype(np.intp), chars)
