"""Sequences that steer a terminal: ECMA-48 (5th edition, 1991), with what xterm and the Linux console added."""

from __future__ import annotations

import re
from typing import NamedTuple

_TEXT = "[^\x00-\x1f\x7f\x9c\u2028\u2029]{0,4096}?"
_SEQUENCE = re.compile(
    f"""\x1b(?:
      \\[[0-?]*+(?:[ -/]*[@-~])?             # CSI; without a final byte it was cut off
    | \\]P[0-9A-Fa-f]{{7}}                   # a colour of the Linux console, which nothing ends
    | \\]{_TEXT}(?:\x07|\x1b\\\\|\x9c)       # OSC
    | [PX^_k]{_TEXT}(?:\x1b\\\\|\x9c)        # DCS, SOS, PM, APC; titles of GNU screen
    | \\][0-9]*;?                            # OSC that nothing ends: who can tell where what it says ends
    | \\x20[FGLMN](?![a-z])
    | [!-/][ -/]*[0-~]                       # charsets (nF)
    | [0-?]                                  # private functions (Fp)
    | O[A-DFHMP-S](?![a-z])                  # keys
    | [@-Z\\\\^-~](?![a-z])                  # Fe and Fs; a word that begins there rather stays whole
    )?""",
    re.VERBOSE,
)
# One character in C1; before a number it is "›" of Windows-1252 as well.
_C1_COLOUR = re.compile("\x9b(?:[0-9]{1,3}(?:[;:][0-9]{1,3})*m|\\?[0-9]+[hl])")
_DRAWING = re.compile("\x1b\\(0([ -~]{0,200}?)\x1b\\(B")
# DEC's special graphics, 5F to 7E, as xterm shows them.
_DRAWN = dict(enumerate(" ◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·", 0x5F))
_MOVES = re.compile("\x1b\\[[0-9;]*[A-Hadf`]")


class Sequence(NamedTuple):
    """A sequence that ends at `end`, and what the terminal `shown` in its place."""

    end: int
    shown: str


def sequence_at(text: str, start: int) -> Sequence | None:
    r"""Return the sequence that begins at `start`; None where there is none, a lone ESC included.

    >>> sequence_at("\x1b[?25lhello", 0), sequence_at("\x1b(0lqqk\x1b(B", 0), sequence_at("\x1b", 0)
    (Sequence(end=6, shown=''), Sequence(end=10, shown='┌──┐'), None)
    """
    if text[start] == "\x9b":
        colour = None if "\x8b" in text else _C1_COLOUR.match(text, start)
        return colour and Sequence(colour.end(), "")
    drawing = _DRAWING.match(text, start)
    if drawing:
        return Sequence(drawing.end(), drawing[1].translate(_DRAWN))
    found = _SEQUENCE.match(text, start)
    if not found or found.end() == start + 1:
        return None
    end = found.end()
    between = text[max(0, start - 1) : start].isalnum() and text[end : end + 1].isalnum()
    return Sequence(end, " " if between and _MOVES.fullmatch(found.group()) else "")
