"""Lines that a page shows twice: for wide and for narrow screens, as a quotation above each answer, in a pop-up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copydesk_stages.extract.lines import Line

_WORD = re.compile(r"\w+")
_FEW_WORDS = 3
# A line of verse is at most this long.
_VERSE = 70
# A point that stands in more lists than this belongs to each of them, as the offers of a price list do.
_COPIES = 2


def repeats(lines: Sequence[Line], kept: Sequence[bool]) -> list[bool]:
    """Return for each line whether it says again, word for word, what a line that is kept has said before.

    Left alone are lines of one or two words, rows and code, points of several lists, and lines of verse.
    """
    said = [
        " ".join(_WORD.findall(line.text.lower())) if stays else "" for line, stays in zip(lines, kept, strict=True)
    ]
    counts = Counter(said)
    seen: set[str] = set()
    found = []
    for i, (line, words) in enumerate(zip(lines, said, strict=True)):
        found.append(words in seen and not _is_meant(lines, i, counts[words]))
        if words.count(" ") + 1 >= _FEW_WORDS and line.role not in ("row", "code"):
            seen.add(words)
    return found


def _is_meant(lines: Sequence[Line], i: int, copies: int) -> bool:
    line = lines[i]
    if line.role in ("row", "code") or (line.role == "item" and copies > _COPIES):
        return True
    after = lines[i + 1] if i + 1 < len(lines) else None
    broken = line.breaks or (after is not None and after.breaks and after.node is line.node)
    return bool(broken) and len(line.text) <= _VERSE
