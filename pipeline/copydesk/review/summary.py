"""Everything that the report of a run shows, added up from its records in one pass."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from copydesk.edits import Change
from copydesk.record import Record

#: How many of the riskiest changes are kept.
RISKIEST = 2000
#: A document of which more than this went with changes that count as removal is nearly emptied.
NEARLY_ALL = 0.8
#: Upper ends of the ranges that shares removed are counted in.
RANGES = (0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, NEARLY_ALL, 1.0)
_SHOWN = 2000


@dataclass(slots=True)
class RuleCount:
    """What one rule of one stage did: changes, characters that went and did not come back, by language."""

    changes: int = 0
    removed: int = 0
    languages: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Summary:
    """Counts over the documents of a run; `riskiest` holds (risk, row) and is in no order until `risky()`."""

    documents: int = 0
    changed: int = 0
    rules: dict[tuple[str, str], RuleCount] = field(default_factory=lambda: defaultdict(RuleCount))
    languages: Counter[str] = field(default_factory=Counter)
    encodings: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    chains: Counter[str] = field(default_factory=Counter)
    shares: Counter[float] = field(default_factory=Counter)
    nearly_emptied: list[tuple[float, str]] = field(default_factory=list)
    riskiest: list[tuple[float, int, dict[str, Any]]] = field(default_factory=list)

    def add(self, record: Record) -> None:
        """Count one document."""
        self.documents += 1
        self.changed += bool(record.texts())
        language = str(record.tags.get("language", "und"))
        self.languages[language] += 1
        self.encodings[record.decoding.encoding if record.decoding else "given as text"] += 1
        self.flags.update(str(flag) for flag in record.flags)
        self.chains[record.chain] += 1
        removed = 0
        for change in record.changes:
            count = self.rules[change.stage, change.rule]
            count.changes += 1
            size = removed_by(change)
            count.removed += size
            if size:
                count.languages[language] += size
            if change.kind in ("drop", "replace"):  # a recast puts the text in other blocks, or takes mark-up away
                removed += size
        share = min(1.0, removed / max(1, size_after(record) + removed))
        self.shares[next(end for end in RANGES if round(share, 6) <= end)] += 1
        if share > NEARLY_ALL:
            self.nearly_emptied.append((share, record.document or ""))
        for change in record.changes:
            self._weigh(change, record.document or "", share)

    def _weigh(self, change: Change, document: str, share: float) -> None:
        size = removed_by(change)
        if not size or change.kind not in ("drop", "replace"):
            return
        risk = round(risk_of(size, change.score, share), 3)
        if len(self.riskiest) >= RISKIEST and risk <= self.riskiest[0][0]:
            return
        row = {
            "stage": change.stage,
            "rule": change.rule,
            "why": change.why,
            "score": change.score,
            "document": document,
            "characters": size,
            "share": round(share, 4),
            "text": (change.old or "")[:_SHOWN],
        }
        item = (risk, -self.documents, row)
        if len(self.riskiest) < RISKIEST:
            heapq.heappush(self.riskiest, _ordered(item))
        else:
            heapq.heapreplace(self.riskiest, _ordered(item))

    def risky(self) -> list[dict[str, Any]]:
        """Return the riskiest changes, the worst first."""
        return [row for _, _, row in sorted(self.riskiest, key=lambda item: item[:2], reverse=True)]

    @property
    def removed(self) -> int:
        """Characters that went and did not come back."""
        return sum(count.removed for count in self.rules.values())


class _Row(dict[str, Any]):
    """A row that a heap can hold: where risk and document are the same, either may come first."""

    def __lt__(self, other: object) -> bool:
        return False


def _ordered(item: tuple[float, int, dict[str, Any]]) -> tuple[float, int, dict[str, Any]]:
    return item[0], item[1], _Row(item[2])


def removed_by(change: Change) -> int:
    """Return how many characters fewer there are after a change."""
    if change.kind not in ("drop", "replace", "recast"):
        return 0
    return max(0, len(change.old or "") - len(change.new or ""))


def risk_of(size: int, score: float | None, share: float) -> float:
    """Return what to look at first: much text cut by a rule that was not sure, from a document that lost much.

    A rule that states no score counts as half sure.

    >>> risk_of(400, 0.5, 0.1) > risk_of(400, 1.0, 0.1) > risk_of(20, 0.5, 0.1)
    True
    """
    return size * (1.5 - (0.5 if score is None else score)) * (1 + share)


def size_after(record: Record) -> int:
    """Return the characters of the output; where no step spoke of blocks, those up to the last change."""
    if record.split is None:
        return max((change.after[1] for change in record.texts()), default=0)
    return record.lead + record.trail + sum(length + separator for _, length, separator in record.blocks)


def summarised(records: Iterable[Record]) -> Summary:
    """Return the summary of these records."""
    summary = Summary()
    for record in records:
        summary.add(record)
    return summary
