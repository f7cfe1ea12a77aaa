"""Ways to read back a stretch of text as a whole, and which of them is the likeliest."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from copydesk_stages.repair.characters import cost_of
from copydesk_stages.repair.gate import suspect
from copydesk_stages.repair.plausible import badness, is_one_script
from copydesk_stages.repair.roads import Road, roads, walk

MARGIN = 2.0
_MARGIN_ALONE = 3.5
_MARGIN_LETTERS = 8.0
MAX_TIMES = 3
STILL_BAD = 1.5
# Readings that cost nearly the same are told apart by the letters of 121 languages.
NEAR = 4.0
# By how many powers of ten each road is taken to be met less often than the one before it.
_RARER = 0.06
# Less than this tells nothing; the road that is met more often is taken.
_TIED = 0.25
_LETTERS = re.compile("[^\x00-\x7fªºµ]")
_FOREIGN = re.compile(r"[^\x00-\x7f][^ \t\n\r\f\v]*")


_BOX = re.compile("[\u2500-\u259f]")


class Repair(NamedTuple):
    """A stretch of a line and what it was: `roads` in the order in which they are walked back, `gain` in badness."""

    start: int
    end: int
    text: str
    roads: tuple[str, ...]
    gain: float


class Reading(NamedTuple):
    """A way to read a text: what it costs, which roads lead there (their ranks decide ties), and the text."""

    cost: float
    ranks: tuple[int, ...]
    text: str
    sample: str = ""


class Ways(NamedTuple):
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
        if not road.high or (pair[0] in road.high[0x42:0x75] and pair[1:].strip("\ufffd") in road.high[:0x40])
    ]


#: How many characters of a word without a space in it tell how plausible it is.
LONGEST = 2000


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
        words.append(text[max(0, start - 2) : min(end, start + LONGEST)])
        size -= end - start
        if len(words) == count or (not count and size <= 0):
            break
    return " ".join(words), len(words)


# So many characters are judged by; fewer where there is only one way to read them.
_ENOUGH = 240
_ENOUGH_ALONE = 40


def mend_whole(text: str, ways: Ways) -> Repair | None:
    """Return the repair of `text` as a whole, None where no way to read it back is likelier by the margin."""
    reads = _not_far_fetched(reads_of(text, ways))
    if not reads:
        return None
    if len(reads) == 1:
        repair = _beyond_doubt(text, *reads[0], ways)
        if repair:
            return repair
    sample, count = _sample(text, _ENOUGH_ALONE if len(reads) == 1 and not suspect(reads[0][1]) else _ENOUGH)
    cost = badness(sample, latin=ways.latin)
    readings = _weighed(reads, count, MAX_TIMES, ways)
    best = likeliest(
        [
            r
            for r in readings
            if cost - r.cost >= MARGIN and cost - r.cost >= margin_for(r.sample, sample, roads()[r.ranks[0]].name)
        ]
    )
    if best is None:
        return None
    return Repair(0, len(text), best.text, tuple(roads()[rank].name for rank in best.ranks), round(cost - best.cost, 3))


def mend_alone(text: str, ways: Ways, times: int = MAX_TIMES) -> Repair | None:
    """Return the repair of `text` as a whole where there is one way to read it back and that needs no weighing."""
    reads = reads_of(text, ways)
    return _beyond_doubt(text, *reads[0], ways, times) if len(reads) == 1 else None


def _beyond_doubt(text: str, rank: int, read: str, ways: Ways, times: int = MAX_TIMES) -> Repair | None:
    """Return the repair of a text that is one script when read back and whose first characters tell it by themselves.

    Where they do not, None: then it has to be weighed.
    """
    road = roads()[rank]
    walked: tuple[str, ...] = (road.name,)
    if suspect(read):
        again = mend_alone(read, ways, times - 1) if times > 1 else None
        return again and again._replace(end=len(text), roads=walked + again.roads)
    if not is_one_script(read):
        return None
    first = _first_of(text, _FIRST)
    gain = badness(first, latin=ways.latin)
    if gain < _BAD:
        after = _first_of(read, _FIRST)
        gain = round(gain - badness(after, latin=ways.latin), 3)
        if gain < MARGIN or gain < margin_for(after, first, road.name):
            return None
    return Repair(0, len(text), read, walked, gain)


_FIRST = 16
_BAD = 8.0


def _first_of(text: str, size: int) -> str:
    """Return the first character of `text` beyond ASCII with two before it and `size` from there."""
    foreign = _FOREIGN.search(text)
    at = foreign.start() if foreign else 0
    return text[max(0, at - 2) : at + size]


def _not_far_fetched(reads: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return those of several readings that are in common letters of one script; all if none is."""
    if len(reads) < 2:
        return reads
    return [read for read in reads if is_one_script(read[1])] or reads


def reads_of(text: str, ways: Ways) -> list[tuple[int, str]]:
    """Return every text that reading back along one road leads to, with the rank of the first such road."""
    found: dict[str, int] = {}
    for rank, road in ways.roads_of(text):
        read = walk(text, road)
        if read is not None:
            found.setdefault(read, rank)
    return [(rank, read) for read, rank in found.items()]


def _weighed(reads: list[tuple[int, str]], count: int, times: int, ways: Ways) -> list[Reading]:
    """Return the readings with what they cost, those of several roads one after another included."""
    found: list[Reading] = []
    for rank, read in reads:
        sample, _ = _sample(read, 0, count)
        cost = badness(sample, latin=ways.latin)
        found.append(Reading(cost, (rank,), read, sample))
        if cost >= STILL_BAD and times > 1 and suspect(read):
            further = _weighed(reads_of(read, ways), count, times - 1, ways)
            found += [r._replace(ranks=(rank, *r.ranks)) for r in further]
    return found


def likeliest(readings: list[Reading]) -> Reading | None:
    """Return the reading that costs least, or, of several near that, the one with the likeliest letters."""
    if not readings:
        return None
    least = min(reading.cost for reading in readings)
    near = sorted(reading for reading in readings if reading.cost <= least + NEAR)
    if len({reading.text for reading in near}) > 1:
        from copydesk_stages.letters import unlikeliness

        extra = unlikeliness([reading.text for reading in near])
        weighed = zip(near, extra, strict=True)
        near = sorted(r._replace(cost=round(r.cost + e + _RARER * r.ranks[0], 3)) for r, e in weighed)
    return min((reading for reading in near if reading.cost <= near[0].cost + _TIED), key=lambda r: r.ranks)


def margin_for(read: str, was: str, road: str) -> float:
    """Return by how much a reading has to be likelier than what it `was`: more where the evidence is thin.

    Thin is a lone letter of another script, and Cyrillic letters alone on a road that leaves boxes almost everywhere:
    words typed with the case key stuck ("тАМ") look like that; and a small letter in a word of capitals ("PÄŤ"). Where
    what comes out is rare on the whole, nothing is evidence enough.
    """
    odd = _LETTERS.findall(read)
    if sum(map(cost_of, odd)) > len(odd):
        return float("inf")
    if road == "cp866" and not _BOX.search(was):
        return _MARGIN_LETTERS
    if len(odd) == 1 and odd[0] > "\u036f" and odd[0].isalpha() and not "\u2100" <= odd[0] <= "\u214f":
        return _MARGIN_ALONE
    in_capitals = was.isupper() and not read.isupper() and all(char.isascii() or char.isupper() for char in was)
    return _MARGIN_ALONE if in_capitals else MARGIN
