"""Paragraphs that stand twice in one document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copydesk import Document, Drop, option


@dataclass(frozen=True, slots=True)
class Dedupe:
    r"""Drop every block that repeats an earlier one word for word.

    Scrapers that join a page's teaser with its article, and spinners, leave whole paragraphs standing twice. Blocks
    are compared with white space folded and nothing else, so a repeat in other words or another case stays. Short
    blocks stay as well: "Yes." and "* * *" are repeated on purpose, and so are the lines of a refrain.

    >>> import copydesk
    >>> chain = copydesk.Chain.of(Dedupe())
    >>> chain.run("The dam held through the night.\n\nYes.\n\nThe dam held through the night.\n\nYes.\n").text
    'The dam held through the night.\n\nYes.\n\nYes.\n'
    """

    min_chars: int = option(20, "Blocks with fewer characters are left alone: they repeat for a reason.", ge=1)

    def __call__(self, document: Document) -> Iterator[Drop]:
        """Yield a `Drop` with the rule `repeat` for each block that was there before."""
        first: dict[str, int] = {}
        for number, block in enumerate(document.blocks, start=1):
            key = " ".join(block.text.split())
            if len(key) < self.min_chars:
                continue
            seen = first.setdefault(key, number)
            if seen != number:
                yield Drop(block.id, rule="repeat", why=f"repeats paragraph {seen} word for word", score=1.0)
