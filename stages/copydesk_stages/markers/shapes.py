"""Markers known by their shape: dates, a headline behind "Read more:", addresses, bare numbers."""

from __future__ import annotations

import re
from typing import NamedTuple

from copydesk_stages.markers.folding import NUMBER, cased, names_of, words
from copydesk_stages.markers.sentences import is_said, is_sentence, is_told
from copydesk_stages.markers.tables import Dates, Tables, Words
from copydesk_stages.markers.wording import noun

_COLON = re.compile(r"\s*[:：]\s*|\s+\|\s+")
#: What parts the names of a credit.
CREDIT_PARTS = re.compile(r"\s*[/|,;]\s*|\s+(?:via|[-–—])\s+")
_CLOCK = re.compile(r"(?<![\d.:])(?:[01]?\d|2[0-3])[:.h][0-5]\d(?![\d.])|\b\d{1,2}\s?[ap]\.?m\b", re.IGNORECASE)
#: What an entry of a live ticker begins with: "20.41 Uhr: ", "14:05 — ".
_ENTRY = re.compile(r"\W{0,3}(?:[01]?\d|2[0-3])[:.h][0-5]\d(?:\s+[^\W\d_]{1,4}\.?)?(?:\s*:|\s+[-–—])\s")
_DAY = re.compile(
    r"(?<!\d)(?:\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d\d)|\d{4}([./-])\d{1,2}\2\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日)(?!\d)"
)
_COPYRIGHT = re.compile(r"^\W{0,3}(?:©|\(c\)|copyright\b)", re.IGNORECASE)
_COPYRIGHT_LAW = re.compile(r"\W*(?i:copyright) (?!by |of |and )[a-z]")
_HEADER = re.compile(r"\s*[^\W\d_]+:\s")
_CONTACT = re.compile(r"\s*(?:(?:[\w.+-]+@[\w-]+(?:\.[\w-]+)+|@\w{2,30})[\s,;|]*)+$")
_COUNT = re.compile(r"\W{0,3}\d[\d.,\u00a0\u202f]{0,9}[kKmM]?\W{0,3}|\d{1,3} / \d{1,3}")
_CODE = re.compile(r'::|\(["\']|"\s*:\s*"|",$')
_LOWER = re.compile(r"[^\w]*[a-z]")
_META = re.compile(r"\s+[/|·•]\s+")
_MONEY = re.compile(r"[%$€£¥₺₽°.]\s*$|^\s*[$€£¥#+\-–−]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_EXCLAIMS = re.compile(r"[!?！？؟…]['\"”»’」)]*\s*$")
#: How a sentence ends.
SENTENCE_END = re.compile(r"[.!?。！？؟]['\"”»’)]?$")
#: Words in lower case that may stand in a name or between two.
GLUE = frozenset(
    ("and", "by", "und", "et", "y", "e", "en", "och", "og", "i", "ja", "de", "von", "van", "der", "den", "al", "bin")
) | frozenset(("da", "di", "du", "la", "le", "for", "für", "via", "of", "the", "in", "at", "to", "on"))
#: A date line has at most so many words that are none of a date.
_MOST_OTHERS = 5
_MOST_PARTS = 6
#: A credit has at most so many words in lower case that no name has: "Foto: privat", but not "Photo: a costly hobby".
_MOST_PLAIN = 1
#: Rules of lines that name people.
_NAMING = ("photo-credit", "byline", "source-credit")


class Digits(NamedTuple):
    """What the digits of a line tell: several years, a day, a time of day."""

    span: bool
    day: bool
    clock: bool


class Found(NamedTuple):
    """What a block was found to be. Certain where `score` is 1; a `weak` one needs the context to agree.

    `short` is a certain one of a word or two, which the context may still show to be a heading or a line of verse.
    """

    rule: str
    why: str
    score: float
    weak: bool = False
    short: bool = False


def match(text: str, key: Words, tables: Tables) -> Found | None:
    """Return what marker the shape of `text` shows, None if none."""
    return (
        _opening(text, key, tables)
        or _any_date(text, key, tables)
        or _copyright(text, key)
        or _meta(text, tables)
        or _colon(text, key, tables)
        or _contact(text)
        or _count(text)
    )


def _opening(text: str, key: Words, tables: Tables) -> Found | None:
    for size in range(min(len(key) - 1, 8), 1, -1):
        entry = tables.openings.get(key[:size])
        if entry and not (is_told(text) if entry.rule == "copyright" else is_said(text)):
            return Found(entry.rule, f"opens as {noun(entry.rule)} does", 0.97)
    return None


def _any_date(text: str, key: Words, tables: Tables) -> Found | None:
    """Return a date line in the words of one language."""
    if len(key) > 18 or NUMBER not in key or (SENTENCE_END.search(text) and len(key) > 8):
        return None
    # What digits alone tell is told once for all languages.
    span = len(set(_YEAR.findall(text))) > 1
    digits = Digits(span, _DAY.search(text) is not None, _CLOCK.search(text) is not None)
    return next((found for dates in tables.dates if (found := _date(text, key, dates, digits))), None)


def _date(text: str, key: Words, dates: Dates, digits: Digits) -> Found | None:
    """Return a date line: date words and numbers only, or with a clock time and a name or place besides."""
    marks = months = others = 0
    for word in key:
        if word in dates.words:
            marks += 1
        elif word in dates.months:
            months += 1
        elif word != NUMBER and word not in dates.fill and word not in dates.weekdays:
            others += 1
    if not others and marks:
        return Found("date-line", "says when the page was published or changed", 0.97)
    if digits.span or others > _MOST_OTHERS or not (marks or months or digits.day or digits.clock):
        return None
    if others and _HEADER.match(text) and key[0] not in dates.words:
        return None  # "Date: Fri, 1 Feb", a line of a letter's head
    day = months > 0 or digits.day
    if others and not day and _ENTRY.match(text):
        return None  # what happened at that time
    if not others and day and digits.clock:
        return Found("date-line", "is a date with the time of day", 0.95, weak=True)
    if not others and day:
        return Found("date-line", "is a bare date", 0.9, weak=True)
    if marks + day + digits.clock > 1 and _all_names(text, dates):
        return Found("date-line", "is a date and time with a name", 0.9, weak=True)
    if _ago(key, dates) and _all_names(text, dates):
        return Found("date-line", "is a name and how long ago", 0.9, weak=True)
    return None


def _ago(key: Words, dates: Dates) -> bool:
    """Tell whether "4 hours ago" stands in `key`."""
    return any(
        key[at] == NUMBER and key[at + 1] in dates.fill and key[at + 2] in dates.words for at in range(len(key) - 2)
    )


def _all_names(text: str, dates: Dates) -> bool:
    known = dates.words | dates.fill | dates.months | dates.weekdays | GLUE
    return all(
        token[0].isupper() or token[0].isdigit() or key[0] in known or key in names_of("agencies")
        for token in cased(text)
        if (key := words(token))
    )


def _meta(text: str, tables: Tables) -> Found | None:
    """Return a row that says when, by whom and how often answered: "March 3, 2026 / 5 Comments / by Ada Vale"."""
    parts = _META.split(text.strip())
    if not 2 <= len(parts) <= _MOST_PARTS or any(len(part.split()) > _MOST_OTHERS for part in parts):
        return None
    keys = [words(part) for part in parts]
    dated = any(_any_date(part, key, tables) for part, key in zip(parts, keys, strict=True) if key)
    if dated and any(NUMBER in key and key in tables.phrases for key in keys):
        return Found("date-line", "is a row of a date and other counts and names of the page", 0.95)
    return None


def _copyright(text: str, key: Words) -> Found | None:
    if (
        len(key) <= 20
        and _COPYRIGHT.match(text)
        and _YEAR.search(text)
        and not _COPYRIGHT_LAW.match(text)
        and not is_told(text)
    ):
        return Found("copyright", "is a copyright notice", 0.97)
    return None


def _colon(text: str, key: Words, tables: Tables) -> Found | None:
    colon = _COLON.search(text, 0, 60)
    if not colon or colon.end() == len(text):
        return None
    entry = tables.prefixes.get(words(text[: colon.start()])) or tables.names.get(words(text[: colon.start()]))
    if entry is None:
        return None
    if is_sentence(text[colon.end() :]) and not is_credit(text[colon.end() :], agency=True):
        return None
    if entry.rule in _NAMING and (len(key) > 14 or _EXCLAIMS.search(text) or not is_credit(text[colon.end() :])):
        return None
    if _CODE.search(text) or (_LOWER.match(text) and _LOWER.match(text[colon.end() :])):
        return None  # a field of a program or a settings file
    if "|" in colon.group() and (entry.rule != "related-link" or text.count("|") > 1):
        return None  # a row of a table
    if entry.rule == "source-credit" and not is_credit(text[colon.end() :], agency=True):
        return None
    return Found(entry.rule, f"opens as {noun(entry.rule)} does, with a colon", 0.95)


def is_credit(text: str, *, agency: bool = False) -> bool:
    """Tell whether `text` may name whom a credit is due to: an agency, or (but for `agency`) no run of plain words."""
    if any(words(part) in names_of("agencies") for part in CREDIT_PARTS.split(text.strip(" .()[]"))):
        return True
    return not agency and sum(word[0].islower() and word not in GLUE for word in text.split()) <= _MOST_PLAIN


def _contact(text: str) -> Found | None:
    if "@" in text and _CONTACT.match(text):
        return Found("contact", "is nothing but addresses", 0.9, weak=True)
    return None


def _count(text: str) -> Found | None:
    """Return a bare number: the count of shares or comments beside a button that is gone. A year is none."""
    if _COUNT.fullmatch(text) and not _YEAR.search(text) and not _MONEY.search(text):
        return Found("count", "is a bare number, as pages show beside their buttons", 0.9, weak=True)
    return None
