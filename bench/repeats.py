#!/usr/bin/env python3
"""How many documents, and how many of them with a line, it takes before `repeats` may drop that line.

    bench/repeats.py DATA... [--least 4]

DATA are JSON Lines files as bench/lines.py takes them, with `publisher`. Each document of a publisher with at least
`--least` documents is cleaned by a file learned from that publisher's other documents. A row for each number of other
documents that have to hold a line: precision, recall, F1 and loss in per cent, as bench/lines.py counts them.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from pathlib import Path

from lines import Row, read, score

from copydesk import Chain, Document
from copydesk_stages.repeats import Repeats, learn


def kept_by(row: Row, others: list[Row], chosen: dict[str, float], folder: Path) -> list[bool]:
    """Return which lines stay by what the other documents repeat."""
    path = folder / "site.repeats"
    path.write_text(learn(other["lines"] for other in others).dump(), encoding="utf-8")
    stage = Repeats(file=str(path), min_documents=int(chosen["documents"]), min_share=chosen["share"])
    result = Chain.of(stage, max_removed=1.0).run(Document.from_blocks(row["lines"]))
    staying = {block.id for block in result.document.blocks}
    return [number in staying for number in range(len(row["lines"]))]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--least", type=int, default=4)
    args = parser.parse_args()
    sites: dict[str, list[Row]] = defaultdict(list)
    for path in args.data:
        for row in read(path):
            sites[row["publisher"]].append(row)
    large = {name: rows for name, rows in sites.items() if len(rows) >= args.least}
    rows = [row for held in large.values() for row in held]
    print(f"{len(large)} publishers with {args.least} documents or more, {len(rows)} documents")
    with tempfile.TemporaryDirectory() as folder:
        for documents in (2, 3, 4, 5):
            for share in (0.0, 0.3, 0.5, 0.8):
                chosen = {"documents": float(documents), "share": share}
                kept = {
                    row["id"]: kept_by(row, [other for other in held if other is not row], chosen, Path(folder))
                    for held in large.values()
                    for row in held
                }
                shown = score([{**row, "body": ""} for row in rows], kept)
                cells = "  ".join(f"{key} {100 * shown[key]:6.2f}" for key in ("precision", "recall", "f1", "loss"))
                print(f"documents >= {documents}, share >= {share:.1f}:  {cells}", flush=True)


if __name__ == "__main__":
    main()
