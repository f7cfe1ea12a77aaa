"""What in a document may move: a headline and a tag line stay, and some kinds of text have an order of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from copydesk import Block

_ENDS = frozenset(".!?…:;\"”“»«'’‘)]。")
#: Newest first is right in a live ticker, so nothing is moved where lines open with a time of day.
_TIME = re.compile(r"\W{0,2}(?:[01]?\d|2[0-3])[:.h][0-5]\d\b")
_ITEM = re.compile(r"\s*(?:[-*•·–‣▪◦]\s|\(?\d{1,3}[.)]\s|\(?[a-z][.)]\s|#\s?\d+\b)")
_CLAUSE = re.compile(
    r"\s*(?:§|art(?:icle|ikel|ículo|icolo|igo|\.)\s*\d|section\s+\d|abs(?:atz|\.)\s*\d|\d+(?:\.\d+)+\s|\(\d+\)\s)",
    re.IGNORECASE,
)
#: "Anna:", "[10:02] anna:", "<anna>", "DR. WEISS:"; not "The expert said:".
_SPEAKER = re.compile(
    r"\s*(?:\[[^\]]{1,20}\]\s*)?(?:<[^>\s]{1,24}>|@?[^\W\d_][\w.-]*(?: [^\W\d_a-zß-öø-ÿ][\w.-]*){0,2}:)\s"
)
#: "NEW YORK (Agency) -", "PORT ALDER, May 3 —", "Kiel (ap) -", "(Agency) —": a story opens so, and nothing else does.
_DATELINE = re.compile(
    r"\s*(?:[^\W\d_a-zß-öø-ÿ]{3,}(?:[ ,]+(?:[^\W\d_a-zß-öø-ÿ][\w.]*|\d{1,4}))*\s*(?:\([^)\d]{2,30}\)\s*)?"
    r"(?:[—–]|--?\s)"
    r"|[^\W\d_a-zß-öø-ÿ][^.!?;\"“(]{1,30}\([^)\d]{2,30}\)\s*(?:[—–]|--?\s)"
    r"|\((?:[^\W\d_]|/){2,20}\)\s*(?:[—–]|--?\s))"
)
#: A paragraph with fewer words is but a line.
_SHORT = 8
#: A headline has at most so many words.
_HEADLINE_WORDS = 25
#: Closing lines that may be anchored: a tag line, a byline, an agency's name.
_MAX_ANCHORS = 3


@dataclass(frozen=True, slots=True)
class Story:
    """The blocks that may move, between those that stay: `head` of them in front, `tail` behind."""

    head: int
    body: tuple[Block, ...]
    tail: int


def story(blocks: Sequence[Block]) -> Story:
    """Return what of a document may move.

    An unfinished line at the very start is its headline, unfinished lines at the end are tag lines or bylines, and so
    is a block with the tag `marker`.

    >>> found = story([Block(0, "Dam holds"), Block(1, "The dam held."), Block(2, "It rained."), Block(3, "Reuters")])
    >>> found.head, [block.id for block in found.body], found.tail
    (1, [1, 2], 1)
    """
    head = 0
    while head < min(2, len(blocks)) and is_line(blocks[head].text):
        head += 1
    tail = 0
    while tail < _MAX_ANCHORS and tail < len(blocks) - head and _anchored(blocks[len(blocks) - 1 - tail]):
        tail += 1
    return Story(head, tuple(blocks[head : len(blocks) - tail]), tail)


def is_line(text: str) -> bool:
    """Whether a block is a headline or label rather than a paragraph: short, and no sentence's end.

    >>> is_line("Dam holds"), is_line("The dam held.")
    (True, False)
    """
    return text.rstrip()[-1:] not in _ENDS and len(text.split()) <= _HEADLINE_WORDS


def _anchored(block: Block) -> bool:
    return "marker" in block.tags or (is_line(block.text) and len(block.text.split()) <= _HEADLINE_WORDS // 2)


def units(texts: Sequence[str]) -> list[list[int]]:
    """Return which paragraphs move together: a heading, a question or a line that ends in a colon, and what follows.

    >>> units(["The dam held.", "What next?", "Repairs begin.", "A heading", "It rained."])
    [[0], [1, 2], [3, 4]]
    """
    found: list[list[int]] = []
    holding = False
    for index, text in enumerate(texts):
        if holding:
            found[-1].append(index)
        else:
            found.append([index])
        end = text.rstrip()[-1:]
        holding = is_line(text) or end == ":" or (end == "?" and len(text.split()) <= _HEADLINE_WORDS)
    return found


def has_dateline(text: str) -> bool:
    """Whether a paragraph opens with a dateline.

    >>> has_dateline("Kiel (ap) - Der Damm hält."), has_dateline("The dam (new) held.")
    (True, False)
    """
    return bool(_DATELINE.match(text))


def stray_lead(texts: Sequence[str]) -> int:
    """Return the place of the one paragraph that opens with a dateline where it stands too far down, else 0.

    A second place is left alone: a summary often stands before the dateline.

    >>> stray_lead(["It rained.", "The dam held.", "PORT ALDER (Coastline Press) - A dam held on Tuesday."])
    2
    """
    found = [index for index, text in enumerate(texts) if has_dateline(text)]
    return found[0] if len(found) == 1 and found[0] > 1 else 0


def own_order(texts: Sequence[str]) -> str:
    """Return why these paragraphs have an order of their own that no story's order may replace, or "".

    >>> own_order(["10:45 The gates open.", "10:30 A first boat.", "09:50 Fog."])
    'a ticker: its paragraphs open with a time of day'
    """
    n = len(texts)
    few = max(2, n // 5)
    checks: tuple[tuple[Callable[[str], object], float, str], ...] = (
        (_TIME.match, few, "a ticker: its paragraphs open with a time of day"),
        (_CLAUSE.match, few, "numbered clauses"),
        (_DATELINE.match, 3, "a round-up: several paragraphs open with a dateline"),
        (_ITEM.match, few, "a list: its paragraphs open with numbers or bullets"),
        (_SPEAKER.match, max(3, n // 3), "speakers take turns"),
        (lambda text: text.rstrip().endswith("?"), max(2, n // 4), "questions and answers"),
        (is_line, max(3, n // 2), "lines and headings rather than paragraphs"),
        (lambda text: len(text.split(None, _SHORT)) < _SHORT, max(3, n // 2), "short lines rather than paragraphs"),
    )
    for check, limit, why in checks:
        if sum(1 for text in texts if check(text)) >= limit:
            return why
    return ""
