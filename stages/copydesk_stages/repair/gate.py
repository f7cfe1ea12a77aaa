"""Whether there is anything to look at: scans by compiled classes, which most text leaves within microseconds.

A gate may let clean text through, which costs time; it may never stop text that the slow path would change. That is
tested with random text and on data (`bench/repair_speed.py`).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache

from copydesk_stages.repair.controls import HIDDEN, HIDDEN_CLASS
from copydesk_stages.repair.roads import Road, roads, walk

_CONTROLS = [*map(chr, range(0x09)), "\x0b", *map(chr, range(0x0E, 0x20)), "\x7f"]
_NOT_PLAIN = ("&", "\r", *_CONTROLS)
_FOREIGN_WORD = re.compile(r"(?<![!-~])[!-~]*+[^\x00-\x7f][^ \t\n\r\f\v]*")
_HAN_CLASS = "\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\ue000-\uf8ff"
HAN = re.compile(f"[{_HAN_CLASS}]")
# Text in most languages has none of these, so that one scan answers three questions.
_ODD = re.compile(f"[{_HAN_CLASS}{HIDDEN_CLASS}\u0400-\u04ff\u2500-\u259f]")
# Letters that clean Cyrillic is full of and that stand for bytes behind a lead in KOI8-R or code page 866: alone they
# prove nothing, and the slow path does not take them for damage either.
_YO = "ёЁ"
_PLAIN_CYRILLIC = frozenset(_YO + "".join(map(chr, range(0x430, 0x440))))
# Quotes, dashes and spaces that stand behind small accented letters in any text.
_PLAIN_BEHIND_SMALL = frozenset("‘’“”„‚«»‹›–—…·\xa0\xad")


def _class(chars: Iterable[str]) -> str:
    return "[" + "".join(re.escape(char) for char in sorted(set(chars))) + "]"


def _leads(road: Road) -> str:
    return road.high[0xC2 - 0x80 : 0xE0 - 0x80]


def _long_leads(road: Road) -> str:
    return road.high[0xE0 - 0x80 : 0xF5 - 0x80]


def _followers(road: Road) -> str:
    return road.high[:0x40]


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of what a misreading in a single-byte charset leaves: a lead's character and a follower's.

    Each begins with one class, which the regular expression engine scans for fast: that of the leads, or, for Cyrillic
    charsets, whose leads are common letters, that of the followers.
    """
    cyrillic: list[str] = []
    scanned: set[str] = set()
    behind_two: dict[str, set[str]] = {}  # lead of a sequence of two -> what may follow it
    behind_more: dict[str, set[str]] = {}  # lead of a longer one -> what may follow it twice
    for road in roads():
        if road.name in _CYRILLIC:
            marks = {char for char in _followers(road) if char not in _PLAIN_CYRILLIC}
            scanned |= marks | set(_YO)
            two, three = _class(_leads(road)), _class(_long_leads(road))
            cyrillic += [f"(?<={two}{_class(marks)})", f"(?<={three}{_class(_followers(road))}{_class(marks)})"]
            if road.name == "cp866":
                cyrillic.append(f"(?<={three}{_class(marks)})")
                for lead in _leads(road):
                    behind_two.setdefault(lead, set()).update(_followers(road))
            else:
                pair = f"{two}{_class(_YO)}"
                cyrillic.append(f"(?<=[A-Za-z]{pair})|(?<={pair})(?=[A-Za-z])")
                cyrillic.append(f"(?<=[^\u0400-\u04ff]{pair})(?<!её)(?![\u0400-\u04ff])")
        elif road.high:
            for lead in _leads(road):
                behind_two.setdefault(lead, set()).update(_followers(road))
            for lead in _long_leads(road):
                behind_more.setdefault(lead, set()).update(_followers(road))
    western = roads()[1]
    for lead in _leads(western).lower():
        signs = (char for char in _followers(western).lower() if char not in _PLAIN_BEHIND_SMALL)
        behind_two.setdefault(lead, set()).update(signs)
    for lead in (*behind_two, *behind_more):
        behind_two.setdefault(lead, set()).add("\ufffd")
    behind_two["ã"].add("\xad")
    grouped: dict[tuple[str, str], list[str]] = {}
    for lead, two_followers in behind_two.items():
        more = behind_more.get(lead, set())
        grouped.setdefault(("".join(sorted(two_followers)), "".join(sorted(more))), []).append(lead)
    other = "|".join(
        f"(?<={_class(leads)})(?:{_class(two)}" + (f"|{_class(more)}[{_class(more)[1:-1]}\ufffd])" if more else ")")
        for (two, more), leads in grouped.items()
    )
    latin = f"{_class(behind_two)}(?:(?<=[a-z]Ã) |(?![\x00-\x7f])(?:{other}))"
    return re.compile(latin), re.compile(f"{_class(scanned)}(?<=[^\x00-\x7f].)(?:{'|'.join(cyrillic)})")


def suspect(text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
    """Return the first place, or one near it, that looks like a single-byte misreading, None if there is none."""
    latin, cyrillic = _patterns()
    return latin.search(text, start, end) or cyrillic.search(text, start, end)


_CYRILLIC = ("cp1251", "koi8-r", "cp866")


def suspect_places(text: str) -> list[int]:
    """Return where in `text` something looks like a single-byte misreading, as places within the words it is in.

    >>> suspect_places("le cafÃ© de la Ð¼")
    [7, 16]
    """
    return [found.end() - 1 for pattern in _patterns() for found in pattern.finditer(text)]


def may_be_misread(text: str) -> bool:
    """Tell whether `text` could be UTF-8 that was misread.

    >>> may_be_misread("Crème brûlée, ещё ёлка"), may_be_misread("CrÃ¨me"), may_be_misread("Ð¼Ð¸Ñ€")
    (False, True, True)
    """
    return not text.isascii() and (suspect(text) is not None or may_be_double(text))


def may_be_double(text: str) -> bool:
    """Tell whether a word of `text` is UTF-8 that was read as one of the double-byte charsets.

    >>> may_be_double("percepci贸"), may_be_double("价格合理")
    (True, False)
    """
    if not HAN.search(text) or not _double_starts().search(text):
        return False
    words = [word for word in _FOREIGN_WORD.findall(text) if HAN.search(word)]
    doubles = [road for road in roads() if not road.high and _hold_sequences(words, road)]
    return any(walk(word, road) is not None for word in words for road in doubles)


@lru_cache(maxsize=1)
def _double_starts() -> re.Pattern[str]:
    """Return the pattern of what can begin a sequence in a double-byte charset, behind ASCII or nothing."""
    starts = set()
    for road in roads():
        for lead in range(0xC2, 0xF5) if not road.high else ():
            alone = road.read(bytes([lead]))
            if alone:
                starts.add(alone)
            for follower in range(0x80, 0xC0):
                read = road.read(bytes([lead, follower]))
                if read and len(read) == 1:
                    starts.add(read)
    return re.compile(f"{_class(starts)}(?<![^\x00-\x7f].)")


def _hold_sequences(words: list[str], road: Road) -> bool:
    """Tell whether one of `words` could be well-formed UTF-8 in the bytes of a double-byte charset.

    Quicker to say no than a decoder, which raises an error for each word.
    """
    return any(map(_SEQUENCES.fullmatch, " ".join(words).encode(road.name, "replace").split()))


_SEQUENCES = re.compile(
    rb"[\x21-\x7e]*(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})"
    rb"(?:[\x21-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})*"
)


def is_plain(text: str) -> bool:
    r"""Tell at once that `text` holds nothing at all to repair: ASCII without controls, entities or carriage returns.

    >>> is_plain("plain\n"), is_plain("caf&eacute;"), is_plain("café")
    (True, False, False)
    """
    if not text.isascii():
        return False
    for char in _NOT_PLAIN:  # noqa: SIM110  # all() costs as much as the scans, which run at the speed of memory
        if char in text:
            return False
    return True


def is_odd(text: str) -> bool:
    r"""Tell whether `text` holds East Asian, Cyrillic or box characters or ones that do not show.

    Without them the scans for what is misread in Cyrillic or double-byte charsets, or hidden, are needless.

    >>> is_odd("déjà vu"), is_odd("橋"), is_odd("bell\x07")
    (False, True, True)
    """
    return text.isascii() or _ODD.search(text) is not None


def suspect_lines(text: str, *, odd: bool = True) -> Iterator[tuple[int, int]]:
    r"""Yield start and end of the lines of `text` that could be misread, in no order; `odd` as `is_odd` says.

    >>> list(suspect_lines("fine\ncrÃ¨me\nfine"))
    [(5, 11)]
    """
    if text.isascii():
        return
    latin, cyrillic = _patterns()
    seen: set[int] = set()
    for pattern in (latin, cyrillic) if odd else (latin,):
        yield from lines_with(pattern, text, seen)
    if odd and HAN.search(text):
        for start, end in lines_with(_double_starts(), text, seen):
            if may_be_double(text[start:end]):
                yield start, end


def lines_with(pattern: re.Pattern[str], text: str, seen: set[int] | None = None) -> Iterator[tuple[int, int]]:
    """Yield start and end of the lines in which `pattern` is found, but for those that start where `seen` says."""
    seen = set() if seen is None else seen
    at = 0
    while found := pattern.search(text, at):
        line = _LINE.search(text, _line_start(text, found.start()))
        assert line
        if line.start() not in seen:
            seen.add(line.start())
            yield line.span()
        at = line.end()


_LINE = re.compile("[^\n\r\u2028\u2029]+")


def _line_start(text: str, place: int) -> int:
    ends = [text.rfind("\n", 0, place), text.rfind("\r", 0, place)]
    if not text.isascii():
        ends += [text.rfind("\u2028", ends[0] + 1, place), text.rfind("\u2029", ends[0] + 1, place)]
    return max(ends) + 1


def may_hide(text: str) -> bool:
    r"""Tell whether `text` holds controls or other characters that do not show.

    >>> may_hide("plain\n"), may_hide("bell\x07")
    (False, True)
    """
    if text.isascii():
        return any(char in text for char in _CONTROLS)
    return HIDDEN.search(text) is not None


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
