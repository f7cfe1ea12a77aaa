"""Closing blocks that are only a name which the article mentions: the tags of a page, without its layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice

from copydesk import Block
from copydesk_stages.markers.folding import plain

_NAME_WORD = re.compile(r"[^\W\d_](?:[^\W_]|['’.\-])*")
_PARTICLES = frozenset(("al", "bin", "da", "de", "del", "den", "der", "di", "dos", "du", "el", "ibn", "la", "le"))
_PARTICLES |= {"of", "the", "van", "von", "y"}
_LONGEST_NAME = 60
_MOST_WORDS = 5
#: So many tags are looked at, counted from the end.
_MOST_TAGS = 20
#: A page has tags below an article, not below a line or two.
_MIN_ARTICLE = 200


def closing_names(blocks: Sequence[Block], dropped: AbstractSet[int]) -> Iterator[tuple[int, float, str]]:
    """Yield index, score and reason for each closing block that is only a name the article spells out or in part."""
    kept = [index for index in range(len(blocks)) if index not in dropped]
    tags: list[tuple[int, list[str]]] = []
    for index in islice(reversed(kept), _MOST_TAGS):
        name = _name(blocks[index].text)
        if not name:
            break
        tags.append((index, name))
    if not tags:
        return
    article = kept[: len(kept) - len(tags)]
    if sum(len(blocks[index].text) for index in article) < _MIN_ARTICLE:
        return
    said = {
        plain(word.strip("'’.-"))
        for index in article
        for word in _NAME_WORD.findall(blocks[index].text)
        if word[0].isupper()
    }
    for index, name in reversed(tags):
        found = [word for word in name if word in said]
        if any(len(word) > 2 for word in found):
            why = "closes the article and is only a name that it mentions, as a page's tags are"
            yield index, round(0.5 + 0.4 * len(found) / len(name), 3), why


def _name(text: str) -> list[str]:
    """Return the folded words of a name, particles left out; empty if `text` is no name."""
    text = text.strip()
    parts = text.split()
    if not 0 < len(text) <= _LONGEST_NAME or len(parts) > _MOST_WORDS:
        return []
    for part in parts:
        if not _NAME_WORD.fullmatch(part) or (not part[0].isupper() and part not in _PARTICLES):
            return []
    if text.endswith(".") or not parts[0][0].isupper():
        return []
    return [plain(part) for part in parts if part not in _PARTICLES]
