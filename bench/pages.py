#!/usr/bin/env python3
r"""Measure the extraction of main text from whole pages: python bench/pages.py DATA [--predictions OUT].

DATA is jsonl or jsonl.gz: {id, html, text, url?, page_type?, with?, without?}. Printed for each way of reading a page:
mean word F1 over pages (bags of lower-case \w+) for all pages and by kind, mean precision and recall, the share of the
snippets `with` that are held and of the snippets `without` that are left out, and pages per second on one core, all
measured in this run in processor time. Speeds are of use only as ratios. The last column is the share of pages on which
the reader is worse than trafilatura's default mode by more than .3.

The stage's model is trained on pages of the same collection (see training/extract): on those pages it scores better
here than on pages that it has not seen. What it scores on publishers that it has not seen, and what each of its parts
adds, is measured by training/extract/train.py over folds; that table is printed below.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from statistics import mean
from typing import Any

import copydesk

WORD = re.compile(r"\w+")
BASE = "trafilatura"
#: A page is much worse where it loses so much of the word F1.
MUCH = 0.3
FOLDS = Path(__file__).parent.parent / "training" / "extract" / "scores.json"
Reader = Callable[[dict[str, Any]], str]


def read(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a jsonl file, gzipped or not."""
    opener: Any = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def scores(got: str, gold: str) -> tuple[float, float, float]:
    """Return precision, recall and F1 of the bags of words."""
    a, b = Counter(WORD.findall(got.lower())), Counter(WORD.findall(gold.lower()))
    common = sum((a & b).values())
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / sum(a.values()), common / sum(b.values())
    return precision, recall, 2 * precision * recall / (precision + recall)


def by_chain(chain: copydesk.Chain) -> Reader:
    """Return a reader that runs a chain."""

    def reader(row: dict[str, Any]) -> str:
        source = copydesk.Source(name=row["id"], url=row.get("url"), media_type="text/html")
        data = row["html"] if chain.steps[0].name != "decode" else row["html"].encode("utf-8", "surrogatepass")
        return chain.run(data, source=source, on_error="keep").text

    return reader


def by_trafilatura(**options: Any) -> Reader:
    """Return a reader that asks trafilatura."""
    from trafilatura import extract

    return lambda row: extract(row["html"], url=row.get("url"), **options) or ""


def by_justext() -> Reader:
    """Return a reader that asks jusText, with the stop words of English."""
    import justext

    stop_words = justext.get_stoplist("English")

    def reader(row: dict[str, Any]) -> str:
        try:
            paragraphs = justext.justext(row["html"].encode("utf-8", "replace"), stop_words, encoding="utf-8")
        except Exception:  # noqa: BLE001  # a page that it cannot read is a page without text
            return ""
        return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)

    return reader


def by_readability() -> Reader:
    """Return a reader that asks readability-lxml."""
    from lxml import html
    from readability import Document  # type: ignore[import-not-found]  # measured where it is installed

    def reader(row: dict[str, Any]) -> str:
        try:
            root = html.fromstring(Document(row["html"]).summary())
        except Exception:  # noqa: BLE001  # as above
            return ""
        return " ".join(root.itertext())

    return reader


def readers() -> dict[str, Reader]:
    """Return every way of reading a page that is installed."""
    from copydesk_stages.extract import Extract

    found: dict[str, Reader] = {
        "extract": by_chain(copydesk.Chain.of(Extract())),
        "extract, precision": by_chain(copydesk.Chain.of(Extract(favor="precision"))),
        "extract, recall": by_chain(copydesk.Chain.of(Extract(favor="recall"))),
        "web chain": by_chain(copydesk.Chain.load("web")),
        "trafilatura": by_trafilatura(),
        "  no comments": by_trafilatura(include_comments=False),
        "  precision": by_trafilatura(favor_precision=True),
        "  recall": by_trafilatura(favor_recall=True),
        "  fast": by_trafilatura(fast=True),
    }
    if find_spec("justext"):
        found["jusText"] = by_justext()
    if find_spec("readability"):
        found["readability-lxml"] = by_readability()
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--predictions", type=Path, help='write {"id", "text"} a line, from the first reader that runs')
    parser.add_argument("--only", action="append", help="only this reader (as in the table; may be repeated)")
    parser.add_argument("--limit", type=int, help="only so many pages")
    arguments = parser.parse_args()
    pages = read(arguments.data)[: arguments.limit]
    known = readers()
    chosen = {name: known[name] for name in (arguments.only or known) if name in known}
    if not chosen:
        parser.error(f"no such reader; there are {', '.join(repr(name) for name in known)}")
    kinds = sorted({page.get("page_type", "page") for page in pages})
    print(f"{time.strftime('%Y-%m-%d')}, Python {sys.version.split()[0]}, {len(pages)} pages; " + ", ".join(versions()))
    columns = ("all", *kinds, "precision", "recall", "with", "without", "pages/s", "worse")
    print(f"{'':20}" + "".join(f"{name[:9]:>10}" for name in columns))
    base = of_pages(pages, [known[BASE](page) for page in pages])
    for number, (name, reader) in enumerate(chosen.items()):
        reader(pages[0])  # imports and caches
        start = time.process_time()
        texts = [reader(page) for page in pages]
        speed = len(pages) / (time.process_time() - start)
        row = "".join(f"{value:10.3f}" for value in measured(pages, texts, kinds))
        worse = mean(one < other - MUCH for one, other in zip(of_pages(pages, texts), base, strict=True))
        print(f"{name:20}{row}{speed:10.1f}{worse:10.3f}", flush=True)
        if arguments.predictions and number == 0:
            with arguments.predictions.open("w", encoding="utf-8") as out:
                for page, text in zip(pages, texts, strict=True):
                    out.write(json.dumps({"id": page["id"], "text": text}) + "\n")
    print_folds()
    return 0


def of_pages(pages: list[dict[str, Any]], texts: list[str]) -> list[float]:
    """Return the word F1 of each page."""
    return [scores(text, page["text"])[2] for page, text in zip(pages, texts, strict=True)]


def print_folds() -> None:
    """Print what training has measured on publishers that the model had not seen."""
    stored = json.loads(FOLDS.read_text("utf-8"))
    readers = stored["readers"]
    print("\nover folds by publisher, each judged by a model that has not seen it (training/extract/scores.json):")
    print(f"{'':20}{'pages':>7}" + "".join(f"{name:>24}" for name in readers))
    for group, row in stored["scores"].items():
        print(f"{group:20}{row['pages']:7}" + "".join(f"{row[name]:24.4f}" for name in readers))
    for line in stored["beside"]:
        print(line)


def measured(pages: list[dict[str, Any]], texts: list[str], kinds: list[str]) -> list[float]:
    """Return the row of the table, without the speed."""
    by_kind: dict[str, list[float]] = defaultdict(list)
    precisions, recalls, held, left = [], [], [], []
    for page, text in zip(pages, texts, strict=True):
        precision, recall, f1 = scores(text, page["text"])
        by_kind[page.get("page_type", "page")].append(f1)
        precisions.append(precision)
        recalls.append(recall)
        folded = " ".join(text.split())
        held += [" ".join(snippet.split()) in folded for snippet in page.get("with") or ()]
        left += [" ".join(snippet.split()) not in folded for snippet in page.get("without") or ()]
    every = [value for values in by_kind.values() for value in values]
    shares = [mean(values) if values else 0.0 for values in (every, *(by_kind[k] for k in kinds), precisions, recalls)]
    return [*shares, mean(held) if held else 0.0, mean(left) if left else 0.0]


def versions() -> list[str]:
    """Return the versions of what is compared, as far as installed."""
    found = []
    for name in ("copydesk", "trafilatura", "justext", "readability-lxml", "lxml"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} not installed")
    return found


if __name__ == "__main__":
    sys.exit(main())
