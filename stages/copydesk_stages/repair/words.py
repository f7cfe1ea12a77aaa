"""Damage within clean lines: neighbouring words that one road reads back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from copydesk_stages.repair.gate import double_places, suspect, suspect_places
from copydesk_stages.repair.lost import may_be_lost, walk_lost
from copydesk_stages.repair.plausible import badness
from copydesk_stages.repair.reading import LONGEST, MARGIN, NEAR, STILL_BAD, Repair, Ways, margin_for, mend_alone, mend_whole
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
    for tokens in _neighbours(line, ways):
        start, end = tokens[0].start, tokens[-1].end
        alone = mend_alone(line[start:end], ways) if len(tokens) > 1 else None
        repairs += [alone._replace(start=start, end=end)] if alone else _mend_run(line, tokens, ways)
    return repairs


# Words that are looked at together, so that the time stays in proportion to the length of a line.
_AT_A_TIME = 50


def _neighbours(line: str, ways: Ways) -> Iterator[list[_Token]]:
    """Yield the words that could be misread: together those between which all words look right and are ASCII."""
    tokens: list[_Token] = []
    end = 0
    for place in sorted([*suspect_places(line), *(double_places(line) if ways.double else ())]):
        word = _word_at(line, place, end) if place >= end else None
        if word is None:
            continue
        if tokens and (len(tokens) == _AT_A_TIME or not line[end : word.start()].isascii()):
            yield tokens
            tokens = []
        end = word.end()
        ranks = frozenset([rank for rank, _ in ways.roads_of(word.group())])
        cost = badness(word.group()[:LONGEST], latin=ways.latin)
        tokens.append(_Token(word.start(), end, word.group(), ranks, cost))
    if tokens:
        yield tokens


def _word_at(line: str, place: int, first: int) -> re.Match[str] | None:
    """Return the word with characters beyond ASCII that stands at a place and begins at `first` or later."""
    words = _FOREIGN_WORD.finditer(line, max(first, line.rfind(" ", first, place) + 1))
    word = next((word for word in words if word.end() > place), None)
    return word if word and word.start() <= place else None


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
        from copydesk_stages.repair.letters import unlikeliness

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
