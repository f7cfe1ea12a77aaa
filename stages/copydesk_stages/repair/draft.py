"""A stretch of text on the way from damaged to mended, with each change traced back to where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

# Above this much work fixes upon fixes are no longer told apart: the line is given as one change.
_MAX_WORK = 2_000_000


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
        """Make `fixes`, which count in the present text, stand in order, do not overlap and replace something."""
        if not fixes:
            return
        if len(self._pieces) == 1 and not self._pieces[0].notes:
            self._pieces = list(_cut(self._pieces[0], fixes))
        elif len(self._pieces) * len(fixes) > _MAX_WORK:
            whole = self.text
            for fix in reversed(fixes):
                whole = whole[: fix.start] + fix.text + whole[fix.end :]
            self._pieces = [_Piece(0, self._pieces[-1].end, whole, tuple(fixes))]
        else:
            for fix in reversed(fixes):
                self._make_one(fix)
        self.text = "".join([piece.text for piece in self._pieces])

    def _make_one(self, fix: Fix) -> None:
        """Make one fix; pieces that were changed before are merged into it whole."""
        before: list[_Piece] = []
        touched: list[_Piece] = []
        after: list[_Piece] = []
        now = lead = 0
        for piece in self._pieces:
            end = now + len(piece.text)
            if end <= fix.start:
                before.append(piece)
            elif now >= fix.end:
                after.append(piece)
            else:
                if not touched:
                    lead = fix.start - now
                touched.append(piece)
            now = end
        text = "".join([piece.text for piece in touched])
        mended = text[:lead] + fix.text + text[lead + fix.end - fix.start :]
        start, end = touched[0].start, touched[-1].end
        first, last = touched[0], touched[-1]
        if not first.notes and lead:
            before.append(_Piece(start, start + lead, first.text[:lead], ()))
            start, mended = start + lead, mended[lead:]
        left = len(text) - lead - (fix.end - fix.start)
        if not last.notes and left:
            after.insert(0, _Piece(end - left, end, last.text[-left:], ()))
            end, mended = end - left, mended[:-left]
        notes = tuple(note for piece in touched for note in piece.notes)
        self._pieces = [*before, _Piece(start, end, mended, (*notes, fix)), *after]

    def fixes(self) -> Iterator[Fix]:
        """Yield what was changed, in the coordinates of the original text."""
        for piece in self._pieces:
            if len(piece.notes) == 1:
                yield piece.notes[0]._replace(start=piece.start, end=piece.end, text=piece.text)
            elif piece.notes:
                last = piece.notes[-1]
                reasons = dict.fromkeys(note.why for note in piece.notes)
                score = min(note.score for note in piece.notes)
                yield Fix(piece.start, piece.end, piece.text, last.rule, "; ".join(reasons), score)


def _cut(piece: _Piece, fixes: Iterable[Fix]) -> Iterator[_Piece]:
    at = 0
    for fix in fixes:
        if fix.start > at:
            yield _Piece(at, fix.start, piece.text[at : fix.start], ())
        yield _Piece(fix.start, fix.end, fix.text, (fix,))
        at = fix.end
    if at < len(piece.text):
        yield _Piece(at, len(piece.text), piece.text[at:], ())
