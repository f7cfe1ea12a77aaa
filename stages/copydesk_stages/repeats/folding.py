"""The form in which lines are compared: white space and case folded, in short lines dates and numbers read as one."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

#: In longer lines a number is news: "12 people were hurt" must not equal "14 people were hurt".
SHORT = 60
#: JSON can escape half a character; no file can hold it.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,:/'’–-]\d+)*\.?(?:st|nd|rd|th)?(?:[kKmM]\b)?")


@lru_cache(maxsize=1)
def _date_name() -> re.Pattern[str]:
    table = tomllib.loads(files("copydesk_stages.repeats").joinpath("names.toml").read_text(encoding="utf-8"))
    names = sorted({name for line in table.values() for name in line.split()}, key=lambda name: (-len(name), name))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b\.?")


def fold(line: str) -> str:
    """Return the form of a line in which it is counted.

    >>> fold("Updated  3 Nov. 2021, 14:05")
    'updated #'
    >>> fold("128 comments") == fold("3 comments")
    True
    """
    folded = _LONE_SURROGATE.sub("\ufffd", " ".join(line.split()).lower())
    if len(folded) > SHORT or not any(char.isdigit() for char in folded):
        return folded
    named = _date_name().sub("#", _NUMBER.sub("#", folded))
    return re.sub(r"#(?:[\s,]*#)+", "#", named)
