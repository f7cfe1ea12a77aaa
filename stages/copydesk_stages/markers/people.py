"""Lines that say who made something: bylines, notes on an author, picture credits and captions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from copydesk_stages.markers.folding import cased, names_of, words
from copydesk_stages.markers.shapes import GLUE, SENTENCE_END, Found
from copydesk_stages.markers.tables import Tables, Words
from copydesk_stages.markers.wording import noun

_PARTS = re.compile(r"\s*[/|,;]\s*|\s+(?:via|[-–—])\s+")
_INITIAL = re.compile(r"\b[A-Z]\.$")
_DOMAIN = re.compile(r"(?<=\w)\.(?:com|org|net|info|co\.uk|[a-z]{2})\b")
_FOOTNOTE = re.compile(r"^\W*(?:\d{1,2}\.?\s+)?")
_ASIDE = re.compile(r"\b[A-ZÀ-ÞА-Я]\w+,? [(（]([^()（）]{1,24})[)）]")
#: Words that no name holds, though a heading in capitals may ("Meet The Editor").
_NO_NAME = GLUE | frozenset(
    ("a", "an", "our", "your", "my", "meet", "about", "new", "former", "ask", "letter", "letters")
)
_ARTICLES = frozenset(("a", "an", "the", "our", "ein", "eine", "un", "une", "una", "um", "uma", "en", "et", "een"))
#: A note on an author says what the author is within so many words after the name.
_NOTE_WORDS = 9
#: A credit behind © has at most so many words.
_CREDIT_WORDS = 6


def match(text: str, key: Words, tables: Tables) -> Found | None:
    """Return what `text` says of who made something, None if it is no such line."""
    return (
        _by_name(text, key, tables)
        or _with_job(text)
        or _note(text)
        or _agency(text, key)
        or _caption(text, tables)
        or _sides(text, tables)
        or _sign(text, key)
    )


def _is_job(word: str) -> bool:
    return words(word) in names_of("jobs") or words(word) in names_of("beats")


def _is_name(tokens: Sequence[str]) -> bool:
    """Tell whether these words are a name or names: in capitals but for particles, or agencies."""
    return all(not token[0].islower() or token in GLUE or words(token) in names_of("agencies") for token in tokens)


def _by_name(text: str, key: Words, tables: Tables) -> Found | None:
    """Return a byline or credit without a colon: "By Ada Vale", "Photo by Tom Reed/Northwire", "By Reuters"."""
    if len(key) > 12 or (SENTENCE_END.search(text) and not _INITIAL.search(text)):
        return None
    for size in range(min(4, len(key) - 1), 0, -1):
        entry = tables.names.get(key[:size])
        if entry:
            names = cased(_DOMAIN.sub("", text))[size:]
            if words(" ".join(names)) in names_of("agencies"):
                return Found(entry.rule, f"is {noun(entry.rule)}: only an agency follows its first words", 0.95)
            capitals = sum(name[0].isupper() for name in names)
            if capitals >= 2 and all(not name[0].islower() or name in GLUE or _is_job(name) for name in names):
                return Found(entry.rule, f"is {noun(entry.rule)}: only a name follows its first words", 0.95)
    return None


def _with_job(text: str) -> Found | None:
    """Return a name with what it does at the paper: "Ada Vale, Political Correspondent"."""
    tokens = cased(text)
    if not 3 <= len(tokens) <= 6 or SENTENCE_END.search(text) or words(tokens[-1]) not in names_of("jobs"):
        return None
    name = list(takewhile(lambda token: not _is_job(token), tokens))
    if 2 <= len(name) <= 3 and _is_person(name) and all(map(_is_job, tokens[len(name) :])):
        return Found("byline", "is a name with what it does at the paper", 0.9, weak=True)
    return None


def _is_person(name: Sequence[str]) -> bool:
    return all(token.isalpha() and token[0].isupper() and token.lower() not in _NO_NAME for token in name)


def _note(text: str) -> Found | None:
    """Return a note on the author: "Ada Vale is a reporter for the Harbour Post." `context` looks for her elsewhere."""
    tokens = cased(_FOOTNOTE.sub("", text, count=1))
    name = list(takewhile(lambda token: token[0].isupper(), tokens[:5]))
    said = tokens[len(name) : len(name) + _NOTE_WORDS]
    if not 2 <= len(name) <= 4 or not _is_person(name) or not said or words(said[0]) not in names_of("copulas"):
        return None
    if len(said) < 2 or not (said[1] in _ARTICLES or _is_job(said[1])):
        return None
    if any(token[0].islower() and words(token) in names_of("jobs") for token in said[1:]):
        return Found(AUTHOR_NOTE, "says who the author is, who stands nowhere in the article", 0.93)
    return None


#: The rule of a note on an author.
AUTHOR_NOTE = "author-note"


def author_of(note: str) -> str:
    """Return the last of the names that a note on an author begins with.

    >>> author_of("Ada Vale is a reporter for the Harbour Post.")
    'Vale'
    """
    return list(takewhile(lambda token: token[0].isupper(), cased(_FOOTNOTE.sub("", note, count=1))))[-1]


def _agency(text: str, key: Words) -> Found | None:
    """Return a credit that names an agency beside somebody: "Ada Vale/AFP", "Tom Reed | Bloomberg | Getty Images"."""
    if len(key) > 12:
        return None
    bare = text.strip().strip("()[]©").strip()
    parts = [part for part in _PARTS.split(bare) if part]
    if len(parts) < 2 or SENTENCE_END.search(bare):
        return None
    known = names_of("agencies")
    agencies = [words(part) in known for part in parts]
    if not any(agencies) or (all(part.isupper() for part in parts) and not all(agencies)):
        return None
    for part, is_agency in zip(parts, agencies, strict=True):
        named = cased(part)
        if not is_agency and not (len(named) <= 6 and all(n[0].isupper() or n in GLUE for n in named)):
            return None
    if not any(len(cased(part)) >= 2 for part in parts) and sum(agencies) < 2:
        return None
    return Found("photo-credit", "credits a picture or a text to somebody and an agency", 0.93)


def _caption(text: str, tables: Tables) -> Found | None:
    """Return a caption that closes with its credit: "The pier after the storm (Image: Northwire)"."""
    at = max(text.rfind(":"), text.rfind("："), text.rfind("©"))
    names = cased(text[at + 1 :])
    if at < 0 or not 1 <= len(names) <= 10 or SENTENCE_END.search(text.rstrip(")] ")):
        return None
    signed = text[at] == "©" and "://" not in text and len(names) <= _CREDIT_WORDS
    if signed and len(cased(text[:at])) > 1 and _is_name(names):
        return Found("caption", "is the caption of a picture and closes with its credit", 0.9)
    label = words(text[max(0, at - 30) : at])
    for size in (3, 2, 1):
        entry = tables.prefixes.get(label[-size:]) or tables.names.get(label[-size:])
        if entry and entry.rule == "photo-credit":
            before = text[:at].rstrip()
            # A label in lower case belongs to a sentence.
            if before[-1].islower() and not any(token[0].isupper() for token in cased(before)[-size:][:1]):
                return None
            if text.rstrip().endswith((")", "]")) or _is_name(names):
                return Found("photo-credit", "is the caption of a picture and closes with its credit", 0.9)
    return None


def _sides(text: str, tables: Tables) -> Found | None:
    """Return a caption that says who stands where: "Ada Vale (left) and Tom Reed on the pier"."""
    if "(" in text or "（" in text:
        for aside in _ASIDE.findall(text):
            if words(aside) in tables.sides:
                return Found("caption", "says who stands left and right, as a caption does", 0.92)
    return None


def _sign(text: str, key: Words) -> Found | None:
    """Return a bare credit behind a copyright sign: "© Northwire/Tom Reed"."""
    if text.lstrip().startswith("©") and 1 <= len(key) <= _CREDIT_WORDS and not SENTENCE_END.search(text):
        names = cased(text)
        if names and _is_name(names):
            return Found("copyright", "is nothing but a name behind a copyright sign", 0.93)
    return None
