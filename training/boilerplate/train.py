#!/usr/bin/env python3
"""Train the boilerplate model: `python training/boilerplate/train.py DATA [--out FILE] [--oof FILE]`.

DATA is the folder with `contaminated.dev.jsonl.gz` and its siblings. Writes `weights.npz` into the stage and the table
of scores across publishers, SCORES.md, beside this script. The model learns from texts as a chain leaves them, behind
`markers`. The same data, the same lexicons of `markers` and the same versions of numpy and scikit-learn give the same
file, bit for bit: one thread, fixed seeds, fixed order. The weights that ship were made twice, on 2026-11-24, and were
the same bytes. It takes ten minutes of one core where nothing else runs.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy: sums over threads would have no order

import argparse
import hashlib
import time
from pathlib import Path

import chain
import data
import numpy as np
import numpy.typing as npt
import scores
import sets
import trees
import wording

from copydesk_stages.boilerplate import classes, context, features, model

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE.parents[1] / "stages/copydesk_stages/boilerplate" / model.FILE
GLANCE = {"max_iter": 120, "learning_rate": 0.12, "max_leaf_nodes": 20, "max_bins": 63}
PAGE = {"max_iter": 300, "learning_rate": 0.06, "max_leaf_nodes": 20, "max_bins": 63}
#: This share of WCXB's pages teaches the forests for pages; the wording tables read all of them.
WCXB_SHARE = 0.3
COPIES = 5
#: Pages crossed of two for each page; they teach the second look alone.
GRAFTS = 3
#: The forest for articles learns from these shares of the sources in which it is not used.
ARTICLE_SHARES = {"html": 0.4, "wcxb-contaminated": 0.6}
CLEAN_SHARE = 0.1
ARTICLE_SETS = ("contaminated", "mixed", "clean", "html", "segments", "wcxb-contaminated")
#: The forest for articles learns from these with all their lines as well.
ALONE_TOO = ("contaminated", "mixed")
JUDGED = ("contaminated", "contaminated-alone", "mixed")
PAGE_SETS = ("html", "segments", "wcxb")
SECOND_SETS = (*PAGE_SETS, "grafted")

Sets = dict[str, sets.Rows]
Matrices = dict[str, npt.NDArray[np.float32]]


def documents(folder: Path) -> dict[str, list[data.Page]]:
    """Return all documents by source, and those made of them."""
    pages = {source: data.read(folder, source) for source in data.SOURCES}
    pages["mixed"] = list(data.mixed(pages["contaminated"], pages["html"], COPIES))
    whole = [*pages["contaminated"], *wording.thin(pages["wcxb-contaminated"], CLEAN_SHARE)]
    pages["clean"] = list(data.clean(whole))
    pages["grafted"] = list(data.grafted(pages["html"], GRAFTS))
    return pages


def fit(rows: Sets, matrices: Matrices, kind: str, left_out: tuple[int, ...], **settings: float) -> model.Forest:
    """Return a forest learned from every line that teaches something, outside the folds `left_out`."""
    looks, labels, weights = [], [], []
    for name, held in rows.items():
        label = held.taught
        taken = ~np.isin(held.fold, left_out) & (label >= 0)
        weight = np.full(int(taken.sum()), data.WEIGHTS[kind][name])
        if kind == "article":  # a table of a thousand rows is one document all the same
            weight *= np.minimum(1, 60 / np.bincount(held.page_of)[held.page_of[taken]])
        else:  # a paragraph cut by mistake costs all its words
            chars = matrices[name][taken][:, 0]
            weight *= np.where(label[taken] == 1, np.clip(chars / 60, 1, 6), 1)
        looks.append(matrices[name][taken])
        labels.append(1 - label[taken])
        weights.append(weight)
    return trees.fit(np.concatenate(looks), np.concatenate(labels), np.concatenate(weights), **settings)


def article_forests(rows: Sets) -> tuple[model.Forest, dict[str, npt.NDArray[np.int64]]]:
    """Return the forest for articles and, by forests that did not see its publisher, the log odds of each line.

    The log odds are of `contaminated`, behind `markers` and with all lines, and of `mixed`, where lines beside the
    article itself take part: they share its topic, which strangers' lines do not.
    """
    odds = {name: np.zeros(len(rows[name].label), np.int64) for name in JUDGED}
    for fold in data.FOLDS:
        forest = fit(rows, {name: held.seen[fold] for name, held in rows.items()}, "article", (fold,))
        for name, of_lines in odds.items():
            held_out = rows[name].fold == fold
            of_lines[held_out] = forest.judge(rows[name].seen[fold][held_out].astype(np.float64))
        say(f"article forest without fold {fold}")
    return fit(rows, {name: held.seen[None] for name, held in rows.items()}, "article", ()), odds


def page_forests(rows: Sets) -> tuple[model.Forest, model.Forest, npt.NDArray[np.int64]]:
    """Return the first and the second forest for pages, and the log odds of `html` by forests that did not see it."""
    glances = {}
    for left_out in sets.LEFT_OUT:
        judged = left_out[0] if left_out else None
        seen = {name: rows[name] for name in PAGE_SETS}
        first = {name: held.seen[judged] for name, held in seen.items()}
        glances[left_out] = fit(seen, first, "page", left_out, **GLANCE)
        say(f"page, first look, without {left_out}")
    target = rows["html"]
    odds = np.zeros(len(target.label), np.int64)
    for fold in data.FOLDS:
        matrices = {name: held.second_look(glances, fold) for name, held in rows.items()}
        forest = fit(rows, matrices, "page", (fold,), **PAGE)
        held_out = target.fold == fold
        odds[held_out] = forest.judge(matrices["html"][held_out].astype(np.float64))
        say(f"page, second look, without {fold}")
    matrices = {name: held.second_look(glances, None) for name, held in rows.items()}
    return glances[()], fit(rows, matrices, "page", (), **PAGE), odds


def calibration(rows: sets.Rows, odds: npt.NDArray[np.int64]) -> model.Calibration:
    """Return the calibration of log odds by the labelled lines."""
    judged = rows.label >= 0
    return trees.calibrate(odds[judged], 1 - rows.label[judged])


def say(text: str) -> None:
    """Print progress with the time it took so far."""
    print(f"{time.perf_counter() - START:7.0f} s  {text}", flush=True)


def main() -> None:
    """Train, store and score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--scores", type=Path, default=HERE / "SCORES.md")
    parser.add_argument("--oof", type=Path, help="write predictions across folds here, one file for each source")
    args = parser.parse_args()
    pages = documents(args.data)
    table = classes.build()
    made = sets.tables(pages, table)
    say("wording")
    stored: dict[str, npt.NDArray[np.generic]] = {
        "names": np.array([*features.NAMES, *context.NAMES]), "classes": table, "weights": made[()].weights,
        "rarity": made[()].rarity,
    }  # fmt: skip
    given = {name: wording.thin(pages[name], ARTICLE_SHARES.get(name, 1)) for name in ARTICLE_SETS}
    rows = {name: sets.Rows(chain.all_behind_markers(held), made, long_too=False) for name, held in given.items()} | {
        f"{name}-alone": sets.Rows(chain.alone(given[name]), made, long_too=False) for name in ALONE_TOO
    }
    say("articles")
    article, article_odds = article_forests(rows)
    article_rows = {name: rows[name] for name in article_odds}
    pages["wcxb"] = wording.thin(pages["wcxb"], WCXB_SHARE)
    rows = {name: sets.Rows(chain.all_behind_markers(pages[name]), made, long_too=True) for name in SECOND_SETS}
    say("pages")
    glance, page, page_odds = page_forests(rows)
    readers = {
        "article": calibration(article_rows["contaminated"], article_odds["contaminated"]),
        "page": calibration(rows["html"], page_odds),
    }
    for name, forest in (("article", article), ("glance", glance), ("page", page)):
        for part in ("roots", "feature", "threshold", "child", "value"):
            stored[f"{name}_{part}"] = getattr(forest, part)
        stored[f"{name}_depth_base"] = np.array([forest.depth, forest.base])
    for name, reader in readers.items():
        stored[f"{name}_odds"], stored[f"{name}_share"] = reader
    with args.out.open("wb") as file:
        np.savez(file, **stored)  # type: ignore[arg-type]  # the stub knows no mapping of arrays
    digest = hashlib.sha256(args.out.read_bytes()).hexdigest()
    say(f"{args.out.name}: {args.out.stat().st_size} bytes, sha256 {digest}")
    results = [(held, readers["article"].score(article_odds[name])) for name, held in article_rows.items()]
    results.append((rows["html"], readers["page"].score(page_odds)))
    scores.write(args.scores, results, digest)
    if args.oof:
        scores.predictions(args.oof, results)


if __name__ == "__main__":
    START = time.perf_counter()
    main()
