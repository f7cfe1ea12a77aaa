#!/usr/bin/env python3
"""Score the stage as it runs, gates and `markers` included, on scores that each line got across publishers.

    python training/boilerplate/across.py DATA OOF

OOF is the folder that `train.py --oof OOF` wrote. The shipped weights have seen every publisher of DATA; the scores in
OOF come from models that did not, so only these are fit for setting thresholds. `contaminated` alone: which documents
are whole pages is asked of the shipped word table.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import data

from copydesk import Document, Drop
from copydesk_stages.boilerplate import THRESHOLDS
from copydesk_stages.boilerplate.judge import is_prose
from copydesk_stages.markers import Markers

Scores = dict[str, list[float]]


def rates(pages: list[data.Page], gone: dict[str, set[int]]) -> str:
    """Return precision, recall, F1 and loss in words."""
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
    return f"precision {precision:.1%}  recall {recall:.1%}  F1 {f1:.1%}  loss {lost / words:.3%}"


def cut(page: data.Page, scores: list[float], setting: str, above: float) -> set[int]:
    """Return the lines that a setting cuts at a threshold."""
    prose = is_prose([line.strip() for line in page.lines])
    if not prose and setting == "cautious":
        return set()
    threshold = above if prose else THRESHOLDS["lines"][0]
    return {number for number, score in enumerate(scores) if score >= threshold}


def main() -> None:
    """Print a row for each setting and threshold; at the shipped one by fold and language too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("oof", type=Path)
    args = parser.parse_args()
    pages = data.read(args.data, "contaminated")
    rows = (json.loads(line) for line in (args.oof / "contaminated.jsonl").read_text(encoding="utf-8").splitlines())
    scores: Scores = {row["id"]: row["scores"] for row in rows}
    stage = Markers()
    marked = {
        page.id: {e.block for e in stage(Document.from_blocks(page.lines)) if isinstance(e, Drop)} for page in pages
    }
    for setting, thresholds in (("cautious", (0.75, 0.8, 0.85, 0.9, 0.95)), ("thorough", (0.4, 0.5, 0.6, 0.7))):
        shipped = THRESHOLDS[setting][0]
        for above in sorted({*thresholds, shipped}):
            alone = {page.id: cut(page, scores[page.id], setting, above) for page in pages}
            both = {name: numbers | marked[name] for name, numbers in alone.items()}
            star = "*" if above == shipped else " "
            print(f"{setting} {above:.2f}{star} alone          {rates(pages, alone)}")
            print(f"{setting} {above:.2f}{star} after markers  {rates(pages, both)}")
            if above == shipped:
                for fold in data.FOLDS:
                    print(f"    fold {fold}  {rates([page for page in pages if page.fold == fold], both)}")
                for lang in ("en", "de"):
                    print(f"    {lang}      {rates([page for page in pages if page.lang == lang], both)}")


if __name__ == "__main__":
    main()
