"""Words, openings and turns of a paragraph that tell whether it comes early, and whether it comes first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import repeat

#: A word, or a run of words or shapes; `^` opens the first words of a paragraph, `~` the shape of its beginning.
Feature = str | tuple[str, ...]
_YEAR = re.compile(r"(?:19|20)\d\d")


def features(tokens: Sequence[str], frame: AbstractSet[str]) -> set[Feature]:
    """Return what is looked up of a paragraph: its words, its first three, how it begins, and every three in shape.

    "0" stands for a number and "0000" for a year. A shape keeps marks and the words of `frame`, which hold sentences
    together; "X" stands there for a capitalised word and "x" for any other.

    >>> found = features(["Rain", "fell", "on", "9", "towns"], {"on"})
    >>> sorted(name for name in found if isinstance(name, str))
    ['0', 'fell', 'on', 'rain', 'towns']
    >>> sorted(name for name in found if name[0] == "^")
    [('^', 'rain'), ('^', 'rain', 'fell'), ('^', 'rain', 'fell', 'on')]
    >>> sorted(name for name in found if isinstance(name, tuple) and name[0] not in "^~")
    [('X', 'x', 'on'), ('on', '0', 'x'), ('x', 'on', '0')]
    """
    lower = [_number(token) if token[0].isdigit() else token.lower() for token in tokens]
    shape = [
        "X" if token[0].isupper() else word if word in frame or not word[0].isalpha() else "x"
        for token, word in zip(tokens, lower, strict=True)
    ]
    found: set[Feature] = set(lower)
    found.update([("^", *lower[:size]) for size in (1, 2, 3)])
    found.update([("~", *shape[:size]) for size in (2, 3, 4, 5)])
    found.update(zip(shape, shape[1:], shape[2:], strict=False))
    return found


def _number(token: str) -> str:
    return "0000" if len(token) == 4 and _YEAR.fullmatch(token) else "0"


def weigh(tokens: Sequence[str], table: Mapping[Feature, complex], frame: AbstractSet[str]) -> tuple[float, float]:
    """Return how early a paragraph of these tokens comes by a table of `features`, and how likely first, in nats.

    The table has both at once as the two parts of a complex number, in hundredths: whole numbers, whose sum over a set
    is the same in any order.

    >>> weigh(["Rain", "fell"], {"fell": 20 + 50j, ("^", "rain"): 5 - 10j}, frozenset())
    (0.25, 0.4)
    """
    if not table:
        return 0.0, 0.0
    total = sum(map(table.get, features(tokens, frame), repeat(0j)))
    return total.real / 100.0, total.imag / 100.0
