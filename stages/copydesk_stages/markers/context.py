"""Whether what stands around a block agrees that it is a label and no heading or list item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from copydesk import Block
from copydesk_stages.markers.shapes import Found

#: Blocks of so many characters are taken for paragraphs.
PARAGRAPH = 60


def agrees(index: int, blocks: Sequence[Block], found: Mapping[int, Found]) -> bool:
    """Tell whether the weak marker at `index` may go: it, or the run of markers it is in, stands between paragraphs.

    Verses, tables and lists of short lines have no paragraph beside them, so nothing weak is cut there.
    """
    first = last = index
    while first - 1 in found:
        first -= 1
    while last + 1 in found:
        last += 1
    if any(not found[at].weak for at in range(first, last + 1)):
        return True
    before = first == 0 or len(blocks[first - 1].text) >= PARAGRAPH
    after = last == len(blocks) - 1 or len(blocks[last + 1].text) >= PARAGRAPH
    return before and after and len(blocks) > 1
