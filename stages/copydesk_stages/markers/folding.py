"""How blocks and phrases are made comparable: case, width, accents, punctuation and digits folded away."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

#: What a number, a clock time and a count such as "1.2K" fold to.
NUMBER = "{n}"
#: What the name of a network folds to.
NETWORK = "{network}"
#: Stands in a phrase for one to four capitalised words; only at its start or end.
CAPITALS = "{caps}"
_TIME = "{time}"
PLACEHOLDERS = (NUMBER, _TIME, NETWORK, CAPITALS)

_TOKEN = re.compile(r"\{(?:n|time|network|caps)\}|\d+(?:[.,:'\u2019\u00a0\u202f]\d+)*\+?(?:[km]\b)?|[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_MARKS = re.compile("[\u0300-\u036f\u0640\u064b-\u0655\u200b-\u200f\u2060\ufeff]+")
# Letters that no decomposition reaches. Dotless i: capitals lose the difference ("DEVAMI" is "devamı").
_LETTERS = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ё": "е", "ς": "σ"})


def plain(text: str) -> str:
    """Return `text` in lower case and one width, without accents.

    >>> plain("ＥＲＤＯĞＡＮ")
    'erdogan'
    """
    if text.isascii():
        return text.lower()
    spread = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", _MARKS.sub("", spread)).translate(_LETTERS)


def words(text: str) -> tuple[str, ...]:
    """Return the folded words of `text`; numbers and names of networks become placeholders, marks and emoji vanish.

    >>> words("▶ Share on Facebook (1,204)")
    ('share', 'on', '{network}', '{n}')
    """
    return words_of(plain(text))


def words_of(plain_text: str) -> tuple[str, ...]:
    """Return what `words` does for a text that `plain` has folded."""
    tokens = _TOKEN.findall(plain_text)
    if _DIGIT.search(plain_text) or _TIME in tokens:
        tokens = [NUMBER if word[0].isdigit() or word == _TIME else word for word in tokens]
    return _with_networks(tokens)


def _with_networks(tokens: list[str]) -> tuple[str, ...]:
    names = _networks()
    if names.keys().isdisjoint(tokens):
        return tuple(tokens)
    found: list[str] = []
    at = 0
    while at < len(tokens):
        name = next((n for n in names.get(tokens[at], ()) if tuple(tokens[at : at + len(n)]) == n), ())
        found.append(NETWORK if name else tokens[at])
        at += len(name) or 1
    return tuple(found)


@cache
def names_of(kind: str) -> frozenset[tuple[str, ...]]:
    """Return the folded names that `names.toml` lists under `kind`."""
    listed = tomllib.loads((files("copydesk_stages.markers") / "names.toml").read_text(encoding="utf-8"))[kind]
    return frozenset(tuple(_TOKEN.findall(plain(name))) for name in listed)


@cache
def _networks() -> dict[str, list[tuple[str, ...]]]:
    """Return the folded names of networks by their first word, the longest first."""
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for name in sorted(names_of("networks"), key=lambda n: (-len(n), n)):
        by_first.setdefault(name[0], []).append(name)
    return by_first


def without_repeats(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Return `tokens` with a whole that is a part said two or more times cut down to that part.

    >>> without_repeats(("share", "this", "share", "this"))
    ('share', 'this')
    """
    size = len(tokens)
    for length in range(1, size // 2 + 1):
        if size % length == 0 and tokens == tokens[:length] * (size // length):
            return tokens[:length]
    return tokens


def cased(text: str) -> list[str]:
    """Return the words of `text` as they stand, one for each folded word before networks are recognised."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", text))
