"""What a rule about a whole document does: say so in a tag, or drop every block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from copydesk import Document, Drop, SetTag

Action = Literal["tag", "drop"]
LINE_BREAK = re.compile(r"\r\n|[\n\r\u2028\u2029]")
ACTION_DOC = (
    "What happens to a document that fails a rule about whole documents, which the paper throws away: it gets a tag "
    "with the names of the rules (tag), or every block is dropped (drop; takes max_removed = 1 in the chain)."
)


def lines_of(document: Document) -> list[str]:
    """Return the lines of a document that are not blank, without the space around them."""
    return [line.strip() for line in LINE_BREAK.split(document.text) if line.strip()]


def verdict(document: Document, key: str, failed: Sequence[tuple[str, str]], action: Action) -> Iterator[Drop | SetTag]:
    """Yield what becomes of a document that failed these rules (name, reason in words)."""
    if not failed:
        return
    rule, why = failed[0]
    yield SetTag(key, [name for name, _ in failed], rule=rule, why=why)
    if action == "drop":
        for block in document.blocks:
            yield Drop(block.id, rule=rule, why=why)
