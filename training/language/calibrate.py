#!/usr/bin/env python3
"""Fit how scores become probabilities in the language stage: `calibrate.py LINES [--write FILE] [--folds N]`.

LINES is a JSON Lines file (`.gz` or not) of rows `{"id", "lang", "kind", "text"}`. Nothing that is fitted belongs to
one language: a dozen numbers say how much evidence counts that overlaps, how much the two models count beside each
other, and how well a text must fit to be in any known language at all. The last is learned from texts whose language
was taken out of both models, and from random letters; what a language needs that only the first model knows, from texts
whose language was taken out of the second. The word lists of close languages come after all this.

Folds split the languages: a row's probability in the printed table comes from a fit that saw no text of its language.
The last column takes the thresholds by length that the stage uses.
Labels are wrong now and then, so each carries a small share of doubt. Needs scipy. Same input, same numbers.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import json
import random
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from copydesk_stages.language import script as scripts
from copydesk_stages.language.document import needed
from copydesk_stages.language.evidence import NEAREST_BEHIND, Scale, calibration, languages, scores
from copydesk_stages.language.labels import APART, NEAREST, NEAREST_FIRST

SKIPPED = ("ms", "bs")  # labels of other languages, mostly
# Of Serbian in Latin letters there are no lines, so a fit on Croatian ones alone would only learn to avoid it.
ALIKE = (*APART, ("bs", "hr", "sr-Latn"))
DOUBT = 0.015
CANDIDATES = 14  # the others have next to no probability
START = {
    "both": Scale(
        heat=1.6,
        grams=1.6,
        # Not fitted: few texts tell, and a language that the first model lacks would get its best score for nothing.
        # Text in an unknown language scores half a nat a letter above the mean of all (median over Latin languages).
        bayes_lacks=0.5,
        grams_lacks=1.0,
        grams_lacks_once=-16.0,
        known_bayes=1.6,
        known_bayes_best=-0.4,
        known_grams=1.5,
        known_grams_best=-0.9,
        known_letters=4.9,
        known_power=0.87,
        known_root=0.15,
        known_once=4.2,
    ),
    "bayes": Scale(heat=-0.2, heat_by_length=0.7, none_once=-4.0),
}
FIELDS = {name: tuple(k for k, v in asdict(scale).items() if v) for name, scale in START.items()}
FIXED = ("bayes_lacks", "none_once")
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
LETTERS = {"Latn": "abcdefghijklmnopqrstuvwxyz", "Cyrl": "абвгдежзийклмнопрстуфхцчшщъыьэюя"}
OLD = {"sr": "sr-Cyrl", "uz": "uz-Latn"}


class Item:
    """One text with what the models say of it, and what should come out."""

    def __init__(self, row: dict[str, str], tag: str, weight: float, kind: str) -> None:
        seen = scripts.writing(row["text"])
        self.row, self.tag, self.weight, self.kind, self.script = row, tag, weight, kind, seen.script
        self.known = seen.script in ("Latn", "Cyrl", "Arab", "Deva", "Hani")
        if not self.known:
            return
        (here, self.prior), self.said = languages(seen.script), scores(seen.text, seen.script, seen.letters)
        self.known = self.said.letters > 0
        self.tags = here.tags
        self.bayes = np.full(len(here.tags), np.nan)
        self.grams = self.bayes.copy()
        self.bayes[: here.first] = self.said.bayes
        if self.said.grams is not None:
            self.grams[: here.both] = self.said.grams[: here.both]
            self.grams[here.first :] = self.said.grams[here.both :]
            # Not quite what happens at work, where it is the larger of this and the term for what lacks.
            for place, near in zip(*here.nearest_first, strict=True):
                self.bayes[place] = self.bayes[near] - NEAREST_BEHIND
            for place, near in zip(*here.nearest, strict=True):
                self.grams[place] = self.grams[near] - NEAREST_BEHIND

    def without(self, tag: str, lacking: str, *, target: str, weight: float) -> Item:
        """Return a copy in which a language is unknown to the `second` model or to `both`."""
        new = object.__new__(Item)
        new.__dict__.update(self.__dict__)
        gone = [k for k, t in enumerate(self.tags) if same(t, tag)]
        leaning = [k for k, t in enumerate(self.tags) if same(NEAREST.get(t, ""), tag)]
        new.bayes, new.grams = self.bayes.copy(), self.grams.copy()
        if lacking == "both":
            new.bayes[gone + [k for k, t in enumerate(self.tags) if same(NEAREST_FIRST.get(t, ""), tag)]] = np.nan
        new.grams[gone + leaning] = np.nan
        new.tag, new.weight, new.kind = target, weight, f"{self.kind}, unknown to {lacking}"
        return new


def same(tag: str, other: str) -> bool:
    """Tell whether two tags count as one."""
    return (
        tag.split("-", maxsplit=1)[0] == other.split("-", maxsplit=1)[0] == "zh"
        or tag == other
        or any(tag in g and other in g for g in ALIKE)
    )


def items_of(rows: list[dict[str, str]]) -> list[Item]:
    """Return the texts to fit on: as they are, with a language taken out, and random letters."""
    chance = random.Random(7)
    items = []
    for row in rows:
        sampled = row["kind"] != "single-word" or chance.random() < 0.4
        if row["lang"] in SKIPPED or row["kind"] == "article" or not sampled:
            continue
        tag = OLD.get(row["lang"], row["lang"])
        item = Item(row, tag, 3.0 if tag == "und" else 1.0, row["kind"])
        if not item.known:
            continue
        items.append(item)
        places = [k for k, t in enumerate(item.tags) if same(t, tag)]
        if places and chance.random() < 0.4:
            items.append(item.without(tag, "both", target="und", weight=0.25))
        shared = places and not np.isnan(item.bayes[places]).all() and not np.isnan(item.grams[places]).all()
        if shared and chance.random() < 0.15:
            items.append(item.without(tag, "second", target=tag, weight=0.4))
    for script, letters in LETTERS.items():
        for number in range(100):
            words = ["".join(chance.choices(letters, k=chance.randint(2, 10))) for _ in range(chance.randint(1, 9))]
            row = {"id": f"random-{script}-{number}", "lang": "und", "kind": "random", "text": " ".join(words)}
            items += [item for item in [Item(row, "und", 1.0, "random letters")] if item.known]
    return items


class Matrix:
    """The likeliest candidates of each text, as arrays of one width."""

    def __init__(self, items: list[Item], *, both: bool) -> None:
        self.items, self.both = items, both
        wide = CANDIDATES + 1
        self.bayes = np.full((len(items), wide), np.nan)
        self.grams = np.full((len(items), wide), np.nan)
        self.prior = np.full((len(items), wide), -1e12)
        self.target = np.zeros((len(items), wide + 1), bool)
        for n, i in enumerate(items):
            known = ~np.isnan(i.bayes) | (~np.isnan(i.grams) if both else False)
            guess = np.where(np.isnan(i.bayes), np.nanmax(i.bayes) - 2, i.bayes)
            if both:
                guess = guess + np.where(np.isnan(i.grams), np.nanmax(i.grams) - 2, i.grams)
            order = np.argsort(-np.where(known, guess, -np.inf), kind="stable")[: min(CANDIDATES, known.sum())].tolist()
            right = [k for k, t in enumerate(i.tags) if same(t, i.tag) and known[k]]
            chosen = order + [k for k in right if k not in order][:1]
            self.bayes[n, : len(chosen)] = i.bayes[chosen]
            if both:
                self.grams[n, : len(chosen)] = i.grams[chosen]
            self.prior[n, : len(chosen)] = i.prior[chosen]
            self.target[n, [at + 1 for at, k in enumerate(chosen) if k in right] or [0]] = True
        self.letters = np.array([i.said.letters for i in items], float)
        self.fit = np.array([[*i.said.bayes_fit, *i.said.grams_fit] for i in items]).T
        self.top = np.array([[np.nanmax(i.bayes), np.nanmax(i.grams) if both else 0.0] for i in items]).T
        self.weight = np.array([i.weight for i in items])
        if not both:  # used in any script, so every script counts the same
            sizes = collections.Counter(i.script for i in items)
            self.weight = self.weight / np.array([sizes[i.script] for i in items])

    def shares(self, by: Scale, rows: Any) -> Any:
        """Return probabilities, `und` first; the same as `evidence.probabilities` for all rows at once."""
        letters, top, prior = self.letters[rows], self.top[:, rows], self.prior[rows]
        best, mean, grams_best, grams_mean = self.fit[:, rows]
        lacking = np.minimum(mean + by.bayes_lacks * letters, top[0])
        bayes = np.where(np.isnan(self.bayes[rows]), lacking[:, None], self.bayes[rows])
        if not self.both:
            heat = np.exp(by.heat + by.heat_by_length * np.log(letters + 1))
            total = np.where(prior < -1e11, prior, bayes / heat[:, None] + prior)
            total = np.column_stack((total.max(1) + by.none_once, total))
            total = np.exp(total - total.max(1, keepdims=True))
            return total / total.sum(1, keepdims=True)
        lacking = np.minimum(grams_mean + by.grams_lacks * letters + by.grams_lacks_once, top[1])
        grams = np.where(np.isnan(self.grams[rows]), lacking[:, None], self.grams[rows])
        total = (bayes + by.grams * grams) * np.exp(-by.heat) + prior
        likeliest = (np.arange(len(total)), total.argmax(1))
        known = (
            (
                by.known_bayes * (bayes[likeliest] - mean)
                + by.known_bayes_best * (best - mean)
                + by.known_grams * (grams[likeliest] - grams_mean)
                + by.known_grams_best * (grams_best - grams_mean)
                + by.known_letters * letters
            )
            / (letters + 1) ** by.known_power
            - by.known_root * np.sqrt(letters)
            - by.known_once
        )
        none = 1 / (1 + np.exp(np.clip(known, -500, 500)))
        total = np.exp(total - total[likeliest][:, None])
        return np.column_stack((none, total * ((1 - none) / total.sum(1))[:, None]))


def fit(name: str, data: Matrix, rows: Any) -> Scale:
    """Return the scale under which the right answers are likeliest."""
    fields = [k for k in FIELDS[name] if k not in FIXED]
    start = START[name]
    fixed = asdict(start)
    target, weight = data.target[rows], data.weight[rows]

    def scale(values: Any) -> Scale:
        return Scale(**{**fixed, **dict(zip(fields, map(float, values), strict=True))})

    def loss(values: Any) -> float:
        right = (data.shares(scale(values), rows) * target).sum(1)
        return float(-(weight * np.log((1 - DOUBT) * right + DOUBT / 50)).sum() / weight.sum())

    found = minimize(loss, [getattr(start, k) for k in fields], method="BFGS", options={"maxiter": 80, "gtol": 2e-4})
    print(f"{name}: loss {found.fun:.4f} over {len(weight)} texts")
    return scale(np.round(found.x, 3))


def folded(name: str, data: Matrix, folds: int) -> Any:
    """Return probabilities for all rows, each from a fit without its language."""
    languages = sorted({i.row["lang"] for i in data.items})
    random.Random(1).shuffle(languages)
    fold = np.array([languages.index(i.row["lang"]) % folds for i in data.items])
    shares = np.zeros_like(data.target, dtype=float)
    for k in range(folds):
        shares[fold == k] = data.shares(fit(name, data, fold != k), fold == k)
    return shares


def report(data: Matrix, shares: Any) -> None:
    """Print right and wrong by kind and threshold, means over languages."""
    best = shares[:, 1:].argmax(1) + 1
    score = shares[np.arange(len(best)), best]
    right = data.target[np.arange(len(best)), best]
    used = np.array([needed(i.said.letters) for i in data.items])
    if data.both:
        used = np.where(shares[:, 0] <= calibration()["needed"]["unknown"], used, np.inf)
    columns = [np.full(len(best), t) for t in THRESHOLDS] + [used]
    print(f"{'right / wrong %':<34}" + "".join(f"{t:>11} " for t in (*THRESHOLDS, "as used")))
    for kind in sorted({i.kind for i in data.items}):
        line = f"{kind:<34}"
        for threshold in columns:
            by: dict[str, list[tuple[bool, bool]]] = {}
            for n, i in enumerate(data.items):
                if i.kind == kind:
                    said = bool(score[n] >= threshold[n])
                    by.setdefault(i.row["lang"], []).append((said and bool(right[n]), said and not right[n]))
            a, b = (100 * float(np.mean([np.mean([x[k] for x in v]) for v in by.values()])) for k in (0, 1))
            line += f"{a:6.1f}/{b:<5.1f}"
        print(line)


def knows(item: Item) -> bool:
    """Tell whether the text is as it was, in a language that the first model has."""
    return "unknown" not in item.kind and any(
        same(t, item.tag) and not np.isnan(b) for t, b in zip(item.tags, item.bayes, strict=True)
    )


def main() -> None:
    """Fit, report and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", type=Path)
    parser.add_argument("--write", type=Path, help="calibration.toml, whose tables of scales are replaced")
    parser.add_argument("--folds", type=int, default=4, help="0: only fit, and print no table")
    args = parser.parse_args()
    with gzip.open(args.lines, "rt", encoding="utf-8") if args.lines.suffix == ".gz" else args.lines.open() as lines:
        items = items_of([json.loads(line) for line in lines])
    tables = []
    for name in ("both", "bayes"):
        both = name == "both"
        # The scale of one model is for other scripts; here it is fitted as if the other model were not there.
        chosen = [i for i in items if (i.said.grams is not None if both else knows(i))]
        data = Matrix(chosen, both=both)
        if args.folds:
            report(data, folded(name, data, args.folds))
        scale = fit(name, data, np.ones(len(chosen), bool))
        tables.append(f"[{name}]\n" + "".join(f"{k} = {getattr(scale, k)}\n" for k in FIELDS[name]))
        print(tables[-1], flush=True)
    if args.write:
        kept = args.write.read_text(encoding="utf-8").partition("# Chosen by hand")
        args.write.write_text("\n".join(tables) + "\n" + kept[1] + kept[2], encoding="utf-8")


if __name__ == "__main__":
    main()
