"""Putting the evidence of several pieces together: the windows of a long block, the blocks of a document."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

from copydesk_stages.language.evidence import UND, Evidence, agrees, unsaid
from copydesk_stages.language.labels import family

Identify = Callable[[str], Evidence]

#: Letters that weigh one; a piece weighs at least half.
UNIT = 25
#: Share of pieces that may be in another language than the whole, and the least probability a piece gives to any.
STRAY, LEAST = 0.1, 0.001
#: A piece weighs less the likelier it is in no known language, as names are; it keeps at least this part.
LEAST_SAID = 0.1
#: Longer texts are seen through windows of `WINDOW` characters: the first and a cheap look at the last; where these do
#: not agree or the first is unsure, the last and the middle; where these do not agree at most `WINDOWS`, evenly spaced.
LONG, WINDOW, WINDOWS = 240, 110, 12
#: A long text is in one language where so large a part of the windows is, or where no two are sure of different ones.
MAJORITY = 0.65
#: A first window that is as sure as this is enough where the last agrees.
SURE = 0.85
#: A shorter text of so many letters that is less sure than this is looked at in halves.
HALVED, WHOLE = 50, 0.95


def pool(found: Sequence[Evidence], counts: Sequence[int] = ()) -> tuple[tuple[str, float], ...]:
    """Return the languages of a whole by probability, best first, from the evidence of its pieces.

    Each piece counts by its length, and none can rule a language out, since one piece in ten may be in another. With
    `counts` each stands for so many. The order of the pieces makes no difference, not even by rounding.

    >>> one, other = (("de", 0.9), ("nl", 0.1)), (("de", 0.6), ("und", 0.4))
    >>> pool([Evidence(one, 30, "model"), Evidence(other, 12, "model")])[0][0]
    'de'
    """
    speaking = [(one, count) for one, count in zip(found, counts or (1,) * len(found), strict=True) if one.letters]
    if not speaking:
        return ((UND, 1.0),)
    if len(speaking) == 1 and speaking[0][1] == 1:
        return speaking[0][0].ranked
    named: dict[str, float] = {}
    totals: dict[str, float] = {}
    nothing = math.log(LEAST)
    for one, count in sorted(speaking):
        weight = count * max(0.5, one.letters / UNIT) * max(LEAST_SAID, 1 - one.of(UND))
        shares: dict[str, float] = {}
        for tag, share in one.ranked:
            named[tag] = named.get(tag, 0.0) + weight * share
            key = family(tag)
            shares[key] = shares.get(key, 0.0) + share
        for key, share in shares.items():  # how much more than the least, which every other family has
            totals[key] = totals.get(key, 0.0) + weight * (math.log((1 - STRAY) * share + LEAST) - nothing)
    names: dict[str, str] = {}  # of each family the likeliest member
    for tag in sorted(named, key=lambda tag: (named[tag], tag)):
        names[family(tag)] = tag
    highest = max(totals.values())
    likely = {names[key]: math.exp(max(-700.0, total - highest)) for key, total in sorted(totals.items())}
    whole = sum(likely.values())
    return tuple(sorted(((tag, share / whole) for tag, share in likely.items()), key=lambda pair: (-pair[1], pair[0])))


@lru_cache(maxsize=8)
def in_windows(by: Identify) -> Identify:
    """Return an identifier that looks at long texts through windows, so that its work is bounded."""

    def identify(text: str) -> Evidence:
        if len(text) <= LONG:
            whole = by(text)
            if whole.letters < HALVED or whole.ranked[0][0] == UND or whole.ranked[0][1] >= WHOLE:
                return whole
            middle = text.rfind(" ", 0, len(text) // 2) + 1 or len(text) // 2
            return _several([by(text[:middle]), by(text[middle:])], whole.letters) or whole
        first, last = by(_window(text, 0)), _window(text, len(text) - WINDOW)
        tag, share = first.ranked[0]
        if tag != UND and share >= SURE and agrees(last, tag):
            return first._replace(letters=first.letters * len(text) // WINDOW)
        end = by(last)
        found = [first, by(_window(text, (len(text) - WINDOW) // 2)), end]
        if len({family(one.ranked[0][0]) for one in found}) > 1 or pool(found)[0][1] < SURE:
            count = min(WINDOWS, -(-len(text) // WINDOW))
            step = (len(text) - WINDOW) // (count - 1)
            found = [first, *(by(_window(text, step * k)) for k in range(1, count - 1)), end]
        letters = sum(one.letters for one in found) * len(text) // (WINDOW * len(found))
        best = pool(found)
        same = [one for one in found if family(one.ranked[0][0]) == family(best[0][0])]
        if len(same) < MAJORITY * len(found) and (several := _several(found, letters)):
            return several
        told = same[0] if same else found[0]
        return Evidence(best, letters, told.source, told.why)

    return identify


def _several(found: Sequence[Evidence], letters: int) -> Evidence | None:
    """Return `und` where pieces of one text are sure of different languages."""
    sure = {tag for one in found for tag, share in one.ranked[:1] if share >= SURE and tag != UND}
    if len({family(tag) for tag in sure}) < 2:
        return None
    return unsaid(f"in several languages: {', '.join(sorted(sure))}", letters)


def _window(text: str, start: int) -> str:
    """Return about `WINDOW` characters from `start` on, without half a word at either end."""
    end = start + WINDOW
    piece = text[start:end]
    if start:
        piece = piece[piece.find(" ", 0, WINDOW // 4) + 1 :]
    if end < len(text):
        cut = piece.rfind(" ", len(piece) - WINDOW // 4)
        piece = piece[:cut] if cut > 0 else piece
    return piece
