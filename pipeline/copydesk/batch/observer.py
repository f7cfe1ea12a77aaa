"""Who watches a run."""

from __future__ import annotations


class Observer:
    """Is told how a run goes; this one does not listen."""

    def planning(self, files: int) -> None:
        """So many files were found."""

    def working(self, done: int, documents: int, failed: int, total: int, share: float) -> None:
        """So many inputs of `total` are done, with so many documents; `share` of all bytes."""

    def say(self, text: str) -> None:
        """Something that a person should read."""
