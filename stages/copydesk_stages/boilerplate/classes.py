"""Classes of characters, fixed in a table so that every Python's Unicode data gives the same answer."""

from __future__ import annotations

import unicodedata

import numpy as np
import numpy.typing as npt

#: What a character can be; its number is its place here.
NAMES = (
    "space",
    "lower",
    "upper",
    "letter",  # of a script without case, written with spaces
    "ideograph",  # of a script written without spaces
    "digit",
    "stop",  # ends a sentence
    "comma",
    "colon",
    "quote",
    "dash",
    "bar",  # stands between items
    "bracket",
    "link",  # part of an address or handle
    "symbol",
    "other",
)
CODE = {name: number for number, name in enumerate(NAMES)}
_STOPS = ".!?…。！？．｡।॥؟۔።։።"
_SETS = {
    "stop": _STOPS,
    "comma": ",;،、，；؛",
    "colon": ":：",
    "quote": "\"'“”„‟«»‹›‘’‚「」『』《》",
    "dash": "-‐‑‒–—―−",
    "bar": "|/\\•·‣▪►▶→←>‧・＞｜／★☆■●○◆",
    "bracket": "()[]{}（）【】［］",
    "link": "@#_=&+*~%",
}
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "IDEOGRAPHIC")


def build() -> npt.NDArray[np.uint8]:
    """Return the class of every code point below 0x10000, by this Python's Unicode data (used in training alone)."""
    table = np.full(0x10000, CODE["other"], np.uint8)
    for point in range(0x10000):
        char = chr(point)
        table[point] = CODE[_class_of(char)]
    for name, members in _SETS.items():
        for char in members:
            table[ord(char)] = CODE[name]
    return table


def _class_of(char: str) -> str:
    category = unicodedata.category(char)
    if char.isspace():
        return "space"
    if category == "Nd":
        return "digit"
    if category in ("Lu", "Lt"):
        return "upper"
    if category == "Ll":
        return "lower"
    if category in ("Lo", "Lm", "Mn", "Mc"):
        return "ideograph" if unicodedata.name(char, "").startswith(_UNSPACED) else "letter"
    return "symbol" if category.startswith("S") else "other"
