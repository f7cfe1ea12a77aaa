#!/usr/bin/env python3
"""How well the line stages take boilerplate out of text, beside rule sets that corpus builders know by name.

    bench/lines.py DATA... [--setting cautious|thorough|markers] [--predictions OUT] [--by lang|source|publisher]
                           [--harvest PAGES...] [--no-baselines] [--intact]

DATA are JSON Lines files (`.gz` or not), a document a line: `id`, `lines`, `labels` (1 article, 0 boilerplate, null
not judged), and where known `kinds`, `body`, `lang`. Every line is given to the chain as one block and stays one.

Baselines: `word list` drops lines that are nothing but one of the twenty words in `NAIVE`; `c4 lines` and `refinedweb`
are the published rules by the stages of these names; `harvested` is a lexicon of the lines up to 60 characters that two
publishers or more have as boilerplate in PAGES and none as article, for each document from PAGES of other folds
(`fold`); `jusText` takes each line for a paragraph.

`markers` runs that stage alone, `cautious` and `thorough` run `boilerplate` after it. Guards are off, so that a page's
text, most of which rightly goes, is not taken back.

Rates are percentages with removal as the positive class; `loss` is the share of the article's words that goes, `left`
that of boilerplate among the words that stay, `shingle_f1` compares four-word shingles of what stays with `body`.
Throughput is of this machine: read it as a ratio to the lines beside it.

With `--intact` each document is given without its boilerplate, as an article that needs nothing, and what is cut of it
all the same is printed, with the speed of the last stage alone, the best of three turns.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from copydesk import Chain, Document
from copydesk_stages.boilerplate import Boilerplate
from copydesk_stages.line_rules import C4Lines, RefinedWebLines
from copydesk_stages.markers import Markers

Row = dict[str, Any]
Keep = dict[str, list[bool]]
# Words where the script has spaces, single characters where it has none.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
#: A longer line is no phrase of a page.
LONGEST_HARVESTED = 60
#: What anybody would put on a list first.
NAIVE = frozenset((
    "advertisement", "advertisements", "ad", "ads", "share", "tweet", "print", "email", "save", "subscribe",
    "login", "register", "comments", "comment", "related", "more", "home", "menu", "search", "copyright",
))  # fmt: skip
#: jusText's names of languages, and the codes in the data.
JUSTEXT = {
    "Arabic": "ar", "Czech": "cs", "Danish": "da", "German": "de", "Greek": "el", "Spanish": "es", "Finnish": "fi",
    "French": "fr", "Hindi": "hi", "Hungarian": "hu", "Indonesian": "id", "Italian": "it", "Korean": "ko",
    "Lithuanian": "lt", "Norwegian_Bokmal": "no", "Dutch": "nl", "Polish": "pl", "Portuguese": "pt", "Romanian": "ro",
    "Russian": "ru", "Swedish": "sv", "Turkish": "tr", "Ukrainian": "uk",
}  # fmt: skip


def tokens(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return _TOKEN.findall(text.lower())


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the runs of four words of a text."""
    words = tokens(text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)) if words)


def rates(hit: int, wrong: int, missed: int) -> tuple[float, float, float]:
    """Return precision, recall and F1."""
    precision = hit / (hit + wrong) if hit + wrong else 1.0
    recall = hit / (hit + missed) if hit + missed else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def score(rows: list[Row], kept: Keep) -> dict[str, float]:
    """Return the scores over all documents."""
    count: Counter[str] = Counter()
    kinds: dict[str, list[bool]] = defaultdict(list)
    by_document, losing, precisions, recalls = [], [], [], []
    for row in rows:
        here: Counter[str] = Counter()
        of_kind = row.get("kinds") or [None] * len(row["lines"])
        for line, label, kind, keep in zip(row["lines"], row["labels"], of_kind, kept[row["id"]], strict=True):
            if label is None:
                continue
            words = len(tokens(line))
            if label:
                here["content"] += words
                here["wrong"] += not keep
                here["lost"] += 0 if keep else words
            else:
                here["missed" if keep else "hit"] += 1
                here["left"] += words if keep else 0
                if kind:
                    kinds[kind].append(not keep)
        count += here
        if here["hit"] + here["missed"]:
            by_document.append(rates(here["hit"], here["wrong"], here["missed"])[2])
        if here["content"]:
            losing.append(here["lost"] / here["content"] > 0.01)
        if row.get("body"):
            want = shingles(row["body"])
            got = shingles("\n".join(line for line, keep in zip(row["lines"], kept[row["id"]], strict=True) if keep))
            both = (want & got).total()
            precisions.append(both / got.total() if got else 0.0)
            recalls.append(both / want.total() if want else 1.0)
    precision, recall, f1 = rates(count["hit"], count["wrong"], count["missed"])
    staying = count["left"] + count["content"] - count["lost"]
    result = {
        "precision": precision, "recall": recall, "f1": f1, "loss": count["lost"] / max(1, count["content"]),
        "doc_f1": statistics.mean(by_document) if by_document else 1.0,
        "loss_docs": statistics.mean(losing) if losing else 0.0, "left": count["left"] / max(1, staying),
    }  # fmt: skip
    if precisions:
        p, r = statistics.mean(precisions), statistics.mean(recalls)
        result["shingle_f1"] = 2 * p * r / (p + r) if p + r else 0.0
    return result | {f"recall_{kind}": statistics.mean(kinds[kind]) for kind in sorted(kinds)}


def by_chain(chain: Chain, rows: list[Row]) -> Keep:
    """Return which lines of each document stay, every line a block."""
    kept = {}
    for row in rows:
        staying = {block.id for block in chain.run(Document.from_blocks(row["lines"])).document.blocks}
        kept[row["id"]] = [number in staying for number in range(len(row["lines"]))]
    return kept


def harvest(rows: list[Row]) -> set[str]:
    """Return the lines that two publishers or more have as boilerplate and none as article, digits read as 0."""
    publishers: dict[str, set[str]] = defaultdict(set)
    article = set()
    for row in rows:
        for line, label in zip(row["lines"], row["labels"], strict=True):
            if label == 0 and len(line) <= LONGEST_HARVESTED:
                publishers[plain(line)].add(str(row.get("publisher")))
            elif label == 1:
                article.add(plain(line))
    return {line for line, found in publishers.items() if len(found) > 1} - article


def plain(line: str) -> str:
    """Return a line in lower case, white space folded, every digit read as 0."""
    return re.sub(r"\d", "0", " ".join(line.lower().split()))


def by_naive_list(rows: list[Row]) -> Keep:
    """Return which lines stay by a short list of words."""
    return {row["id"]: [line.strip().casefold() not in NAIVE for line in row["lines"]] for row in rows}


def by_harvest(pages: list[Row], rows: list[Row]) -> Keep:
    """Return which lines stay by a lexicon of boilerplate lines harvested from `pages` of other folds."""
    folds = dict.fromkeys(row.get("fold") for row in rows)
    lexicons = {fold: harvest([page for page in pages if page.get("fold") != fold]) for fold in folds}
    return {row["id"]: [plain(line) not in lexicons[row.get("fold")] for line in row["lines"]] for row in rows}


def by_justext(rows: list[Row]) -> Keep:
    """Return which lines stay by jusText, each line a paragraph without links, with the stop words of its language."""
    import justext

    names = {code: name for name, code in JUSTEXT.items()}
    kept = {}
    for row in rows:
        stop_words = justext.get_stoplist(names.get(row.get("lang") or "en", "English"))
        page = "".join(f"<p>{escape(line)}</p>" for line in row["lines"])
        found = justext.justext(f"<html><body>{page}</body></html>".encode(), stop_words, encoding="utf-8")
        # jusText leaves out paragraphs without text, and folds white space.
        staying = iter([not paragraph.is_boilerplate for paragraph in found])
        kept[row["id"]] = [next(staying, False) if line.strip() else True for line in row["lines"]]
    return kept


def read(path: Path) -> list[Row]:
    """Return the documents of a file."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def show(name: str, scores: dict[str, float], speed: float | None = None) -> None:
    """Print one row."""
    cells = "  ".join(f"{key} {100 * value:6.2f}" for key, value in scores.items())
    print(f"{name:14s} {cells}" + (f"  {speed:6.2f} MB/s" if speed else ""), flush=True)


def measure(name: str, rows: list[Row], run: Callable[[list[Row]], Keep]) -> Keep:
    """Run one way to clean, print its scores and speed, and return what it kept."""
    run_from = time.process_time()
    kept = run(rows)
    spent = time.process_time() - run_from
    size = sum(len(line.encode()) + 2 for row in rows for line in row["lines"])
    show(name, score(rows, kept), size / 1e6 / max(spent, 1e-9))
    return kept


def chain_for(setting: str) -> Chain:
    """Return the chain of a setting, with its guards off."""
    markers = Markers()
    if setting == "markers":
        return Chain.of(markers, max_removed=1.0)
    chosen = Boilerplate(setting="thorough") if setting == "thorough" else Boilerplate(setting="cautious")
    return Chain.of(markers, chosen, max_removed=1.0)


def baselines(pages: list[Row]) -> dict[str, Callable[[list[Row]], Keep]]:
    """Return what others do: rules of corpus builders, a lexicon harvested from `pages`, jusText where it is there."""
    found: dict[str, Callable[[list[Row]], Keep]] = {
        "word list": by_naive_list,
        "c4 lines": partial(by_chain, Chain.of(C4Lines(), max_removed=1.0)),
        "refinedweb": partial(by_chain, Chain.of(RefinedWebLines(), max_removed=1.0)),
        "harvested": partial(by_harvest, pages),
    }
    if find_spec("justext"):
        found["jusText"] = by_justext
    else:
        print("jusText is not installed")
    return found


def intact(chain: Chain, rows: list[Row]) -> None:
    """Print what the chain cuts out of articles that hold no boilerplate."""
    articles = [
        {
            "id": row["id"],
            "lines": [line for line, label in zip(row["lines"], row["labels"], strict=True) if label == 1],
        }
        for row in rows
    ]
    articles = [row for row in articles if row["lines"]]
    kept = by_chain(chain, articles)
    gone = {
        row["id"]: [x for x, keep in zip(row["lines"], kept[row["id"]], strict=True) if not keep] for row in articles
    }
    losing = sum(bool(lines) for lines in gone.values())
    print(f"{len(articles)} articles, {losing} lose lines, {sum(map(len, gone.values()))} lines in all")
    last = Chain(chain.steps[-1:], name="last")
    spent = []
    for _ in range(3):
        start = time.process_time()
        by_chain(last, articles)
        spent.append(time.process_time() - start)
    size = sum(len(line.encode()) + 2 for row in articles for line in row["lines"])
    print(f"{chain.steps[-1].name} alone: {size / 1e6 / min(spent):.2f} MB/s")
    for identity, lines in gone.items():
        for line in lines:
            print(f"  {identity}: {line[:100]}")


def write(path: Path, kept: Iterable[tuple[str, list[bool]]]) -> None:
    """Write one row of flags a document."""
    with path.open("w", encoding="utf-8") as file:
        for identity, flags in kept:
            file.write(json.dumps({"id": identity, "keep": flags}) + "\n")


def main() -> None:
    """Measure each file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--setting", choices=("cautious", "thorough", "markers"), default="cautious")
    parser.add_argument("--predictions", type=Path)
    parser.add_argument("--by", choices=("lang", "source", "publisher"))
    parser.add_argument("--harvest", nargs="+", type=Path, help="pages to harvest the lexicon from; without it: DATA")
    parser.add_argument("--no-baselines", action="store_true")
    parser.add_argument("--intact", action="store_true", help="print what is cut out of articles without boilerplate")
    args = parser.parse_args()
    chain = chain_for(args.setting)
    chain.run("A first run loads what the stages need.")
    everything: list[tuple[str, list[bool]]] = []
    for path in args.data:
        rows = read(path)
        print(f"{path.name}: {len(rows)} documents, {sum(len(row['lines']) for row in rows)} lines")
        if args.intact:
            intact(chain, rows)
            continue
        if not args.no_baselines:
            for name, run in baselines([page for each in args.harvest or [path] for page in read(each)]).items():
                measure(name, rows, run)
        kept = measure(args.setting, rows, partial(by_chain, chain))
        everything += kept.items()
        if args.by:
            groups: dict[str, list[Row]] = defaultdict(list)
            for row in rows:
                groups[str(row.get(args.by))].append(row)
            for name in sorted(groups, key=lambda name: (-len(groups[name]), name)):
                show(f"  {name[:12]}", score(groups[name], kept))
    if args.predictions:
        write(args.predictions, everything)


if __name__ == "__main__":
    main()
