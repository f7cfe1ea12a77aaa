"""Encodings whose bytes can all be valid UTF-8: UTF-16 and UTF-32 without a mark, ISO-2022 and HZ."""

from __future__ import annotations

import unicodedata

_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_LOOKED_AT = 4096
_PLAIN = 0.97
# Escape sequences of ECMA-35 as RFC 1468, 1554, 1557 and 2237 register them, with the codec that knows them.
_ESCAPES: tuple[tuple[bytes, str], ...] = (
    (b"\x1b$)C", "iso2022_kr"),
    (b"\x1b$B", "iso2022_jp"),
    (b"\x1b$@", "iso2022_jp"),
    (b"\x1b(J", "iso2022_jp"),
    (b"\x1b(I", "iso2022_jp_3"),
    (b"\x1b$(D", "iso2022_jp_1"),
    (b"\x1b$A", "iso2022_jp_2"),
    (b"\x1b$(C", "iso2022_jp_2"),
    (b"\x1b$(O", "iso2022_jp_3"),
    (b"\x1b$(Q", "iso2022_jp_2004"),
)


def escaped_encoding(data: bytes) -> str | None:
    r"""Return the ISO-2022 or HZ codec whose escapes `data` holds and that decodes it, None if there is none.

    >>> escaped_encoding("カタログ".encode("iso2022_jp"))
    'iso2022_jp'
    >>> escaped_encoding(b"\x1b[31mred\x1b[0m")
    """
    if b"\x1b$" in data or b"\x1b(" in data:
        names = [name for escape, name in _ESCAPES if escape in data]
        for name in (*names, "iso2022_jp_2", "iso2022_jp_ext", "iso2022_jp_2004") if names else ():
            text = _strict(data, name)
            if text is not None and not text.isascii():
                return name
    if b"~{" in data and b"~}" in data and data.isascii():
        text = _strict(data, "hz")
        if text is not None and _share(text, "CJK") >= _HZ_HAN:
            return "hz"
    return None


_HZ_HAN = 0.2
_CONTROLS = bytes([*range(1, 9), *range(0x0E, 0x20)])


def wide_encoding(data: bytes) -> str | None:
    r"""Return the UTF-16 or UTF-32 codec that turns NUL-ridden `data` into plain text, None if none does.

    >>> wide_encoding("Bid,Ask\r\n".encode("utf-16-le"))
    'utf-16-le'
    >>> wide_encoding(b"one NUL\x00 in a text")
    """
    head = data[:_LOOKED_AT]
    for name in _WIDE if b"\0" in data else ():
        width = 4 if "32" in name else 2
        text = _strict(head[: len(head) // width * width], name) if len(data) % width == 0 else None
        if text and _reads(text, name):
            return name
    return _east_asian_utf16(data, head)


def is_wide_text(data: bytes, name: str) -> bool:
    r"""Tell whether `data` read in this UTF-16 or UTF-32 codec is what people write.

    >>> is_wide_text("駅の時刻表".encode("utf-16-le"), "utf-16-le"), is_wide_text(b"Caf\\xe9", "utf-16-le")
    (True, False)
    """
    width = 4 if "32" in name else 2
    text = _strict(data[: _LOOKED_AT // width * width], name)
    return bool(text) and text is not None and (_reads(text, name) or all(map(_is_east_asian, text)))


def _east_asian_utf16(data: bytes, head: bytes) -> str | None:
    """Return the UTF-16 codec of Chinese, Japanese or Korean without a space in it, which has no NULs but controls."""
    if len(data) % 2 or len(head) == len(head.translate(None, _CONTROLS)):
        return None
    for name in ("utf-16-le", "utf-16-be"):
        text = _strict(head, name)
        if text and all(_is_east_asian(char) for char in text):
            return name
    return None


def _is_east_asian(char: str) -> bool:
    return (
        "\u3001" <= char <= "\u30ff"
        or "\uff00" <= char <= "\uffee"
        or any(_strict_encode(char, charset) for charset in ("gb2312", "big5", "shift_jis", "euc_kr"))
    )


def _strict_encode(char: str, encoding: str) -> bool:
    try:
        return len(char.encode(encoding)) > 1
    except UnicodeEncodeError:
        return False


def _reads(text: str, name: str) -> bool:
    """Tell whether `text` is what people write: no NULs, hardly a rare character, few scripts for its length."""
    if "\0" in text:
        return False
    plain = sum(unicodedata.category(c)[0] in "LMNPSZ" or c in "\t\n\r\f\ufeff" for c in text)
    if plain < _PLAIN * len(text):
        return False
    # All of CJK and Hangul count as one: read with its bytes swapped, a Latin text is scattered over just that.
    blocks = {"cjk" if 0x2E80 <= ord(c) < 0xD800 else ord(c) >> 8 for c in text}
    if len(blocks) > 2 + len(text) // 16:
        return False
    return "32" in name or (any(c.isascii() for c in text) and not _is_mostly_utf8(text, name))


def _is_mostly_utf8(text: str, name: str) -> bool:
    """Tell whether the East Asian characters of `text` are UTF-8 taken by twos: a page with a stretch in UTF-16.

    Of 24 such characters in a row of real text, at least a fifteenth of the bytes are none.
    """
    if sum(char >= "\u2e80" for char in text) < _IN_A_ROW:
        return False
    read = "".join([char for char in text if char >= "\u2000"]).encode(name).decode("utf-8", "replace")
    bad = sum(char == "\ufffd" or (char < " " and char not in "\t\n\r") for char in read)
    return bad < _BAD * len(read)


_IN_A_ROW = 24
_BAD = 0.05
_COUNTED = 20_000  # characters


def _share(text: str, name: str) -> float:
    letters = [c for c in text[:_COUNTED] if c.isalpha()]
    return sum(unicodedata.name(c, "").startswith(name) for c in letters) / max(1, len(letters))


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None
