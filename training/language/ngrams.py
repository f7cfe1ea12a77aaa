#!/usr/bin/env python3
"""Make the letter n-gram tables of the language stage: `python ngrams.py LANGUAGE_MODELS --out FILE`.

LANGUAGE_MODELS is the folder `lingua/language-models` of the wheel lingua-language-detector 1.3.5 (Apache-2.0): for 75
languages the relative frequency of each letter after the up to four letters before it, counted in a million sentences
of the Leipzig corpora. Needs `brotli` and `numpy`. The same input gives the same bytes.

The counts are of letters inside words. Where words begin and end follows from them: "ab" begins a word as often as it
occurs without a letter before it, which is its count less those of all "xab". So an n-gram here may begin or end with a
space, and words of three letters are n-grams of their own. Serbian in Latin letters is counted from the Cyrillic.

Five orders of 50 Latin languages are 1.5 million n-grams; nearly all say nothing about which language it is. Kept are
those whose row (the log probability in each language, backed off where a language lacks the n-gram; factor 0.4, Brants
et al. 2007) differs most from the row of the next shorter n-gram, weighted by how often each language writes it: a
relative-entropy pruning in the manner of Stolcke (1998) with the differences between languages as its aim.

Rows are stored in halves of a nat, as differences from the row of the longest kept ending, which compresses well.
"""

from __future__ import annotations

import argparse
import collections
import heapq
import itertools
import json
import lzma
import math
from pathlib import Path

import brotli
import numpy as np

NAMES = ("unigrams", "bigrams", "trigrams", "quadrigrams", "fivegrams")
OTHERS = {"Cyrl": ["be", "bg", "kk", "mk", "mn", "ru", "sr", "uk"], "Arab": ["ar", "fa", "ur"]}
UNUSED = ["bn", "el", "gu", "he", "hi", "hy", "ja", "ka", "ko", "mr", "pa", "ta", "te", "th", "zh"]
KEPT = {"Latn": 130_000, "Cyrl": 40_000, "Arab": 12_000}
RAREST = 5e-7
BACKOFF = math.log(0.4)
FLOOR = -13.75
STEPS = 2
ORDERS = 5
LATIN = str.maketrans(
    dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True))
    | {"љ": "lj", "њ": "nj", "џ": "dž"}
)

Grams = dict[str, float]


def read(folder: Path) -> Grams:
    """Return the count of each n-gram of letters for each letter of the text."""
    share: Grams = {"": 1.0}
    for name in NAMES:
        model = json.loads(brotli.decompress((folder / f"{name}.json.br").read_bytes()))
        for fraction, grams in model["ngrams"].items():
            count, total = map(int, fraction.split("/"))
            for gram in grams.split():
                if gram[:-1] in share:
                    share[gram] = share[gram[:-1]] * count / total
    del share[""]
    return share


def with_spaces(share: Grams) -> Grams:
    """Return the n-grams, with them those that begin or end with the space before or behind a word."""
    before, behind, inside = (collections.Counter[str]() for _ in range(3))
    for gram, value in share.items():
        before[gram[1:]] += value
        behind[gram[:-1]] += value
        inside[gram[1:-1]] += value
    new = {" ": sum(max(0.0, value - before[gram]) for gram, value in share.items() if len(gram) == 1)}
    for gram, value in share.items():
        if len(gram) < ORDERS:
            new[f" {gram}"], new[f"{gram} "] = value - before[gram], value - behind[gram]
        if len(gram) < ORDERS - 1:
            new[f" {gram} "] = value - before[gram] - behind[gram] + inside[gram]
    return share | {gram: value for gram, value in new.items() if value >= RAREST}


def in_latin(share: Grams) -> Grams:
    """Return the n-grams, spaces among them, of a Cyrillic text of Serbian written in Latin letters."""
    found: collections.Counter[str] = collections.Counter()
    for gram, value in share.items():
        # Each place of the text once, with all that is known before it.
        if len(gram) == ORDERS or (gram[0] == " " and len(gram) > 1):
            latin = gram.translate(LATIN)
            for end in range(len(latin) - len(gram[-1].translate(LATIN)) + 1, len(latin) + 1):
                for begin in range(max(0, end - ORDERS), end):
                    found[latin[begin:end]] += value
    letters = sum(value for gram, value in found.items() if len(gram) == 1 and gram != " ")
    return {gram: value / letters for gram, value in found.items()}


def probabilities(share: Grams) -> dict[str, tuple[float, float]]:
    """Return for each n-gram that is not too rare its probability after its beginning, and its share of all letters."""
    signs = 1 + share[" "]
    return {
        gram: (min(1.0, value / share[gram[:-1]]) if len(gram) > 1 else value / signs, value)
        for gram, value in share.items()
        if value >= RAREST and (len(gram) == 1 or gram[:-1] in share)
    }


def rows_of(models: list[dict[str, tuple[float, float]]]) -> tuple[dict[str, np.ndarray], Grams]:
    """Return the row of each n-gram and the weight by which it is kept."""
    seen: dict[str, list[int]] = collections.defaultdict(list)
    for number, model in enumerate(models):
        for gram in model:
            seen[gram].append(number)
    rows = {"": np.full(len(models), FLOOR, np.float32)}
    weights: Grams = {}
    for gram in sorted(seen, key=lambda g: (len(g), g)):
        ending = next(rows[gram[k:]] for k in range(1, len(gram) + 1) if gram[k:] in rows)
        row = ending + np.float32(BACKOFF) if len(gram) > 1 else ending.copy()
        share = np.zeros(len(models))
        for number in seen[gram]:
            after, share[number] = models[number][gram]
            row[number] = math.log(after)
        rows[gram] = row = np.maximum(row, np.float32(FLOOR))
        new = (row - row.mean()) - (ending - ending.mean())
        weights[gram] = float((share * np.abs(new)).sum())
    weights[" "] = math.inf  # a space alone says nothing; it is the first row, by which it is known
    return rows, weights


def packed(rows: dict[str, np.ndarray], weights: Grams, kept: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return the kept n-grams, the index of each one's longest kept ending (-1: none) and the differences to it."""
    best = heapq.nlargest(kept, weights, key=lambda g: (weights[g], g))
    grams = sorted(best, key=lambda g: (len(g), g))
    index = {gram: number for number, gram in enumerate(grams)}
    steps = np.array([np.rint(rows[gram] * STEPS) for gram in grams]).astype(np.int16)
    ending = np.array(
        [next((index[g[k:]] for k in range(1, len(g)) if g[k:] in index), -1) for g in grams], dtype=np.int32
    )
    backoff = round(BACKOFF * STEPS)
    floor = round(FLOOR * STEPS)
    expected = np.where(ending[:, None] >= 0, np.maximum(steps[ending] + backoff, floor), floor)
    return grams, ending, (steps - expected).astype(np.int8)


def main() -> None:
    """Read the models, prune, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", type=Path, help="the folder lingua/language-models of the unpacked wheel")
    parser.add_argument("--out", type=Path, required=True, help="file to write (ngrams.xz in the stage's folder)")
    args = parser.parse_args()
    other = {*UNUSED, *itertools.chain.from_iterable(OTHERS.values())}
    latin = sorted(p.name for p in args.models.iterdir() if (p / "fivegrams.json.br").exists() and p.name not in other)
    header = []
    blobs: list[bytes] = []
    for script, languages in {"Latn": [*latin, "sr-Latn"], **OTHERS}.items():
        models = []
        for language in languages:
            share = with_spaces(read(args.models / language.partition("-")[0]))
            models.append(probabilities(in_latin(share) if language == "sr-Latn" else share))
        rows, weights = rows_of(models)
        grams, ending, differences = packed(rows, weights, KEPT[script])
        lengths = [sum(len(g) == n for g in grams) for n in range(1, ORDERS + 1)]
        header.append({"script": script, "languages": languages, "orders": lengths})
        blobs += ["\n".join(grams).encode(), ending.astype("<i4").T.tobytes(), differences.T.tobytes()]
        print(f"{script}: {len(languages)} languages, {len(weights)} n-grams, kept {len(grams)} {lengths}")
    for table, sizes in zip(header, zip(*[map(len, blobs[k::3]) for k in range(3)], strict=True), strict=True):
        table["sizes"] = list(sizes)
    head = json.dumps({"steps": STEPS, "floor": FLOOR, "backoff": round(BACKOFF * STEPS), "tables": header})
    data = lzma.compress(b"\n".join([head.encode(), b"".join(blobs)]), preset=9 | lzma.PRESET_EXTREME)
    args.out.write_bytes(data)
    print(f"{args.out}: {len(data)} bytes")


if __name__ == "__main__":
    main()
