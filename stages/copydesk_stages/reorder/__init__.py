"""The likely order of paragraphs that were shuffled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from copydesk import Block, Document, Edit, Move, SetTag, option
from copydesk_stages.reorder.model import weights
from copydesk_stages.reorder.plan import FEWEST, decide
from copydesk_stages.reorder.reasons import reason
from copydesk_stages.reorder.resources import languages, load
from copydesk_stages.reorder.search import LIMIT
from copydesk_stages.reorder.structure import story


@dataclass(frozen=True, slots=True)
class Reorder:
    r"""Suggest or apply the likely order of a news story whose paragraphs were shuffled.

    Spinners and bad scrapers leave paragraphs in any order. This stage asks first whether a document is out of order
    at all, and only then looks for the order in which names are introduced before they are shortened, leads come
    first, and a paragraph follows the one that it takes up. In `suggest` it sets the tag `reorder` of the document to
    `{"order": [...], "confidence": 0.93, "reasons": [...]}`: which block, by its place in the document from 0, is to be
    read first, second and so on. In `apply` it moves as few blocks as it takes, each with its reason.

    It leaves alone: documents that look intact, short ones (but for a lead that stands far down), texts in which hardly
    anybody reports anything, lists, tickers, interviews, clauses, poems, headlines and tag lines (which keep their
    places), and every language that it has no words for, where it says so in the tag.

    >>> import copydesk
    >>> story = [
    ...     "Nobody was hurt, according to the rescue service of the valley.",
    ...     "The mayor thanked the helpers and promised them new boats.",
    ...     "PORT ALDER (Coastline Press) - A dam above the town broke on Monday.",
    ...     "Repairs are to begin before the first frost, the mayor said.",
    ...     "The dam was built in 1961 and had never been inspected since.",
    ... ]
    >>> given = copydesk.Document.from_blocks(story, tags={"language": "en"})
    >>> copydesk.Chain.of(Reorder()).run(given).tags["reorder"]["order"]
    [2, 0, 1, 3, 4]
    >>> result = copydesk.Chain.of(Reorder(mode="apply")).run(given)
    >>> [(edit.rule, edit.why) for edit in result.edits]
    [('stray-lead', 'opens with the dateline')]
    """

    mode: Literal["off", "suggest", "apply"] = option(
        "suggest", "`suggest` tags the document with the likely order, `apply` moves the blocks, `off` does nothing."
    )
    min_confidence: float = option(
        0.7,
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
        blocks = document.blocks
        found = story(blocks)
        texts = [block.text for block in found.body]
        numbers = range(found.head + 1, len(blocks) + 1)
        code = document.language.split("-")[0].lower()
        forced = self.min_confidence == 0
        if len(texts) > LIMIT or len(texts) < (3 if forced else FEWEST):
            return
        if code not in languages():
            if len(texts) >= self.min_paragraphs:
                why = f"the language '{document.language}' is not one whose words this stage knows; order not judged"
                yield SetTag("reorder", {"abstains": why}, rule="abstains", why=why)
            return
        least = round(self.min_confidence, 3)
        made = decide(texts, load(code), weights(), least=least, fewest=self.min_paragraphs, forced=forced)
        if made is None:
            return
        names = [numbers[unit[-1]] for unit in made.view.together]
        reasons = {
            index: reason(unit, made.order, made.view.scores, names)
            for unit in sorted(_outside_longest_run(made.order))
            for index in made.view.together[unit]
        }
        yield from self._say(blocks, found.head, made.paragraphs, reasons, made.rule, made.sure)

    def _say(
        self, blocks: Sequence[Block], head: int, order: Sequence[int], reasons: dict[int, str], rule: str, sure: float
    ) -> Iterator[Edit]:
        """Yield the moves, or the tag that suggests them."""
        if not reasons:
            return
        behind = head + len(order)
        if self.mode == "apply":
            following = blocks[behind].id if behind < len(blocks) else None
            # From the last place to the first, each goes to right before the block that follows it then.
            for index in reversed(order):
                block = blocks[head + index].id
                if index in reasons:
                    yield Move(block, following, rule=rule, why=reasons[index], score=sure)
                following = block
            return
        places = [*range(head), *(head + index for index in order), *range(behind, len(blocks))]
        said = [f"paragraph {head + 1 + index} {reasons[index]}" for index in order if index in reasons]
        why = f"{len(reasons)} of {len(blocks)} paragraphs look out of place"
        value = {"order": places, "confidence": sure, "reasons": said}
        yield SetTag("reorder", value, rule=rule, why=why, score=sure)


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
