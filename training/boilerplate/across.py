#!/usr/bin/env python3
"""Score the stage as it runs, gates and `markers` included, on scores that each line got across publishers.

    python training/boilerplate/across.py DATA OOF

OOF is the folder that `train.py --oof OOF` wrote. The shipped weights have seen every publisher of DATA; the scores in
OOF come from models that did not, so only these are fit for setting thresholds. Lines are judged behind `markers`, as
in a chain, and what `markers` took counts as cut; in rows named `alone` they are judged with all lines in place. For
`html` every document is taken for a whole page, and the shipped word table says how many it knows as such. Shingles are
runs of four words of what stays, compared with the body, mean precision and mean recall over the documents.

Rows named `nested` judge each fold at thresholds that the other three chose, so neither weights nor thresholds saw
it: of a few, those that give the best F1 (`cautious`: recall; pages: shingles) there within the bounds in `WITHIN`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import chain
import data

from copydesk_stages.boilerplate import PAGE, THRESHOLDS, WHOLE_ARTICLE
from copydesk_stages.boilerplate.features import look
from copydesk_stages.boilerplate.judge import goes_on, is_page, is_prose
from copydesk_stages.boilerplate.model import load
from copydesk_stages.unspaced import UNSPACED

Scores = dict[str, list[float]]


#: What thresholds may cost where they are chosen: least precision, greatest loss.
WITHIN = {"cautious": (0.975, 0.0004), "thorough": (0.0, 0.0013), "page": (0.0, 0.019)}


class Rates(NamedTuple):
    """Precision, recall and F1 of what goes, and the share of the article's words that goes."""

    precision: float
    recall: float
    f1: float
    loss: float

    def __str__(self) -> str:
        return f"precision {self[0]:.1%}  recall {self[1]:.1%}  F1 {self[2]:.1%}  loss {self[3]:.3%}"

    def holds(self, setting: str) -> bool:
        """Tell whether the bounds of a setting hold."""
        least, most = WITHIN[setting]
        return self.precision >= least and self.loss <= most


def rates(pages: list[data.Page], gone: dict[str, set[int]]) -> Rates:
    """Judge what is gone from some documents."""
    hit = wrong = missed = lost = words = 0
    for page in pages:
        for number, (line, label) in enumerate(zip(page.lines, page.labels, strict=True)):
            away, size = number in gone[page.id], len(line.split())
            hit += away and label == 0
            wrong += away and label == 1
            missed += not away and label == 0
            lost += size if away and label == 1 else 0
            words += size if label == 1 else 0
    precision, recall = hit / max(1, hit + wrong), hit / max(1, hit + missed)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return Rates(precision, recall, f1, lost / words)


def cut(texts: list[str], scores: list[float], setting: str, above: float) -> set[int]:
    """Return the lines of an article that a setting cuts at a threshold."""
    prose = is_prose(texts)
    if not prose and setting == "cautious":
        return set()
    threshold = above if prose else THRESHOLDS["lines"][0]
    return {
        number for number, score in enumerate(scores) if score >= threshold and not (prose and goes_on(texts, number))
    }


def cut_page(texts: list[str], scores: list[float], thresholds: tuple[float, ...]) -> set[int]:
    """Return the lines of a whole page that go at thresholds for the lengths in `PAGE`."""
    lengths = [*zip((longest for longest, _ in PAGE), thresholds, strict=True), (float("inf"), WHOLE_ARTICLE)]
    return {
        number
        for number, (text, score) in enumerate(zip(texts, scores, strict=True))
        if score >= next(threshold for longest, threshold in lengths if len(text) < longest)
    }


class Behind:
    """What `markers` leaves of some documents, with the score of each line that stays."""

    def __init__(self, pages: list[data.Page], scores: Scores) -> None:
        """Take the scores of the documents, a label for each gap included."""
        self.left: dict[str, list[int]] = {}
        self.texts: dict[str, list[str]] = {}
        self.scores: Scores = {}
        self.taken: dict[str, set[int]] = {}
        for page in pages:
            behind, numbers = chain.behind_markers(page)
            places = [place for place, number in enumerate(numbers) if number >= 0]
            self.left[page.id] = [numbers[place] for place in places]
            self.texts[page.id] = [behind.lines[place].strip() for place in places]
            self.scores[page.id] = [scores[page.id][place] for place in places]
            self.taken[page.id] = set(range(len(page.lines))) - set(numbers)

    def gone(self, pages: list[data.Page], cutter: Callable[[list[str], list[float]], set[int]]) -> dict[str, set[int]]:
        """Return by document the numbers of the lines that `markers` or `cutter` takes."""
        return {
            page.id: self.taken[page.id]
            | {self.left[page.id][place] for place in cutter(self.texts[page.id], self.scores[page.id])}
            for page in pages
        }


# Words where the script has spaces, single characters where it has none, as bench/lines.py counts them.
_TOKEN = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _TOKEN.findall(text.lower())
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)) if words)


def shingle_f1(pages: list[data.Page], gone: dict[str, set[int]]) -> float:
    """Return the F1 of mean precision and mean recall of four-word shingles against the body."""
    precisions, recalls = [], []
    for page in pages:
        got = _shingles("\n".join(line for number, line in enumerate(page.lines) if number not in gone[page.id]))
        want = _shingles(page.body)
        both = (want & got).total()
        precisions.append(both / got.total() if got else 0.0)
        recalls.append(both / want.total() if want else 1.0)
    precision, recall = sum(precisions) / len(pages), sum(recalls) / len(pages)
    return 2 * precision * recall / max(1e-9, precision + recall)


def of_pages(pages: list[data.Page], scores: Scores) -> None:
    """Print the rows of whole pages."""
    tables = load().tables
    filled = [[line.strip() for line in chain.behind_markers(page)[0].lines] for page in pages]
    known = sum(is_page(look(texts, tables), len(texts)) for texts in filled)
    print(f"html: {known} of {len(pages)} known as whole pages")
    behind = Behind(pages, scores)
    for above in (0.4, 0.5, 0.6, 0.65, 0.7, 0.8, 0.0):
        thresholds = (above,) * len(PAGE) if above else tuple(threshold for _, threshold in PAGE)
        gone = behind.gone(pages, partial(cut_page, thresholds=thresholds))
        name = f"{above:.2f} " if above else "length"
        print(f"page {name} {rates(pages, gone)}  shingles {shingle_f1(pages, gone):.1%}")
        if not above:
            for key, held in _groups(pages):
                print(f"    {key:7} {rates(held, gone)}  shingles {shingle_f1(held, gone):.1%}")
    nested_pages(pages, behind)


def nested_pages(pages: list[data.Page], behind: Behind) -> None:
    """Print what thresholds by length reach that were chosen on the other folds."""
    tried = {
        f"{short:.2f}/{middle:.2f}/{long:.2f}": behind.gone(pages, partial(cut_page, thresholds=(short, middle, long)))
        for short, middle, long in itertools.product((0.6, 0.7, 0.8), (0.45, 0.55, 0.65), (0.35, 0.45, 0.55))
    }
    gone = nested("page", pages, tried, lambda others, key: shingle_f1(others, tried[key]))
    print(f"page nested  shingles {shingle_f1(pages, gone):.1%}")


def nested_article(setting: str, pages: list[data.Page], behind: Behind) -> None:
    """Print what a setting reaches at thresholds that were chosen on the other folds."""
    tried = {
        f"{above / 100:.2f}": behind.gone(pages, partial(cut, setting=setting, above=above / 100))
        for above in range(40, 99, 2)
    }

    def good(others: list[data.Page], key: str) -> float:
        reached = rates(others, tried[key])
        return reached.recall if setting == "cautious" else reached.f1

    nested(setting, pages, tried, good)


def nested(
    name: str,
    pages: list[data.Page],
    gone: dict[str, dict[str, set[int]]],
    good: Callable[[list[data.Page], str], float],
) -> dict[str, set[int]]:
    """Return what goes from each fold at the choice, a key of `gone`, that is best by `good` on the others."""
    chosen: dict[str, set[int]] = {}
    for fold in data.FOLDS:
        others = [page for page in pages if page.fold != fold]
        allowed = [key for key in gone if rates(others, gone[key]).holds(name)]
        best = max(allowed, key=lambda key: good(others, key))
        held = [page for page in pages if page.fold == fold]
        print(f"{name} nested, fold {fold}: {best}  {rates(held, gone[best])}")
        chosen |= {page.id: gone[best][page.id] for page in held}
    print(f"{name} nested  {rates(pages, chosen)}")
    return chosen


def _groups(pages: list[data.Page]) -> list[tuple[str, list[data.Page]]]:
    folds = [(f"fold {fold}", [page for page in pages if page.fold == fold]) for fold in data.FOLDS]
    return [*folds, *((lang, [page for page in pages if page.lang == lang]) for lang in ("en", "de"))]


def read_scores(folder: Path, source: str) -> Scores:
    """Return the scores of each line by document."""
    rows = (json.loads(line) for line in (folder / f"{source}.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["id"]: row["scores"] for row in rows}


def main() -> None:
    """Print a row for each setting and threshold; at the shipped one by fold and language too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("oof", type=Path)
    args = parser.parse_args()
    of_pages(data.read(args.data, "html"), read_scores(args.oof, "html"))
    pages = data.read(args.data, "contaminated")
    behind = Behind(pages, read_scores(args.oof, "contaminated"))
    plain = read_scores(args.oof, "contaminated-alone")
    for setting, thresholds in (("cautious", (0.75, 0.8, 0.85, 0.9, 0.95)), ("thorough", (0.4, 0.5, 0.6, 0.7))):
        shipped = THRESHOLDS[setting][0]
        for above in sorted({*thresholds, shipped}):
            cutter = partial(cut, setting=setting, above=above)
            alone = {page.id: cutter([line.strip() for line in page.lines], plain[page.id]) for page in pages}
            both = behind.gone(pages, cutter)
            star = "*" if above == shipped else " "
            print(f"{setting} {above:.2f}{star} alone          {rates(pages, alone)}")
            print(f"{setting} {above:.2f}{star} after markers  {rates(pages, both)}")
            if above == shipped:
                for key, held in _groups(pages):
                    print(f"    {key:7} {rates(held, both)}")
        nested_article(setting, pages, behind)


if __name__ == "__main__":
    main()
