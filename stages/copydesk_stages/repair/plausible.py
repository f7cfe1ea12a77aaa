"""How unlikely a stretch of text is as writing, whatever its language: `badness`.

A misread text is not just rare letters: letters of different scripts stand side by side, small letters before capitals,
signs within words. The costs follow from what the Unicode Standard says about characters (script, case, category), from
the charsets that were made for living languages, and, for Latin letters, from which of them stand side by side in 165
languages (`letter_pairs.json`, made by `training/repair/letters.py`). None was fitted to sentences.
"""

from __future__ import annotations

import re
from functools import lru_cache
from string import ascii_letters, digits
from typing import Final

from copydesk_stages.repair.characters import (
    ACCENTED_CAPITAL,
    BOX,
    CONTROL,
    DIGIT,
    EMBLEM,
    FACTS,
    FOREIGN_POINT,
    HAN,
    LATIN,
    MARK,
    NARROW,
    POINT,
    POWER,
    QUOTE,
    SIGN,
    SPACE,
)
from copydesk_stages.repair.roads import roads


def kinds(text: str) -> str:
    """Return the kind of each character of `text`, one letter each.

    >>> kinds("Né en 1962 ³")
    'Aa aa 0000 ^'
    """
    return "".join([FACTS[char][0] for char in text])


class _Pairs(dict[tuple[str, str], float]):
    """What two characters cost side by side, the second one's own cost included, worked out when first met.

    In a text that is otherwise Latin, each character that is not costs `foreign` more.
    """

    def __init__(self, foreign: float) -> None:
        super().__init__()
        self.foreign = foreign

    def __missing__(self, pair: tuple[str, str]) -> float:
        if len(self) > _MOST_PAIRS:
            self.clear()
        first, second = FACTS[pair[0]][0], FACTS[pair[1]][0]
        cost = FACTS[pair[1]][1] + (0.0 if pair[0] == "√" and second in "gG0" else _pair_cost(first, second))
        if "´" in pair and (pair[0] + pair[1]).replace("´", "").isascii() and {first, second} & set(LATIN):
            cost = FACTS[pair[1]][1]  # typed for an apostrophe
        if first == ACCENTED_CAPITAL and pair[1] in _BEHIND_WORDS:
            cost = FACTS[pair[1]][1] + 0.3
        if (first in _LETTERS or second in _LETTERS) and not (pair[0].isascii() and pair[1].isascii()):
            cost += _neighbour_cost(pair, first, second)
        if second == POWER and first in _LETTERS and not pair[0].isascii():
            cost += 1.5  # "m²" is common, "ã³" is not
        if self.foreign and second not in _AT_HOME:
            cost += self.foreign * (2.5 if second in "gGcC" else 1.0)
        if self.foreign and (first + second) in _LETTER_BY_HAN:
            cost += self.foreign
        if pair[0] in _WITH.get(pair[1], "") or (pair[0] == "µ" and pair[1] in _UNITS):
            cost = 0.3
        self[pair] = round(cost, 3)
        return self[pair]


_BEHIND_WORDS: Final = frozenset("…’”»›™®©")
# What some signs follow in names, measures and numbers: "Lumora™", "10 µm", "47 kΩ", "Nº 5", "1ª".
_UNITS: Final = "AFGHLNPVWglms"
_WITH: Final = {
    "™": ascii_letters,
    "®": ascii_letters,
    "µ": f" ({digits}",
    "Ω": "GMkm",
    "º": f"{digits}Nn",
    "ª": digits,
}
_MOST_PAIRS: Final = 200_000
_LETTERS: Final = frozenset((*LATIN, ACCENTED_CAPITAL))
_ENDS_WORD: Final = frozenset((SPACE, POINT, QUOTE, DIGIT))
_UNSEEN: Final = 1.2
_LEVEL: Final = 0.1


@lru_cache(maxsize=1)
def _levels() -> dict[str, float]:
    import json
    from importlib.resources import files

    table = json.loads(files("copydesk_stages.repair").joinpath("letter_pairs.json").read_text(encoding="utf-8"))
    return {pairs[at : at + 2]: int(level) * _LEVEL for level, pairs in table.items() for at in range(0, len(pairs), 2)}


def _neighbour_cost(pair: tuple[str, str], first: str, second: str) -> float:
    """Return how rare it is that these letters stand side by side, or that a word begins or ends so."""
    one = pair[0].lower()[0] if first in _LETTERS else "^" if first in _ENDS_WORD else ""
    other = pair[1].lower()[0] if second in _LETTERS else "^" if second in _ENDS_WORD else ""
    if not one or not other or (one + other).isascii():
        return 0.0
    return _levels().get(one + other, _UNSEEN)


@lru_cache(maxsize=4096)
def _pair_cost(first: str, second: str) -> float:
    """Return what two kinds cost side by side."""
    if first == second:
        return 0.5 if first == SIGN else 0.2 if first == QUOTE else 0.0
    if EMBLEM in (first, second):
        return 0.3
    if FOREIGN_POINT in (first, second):
        return 2.0 if first in _LETTERS or second in _LETTERS else 0.0
    if SPACE in (first, second):
        return 1.0 if second == MARK else _CAPITAL if second == ACCENTED_CAPITAL else 0.0
    if first in (DIGIT, POINT) or second in (DIGIT, POINT):
        return 0.5 if BOX in (first, second) else 0.0
    if MARK in (first, second):
        return 0.0 if second == MARK and (first.isalpha() or first >= "\ue000") else 1.0
    if CONTROL in (first, second):
        return 1.0
    if BOX in (first, second):
        return 2.0
    if second == POWER:
        return 0.0 if first in "acg" else 1.5
    if first == ACCENTED_CAPITAL and second == SIGN:
        return 2.2
    if SIGN in (first, second) or first == POWER:
        return 1.0 if QUOTE in (first, second) else 1.5
    if QUOTE in (first, second):
        return 1.0 if first == ACCENTED_CAPITAL else 0.0
    return _letters(first, second)


_CAPITAL: Final = 0.2  # beyond ASCII, small letters are the commoner reading


def _letters(first: str, second: str) -> float:
    if first in _LETTERS and second in _LETTERS:
        if second == "a":
            return 0.0
        return 2.0 if first == "a" else 0.8 if second == ACCENTED_CAPITAL else 0.0
    if {first, second} in _SCIENTIFIC:
        return 1.2  # "IFNγ"
    if first.lower() == second.lower():
        return 2.0 if first.islower() else 0.0
    if NARROW in (first, second):
        return 2.0 if first in _LETTERS or second in _LETTERS else 1.0
    if HAN in (first, second):
        return 0.7 if first in _LETTERS or second in _LETTERS else 1.5
    return 3.0


_SCIENTIFIC: Final = ({"g", "a"}, {"g", "A"})
_AT_HOME: Final = frozenset((*_LETTERS, EMBLEM, SPACE, DIGIT, POINT, QUOTE, SIGN, CONTROL, MARK, POWER))
_FOREIGN: Final = 1.0
_LETTER_BY_HAN: Final = frozenset((LATIN[0] + HAN, HAN + LATIN[0], LATIN[1] + HAN))
_PAIRS: Final = {False: _Pairs(0.0), True: _Pairs(_FOREIGN)}
_NO_LETTERS: Final = bytes(byte for byte in range(0x80) if not chr(byte).isalpha())


def is_latin(text: str) -> bool:
    """Tell whether most of what is written in `text` is plain Latin letters.

    >>> is_latin("El puente se abri贸"), is_latin("贸 ok")
    (True, False)
    """
    letters = len(text.encode("ascii", "ignore").translate(None, _NO_LETTERS))
    return letters >= _FEW and letters >= 0.6 * (len(text) - text.count(" "))


_FEW: Final = 10
_PLAIN: Final = "\x00-\x7f\xa0°²³«»‹›·‘’“”„–—•…\u0964"
_ONE_SCRIPT: Final = re.compile(
    "|".join(
        f"[{_PLAIN}{letters}]*"
        for letters in (
            "\u00bf-\u00d6\u00d8-\u00f6\u00f8-\u0148\u014a-\u017e\u0218-\u021b\u1ea0-\u1ef9",
            "\u0386-\u03ce", "\u0400-\u045f\u0490-\u04ff№", "\u05d0-\u05ea", "\u0531-\u0589", "\u10d0-\u10fb",
            "\u060c\u061b\u061f\u0620-\u0652\u0660-\u06d5", "\u0900-\u0965", "\u0981-\u09fa", "\u0a01-\u0a75",
            "\u0a81-\u0aef", "\u0b01-\u0b71", "\u0b82-\u0bfa", "\u0c01-\u0c6f", "\u0c82-\u0cef", "\u0d02-\u0d6f",
            "\u0d82-\u0df4", "\u0e01-\u0e5b", "\u1200-\u135a", "\u3001-\u301f\u3040-\u30ff\u4e00-\u9fa5\uff01-\uff5e",
        )
    )
)  # fmt: skip


def is_one_script(text: str) -> bool:
    """Tell whether `text` is written in common letters of one script, beside ASCII and common punctuation.

    >>> is_one_script("Москва – 2001"), is_one_script("Москва ð 2001")
    (True, False)
    """
    return _ONE_SCRIPT.fullmatch(text) is not None


_QUOTE_WITHIN: Final = re.compile(r"[«»“”„‚‹›‘](?:(?<=[^\W\d_][«»“”„‚‹›])(?=[^\W\d_])|(?<=[A-ZÀ-ÖØ-Þ]‘)(?=[A-Z]))")
# A word in capitals whose last letter is small: what a misreading of two capitals as one letter makes.
_CAPITALS_END: Final = re.compile(r"[A-Z]{2}([^\W\d_A-Za-z])(?![^\W\d_])")


def badness(text: str, *, latin: bool = False) -> float:
    """Return how unlikely `text` is as writing; near 0 for most of what people write.

    `latin` says that it stands in a text of Latin letters, where those of other scripts are less to be expected.

    >>> badness("Crème brûlée") < 2, badness("Москва"), badness("CrÃ¨me") > 3, badness("Ð¼Ð¸Ñ€") > 6
    (True, 0.0, True, True)
    """
    total: float = sum(map(_PAIRS[latin].__getitem__, zip(f" {text}", f"{text} ", strict=True)))
    total += _SIGNATURE * len(signatures().findall(text))
    total += 2.0 * len(_QUOTE_WITHIN.findall(text))
    total += 1.5 * sum([found.group(1).islower() for found in _CAPITALS_END.finditer(text)])
    return round(total, 3)


_SIGNATURE: Final = 2.5
# What nobody writes, as the first character and what follows it: signs of Latin-1 and no-break spaces behind the lead
# that they have in UTF-8, and letters that the commonest charsets show where a lead stood.
_SIGNATURES: Final = (
    ("Â", r"(?!(?<=«.)»)[^\w\s]|\xa0"),
    ("â", r"[‚„†‡ˆ‰‹€][^\w\s]"),
    ("Ã", r"[‚„†‡ˆ‰‹‘“•˜™¡-ª¬-º¼-¿]|(?<![A-Z].)(?!’s\b)[…’”›»–—]"),
    ("ÃĂ", r"[\xa0\xad](?=[a-z])|(?<![A-Z].)[\xa0\xad]"),
    ("ã", r"(?<=[a-z].)\xad"),
    ("ÂÃÄÅÆÇÈÉÐÑĂĹ", r"(?<=[a-z].)[^\w\s]|[™®©](?=[a-z])"),
    ("á", r"[º»][^\x00-\x7f]"),
    ("Œœ", r"(?![A-Za-z])"),
    ("√¬", r"[†°¢£ß®©™¨≠ÆØ±≤≥¥µ∑ªºΩæø]|[´∞∂∏∫](?=\w)"),
    ("√", r"(?<=\w.)[´∞∂∏π∫]"),
    ("¬", r"(?<!\S.)´(?!\S)"),
    ("ÌÍÎÏ", r"[±²³´µ¶·¸¹º¼½¾¿¡-ª¬®¯‚„†‡ˆ‰‹•˜™›œžŸ]"),
)


@lru_cache(maxsize=1)
def signatures() -> re.Pattern[str]:
    """Return the pattern of what the commonest signs and punctuation turn into when they are misread.

    In UTF-8 punctuation has the bytes E2 80 xx (quotes, dashes, dots). The pattern begins with one class, which the
    regular expression engine scans for fast.
    """
    rests: dict[str, list[str]] = {}
    for firsts, rest in _SIGNATURES:
        rests.setdefault(firsts, []).append(rest)
    for road in roads():
        for mark in "–—‘’“”•…":
            read = road.read(mark.encode()[: 3 if road.high else 2])
            if read:
                rests.setdefault(read[0], []).append(re.escape(read[1:]))
    found = "|".join(f"(?<=[{firsts}])(?:{'|'.join(rest)})" for firsts, rest in sorted(rests.items()))
    return re.compile(f"[{''.join(sorted(rests))}](?:{found})")
