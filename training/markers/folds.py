"""Score the lexicons of `markers` by folds of publishers, with what other publishers attest.

python training/markers/folds.py DATA

DATA is a folder with `contaminated.dev.jsonl.gz`, `html.dev.jsonl.gz`, `wcxb.dev.jsonl.gz` and `segments.dev.jsonl.gz`:
documents as lists of lines with labels (1 article, 0 boilerplate, null not scored), a language and a fold by publisher.

The lexicons are written by hand, from what is known of pages and by looking at such lines, so a plain score on the same
lines flatters them. Two rows are printed for each fold:

all        every phrase counts
attested   a phrase counts only if it stands as boilerplate on a page of another fold; a lower bound, since most of what
           pages say to their readers in twenty languages is not in so few pages

Shapes (dates, credits, rows of buttons) were fitted by hand on folds 0 and 1 and count in both rows.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from copydesk import Chain, Document
from copydesk_stages.markers import Markers
from copydesk_stages.markers.folding import without_repeats, words
from copydesk_stages.markers.tables import LONGEST, languages, lexicon

Row = Mapping[str, Any]


def read(path: Path) -> Iterator[Row]:
    """Yield the documents of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def attested(folder: Path) -> dict[tuple[str, ...], set[int]]:
    """Return the folds in which a line, folded, stands as boilerplate."""
    folds: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
    for name in ("html", "wcxb", "segments"):
        for row in read(folder / f"{name}.dev.jsonl.gz"):
            for line, label in zip(row["lines"], row["labels"], strict=True):
                if label == 0 and len(line) <= LONGEST:
                    folds[without_repeats(words(line))].add(row["fold"])
    return folds


def score(cuts: Iterable[tuple[Row, set[int]]]) -> str:
    """Return precision, recall and loss of these cuts, in per cent."""
    counts: Counter[str] = Counter()
    for row, gone in cuts:
        for index, (line, label) in enumerate(zip(row["lines"], row["labels"], strict=True)):
            if label is None:
                continue
            counts["noise" if label == 0 else "words"] += 1 if label == 0 else len(re.findall(r"\w+", line))
            if index in gone:
                counts["right" if label == 0 else "wrong"] += 1
                counts["lost"] += 0 if label == 0 else len(re.findall(r"\w+", line))
    cut = counts["right"] + counts["wrong"]
    precision = counts["right"] / cut if cut else 1.0
    recall = counts["right"] / max(1, counts["noise"])
    loss = counts["lost"] / max(1, counts["words"])
    return f"precision {100 * precision:6.2f}  recall {100 * recall:6.2f}  loss {100 * loss:.3f}"


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1])
    chain = Chain.of(Markers())
    known = {key for code in languages() for kind in ("phrases", "local") for key in lexicon(code).kinds[kind]}
    folds = attested(folder)
    for tag in ("language tagged", "no tag"):
        full: list[tuple[Row, set[int]]] = []
        lower: list[tuple[Row, set[int]]] = []
        for row in read(folder / "contaminated.dev.jsonl.gz"):
            tags = {"language": row["lang"] or "und"} if tag == "language tagged" else None
            result = chain.run(Document.from_blocks(row["lines"], tags=tags))
            gone = {change.block for change in result.edits if change.kind == "drop" and change.block is not None}
            keys = {index: without_repeats(words(row["lines"][index])) for index in gone}
            full.append((row, gone))
            lower.append((row, {i for i in gone if keys[i] not in known or folds[keys[i]] - {row["fold"]}}))
        for name, cuts in (("all", full), ("attested", lower)):
            print(f"{tag:16} {name:9} {'':7} {score(cuts)}")
            for fold in range(4):
                print(f"{tag:16} {name:9} fold {fold}  {score((r, g) for r, g in cuts if r['fold'] == fold)}")


if __name__ == "__main__":
    main()
