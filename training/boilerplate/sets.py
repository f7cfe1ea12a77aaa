"""Features of all documents, with wording tables that never saw the document's publishers.

The forests read the wording of a line as a number that another model made. Where that model has seen the line in
training, the number is too good to be true, so each document gets tables learned without its fold; and for judging fold
v, all other documents get tables learned without v either.
"""

from __future__ import annotations

from itertools import combinations

import data
import numpy as np
import numpy.typing as npt
import wording
from data import FOLDS, SOURCES, Page

from copydesk_stages.boilerplate import context, features
from copydesk_stages.boilerplate.model import Forest

#: What is left out: nothing (the model that ships), one fold (judging it), two (what the judged model learns from).
LEFT_OUT: list[tuple[int, ...]] = [(), *[(fold,) for fold in FOLDS], *combinations(FOLDS, 2)]


def tables(pages: dict[str, list[Page]], classes: npt.NDArray[np.uint8]) -> dict[tuple[int, ...], features.Tables]:
    """Return wording tables by the folds that they have not seen."""
    lines, label_list, weight_list, fold_list = wording.examples([page for name in SOURCES for page in pages[name]])
    rows = wording.matrix(lines, classes)
    labels, weights, folds = np.array(label_list), np.array(weight_list), np.array(fold_list)
    rarity = wording.rarity([page for name in ("html", "segments", "wcxb") for page in pages[name]])
    made = {}
    for left_out in LEFT_OUT:
        seen = ~np.isin(folds, left_out)
        made[left_out] = features.Tables(classes, wording.fit(rows[seen], labels[seen], weights[seen]), rarity)
    return made


def without(fold: int, judged: int | None) -> tuple[int, ...]:
    """Return what the tables for a document of `fold` must not have seen while fold `judged` is judged (None: none)."""
    return (fold,) if judged is None or judged == fold else tuple(sorted((fold, judged)))


class Rows:
    """The lines of many documents: features by judged fold, and where each line stands."""

    def __init__(self, pages: list[Page], made: dict[tuple[int, ...], features.Tables], *, long_too: bool) -> None:
        """Look at every document; `long_too` takes paragraphs as well and keeps lines without a label."""
        self.pages = pages
        self.rarity = made[()].rarity  # the same for all folds: how rare a word is says nothing of labels
        numbers: list[npt.NDArray[np.intp]] = []
        lines: list[npt.NDArray[np.intp]] = []
        labels: list[npt.NDArray[np.int64]] = []
        lessons: list[npt.NDArray[np.int64]] = []
        seen: dict[int | None, list[npt.NDArray[np.float32]]] = {judged: [] for judged in (None, *FOLDS)}
        for number, page in enumerate(pages):
            texts = [line.strip() for line in page.lines]
            longest = None if long_too else features.LONG
            gold = np.array([-1 if label is None else label for label in page.labels])
            taught = np.array([-1 if label is None else label for label in data.taught(page)]) if long_too else gold
            plain = None
            for judged, parts in seen.items():
                if judged == page.fold and plain is not None:
                    parts.append(plain)
                    continue
                looked = features.look(texts, made[without(page.fold, judged)], longest=longest)
                kept = np.full(len(looked.rows), True) if long_too else gold[looked.rows] >= 0
                parts.append(looked.matrix[kept].astype(np.float32))
                if judged is None:
                    plain = parts[0] if len(parts) == 1 else parts[-1]
                    numbers.append(np.full(int(kept.sum()), number))
                    lines.append(looked.rows[kept])
                    labels.append(gold[looked.rows[kept]])
                    lessons.append(taught[looked.rows[kept]])
        self.page_of = np.concatenate(numbers)
        self.line_of = np.concatenate(lines)
        self.label = np.concatenate(labels)
        self.taught = np.concatenate(lessons)
        self.fold = np.array([page.fold for page in pages])[self.page_of]
        self.seen = {judged: np.concatenate(parts) for judged, parts in seen.items()}

    def second_look(self, glances: dict[tuple[int, ...], Forest], judged: int | None) -> npt.NDArray[np.float32]:
        """Return the features with those that the first look at the whole page adds."""
        parts = []
        starts = np.flatnonzero(np.concatenate([[True], self.page_of[1:] != self.page_of[:-1]]))
        for start, end in zip(starts, [*starts[1:], len(self.page_of)], strict=True):
            rows = self.seen[judged][start:end].astype(np.float64)
            odds = glances[without(int(self.fold[start]), judged)].judge(rows)
            page = self.pages[int(self.page_of[start])]
            texts = [page.lines[line].strip() for line in self.line_of[start:end].tolist()]
            parts.append(context.again(texts, rows, odds, self.rarity).astype(np.float32))
        return np.concatenate(parts)
