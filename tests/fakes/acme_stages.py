"""Stages of a third party, for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from copydesk import Document, Drop, Edit, Move, NewBlock, Recast, Replace, SetTag, option


@dataclass(frozen=True, slots=True)
class Shout:
    """Put every block in capitals."""

    mark: str = option("!", "Put after each block.")
    times: int = option(1, "How often the mark is put.", ge=0, le=5)
    words: tuple[str, ...] = option((), "Only blocks that hold one of these.")

    def __call__(self, document: Document) -> Iterator[Edit]:
        for block in document.blocks:
            if not self.words or any(word in block.text for word in self.words):
                new = block.text.upper() + self.mark * self.times
                yield Replace(0, len(block.text), new, block.id, rule="shout", why="loud", score=1.0)


class Rotate:
    """Move the first block to the end, tag it, and join the next two."""

    def __call__(self, document: Document) -> Iterator[Edit]:
        ids = [block.id for block in document.blocks]
        if len(ids) > 1:
            yield Move(ids[0], None, rule="rotate", why="round and round", score=0.5)
            yield SetTag("moved", True, ids[0], rule="rotate", score=0.5)
        if len(ids) > 3:
            first, second = document.block(ids[1]).text, document.block(ids[2]).text
            yield Recast((ids[1], ids[2]), (NewBlock(first + second), "new"), rule="join", score=0.5)


class DropAll:
    """Drop every block, unsure."""

    def __call__(self, document: Document) -> Iterator[Edit]:
        for block in document.blocks:
            yield Drop(block.id, rule="drop-all", why="no reason", score=0.4)


class Raises:
    """Raise on every document."""

    def __call__(self, document: Document) -> Iterator[Edit]:
        raise RuntimeError("no paper in the printer")
        yield


class Clumsy:
    """Propose edits that cannot be applied together."""

    def __call__(self, document: Document) -> Iterator[Edit]:
        for block in document.blocks[:1]:
            yield Drop(block.id, rule="one")
            yield Replace(0, 1, "x", block.id, rule="other")


class Early:
    """Take HTML, give text."""

    takes: ClassVar[str] = "html"
    gives: ClassVar[str] = "text"

    def __call__(self, document: Document) -> Iterator[Edit]:
        return iter(())


class Late:
    """Want the stage `shout` before it."""

    after: ClassVar[tuple[str, ...]] = ("shout",)

    def __call__(self, document: Document) -> Iterator[Edit]:
        return iter(())
