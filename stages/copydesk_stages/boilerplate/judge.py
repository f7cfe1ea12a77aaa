"""Judge the lines of one document by the trained model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from copydesk_stages.boilerplate import context, features, reasons
from copydesk_stages.boilerplate.model import Forest, load

#: A document is a whole page's text when it has this many lines, and this share of all lines is worded like furniture.
PAGE_LINES = 25
PAGE_SHARE = 0.28
#: Text of paragraphs has this many of them, and this share of its characters stands there.
PROSE_PARAGRAPHS = 2
PROSE_SHARE = 0.3
#: What stands for a line that was taken out before.
LABEL = "Share"
MOST_LABELS = 8
_FURNITURE = features.NAMES.index("all_furniture")


@dataclass(frozen=True, slots=True)
class Judged:
    """The lines that were looked at, by number, and the score of each; `reasons` says why for some of them."""

    shape: Literal["article", "page"]
    rows: list[int]
    scores: list[float]
    texts: list[str]
    matrix: npt.NDArray[np.float64]
    forest: Forest

    def reasons(self, places: list[int]) -> list[str]:
        """Return the reason in words for the lines at these places of `rows`."""
        if not places:
            return []
        matrix = self.matrix[places]
        return reasons.whys([self.texts[self.rows[place]] for place in places], matrix, self.forest.reasons(matrix))


def with_gaps(ids: Sequence[int], texts: list[str]) -> tuple[list[str], list[int]]:
    """Return the texts with a label for each block that went before from between them, and which block each is.

    Where `markers` took a button out, its neighbours would be judged as if it had never stood there; the model learned
    from texts with such labels. Which stage took a block out does not show, so that no place gets more than
    `MOST_LABELS`; ids that do not rise from block to block tell of moves and not of gaps. A label has the number -1.

    >>> with_gaps([0, 2], ["The ferry was late.", "Nobody knew why."])
    (['The ferry was late.', 'Share', 'Nobody knew why.'], [0, -1, 1])
    """
    if any(after < one for one, after in pairwise(ids)):
        return texts, list(range(len(texts)))
    filled: list[str] = []
    numbers: list[int] = []
    for number, (one, text) in enumerate(zip(ids, texts, strict=True)):
        gap = min(one - ids[number - 1] - 1, MOST_LABELS) if number else 0
        filled += [LABEL] * gap
        numbers += [-1] * gap
        filled.append(text)
        numbers.append(number)
    return filled, numbers


def is_prose(texts: list[str]) -> bool:
    """Tell whether a text is of paragraphs, not of lines as poems, tables, tickers, lists and code are.

    >>> is_prose(["Roses are red,", "violets are blue."])
    False
    """
    sizes = features.sizes(texts)
    paragraphs = [size for size in sizes if size >= features.LONG]
    return len(paragraphs) >= PROSE_PARAGRAPHS and sum(paragraphs) >= PROSE_SHARE * sum(sizes)


def goes_on(texts: list[str], row: int) -> bool:
    """Tell whether a line goes on with the sentence of the one before: a piece of a text that was broken anywhere.

    >>> goes_on([f"{'The ferry was late. ' * 10}She said that it", "was", "the engine."], 1)
    True
    """
    if not row or not texts[row][:1].islower():
        return False
    before = texts[row - 1]
    return len(before) >= features.LONG and (before[-1].isalnum() or before[-1] == ",")


def is_page(looked: features.Looked, lines: int) -> bool:
    """Tell whether the lines are those of a whole page: many, and to a good part worded like furniture."""
    return lines >= PAGE_LINES and float(looked.matrix[0, _FURNITURE]) * len(looked.rows) >= PAGE_SHARE * lines


def judge(texts: list[str], *, whole_pages: bool) -> Judged:
    """Return the score of every short line; with `whole_pages` of every line, where the text is a whole page's."""
    model = load()
    looked = features.look(texts, model.tables)
    if not len(looked.rows):
        return Judged("article", [], [], texts, looked.matrix, model.article.forest)
    if whole_pages and is_page(looked, len(texts)):
        looked = features.look(texts, model.tables, longest=None)
        first = model.glance.judge(looked.matrix)
        matrix = context.again(texts, looked.matrix, first, model.tables.rarity)
        reader = model.page
        return Judged("page", looked.rows.tolist(), reader.score(matrix), texts, matrix, reader.forest)
    scores = model.article.score(looked.matrix)
    return Judged("article", looked.rows.tolist(), scores, texts, looked.matrix, model.article.forest)
