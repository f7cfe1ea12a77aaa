"""Counts over documents that add up to the same sums in whatever order and pieces they are added."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from copydesk.chain import Result

#: How many of the most changed and slowest documents a report names.
TOP = 20
#: Lists are cut to that once they have so many rows, since sorting for each document would cost more than the rest.
_SOME = 400


def add(counts: dict[str, Any], name: str, result: Result, milliseconds: float) -> None:
    """Add one document to counts. It is called for every document, so it makes no table that is not kept."""
    get = counts.get
    counts["documents"] = get("documents", 0) + 1
    counts["bytes_in"] = get("bytes_in", 0) + result.bytes_in
    counts["bytes_out"] = get("bytes_out", 0) + result.bytes_out
    count(counts, "languages", result.language)
    _list(counts, "slowest", [round(milliseconds), name])
    if result.edits:
        moved = _add_edits(counts, result)
        if result.changed:
            counts["changed"] = get("changed", 0) + 1
            _list(counts, "most_changed", [moved, name])
    if result.record.decoding is not None:
        count(counts, "encodings", result.record.decoding.encoding)
    for flag in result.flags:
        count(counts, "flags", str(flag))


def _add_edits(counts: dict[str, Any], result: Result) -> int:
    """Add the edits of a document, and return how many bytes they took out and put in."""
    stages: dict[str, Any] = counts.setdefault("stages", {})
    all_removed = all_added = 0
    name: str | None = None
    rules: dict[str, dict[str, int]] = {}
    for change in result.edits:
        if change.stage != name:  # the edits of a stage stand together
            name = change.stage
            stage = stages.setdefault(name, {"documents": 0, "rules": {}})
            stage["documents"] += 1
            rules = stage["rules"]
        rule = rules.get(change.rule)
        if rule is None:
            rule = rules[change.rule] = {"edits": 0, "removed": 0, "added": 0}
        rule["edits"] += 1
        if change.old:
            removed = utf8_length(change.old)
            rule["removed"] += removed
            all_removed += removed
        if change.new:
            added = utf8_length(change.new)
            rule["added"] += added
            all_added += added
    for key, value in (("edits", len(result.edits)), ("removed", all_removed), ("added", all_added)):
        counts[key] = counts.get(key, 0) + value
    return all_removed + all_added


def count(counts: dict[str, Any], table: str, key: str) -> None:
    """Add one to a key of a table of counts."""
    rows = counts.setdefault(table, {})
    rows[key] = rows.get(key, 0) + 1


def _list(counts: dict[str, Any], name: str, row: list[Any]) -> None:
    rows = counts.setdefault(name, [])
    rows.append(row)
    if len(rows) > _SOME:
        rows[:] = _largest(rows)


def utf8_length(text: str) -> int:
    """Return how many bytes a text takes in UTF-8, lone surrogates included.

    >>> utf8_length("caf\u00e9")
    5
    """
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def merge(into: dict[str, Any], counts: dict[str, Any]) -> None:
    """Add counts to others: numbers add up, tables are merged, lists keep at least their largest (see `packed`)."""
    for key, value in counts.items():
        if key not in into:
            into[key] = value  # the caller has no further use for it
        elif isinstance(value, int):
            into[key] += value
        elif isinstance(value, dict):
            merge(into[key], value)
        else:
            kept = into[key]
            kept += value
            if len(kept) > _SOME:
                kept[:] = _largest(kept)


def packed(counts: dict[str, Any]) -> tuple[bytes, int, int]:
    """Return counts as JSON, how many documents and how many bytes they are for."""
    return json.dumps(_settle(counts)).encode(), counts.get("documents", 0), counts.get("bytes_in", 0)


def _settle(counts: dict[str, Any]) -> dict[str, Any]:
    """Leave the largest of each list, in order, and return the counts."""
    for key, value in counts.items():
        if isinstance(value, list):
            counts[key] = _largest(value)
    return counts


def _largest(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (-row[0], row[1]))[:TOP]


def total(many: Iterable[bytes]) -> dict[str, Any]:
    """Return the sum of many counts, each as JSON.

    >>> one = b'{"documents": 1, "languages": {"en": 1}, "slowest": [[5, "a"]]}'
    >>> total([one, b'{"documents": 1, "languages": {"de": 1}, "slowest": [[7, "b"]]}'])
    {'documents': 2, 'languages': {'en': 1, 'de': 1}, 'slowest': [[7, 'b'], [5, 'a']]}
    """
    found: dict[str, Any] = {}
    for counts in many:
        merge(found, json.loads(counts))
    return _settle(found)
