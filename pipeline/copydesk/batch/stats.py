"""Counts over documents that add up to the same sums in whatever order and pieces they are added."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from copydesk.chain import Result

#: How many of the most changed and slowest documents a report names.
TOP = 20
#: Lists are cut to that once they have so many rows, since sorting for each document would cost more than the rest.
_SOME = 400


def of_document(name: str, result: Result, size: int, written: int, milliseconds: float) -> dict[str, Any]:
    """Return the counts of one document; zeros are left out."""
    stages: dict[str, Any] = {}
    removed = added = edits = 0
    for change in result.edits:
        stage = stages.setdefault(change.stage, {"documents": 1, "rules": {}})
        rule = stage["rules"].setdefault(change.rule, {"edits": 0, "removed": 0, "added": 0})
        rule["edits"] += 1
        edits += 1
        if change.kind in ("drop", "replace", "recast"):
            before = len((change.old or "").encode("utf-8", "surrogatepass"))
            after = len((change.new or "").encode("utf-8", "surrogatepass"))
            rule["removed"] += before
            rule["added"] += after
            removed += before
            added += after
    counts: dict[str, Any] = {
        "documents": 1,
        "bytes_in": size,
        "bytes_out": written,
        "languages": {result.language: 1},
        "slowest": [[round(milliseconds), name]],
    }
    if result.changed:
        counts["changed"] = 1
        counts["most_changed"] = [[removed + added, name]]
    if edits:
        counts |= {"edits": edits, "removed": removed, "added": added, "stages": stages}
    if result.record.decoding is not None:
        counts["encodings"] = {result.record.decoding.encoding: 1}
    if result.flags:
        flags: dict[str, int] = {}
        for flag in result.flags:
            flags[str(flag)] = flags.get(str(flag), 0) + 1
        counts["flags"] = flags
    return counts


def merge(into: dict[str, Any], counts: dict[str, Any]) -> None:
    """Add counts to others: numbers add up, tables are merged, lists keep at least their largest (see `settle`)."""
    for key, value in counts.items():
        if isinstance(value, dict):
            merge(into.setdefault(key, {}), value)
        elif isinstance(value, list):
            kept = into.setdefault(key, [])
            kept += value
            if len(kept) > _SOME:
                kept[:] = _largest(kept)
        else:
            into[key] = into.get(key, 0) + value


def settle(counts: dict[str, Any]) -> dict[str, Any]:
    """Leave the largest of each list, in order, and return the counts."""
    for key, value in counts.items():
        if isinstance(value, list):
            counts[key] = _largest(value)
    return counts


def _largest(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (-row[0], row[1]))[:TOP]


def total(many: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the sum of many counts.

    >>> one = {"documents": 1, "languages": {"en": 1}, "slowest": [[5, "a"]]}
    >>> total([one, {"documents": 1, "languages": {"de": 1}, "slowest": [[7, "b"]]}])
    {'documents': 2, 'languages': {'en': 1, 'de': 1}, 'slowest': [[7, 'b'], [5, 'a']]}
    """
    found: dict[str, Any] = {}
    for counts in many:
        merge(found, counts)
    return settle(found)
