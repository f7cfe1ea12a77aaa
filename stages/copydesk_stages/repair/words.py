"""Damage within clean lines: neighbouring words that one road reads back."""

from __future__ import annotations

import re
from typing import NamedTuple

from copydesk_stages.repair.gate import may_be_double, suspect, suspect_places
from copydesk_stages.repair.lost import may_be_lost, walk_lost
from copydesk_stages.repair.plausible import badness
from copydesk_stages.repair.reading import LONGEST, MARGIN, NEAR, STILL_BAD, Repair, Ways, margin_for, mend_whole
from copydesk_stages.repair.roads import Road, roads, walk, walk_parts

_FOREIGN_WORD = re.compile(r"(?<![!-~])[!-~]*+[^\x00-\x7f][^ \t\n\r\f\v]*")  # one that is not all ASCII


_NO_RANKS: frozenset[int] = frozenset()


class _Token(NamedTuple):
    start: int
    end: int
    text: str
    ranks: frozenset[int]  # of the roads that it can have taken as a whole; empty for a word that looks right
    suspect: bool


class _Run(NamedTuple):
    """Neighbouring words, from `first` to before `last`, that one road reads back."""

    gain: float
    rank: int
    first: int
    last: int
    reads: tuple[str, ...]


def mend_words(line: str, ways: Ways) -> list[Repair]:
    """Return the repairs of the words of a line that as a whole cannot be read back."""
    tokens = []
    places = suspect_places(line)
    at = 0
    for found in _FOREIGN_WORD.finditer(line):
        start, end = found.span()
        while at < len(places) and places[at] < start:
            at += 1
        if (at < len(places) and places[at] < end) or (ways.double and may_be_double(found.group())):
            word = found.group()
            tokens.append(_Token(start, end, word, frozenset(rank for rank, _ in ways.roads_of(word)), suspect=True))
        else:
            tokens.append(_Token(start, end, "", _NO_RANKS, suspect=False))
    chunks = (tokens[at : at + _AT_A_TIME] for at in range(0, len(tokens), _AT_A_TIME))
    return [repair for chunk in chunks for repair in _mend_run(line, chunk, ways)]


# Words that are looked at together, so that the time stays in proportion to the length of a line.
_AT_A_TIME = 50


def _mend_run(
    line: str, tokens: list[_Token], ways: Ways, known: dict[tuple[int, int], tuple[str | None, float]] | None = None
) -> list[Repair]:
    """Return the repairs of neighbouring tokens: of the best run, and of what is before and behind it.

    `known` holds what each token is along each road, by its start and the road's rank, and by how much likelier.
    """
    known = {} if known is None else known
    run = _best_run(line, tokens, ways, known) if any(token.suspect for token in tokens) else None
    if run is None:
        return []
    road = roads()[run.rank].name
    mended = []
    for token, read in zip(tokens[run.first : run.last], run.reads, strict=True):
        again = mend_whole(read, ways) if suspect(read) else None
        walked = (road, *again.roads) if again else (road,)
        mended.append(Repair(token.start, token.end, again.text if again else read, walked, run.gain))
    before = _mend_run(line, tokens[: run.first], ways, known)
    return [*before, *mended, *_mend_run(line, tokens[run.last :], ways, known)]


def _best_run(
    line: str, tokens: list[_Token], ways: Ways, known: dict[tuple[int, int], tuple[str | None, float]]
) -> _Run | None:
    found: list[_Run] = []
    ranks = frozenset().union(*(token.ranks for token in tokens))
    for rank, road in ways.roads():
        if rank not in ranks and not road.western:
            continue
        reads = [_known(token, rank, road, known, latin=ways.latin) if token.suspect else _UNREAD for token in tokens]
        at = 0
        while at < len(tokens):
            end = at
            while end < len(tokens) and reads[end][0] is not None:
                end += 1
            first, last, gain = _best_stretch([gain for _, gain in reads[at:end]])
            was = " ".join([token.text for token in tokens[at + first : at + last]])
            taken = tuple(read or "" for read, _ in reads[at + first : at + last])
            if gain >= MARGIN and gain >= margin_for(" ".join(taken), was, road.name):
                found.append(_Run(round(gain, 3), rank, at + first, at + last, taken))
            at = max(end, at + 1)
    if not found:
        return None
    best = max(found, key=lambda run: (run.gain, -run.rank))
    rivals = [run for run in found if run.gain >= best.gain - NEAR and run.first < best.last and best.first < run.last]
    as_line = {run: _with_run(line, tokens, run) for run in rivals}
    if len(set(as_line.values())) > 1:
        from copydesk_stages.repair.letters import unlikeliness

        extra = unlikeliness([as_line[run] for run in rivals])
        best = max(zip(rivals, extra, strict=True), key=lambda pair: (pair[0].gain - pair[1], -pair[0].rank))[0]
    return best


_UNREAD: tuple[None, float] = (None, 0.0)


def _known(
    token: _Token, rank: int, road: Road, known: dict[tuple[int, int], tuple[str | None, float]], *, latin: bool
) -> tuple[str | None, float]:
    key = (token.start, rank)
    if key not in known:
        read = _read_word(token, rank, road, latin=latin)
        gain = 0.0
        if read is not None:
            gain = badness(token.text[:LONGEST], latin=latin) - badness(read[:LONGEST], latin=latin)
        known[key] = (read, gain)
    return known[key]


def _read_word(token: _Token, rank: int, road: Road, *, latin: bool) -> str | None:
    """Return a word read back along a road: whole, with marks for lost bytes, or in the parts that allow it."""
    word = token.text
    read = walk(word, road) if rank in token.ranks else None
    if read is None and may_be_lost(word):
        read = walk_lost(word, road)
    if read is None:
        read = walk_parts(word, road)
        if read is not None:
            left = badness(read[:LONGEST], latin=latin)
            if left > STILL_BAD and left > _PART_LEFT * badness(word[:LONGEST], latin=latin):
                return None
    return read


# Of a word that is read back in parts, this share of the badness may stay.
_PART_LEFT = 0.4


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
