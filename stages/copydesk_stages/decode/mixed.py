"""Text that is UTF-8 but for some bytes or lines."""

from __future__ import annotations

import re
from typing import NamedTuple

from copydesk import Decoding
from copydesk_stages.decode.detect import Detector, Guess, choose, decodes, guess

# Well-formed sequences of more than one byte (Unicode Standard, table 3-7).
_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
_HIGH = bytes(range(0x80, 0x100))
_CUT = re.compile(rb"(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})\s*\Z")
# A line of another encoding has hardly a well-formed sequence; one of UTF-8 hardly anything else.
_FEW_BAD = 0.2
# Among the lines with high bytes at least this share has to be plain UTF-8 before the others count as strays.
_UTF8_LINES = 0.15


class _Line(NamedTuple):
    data: bytes
    sequences: int
    stray: int


def _count(line: bytes) -> _Line:
    rest, sequences = _SEQUENCE.subn(b"", line)
    return _Line(line, sequences, len(rest) - len(rest.translate(None, _HIGH)))


def decode_mostly_utf8(data: bytes, detector: Detector) -> Decoding | None:
    r"""Decode `data` if it is UTF-8 with a cut end, a few bad bytes or lines of another encoding, else return None.

    The lines of another encoding are pooled for detection, so that each helps to read the others. Bytes that are
    nothing become U+FFFD.

    >>> decode_mostly_utf8("Grüße\n".encode() * 3 + "Café\n".encode("cp1252"), "chardet").text
    'Grüße\nGrüße\nGrüße\nCafé\n'
    """
    lines = [_count(line) for line in data.splitlines(keepends=True)]
    sequences = sum(line.sequences for line in lines)
    stray = sum(line.stray for line in lines)
    high = [line for line in lines if line.sequences or line.stray]
    whole = sum(not line.stray or _is_cut(line) for line in high)
    if not sequences or (whole < _UTF8_LINES * len(high) and stray > _FEW_BAD * sequences):
        return None
    foreign = [line for line in lines if line.stray > _FEW_BAD * line.sequences and not _is_cut(line)]
    pool = b"".join(line.data for line in foreign)
    found = choose(guess(pool, detector), pool) if foreign else None
    return _join(lines, set(map(id, foreign)), found, detector)


def _is_cut(line: _Line) -> bool:
    """Tell whether all that is wrong with a line is a sequence that its end cuts."""
    cut = _CUT.search(line.data)
    return cut is not None and line.sequences > 0 and line.stray <= len(cut.group().rstrip())


def _join(lines: list[_Line], foreign: set[int], found: Guess | None, detector: Detector) -> Decoding:
    pieces: list[str] = []
    originals: list[tuple[int, int, bytes]] = []
    exceptions: list[tuple[int, int, str]] = []
    used: list[str] = []
    at, lossy = 0, False
    for number, line in enumerate(lines, 1):
        text, encoding = _read(line, found if id(line) in foreign else None, detector, foreign=id(line) in foreign)
        if encoding and encoding not in used:
            used.append(encoding)
        if line.stray:
            originals.append((at, at + len(text), line.data))
            lossy = lossy or not encoding
            first = exceptions.pop()[0] if exceptions and exceptions[-1][1:] == (number - 1, encoding) else number
            exceptions.append((first, number, encoding))
        pieces.append(text)
        at += len(text)
    text = "".join(pieces)
    how = f"utf-8-with-{'-and-'.join(used)}-lines" if used else "utf-8-with-bad-bytes"
    confidence = found.confidence if found and used else 0.9
    return Decoding(text, "utf-8", b"", confidence, how, lossy, tuple(originals), tuple(exceptions))


def _read(line: _Line, found: Guess | None, detector: Detector, *, foreign: bool) -> tuple[str, str]:
    """Return the text of a line and the encoding it is in where that is not UTF-8."""
    if not foreign:
        return line.data.decode("utf-8", "replace"), ""
    if found and decodes(line.data, found.encoding):
        return line.data.decode(found.encoding), found.encoding
    own = choose(guess(line.data, detector), line.data)
    if own:
        return line.data.decode(own.encoding), own.encoding
    return line.data.decode("utf-8", "replace"), ""
