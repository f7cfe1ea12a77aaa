"""One pass over a text that stops at every character from which damage could be told.

The pattern begins with one class, which the regular expression engine scans for fast. Of the two or three characters
that a misread letter is, the scan stops at the one that clean text has less of: at signs and capitals, which stand
first, or, behind small letters, at what follows them. What a stop means, `gate` decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from copydesk_stages.repair.controls import HIDDEN_CLASS
from copydesk_stages.repair.roads import Road, roads

#: What a stop is: the end of damage in a Cyrillic charset, perhaps the first character of other damage, perhaps its
#: second, a character that does not show.
CYRILLIC, FIRST, SECOND, NOT_SHOWN = range(1, 5)

CYRILLIC_ROADS = ("cp1251", "koi8-r", "cp866")
# Letters that clean Cyrillic is full of and that stand for bytes behind a lead in KOI8-R or code page 866: alone they
# prove nothing, and the slow path does not take them for damage either.
_YO = "ёЁ"
_PLAIN_CYRILLIC = frozenset(_YO + "".join(map(chr, range(0x430, 0x440))))
# Quotes, dashes and spaces that stand behind small accented letters in any text: damage where there is no capital.
_PLAIN_BEHIND_SMALL = frozenset("‘’“”„‚«»‹›–—…·\xa0\xad")


def _class(chars: Iterable[str]) -> str:
    return "[" + "".join(re.escape(char) for char in sorted(set(chars))) + "]"


def _leads(road: Road) -> str:
    return road.high[0xC2 - 0x80 : 0xE0 - 0x80]


def _long_leads(road: Road) -> str:
    return road.high[0xE0 - 0x80 : 0xF5 - 0x80]


def _followers(road: Road) -> str:
    return road.high[:0x40]


class Sequences(NamedTuple):
    """What the leads of misread sequences are followed by: at once (`two`), twice (`more`), or in `lowered` text."""

    two: dict[str, frozenset[str]]
    more: dict[str, frozenset[str]]
    lowered: dict[str, frozenset[str]]


@lru_cache(maxsize=1)
def sequences() -> Sequences:
    """Return what can follow each character that is a lead in one of the charsets, without those of Cyrillic."""
    two: dict[str, set[str]] = {}
    more: dict[str, set[str]] = {}
    for road in roads():
        if road.high and (road.name not in CYRILLIC_ROADS or road.name == "cp866"):
            for lead in _leads(road):
                two.setdefault(lead, set()).update(_followers(road))
        if road.high and road.name not in CYRILLIC_ROADS:
            for lead in _long_leads(road):
                more.setdefault(lead, set()).update(_followers(road))
    western = roads()[1]
    lowered = {lead: set(_PLAIN_BEHIND_SMALL) - two.get(lead, set()) for lead in _leads(western).lower()}
    for lead in lowered:
        two.setdefault(lead, set()).update(set(_followers(western).lower()) - _PLAIN_BEHIND_SMALL)
    for lead in (*two, *more):
        two.setdefault(lead, set()).add("\ufffd")
    return Sequences(_frozen(two), _frozen(more), _frozen(lowered))


def _frozen(table: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(value) for key, value in table.items()}


def _is_common(char: str) -> bool:
    """Tell whether text may be full of this letter, so that the scan had better not stop at it."""
    return char.islower() and char not in "ßœÿƒ"


@lru_cache(maxsize=1)
def pattern() -> re.Pattern[str]:
    """Return the pattern whose matches are the stops; `lastindex` says what each is."""
    common = {lead for lead in sequences().two if _is_common(lead)}
    rare = sequences().two.keys() - common
    cyrillic, stops = _cyrillic()
    stops |= rare | _behind(common)
    alike: dict[str, list[str]] = {}
    for lead in sorted(common):
        alike.setdefault(_class(_behind(lead)), []).append(lead)
    second = "|".join(f"(?<={_class(leads)}{behind})" for behind, leads in alike.items())
    return re.compile(
        f"{_class(stops)[:-1]}{HIDDEN_CLASS}](?:(?<=[^\x00-\x7f].)(?:{cyrillic})()"
        f"|(?<={_class(rare)})(?:(?={_class(_behind(rare))})|(?<=[a-z]Ã)(?= ))()"
        f"|(?<={_class(common)}.)(?:{second})()"
        f"|(?<=[{HIDDEN_CLASS}])())"
    )


def _behind(leads: Iterable[str]) -> set[str]:
    """Return all that can follow one of `leads`."""
    two, more, lowered = sequences()
    return {char for lead in leads for table in (two, more, lowered) for char in table.get(lead, ())}


def _cyrillic() -> tuple[str, set[str]]:
    """Return the pattern of the last character of what is misread in a Cyrillic charset, and those characters."""
    found: list[str] = []
    stops = set(_YO)
    for road in roads():
        if road.name not in CYRILLIC_ROADS:
            continue
        marks = {char for char in _followers(road) if char not in _PLAIN_CYRILLIC}
        stops |= marks
        two, three = _class(_leads(road)), _class(_long_leads(road))
        ends = [f"(?<={two}{_class(marks)})", f"(?<={three}{_class(_followers(road))}{_class(marks)})"]
        if road.name == "cp866":
            ends.append(f"(?<={three}{_class(marks)})")
        found.append(f"(?<={_class(marks)})(?:{'|'.join(ends)})")
        if road.name != "cp866":
            pair = f"(?<=[{_YO}])(?<={two}.)"
            found.append(f"{pair}(?:(?<=[A-Za-z]..)|(?=[A-Za-z])|(?<=[^\u0400-\u04ff]..)(?<!её)(?![\u0400-\u04ff]))")
    return "|".join(found), stops
