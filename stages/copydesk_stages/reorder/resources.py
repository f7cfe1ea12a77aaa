"""Words that tell order, per language, from the TOML tables beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from copydesk_stages.reorder.phrases import Feature


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language that the signals look for; all in lower case.

    `phrases` has what a word or an opening is worth, and `frame` the words that hold sentences together, as
    `phrases.weigh` takes them; both are empty where nothing was learned.
    """

    code: str
    nouns_capital: bool
    connectives: tuple[str, ...]
    additive: frozenset[str]
    pronouns: frozenset[str]
    demonstratives: frozenset[str]
    definite: frozenset[str]
    indefinite: frozenset[str]
    courtesy: frozenset[str]
    titles: frozenset[str]
    speech: frozenset[str]
    speech_on: frozenset[str]
    weekdays: frozenset[str]
    months: frozenset[str]
    later: frozenset[str]
    earlier: frozenset[str]
    past_perfect: frozenset[str]
    perfect: frozenset[str]
    future: frozenset[str]
    first_person: frozenset[str]
    ordinals: tuple[str, ...]
    closings: tuple[str, ...]
    stop: frozenset[str]
    not_names: frozenset[str]
    given_names: frozenset[str]
    frame: frozenset[str]
    phrases: Mapping[Feature, complex]


_LISTS = ("connectives", "ordinals", "closings")


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Return the language codes that there are tables for.

    >>> "en" in languages(), "xx" in languages()
    (True, False)
    """
    folder = files("copydesk_stages.reorder") / "languages"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@lru_cache(maxsize=16)
def load(code: str) -> Language:
    """Return the table of a language in `languages()`; FileNotFoundError for another."""
    path = files("copydesk_stages.reorder") / "languages" / f"{code}.toml"
    table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    nouns_capital = bool(table.pop("nouns_capital", False))
    lists = {key: tuple(table.pop(key)) for key in _LISTS}
    table.setdefault("frame", "")
    sets = {key: frozenset(value.split()) for key, value in table.items()}
    # A word that opens sentences is capital there and is no part of a name.
    not_names = frozenset().union(
        *(sets[k] for k in ("pronouns", "demonstratives", "definite", "indefinite", "weekdays", "months", "stop")),
        *(phrase.split() for phrase in lists["connectives"]),
    )
    fields: dict[str, Any] = {**sets, **lists, "given_names": _given_names(), "phrases": _phrases(code)}
    return Language(code=code, nouns_capital=nouns_capital, not_names=not_names, **fields)


@lru_cache(maxsize=1)
def _given_names() -> frozenset[str]:
    path = files("copydesk_stages.reorder") / "names.toml"
    return frozenset(tomllib.loads(path.read_text(encoding="utf-8"))["given"].split())


def _phrases(code: str) -> dict[Feature, complex]:
    path = files("copydesk_stages.reorder") / "languages" / f"{code}.phrases.tsv"
    if not path.is_file():
        return {}
    table: dict[Feature, complex] = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        name, early, first = line.split("\t")
        table[tuple(name.split(" ")) if " " in name else name] = complex(int(early), int(first))
    return table
