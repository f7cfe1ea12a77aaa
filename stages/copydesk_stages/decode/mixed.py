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
    return _join(lines, _encodings_of(list(dict.fromkeys(line.data for line in foreign)), detector))


def _encodings_of(lines: list[bytes], detector: Detector) -> dict[bytes, Guess]:
    """Return for each of the lines the encoding it is in, where one is found.

    What a pool of lines is read as counts for those that the detector would read so, or nearly, by themselves; the
    others are pooled anew. Of many lines some speak for all, as long as they agree.
    """
    found: dict[bytes, Guess] = {}
    for _ in range(_MOST_ENCODINGS):
        pool = b"".join(lines)
        chosen = choose(guess(pool, detector), pool)
        if chosen is None:
            break
        agreed = lines
        if not all(_agrees(line, chosen, detector) for line in lines[:_ASKED]):
            agreed = [line for line in lines[:_MOST_ASKED] if _agrees(line, chosen, detector)] + lines[_MOST_ASKED:]
            pool = b"".join(agreed)
            chosen = choose(guess(pool, detector), pool) or chosen
        found |= {line: chosen for line in agreed if decodes(line, chosen.encoding)}
        lines = [line for line in lines if line not in found]
    for line in lines[:_MOST_ASKED]:
        own = choose(guess(line, detector), line)
        if own:
            found[line] = own
    return found


def _agrees(line: bytes, chosen: Guess, detector: Detector) -> bool:
    rated = {g.encoding: g.confidence for g in guess(line, detector)}
    return rated.get(chosen.encoding, 0.0) >= _NEARLY * max(rated.values(), default=1.0)


_MOST_ENCODINGS = 8
_ASKED, _MOST_ASKED = 200, 2000  # lines
# The share of its rating of the likeliest encoding that a line has to give another.
_NEARLY = 0.5


def _is_cut(line: _Line) -> bool:
    """Tell whether all that is wrong with a line is a sequence that its end cuts."""
    cut = _CUT.search(line.data)
    return cut is not None and line.sequences > 0 and line.stray <= len(cut.group().rstrip())


def _join(lines: list[_Line], encodings: dict[bytes, Guess]) -> Decoding:
    pieces: list[str] = []
    originals: list[tuple[int, int, bytes]] = []
    exceptions: list[tuple[int, int, str]] = []
    at = 0
    for number, line in enumerate(lines, 1):
        found = encodings.get(line.data)
        text = line.data.decode(found.encoding if found else "utf-8", "replace")
        if line.stray:
            encoding = found.encoding if found else ""
            originals.append((at, at + len(text), line.data))
            first = exceptions.pop()[0] if exceptions and exceptions[-1][1:] == (number - 1, encoding) else number
            exceptions.append((first, number, encoding))
        pieces.append(text)
        at += len(text)
    used = list(dict.fromkeys(encoding for _, _, encoding in exceptions if encoding))
    how = f"utf-8-with-{'-and-'.join(used)}-lines" if used else "utf-8-with-bad-bytes"
    confidence = min((found.confidence for found in encodings.values()), default=0.9)
    lossy = any(not encoding for _, _, encoding in exceptions)
    return Decoding("".join(pieces), "utf-8", b"", confidence, how, lossy, tuple(originals), tuple(exceptions))
