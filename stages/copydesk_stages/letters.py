"""Which of several readings of a text its letters make the likeliest, over the languages of the CLDR.

Between some charsets nothing but the language decides: what stands for "å" in one stands for "á" in another. The pairs
of letters of each language are in `letter_languages.json`, made by `training/repair/letters.py`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import compress
from operator import add
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A word with whatever signs stand within it: a sign between letters is no end of a word.
_WORD = re.compile(r"[^\x00-@\[-`{-\x7f\xa0\xad‘’“”„‚«»‹›–—…。、，！？：；．・「」『』（）]+")
#: Rarity of a pair that a language is not known to have, in half powers of ten.
UNSEEN = 12
_MOST = 2000


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, int], NDArray[np.uint8]]:
    """Return pair -> row, and the rarities, a row for each pair and a column for each language; the last is unseen."""
    import numpy as np

    table = json.loads(files("copydesk_stages").joinpath("letter_languages.json").read_text(encoding="utf-8"))
    rows: dict[str, int] = {}
    cells: list[tuple[int, int, int]] = []
    for column, name in enumerate(sorted(table)):
        for level, pairs in table[name].items():
            cells.extend(
                (rows.setdefault(pairs[at : at + 2], len(rows)), column, int(level)) for at in range(0, len(pairs), 2)
            )
    rarities = np.full((len(rows) + 1, len(table)), UNSEEN, dtype=np.uint8)
    filled = np.array(cells)
    rarities[filled[:, 0], filled[:, 1]] = filled[:, 2]
    return rows, rarities


def _costs(text: str) -> NDArray[np.int32]:
    """Return the sum of the rarities of all pairs of `text`, for each language."""
    words = _WORD.findall(unicodedata.normalize("NFC", text[:_MOST].lower()))
    return _sums(f"^{'^'.join(words)}^" if words else "")


def _sums(letters: str) -> NDArray[np.int32]:
    import numpy as np

    rows, rarities = _table()
    found = np.array([rows.get(pair, -1) for pair in map(add, letters, letters[1:])], dtype=np.intp)
    return np.asarray(rarities[found].sum(axis=0, dtype=np.int32))


def unlikeliness(texts: Sequence[str]) -> list[float]:
    """Return for each text how unlikely its letters are in the language that suits it best; the least is 0.

    In powers of ten.

    >>> unlikeliness(["Frán Stockholm till Malmö pá kvällen", "Från Stockholm till Malmö på kvällen"])[1]
    0.0
    """
    split = [text[:_MOST].split(" ") for text in texts]
    if len(set(map(len, split))) == 1:  # readings of one text share most words, which are counted once
        shared = [words.count(words[0]) == len(texts) for words in zip(*split, strict=True)]
        common = _costs(" ".join(compress(split[0], shared)))
        own = [_costs(" ".join(word for word, same in zip(words, shared, strict=True) if not same)) for words in split]
        best = [int((common + costs).min()) for costs in own]
    else:
        best = [int(_costs(text).min()) for text in texts]
    return [(cost - min(best)) / 2 for cost in best]


class Language:
    """The language that a text is most likely in, as far as pairs of letters tell, and those nearly as likely.

    `slots` are stretches of the text that could each be read in several ways; the language is the one in which the
    likeliest ways make the whole likeliest.

    >>> russian = Language("Мост через реку открыли утром")
    >>> russian.rarity("ой") < russian.rarity("њй")
    True
    """

    def __init__(self, text: str, slots: Sequence[Sequence[str]] = ()) -> None:
        import numpy as np

        costs = _costs(text)
        for ways in slots:
            costs = costs + np.min([_rarities(way) for way in ways], axis=0)
        order = costs.argsort(kind="stable")
        self._columns = order[costs[order] <= costs[order[0]] + 2 * _NEARLY]

    def rarity(self, word: str) -> float:
        """Return how rare the pairs of `word` are, in powers of ten."""
        return self.rarities(word)[0]

    def rarities(self, word: str) -> list[float]:
        """Return how rare the pairs of `word` are in this language and in those nearly as likely."""
        return [float(rarity) / 2 for rarity in _rarities(word)[self._columns]]


# Powers of ten by which another language is less likely and still in question.
_NEARLY = 2


@lru_cache(maxsize=1024)
def _rarities(word: str) -> NDArray[np.int32]:
    """Return the sum of the rarities of the pairs of a word, for each language."""
    return _sums(unicodedata.normalize("NFC", word.lower()))
