#!/usr/bin/env python3
"""How often the language stage is right, unsure and wrong, how fast it is, and what it costs to load.

    bench/language.py DATA... [--predictions OUT] [--backend NAME] [--skip ms,bs] [--fold ms=id,bs=hr] [--worst N]

DATA are JSON Lines files (`.gz` or not) of rows `{"id", "lang", "kind", "text"}`; rows with one `doc` are the blocks of
one document, any other row is a document of its own. A folder stands for all such files in it. Rates are means over
languages, as percentages: right, und, wrong. `--fold a=b` counts the answer a as b, `--skip` leaves out gold languages
whose labels are poor. Without `--backend` every installed backend is measured. Speed is that of the stage alone, in
processor time of this machine: read ratios.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from copydesk import Chain, Document
from copydesk_stages.language import Language, language_of

Row = dict[str, str]
UND = "und"
SAME = {"no": "nb", "iw": "he", "in": "id", "ji": "yi", "fil": "tl", "zxx": UND}
BACKENDS = {
    "py3langid": "py3langid",
    "langdetect": "langdetect",
    "lingua": "lingua-language-detector",
    "cld2": "pycld2",
}
LOAD = """
import sys, time
import numpy
from copydesk import Chain

def peak():
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    except OSError:
        return float("nan")

Chain.of().run("The first document of a process loads the engine.")
before, start = peak(), time.perf_counter()
from copydesk_stages.language import Language
Chain.of(Language(backend=sys.argv[1])).run("The harbour master closed the east pier on Monday.")
print(time.perf_counter() - start, peak() - before)
"""


def read(paths: list[Path]) -> list[Row]:
    """Return the rows of all files, in order."""
    files = [f for p in paths for f in (sorted(p.glob("*.jsonl*")) if p.is_dir() else [p])]
    rows: list[Row] = []
    for path in files:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            rows += [json.loads(line) for line in lines if line.strip()]
    if not rows:
        raise SystemExit(f"{', '.join(map(str, paths))}: no rows; expected JSON Lines of id, lang, kind and text")
    return rows


def documents(rows: list[Row]) -> Iterator[list[Row]]:
    """Yield rows that are one document, in the order in which each document begins."""
    together: dict[str, list[Row]] = {}
    for row in rows:
        together.setdefault(f"doc {row['doc']}" if "doc" in row else f"id {row['id']}", []).append(row)
    yield from together.values()


def predict(chain: Chain, rows: list[Row]) -> dict[str, str]:
    """Return the language of each row by id."""
    answers = {}
    for group in documents(rows):
        done = chain.run(Document.from_blocks(row["text"] for row in group)).document
        for row, block in zip(group, done.blocks, strict=True):
            answers[row["id"]] = language_of(done, block)
    return answers


def primary(tag: str) -> str:
    """Return the language subtag, with old codes replaced."""
    first = tag.split("-", 1)[0].lower()
    return SAME.get(first, first)


def table(rows: list[Row], answers: dict[str, str], skip: set[str], fold: dict[str, str], worst: int) -> None:
    """Print rates by kind, and the languages with the lowest share of right answers."""
    counts: dict[str, dict[str, collections.Counter[str]]] = {}
    wrong: dict[str, collections.Counter[tuple[str, str]]] = collections.defaultdict(collections.Counter)
    for row in rows:
        gold, got = primary(row["lang"]), primary(answers[row["id"]])
        got = fold.get(got, got)
        if gold in skip:
            continue
        outcome = "right" if got == gold else "und" if got == UND else "wrong"
        counts.setdefault(row["kind"], {}).setdefault(gold, collections.Counter())[outcome] += 1
        if outcome == "wrong":
            wrong[row["kind"]][gold, got] += 1
    print(f"{'kind':<18}{'items':>7}{'langs':>7}{'right%':>8}{'und%':>7}{'wrong%':>8}")
    for kind, by_language in sorted(counts.items()):
        rates = [[c[o] / c.total() for o in ("right", "und", "wrong")] for _, c in sorted(by_language.items())]
        right, und, bad = (100 * statistics.fmean(column) for column in zip(*rates, strict=True))
        items = sum(c.total() for c in by_language.values())
        print(f"{kind:<18}{items:>7}{len(rates):>7}{right:>8.1f}{und:>7.1f}{bad:>8.1f}")
    for kind, by_language in sorted(counts.items()) if worst else ():
        low = sorted(by_language.items(), key=lambda p: p[1]["right"] / p[1].total())[:worst]
        print(f"\n{kind}: least often right: " + "  ".join(f"{t} {c['right'] / c.total():.0%}" for t, c in low))
        common = sorted(wrong[kind].items(), key=lambda p: (-p[1], p[0]))[:worst]
        print(f"{kind}: most often wrong: " + "  ".join(f"{a}->{b} {n}" for (a, b), n in common))


def speed(stage: Language, rows: list[Row]) -> str:
    """Return the median time of a sentence and the rate on articles, each text at its best of five turns."""

    def best(kind: str, every: int) -> tuple[list[float], int]:
        documents = [Document.from_blocks([row["text"]]) for row in rows if row["kind"] == kind][::every]
        times = [float("inf")] * len(documents)
        for _ in range(5):
            for number, document in enumerate(documents):
                start = time.process_time()
                list(stage(document))
                times[number] = min(times[number], time.process_time() - start)
        return times, sum(len(document.text.encode()) for document in documents)

    sentences, _ = best("sentence", 10)
    articles, size = best("article", 2)
    if not sentences or not articles:
        return "no sentences and articles to time"
    median = statistics.median(sentences) * 1e6
    return f"{median:.0f} µs a sentence (median), {size / sum(articles) / 1e6:.1f} MB/s on articles"


def load(backend: str) -> str:
    """Return the time until the first answer where numpy and the engine are loaded, and the peak of memory added."""
    runs = [
        subprocess.run([sys.executable, "-c", LOAD, backend], capture_output=True, text=True, check=True).stdout
        for _ in range(4)
    ][1:]
    seconds, memory = (min(float(run.split()[k]) for run in runs) for k in (0, 1))
    return f"load and first document {seconds * 1000:.0f} ms, {memory:.0f} MB more memory"


def pairs(text: str) -> dict[str, str]:
    """Turn "ms=id,bs=hr" into a mapping."""
    return {old: new for old, _, new in (pair.partition("=") for pair in text.split(",") if pair)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--predictions", type=Path, metavar="OUT", help="write id and lang as JSON Lines")
    parser.add_argument("--backend", help="measure only this backend")
    parser.add_argument("--skip", default="", help="gold languages to leave out, such as ms,bs")
    parser.add_argument("--fold", default="", help="answers to count as another language, such as ms=id,bs=hr")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="list the N worst languages")
    args = parser.parse_args()
    rows = read(args.data)
    for backend in [args.backend] if args.backend else BACKENDS:
        try:
            installed = version(BACKENDS.get(backend, "copydesk"))
        except PackageNotFoundError:
            print(f"== {backend}: not installed\n")
            continue
        stage = Language(backend=backend)
        chain = Chain.of(stage)
        print(f"== {backend} ({BACKENDS.get(backend, 'registered')} {installed}, chain {chain.hash})")
        start = time.process_time()
        answers = predict(chain, rows)
        took = time.process_time() - start
        if args.predictions:
            lines = (json.dumps({"id": key, "lang": tag}) + "\n" for key, tag in answers.items())
            args.predictions.write_text("".join(lines), encoding="utf-8")
        table(rows, answers, {primary(t) for t in args.skip.split(",") if t}, pairs(args.fold), args.worst)
        print(f"\n{speed(stage, rows)}; {load(backend)}; {took:.1f} s in all\n")


if __name__ == "__main__":
    main()
