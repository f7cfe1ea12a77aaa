"""The likely order of paragraphs that were shuffled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from copydesk import Block, Document, Edit, Move, SetTag, option
from copydesk_stages.reorder.gate import confidence
from copydesk_stages.reorder.model import Scores, weights
from copydesk_stages.reorder.reasons import reason
from copydesk_stages.reorder.resources import languages, load
from copydesk_stages.reorder.search import LIMIT, best_order
from copydesk_stages.reorder.structure import own_order, story

RULE = "suggested-order"


@dataclass(frozen=True, slots=True)
class Reorder:
    r"""Suggest or apply the likely order of a news story whose paragraphs were shuffled.

    Spinners and bad scrapers leave paragraphs in any order. This stage asks first whether a document is out of order
    at all, and only then looks for the order in which names are introduced before they are shortened, leads come
    first, and a paragraph follows the one that it takes up. In `suggest` it sets the tag `reorder` of the document to
    `{"order": [...], "confidence": 0.93, "reasons": [...]}`: which block, by its place in the document from 0, is to be
    read first, second and so on. In `apply` it moves as few blocks as it takes, each with its reason.

    It leaves alone: documents that look intact, short ones, lists, tickers, interviews, clauses, poems, headlines and
    tag lines (which keep their places), and every language that it has no words for, where it says so in the tag.

    >>> import copydesk
    >>> copydesk.Chain.of(Reorder()).run("One.\n\nTwo.\n").tags.get("reorder") is None
    True
    """

    mode: Literal["off", "suggest", "apply"] = option(
        "suggest", "`suggest` tags the document with the likely order, `apply` moves the blocks, `off` does nothing."
    )
    min_confidence: float = option(
        0.9,
        "How sure it has to be that a document is out of order; 0 orders every document, whatever it looks like.",
        ge=0.0,
        le=1.0,
    )
    min_paragraphs: int = option(9, "Documents with fewer paragraphs show too little and are left alone.", ge=3)

    after: ClassVar[tuple[str, ...]] = ("markers", "boilerplate", "dedupe", "language")

    def __call__(self, document: Document) -> Iterator[Edit]:
        """Yield a `SetTag` with the suggested order, or the `Move`s to it."""
        if self.mode == "off":
            return
        forced = self.min_confidence == 0
        blocks = document.blocks
        if len(blocks) < self.min_paragraphs and not forced:
            return
        found = story(blocks)
        body = found.body
        if len(body) > LIMIT or len(body) < (3 if forced else self.min_paragraphs):
            return
        code = document.language.split("-")[0].lower()
        if code not in languages():
            why = f"no words for the language '{document.language}', so its order was not judged"
            yield SetTag("reorder", {"abstains": why}, rule="abstains", why=why)
            return
        texts = [block.text for block in body]
        if not forced and own_order(texts):
            return
        scores = Scores(texts, load(code), weights())
        sure = confidence(scores)
        if sure < round(self.min_confidence, 3):
            return
        order = best_order(scores.pairs(), scores.links(), scores.firsts(), scores.lasts())
        if order == list(range(len(order))):
            return
        numbers = [found.head + 1 + i for i in range(len(body))]
        moving = _outside_longest_run(order)
        reasons = {i: reason(i, order, scores, numbers) for i in sorted(moving)}
        if self.mode == "apply":
            yield from _moves(blocks, found.head, order, reasons, sure)
            return
        places = [*range(found.head), *(found.head + i for i in order), *range(found.head + len(body), len(blocks))]
        said = [f"paragraph {numbers[i]} {reasons[i]}" for i in order if i in reasons]
        why = f"{len(moving)} of {len(blocks)} paragraphs look out of place"
        value = {"order": places, "confidence": sure, "reasons": said}
        yield SetTag("reorder", value, rule=RULE, why=why, score=sure)


def _outside_longest_run(order: Sequence[int]) -> set[int]:
    """Return what has to move: all outside a longest increasing subsequence of the order (Schensted 1961)."""
    length = [1] * len(order)
    came = [-1] * len(order)
    for i, one in enumerate(order):
        for j in range(i):
            if order[j] < one and length[j] + 1 > length[i]:
                length[i], came[i] = length[j] + 1, j
    at = length.index(max(length))
    kept = set()
    while at >= 0:
        kept.add(order[at])
        at = came[at]
    return set(order) - kept


def _moves(
    blocks: Sequence[Block], head: int, order: Sequence[int], reasons: dict[int, str], sure: float
) -> Iterator[Move]:
    """Yield the moves from the last place to the first, each to right before the block that follows it then."""
    behind = head + len(order)
    following = blocks[behind].id if behind < len(blocks) else None
    for i in reversed(order):
        block = blocks[head + i].id
        if i in reasons:
            yield Move(block, following, rule=RULE, why=reasons[i], score=sure)
        following = block
