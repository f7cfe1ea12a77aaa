#!/usr/bin/env python3
"""Make the letter n-gram tables of the language stage: `python ngrams.py LANGUAGE_MODELS --out FILE`.

LANGUAGE_MODELS is the folder `lingua/language-models` of the wheel lingua-language-detector 1.3.5 (Apache-2.0): for 75
languages the relative frequency of each letter after the up to four letters before it, counted in a million sentences
of the Leipzig corpora. Needs `brotli` and `numpy`. The same input gives the same bytes.

Five orders of 49 Latin languages are 3.4 million n-grams; nearly all say nothing about which language it is. Kept are
those whose row (the log probability in each language, backed off where a language lacks the n-gram; factor 0.4, Brants
et al. 2007) differs most from the row of the next shorter n-gram, weighted by how often each language writes it: a
relative-entropy pruning in the manner of Stolcke (1998) with the differences between languages as its aim.

Rows are stored in halves of a nat, as differences from the row of the longest kept ending, which compresses well.
"""

from __future__ import annotations

import argparse
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
KEPT = {"Latn": 80_000, "Cyrl": 25_000, "Arab": 8_000}
RAREST = 5e-7
BACKOFF = math.log(0.4)
FLOOR = -13.75
STEPS = 2

Grams = dict[str, float]


def read(folder: Path) -> tuple[Grams, Grams]:
    """Return for each n-gram of a language its probability after its beginning, and its share of all n-grams."""
    after: Grams = {}
    share: Grams = {"": 1.0}
    for name in NAMES:
        model = json.loads(brotli.decompress((folder / f"{name}.json.br").read_bytes()))
        for fraction, grams in model["ngrams"].items():
            count, total = map(int, fraction.split("/"))
            for gram in grams.split():
                joint = share.get(gram[:-1], 0.0) * count / total
                if joint >= RAREST:
                    after[gram], share[gram] = count / total, joint
    return after, share


def rows_of(models: list[tuple[Grams, Grams]]) -> tuple[dict[str, np.ndarray], Grams]:
    """Return the row of each n-gram and the weight by which it is kept."""
    rows = {"": np.full(len(models), FLOOR)}
    weights: Grams = {}
    seen: dict[str, list[int]] = {}
    for number, (after, _) in enumerate(models):
        for gram in after:
            seen.setdefault(gram, []).append(number)
    for gram in sorted(seen, key=lambda g: (len(g), g)):
        ending = next(rows[gram[k:]] for k in range(1, len(gram) + 1) if gram[k:] in rows)
        row = ending + BACKOFF if len(gram) > 1 else ending.copy()
        share = np.zeros(len(models))
        for number in seen[gram]:
            row[number] = math.log(models[number][0][gram])
            share[number] = models[number][1][gram]
        rows[gram] = row = np.maximum(row, FLOOR)
        new = (row - row.mean()) - (ending - ending.mean())
        weights[gram] = float((share * np.abs(new)).sum())
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
    for script, languages in {"Latn": latin, **OTHERS}.items():
        rows, weights = rows_of([read(args.models / language) for language in languages])
        grams, ending, differences = packed(rows, weights, KEPT[script])
        lengths = [sum(len(g) == n for g in grams) for n in range(1, 6)]
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
