"""The pages and lines that the weights are made from, read and labelled."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import trafilatura
from labels import label, word_f1, words
from tld import get_tld

from copydesk_stages.extract import base, choose, features, hints, lines, page
from copydesk_stages.extract.metadata import declared

FOLDS = 5
#: How much a page counts: with HTML and main text, of which there are only lines, a thread or news from elsewhere;
#: what is only judged counts nothing.
WEIGHTS = {"page": 1.0, "lines": 0.5, "thread": 0.4, "news": 0.2, "marked": 0.0}
#: What can be seen of a line without HTML; the rest is missing there.
SEEN = frozenset(
    [
        *("chars", "words", "word_chars", "ends", "commas", "digits", "capitals", "all_caps", "starts_low", "colon"),
        *("question", "copyright", "date", "price", "at", "function", "copies", "place", "place_words", "window_words"),
        *("page_lines", "page_words", "page_line_words"),
        *(f"text_{name}" for name in ("own", "page", "near", "around", "before", "before2", "after", "after2")),
        *(f"{a}_{b}" for a in ("before", "before2", "after", "after2") for b in ("words", "ends", "function")),
    ]
)
_CHARSET = re.compile(rb"charset=[\"']?([\w-]+)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass
class Page:
    """A page of the data, read, with its labels."""

    id: str
    kind: str
    fold: int
    gold: str
    reading: choose.Reading
    fast_f1: float = 0.0
    default_f1: float = 0.0
    default: str = ""
    shares: Any = None
    weights: Any = None
    places: list[list[int]] = field(default_factory=list)
    table: Any = None
    sort: str = "page"

    @property
    def texts(self) -> list[str]:
        """The texts of the lines."""
        return [line.text for line in self.reading.lines]

    def weigh(self, size: int) -> None:
        """Weigh each line as its words are of `size`, the words of the main text."""
        counts = np.array([min(len(words(text)), 200) for text in self.texts], dtype=float)
        self.weights = WEIGHTS[self.sort] * (counts / (size + 30) + 0.0005)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a gzipped jsonl file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def fold_of(publisher: str) -> int:
    """Return the fold of a publisher."""
    return crc32(publisher.encode()) % FOLDS


def _fold_of_url(url: str) -> int:
    publisher = get_tld(url, as_object=True, fail_silently=True)
    return fold_of(publisher.domain if publisher else url.split("/")[2])


def _read(name: str, kind: str, fold: int, html: str, gold: str, url: str | None, sort: str = "page") -> Page:
    root = page.parse(html)
    found, _ = choose.read_lines(root)
    made = Page(name, kind, fold, gold, choose.read(root, found, base.ask(root), declared(root)), sort=sort)
    made.shares = np.array(label(made.texts, gold))
    made.weigh(len(words(gold)))
    answer = made.reading.answer
    made.fast_f1 = word_f1("\n".join((*answer.body, *answer.comments)), gold)
    made.default = trafilatura.extract(html, url=url) or ""
    made.default_f1 = word_f1(made.default, gold)
    return made


def read_pages(path: Path) -> list[Page]:
    """Read, parse and label the pages."""
    pages = []
    for row in rows(path):
        url = row["url"]
        made = _read(row["id"], row["page_type"], _fold_of_url(url), row["html"], row["text"], url)
        names = hints.Names()
        made.places = [sorted(names.of(line)) for line in made.reading.lines]
        pages.append(made)
    return pages


def read_lines(row: dict[str, Any], spoken: Sequence[int]) -> Page:
    """Return a page of which there are only lines; a line that is not scored has the share nan."""
    top = lines.Node("html", None, 0, last=len(row["lines"]))
    found = [lines.Line(text, "paragraph", top) for text in row["lines"]]
    nothing = [0.0] * len(found)
    seen = features.Facts("", 0, 0)
    reading = choose.Reading(found, base.Answer(), nothing, nothing, seen, "unknown", [False] * len(found))
    made = Page(
        row["id"], row.get("page_type") or "article", fold_of(row["publisher"]), row["body"], reading, sort="lines"
    )
    made.shares = np.array([np.nan if given is None else given for given in row["labels"]], dtype=float)
    kept = [min(len(words(text)), 200) for text, given in zip(made.texts, row["labels"], strict=True) if given == 1]
    made.weigh(sum(kept) or 200)
    made.table = reading.table((hints.text_scores(found, spoken), nothing))
    made.table[:, [i for i, name in enumerate(features.NAMES) if name not in SEEN]] = np.nan
    return made


def read_threads(folder: Path) -> list[Page]:
    """Read the pages of forums with marked posts of a checkout of fhgr/harvest.

    Whether the name of who wrote and the heading belong to the text differs between collections: they teach nothing.
    """
    found = []
    for path in sorted((folder / "corpus" / "goldDocuments").glob("*.json")):
        row = json.loads(path.read_text(encoding="utf-8"))
        marked = row["gold_standard_annotation"]
        posts = [_LINK.sub(r"\1", one["post_text"]["surface_form"]) for one in marked if one.get("post_text")]
        users = {" ".join(words(one["user"]["surface_form"])) for one in marked if one.get("user")}
        url, gold = row["url"], "\n".join(posts)
        made = _read(f"harvest-{path.stem}", "thread", _fold_of_url(url), row["html"], gold, url, "thread")
        for i, line in enumerate(made.reading.lines):
            if made.shares[i] < 0.5 and (line.role == "heading" or " ".join(words(line.text)) in users):
                made.shares[i] = np.nan
        found.append(made)
    return [one for one in found if np.nansum(one.shares)]


def read_news(folder: Path, labelled: Sequence[dict[str, Any]]) -> list[Page]:
    """Read the HTML of pages of which the data holds lines, from checkouts of the collections that they are from.

    Only pages of `labelled` are read. A line that is not scored there, and a heading outside the text, teaches nothing.
    """
    found = []
    for row in labelled:
        source, name = row["id"].split("-", 1)
        if source == "sh":
            path = next((folder / "article-extraction-benchmark" / "html").glob(f"{name}*.html.gz"))
        elif source == "fu":
            country, name = name.split("-", 1)
            path = folder / "fundus" / "tests" / "resources" / "parser" / "test_data" / country / f"{name}.html.gz"
        else:
            continue
        html = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        made = _read(row["id"], "news", fold_of(row["publisher"]), html, row["body"], None, "news")
        given = dict(zip((" ".join(words(text)) for text in row["lines"]), row["labels"], strict=True))
        for i, line in enumerate(made.reading.lines):
            unscored = given.get(" ".join(words(line.text)), 0) is None
            if made.shares[i] < 0.5 and (line.role == "heading" or unscored):
                made.shares[i] = np.nan
        found.append(made)
    return found


def _decoded(raw: bytes) -> str:
    """Return a page as text: as UTF-8, else as it says itself, else as Windows-1252 or Latin-1."""
    named = _CHARSET.search(raw[:4000])
    for encoding in ("utf-8", named[1].decode() if named else "cp1252", "cp1252"):
        try:
            return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("latin-1")


def _numbers(ranges: str) -> set[int]:
    """Return the numbers of ranges such as 3-17,20."""
    pairs = [part.partition("-") for part in ranges.split(",")]
    return {n for first, _, last in pairs for n in range(int(first), int(last or first) + 1)}


def read_marked(folder: Path, marks: Path) -> list[Page]:
    """Read the pages of checkouts of which `marks` tells which lines are main text.

    Raises ValueError where a page is missing, or is cut into other lines than those that were marked.
    """
    found = []
    for row in map(json.loads, marks.read_text(encoding="utf-8").splitlines()):
        path = folder / row["page"]
        if not path.exists():
            message = f"no page {path}: check out the collections that README.md names, at the commits it names"
            raise ValueError(message)
        raw = path.read_bytes()
        html = _decoded(gzip.decompress(raw) if path.suffix == ".gz" else raw)
        texts = [line.text for line in choose.read_lines(page.parse(html))[0]]
        if hashlib.sha256("\n".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:16] != row["lines"]:
            message = (
                f"{row['page']}: its lines are not those that {marks.name} marks. Either the checkout is of another "
                "commit than README.md names, or the stage now cuts lines in another way: then mark the page anew"
            )
            raise ValueError(message)
        kept = _numbers(row["keep"])
        gold = "\n".join(text for i, text in enumerate(texts) if i in kept)
        found.append(_read(row["page"], row["kind"], fold_of(row["publisher"]), html, gold, None, "marked"))
    return found
