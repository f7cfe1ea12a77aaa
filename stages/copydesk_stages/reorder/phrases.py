"""Words, openings and turns of a paragraph that tell whether it comes early, and whether it comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat

#: A word, or a run of words or shapes; `^` opens the first words of a paragraph, `~` the shape of its beginning.
Feature = str | tuple[str, ...]


def features(keys: Sequence[str], shapes: Sequence[str]) -> set[Feature]:
    """Return what is looked up of a paragraph: its words, its first three, how it begins, and every three in shape.

    Each token is given by its `key` and by its `shape` (see `words.Token`).

    >>> found = features(["rain", "fell", "on", "0", "towns"], ["X", "x", "on", "0", "x"])
    >>> sorted(name for name in found if isinstance(name, str))
    ['0', 'fell', 'on', 'rain', 'towns']
    >>> sorted(name for name in found if name[0] == "^")
    [('^', 'rain'), ('^', 'rain', 'fell'), ('^', 'rain', 'fell', 'on')]
    >>> sorted(name for name in found if isinstance(name, tuple) and name[0] not in "^~")
    [('X', 'x', 'on'), ('on', '0', 'x'), ('x', 'on', '0')]
    """
    found: set[Feature] = set(keys)
    found.update([("^", *keys[:size]) for size in (1, 2, 3)])
    found.update([("~", *shapes[:size]) for size in (2, 3, 4, 5)])
    found.update(zip(shapes, shapes[1:], shapes[2:], strict=False))
    return found


def weigh(keys: Sequence[str], shapes: Sequence[str], table: Mapping[Feature, complex]) -> tuple[float, float]:
    """Return how early a paragraph of these tokens comes by a table of `features`, and how likely first, in nats.

    The table has both at once as the two parts of a complex number, in hundredths: whole numbers, whose sum over a set
    is the same in any order.

    >>> weigh(["rain", "fell"], ["X", "x"], {"fell": 20 + 50j, ("^", "rain"): 5 - 10j})
    (0.25, 0.4)
    """
    if not table:
        return 0.0, 0.0
    total = sum(map(table.get, features(keys, shapes), repeat(0j)))
    return total.real / 100.0, total.imag / 100.0
