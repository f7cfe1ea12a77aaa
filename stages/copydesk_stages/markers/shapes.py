"""Markers known by their shape: dates, credits, bylines, headlines behind "Read more:"."""

from __future__ import annotations

import re
from typing import NamedTuple

from copydesk_stages.markers.folding import NUMBER, cased, words
from copydesk_stages.markers.tables import Tables, Words

_COLON = re.compile(r"\s*[:：|]\s*")
_COPYRIGHT = re.compile(r"^\W{0,3}(?:©|\(c\)|copyright\b)", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SENTENCE_END = re.compile(r"[.!?。！？؟][\"”»’)]?$")
_NAME_GLUE = frozenset({"and", "und", "et", "y", "e", "en", "och", "og", "i", "ja", "de", "von", "van", "der", "den",
                        "al", "bin", "da", "di", "du", "la", "le", "for", "für", "via", "of", "the"})  # fmt: skip


class Found(NamedTuple):
    """What a block was found to be. Certain where `score` is 1; a `weak` one needs the context to agree."""

    rule: str
    why: str
    score: float
    weak: bool = False


def match(text: str, key: Words, tables: Tables) -> Found | None:
    """Return what marker the shape of `text` shows, None if none."""
    return _date(key, tables) or _copyright(text, key) or _opening(text, key, tables) or _name_line(text, key, tables)


def _date(key: Words, tables: Tables) -> Found | None:
    if len(key) > 16 or NUMBER not in key:
        return None
    marks = months = 0
    for word in key:
        if word in tables.words:
            marks += 1
        elif word in tables.months or word in tables.weekdays:
            months += 1
        elif word != NUMBER and word not in tables.fill:
            return None
    if marks:
        return Found("date-line", "says when the page was published or changed", 0.97)
    if months or key.count(NUMBER) == len(key):
        return Found("date-line", "is a bare date or number", 0.9, weak=True)
    return None


def _copyright(text: str, key: Words) -> Found | None:
    if len(key) <= 20 and _COPYRIGHT.match(text) and (_YEAR.search(text) or "©" in text):
        return Found("copyright", "is a copyright notice", 0.97)
    return None


def _opening(text: str, key: Words, tables: Tables) -> Found | None:
    colon = _COLON.search(text, 0, 60)
    if not colon or colon.end() == len(text):
        return None
    entry = tables.prefixes.get(words(text[: colon.start()]))
    if entry is None or (entry.rule in ("photo-credit", "byline") and len(key) > 14):
        return None
    return Found(entry.rule, f"opens with page words and a colon ({entry.language}, {entry.rule})", 0.95)


def _name_line(text: str, key: Words, tables: Tables) -> Found | None:
    """Return a byline or credit without a colon: "By Ada Vale", "Photo by Tom Reed/Northwire"."""
    if len(key) > 10 or _SENTENCE_END.search(text):
        return None
    for size in range(min(4, len(key) - 1), 0, -1):
        entry = tables.prefixes.get(key[:size])
        if entry and entry.rule in ("byline", "photo-credit"):
            names = cased(text)[size:]
            caps = sum(name[0].isupper() for name in names)
            if caps >= 2 and all(name[0].isupper() or name in _NAME_GLUE for name in names):
                return Found(entry.rule, f"names who wrote it or took the picture ({entry.language})", 0.95)
    return None
