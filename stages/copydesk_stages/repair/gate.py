"""Whether there is anything to look at: scans that most text leaves within microseconds.

A gate may let clean text through, which costs time; it may never stop text that the slow path would change. That is
tested with random text and on data (`bench/repair_speed.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from copydesk_stages.repair.controls import HIDDEN
from copydesk_stages.repair.roads import Road, roads, walk
from copydesk_stages.repair.scan import CYRILLIC, CYRILLIC_ROADS, FIRST, NOT_SHOWN, pattern, sequences

_CONTROLS: Final = (*map(chr, range(0x09)), "\x0b", *map(chr, range(0x0E, 0x20)), "\x7f")
_LINE = re.compile("[^\n\r\u2028\u2029]+")
_BELOW_HAN = re.compile("[\x00-\u3000]*")
_SPACES: Final = " \t\n\r\f\v\u2028\u2029"
_WORD = re.compile(f"[^{_SPACES}]+")
_CAPITAL = re.compile("[A-Z]")


def suspect(text: str) -> bool:
    """Tell whether something in `text` looks like UTF-8 misread in a single-byte charset.

    >>> suspect("Crème brûlée, ещё ёлка"), suspect("CrÃ¨me"), suspect("Ð¼Ð¸Ñ€")
    (False, True, True)
    """
    return suspect_place(text) is not None


def suspect_place(text: str, at: int = 0) -> int | None:
    """Return the first place at or behind `at` where something looks misread in a single-byte charset.

    It is a place within the word that it is in, behind its first character.

    >>> suspect_place("le cafÃ© de la Ð¼"), suspect_place("le cafÃ© de la Ð¼", 8), suspect_place("café")
    (7, 16, None)
    """
    for stop in pattern().finditer(text, at):
        place = _misread_at(text, stop)
        if place:
            return place
    return None


def _misread_at(text: str, stop: re.Match[str]) -> int:
    """Return the place of a character that stands behind a lead at a stop of the scan, 0 if there is none."""
    at, kind = stop.start(), stop.lastindex
    if kind == CYRILLIC:
        return at if _may_be_cyrillic(text, at) else 0
    if kind == FIRST and _is_sequence(text, at):
        return 0 if text[at] in _QUOTES and _LETTER_BESIDE.match(text, max(0, at - 1)) else at + 1
    return at if kind != NOT_SHOWN and at and _is_sequence(text, at - 1) else 0


# In MacRoman these are leads of Cyrillic, Armenian and Hebrew letters and rare Latin ones, none of which stands beside
# a plain letter: "l’été", "“école”".
_QUOTES: Final = frozenset("–—“”‘’«»…\xa0÷◊")
_LETTER_BESIDE = re.compile("[A-Za-z][^\x00-\x7f]|[^\x00-\x7f]{2}[A-Za-z]|.[^\x00-\x7f]{2}[A-Za-z]", re.DOTALL)
_LONGEST: Final = 200


def _may_be_cyrillic(text: str, at: int) -> bool:
    """Tell whether the word around a place could have been misread as a whole in a Cyrillic charset.

    There the letters of a sequence are common ones, so that a pair by itself says nothing. What the ends of the word
    lost does not count.
    """
    start = max(0, at - _LONGEST)
    word = text[start:at]
    for space in _SPACES:
        word = word.rpartition(space)[2]
    found = _WORD.match(text, at - len(word), at + _LONGEST)
    assert found
    whole = found.group()
    if len(whole) >= _LONGEST or "\ufffd" in whole:
        return True
    for road in _cyrillic_roads():
        data = road.to_bytes(whole)
        if data is not None and _begins_utf8(data.lstrip(_FOLLOWERS)):
            return True
    return False


_FOLLOWERS: Final = bytes(range(0x80, 0xC0))


def _line_near(text: str, at: int) -> str:
    """Return so much of the line around a place as is near it."""
    before, after = text[max(0, at - _LONGEST) : at], text[at : at + _LONGEST]
    for char in "\n\r\u2028\u2029":
        before, after = before.rpartition(char)[2], after.partition(char)[0]
    return before + after


def _begins_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        return error.end == len(data) and error.reason == "unexpected end of data"
    return True


@lru_cache(maxsize=1)
def _cyrillic_roads() -> tuple[Road, ...]:
    return tuple(road for road in roads() if road.name in CYRILLIC_ROADS)


def _is_sequence(text: str, at: int) -> bool:
    """Tell whether a misread sequence begins at a place, whichever the charset."""
    two, more, lowered = sequences()
    lead, behind = text[at], text[at + 1 : at + 2]
    if lead not in two:
        return False
    if behind == " ":
        return lead == "Ã" and "a" <= text[at - 1 : at] <= "z"
    if behind in two[lead]:
        return True
    if behind in lowered.get(lead, ()) and not _CAPITAL.search(_line_near(text, at)):
        return True
    after = more.get(lead, frozenset())
    return behind in after and (text[at + 2 : at + 3] in after or text[at + 2 : at + 3] == "\ufffd")


def may_be_double(text: str) -> bool:
    """Tell whether a word of `text` is UTF-8 that was read as one of the double-byte charsets.

    >>> may_be_double("percepci贸"), may_be_double("价格合理")
    (True, False)
    """
    return double_place(text) is not None


def double_place(text: str, at: int = 0) -> int | None:
    """Return the first place at or behind `at` where a word that was read in a double-byte charset ceases to be ASCII.

    >>> double_place("la percepci贸 de la gent"), double_place("la percepció de la gent")
    (11, None)
    """
    if text.isascii() or (not at and _BELOW_HAN.fullmatch(text)):
        return None
    for start in _double_starts().finditer(text, at):
        if start.start() < at:
            continue
        found = _WORD.match(text, start.start())
        assert found
        word, at = found.group(), found.end()
        for road in _double_roads():
            if _begins_utf8(word[:_HEAD].encode(road.name, "replace")) and walk(word, road) is not None:
                return found.start()
    return None


# Characters of a word that most often tell that it is no UTF-8.
_HEAD: Final = 6


@lru_cache(maxsize=1)
def _double_roads() -> tuple[Road, ...]:
    return tuple(road for road in roads() if not road.high)


@lru_cache(maxsize=1)
def _double_starts() -> re.Pattern[str]:
    """Return the pattern of what can begin a sequence in a double-byte charset, behind ASCII or nothing."""
    starts: set[str] = set()
    data = b"\n".join([bytes([lead, byte]) for lead in range(0xC2, 0xF5) for byte in (0x0A, *range(0x80, 0xC0))])
    for road in _double_roads():
        starts |= {char for char in data.decode(road.name, "replace").split("\n") if len(char) == 1}
    return re.compile(f"[{''.join(sorted(starts - {chr(0xFFFD)}))}](?<![^\x00-\x7f].)")


def may_be_misread(text: str) -> bool:
    """Tell whether `text` could be UTF-8 that was misread.

    >>> may_be_misread("Crème brûlée, ещё ёлка"), may_be_misread("CrÃ¨me"), may_be_misread("percepci贸")
    (False, True, True)
    """
    return not text.isascii() and (suspect(text) or may_be_double(text))


def may_hide(text: str) -> bool:
    r"""Tell whether `text` holds controls or other characters that do not show.

    >>> may_hide("plain\n"), may_hide("bell\x07")
    (False, True)
    """
    if text.isascii():
        return any(char in text for char in _CONTROLS)
    return HIDDEN.search(text) is not None


def odd_lines(text: str, *, misread: bool = True, hidden: bool = True) -> Iterator[tuple[int, int, bool]]:
    r"""Yield start and end of the lines that could be `misread` or hold `hidden` characters, as far as asked for.

    The third value says whether a line could be misread in a single-byte charset. A line may come more than once.

    >>> list(odd_lines("fine\ncrÃ¨me\nfine\n\ufeff"))
    [(5, 11, True), (17, 18, False)]
    """
    if text.isascii() and not (hidden and may_hide(text)):
        return
    search, at, line, ends = pattern().search, 0, (0, 0), _ends_in(text)
    while stop := search(text, at):
        at = stop.end()
        single = misread and _misread_at(text, stop) > 0
        if single or (hidden and HIDDEN.match(text, stop.start())):
            line = line if at <= line[1] else line_around(text, stop.start(), line[1], ends)
            yield *line, single
            at = line[1] if single else at
    at = 0
    while misread and (place := double_place(text, at)) is not None:
        line = line_around(text, place, at, ends)
        yield *line, False
        at = line[1]


def lines_with(char: str, text: str) -> Iterator[tuple[int, int]]:
    r"""Yield start and end of each line of `text` that holds a character.

    >>> list(lines_with("&", "a\nb & c & d\ne"))
    [(2, 11)]
    """
    at, end, ends = text.find(char), 0, _ends_in(text)
    while at >= 0:
        start, end = line_around(text, at, end, ends)
        yield start, end
        at = text.find(char, end)


def _ends_in(text: str) -> list[str]:
    return [char for char in "\n\r\u2028\u2029" if char in text]


def line_around(text: str, place: int, start: int, ends: Iterable[str]) -> tuple[int, int]:
    """Return start and end of the line that the character at `place`, which is no line break, stands in.

    The line starts at or behind `start`; `ends` are the characters that end lines in this text.
    """
    for char in ends:
        start = max(start, text.rfind(char, start, place) + 1)
    line = _LINE.match(text, place)
    assert line
    return start, line.end()


def has_mixed_endings(text: str) -> bool:
    r"""Tell whether `text` ends its lines in more than one way.

    >>> has_mixed_endings("a\r\nb\r\n"), has_mixed_endings("a\r\nb\n")
    (False, True)
    """
    kinds = 0
    if "\r" in text:
        pairs = text.count("\r\n")
        kinds += (pairs > 0) + (text.count("\r") > pairs) + (text.count("\n") > pairs)
    elif "\n" in text:
        kinds = 1
    if not text.isascii():
        kinds += ("\u2028" in text) + ("\u2029" in text)
    return kinds > 1
