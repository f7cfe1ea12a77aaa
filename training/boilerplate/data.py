"""Read the labelled lines, and make further documents of them without ever mixing two folds of publishers."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

#: Kept whole: the sources are judged by themselves.
SOURCES = ("contaminated", "html", "segments", "wcxb", "wcxb-contaminated")
#: How much one line of a source counts, by the model that learns from it. WCXB is large and its labels are noisier.
WEIGHTS = {
    "article": {"contaminated": 1.4, "contaminated-alone": 0.7, "mixed": 0.7, "mixed-alone": 0.3, "clean": 1.0,
                "html": 0.15, "segments": 0.3, "wcxb": 0.0, "wcxb-contaminated": 0.3},
    "page": {"html": 1.0, "segments": 1.0, "wcxb": 0.3, "grafted": 0.35},
}  # fmt: skip
FOLDS = (0, 1, 2, 3)
#: A line around the article that is not judged teaches something unless this share of its runs of words is in the body.
KNOWN_LEAST, KNOWN_MOST = 0.3, 0.7
#: Sources whose gold texts leave out little of the article; a line of so many characters is no sub-heading.
COMPLETE = ("html", "grafted")
NO_HEADING = 60


@dataclass(frozen=True, slots=True)
class Page:
    """A document with its labels: 1 article, 0 boilerplate, None not judged."""

    id: str
    source: str
    publisher: str
    lang: str
    fold: int
    lines: list[str]
    labels: list[int | None]
    kinds: list[str | None] = field(default_factory=list)
    body: str = ""
    #: Text, label and kind of the lines that an earlier stage took.
    gone: list[tuple[str, int | None, str | None]] = field(default_factory=list)


def read(folder: Path, source: str) -> list[Page]:
    """Return the documents of one source in the order of the file."""
    pages = []
    with gzip.open(folder / f"{source}.dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            kinds = row.get("kinds") or [None] * len(row["lines"])
            pages.append(
                Page(row["id"], source, row["publisher"], row["lang"] or "und", row["fold"], row["lines"],
                     row["labels"], kinds, row.get("body", ""))
            )  # fmt: skip
    return pages


def _noise(pages: list[Page], longest: int) -> dict[tuple[int, str, str], list[tuple[str, list[str]]]]:
    """Return by fold, language and kind, for each publisher, its distinct boilerplate lines."""
    found: dict[tuple[int, str, str], dict[str, dict[str, None]]] = {}
    for page in pages:
        for line, label, kind in zip(page.lines, page.labels, page.kinds, strict=True):
            if label == 0 and kind and len(line) <= longest:
                by_publisher = found.setdefault((page.fold, page.lang, kind), {})
                by_publisher.setdefault(page.publisher, {})[line] = None
    return {key: [(name, list(lines)) for name, lines in value.items()] for key, value in found.items()}


def mixed(articles: list[Page], pages: list[Page], copies: int, seed: int = 7) -> Iterator[Page]:
    """Yield articles with short boilerplate lines of the same fold put between their paragraphs.

    In all copies but the first lines beside the article itself take part, which share its topic: a model that learned
    from strangers' headlines alone would think that boilerplate never speaks of the article's subject.
    """
    noise = _noise(pages, 110)
    own = {
        page.id: [
            line for line, kind in zip(page.lines, page.kinds, strict=True) if kind == "inner" and len(line) <= 110
        ]
        for page in pages
    }
    for copy in range(copies):
        for article in articles:
            chance = random.Random(f"{seed}/{copy}/{article.id}")
            clean = [line for line, label in zip(article.lines, article.labels, strict=True) if label == 1]
            mine = own.get(article.id, []) if copy else []
            rate = chance.choice((0.08, 0.15, 0.15, 0.25))
            lines: list[str] = []
            labels: list[int | None] = []
            kinds: list[str | None] = []
            for place in range(len(clean) + 1):
                while chance.random() < rate / (1 + rate):
                    picked, kind = _draw(chance, noise, article, mine)
                    if picked is not None:
                        lines.append(picked)
                        labels.append(0)
                        kinds.append(kind)
                if place < len(clean):
                    lines.append(clean[place])
                    labels.append(1)
                    kinds.append(None)
            yield Page(
                f"{article.id}+{copy}", "mixed", article.publisher, article.lang, article.fold, lines, labels, kinds
            )


def _draw(chance: random.Random, noise: dict[tuple[int, str, str], list[tuple[str, list[str]]]], article: Page,
          mine: list[str]) -> tuple[str | None, str]:  # fmt: skip
    if mine and chance.random() < 0.4:
        return chance.choice(mine), "own"
    kind = "inner" if chance.random() < 0.68 else "outer"
    choices = noise.get((article.fold, article.lang, kind), [])
    if len(choices) < 4:
        choices = noise.get((article.fold, "en", kind), [])
    others = [lines for name, lines in choices if name != article.publisher]
    return (chance.choice(chance.choice(others)) if others else None), kind


def _span(page: Page) -> tuple[int, int]:
    """Return where the article begins, and where it ends, the end not counted."""
    article = [number for number, label in enumerate(page.labels) if label == 1]
    return article[0], article[-1] + 1


def _part(page: Page, start: int, end: int) -> tuple[list[str], list[int | None], list[str | None]]:
    return page.lines[start:end], page.labels[start:end], page.kinds[start:end]


def grafted(pages: list[Page], copies: int, seed: int = 1) -> Iterator[Page]:
    """Yield pages with the article of one publisher and what stands before and after it at another of the same fold.

    There are few pages, and what stands around an article (teasers, comments, menus) says little of how long it is or
    what it is of: crossed, they teach that. In every second copy the article ends early, since long comments below a
    short article are what is told apart worst.
    """
    by_place: dict[tuple[int, str], list[Page]] = {}
    for page in pages:
        if 1 in page.labels:
            by_place.setdefault((page.fold, page.lang), []).append(page)
    for copy in range(copies):
        for page in pages:
            if 1 not in page.labels:
                continue
            chance = random.Random(f"{seed}/{copy}/{page.id}")
            frames = [one for one in by_place[page.fold, page.lang] if one.publisher != page.publisher]
            if len(frames) < 3:
                frames = [one for one in by_place.get((page.fold, "en"), []) if one.publisher != page.publisher]
            if not frames:
                continue
            frame = chance.choice(frames)
            start, end = _span(page)
            if copy % 2 and end - start > 3:
                end = start + max(2, int((end - start) * chance.uniform(0.15, 0.7)))
            above, below = _span(frame)
            parts = _part(frame, 0, above), _part(page, start, end), _part(frame, below, len(frame.lines))
            lines = [line for part in parts for line in part[0]]
            labels = [label for part in parts for label in part[1]]
            kinds = [kind for part in parts for kind in part[2]]
            yield Page(
                f"{page.id}*{copy}", "grafted", page.publisher, page.lang, page.fold, lines, labels, kinds, page.body
            )


def clean(articles: list[Page]) -> Iterator[Page]:
    """Yield articles without any boilerplate: the commonest case, in which nothing may go."""
    for article in articles:
        lines = [line for line, label in zip(article.lines, article.labels, strict=True) if label == 1]
        if len(lines) > 2:
            labels: list[int | None] = [1] * len(lines)
            yield Page(
                f"{article.id}=",
                "clean",
                article.publisher,
                article.lang,
                article.fold,
                lines,
                labels,
                [None] * len(lines),
            )


_WORD = re.compile(r"\w+")
_RUN = 4


def taught(page: Page) -> list[int | None]:
    """Return what the lines of a whole page teach: its labels, and boilerplate for some lines that are not judged.

    Before and after the article such a line is a teaser, a headline in a list or the article's own words once more,
    unless some but not most of its runs of four words stand in the body. Within the article it is a caption, a related
    headline or a notice if the body knows nothing of it and it is too long for a sub-heading; several sentences one
    below the other are a list that the gold text leaves out, and teach nothing. WCXB's texts leave out more than that.
    """
    article = [number for number, label in enumerate(page.labels) if label == 1]
    if not page.body or not article:
        return page.labels
    body = set(_runs(page.body))
    shares = [
        sum(run in body for run in runs) / len(runs) if label is None and (runs := _runs(line)) else None
        for line, label in zip(page.lines, page.labels, strict=True)
    ]
    labels = list(page.labels)
    unknown = {number for number, share in enumerate(shares) if share is not None and share < KNOWN_LEAST}
    for number, share in enumerate(shares):
        if share is None:
            continue
        if not article[0] <= number <= article[-1]:
            teaches = not KNOWN_LEAST <= share <= KNOWN_MOST
        else:
            line = page.lines[number].strip()
            listed = line.endswith((".", "。")) and bool({number - 1, number + 1} & unknown)
            teaches = page.source in COMPLETE and number in unknown and len(line) >= NO_HEADING and not listed
        if teaches:
            labels[number] = 0
    return labels


def _runs(text: str) -> list[tuple[str, ...]]:
    words = _WORD.findall(text.lower().replace("\u00ad", ""))
    return [tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)]
