"""Make the weights of the stage `extract`: python training/extract/train.py DATA MORE [--check].

DATA holds `pages/wcxb-pages.dev.jsonl.gz` (pages with HTML and main text) and `lines/{wcxb,html}.dev.jsonl.gz`
(labelled lines of these and other pages, without HTML: of these the trees see what can be seen without). MORE holds
checkouts of public collections, `harvest`, `fundus` and `article-extraction-benchmark`, and others whose pages are
only judged, as `marked.jsonl` tells. Writes hints.npz, trees.npz and alone.npz into the package and scores.json beside
this file, and prints the table. The same data and versions give the same files, bit for bit. `--check` writes nothing
and tells whether they would change.

Everything is split by publisher into five folds. A fold's pages are judged by trees, and by linear readers, that have
seen no page and no line of its publishers; the trees are trained on scores that the linear readers gave to publishers
that they had not seen. What ships is trained on all folds.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # sums over several threads may come out in another order

import argparse
import hashlib
import io
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean
from typing import Any
from zlib import crc32

import measure
import numpy as np
from data import FOLDS, Page, fold_of, read_lines, read_marked, read_news, read_pages, read_threads, rows
from forest import flatten
from labels import words
from scipy.sparse import csr_matrix
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import SGDClassifier

from copydesk_stages import extract
from copydesk_stages.extract import choose, features, hints, model
from copydesk_stages.extract.lines import Line

TREES = {"max_iter": 160, "learning_rate": 0.06, "max_leaf_nodes": 12, "min_samples_leaf": 60, "l2_regularization": 5.0,
         "max_features": 0.15, "max_bins": 63, "early_stopping": False, "random_state": 0}  # fmt: skip
#: Lines of a page that the trees see, by sort; longer pages are sampled by weight.
LINES = {"page": 100, "lines": 50, "thread": 60, "news": 40}
PACKAGE = Path(extract.__file__).parent


def matrix(places: Sequence[Sequence[int]]) -> csr_matrix:
    """Return hashed places as a sparse matrix."""
    starts = np.concatenate(([0], np.cumsum([len(one) for one in places])))
    columns = np.fromiter((i for one in places for i in one), dtype=np.int64, count=int(starts[-1]))
    made = csr_matrix((np.ones(len(columns), np.float32), columns, starts), shape=(len(places), 1 << hints.BITS))
    made.sum_duplicates()
    return made


def linear(places: csr_matrix, labels: Any, weights: Any, alpha: float, rounds: int) -> list[int]:
    """Return the weights of a linear reader as whole numbers, the constant last."""
    fitted = SGDClassifier(loss="log_loss", alpha=alpha, max_iter=rounds, tol=None, random_state=0, average=True)
    fitted.fit(places, labels, sample_weight=weights / weights.mean())
    table = np.concatenate((fitted.coef_[0], fitted.intercept_))
    return np.clip(np.round(table * hints.SCALE), -32000, 32000).astype(int).tolist()


class Lines:
    """The labelled lines without HTML, for the reader of words."""

    def __init__(self, folder: Path) -> None:
        """Read them."""
        self.rows: list[dict[str, Any]] = []
        places, labels, weights, folds = [], [], [], []
        for name in ("wcxb", "html"):
            for row in rows(folder / f"{name}.dev.jsonl.gz"):
                self.rows.append(row)
                counts = [len(words(line)) for line in row["lines"]]
                gold = sum(n for n, given in zip(counts, row["labels"], strict=True) if given) or 200
                for line, given, count in zip(row["lines"], row["labels"], counts, strict=True):
                    if given is not None:
                        places.append(hints.of_text(line))
                        labels.append(given)
                        weights.append((min(count, 60) + 2) / (gold + 50))
                        folds.append(fold_of(row["publisher"]))
        self.places = matrix(places)
        self.labels, self.weights, self.folds = np.array(labels), np.array(weights), np.array(folds)

    def fit(self, without: int | None) -> list[int]:
        """Return the table of words, learned without one fold."""
        chosen = np.flatnonzero(self.folds != without) if without is not None else np.arange(len(self.folds))
        return linear(self.places[chosen], self.labels[chosen], self.weights[chosen], 1e-5, 6)


def fit_names(pages: Sequence[Page]) -> list[int]:
    """Return the table of names."""
    weights = np.concatenate(
        [(np.array([min(len(words(t)), 60) for t in p.texts]) + 2) / (len(words(p.gold)) + 50) for p in pages]
    )
    labels = np.concatenate([p.shares >= 0.5 for p in pages]).astype(int)
    return linear(matrix([one for p in pages for one in p.places]), labels, weights, 3e-4, 10)


def sample(one: Page) -> tuple[Any, Any]:
    """Return which lines of a page the trees see, and their weights."""
    n, size = len(one.weights), LINES[one.sort]
    if n <= size:
        return np.arange(n), one.weights
    chance = np.minimum(1.0, size * (0.5 * one.weights / one.weights.sum() + 0.3 / n))
    kept = np.random.default_rng(crc32(one.id.encode())).random(n) < chance
    return np.flatnonzero(kept), one.weights[kept] / chance[kept]


def fit_trees(pages: Sequence[Page], *, blind: bool) -> HistGradientBoostingClassifier:
    """Return trees, learned from pages; `blind` ones know nothing of trafilatura."""
    tables, labels, weights = [], [], []
    for one in pages:
        index, weight = sample(one)
        tables.append(one.table[index])
        labels.append(one.shares[index])
        weights.append(weight)
    share, weight = np.concatenate(labels), np.concatenate(weights)
    weight = np.nan_to_num(weight * np.abs(share - 0.5) * 2)  # a line of which half belongs teaches nothing
    used = weight > 0
    seen = np.vstack(tables)[used]
    if blind:
        seen[:, features.OF_ANSWER] = 0.0
    fitted = HistGradientBoostingClassifier(**TREES)
    return fitted.fit(seen, share[used] >= 0.5, sample_weight=weight[used] / weight[used].mean())


def by_fold(pages: Sequence[Page], fold: int, fitted: dict[bool, HistGradientBoostingClassifier]) -> Iterator[Any]:
    """Yield the pages of a fold, each with the lines kept and its scores by reader."""
    trees, alone = (model.grow(flatten(fitted[blind])) for blind in (False, True))
    for one in pages:
        if one.fold != fold or one.sort == "lines":
            continue
        found = dict.fromkeys(measure.READERS, 0.0)
        kept: list[Line] = []
        if one.texts:
            read = one.reading
            chance = choose.chances(read, trees, alone, one.table)
            kept, ways = measure.judged(read, one.gold, chance)
            found |= ways
            _, by_alone = measure.judged(read, one.gold, alone.probability(one.table))
            found["trees alone"] = by_alone[measure.FINAL]
            found["labels right"] = measure.by_labels(read, one.gold, one.shares)
        yield one, kept, {**found, "trafilatura": one.default_f1, "trafilatura, fast": one.fast_f1}


def read(data: Path, more: Path) -> tuple[list[Page], Lines]:
    """Return all pages with their features, and the labelled lines; scores come from readers that saw other folds."""
    labelled = Lines(data / "lines")
    pages = read_pages(data / "pages" / "wcxb-pages.dev.jsonl.gz")
    known = {one.id for one in pages}
    pages += [*read_threads(more / "harvest"), *read_news(more, labelled.rows)]
    pages += read_marked(more, Path(__file__).with_name("marked.jsonl"))
    for fold in range(FOLDS):
        spoken = labelled.fit(fold)
        named = fit_names([p for p in pages if p.fold != fold and p.texts and p.sort == "page"])
        for one in pages:
            if one.fold == fold and one.texts and one.table is None:
                found = one.reading.lines
                one.table = one.reading.table((hints.text_scores(found, spoken), hints.name_scores(found, named)))
        mine = [row for row in labelled.rows if fold_of(row["publisher"]) == fold and row["id"] not in known]
        pages += [read_lines(row, spoken) for row in mine if row["lines"]]
    return pages, labelled


def main() -> int:
    """Train, judge over folds, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("more", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing, tell whether the weights would change")
    arguments = parser.parse_args()
    pages, labelled = read(arguments.data, arguments.more)
    table: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    texts: dict[str, list[tuple[list[Line], str, str]]] = {"article": [], "news": []}
    for fold in range(FOLDS):
        others = [p for p in pages if p.fold != fold and p.texts and p.sort != "marked"]
        fitted = {blind: fit_trees(others, blind=blind) for blind in (False, True)}
        for one, kept, found in by_fold(pages, fold, fitted):
            groups = {"page": ("all", one.kind, f"fold {fold}"), "marked": ("marked", f"marked {one.kind}")}
            for group in groups.get(one.sort, (one.sort,)):
                for name in measure.READERS:
                    table[group][name].append(found[name])
            if (one.sort, one.kind) == ("page", "article") or one.id.startswith("sh-"):
                texts[one.kind].append((kept, one.default, one.gold))
    whole = [p for p in pages if p.texts and p.sort != "marked"]
    files = {
        "hints.npz": {
            "words": np.array(labelled.fit(None), np.int16),
            "names": np.array(fit_names([p for p in whole if p.sort == "page"]), np.int16),
        },
        "trees.npz": flatten(fit_trees(whole, blind=False)),
        "alone.npz": flatten(fit_trees(whole, blind=True)),
    }
    scores = {
        g: {n: round(mean(v), 4) for n, v in by.items()} | {"pages": len(by[measure.READERS[0]])}
        for g, by in sorted(table.items())
    }
    beside = [
        *measure.worse(table["all"]),
        measure.by_shingles("articles", texts["article"]),
        measure.by_shingles("pages of the article benchmark of Scrapinghub", texts["news"]),
    ]
    measure.show(scores, beside)
    described = {
        "measure": "mean word F1 over pages, over folds by publisher",
        "features": len(features.NAMES),
        "readers": measure.READERS,
        "scores": scores,
        "beside": beside,
    }
    return write(files, described, check=arguments.check)


def write(files: dict[str, dict[str, Any]], described: dict[str, Any], *, check: bool) -> int:
    """Write the weights and the scores, or tell whether they would change."""
    changed = 0
    for name, arrays in files.items():
        made = io.BytesIO()
        np.savez_compressed(made, **arrays)
        target = PACKAGE / name
        same = target.exists() and target.read_bytes() == made.getvalue()
        changed += not same
        digest = hashlib.sha256(made.getvalue()).hexdigest()[:16]
        print(f"{name}: {len(made.getvalue())} bytes, sha256 {digest}, {'unchanged' if same else 'changed'}")
        if not check:
            target.write_bytes(made.getvalue())
    if not check:
        text = json.dumps(described, indent=1, sort_keys=True) + "\n"
        Path(__file__).with_name("scores.json").write_text(text, encoding="utf-8")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
