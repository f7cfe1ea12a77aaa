"""Make the weights of the stage `extract`: python training/extract/train.py DATA [--check].

DATA holds `pages/wcxb-pages.dev.jsonl.gz` (pages with HTML and main text) and `lines/{wcxb,html}.dev.jsonl.gz`
(labelled lines). Writes hints.npz, trees.npz and alone.npz into the package and scores.json beside this file, and
prints the table. The same data and versions give the same files, bit for bit. `--check` writes nothing and tells
whether they would change.

Everything is split by publisher into five folds. A fold's pages are judged by trees, and by linear readers, that have
seen no page and no line of its publishers; the trees are trained on scores that the linear readers gave to publishers
that they had not seen. What ships is trained on all folds.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # sums over several threads may come out in another order

import argparse
import gzip
import hashlib
import io
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any
from zlib import crc32

import numpy as np
from labels import label, word_f1, words
from scipy.sparse import csr_matrix
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import SGDClassifier
from tld import get_tld

from copydesk_stages import extract
from copydesk_stages.extract import base, choose, features, hints, model, page
from copydesk_stages.extract.metadata import declared

FOLDS = 5
TREES = {"max_iter": 160, "learning_rate": 0.06, "max_leaf_nodes": 12, "min_samples_leaf": 60, "l2_regularization": 5.0,
         "max_features": 0.15, "early_stopping": False, "random_state": 0}  # fmt: skip
#: Lines of a page that the trees see; long pages are sampled by weight.
LINES = 100
PACKAGE = Path(extract.__file__).parent


@dataclass
class Page:
    """A page of the data, read, with its labels."""

    id: str
    kind: str
    fold: int
    gold: str
    reading: choose.Reading
    answer_f1: float
    shares: Any = None
    weights: Any = None
    places: list[list[int]] = field(default_factory=list)
    tables: dict[str, Any] = field(default_factory=dict)

    @property
    def texts(self) -> list[str]:
        """The texts of the lines."""
        return [line.text for line in self.reading.lines]


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a gzipped jsonl file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def fold_of(publisher: str) -> int:
    """Return the fold of a publisher."""
    return crc32(publisher.encode()) % FOLDS


def read_pages(path: Path) -> list[Page]:
    """Read, parse and label the pages."""
    pages = []
    for row in rows(path):
        root = page.parse(row["html"])
        found, _ = choose.read_lines(root)
        answer = base.ask(root)
        reading = choose.read(root, found, answer, declared(root))
        publisher = get_tld(row["url"], as_object=True, fail_silently=True)
        fold = fold_of(publisher.domain if publisher else row["url"].split("/")[2])
        own = word_f1("\n".join((*answer.body, *answer.comments)), row["text"])
        made = Page(row["id"], row["page_type"], fold, row["text"], reading, own)
        made.shares = np.array(label(made.texts, row["text"]))
        counts = np.array([min(len(words(text)), 200) for text in made.texts], dtype=float)
        made.weights = counts / (len(words(row["text"])) + 30) + 0.0005
        names = hints.Names()
        made.places = [sorted(names.of(line.node)) for line in found]
        pages.append(made)
    return pages


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
        places, labels, weights, folds = [], [], [], []
        for name in ("wcxb", "html"):
            for row in rows(folder / f"{name}.dev.jsonl.gz"):
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
    n = len(one.weights)
    if n <= LINES:
        return np.arange(n), one.weights
    chance = np.minimum(1.0, LINES * (0.5 * one.weights / one.weights.sum() + 0.3 / n))
    kept = np.random.default_rng(crc32(one.id.encode())).random(n) < chance
    return np.flatnonzero(kept), one.weights[kept] / chance[kept]


def blind(reading: choose.Reading) -> choose.Reading:
    """Return the page as it looks where trafilatura found nothing."""
    nothing = [0.0] * len(reading.lines)
    return choose.Reading(reading.lines, base.Answer(), nothing, nothing, reading.facts, reading.kind)


def fit_trees(pages: Sequence[Page], reader: str) -> dict[str, Any]:
    """Return the trees as arrays: of "trees", which see trafilatura's answer, or of "alone", which do not."""
    tables, labels, weights = [], [], []
    for one in pages:
        index, weight = sample(one)
        tables.append(one.tables[reader][index])
        labels.append(one.shares[index])
        weights.append(weight)
    share, weight = np.concatenate(labels), np.concatenate(weights)
    weight = weight * np.abs(share - 0.5) * 2  # a line of which half belongs teaches nothing
    used = weight > 0
    fitted = HistGradientBoostingClassifier(**TREES)
    fitted.fit(np.vstack(tables)[used], share[used] >= 0.5, sample_weight=weight[used] / weight[used].mean())
    return flatten(fitted)


def flatten(fitted: HistGradientBoostingClassifier) -> dict[str, Any]:
    """Return the trees of scikit-learn as flat arrays with whole-numbered leaves."""
    roots, parts, at, depth = [], defaultdict(list), 0, 0
    for (tree,) in fitted._predictors:  # noqa: SLF001  # the only place where scikit-learn keeps them
        nodes = tree.nodes
        leaf = nodes["is_leaf"].astype(bool)
        place = np.arange(len(nodes)) + at
        roots.append(at)
        depth = max(depth, int(nodes["depth"].max()))
        parts["feature"].append(np.where(leaf, 0, nodes["feature_idx"]))
        parts["threshold"].append(np.where(leaf, 0.0, nodes["num_threshold"]))
        parts["left"].append(np.where(leaf, place, nodes["left"] + at))
        parts["right"].append(np.where(leaf, place, nodes["right"] + at))
        parts["value"].append(np.where(leaf, np.round(nodes["value"] * model.SCALE), 0))
        at += len(nodes)
    start = fitted._baseline_prediction  # noqa: SLF001  # as above
    found = {name: np.concatenate(values) for name, values in parts.items()}
    return {
        "roots": np.array(roots, np.int32),
        "feature": found["feature"].astype(np.int16),
        "threshold": found["threshold"].astype(np.float64),
        "left": found["left"].astype(np.int32),
        "right": found["right"].astype(np.int32),
        "value": found["value"].astype(np.int32),
        "base": np.int64(round(float(start.ravel()[0]) * model.SCALE)),
        "depth": np.int64(depth),
    }


def judged(one: Page, trees: model.Trees, reader: str) -> float:
    """Return the word F1 of what the stage would choose with these trees."""
    if not one.texts:
        return 0.0
    stays = choose.stays(one.reading.lines, trees.probability(one.tables[reader]))
    return word_f1("\n".join(text for text, kept in zip(one.texts, stays, strict=True) if kept), one.gold)


def main() -> int:
    """Train, judge over folds, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing, tell whether the weights would change")
    arguments = parser.parse_args()
    pages = read_pages(arguments.data / "pages" / "wcxb-pages.dev.jsonl.gz")
    lines = Lines(arguments.data / "lines")
    for fold in range(FOLDS):
        spoken = lines.fit(fold)
        named = fit_names([p for p in pages if p.fold != fold and p.texts])
        for one in pages:
            if one.fold == fold:
                found = one.reading.lines
                scores = (hints.text_scores(found, spoken), hints.name_scores(found, named))
                one.tables = {"trees": one.reading.table(scores), "alone": blind(one.reading).table(scores)}
    table: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    worse = 0
    for fold in range(FOLDS):
        others = [p for p in pages if p.fold != fold and p.texts]
        trees = {reader: model.grow(fit_trees(others, reader)) for reader in ("trees", "alone")}
        for one in pages:
            if one.fold == fold:
                both, alone = (judged(one, found, reader) for reader, found in trees.items())
                worse += both < one.answer_f1 - 0.3
                for group in ("all", one.kind, f"fold {fold}"):
                    for name, value in (("fast trafilatura", one.answer_f1), ("lines", both), ("lines alone", alone)):
                        table[group][name].append(value)
    files = {
        "hints.npz": {
            "words": np.array(lines.fit(None), np.int16),
            "names": np.array(fit_names([p for p in pages if p.texts]), np.int16),
        },
        **{f"{reader}.npz": fit_trees([p for p in pages if p.texts], reader) for reader in ("trees", "alone")},
    }
    print(f"{'':16}{'pages':>7}{'fast traf.':>13}{'lines':>9}{'lines alone':>13}")
    for group, by in sorted(table.items()):
        print(
            f"{group:16}{len(by['lines']):7}"
            + "".join(f"{mean(by[n]):{w}.4f}" for n, w in zip(by, (13, 9, 13), strict=True))
        )
    print(f"pages worse than fast trafilatura by more than .3: {worse} of {len(pages)}")
    scores = {
        g: {n: round(mean(v), 4) for n, v in by.items()} | {"pages": len(by["lines"])}
        for g, by in sorted(table.items())
    }
    return write(files, scores, check=arguments.check)


def write(files: dict[str, dict[str, Any]], scores: dict[str, Any], *, check: bool) -> int:
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
        described = {"measure": "mean word F1 over pages", "features": len(features.NAMES), "scores": scores}
        text = json.dumps(described, indent=1, sort_keys=True) + "\n"
        Path(__file__).with_name("scores.json").write_text(text, encoding="utf-8")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
