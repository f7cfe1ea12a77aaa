"""Characters that do not show: controls, marks of byte order, break hints, surrogates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from copydesk_stages.repair.draft import Fix
from copydesk_stages.repair.terminal import sequence_at

# UTR 20, table 3.1 (characters not suitable for use with markup), without those that shape what is written: joiners,
# direction marks and tags stay.
_STRAY = "\x00-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufff9-\ufffc"
HIDDEN_CLASS = f"{_STRAY}\ufeff\u200b\xad\x80-\x9f\ud800-\udfff"
HIDDEN = re.compile(f"[{HIDDEN_CLASS}]")
# Records are parted by NUL or SOH (find, Hive) and by U+001C to U+001F (ASCII), so that these stand between words.
_PARTS = re.compile("(?<![\x00\x01\x1c-\x1f])[\x00\x01\x1c-\x1f]+")
_WORDS_BESIDE = re.compile("[^\\s(\\[{<«‹“‘„\"'][\x00\x01\x1c-\x1f]+\\w")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
# Where words are not parted by spaces, U+200B says where a line may break: Thai, Lao, Tibetan, Myanmar, Khmer, the
# Philippine and Tai scripts, Javanese, Balinese, and all of East Asia.
_BREAKS_BY_HINT = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1700-\u17ff\u1950-\u1aaf\u1b00-\u1b7f\ua980-\ua9df\uaa00-\uaadf\u2e80-\u30ff\u3130-\u318f"
    "\u31f0-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
_LEAD = re.compile("[\u00c2-\u00df]|[âã](?=\xad)")
_HALF = re.compile("[\x80-\x9f\xad]")


def hidden_fixes(text: str, *, in_doubt: bool = False) -> Iterator[Fix]:
    r"""Yield the fixes of what does not show in `text`; ZWJ, ZWNJ and direction marks are left alone.

    What may be half of a misread letter stays: with `in_doubt` all C1 controls and soft hyphens, else those behind an
    accented capital, and soft hyphens behind "â" and "ã", which lower-casing makes of two such.

    >>> [(f.start, f.text, f.rule) for f in hidden_fixes("\ufeffIt\x92s\x07")]
    [(0, '', 'byte-order-mark'), (3, '’', 'c1-control'), (5, '', 'control')]
    """
    at = 0
    for found in HIDDEN.finditer(text):
        start, end = found.span()
        if start < at:
            continue
        if (in_doubt or _LEAD.match(text, max(0, start - 1))) and _HALF.match(text, start):
            continue
        fix = _overstrike(text, start, at) if text[start] == "\b" else None
        fix = fix or _fix(text, start, end)
        if fix:
            at = fix.end
            yield fix


def _fix(text: str, start: int, end: int) -> Fix | None:
    char = text[start]
    sequence = sequence_at(text, start) if char in "\x1b\x9b" else None
    if sequence:
        return Fix(start, sequence.end, sequence.shown, "terminal-escape", "a sequence that steers a terminal")
    if char == "\ufeff":
        return Fix(start, end, "", "byte-order-mark", "a byte order mark within the text")
    if char == "\u200b":
        return _fix_hint(text, start, "zero-width-space", "a break hint that this script does not use")
    if char == "\xad":
        return _fix_hyphen(text, start)
    if "\x80" <= char <= "\x9f":
        return _fix_c1(char, start)
    if "\ud800" <= char <= "\udfff":
        pair = _PAIR.match(text, start)
        if pair:
            joined = pair.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le")
            return Fix(start, pair.end(), joined, "surrogate", "two halves of one character")
        return Fix(start, end, "\ufffd", "surrogate", "half of a character, which no file can hold")
    if char == "\x0b":
        return Fix(start, end, " ", "control", "a vertical tab between words")
    parts = _PARTS.match(text, start)
    if parts and _WORDS_BESIDE.match(text, max(0, start - 1)) and not _is_utf16(text, start):
        return Fix(start, parts.end(), " ", "control", f"the control character U+{ord(char):04X} between words")
    return Fix(start, end, "", "control", f"the control character U+{ord(char):04X}, which does not show")


def _is_utf16(text: str, start: int) -> bool:
    """Tell whether NUL stands behind nearly every character here, as in UTF-16 that was read byte by byte."""
    around = text[max(0, start - 4) : start + 5]
    return around.count("\x00") * 8 >= len(around) * 3 and "\x00\x00" not in around


def _overstrike(text: str, start: int, at: int) -> Fix | None:
    """Return the fix of a backspace that makes a letter bold or underlined, as in formatted manual pages."""
    before, after = text[max(at, start - 1) : start], text[start + 1 : start + 2]
    if not before or not after or HIDDEN.match(after) or before.isspace():
        return None
    if before in ("_", after):
        return Fix(start - 1, start + 1, "", "control", "a character that a printer struck over")
    return Fix(start, start + 2, "", "control", "a character that a printer struck over") if after == "_" else None


def _fix_c1(char: str, start: int) -> Fix | None:
    try:
        shown = char.encode("latin-1").decode("cp1252")
    except UnicodeDecodeError:
        return None  # five of them mean nothing in Windows-1252 either
    return Fix(start, start + 1, shown, "c1-control", "Windows-1252 read as Latin-1 (latin-1 <- cp1252)")


def _fix_hint(text: str, start: int, rule: str, why: str) -> Fix | None:
    around = text[max(0, start - 1) : start] + text[start + 1 : start + 2]
    return None if _BREAKS_BY_HINT.search(around) else Fix(start, start + 1, "", rule, why)


def _fix_hyphen(text: str, start: int) -> Fix | None:
    before, after = text[max(0, start - 1) : start], text[start + 1 : start + 2]
    if before.isalpha() and after.isalpha() and not _BREAKS_BY_HINT.search(before + after):
        return Fix(start, start + 1, "", "soft-hyphen", "a hyphenation hint left within a word")
    return None
