"""Close languages told apart by common words: the models see letters, and of these they share nearly all.

The words are in kin.toml, by group.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache

from copydesk_stages.language.weights import LEXICON

#: How many times likelier one word makes its languages, and how many words count at the most.
FACTOR, MOST = 12.0, 3
#: Words are looked for where at least two languages of a group have this probability.
POSSIBLE = 0.0002
_LETTER = r"[\w\u0900-\u0963]"  # a vowel sign of Devanagari is no \w


_Parts = tuple[tuple[frozenset[str], str], ...]


@lru_cache(maxsize=1)
def _groups() -> tuple[list[_Parts], dict[str, int]]:
    """Return the words of each group by the languages that they speak for, and the number of each language's group."""
    groups = tomllib.loads(LEXICON.read_text(encoding="utf-8"))["group"]
    parts = [tuple((frozenset(part["of"]), str(part["words"])) for part in group["telling"]) for group in groups]
    return parts, {str(tag): number for number, group in enumerate(groups) for tag in group["tags"]}


@lru_cache(maxsize=64)
def pattern(words: str) -> re.Pattern[str]:
    """Return what finds any of the words, written as in kin.toml, in a text in small letters.

    >>> pattern("posle dec*").findall("posle škole deca")
    ['posle', 'deca']
    """
    alternatives = "|".join(word.replace("*", f"{_LETTER}*") for word in sorted(words.split()))
    return re.compile(f"(?<!{_LETTER})(?:{alternatives})(?!{_LETTER})")


def weigh_kin(found: dict[str, float], text: str) -> dict[str, float]:
    """Return the shares by tag, those of close languages weighed by the words that tell them apart.

    >>> weigh_kin({"hr": 0.7, "sr-Latn": 0.3}, "Deca ne znaju gde su.")["sr-Latn"] > 0.95
    True
    >>> weigh_kin({"cs": 0.7, "sk": 0.3}, "Prosím.")
    {'cs': 0.7, 'sk': 0.3}
    """
    near = _near(found)
    if not near:
        return found
    lower = text.lower()
    for kin, parts in near:
        words = {of: len(pattern(listed).findall(lower)) for of, listed in parts if not of.issuperset(kin)}
        if not any(words.values()):
            continue
        changed = {
            tag: found[tag] * FACTOR ** min(MOST, sum(count for of, count in words.items() if tag in of)) for tag in kin
        }
        scale = sum(found[tag] for tag in kin) / sum(changed.values())
        found = {**found, **{tag: share * scale for tag, share in changed.items()}}
    return found


def _near(found: dict[str, float]) -> list[tuple[list[str], _Parts]]:
    """Return of each group the languages that are possible, with the group's words, where these are at least two."""
    groups, group_of = _groups()
    kin: dict[int, list[str]] = {}
    for tag, share in found.items():
        if share >= POSSIBLE and (group := group_of.get(tag)) is not None:
            kin.setdefault(group, []).append(tag)
    return [(tags, groups[group]) for group, tags in sorted(kin.items()) if len(tags) > 1]
