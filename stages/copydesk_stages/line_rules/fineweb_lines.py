"""The rules that FineWeb added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from copydesk import Document, Drop, SetTag, option
from copydesk_stages.line_rules.verdict import ACTION_DOC, lines_of, verdict

_ENDS = (
    ".", "!", "?", '"', "'", "…", "\u201d", "\u2019", ";", ":", "。", "！", "？", "；", "：", "」", "』", "।", "॥",
    "؟", "۔", "؛", "።", "՞", "։", "။", "។",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FineWebLines:
    r"""Judge a document by its lines, as FineWeb does: final punctuation, short lines, repeated lines.

    Penedo et al., "The FineWeb Datasets: Decanting the Web for the Finest Text Data at Scale", 2024, section 3.5. The
    rules are about whole documents, and a document fails where at most 12 % of its lines end with punctuation
    (`few-ends`), where at least 10 % of its characters stand in lines that were there before (`repeated-lines`), or
    where at least 67 % of its lines are shorter than 30 characters (`short-lines`).

    >>> import copydesk
    >>> copydesk.Chain.of(FineWebLines()).run("Home\nNews\nSport\nThe dam held through the night.\n").tags
    mappingproxy({'fineweb-lines': ['short-lines']})
    """

    min_ends: float = option(
        0.12, "A document fails with at most this share of lines that end with punctuation.", ge=0, le=1
    )
    max_repeated: float = option(0.1, "It fails with at least this share of characters in repeated lines.", ge=0, le=1)
    max_short: float = option(0.67, "It fails with at least this share of short lines.", ge=0, le=1)
    short: int = option(30, "A line with fewer characters is short.", ge=1)
    action: Literal["tag", "drop"] = option("tag", ACTION_DOC)

    def __call__(self, document: Document) -> Iterator[Drop | SetTag]:
        """Yield the verdict: a tag `fineweb-lines` with the rules that fail, or drops."""
        yield from verdict(document, "fineweb-lines", list(self._failed(document)), self.action)

    def _failed(self, document: Document) -> Iterator[tuple[str, str]]:
        lines = lines_of(document)
        if not lines:
            return
        ends = round(sum(line.endswith(_ENDS) for line in lines) / len(lines), 3)
        if ends <= self.min_ends:
            yield "few-ends", f"{ends:.0%} of the lines end with punctuation, more than {self.min_ends:.0%} should"
        seen: set[str] = set()
        repeated = 0
        for line in lines:
            if line in seen:
                repeated += len(line)
            seen.add(line)
        share = round(repeated / sum(map(len, lines)), 3)
        if share >= self.max_repeated:
            yield (
                "repeated-lines",
                f"{share:.0%} of the characters stand in repeated lines, less than {self.max_repeated:.0%} should",
            )
        share = round(sum(len(line) < self.short for line in lines) / len(lines), 3)
        if share >= self.max_short:
            yield "short-lines", f"{share:.0%} of the lines are shorter than {self.short} characters"
