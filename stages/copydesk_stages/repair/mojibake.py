"""UTF-8 that was read as something else: found and read back, by line and then by word."""

from __future__ import annotations

import re
from typing import NamedTuple

from copydesk_stages.repair.plausible import badness
from copydesk_stages.repair.roads import Road, roads, walk

_MARGIN = 2.0
_WORD = re.compile(r"[^ \t\n\r\f\v]+")
_MAX_TIMES = 4
_SAMPLE = 400


class Repair(NamedTuple):
    """A stretch of a line and what it was: `roads` in the order in which they are walked back, `gain` in badness."""

    start: int
    end: int
    text: str
    roads: tuple[str, ...]
    gain: float


def mend_line(line: str) -> list[Repair]:
    """Return the repairs of one line, in order."""
    whole = _mend_whole(line)
    if whole:
        return [whole]
    return _mend_words(line)


def _mend_whole(text: str) -> Repair | None:
    now, walked, total = text, [], 0.0
    for _ in range(_MAX_TIMES):
        best = _best(now)
        if best is None:
            break
        now, road, gain = best
        walked.append(road.name)
        total += gain
    return Repair(0, len(text), now, tuple(walked), total) if walked else None


def _best(text: str) -> tuple[str, Road, float] | None:
    if text.isascii():
        return None
    found: list[tuple[float, int, str, Road]] = []
    seen: set[str] = set()
    for rank, road in enumerate(roads()):
        read = walk(text, road)
        if read is not None and read not in seen:
            seen.add(read)
            found.append((badness(read), rank, read, road))
    if not found:
        return None
    cost, _, read, road = min(found)
    gain = round(badness(text) - cost, 3)
    return (read, road, gain) if gain >= _MARGIN else None


class _Token(NamedTuple):
    start: int
    end: int
    text: str


def _mend_words(line: str) -> list[Repair]:
    tokens = [_Token(m.start(), m.end(), m.group()) for m in _WORD.finditer(line) if not m.group().isascii()]
    return _mend_run(tokens, frozenset())


def _mend_run(tokens: list[_Token], used: frozenset[str]) -> list[Repair]:
    if not tokens:
        return []
    best: tuple[float, int, int, Road, list[str]] | None = None
    costs = [badness(token.text) for token in tokens]
    for road in roads():
        at = 0
        reads = [walk(token.text, road) for token in tokens]
        while at < len(tokens):
            if reads[at] is None:
                at += 1
                continue
            end = at
            while end < len(tokens) and reads[end] is not None:
                end += 1
            gains = [costs[i] - badness(reads[i] or "") for i in range(at, end)]
            first, last, total = _best_stretch(gains)
            if total >= _MARGIN and (best is None or total > best[0] + 1e-9):
                best = (total, at + first, at + last, road, [r or "" for r in reads[at + first : at + last]])
            at = end
    if best is None:
        return []
    total, first, last, road, read = best
    mended = []
    for token, text in zip(tokens[first:last], read, strict=True):
        again = _mend_whole(text)
        walked = (road.name, *again.roads) if again else (road.name,)
        mended.append(Repair(token.start, token.end, again.text if again else text, walked, round(total, 3)))
    return [*_mend_run(tokens[:first], used), *mended, *_mend_run(tokens[last:], used)]


def _best_stretch(gains: list[float]) -> tuple[int, int, float]:
    """Return first, last (exclusive) and sum of the run of gains with the largest sum."""
    best = (0, 0, 0.0)
    start, total = 0, 0.0
    for index, gain in enumerate(gains):
        if total <= 0:
            start, total = index, 0.0
        total += gain
        if total > best[2]:
            best = (start, index + 1, total)
    return best
