"""What the writing system says: a cleaned copy to identify, its script, and the languages that script leaves open."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from typing import NamedTuple

# First and last code point of the ranges that matter, from Unicode's Scripts.txt and Blocks.txt (version 16).
_RANGES = (
    (0x0041, 0x007A, "Latn"), (0x00AA, 0x00AA, "Latn"), (0x00BA, 0x00BA, "Latn"), (0x00C0, 0x02AF, "Latn"),
    (0x0370, 0x03FF, "Grek"), (0x0400, 0x052F, "Cyrl"), (0x0531, 0x058F, "Armn"), (0x0591, 0x05F4, "Hebr"),
    (0x0620, 0x06FF, "Arab"), (0x0700, 0x074F, "Syrc"), (0x0750, 0x077F, "Arab"), (0x0780, 0x07BF, "Thaa"),
    (0x07C0, 0x07FF, "Nkoo"), (0x08A0, 0x08FF, "Arab"), (0x0900, 0x097F, "Deva"), (0x0980, 0x09FF, "Beng"),
    (0x0A00, 0x0A7F, "Guru"), (0x0A80, 0x0AFF, "Gujr"), (0x0B00, 0x0B7F, "Orya"), (0x0B80, 0x0BFF, "Taml"),
    (0x0C00, 0x0C7F, "Telu"), (0x0C80, 0x0CFF, "Knda"), (0x0D00, 0x0D7F, "Mlym"), (0x0D80, 0x0DFF, "Sinh"),
    (0x0E01, 0x0E5B, "Thai"), (0x0E80, 0x0EFF, "Laoo"), (0x0F00, 0x0FFF, "Tibt"), (0x1000, 0x109F, "Mymr"),
    (0x10A0, 0x10FF, "Geor"), (0x1100, 0x11FF, "Hang"), (0x1200, 0x139F, "Ethi"), (0x13A0, 0x13FF, "Cher"),
    (0x1400, 0x167F, "Cans"), (0x1780, 0x17FF, "Khmr"), (0x1800, 0x18AF, "Mong"), (0x1C50, 0x1C7F, "Olck"),
    (0x1C80, 0x1C8F, "Cyrl"), (0x1C90, 0x1CBF, "Geor"), (0x1D00, 0x1D25, "Latn"), (0x1E00, 0x1EFF, "Latn"),
    (0x1F00, 0x1FFF, "Grek"), (0x2D00, 0x2D2F, "Geor"), (0x2D30, 0x2D7F, "Tfng"), (0x2D80, 0x2DDF, "Ethi"),
    (0x2DE0, 0x2DFF, "Cyrl"), (0x3005, 0x3007, "Hani"), (0x3041, 0x30FF, "Kana"), (0x3105, 0x312F, "Bopo"),
    (0x3131, 0x318E, "Hang"), (0x31A0, 0x31BF, "Bopo"), (0x31F0, 0x31FF, "Kana"), (0x3400, 0x9FFF, "Hani"),
    (0xA000, 0xA4CF, "Yiii"), (0xA640, 0xA69F, "Cyrl"), (0xA720, 0xA7FF, "Latn"), (0xA960, 0xA97F, "Hang"),
    (0xAA60, 0xAA7F, "Mymr"), (0xAB00, 0xAB2F, "Ethi"), (0xAB30, 0xAB6F, "Latn"), (0xAC00, 0xD7FB, "Hang"),
    (0xF900, 0xFAFF, "Hani"), (0xFB1D, 0xFB4F, "Hebr"), (0xFB50, 0xFDFF, "Arab"), (0xFE70, 0xFEFC, "Arab"),
    (0xFF21, 0xFF5A, "Latn"), (0xFF66, 0xFF9F, "Kana"), (0x20000, 0x323AF, "Hani"),
)  # fmt: skip
_FIRSTS = [first for first, _, _ in _RANGES]

#: Scripts that one language of the web writes, or nearly so.
SOLE = {
    "Armn": "hy", "Geor": "ka", "Grek": "el", "Hebr": "he", "Thaa": "dv", "Nkoo": "nqo", "Guru": "pa", "Gujr": "gu",
    "Orya": "or", "Taml": "ta", "Telu": "te", "Knda": "kn", "Mlym": "ml", "Sinh": "si", "Thai": "th", "Laoo": "lo",
    "Mymr": "my", "Hang": "ko", "Cher": "chr", "Khmr": "km", "Olck": "sat", "Yiii": "ii", "Beng": "bn", "Ethi": "am",
    "Kana": "ja", "Bopo": "zh", "Syrc": "syr",
}  # fmt: skip

#: Scripts of several languages between which letters do not decide and no model here does.
OPEN = {"Tibt": ("bo", "dz"), "Cans": ("iu", "cr"), "Mong": ("mn", "mnc"), "Tfng": ("zgh", "ber")}

# Letters of one language among those that share a script: Assamese, Tigrinya and Yiddish.
_ASSAMESE = re.compile("[ৰৱ]")
_YIDDISH = re.compile("[\u05f0-\u05f2]|\u05d0[\u05b7\u05b8]|\u05e4\u05bf")
_NIQQUD = re.compile("[\u05b0-\u05bc]")

# Characters of one hand only, all among the thousand commonest. Where both forms occur the larger count decides.
_HANS = frozenset(
    "们这国来时对会说过发开学经现实点关头见长门问间机电车书东马鱼鸟语话让认识请谢谁难题业么样个儿为从万与专两严丰"
)
_HANT = frozenset(
    "們這國來時對會說過發開學經現實點關頭見長門問間機電車書東馬魚鳥語話讓認識請謝誰難題業麼樣個兒為從萬與專兩嚴豐"
)

# A sign that writes a syllable or a word says as much as two or three letters.
_WEIGHTS = {"Hani": 3, "Kana": 2, "Hang": 2, "Bopo": 2, "Yiii": 2, "Ethi": 2}

# Text that has no language: addresses and handles, then tokens of ASCII alone that hold a digit or a sign of code.
# A pattern like \S*\d\S* would swallow whole sentences where words are not spaced.
_ADDRESS = re.compile(r"(?:https?://|ftp://|www\.)[!-~]+|[\w.+-]+@[\w-]+\.[\w.-]+|(?<!\w)[@#]\w+")
_CODE = re.compile(r"(?<![^\s])[!-~]*[0-9_=<>{}\\|/@#$^~][!-~]*(?![^\s])")
_CODE_SIGN = re.compile(r"[0-9_=<>{}\\|/@#$^~]")
_PUNCTUATION_OF_CODE = re.compile(r"[{}<>;=\\]|\(\)|[a-z]\(")
_MAYBE_CODE = re.compile(r"[{}<;=\\(]")
_ASCII_LETTERS = re.compile(r"[A-Za-z]+")
_OTHER_SCRIPTS = re.compile(
    "[\u0370-\u1cff\u1f00-\u1fff\u2c80-\u2dff\u3005-\ua71f\ua900-\uab2f\uab70-\ud7ff\uf900-\ufaff\ufb1d-\ufefc\uff66-\uff9f"
    "\U00020000-\U000323af]+"
)

_script_of: dict[str, str] = {}


class Writing(NamedTuple):
    """A text as its script shows it: what is left to identify, the main script ("" without letters), its share.

    `signs` are the letters of that script, and `letters` what they are worth in letters of an alphabet.
    """

    text: str
    script: str
    signs: int
    letters: int
    share: float


def cleaned(text: str) -> str:
    """Return a copy without what has no language: URLs, addresses, handles, hashtags, numbers, codes.

    >>> cleaned("Ask @desk or write to desk@paper.example before 10:30, see https://paper.example/a1").split()
    ['Ask', 'or', 'write', 'to', 'before', 'see']
    """
    if _CODE_SIGN.search(text) or "www." in text:
        text = _CODE.sub(" ", _ADDRESS.sub(" ", text))
    return text


def no_language(text: str) -> str:
    """Return why a text has no language although it has letters, "" where nothing says so.

    >>> no_language("if (left < right) { return swap(left, right); }")
    'reads like code'
    >>> no_language("It was late; the ferry had left (without us), and the bar was shut.")
    ''
    """
    if "orem ipsum" in text:
        return "is placeholder text"
    if not _MAYBE_CODE.search(text):
        return ""
    signs = len(_PUNCTUATION_OF_CODE.findall(text))
    return "reads like code" if signs >= 4 and signs * 12 >= len(text) else ""


def script_of(char: str) -> str:
    """Return the ISO 15924 code of a letter's script, "" for anything else.

    >>> script_of("ж"), script_of("!")
    ('Cyrl', '')
    """
    known = _script_of.get(char)
    if known is None:
        code = ord(char)
        first, last, script = _RANGES[max(0, bisect_right(_FIRSTS, code) - 1)]
        is_sign = char.isalpha() or (script not in ("Latn", "Grek", "Cyrl", "Armn") and not char.isnumeric())
        known = script if first <= code <= last and is_sign and not char.isspace() else ""
        _script_of[char] = known
    return known


def writing(text: str) -> Writing:
    """Clean `text` and tell its main script, with signs of syllables and words weighted, and drop stray other scripts.

    >>> writing("Газета вышла утром в The Post 12.05.")[1:4]
    ('Cyrl', 17, 17)
    """
    text = cleaned(text)
    if text.isascii() or not _OTHER_SCRIPTS.search(text):
        letters = sum(map(str.isalpha, text))
        return Writing(text, "Latn" if letters else "", letters, letters, 1.0 if letters else 0.0)
    counts: Counter[str] = Counter()
    for char, count in Counter(text).items():
        script = _script_of.get(char)
        if script is None:
            script = script_of(char)
        if script:
            counts[script] += count
    if not counts:
        return Writing(text, "", 0, 0, 0.0)
    weighted = {script: count * _WEIGHTS.get(script, 1) for script, count in counts.items()}
    total = sum(weighted.values())
    japanese = counts["Kana"] * 10 >= counts["Hani"]
    if counts["Kana"]:  # a little kana in Chinese is a quotation; a tenth is grammar
        weighted["Kana" if japanese else "Hani"] = weighted["Kana"] + weighted.pop("Hani", 0)
        if not japanese:
            del weighted["Kana"]
    main = min(weighted, key=lambda script: (-weighted[script], script))
    if len(weighted) > 1:
        text = _OTHER_SCRIPTS.sub(" ", text) if main == "Latn" else _ASCII_LETTERS.sub(" ", text)
    return Writing(text, main, counts[main], weighted[main], weighted[main] / total)


def without_names(seen: Writing) -> Writing:
    """Return a writing without its words that have a capital, as names do in most languages."""
    words = [word for word in seen.text.split() if word == word.lower()]
    letters = sum(map(str.isalpha, "".join(words)))
    return seen._replace(text=" ".join(words), signs=letters, letters=letters)


def sole_language(text: str, script: str) -> str:
    """Return the language that a script of one language means, by its letters where a smaller one shares it.

    >>> sole_language("אַ ייִדישע צײַטונג", "Hebr")
    'yi'
    """
    if script == "Beng" and _ASSAMESE.search(text):
        return "as"
    if script == "Ethi" and text.count("ኣ") > text.count("አ"):
        return "ti"
    if script == "Hebr" and _YIDDISH.search(text) and len(_NIQQUD.findall(text)) * 4 < len(text):
        return "yi"
    return SOLE[script]


def chinese_hand(text: str) -> str:
    """Return `zh-Hans` or `zh-Hant`, or `zh` where no character tells.

    >>> chinese_hand("这个国家"), chinese_hand("這個國家"), chinese_hand("中文")
    ('zh-Hans', 'zh-Hant', 'zh')
    """
    simplified = sum(map(_HANS.__contains__, text))
    traditional = sum(map(_HANT.__contains__, text))
    return "zh" if simplified == traditional else "zh-Hans" if simplified > traditional else "zh-Hant"
