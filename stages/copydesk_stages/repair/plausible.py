"""How unlikely a stretch of text is as writing, whatever its language: `badness`.

A misread text is not just rare letters: letters of different scripts stand side by side, small letters before capitals,
signs within words. None of that depends on a language, so nothing here was fitted to sentences; the costs follow from
what the Unicode Standard says about characters (script, case, category, age of use) and from the charsets that were
made for living languages.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

# Kinds of characters as single letters, so that a text becomes a string of kinds.
SPACE, DIGIT, POINT, QUOTE, SIGN, BOX, CONTROL, MARK = " ", "0", ".", "'", "*", "#", "!", "~"
_LATIN = ("a", "A")
_CASED: Final = {"GREEK": ("g", "G"), "CYRILLIC": ("c", "C"), "ARMENIAN": ("e", "E")}
_HAN: Final = "h"
_EAST_ASIAN: Final = {"CJK": _HAN, "HIRAGANA": _HAN, "KATAKANA": _HAN, "HANGUL": _HAN, "BOPOMOFO": _HAN}
# Scripts that people write today in numbers; the others cost, because misread text is full of them.
_LIVING: Final = (
    "HEBREW", "ARABIC", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA",
    "MALAYALAM", "SINHALA", "THAI", "LAO", "TIBETAN", "MYANMAR", "GEORGIAN", "ETHIOPIC", "KHMER", "THAANA",
)  # fmt: skip
_UNCASED: Final = {name: chr(0xE000 + index) for index, name in enumerate(_LIVING)}
_OTHER_SCRIPT: Final = chr(0xE000 + len(_LIVING))
_DEAD_SCRIPT: Final = 3.0
_QUOTES: Final = frozenset("‘’‚‛“”„‟‹›«»–—―…•·′″")
# Letters of alphabets in use beyond what the legacy charsets of Europe hold.
_LATER_LATIN: Final = frozenset("ƏəƠơƯưȘșȚțƁɓƊɗƘƙƳƴɛƐɔƆŋŊẞǎǐǒǔǍǏǑǓǹǸɖƉŵŷẁẃẅẀẂẄỳỲɣƔʋƲḍḥṣṭẓṛḷḌḤṢṬẒṅṇṃṁñǀǁǂǃ")
_CHARSETS: Final = ("latin-1", "cp1250", "cp1252", "cp1254", "cp1257", "iso8859-2", "iso8859-3", "iso8859-4",
                    "iso8859-10", "iso8859-14", "cp1258")  # fmt: skip
_HAN_SETS: Final = ("gb2312", "shift_jis", "big5", "euc_kr")


class _Facts(dict[str, tuple[str, float]]):
    """Character -> kind and what it costs by itself, worked out when first met."""

    def __missing__(self, char: str) -> tuple[str, float]:
        facts = _facts(char)
        self[char] = facts
        return facts


def _facts(char: str) -> tuple[str, float]:
    code = ord(char)
    if code < 0x80:
        if char.isalpha():
            return _LATIN[char.isupper()], 0.0
        return (DIGIT if char.isdigit() else SPACE if char.isspace() else POINT), 0.0
    if char in _QUOTES:
        return QUOTE, 0.0
    category = unicodedata.category(char)
    if category in ("Cc", "Cs", "Co", "Cn"):
        return CONTROL, 6.0 if category == "Cn" else 3.0
    if category == "Zs" or category in ("Zl", "Zp", "Cf"):
        return SPACE, 0.0 if char in "\xa0\xad\u200b\u200c\u200d\u200e\u200f\u3000\ufeff\u202f\u2009" else 1.0
    if char == "\ufffd":
        return SIGN, 1.0
    if category == "Mn" and unicodedata.name(char, "").startswith("COMBINING"):
        return MARK, 0.3 if code <= 0x0345 else 1.5
    if category[0] in "LM" or category in ("Nl", "Nd"):
        return _letter(char, code, category)
    if 0x2500 <= code <= 0x259F:
        return BOX, 0.5
    if category == "No":
        return SIGN, 0.5
    if category == "Po" and code >= 0x0370:
        return POINT, 0.0
    if category[0] == "P":
        return (POINT if code >= 0x3000 else SIGN), 0.0
    if code >= 0x1F000:
        return SIGN, 0.3
    return SIGN, 0.3 if char in "©®°§£€™№¿¡²³½" else 0.7


def _letter(char: str, code: int, category: str) -> tuple[str, float]:
    script = _script(char)
    upper = category in ("Lu", "Lt")
    if script == "LATIN":
        return _LATIN[upper], _latin_cost(char, code)
    if script in _CASED:
        return _CASED[script][upper], _cased_cost(script, char, code)
    if script in _EAST_ASIAN:
        return _HAN, _east_asian_cost(char, code)
    if category == "Nd":
        return _UNCASED.get(script, DIGIT), 0.0
    if script in _LIVING:
        return _UNCASED[script], _uncased_cost(script, char, code)
    return _OTHER_SCRIPT, _DEAD_SCRIPT


def _script(char: str) -> str:
    name = unicodedata.name(char, "OTHER")
    first = name.split()[0].split("-")[0]
    if first in ("FULLWIDTH", "HALFWIDTH", "MODIFIER", "SUPERSCRIPT"):
        return "LATIN" if first != "HALFWIDTH" else "KATAKANA"
    if first == "IDEOGRAPHIC":
        return "CJK"
    return "GREEK" if first == "COPTIC" else first


def _in_charset(char: str, charsets: tuple[str, ...]) -> bool:
    for charset in charsets:
        try:
            char.encode(charset)
        except UnicodeEncodeError:
            continue
        return True
    return False


def _latin_cost(char: str, code: int) -> float:
    if code in (0xAA, 0xBA):
        return 1.0
    if char in "ŉſŀĿĸƒªº":
        return 1.5
    if code < 0x0180 or 0x1EA0 <= code <= 0x1EF9:
        return 0.1 if _in_charset(char, _CHARSETS) else 0.3
    if char in _LATER_LATIN:
        return 0.5
    return 0.5 if 0xFF21 <= code <= 0xFF5A else 2.0


def _cased_cost(script: str, char: str, code: int) -> float:
    if script == "GREEK":
        return 0.0 if _in_charset(char, ("iso8859-7",)) else 0.5 if code >= 0x1F00 else 2.5
    if script == "CYRILLIC":
        if _in_charset(char, ("cp1251", "iso8859-5")):
            return 0.0
        return 0.3 if _in_charset(char, ("ptcp154", "koi8-t", "kz1048")) else 0.6 if 0x048A <= code <= 0x04FF else 2.5
    return 0.0


def _east_asian_cost(char: str, code: int) -> float:
    if 0xFF61 <= code <= 0xFF9F:
        return 1.0
    if 0x3040 <= code <= 0x30FF or 0xAC00 <= code <= 0xD7A3:
        return 0.0
    return 0.1 if _in_charset(char, _HAN_SETS) else 1.0 if 0x4E00 <= code <= 0x9FFF else 2.0


def _uncased_cost(script: str, char: str, code: int) -> float:
    if script == "HEBREW":
        return 0.0 if _in_charset(char, ("cp1255",)) else 1.5
    if script == "ARABIC":
        if 0x0621 <= code <= 0x0652:
            return 0.0
        return 0.2 if _in_charset(char, ("cp1256",)) or code in _URDU_ETC else 1.5
    return 0.0


_URDU_ETC: Final = frozenset(map(ord, "ٹڈڑںہھےۓیکگپچژٺڻۀۃڪگڳڱٽٿڃڄڇڊڌڍڏڙڦۆێەڕڵۇۈۋڭڤڨڧځڅډړښګټڼۍېئ٠٫٬"))
_FACTS = _Facts()


def kinds(text: str) -> str:
    """Return the kind of each character of `text`, one letter each.

    >>> kinds("Né en 1962 ³")
    'Aa aa 0000 *'
    """
    return "".join([_FACTS[char][0] for char in text])


@lru_cache(maxsize=16384)
def _pair(first: str, second: str) -> float:
    """Return what two kinds cost side by side."""
    if first == second or SPACE in (first, second):
        return 0.6 if first == second == SIGN else 0.2 if first == second == QUOTE else 0.0
    plain = (DIGIT, POINT)
    if first in plain or second in plain:
        return 0.0 if BOX not in (first, second) else 0.5
    if MARK in (first, second):
        return 0.0 if second == MARK and (first.isalpha() or first >= "\ue000") else 1.0
    if CONTROL in (first, second):
        return 1.0
    if BOX in (first, second):
        return 2.0
    if SIGN in (first, second):
        return 1.0 if QUOTE in (first, second) else 1.5
    if QUOTE in (first, second):
        return 0.0
    return _letters(first, second)


def _letters(first: str, second: str) -> float:
    if first.lower() == second.lower():
        return 2.0 if first.islower() else 0.0
    if _HAN in (first, second):
        return 0.5 if _LATIN[0] in (first, second) or _LATIN[1] in (first, second) else 1.5
    return 3.0


def badness(text: str) -> float:
    """Return how unlikely `text` is as writing; 0 for most of what people write.

    >>> badness("Crème brûlée"), badness("Москва") == 0.0, badness("CrÃ¨me") > 3, badness("Ð¼Ð¸Ñ€") > 6
    (0.3, True, True, True)
    """
    total, before = 0.0, SPACE
    for char in text:
        kind, cost = _FACTS[char]
        total += cost + _pair(before, kind)
        before = kind
    return round(total, 3)
