"""Damage within clean lines: neighbouring words that one road reads back."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
from copydesk_stages.repair.roads import Road, roads, walk, walk_parts

_FOREIGN_WORD = re.compile(r"(?<![!-~])[!-~]*+[^\x00-\x7f][^ \t\n\r\f\v]*")  # one that is not all ASCII


class _Token(NamedTuple):
    start: int
    end: int
    text: str
    ranks: frozenset[int]  # of the roads that it can have taken as a whole
    cost: float


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
    ranks = frozenset([rank for rank, _ in ways.roads_of(word.group())])
    return _Token(*word.span(), word.group(), ranks, badness(word.group()[:LONGEST], latin=ways.latin))


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
            yield word
            end = word.end()
        else:
            end = place + 1
        if single_at is not None and single_at < end:
            single_at = suspect_place(line, end)
        if double_at is not None and double_at < end:
            double_at = double_place(line, end)


def _mend_run(
    line: str, tokens: list[_Token], ways: Ways, known: dict[tuple[int, int], tuple[str | None, float]] | None = None
) -> list[Repair]:
    """Return the repairs of neighbouring tokens: of the best run, and of what is before and behind it.

    `known` holds what each token is along each road, by its start and the road's rank, and by how much likelier.
    """
    known = {} if known is None else known
    run = _best_run(line, tokens, ways, known) if tokens else None
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
        reads = [_known(token, rank, road, known, latin=ways.latin) for token in tokens]
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
        from copydesk_stages.letters import unlikeliness

        extra = unlikeliness([as_line[run] for run in rivals])
        best = max(zip(rivals, extra, strict=True), key=lambda pair: (pair[0].gain - pair[1], -pair[0].rank))[0]
    return best


def _known(
    token: _Token, rank: int, road: Road, known: dict[tuple[int, int], tuple[str | None, float]], *, latin: bool
) -> tuple[str | None, float]:
    key = (token.start, rank)
    if key not in known:
        read = _read_word(token, rank, road, latin=latin)
        known[key] = (read, 0.0 if read is None else token.cost - badness(read[:LONGEST], latin=latin))
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
            if left > STILL_BAD and left > _PART_LEFT * token.cost:
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
