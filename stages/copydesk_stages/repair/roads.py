"""Roads: the ways in which UTF-8 was misread, each with what it takes to go back."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

# In the order of how often the misreading is met; of two roads that lead to the same text the first is named.
_SINGLE_BYTE = (
    "latin-1", "cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1257", "iso8859-2", "mac-roman", "cp437", "cp850",
    "cp866", "koi8-r",
)  # fmt: skip
_DOUBLE_BYTE = ("gbk", "cp932")
# Along these a stretch within a word can be told; those of other alphabets have too many words that fit by chance.
_WESTERN = ("latin-1", "cp1252", "cp1250", "cp1254", "iso8859-2", "mac-roman")


_ASCII = "".join(map(chr, range(0x80)))


class Road(NamedTuple):
    """A charset that UTF-8 is misread in, and the function from the misread text to the bytes (None: impossible)."""

    name: str
    to_bytes: Callable[[str], bytes | None]
    western: bool = False
    high: str = ""  # the characters of the bytes 80 to FF, where a byte is a character

    def read(self, data: bytes) -> str | None:
        """Return `data` as this road misreads it."""
        if self.high:
            table = _ASCII + self.high
            return "".join([table[byte] for byte in data])
        try:
            return data.decode(self.name)
        except UnicodeDecodeError:
            return None


def _sloppy_table(name: str) -> str:
    """Return the 256 characters of a charset, with a C1 control where it leaves a byte undefined (as browsers do)."""
    shown = bytes(range(0x100)).decode(name, "surrogateescape")
    return shown.translate({0xDC00 + byte: byte for byte in range(0x80, 0x100)})


def _single(name: str) -> Road:
    table = _sloppy_table(name)
    encoding_map = codecs.charmap_build(table)

    def to_bytes(text: str) -> bytes | None:
        try:
            return codecs.charmap_encode(text, "strict", encoding_map)[0]
        except UnicodeEncodeError:
            return None

    return Road(name, to_bytes, name in _WESTERN, table[0x80:])


def _double(name: str) -> Road:
    def to_bytes(text: str) -> bytes | None:
        try:
            return text.encode(name)
        except UnicodeEncodeError:
            return None

    return Road(name, to_bytes)


@lru_cache(maxsize=1)
def roads() -> tuple[Road, ...]:
    """Return all roads, commonest first."""
    return (*map(_single, _SINGLE_BYTE), *map(_double, _DOUBLE_BYTE))


def walk(text: str, road: Road) -> str | None:
    """Return what `text` is when read back along `road`, None where it does not come out as UTF-8.

    >>> walk("schÃ¶n", roads()[0])
    'schön'
    """
    data = road.to_bytes(text)
    if data is None or (road.name in _AS_IT_IS and _AS_IT_IS[road.name].sub("", text).isascii()):
        return None
    return decode(data)


# Words that are well-formed sequences by chance: in KOI8-R Russian for "her", in code page 866 some of small letters.
_AS_IT_IS = {"koi8-r": re.compile("(?<![\u0400-\u04ff])её(?![\u0400-\u04ff])"), "cp866": re.compile("[а-я]")}


def decode(data: bytes) -> str | None:
    r"""Return the text of UTF-8, of CESU-8 (emoji as two surrogates of three bytes each) too; None if it is neither.

    >>> decode(b"\xed\xa0\xbd\xed\xb8\x8d"), decode(b"\xed\xa0\xbd")
    ('😍', None)
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if b"\xed" not in data:
            return None
    try:
        halves = data.decode("utf-8", "surrogatepass")
        return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeError:
        return None


@lru_cache(maxsize=32)
def _runs(road: Road) -> re.Pattern[str]:
    """Return the pattern of what well-formed sequences look like when they are misread along `road`."""
    follow = _class(road.high[:0x40])
    two, three, four = _class(road.high[0x42:0x60]), _class(road.high[0x60:0x70]), _class(road.high[0x70:0x75])
    return re.compile(f"(?:{two}{follow}|{three}{follow}{{2}}|{four}{follow}{{3}})+")


def _class(chars: str) -> str:
    return "[" + "".join(map(re.escape, chars)) + "]"


def walk_parts(text: str, road: Road) -> str | None:
    """Return `text` with every stretch read back that looks misread along `road`, None where there is none.

    >>> walk_parts("l’Ã©galitÃ©", roads()[1])
    'l’égalité'
    """
    if not road.western:
        return None
    read = _runs(road).sub(lambda found: walk(found.group(), road) or found.group(), text)
    return None if read == text else read
