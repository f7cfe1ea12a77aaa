"""Damage within clean lines: neighbouring words that one road reads back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from copydesk_stages.repair.gate import double_place, suspect, suspect_place
from copydesk_stages.repair.lost import may_be_lost, walk_lost
from copydesk_stages.repair.plausible import badness
from copydesk_stages.repair.reading import (
    LONGEST,
    MARGIN,
    NEAR,
    STILL_BAD,
    Repair,
    Ways,
    margin_for,
    mend_alone,
    mend_whole,
)
from copydesk_stages.repair.roads import roads, walk, walk_parts

_FOREIGN_WORD = re.compile(r"(?<![!-~])[!-~]*+[^\x00-\x7f][^ \t\n\r\f\v]*")  # one that is not all ASCII
# Ewe writes "gbeƒã"; where ƒ is a byte of UTF-8 read as Mac OS Roman, what follows is never ASCII.
_EWE = re.compile("[ƒƑ][A-Za-z]|[ɖɛɔʋɣ]")


class _Readings(NamedTuple):
    """What a word is along each road that reads it back, by the road's rank, and by how much that is likelier.

    `whole` are the ranks of the roads that it can have taken as a whole.
    """

    whole: frozenset[int]
    along: dict[int, tuple[str, float]]


class _Token(NamedTuple):
    start: int
    end: int
    text: str
    readings: _Readings


class _Run(NamedTuple):
    """Neighbouring words, from `first` to before `last`, that one road reads back."""

    gain: float
    rank: int
    first: int
    last: int
    reads: tuple[str, ...]


def mend_words(line: str, ways: Ways) -> list[Repair]:
    """Return the repairs of the words of a line that as a whole cannot be read back."""
    repairs = []
    for words in _neighbours(line, ways):
        start, end = words[0].start(), words[-1].end()
        alone = mend_alone(line[start:end], ways) if len(words) > 1 else None
        if alone:
            repairs.append(alone._replace(start=start, end=end))
        else:
            repairs += _mend_run(line, [_token(word, ways) for word in words], ways)
    return repairs


def _token(word: re.Match[str], ways: Ways) -> _Token:
    text = word.group()
    return _Token(*word.span(), text, (_met if len(text) <= _USUAL else _readings)(text, ways))


_USUAL = 100  # characters of a word that may well come again


@lru_cache(maxsize=4096)
def _met(word: str, ways: Ways) -> _Readings:
    return _readings(word, ways)


def _readings(word: str, ways: Ways) -> _Readings:
    whole = frozenset([rank for rank, _ in ways.roads_of(word)])
    cost, lost = badness(word[:LONGEST], latin=ways.latin), may_be_lost(word)
    along: dict[int, tuple[str, float]] = {}
    for rank, road in ways.roads():
        read = walk(word, road) if rank in whole else None
        if read is None and lost:
            read = walk_lost(word, road)
        parts = walk_parts(word, road) if read is None else None
        found = parts if read is None else read
        if found is not None:
            left = badness(found[:LONGEST], latin=ways.latin)
            if parts is None or left <= STILL_BAD or left <= _PART_LEFT * cost:
                along[rank] = (found, cost - left)
    return _Readings(whole, along)


# Of a word that is read back in parts, this share of the badness may stay.
_PART_LEFT = 0.4
# Words that are looked at together, so that the time stays in proportion to the length of a line.
_AT_A_TIME = 50


def _neighbours(line: str, ways: Ways) -> Iterator[list[re.Match[str]]]:
    """Yield the words that could be misread: together those between which all words look right and are ASCII."""
    words: list[re.Match[str]] = []
    for word in _suspects(line, double=ways.double):
        if words and (len(words) == _AT_A_TIME or not line[words[-1].end() : word.start()].isascii()):
            yield words
            words = []
        words.append(word)
    if words:
        yield words


def _suspects(line: str, *, double: bool) -> Iterator[re.Match[str]]:
    """Yield the words of a line that could be misread."""
    end = 0
    single_at, double_at = suspect_place(line), double_place(line) if double else None
    while single_at is not None or double_at is not None:
        place = min(at for at in (single_at, double_at) if at is not None)
        word = _FOREIGN_WORD.search(line, max(line.rfind(space, end, place) for space in " \t\f\v") + 1 or end)
        if word and word.start() <= place < word.end():
            if "ƒ" not in word.group() or not _EWE.search(line):
                yield word
            end = word.end()
        else:
            end = place + 1
        if single_at is not None and single_at < end:
            single_at = suspect_place(line, end)
        if double_at is not None and double_at < end:
            double_at = double_place(line, end)


def _mend_run(line: str, tokens: list[_Token], ways: Ways) -> list[Repair]:
    """Return the repairs of neighbouring tokens: of the best run, and of what is before and behind it."""
    run = _best_run(line, tokens) if any(token.readings.along for token in tokens) else None
    if run is None:
        return []
    road = roads()[run.rank].name
    mended = []
    for token, read in zip(tokens[run.first : run.last], run.reads, strict=True):
        again = mend_whole(read, ways) if suspect(read) else None
        walked = (road, *again.roads) if again else (road,)
        mended.append(Repair(token.start, token.end, again.text if again else read, walked, run.gain))
    before = _mend_run(line, tokens[: run.first], ways)
    return [*before, *mended, *_mend_run(line, tokens[run.last :], ways)]


def _best_run(line: str, tokens: list[_Token]) -> _Run | None:
    found: list[_Run] = []
    whole = frozenset().union(*(token.readings.whole for token in tokens))
    for rank in sorted({rank for token in tokens for rank in token.readings.along}):
        road = roads()[rank]
        if rank not in whole and not road.western:
            continue
        for at, reads in _stretches(tokens, rank):
            first, last, gain = _best_stretch([gain for _, gain in reads])
            was = " ".join([token.text for token in tokens[at + first : at + last]])
            taken = tuple([read for read, _ in reads[first:last]])
            if gain >= MARGIN and gain >= margin_for(" ".join(taken), was, road.name):
                found.append(_Run(round(gain, 3), rank, at + first, at + last, taken))
    if not found:
        return None
    best = max(found, key=lambda run: (run.gain, -run.rank))
    rivals = [run for run in found if run.gain >= best.gain - NEAR and run.first < best.last and best.first < run.last]
    as_line = {run: _with_run(line, tokens, run) for run in rivals}
    if len(set(as_line.values())) > 1:
        from copydesk_stages.letters import unlikeliness

        extra = unlikeliness([as_line[run] for run in rivals])
        best = max(zip(rivals, extra, strict=True), key=lambda pair: (pair[0].gain - pair[1], -pair[0].rank))[0]
    return best


def _stretches(tokens: list[_Token], rank: int) -> Iterator[tuple[int, list[tuple[str, float]]]]:
    """Yield where neighbouring tokens begin that a road reads back, and what they are along it."""
    reads: list[tuple[str, float]] = []
    for at, token in enumerate(tokens):
        read = token.readings.along.get(rank)
        if read is not None:
            reads.append(read)
        elif reads:
            yield at - len(reads), reads
            reads = []
    if reads:
        yield len(tokens) - len(reads), reads


def _with_run(line: str, tokens: list[_Token], run: _Run) -> str:
    pieces: list[str] = []
    at, end = max(0, tokens[0].start - LONGEST), tokens[-1].end + LONGEST
    for token, read in zip(tokens[run.first : run.last], run.reads, strict=True):
        pieces += (line[at : token.start], read)
        at = token.end
    return "".join([*pieces, line[at:end]])


def _best_stretch(gains: list[float]) -> tuple[int, int, float]:
    """Return first, last (exclusive) and sum of the longest run of gains with the largest sum."""
    best = (0, 0, 0.0)
    start, total = 0, 0.0
    for index, gain in enumerate(gains):
        if total < 0:
            start, total = index, 0.0
        total += gain
        if total >= best[2]:
            best = (start, index + 1, total)
    return best
