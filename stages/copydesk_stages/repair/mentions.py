"""Misread letters that a text is about: it shows them on purpose, beside what they were."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from copydesk_stages.repair.roads import roads

_QUOTES = "\"'`“”‘’«»‹›„‚"
_BESIDE = re.escape(f"{_QUOTES}()[]<>{{}}.,;:!?=/|*→")
# What stands by itself, sound or misread.
_BY_ITSELF = re.compile(f"(?<![^\\s{_BESIDE}])(?:\\w+|[^\x00-\x7f\\s])(?![^\\s{_BESIDE}])")
_BOUND = re.compile(f"[\\s{_BESIDE}]|")
_SENTENCE_END = re.compile(r"[.!?]\s")
_NEAR = 30  # characters between a letter and its misread form, which name what becomes of it
_NAMED = ("Lu", "Ll", "Lo", "Pi", "Pf")  # letters and quotation marks
_MOST = 50  # words that are looked at
_LONGEST = 4000  # characters of a line


def mentions(line: str) -> list[tuple[int, int]]:
    """Return start and end of what is misread in `line` and stands there to be shown.

    Beside it stands what it was: anywhere in the line where it is in quotation marks, else close by; a sign or a
    word has to be in quotation marks, as a dash between spaces or a word that comes twice is nothing to go by.

    >>> mentions("The letter é becomes Ã© then"), mentions("She wrote é. Later Ã© came"), mentions("“Ã©” for é")
    ([(21, 23)], [], [(1, 3)])
    """
    found: set[tuple[int, int]] = set()
    if len(line) <= _LONGEST:
        sound = [word for word in _BY_ITSELF.finditer(line) if not word.group().isascii()]
        for word in sound[:_MOST]:
            found.update(_shown(line, word))
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if not apart or start >= apart[-1][1]:
            apart.append((start, end))
    return apart


def _shown(line: str, word: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield where the misread forms of a word stand to be shown."""
    written = word.group()
    near = len(written) == 1 and unicodedata.category(written) in _NAMED
    data = written.encode("utf-8", "surrogatepass")
    lead = max(data) - 0x80  # the leads of UTF-8 are higher than what follows them
    for form in dict.fromkeys(road.read(data) for road in roads() if road.high and road.high[lead] in line):
        start = line.find(form) if form else -1
        while form and start >= 0:
            end = start + len(form)
            before, after = line[max(0, start - 1) : start], line[end : end + 1]
            quoted = before and after and before in _QUOTES and after in _QUOTES
            if quoted or (near and _is_near(line, word, start, end) and all(map(_BOUND.fullmatch, (before, after)))):
                yield start, end
            start = line.find(form, end)


def _is_near(line: str, word: re.Match[str], start: int, end: int) -> bool:
    between = line[word.end() : start] if word.end() <= start else line[end : word.start()]
    return len(between) <= _NEAR and between.replace("→", "").isascii() and not _SENTENCE_END.search(between)
