"""What trafilatura takes for the main text, laid over the lines of the page."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from copydesk_stages.extract.lines import BLOCK_TAGS, CELLS

_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
# Shorter lines ("Share") stand inside many a sentence; they count only where they are a line of the answer.
_MIN_INSIDE = 25
# Characters that may be searched for lines inside lines; on larger pages the runs of three words alone decide.
_MAX_SEARCH = 500_000_000
# trafilatura takes seconds and then minutes beyond these. Its time grows with the elements of a page, and with the
# square of the inline elements of one block and of the cells of one row. The most among 500 real pages are 8,486
# elements, and 246,966 as the sum of squares.
MAX_ELEMENTS = 30_000
MAX_SQUARES = 16_000_000
_OWN_COUNT = BLOCK_TAGS - {"td", "th"}
_BLOCKS = frozenset({"p", "head", "item", "quote", "code", "list", "table", "row", "lb", "div", "fw", "graphic"})


@dataclass(frozen=True, slots=True)
class Answer:
    """The lines that trafilatura gave: of the main text and of the comments below it."""

    body: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


def is_affordable(root: Any) -> bool:
    """Tell whether trafilatura answers in a time that a page may take, from how many elements stand where.

    >>> from copydesk_stages.extract.page import parse
    >>> short, long = ("<p>" + "<b>w</b> " * count + "</p>" for count in (40, 4001))
    >>> is_affordable(parse(short)), is_affordable(parse(long)), is_affordable(parse(short * 101))
    (True, False, True)
    """
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  # a compiled module

    if root.xpath("count(//*)") > MAX_ELEMENTS:
        return False
    squares, counts = 0, [0]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag not in _OWN_COUNT:
            counts[-1] += event == "start"
        elif event == "start":
            counts.append(0)
        else:
            squares += counts.pop() ** 2
    return squares + counts[0] ** 2 <= MAX_SQUARES


def ask(root: Any) -> Answer:
    """Return trafilatura's answer for a parsed page, empty where it finds nothing or fails. The tree stays as it is."""
    from trafilatura import bare_extraction

    log = logging.getLogger("trafilatura")
    level = log.level
    log.setLevel(logging.CRITICAL)  # what it says of a page that it cannot read is said by a tag here
    try:
        found = bare_extraction(root, fast=True)
    except Exception:  # noqa: BLE001  # whatever goes wrong inside, the page has another reader
        return Answer()
    finally:
        log.setLevel(level)
    if found is None or isinstance(found, dict):
        return Answer()
    return Answer(tuple(_lines(found.body)), tuple(_lines(found.commentsbody)))


def _lines(body: Any) -> Iterable[str]:
    """Yield the text of the answer by lines, the way that the page was cut into lines."""
    if body is None:
        return
    pieces: list[str] = []
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  # a compiled module

    for event, element in etree.iterwalk(body, events=("start", "end")):
        if event == "start":
            if element.tag in _BLOCKS:
                yield from _whole(pieces)
            elif element.tag == "cell" and "".join(pieces).strip():
                pieces.append(CELLS)
            if element.text:
                pieces.append(element.text)
        else:
            if element.tag in _BLOCKS:
                yield from _whole(pieces)
            if element.tail and element is not body:
                pieces.append(element.tail)
    yield from _whole(pieces)


def _whole(pieces: list[str]) -> Iterable[str]:
    text = _SPACE.sub(" ", "".join(pieces)).strip()
    pieces.clear()
    if text:
        yield text


def cover(texts: Sequence[str], answer: Sequence[str]) -> list[float]:
    """Return for each line which share of it the answer holds, 0 to 1.

    A line counts whole where it is a line of the answer or, unless it is short, part of one. Else its runs of three
    words are counted.
    """
    if not answer:
        return [0.0] * len(texts)
    whole = {_key(cell) for line in answer for cell in (line, *line.split(CELLS))}
    joined = "\n".join(_key(line) for line in answer)
    inside = len(joined) * len(texts) <= _MAX_SEARCH
    runs: set[tuple[str, ...]] | None = None
    shares = []
    for text in texts:
        key = _key(text)
        if key in whole or (inside and len(key) >= _MIN_INSIDE and key in joined):
            shares.append(1.0)
            continue
        words = _WORD.findall(key)
        if len(words) < 3:
            shares.append(0.0)
            continue
        if runs is None:
            spoken = [_WORD.findall(line) for line in joined.split("\n")]
            runs = {tuple(line[i : i + 3]) for line in spoken for i in range(len(line) - 2)}
        held = sum(tuple(words[i : i + 3]) in runs for i in range(len(words) - 2))
        shares.append(round(held / (len(words) - 2), 3))
    return shares


def _key(text: str) -> str:
    return " ".join(text.lower().split())
