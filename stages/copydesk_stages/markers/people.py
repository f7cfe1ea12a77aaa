"""Lines that say who made something: bylines, notes on an author, picture credits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from copydesk_stages.markers.folding import cased, names_of, words
from copydesk_stages.markers.shapes import CREDIT_PARTS, GLUE, SENTENCE_END, Found, is_credit
from copydesk_stages.markers.tables import LONGEST, Tables, Words
from copydesk_stages.markers.wording import noun

_SIGNS = re.compile(r"[/|©]|\bvia\b")
_INITIAL = re.compile(r"\b[A-Z]\.$")
_DOMAIN = re.compile(r"(?<=\w)\.(?:com|org|net|info|co\.uk|[a-z]{2})\b")
_FOOTNOTE = re.compile(r"^\W*(?:\d{1,2}\.?\s+)?")
#: Words that no name holds, though a heading in capitals may ("Meet The Editor").
_NO_NAME = GLUE | frozenset(
    ("a", "an", "our", "your", "my", "meet", "about", "new", "former", "ask", "letter", "letters")
)
_ARTICLES = frozenset(("a", "an", "the", "our", "ein", "eine", "un", "une", "una", "um", "uma", "en", "et", "een"))
#: Between the words of one name: "Ada van der Vale".
_PARTICLES = frozenset(("al", "bin", "da", "de", "den", "der", "di", "du", "la", "le", "van", "von"))
_JOINERS = frozenset(("and", "by", "und", "et", "y", "e", "en", "och", "og", "i", "ja"))
#: Between what an author is and the paper or town: "a reporter for the Harbour Post", "based in Skarnholm".
_WHERE = frozenset(("for", "at", "with", "in", "based", "bei", "beim", "für", "pour", "à", "au", "en", "de", "del"))
_WHERE |= frozenset(("the", "of", "der", "des", "la", "le", "el", "voor", "bij", "på", "i", "hos", "di", "da"))
#: A note on an author says what the author is within so many words after the name.
_NOTE_WORDS = 4
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
            if _are_people(names) and all(not name[0].islower() or name in GLUE or _is_job(name) for name in names):
                return Found(entry.rule, f"is {noun(entry.rule)}: only a name follows its first words", 0.95)
    return None


def _are_people(names: Sequence[str]) -> bool:
    """Tell whether each of these has a first and a last name, as in "Ada Vale and Tom Reed in Skarnholm".

    A heading such as "By Land and Sea" or "Von der Wiege" is in capitals too.
    """
    if not names or names[0].lower() in GLUE:
        return False
    counted, joined = 0, True
    for name in (*names, "and"):
        if (
            name.lower() not in GLUE
            or name.lower() in _PARTICLES
            or _is_job(name)
            or words(name) in names_of("agencies")
        ):
            counted += 2 if _is_job(name) or words(name) in names_of("agencies") else name[0].isupper()
            continue
        if joined and counted < 2:
            return False
        counted, joined = 0, name.lower() in _JOINERS
    return True


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


def _introduction(text: str) -> tuple[list[str], list[str]]:
    """Return the name that a text begins with and what it is said to be; two empty lists if it does not begin so."""
    tokens = cased(_FOOTNOTE.sub("", text[:LONGEST], count=1))
    name = list(takewhile(lambda token: token[0].isupper(), tokens[:5]))
    said = tokens[len(name) :]
    if 2 <= len(name) <= 4 and _is_person(name) and said and words(said[0]) in names_of("copulas"):
        return name, said[1:]
    return [], []


def _note(text: str) -> Found | None:
    """Return a note on the author: "Ada Vale is a reporter for the Harbour Post." `context` looks for her elsewhere.

    The job is all that is said, but for the paper or the town: "is an editor on trial" is news.
    """
    _, said = _introduction(text)
    if not said or not (said[0] in _ARTICLES or _is_job(said[0])):
        return None
    jobs = [
        at for at, token in enumerate(said[:_NOTE_WORDS]) if token[0].islower() and words(token) in names_of("jobs")
    ]
    if not jobs:
        return None
    rest = said[jobs[-1] + 1 :]
    if not rest or (rest[0] in _WHERE and all(not token[0].islower() or token in _WHERE for token in rest)):
        return Found(AUTHOR_NOTE, "closes the text and says who the author is, who stands nowhere in it", 0.93)
    return None


#: The rule of a note on an author.
AUTHOR_NOTE = "author-note"


def author_of(note: str) -> str:
    """Return the last of the names with which a text introduces somebody, nothing if it does not.

    >>> author_of("Ada Vale is a reporter for the Harbour Post.")
    'Vale'
    """
    name, _ = _introduction(note)
    return name[-1] if name else ""


def _agency(text: str, key: Words) -> Found | None:
    """Return a credit that names an agency beside somebody: "Ada Vale/AFP", "Tom Reed | Bloomberg | Getty Images"."""
    if len(key) > 12:
        return None
    bare = text.strip().strip("()[]©").strip()
    parts = [part for part in CREDIT_PARTS.split(bare) if part]
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
    if not _SIGNS.search(bare) and (agencies[0] or not agencies[-1]):
        return None  # "Keystone, South Dakota", a place or a dateline
    return Found("photo-credit", "credits a picture or a text to somebody and an agency", 0.93)


def _caption(text: str, tables: Tables) -> Found | None:
    """Return a caption that closes with its credit: "The pier after the storm (Image: Northwire)"."""
    at = max(text.rfind(":"), text.rfind("："), text.rfind("©"))
    names = cased(text[at + 1 :])
    if at < 0 or not 1 <= len(names) <= 10 or SENTENCE_END.search(text.rstrip(")] ")):
        return None
    label = words(text[max(0, at - 30) : at])
    for size in (3, 2, 1):
        entry = tables.prefixes.get(label[-size:]) or tables.names.get(label[-size:])
        if entry and entry.rule == "photo-credit":
            before = text[:at].rstrip()
            first = (cased(before)[-size:] or [""])[0]
            above = before[: before.rfind(first)].rstrip()
            # A label in lower case belongs to a sentence, one amid the words of a heading to the heading.
            if before[-1].islower() and not first[:1].isupper():
                return None
            agency = is_credit(text[at + 1 :], agency=True)
            if agency or (_is_name(names) and not above[-1:].isalnum()):
                return Found("photo-credit", "is the caption of a picture and closes with its credit", 0.9)
    return None


def _sign(text: str, key: Words) -> Found | None:
    """Return a bare credit behind a copyright sign: "© Northwire/Tom Reed"."""
    if text.lstrip().startswith("©") and 1 <= len(key) <= _CREDIT_WORDS and not SENTENCE_END.search(text):
        names = cased(text)
        if names and _is_name(names):
            return Found("copyright", "is nothing but a name behind a copyright sign", 0.93)
    return None
