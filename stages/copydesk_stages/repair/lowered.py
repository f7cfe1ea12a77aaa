"""UTF-8 that was read as Windows-1252 and then put in small letters, so that bytes can no longer be told by letters.

"Ð" became "ð", "Š" became "š". The lead of a sequence is still known by how many characters follow it; only what was
"Š", "Œ" or "Ž" within it is in doubt, and those are settled by how rare the outcomes are, else the line is left alone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from copydesk_stages.repair.characters import cost_of
from copydesk_stages.repair.lost import may_be_lost, walk_lost
from copydesk_stages.repair.plausible import is_one_script
from copydesk_stages.repair.roads import roads

NAME = "cp1252 in small letters"
_SLOT = "\uffff"  # no character: holds the place of a letter in doubt
# How much costlier the other outcome has to be by its script, and how much rarer, in powers of ten, by its language.
_CLEAR = 1.0
_CLEAR_BY_LANGUAGE = 3.0
_MOST_SLOTS = 200
_JOINER = "\u200c"  # in doubt with “; within words of scripts that join letters it is the likelier


@lru_cache(maxsize=1)
def _bytes_of() -> dict[str, bytes]:
    """Return small letter -> the bytes of Windows-1252 that it can stand for."""
    found: dict[str, bytes] = {}
    for byte, char in enumerate(roads()[1].high, 0x80):
        small = char.lower()
        found[small] = found.get(small, b"") + bytes([byte])
    return found


@lru_cache(maxsize=1)
def _sequence() -> re.Pattern[str]:
    leads = "".join(re.escape(c) for c, b in _bytes_of().items() if any(0xC2 <= byte <= 0xF4 for byte in b))
    follow = "".join(re.escape(c) for c, b in _bytes_of().items() if any(0x80 <= byte <= 0xBF for byte in b))
    return re.compile(f"([{leads}])([{follow}]{{1,3}})|[^\\x00-\\x7f]")


class Lowered(NamedTuple):
    """What a line was before: `doubtful` where a letter could as well be another, `held` how many have two readings."""

    text: str
    doubtful: bool
    held: int


_CAPITAL = re.compile("[A-Z]")  # sooner found than a text is lower-cased
_LONGEST = 100_000  # characters of a line that is worth the search


def read_lowered(text: str) -> Lowered | None:
    """Return what `text` was before it was misread, in small letters as it is now; None where it cannot have been.

    >>> read_lowered("informaciã³n").text, read_lowered("manhã"), read_lowered("Ãrbol")
    ('información', None, None)
    """
    if len(text) > _LONGEST or _CAPITAL.search(text) or text != text.lower():
        return None
    parts = _sequence().split(text)
    if None in parts:
        return None
    found = list(map(_outcomes, parts[1::3], parts[2::3]))
    if not all(outcomes for outcomes, _ in found):
        return None
    parts[1::3] = [outcomes[0].lower() if len(outcomes) == 1 else _SLOT for outcomes, _ in found]
    parts[2::3] = [""] * len(found)
    doubts = [outcomes for outcomes, _ in found if len(outcomes) > 1]
    held = sum(possible > 1 for _, possible in found)
    lowered = "".join(parts)
    if not doubts:
        return Lowered(lowered, doubtful=False, held=held)
    return _settle(lowered, doubts[:_MOST_SLOTS], held)


_LATIN = "[\u00c0-\u024f\u1e00-\u1eff]"
_OTHER = "[\u0370-\u1dff\u2c00-\ud7ff]"
_MIXED = re.compile(f"{_LATIN}\\W{{0,3}}{_OTHER}|{_OTHER}\\W{{0,3}}{_LATIN}")
_HAN_IN_WORD = re.compile("[A-Za-z][\u3040-\u9fff]|[\u3040-\u9fff][A-Za-z]")


def is_contested(text: str, lowered: str) -> bool:
    """Tell whether what `text` was in small letters is no better than what it was with no-break spaces.

    So it is where letters of two scripts come to stand side by side, or where the no-break spaces put back make words
    of one script.

    >>> text = "ä½ å¥½ is a greeting"
    >>> read_lowered(text).text, is_contested(text, "ľ 好 is a greeting"), is_contested("coå› nowego", "coś nowego")
    ('ľ 好 is a greeting', True, False)
    """
    if _MIXED.search(lowered):
        return True
    read = walk_lost(text, roads()[1]) if may_be_lost(text) else None
    return read is not None and is_one_script(read) and not _HAN_IN_WORD.search(read)


@lru_cache(maxsize=4096)
def _outcomes(lead: str, follow: str) -> tuple[tuple[str, ...], int]:
    """Return the characters that a sequence can stand for, without those far less likely than another, and of how many.

    The outcome that spells the bytes as they stand comes first.
    """
    low, high = ((0xC2, 0xDF), (0xE0, 0xEF), (0xF0, 0xF4))[len(follow) - 1]
    found: list[str] = []
    for first in _bytes_of()[lead]:
        if low <= first <= high:
            for rest in product(*(_bytes_of()[char][::-1] for char in follow)):
                try:
                    found.append(bytes((first, *rest)).decode())
                except UnicodeDecodeError:
                    continue
    costs = {char: cost_of(char) for char in found}
    least = min(costs.values(), default=0.0)
    return tuple(char for char in costs if costs[char] < least + _CLEAR), len(costs)


def _settle(text: str, doubts: list[tuple[str, ...]], held: int) -> Lowered:
    from copydesk_stages.letters import Language

    pieces = text.split(_SLOT)
    slots = [
        [f"{_letter_before(before)}{char}{_letter_behind(after)}" for char in outcomes if char != _JOINER]
        for before, outcomes, after in zip(pieces, doubts, pieces[1:], strict=False)
    ]
    language = Language(" ".join(pieces), slots)
    settled, doubtful = pieces[0], False
    for outcomes, after in zip(doubts, pieces[1:], strict=True):
        before, behind = _letter_before(settled), _letter_behind(after)
        if _JOINER in outcomes:
            within = before.isalpha() and behind.isalpha() and before > "\u0530"
            best = _JOINER if within else next(char for char in outcomes if char != _JOINER)
        else:
            # Capitals hardly ever stood within words.
            odd = {char: _CLEAR_BY_LANGUAGE * (before.isalpha() and char.isupper()) for char in outcomes}
            rarity = {char: [r + odd[char] for r in language.rarities(before + char + behind)] for char in outcomes}
            best = min(outcomes, key=lambda char: rarity[char][0])
            doubtful = doubtful or odd[best] > 0 or not _is_clear(best, rarity)
        settled += best.lower() + after
    return Lowered(settled, doubtful, held)


def _is_clear(best: str, rarity: dict[str, list[float]]) -> bool:
    """Tell whether the `best` outcome is clearly so in the likeliest language, and the best in all that are near."""
    rest = [costs for char, costs in rarity.items() if char != best]
    clear = min(costs[0] for costs in rest) - rarity[best][0] >= _CLEAR_BY_LANGUAGE
    return clear and all(own <= other for costs in rest for own, other in zip(rarity[best], costs, strict=True))


def _letter_before(text: str) -> str:
    return text[-1] if text and not text[-1].isspace() else "^"


def _letter_behind(text: str) -> str:
    return text[0] if text and not text[0].isspace() else "^" if text else ""
