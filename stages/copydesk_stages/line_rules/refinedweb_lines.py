"""The line rules of RefinedWeb."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from copydesk import Block, Document, Drop, Replace, SetTag, option
from copydesk_stages.line_rules.verdict import ACTION_DOC, verdict

_WORD = re.compile(r"\w+")
_COUNTER = re.compile(
    r"[\d.,]+\s*[km]?\s*(?:likes?|shares?|comments?|retweets?|reposts?|quotes?|bookmarks?|upvotes?|downvotes?|downloads?"
    r"|views?|followers?|replies|reply|votes?|reactions?|answers?|ratings?|reviews?)",
    re.IGNORECASE,
)
_START = re.compile(r"(?:sign[ -]?in|sign[ -]?up|log[ -]?in|skip to (?:main )?content)\b[\s:|>»·-]*", re.IGNORECASE)
_END = re.compile(
    r"[\s|>»·(\[-]*\b(?:read more|see more|show more|continue reading|view more)\b[\s.…>»)\]]*$", re.IGNORECASE
)
_ANYWHERE = re.compile(r"\b(?:\d+\s+)?items? in (?:your )?cart\b[:\s]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RefinedWebLines:
    r"""Drop or mend lines as RefinedWeb does: capitals, numbers, counters, single words, short lines with a button.

    Penedo et al., "The RefinedWeb Dataset for Falcon LLM", 2023, appendix G.2. A line goes if it is mainly in capitals
    (`capitals`), only a number (`number`), a counter such as "3 likes" (`counter`) or a single word (`one-word`). In a
    line of at most ten words a phrase at its beginning ("sign in"), at its end ("read more ...") or anywhere in it
    ("items in cart") is cut out (`button`). A document in which the words of the lines so flagged are more than 5 % of
    all fails (`flagged-words`). The paper gives examples of phrases and no list, and no number for "mainly": the
    phrases here are those examples with their nearest kin, and mainly is more than half of the letters.

    Made for English. Its edits state no score, so a chain's `max_removed` bounds them.

    >>> import copydesk
    >>> chain = copydesk.Chain.of(RefinedWebLines(), max_removed=1)
    >>> chain.run("Share\n3 likes\nThe dam held, and nobody was hurt. Read more...\n").text
    'The dam held, and nobody was hurt.\n'
    """

    max_words: int = option(10, "Phrases are cut out of lines of at most so many words.", ge=1)
    max_flagged: float = option(0.05, "A document with a larger share of its words in flagged lines fails.", ge=0, le=1)
    action: Literal["tag", "drop"] = option("tag", ACTION_DOC)

    def __call__(self, document: Document) -> Iterator[Drop | Replace | SetTag]:
        """Yield a `Drop` or a `Replace` for each flagged line, and the verdict on the whole."""
        edits: list[Drop | Replace] = []
        flagged = total = 0
        for block in document.blocks:
            count = len(_WORD.findall(block.text))
            total += count
            edit = self._edit(block, count)
            if edit is not None:
                flagged += count
                edits.append(edit)
        failed = []
        if total and round(flagged / total, 3) > self.max_flagged:
            share = f"{flagged / total:.0%}"
            failed.append(("flagged-words", f"{share} of the words stand in flagged lines, {self.max_flagged:.0%} may"))
        if not failed or self.action == "tag":
            yield from edits
        yield from verdict(document, "refinedweb-lines", failed, self.action)

    def _edit(self, block: Block, count: int) -> Drop | Replace | None:
        text = block.text.strip()
        letters = [char for char in text if char.isalpha()]
        if sum(map(str.isupper, letters)) * 2 > len(letters):
            return Drop(block.id, rule="capitals", why="is mainly in capitals")
        if text and not letters and any(map(str.isdigit, text)):
            return Drop(block.id, rule="number", why="is only a number")
        if _COUNTER.fullmatch(text):
            return Drop(block.id, rule="counter", why="only counts something, as a share bar does")
        if count <= 1:
            return Drop(block.id, rule="one-word", why="is a single word")
        if count > self.max_words:
            return None
        start = len(block.text) - len(block.text.lstrip())
        for found in (_START.match(block.text, start), _END.search(block.text), _ANYWHERE.search(block.text)):
            if found is not None:
                if not (block.text[: found.start()] + block.text[found.end() :]).strip():
                    return Drop(block.id, rule="button", why="is nothing but the label of a button")
                return Replace(found.start(), found.end(), "", block.id, rule="button", why="the label of a button")
        return None
