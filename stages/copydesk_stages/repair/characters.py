"""What single characters are, as kinds of a letter each, and what each costs by itself.

From the Unicode Standard (script, case, category) and from the charsets that were made for living languages.
"""

from __future__ import annotations

import unicodedata
from typing import Final

# Kinds of characters as single letters, so that a text becomes a string of kinds.
SPACE, DIGIT, POINT, QUOTE, SIGN, BOX, CONTROL, MARK = " ", "0", ".", "'", "*", "#", "!", "~"
EMBLEM = "y"  # dingbats, emoji and the like, which stand directly behind words
FOREIGN_POINT = ";"  # punctuation of Armenian, Arabic, the Indic scripts and so on
POWER, NARROW, ACCENTED_CAPITAL = "^", "k", "B"  # superscript digits, half-width kana, capitals beyond ASCII
LATIN = ("a", "A")
_CASED: Final = {"GREEK": ("g", "G"), "CYRILLIC": ("c", "C"), "ARMENIAN": ("e", "E")}
HAN: Final = "h"
_EAST_ASIAN: Final = {"CJK": HAN, "HIRAGANA": HAN, "KATAKANA": HAN, "HANGUL": HAN, "BOPOMOFO": HAN}
# Scripts that people write today in numbers; the others cost, because misread text is full of them.
_LIVING: Final = (
    "HEBREW", "ARABIC", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA",
    "MALAYALAM", "SINHALA", "THAI", "LAO", "TIBETAN", "MYANMAR", "GEORGIAN", "ETHIOPIC", "KHMER", "THAANA",
)  # fmt: skip
_UNCASED: Final = {name: chr(0xE000 + index) for index, name in enumerate(_LIVING)}
_OTHER_SCRIPT: Final = chr(0xE000 + len(_LIVING))
_DEAD_SCRIPT: Final = 3.0
_RARE_KANA: Final = frozenset("゛゜ゞ゙゚〚〛〞＜＞")  # East Asian marks that have no place in running text
_QUOTES: Final = frozenset("‘’‚‛“”„‟‹›«»–—―…·′″")
# Letters of alphabets in use beyond what the legacy charsets of Europe hold.
_LATER_LATIN: Final = frozenset("ƏəƠơƯưȘșȚțƁɓƊɗƘƙƳƴɛƐɔƆŋŊẞǎǐǒǔǍǏǑǓǹǸɖƉŵŷẁẃẅẀẂẄỳỲɣƔʋƲḍḥṣṭẓṛḷḌḤṢṬẒṅṇṃṁñǀǁǂǃ")
_COMMON_MARKS: Final = frozenset(
    "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0309\u030a\u030c\u031b\u0323\u0327\u0328\u0332\u0336"
)
_CHARSETS: Final = ("latin-1", "cp1250", "cp1252", "cp1254", "cp1257", "iso8859-2", "iso8859-3", "iso8859-4",
                    "iso8859-10", "iso8859-14", "cp1258")  # fmt: skip
_HAN_SETS: Final = (("gb2312", 0xB0, 0xD7), ("shift_jis", 0x88, 0x97), ("big5", 0xA4, 0xC6))


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
            return LATIN[char.isupper()], 0.0
        return (DIGIT if char.isdigit() else SPACE if char.isspace() else POINT), 0.0
    if char in _QUOTES:
        return QUOTE, 0.0
    if 0xFF61 <= code <= 0xFF9F:
        return NARROW, 1.0
    if char in _RARE_KANA:
        return POINT, 1.1
    category = unicodedata.category(char)
    if category in ("Cc", "Cs", "Co", "Cn"):
        return CONTROL, 6.0 if category == "Cn" else 3.0
    if category == "Zs" or category in ("Zl", "Zp", "Cf"):
        return SPACE, 0.0 if char in "\xa0\xad\u200b\u200c\u200d\u200e\u200f\u3000\ufeff\u202f\u2009" else 1.0
    if char == "\ufffd":
        return SIGN, 1.0
    if category == "Mn" and unicodedata.name(char, "").startswith("COMBINING"):
        return MARK, 0.3 if char in _COMMON_MARKS else 1.5
    if char in "\ufe0e\ufe0f":
        return EMBLEM, 0.0
    if 0x2100 <= code <= 0x214F:
        return SIGN, 0.3 if char in "™№" else 0.7
    if category[0] in "LM" or category in ("Nl", "Nd"):
        return _letter(char, code, category)
    if 0x2500 <= code <= 0x259F:
        return BOX, 0.5
    if char in "¹²³":
        return POWER, 0.2
    if category == "No":
        return SIGN, 0.5
    if category == "Po" and 0x0370 <= code < 0x2000:
        return FOREIGN_POINT, 0.0
    if category == "Po" and code > 0x206F:
        return POINT, 0.0
    if category[0] == "P":
        return (POINT if code >= 0x3000 else SIGN), 0.0
    if 0x2600 <= code <= 0x27BF or 0x1F300 <= code <= 0x1FAFF:
        return EMBLEM, 0.2
    if 0x2460 <= code <= 0x24FF:
        return SIGN, 1.5
    return SIGN, 0.3 if char in "©®°§£€™№¿¡²³½" else 0.7


def _letter(char: str, code: int, category: str) -> tuple[str, float]:
    script = _script(char)
    upper = category in ("Lu", "Lt")
    if script == "LATIN":
        return ACCENTED_CAPITAL if upper else LATIN[0], _latin_cost(char, code)
    if script in _CASED:
        return _CASED[script][upper], _cased_cost(script, char, code)
    if script in _EAST_ASIAN:
        return HAN, _east_asian_cost(char, code)
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
    if 0xFB00 <= code <= 0xFB06:
        return 0.5  # ligatures, as PDF files have them
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
    if 0x3001 <= code < 0x3400:
        return 0.0
    if 0xAC00 <= code <= 0xD7A3:
        return 0.0 if len(char.encode("euc_kr")) == 2 else 1.2  # others are spelt out, in eight bytes
    if not 0x4E00 <= code <= 0x9FFF:
        return 2.0 if code < 0x4E00 else 1.0
    return 0.1 if _is_common_han(char) else 1.2


def _is_common_han(char: str) -> bool:
    """Tell whether a Chinese character is among the few thousand that the national standards put first."""
    for charset, first, last in _HAN_SETS:
        try:
            lead = char.encode(charset)[0]
        except UnicodeEncodeError:
            continue
        if first <= lead <= last:
            return True
    return False


def _uncased_cost(script: str, char: str, code: int) -> float:
    if script == "HEBREW":
        return 0.0 if _in_charset(char, ("cp1255",)) else 1.5
    if script == "GEORGIAN":
        return 0.0 if 0x10D0 <= code <= 0x10F0 else 1.5
    if script == "ARABIC":
        if 0x0621 <= code <= 0x0652:
            return 0.0
        return 0.2 if _in_charset(char, ("cp1256",)) or code in _URDU_ETC else 1.5
    return 0.0


_URDU_ETC: Final = frozenset(map(ord, "ٹڈڑںہھےۓیکگپچژٺڻۀۃڪگڳڱٽٿڃڄڇڊڌڍڏڙڦۆێەڕڵۇۈۋڭڤڨڧځڅډړښګټڼۍېئ٠٫٬"))
FACTS = _Facts()


def cost_of(char: str) -> float:
    """Return what one character costs by itself: 0 for common ones, more for rare letters, signs and controls."""
    return FACTS[char][1]
