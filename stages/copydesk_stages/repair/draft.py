"""A stretch of text on the way from damaged to mended, with each change traced back to where it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Fix(NamedTuple):
    """One change: what is put in place of the characters `start` to `end`, by which rule and why."""

    start: int
    end: int
    text: str
    rule: str
    why: str
    score: float = 1.0


class _Piece(NamedTuple):
    """Present text and the range of the original it stands for; `notes` is empty where it still is the original."""

    start: int
    end: int
    text: str
    notes: tuple[Fix, ...]

    def part(self, first: int, last: int) -> _Piece:
        """Return a part of a piece that still is the original."""
        return _Piece(self.start + first, self.start + last, self.text[first:last], ())


class Draft:
    """A text that fixes are made in, one pass after another.

    >>> draft = Draft("&Atilde;&copy;t&Atilde;&copy;")
    >>> draft.make([Fix(0, 8, "Ã", "entity", "HTML entity"), Fix(8, 14, "©", "entity", "HTML entity")])
    >>> draft.make([Fix(0, 2, "é", "mojibake", "cp1252 <- utf-8")])
    >>> draft.text
    'ét&Atilde;&copy;'
    >>> [tuple(fix) for fix in draft.fixes()]
    [(0, 14, 'é', 'mojibake', 'HTML entity; cp1252 <- utf-8', 1.0)]
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._pieces = [_Piece(0, len(text), text, ())]

    def make(self, fixes: Sequence[Fix]) -> None:
        """Make `fixes`, which count in the present text, stand in order, do not overlap and replace something.

        Pieces that were changed before are merged whole with the fixes that touch them.
        """
        if fixes:
            unchanged = len(self._pieces) == 1 and not self._pieces[0].notes
            self._pieces = _cut(self.text, fixes) if unchanged else self._made(fixes)
            self.text = "".join([piece.text for piece in self._pieces])

    def _made(self, fixes: Sequence[Fix]) -> list[_Piece]:
        done: list[_Piece] = []
        rest = self._pieces[::-1]
        now = number = 0
        while number < len(fixes):
            first = fixes[number].start
            while now + len(rest[-1].text) <= first:
                done.append(rest.pop())
                now += len(done[-1].text)
            start, made = now, number
            touched: list[_Piece] = []
            while number < len(fixes) and (number == made or (fixes[number].start < now and touched[-1].notes)):
                while now < fixes[number].end:
                    touched.append(rest.pop())
                    now += len(touched[-1].text)
                number += 1
            left = 0 if touched[-1].notes else now - fixes[number - 1].end
            lead = 0 if touched[0].notes else first - start
            if lead:
                done.append(touched[0].part(0, lead))
            done.append(_merged(touched, fixes[made:number], start, lead, left))
            if left:
                rest.append(touched[-1].part(len(touched[-1].text) - left, len(touched[-1].text)))
                now -= left
        return [*done, *reversed(rest)]

    def fixes(self) -> Iterator[Fix]:
        """Yield what was changed, in the coordinates of the original text."""
        for piece in self._pieces:
            if len(piece.notes) == 1:
                yield piece.notes[0]._replace(start=piece.start, end=piece.end, text=piece.text)
            elif piece.notes:
                rules = [note.rule for note in piece.notes]
                rule = "mojibake" if "mojibake" in rules else rules[-1]  # what tells most
                reasons = dict.fromkeys(note.why for note in piece.notes)
                score = min(note.score for note in piece.notes)
                yield Fix(piece.start, piece.end, piece.text, rule, "; ".join(reasons), score)


def _cut(text: str, fixes: Sequence[Fix]) -> list[_Piece]:
    """Return the pieces of an unchanged text with fixes made in it."""
    pieces: list[_Piece] = []
    at = 0
    for fix in fixes:
        start, end = fix.start, fix.end
        if start > at:
            pieces.append(_Piece(at, start, text[at:start], ()))
        pieces.append(_Piece(start, end, fix.text, (fix,)))
        at = end
    if at < len(text):
        pieces.append(_Piece(at, len(text), text[at:], ()))
    return pieces


def _merged(touched: list[_Piece], fixes: Sequence[Fix], start: int, lead: int, left: int) -> _Piece:
    """Return what `touched`, which begins at `start`, becomes by `fixes`, without what it leads in and leaves."""
    text = "".join([piece.text for piece in touched])
    parts: list[str] = []
    at = lead
    for fix in fixes:
        parts += (text[at : fix.start - start], fix.text)
        at = fix.end - start
    parts.append(text[at : len(text) - left])
    notes = [note for piece in touched for note in piece.notes]
    return _Piece(touched[0].start + lead, touched[-1].end - left, "".join(parts), (*notes, *fixes))
