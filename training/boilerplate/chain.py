"""Documents as the stage meets them in a chain: behind `markers`, a label standing for what that stage took.

A model that learns from whole texts leans on neighbours that are gone when it is used; across publishers it then cuts a
third more of the article at the same threshold.
"""

from __future__ import annotations

from dataclasses import replace

from data import Page

from copydesk import Document, Drop
from copydesk_stages.boilerplate.judge import with_gaps
from copydesk_stages.markers import Markers


def behind_markers(page: Page) -> tuple[Page, list[int]]:
    """Return a document without what `markers` takes, and for each of its lines the number that it had, -1 for a label.

    Of the lines that went the document keeps text, label and kind, so that scores can count them.
    """
    taken = {edit.block for edit in Markers()(Document.from_blocks(page.lines)) if isinstance(edit, Drop)}
    left = [number for number in range(len(page.lines)) if number not in taken]
    lines, places = with_gaps(left, [page.lines[number] for number in left])
    numbers = [left[place] if place >= 0 else -1 for place in places]
    labels = [page.labels[number] if number >= 0 else None for number in numbers]
    kinds = [page.kinds[number] if number >= 0 else None for number in numbers]
    gone = [(page.lines[number], page.labels[number], page.kinds[number]) for number in sorted(taken)]
    return replace(page, lines=lines, labels=labels, kinds=kinds, gone=gone), numbers


def all_behind_markers(pages: list[Page]) -> list[Page]:
    """Return the documents without what `markers` takes."""
    return [behind_markers(page)[0] for page in pages]


def alone(pages: list[Page]) -> list[Page]:
    """Return the documents with all their lines, as the stage meets them alone, under a source of their own."""
    return [replace(page, source=f"{page.source}-alone") for page in pages]
