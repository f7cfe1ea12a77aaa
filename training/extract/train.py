"""Make the weights of the stage `extract`: python training/extract/train.py DATA [--check].

DATA holds `pages/wcxb-pages.dev.jsonl.gz` (pages with HTML and main text) and `lines/{wcxb,html}.dev.jsonl.gz`
(labelled lines of these and other pages, without HTML: of these the trees see what can be seen without). Writes
hints.npz, trees.npz and alone.npz into the package and scores.json beside this file, and
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

import measure
import numpy as np
import trafilatura
from forest import flatten
from labels import label, word_f1, words
from scipy.sparse import csr_matrix
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import SGDClassifier
from tld import get_tld

from copydesk_stages import extract
from copydesk_stages.extract import base, choose, features, hints, lines, model, page
from copydesk_stages.extract.metadata import declared

FOLDS = 5
TREES = {"max_iter": 160, "learning_rate": 0.06, "max_leaf_nodes": 12, "min_samples_leaf": 60, "l2_regularization": 5.0,
         "max_features": 0.15, "max_bins": 63, "early_stopping": False, "random_state": 0}  # fmt: skip
#: Lines of a page that the trees see, and of one without HTML; long pages are sampled by weight.
LINES, LINES_WITHOUT = 100, 50
#: A page without HTML counts so much.
WITHOUT = 0.5
#: What can be seen of a line without HTML; the rest is missing there.
SEEN = frozenset(
    [
        *("chars", "words", "word_chars", "ends", "commas", "digits", "capitals", "all_caps", "starts_low", "colon"),
        *("question", "copyright", "date", "price", "at", "function", "copies", "place", "place_words", "window_words"),
        *("page_lines", "page_words", "page_line_words"),
        *(f"text_{name}" for name in ("own", "page", "near", "around", "before", "before2", "after", "after2")),
        *(f"{a}_{b}" for a in ("before", "before2", "after", "after2") for b in ("words", "ends", "function")),
    ]
)
PACKAGE = Path(extract.__file__).parent


@dataclass
class Page:
    """A page of the data, read, with its labels."""

    id: str
    kind: str
    fold: int
    gold: str
    reading: choose.Reading
    fast_f1: float = 0.0
    default_f1: float = 0.0
    default: str = ""
    shares: Any = None
    weights: Any = None
    places: list[list[int]] = field(default_factory=list)
    table: Any = None

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
        made = Page(row["id"], row["page_type"], fold, row["text"], reading)
        made.fast_f1 = word_f1("\n".join((*answer.body, *answer.comments)), row["text"])
        made.default = trafilatura.extract(row["html"], url=row["url"]) or ""
        made.default_f1 = word_f1(made.default, row["text"])
        made.shares = np.array(label(made.texts, row["text"]))
        counts = np.array([min(len(words(text)), 200) for text in made.texts], dtype=float)
        made.weights = counts / (len(words(row["text"])) + 30) + 0.0005
        names = hints.Names()
        made.places = [sorted(names.of(line)) for line in found]
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


def read_lines(row: dict[str, Any], spoken: Sequence[int]) -> Page:
    """Return a page of which there are only lines; a line that is not scored has the share nan."""
    top = lines.Node("html", None, 0, last=len(row["lines"]))
    found = [lines.Line(text, "paragraph", top) for text in row["lines"]]
    nothing = [0.0] * len(found)
    reading = choose.Reading(
        found, base.Answer(), nothing, nothing, features.Facts("", 0, 0), "unknown", [False] * len(found)
    )
    made = Page(row["id"], row.get("page_type") or "article", fold_of(row["publisher"]), row["body"], reading)
    made.shares = np.array([np.nan if given is None else given for given in row["labels"]], dtype=float)
    counts = np.array([min(len(words(text)), 200) for text in made.texts], dtype=float)
    made.weights = WITHOUT * (counts / ((counts[made.shares == 1].sum() or 200) + 30) + 0.0005)
    made.table = reading.table((hints.text_scores(found, spoken), nothing))
    made.table[:, [i for i, name in enumerate(features.NAMES) if name not in SEEN]] = np.nan
    return made


def sample(one: Page, size: int) -> tuple[Any, Any]:
    """Return which lines of a page the trees see, and their weights."""
    n = len(one.weights)
    if n <= size:
        return np.arange(n), one.weights
    chance = np.minimum(1.0, size * (0.5 * one.weights / one.weights.sum() + 0.3 / n))
    kept = np.random.default_rng(crc32(one.id.encode())).random(n) < chance
    return np.flatnonzero(kept), one.weights[kept] / chance[kept]


def fit_trees(pages: Sequence[Page], without: Sequence[Page], *, blind: bool) -> HistGradientBoostingClassifier:
    """Return trees, learned from pages and from pages `without` HTML; `blind` ones know nothing of trafilatura."""
    tables, labels, weights = [], [], []
    for one, size in [*((p, LINES) for p in pages), *((p, LINES_WITHOUT) for p in without)]:
        index, weight = sample(one, size)
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
    """Yield the pages of a fold, each with its text and its scores by reader."""
    trees, alone = (model.grow(flatten(fitted[blind])) for blind in (False, True))
    for one in pages:
        if one.fold != fold:
            continue
        found = dict.fromkeys(measure.READERS, 0.0)
        text = ""
        if one.texts:
            read = one.reading
            chance = choose.chances(read, trees, alone, one.table)
            text, ways = measure.judged(read, one.gold, chance)
            found |= ways
            _, by_alone = measure.judged(read, one.gold, alone.probability(one.table))
            found["trees alone"] = by_alone[measure.FINAL]
            found["labels right"] = measure.by_labels(read, one.gold, one.shares)
        yield one, text, {**found, "trafilatura": one.default_f1, "trafilatura, fast": one.fast_f1}


def main() -> int:
    """Train, judge over folds, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing, tell whether the weights would change")
    arguments = parser.parse_args()
    pages = read_pages(arguments.data / "pages" / "wcxb-pages.dev.jsonl.gz")
    known = {one.id for one in pages}
    labelled = Lines(arguments.data / "lines")
    without: list[Page] = []
    for fold in range(FOLDS):
        spoken = labelled.fit(fold)
        named = fit_names([p for p in pages if p.fold != fold and p.texts])
        for one in pages:
            if one.fold == fold and one.texts:
                found = one.reading.lines
                one.table = one.reading.table((hints.text_scores(found, spoken), hints.name_scores(found, named)))
        mine = [row for row in labelled.rows if fold_of(row["publisher"]) == fold and row["id"] not in known]
        without += [read_lines(row, spoken) for row in mine if row["lines"]]
    table: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    articles: dict[str, list[tuple[str, str]]] = {"extract": [], "trafilatura": []}
    news: list[tuple[str, str]] = []
    best: list[tuple[str, str]] = []
    for fold in range(FOLDS):
        others = [p for p in pages if p.fold != fold and p.texts]
        lined = [p for p in without if p.fold != fold]
        fitted = {blind: fit_trees(others, lined, blind=blind) for blind in (False, True)}
        for one, text, found in by_fold(pages, fold, fitted):
            for group in ("all", one.kind, f"fold {fold}"):
                for name in measure.READERS:
                    table[group][name].append(found[name])
            if one.kind == "article":
                articles["extract"].append((text, one.gold))
                articles["trafilatura"].append((one.default, one.gold))
        for one in without:
            if one.fold == fold and one.id.startswith("sh-"):
                chance = fitted[True].predict_proba(one.table)[:, 1].round(3)
                stays = choose.stays(one.reading.lines, chance)
                news.append(("\n".join(t for t, kept in zip(one.texts, stays, strict=True) if kept), one.gold))
                best.append(
                    ("\n".join(t for t, kept in zip(one.texts, one.shares, strict=True) if kept == 1), one.gold)
                )
    whole = [p for p in pages if p.texts]
    files = {
        "hints.npz": {
            "words": np.array(labelled.fit(None), np.int16),
            "names": np.array(fit_names(whole), np.int16),
        },
        "trees.npz": flatten(fit_trees(whole, without, blind=False)),
        "alone.npz": flatten(fit_trees(whole, without, blind=True)),
    }
    scores = {
        g: {n: round(mean(v), 4) for n, v in by.items()} | {"pages": len(by[measure.READERS[0]])}
        for g, by in sorted(table.items())
    }
    beside = [*measure.worse(table["all"]), measure.of_articles(articles), measure.of_scrapinghub(news, best)]
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
