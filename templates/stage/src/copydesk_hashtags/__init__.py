"""A stage for copydesk: drops lines that are nothing but hashtags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from copydesk import Document, Drop, option

_HASHTAG = re.compile(r"#\w+")


@dataclass(frozen=True, slots=True)
class Hashtags:
    r"""Drop every block that is nothing but hashtags.

    Posts that were copied out of a feed end in lines such as "#harbour #bridge #news". A hashtag inside a sentence is
    part of the sentence and stays, and so does a line with more tags than any person types: that is a list, and a list
    may be the content.

    >>> import copydesk
    >>> chain = copydesk.Chain.of(Hashtags(), max_removed=0.5)
    >>> chain.run("The bridge is open again.\n\n#harbour #bridge\n").text
    'The bridge is open again.\n'
    """

    max_tags: int = option(30, "Lines with more hashtags than this are left alone.", ge=1)

    def __call__(self, document: Document) -> Iterator[Drop]:
        """Yield a `Drop` with the rule `hashtag-line` for each such block."""
        for block in document.blocks:
            words = block.text.split()
            if len(words) <= self.max_tags and all(map(_HASHTAG.fullmatch, words)):
                yield Drop(block.id, rule="hashtag-line", why="a line of nothing but hashtags", score=0.9)
