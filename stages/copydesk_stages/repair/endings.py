"""Line endings of more than one kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

ENDING = re.compile("\r\n|[\n\r\u2028\u2029]")
_PREFERRED = ("\n", "\r\n", "\r", "\u2028", "\u2029")  # on a tie


def commonest_ending(texts: Iterable[str]) -> str:
    r"""Return the line ending that `texts` use most.

    >>> commonest_ending(["a\r\nb\r\nc\n"])
    '\r\n'
    """
    counts = Counter(ending for text in texts for ending in ENDING.findall(text))
    return max(_PREFERRED, key=lambda ending: counts[ending])


def ending_spans(text: str, wanted: str) -> list[tuple[int, int]]:
    """Return where lines end in another way than `wanted`."""
    return [found.span() for found in ENDING.finditer(text) if found.group() != wanted]
