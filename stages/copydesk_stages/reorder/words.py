"""What there is to know of a single word, number or mark, wherever it stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

#: Words are taken for one where so many letters agree: "withdraw" and "withdrawal", and most German inflections.
STEM = 7
#: A word with its inner apostrophes and hyphens, or one mark of punctuation.
_TOKEN = re.compile(r"\w+(?:[-'’.]\w+)*|[^\w\s]")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_RECENT = re.compile(r"(?:19|20)\d\d")
_ACRONYM = re.compile(r"\b[^\W\d_a-z]{2,6}\b")
_POSSESSIVE = re.compile(r"['’][sS]?$")


class Facts(NamedTuple):
    """What few tokens have."""

    acronyms: tuple[str, ...]
    years: tuple[int, ...]
    digits: int


class Token(NamedTuple):
    """A token as it is looked up; "" or None is what it does not have.

    `word` is one in lower case that begins with a letter, `stem` the beginning of a content word, `name` what may be
    part of a name, without a possessive and in full and after the last hyphen. `key` is the token in lower case, "0"
    for a number and "0000" for a year; `shape` keeps marks and words that hold sentences together, and is "X" for a
    capitalised word and "x" for any other.
    """

    lower: str
    word: str
    stem: str
    name: tuple[str, str] | None
    key: str
    shape: str
    facts: Facts | None


def tokens(text: str) -> list[str]:
    """Return the words, numbers and marks of a text, in order.

    >>> tokens("It's 3.5 m.")
    ["It's", '3.5', 'm', '.']
    """
    return _TOKEN.findall(text)


def masks(groups: Sequence[AbstractSet[str]]) -> list[int]:
    """Return each set of words as a number, with a bit for each word that another has as well.

    What two of them have in common is counted fast in these. It takes as much time as there are words, however many.

    >>> one, other = masks([{"dam", "town", "held"}, {"dam", "town", "broke"}])
    >>> (one & other).bit_count()
    2
    """
    counts = Counter(chain.from_iterable(groups))
    places = {word: at for at, word in enumerate([word for word, count in counts.items() if count > 1])}
    found = []
    for group in groups:
        bits = bytearray(len(places) // 8 + 1)
        for at in map(places.__getitem__, group & places.keys()):
            bits[at >> 3] |= 1 << (at & 7)
        found.append(int.from_bytes(bits, "little"))
    return found


@lru_cache(maxsize=16)
def known(stop: frozenset[str], frame: frozenset[str]) -> Callable[[str], Token]:
    """Return the function that tells what there is to know of a token; `stop` has no content, `frame` keeps its shape.

    A text is made of few different words, so those seen last are kept.

    >>> look = known(frozenset({"over"}), frozenset({"on"}))
    >>> [(t.word, t.stem, t.key, t.shape) for t in map(look, ["Towns", "over", "on", "1987"])]
    [('towns', 'towns', 'towns', 'X'), ('over', '', 'over', 'x'), ('on', '', 'on', 'on'), ('', '', '0000', '0000')]
    >>> look("ex-Mayor's").name, look("UN-led").facts.acronyms
    (('ex-Mayor', 'Mayor'), ('UN',))
    """

    @lru_cache(maxsize=1 << 14)
    def look(token: str) -> Token:
        lower, capital = token.lower(), token[0].isupper()
        word = lower if lower[0].isalpha() else ""
        stem = word[:STEM] if len(word) > 3 and word not in stop else ""
        # Most words have no more to them, and the rest takes long to find out.
        if token.isascii() and token.isalpha() and token[1:].islower():
            shape = "X" if capital else lower if lower in frame else "x"
            return Token(lower, word, stem, (token, token) if capital else None, lower, shape, None)
        key = _number(token) if token[0].isdigit() else lower
        shape = "X" if capital else key if key in frame or not key[0].isalpha() else "x"
        facts = Facts(tuple(_ACRONYM.findall(token)), tuple(map(int, _YEAR.findall(token))), len(_DIGIT.findall(token)))
        return Token(lower, word, stem, _name(token), key, shape, facts if any(facts) else None)

    return look


def _number(token: str) -> str:
    return "0000" if len(token) == 4 and _RECENT.fullmatch(token) else "0"


def _name(token: str) -> tuple[str, str] | None:
    """Return what may be part of a name, whole and after the last hyphen where only that is capital: "ex-Mayor"."""
    if token[0].isupper() or ("-" in token and token[-1].islower() and any(p[:1].isupper() for p in token.split("-"))):
        bare = _POSSESSIVE.sub("", token)
        return bare, bare.rsplit("-", 1)[-1] if token[0].islower() else bare
    return None
