"""A record as a page for the browser."""

from __future__ import annotations

from collections.abc import Iterable

from copydesk.explain.history import History
from copydesk.record import Record


def page(record: Record, past: History, *, stages: Iterable[str] = (), rules: Iterable[str] = ()) -> str:
    """Return the page as HTML."""
    raise NotImplementedError(record, past, stages, rules)
