"""UTF-8 that was read as something else: found and read back, by line and then by word."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from copydesk_stages.repair.characters import cost_of
from copydesk_stages.repair.gate import may_be_double, may_be_misread, suspect
from copydesk_stages.repair.lost import may_be_lost, walk_lost
from copydesk_stages.repair.lowered import NAME, Lowered, read_lowered
from copydesk_stages.repair.plausible import badness, is_latin, is_one_script
from copydesk_stages.repair.roads import Road, roads, walk, walk_parts

_MARGIN = 2.0
_MARGIN_ALONE = 3.5
_MAX_TIMES = 3
_STILL_BAD = 1.5
# Readings that cost nearly the same are told apart by the letters of 121 languages.
_NEAR = 4.0
_FOREIGN = re.compile(r"[^\x00-\x7f][^ \t\n\r\f\v]*")
_FOREIGN_WORD = re.compile(r"(?<![!-~])[!-~]*+[^\x00-\x7f][^ \t\n\r\f\v]*")  # one that is not all ASCII


class Repair(NamedTuple):
    """A stretch of a line and what it was: `roads` in the order in which they are walked back, `gain` in badness."""

    start: int
    end: int
    text: str
    roads: tuple[str, ...]
    gain: float


class _Reading(NamedTuple):
    """A way to read a text: what it costs, which roads lead there (their ranks decide ties), and the text."""

    cost: float
    ranks: tuple[int, ...]
    text: str
    sample: str = ""


def mend_line(line: str) -> list[Repair]:
    """Return the repairs of one line, in order."""
    single, double = suspect(line) is not None, may_be_double(line)
    if not (single or double):
        return []
    ways = _Ways(single, double, is_latin(line))
    whole = _mend_whole(line, ways)
    lowered = read_lowered(line) if single else None
    if lowered is not None:
        choice = _choose_lowered(line, whole, lowered, latin=ways.latin)
        if choice is not None:
            return choice
    if whole is None and single:
        whole = _mend_lost(line, latin=ways.latin)
    return [whole] if whole else _mend_words(line, ways)


class _Ways(NamedTuple):
    """Which roads a line can have taken, and whether it is in Latin letters otherwise."""

    single: bool
    double: bool
    latin: bool

    def roads_of(self, text: str) -> list[tuple[int, Road]]:
        """Return those roads on which the first characters of `text` beyond ASCII begin a sequence."""
        foreign = _FOREIGN.search(text)
        return _roads_from(foreign.group()[:2], self.single, self.double) if foreign else []

    def roads(self) -> list[tuple[int, Road]]:
        """Return the roads in question with their ranks."""
        return _roads_of(self.single, self.double)


@lru_cache(maxsize=4096)
def _roads_from(pair: str, single: bool, double: bool) -> list[tuple[int, Road]]:
    return [
        (rank, road)
        for rank, road in _roads_of(single, double)
        if not road.high or (pair[0] in road.high[0x42:0x75] and pair[1:] in road.high[:0x40])
    ]


@lru_cache(maxsize=4)
def _roads_of(single: bool, double: bool) -> list[tuple[int, Road]]:
    return [(rank, road) for rank, road in enumerate(roads()) if (single if road.high else double)]


def _sample(text: str, size: int, count: int = 0) -> tuple[str, int]:
    """Return the first words of `text` that are not ASCII, and how many: `count`, or enough for `size` characters.

    Reading back keeps such words in their places, so that the same number of them stands for the same stretch.
    """
    words: list[str] = []
    for found in _FOREIGN.finditer(text):
        start, end = found.span()
        words.append(text[max(0, start - 2) : end])
        size -= end - start
        if len(words) == count or (not count and size <= 0):
            break
    return " ".join(words), len(words)


# So many characters are judged by; fewer where there is only one way to read them.
_ENOUGH = 240
_ENOUGH_ALONE = 40
# A line that can be read back in one way only, into one script, and is as bad as this, needs no weighing.
_BEYOND_DOUBT = 8.0


def is_in_doubt(line: str) -> bool:
    """Tell whether a line is damage that cannot be read back for certain, so that no other fix should touch it.

    >>> is_in_doubt("à¸šà¸²"), is_in_doubt("déjà vu")
    (True, False)
    """
    lowered = read_lowered(line)
    latin = is_latin(line)
    return lowered is not None and badness(line, latin=latin) - badness(lowered.text, latin=latin) >= _MARGIN


def _mend_whole(text: str, ways: _Ways) -> Repair | None:
    reads = _reads(text, ways)
    if not reads:
        return None
    alone = len(reads) == 1 and not suspect(reads[0][1])
    sample, count = _sample(text, _ENOUGH_ALONE if alone else _ENOUGH)
    if alone and is_one_script(reads[0][1]):
        gain = badness(sample[:_ENOUGH_ALONE], latin=ways.latin)
        if gain >= _BEYOND_DOUBT:
            return Repair(0, len(text), reads[0][1], (roads()[reads[0][0]].name,), gain)
    cost = badness(sample, latin=ways.latin)
    readings = _weighed(reads, count, _MAX_TIMES, ways)
    best = _likeliest([r for r in readings if cost - r.cost >= _MARGIN and cost - r.cost >= _margin(r.sample)])
    if best is None:
        return None
    return Repair(0, len(text), best.text, tuple(roads()[rank].name for rank in best.ranks), round(cost - best.cost, 3))


def _reads(text: str, ways: _Ways) -> list[tuple[int, str]]:
    """Return every text that reading back along one road leads to, with the rank of the first such road."""
    found: dict[str, int] = {}
    for rank, road in ways.roads_of(text):
        read = walk(text, road)
        if read is not None:
            found.setdefault(read, rank)
    return [(rank, read) for read, rank in found.items()]


def _weighed(reads: list[tuple[int, str]], count: int, times: int, ways: _Ways) -> list[_Reading]:
    """Return the readings with what they cost, those of several roads one after another included."""
    found: list[_Reading] = []
    for rank, read in reads:
        sample, _ = _sample(read, 0, count)
        cost = badness(sample, latin=ways.latin)
        found.append(_Reading(cost, (rank,), read, sample))
        if cost >= _STILL_BAD and times > 1 and suspect(read):
            further = _weighed(_reads(read, ways), count, times - 1, ways)
            found += [r._replace(ranks=(rank, *r.ranks)) for r in further]
    return found


def _likeliest(readings: list[_Reading]) -> _Reading | None:
    """Return the reading that costs least, or, of several near that, the one with the likeliest letters."""
    if not readings:
        return None
    least = min(reading.cost for reading in readings)
    near = sorted(reading for reading in readings if reading.cost <= least + _NEAR)
    if len({reading.text for reading in near}) > 1:
        from copydesk_stages.repair.letters import unlikeliness

        extra = unlikeliness([reading.text for reading in near])
        near = sorted(r._replace(cost=round(r.cost + e, 3)) for r, e in zip(near, extra, strict=True))
    return near[0]


def _mend_lost(line: str, *, latin: bool) -> Repair | None:
    """Return the repair of a line that lost no-break spaces or bytes, None where that does not explain it."""
    if not may_be_lost(line) or not suspect(line):
        return None
    readings = []
    for rank, road in enumerate(roads()):
        read = walk_lost(line, road)
        if read is not None:
            readings.append(_Reading(badness(read, latin=latin), (rank,), read))
    cost = badness(line, latin=latin)
    best = _likeliest([r for r in readings if cost - r.cost >= _margin(r.text)])
    if best is None:
        return None
    name = f"{roads()[best.ranks[0]].name} with lost bytes"
    return Repair(0, len(line), best.text, (name,), round(cost - best.cost, 3))


def _choose_lowered(line: str, whole: Repair | None, lowered: Lowered, *, latin: bool) -> list[Repair] | None:
    """Return the repair of a line that was lower-cased when misread: [] where in doubt, None where it was not."""
    cost = badness(lowered.text, latin=latin)
    gain = round(badness(line, latin=latin) - cost, 3)
    mended = [Repair(0, len(line), lowered.text, (NAME,), gain)]
    if whole is None:
        return None if gain < _margin(lowered.text) else [] if lowered.doubtful else mended
    if whole.text == lowered.text:
        return None
    from copydesk_stages.repair.letters import unlikeliness

    rare_whole, rare_lowered = unlikeliness([whole.text, lowered.text])
    if cost + rare_lowered + 1 <= badness(whole.text, latin=latin) + rare_whole:
        return [] if lowered.doubtful else mended
    return [] if lowered.doubtful and lowered.held >= _TOO_MANY_SMALL else None


# A line of Chinese or Japanese with that many small letters where capitals are as likely was lower-cased.
_TOO_MANY_SMALL = 3


def _margin(read: str) -> float:
    """Return by how much a reading has to be likelier: more for a lone letter of another script."""
    # Where what comes out is rare on the whole, nothing is evidence enough.
    odd = [char for char in read if not char.isascii()]
    rare = sum([cost_of(char) for char in odd])
    if rare > len(odd):
        return float("inf")
    return _MARGIN_ALONE if len(odd) == 1 and odd[0] > "\u036f" and odd[0].isalpha() else _MARGIN


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


def _mend_words(line: str, ways: _Ways) -> list[Repair]:
    tokens = []
    for found in _FOREIGN_WORD.finditer(line):
        word = found.group()
        odd = may_be_misread(word)
        ranks = frozenset(rank for rank, _ in ways.roads_of(word)) if odd else frozenset()
        tokens.append(_Token(*found.span(), word, ranks, odd))
    return _mend_run(line, tokens, ways)


def _mend_run(line: str, tokens: list[_Token], ways: _Ways) -> list[Repair]:
    run = _best_run(line, tokens, ways) if any(token.suspect for token in tokens) else None
    if run is None:
        return []
    road = roads()[run.rank].name
    mended = []
    for token, read in zip(tokens[run.first : run.last], run.reads, strict=True):
        again = _mend_whole(read, ways) if suspect(read) else None
        walked = (road, *again.roads) if again else (road,)
        mended.append(Repair(token.start, token.end, again.text if again else read, walked, run.gain))
    before = _mend_run(line, tokens[: run.first], ways)
    return [*before, *mended, *_mend_run(line, tokens[run.last :], ways)]


def _best_run(line: str, tokens: list[_Token], ways: _Ways) -> _Run | None:
    costs: list[float] = []
    found: list[_Run] = []
    for rank, road in ways.roads():
        reads = [_read_word(t, rank, road, latin=ways.latin) if t.suspect else None for t in tokens]
        if not any(reads):
            continue
        costs = costs or [badness(token.text, latin=ways.latin) for token in tokens]
        at = 0
        while at < len(tokens):
            end = at
            gains: list[float] = []
            while end < len(tokens) and (read := reads[end]) is not None:
                gains.append(costs[end] - badness(read, latin=ways.latin))
                end += 1
            first, last, gain = _best_stretch(gains)
            taken = tuple(read or "" for read in reads[at + first : at + last])
            if gain >= _MARGIN and gain >= _margin(" ".join(taken)):
                found.append(_Run(round(gain, 3), rank, at + first, at + last, taken))
            at = max(end, at + 1)
    if not found:
        return None
    best = max(found, key=lambda run: (run.gain, -run.rank))
    rivals = [run for run in found if run.gain >= best.gain - _NEAR and run.first < best.last and best.first < run.last]
    as_line = {run: _with_run(line, tokens, run) for run in rivals}
    if len(set(as_line.values())) > 1:
        from copydesk_stages.repair.letters import unlikeliness

        extra = unlikeliness([as_line[run] for run in rivals])
        best = max(zip(rivals, extra, strict=True), key=lambda pair: (pair[0].gain - pair[1], -pair[0].rank))[0]
    return best


def _read_word(token: _Token, rank: int, road: Road, *, latin: bool) -> str | None:
    """Return a word read back along a road: whole, with marks for lost bytes, or in the parts that allow it."""
    word = token.text
    read = walk(word, road) if rank in token.ranks else None
    if read is None and "\ufffd" in word:
        read = walk_lost(word, road)
    if read is None:
        read = walk_parts(word, road)
        if read is not None:
            left = badness(read, latin=latin)
            if left > _STILL_BAD and left > _PART_LEFT * badness(word, latin=latin):
                return None
    return read


# Of a word that is read back in parts, this share of the badness may stay.
_PART_LEFT = 0.4


def _with_run(line: str, tokens: list[_Token], run: _Run) -> str:
    pieces: list[str] = []
    at = 0
    for token, read in zip(tokens[run.first : run.last], run.reads, strict=True):
        pieces += (line[at : token.start], read)
        at = token.end
    return "".join([*pieces, line[at:]])


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
