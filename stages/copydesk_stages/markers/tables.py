"""Lexicons as TOML, and the tables made from them.

A phrase is words and placeholders and is looked up, never run as a regular expression, so no lexicon can make matching
slow: the worst phrase costs one entry of a dictionary.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

from copydesk import ConfigError
from copydesk_stages.markers.folding import CAPITALS, PLACEHOLDERS, plain, words, words_of

#: How far a phrase may be trusted: `sure` as a whole block in any text, `weak` only where the context agrees.
Grade = Literal["sure", "weak"]
#: The longest phrase that a lexicon or a user may give, in characters.
LONGEST = 200

_LISTS = ("phrases", "local", "weak", "row", "prefixes", "names", "openings", "glued")
_RULE = re.compile(r"[a-z]+(?:-[a-z]+)*")
_BRACES = re.compile(r"\{[^{}]*\}?|\}")


class Entry(NamedTuple):
    """What a phrase stands for: the rule that cuts it, how far it is trusted, and the lexicon it comes from."""

    rule: str
    grade: Grade
    language: str


Words = tuple[str, ...]


class Dates(NamedTuple):
    """The words of one language's date lines: `words` are those that only a page says, `fill` what stands between."""

    months: frozenset[str] = frozenset()
    weekdays: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    fill: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's phrases by kind, folded; the head of `en.toml` explains the kinds. Weak ones are in `phrases`."""

    language: str
    kinds: Mapping[str, Mapping[Words, Entry]]
    glued: Mapping[str, str]
    dates: Dates


@dataclass(frozen=True, slots=True)
class Tables:
    """What the stage looks things up in, for one set of languages."""

    phrases: dict[Words, Entry] = field(default_factory=dict)
    before_name: dict[Words, list[tuple[Words, Entry]]] = field(default_factory=dict)
    after_name: dict[Words, Entry] = field(default_factory=dict)
    row: dict[Words, Entry] = field(default_factory=dict)
    names: dict[Words, Entry] = field(default_factory=dict)
    openings: dict[Words, Entry] = field(default_factory=dict)
    prefixes: dict[Words, Entry] = field(default_factory=dict)
    glued: dict[str, str] = field(default_factory=dict)
    glued_phrases: tuple[str, ...] = ()
    dates: list[Dates] = field(default_factory=list)

    def add(self, phrases: Mapping[Words, Entry]) -> None:
        """Add phrases; one that is there already stays as it is."""
        for key, entry in phrases.items():
            if CAPITALS not in key:
                self.phrases.setdefault(key, entry)
            elif key[0] == CAPITALS:
                self.after_name.setdefault(key[1:], entry)
            else:
                at = key.index(CAPITALS)
                self.before_name.setdefault(key[:at], []).append((key[at + 1 :], entry))


def parse(text: str, name: str) -> Lexicon:
    """Return the lexicon that a TOML text holds; `name` is what errors call it.

    Raises ConfigError, naming the table and the phrase, for what is no TOML, an unknown key, an unknown placeholder, a
    phrase without a word in it or one that is too long. A line that begins with # is a comment.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}: no valid TOML: {error}") from None
    language = data.pop("language", None)
    if not isinstance(language, str) or not language:
        raise ConfigError(f'{name}: has to begin with language = "xx", the code of its language')
    found: dict[str, dict[Words, Entry]] = {kind: {} for kind in _LISTS}
    glued: dict[str, str] = {}
    dates: dict[str, frozenset[str]] = {}
    for rule, table in data.items():
        if not isinstance(table, dict) or not _RULE.fullmatch(rule):
            raise ConfigError(f"{name}: {rule!r} has to be a table named in lower case with hyphens, [share-bar]")
        for kind, listed in table.items():
            where = f"{name}, [{rule}] {kind}"
            given = _checked(where, kind, listed)
            if kind == "glued":
                glued.update(dict.fromkeys(given, rule))
            elif kind in Dates._fields:
                dates[kind] = frozenset(word for phrase in given for word in words(phrase))
            else:
                entry = Entry(rule, "weak" if kind in ("weak", "row") else "sure", language)
                into = found["phrases" if kind == "weak" else kind]
                # Folding all phrases at once is several times as fast as one by one.
                for phrase, plain_phrase in zip(given, plain("\n".join(given)).split("\n"), strict=True):
                    into.setdefault(_key(phrase, plain_phrase, where), entry)
    return Lexicon(language, found, glued, Dates(**dates))


def _checked(where: str, kind: str, listed: Any) -> list[str]:
    if kind not in (*_LISTS, *Dates._fields):
        raise ConfigError(f"{where}: unknown; a table has {', '.join(_LISTS)}")
    if not isinstance(listed, str):
        raise ConfigError(f"{where}: has to be one text in '''...''' with a phrase a line")
    lines = (line.strip() for line in listed.split("\n"))
    return [line for line in lines if line and not line.startswith("#")]


def folded(phrase: str, where: str) -> Words:
    """Return the words that `phrase` is looked up by; ConfigError, beginning with `where`, if it cannot be one."""
    return _key(phrase, plain(phrase), where)


def _key(phrase: str, plain_phrase: str, where: str) -> Words:
    if len(phrase) > LONGEST:
        raise ConfigError(f"{where}: {phrase[:40]!r}... has {len(phrase)} characters; a phrase has at most {LONGEST}")
    key = words_of(plain_phrase)
    if "{" not in phrase and "}" not in phrase and key and key != ("{n}",) * len(key):
        return key
    for braces in _BRACES.findall(phrase):
        if braces not in PLACEHOLDERS:
            raise ConfigError(f"{where}: {phrase!r} holds {braces!r}; placeholders are {', '.join(PLACEHOLDERS)}")
    if not any(word not in PLACEHOLDERS for word in key) and key != ("{network}",):
        raise ConfigError(f"{where}: {phrase!r} has no word to know it by")
    if key.count(CAPITALS) > 1:
        raise ConfigError(f"{where}: {phrase!r} has {CAPITALS} more than once")
    return key


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the languages that there is a lexicon for, sorted."""
    folder = files("copydesk_stages.markers") / "lexicon"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def lexicon(language: str) -> Lexicon:
    """Return the shipped lexicon of a language."""
    path = files("copydesk_stages.markers") / "lexicon" / f"{language}.toml"
    return parse(path.read_text(encoding="utf-8"), f"{language}.toml")


@lru_cache(maxsize=64)
def tables(known: tuple[str, ...], others: tuple[str, ...] = ()) -> Tables:
    """Return the tables of a text in the languages `known`; of `others` what means nothing else in any language."""
    made = Tables(glued_phrases=tuple(phrase for code in (*known, *others) for phrase in lexicon(code).glued))
    for code in known:
        made.add(lexicon(code).kinds["local"])
    # English bylines and credits stand on pages of any language.
    for code in dict.fromkeys((*known, "en")):
        _fill(made.names, lexicon(code).kinds["names"])
    for code in (*known, *others):
        lex = lexicon(code)
        made.add(lex.kinds["phrases"])
        for kind in ("row", "prefixes", "openings"):
            _fill(getattr(made, kind), lex.kinds[kind])
        for phrase, rule in lex.glued.items():
            made.glued.setdefault(phrase, rule)
        made.dates.append(lex.dates)
    return made


def _fill(table: dict[Words, Entry], more: Mapping[Words, Entry]) -> None:
    for key, entry in more.items():
        table.setdefault(key, entry)
