"""Public collections of news, each as it is published and unpacked in a folder of its own: their articles in order.

`docs/reorder.md` says where each comes from. A folder that is missing yields nothing.

    c50/          Reuter_50_50 of the UCI repository: one story a file, one paragraph a line
    reuters21578/ Reuters-21578: reut2-*.sgm
    abc/          the corpus `abc` of NLTK: rural.txt, science.txt
    basil/        articles/*/*.json of BASIL
    content/      Extraction/*/gold/*.txt of ir-research-data, but the folder of 2005
    fakenews/     Public Data of fakenewsdata1: */*/*.txt
    fnc/          train_bodies.csv and competition_test_bodies.csv of fnc-1
    giveme5w1h/   data of its datasets, but those of the BBC: **/*.json
    outlets/      Scrapping/**/*.csv of Comparative-Linguistic-Analysis-of-Mainstream-International-News-Articles
    onestop/      Texts-SeparatedByReadingLevel/Adv-Txt of OneStopEnglishCorpus: *.txt
    fakenewsnet/  FakeNewsNet-old-version and celebrityDataset/legit of fake-news-datasets: **/*.json, **/*.txt
    cnn/          outputs/output_samples of CNNWebScraper: *.csv
    trends/       _posts of trends: those marked `entries DE`
"""

from __future__ import annotations

import csv
import gzip
import html
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

#: What an article of a collection counts for, by language: the closer to the web's news of today, the more.
WEIGHTS = {
    "en": {
        "c50": 0.5,
        "abc": 0.5,
        "reuters21578": 0.1,
        "basil": 2.0,
        "content": 2.0,
        "fakenews": 1.5,
        "fnc": 2.0,
        "giveme5w1h": 2.0,
        "outlets": 1.5,
        "onestop": 1.0,
        "fakenewsnet": 2.0,
        "cnn": 2.0,
    },
    "de": {"trends": 0.5},
}
FEWEST, MOST, SHORTEST = 5, 40, 60
#: Sentences are put together up to so many characters where a collection has lost its paragraphs.
SHORT = 70
#: An article that shares so large a share of its runs of eight words with those that are judged on is left out.
SHARED, RUN = 0.05, 8
_STORY = re.compile(r"<BODY>(.*?)</BODY>", re.DOTALL)
_SIGNED_OFF = re.compile(r"\n\s*reuter\W*$", re.IGNORECASE)
_ENDED = (".", "!", "?", '"', "”", "“", "'", "’", "»")
_END = re.compile(r"[.!?][\"”’')]?\s+(?=[\"“‘'(]?[A-Z0-9])")
_NO_END = re.compile(
    r"(?:^|[\s(\"“])(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|Sgt|St|Jr|Sr|Inc|Corp|Co|Ltd|No|vs|Jan|Feb|Aug|Sept|Oct|Nov"
    r"|Dec|[A-Z]|U\.S|U\.N|U\.K|D\.C|a\.m|p\.m)$"
)
_NO_TEXT = re.compile(
    r"\+\+\+|(?:Quelle|Mehr zum Thema|Lesen [Ss]ie|Auch interessant|Foto|Bild|©|Hinweis|Anzeige|Stand:|Redaktionell"
    r"|Dieses Element|An dieser Stelle|Mit Material|Teilen|Zum Thema|Weitere|Jetzt|Newsletter|Copyright)\b"
)


def articles(corpora: Path, language: str, known: set[tuple[str, ...]]) -> Iterator[tuple[str, list[str]]]:
    """Yield all articles of a language, each as its collection and its paragraphs in order; each only once.

    `known` has the runs of words (see `runs`) of the articles that are judged on: what shares text with them is left
    out.
    """
    csv.field_size_limit(1 << 28)
    seen = set()
    for name in WEIGHTS[language]:
        found = shared = 0
        for paragraphs in _READERS[name](corpora / name):
            tidy = [text for text in (" ".join(text.split()) for text in paragraphs) if text]
            # Headlines and captions at the top are no paragraphs of the story.
            while tidy and not tidy[0].endswith(_ENDED):
                del tidy[0]
            tidy = tidy[:MOST]
            if len(tidy) < FEWEST or sum(map(len, tidy)) < SHORTEST * len(tidy) or tidy[0] in seen:
                continue
            seen.add(tidy[0])
            own = runs(tidy)
            if len(own & known) > SHARED * len(own):
                shared += 1
                continue
            found += 1
            yield name, tidy
        print(f"{name}: {found} articles, {shared} left out", file=sys.stderr)


def runs(paragraphs: Sequence[str]) -> set[tuple[str, ...]]:
    """Return all runs of `RUN` words within the paragraphs.

    >>> sorted(runs(["One two three four five six seven eight, nine.", "Short."]))[0][:2]
    ('one', 'two')
    """
    found: set[tuple[str, ...]] = set()
    for text in paragraphs:
        words = re.findall(r"\w+", text.lower())
        found.update(zip(*(words[i:] for i in range(RUN)), strict=False))
    return found


def judged(data: Path) -> set[tuple[str, ...]]:
    """Return the runs of words of the articles that `train.py` judges by: all of `DATA/*.jsonl.gz`."""
    found: set[tuple[str, ...]] = set()
    for path in sorted(data.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                found |= runs(json.loads(line)["paragraphs"])
    return found


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, short ones with the next, as stand-ins for the paragraphs that it has lost.

    >>> sentences("Mr. Hale spoke. He said that the ferry to the islands will run again from the first of May. Rain.")
    ['Mr. Hale spoke. He said that the ferry to the islands will run again from the first of May.', 'Rain.']
    """
    flat, start = " ".join(text.split()), 0
    found: list[str] = []
    for end in [match.end() for match in _END.finditer(flat) if not _abbreviated(flat, match.start())] + [len(flat)]:
        sentence, start = flat[start:end].strip(), end
        if found and len(found[-1]) < SHORT:
            found[-1] += " " + sentence
        elif sentence:
            found.append(sentence)
    return found


def _abbreviated(text: str, at: int) -> bool:
    return text[at] == "." and bool(_NO_END.search(text[max(0, at - 8) : at]))


def _lines(folder: Path, pattern: str = "**/*.txt") -> Iterator[list[str]]:
    for path in sorted(folder.glob(pattern)):
        yield path.read_text(encoding="utf-8-sig", errors="replace").splitlines()


def _ended(texts: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield them without short lines that end in no mark: captions, links and headings."""
    for paragraphs in texts:
        yield [text for text in paragraphs if text.rstrip().endswith((*_ENDED, ")")) or len(text) > 90]


def _sgml(folder: Path) -> Iterator[list[str]]:
    for path in sorted(folder.glob("reut2-*.sgm")):
        for body in _STORY.findall(path.read_text(encoding="latin-1")):
            text = re.sub(r"[\x00-\x08]", "", html.unescape(body))
            yield re.split(r"\n {4,}(?=\S)", _SIGNED_OFF.sub("", text))


def _abc(folder: Path) -> Iterator[list[str]]:
    for path in sorted(folder.glob("*.txt")):
        for story in re.split(r"\n\s*\n", path.read_text(encoding="latin-1")):
            # Lines that end in no mark are headings within the story.
            yield [line for line in story.splitlines() if line.rstrip().endswith(_ENDED)]


def _basil(folder: Path) -> Iterator[list[str]]:
    for path in sorted(folder.glob("**/*.json")):
        row = json.loads(path.read_text(encoding="utf-8"))
        yield [" ".join(texts) for texts in row.get("body-paragraphs", [])]


def _content(folder: Path) -> Iterator[list[str]]:
    for gold in sorted(folder.glob("Extraction/*/gold")):
        if gold.parent.name != "big5-05":
            yield from _lines(gold, "*.txt")


def _json(folder: Path) -> Iterator[list[str]]:
    for path in sorted(folder.glob("**/*.json")):
        row = json.loads(path.read_text(encoding="utf-8", errors="replace"))
        if isinstance(row, dict) and row.get("text"):
            yield row["text"].split("\n")


def _csv(folder: Path, column: str) -> Iterator[list[str]]:
    for path in sorted(folder.glob("**/*.csv")):
        with path.open(encoding="utf-8", errors="replace", newline="") as lines:
            for row in csv.DictReader(lines):
                text = re.sub(r"^(?:CNN|Reuters)\s*—\s*", "", (row.get(column) or "").strip())
                paragraphs = [line for line in text.split("\n") if line.strip()]
                yield paragraphs if len(paragraphs) >= FEWEST else sentences(text)


def _fakenewsnet(folder: Path) -> Iterator[list[str]]:
    yield from _json(folder)
    yield from _lines(folder)


def _posts(folder: Path) -> Iterator[list[str]]:
    for path in sorted(folder.glob("**/*.m*")):
        head, _, body = path.read_text(encoding="utf-8", errors="replace").partition("\n---\n")
        if not re.search(r"^categories: entries DE$", head, re.MULTILINE):
            continue
        texts = [" ".join(text.split()) for text in body.split("\n\n")]
        found: list[str] = []
        # The first paragraph is what a search engine shows of the article.
        for text in [text for text in texts if text and not text.startswith(("[", "!["))][1:]:
            whole = len(text) > 50 and text.endswith(_ENDED) and not text.endswith("...") and not _NO_TEXT.match(text)
            if whole and not any(text[:60] in other or other in text for other in found):
                found.append(text)
        yield found


_READERS: dict[str, Any] = {
    "c50": _lines,
    "abc": _abc,
    "reuters21578": _sgml,
    "basil": _basil,
    "content": _content,
    "fakenews": lambda folder: _lines(folder, "*/*[!s]/*.txt"),
    "fnc": lambda folder: _ended(_csv(folder, "articleBody")),
    "giveme5w1h": lambda folder: _ended(_json(folder)),
    "outlets": lambda folder: _ended(_csv(folder, "Article_Content")),
    "onestop": lambda folder: _ended(_lines(folder)),
    "fakenewsnet": lambda folder: _ended(_fakenewsnet(folder)),
    "cnn": lambda folder: _ended(_csv(folder, "bodyContent")),
    "trends": _posts,
}
