"""Markers that stand without a space before or after a sentence, where a page's layout was lost."""

from __future__ import annotations

from collections.abc import Iterator

from copydesk import Block, Replace
from copydesk_stages.markers.folding import words
from copydesk_stages.markers.tables import Tables, Words

_SENTENCE_ENDS = '.!?。！？…"”»’)'
#: What is left of the block must have so many words, or it is no sentence.
_MIN_WORDS = 4


def cuts(block: Block, tables: Tables, keep: frozenset[Words]) -> Iterator[Replace]:
    """Yield the edits that take a marker off the start and the end of a block."""
    text = block.text
    phrases = tables.glued_phrases
    start, end = 0, len(text)
    rules: list[tuple[int, int, str]] = []
    if text.startswith(phrases):
        phrase = max((p for p in phrases if text.startswith(p)), key=len)
        if _opens(text, phrase) and words(phrase) not in keep:
            start = len(phrase)
            rules.append((0, start, tables.glued[phrase]))
    if text.endswith(phrases):
        phrase = max((p for p in phrases if text.endswith(p)), key=len)
        at = _closes(text, phrase)
        if at > start and words(phrase) not in keep:
            end = at
            rules.append((end, len(text), tables.glued[phrase]))
    if rules and len(text[start:end].split()) >= _MIN_WORDS:
        for a, b, rule in rules:
            why = "page words stand glued to a sentence"
            yield Replace(a, b, "", block.id, rule=rule, why=why, score=1.0)


def _opens(text: str, phrase: str) -> bool:
    """Tell whether a sentence begins right after `phrase`: "AdvertisementThe", not "ADVERTISEMENTS"."""
    rest = text[len(phrase) : len(phrase) + 3]
    if phrase.isupper():
        return len(rest) > 1 and rest[0].isupper() and rest[1].islower()
    return len(rest) > 1 and (rest[0].isupper() or (rest[0] in '“"„«‘' and rest[1].isupper()))


def _closes(text: str, phrase: str) -> int:
    """Return where the sentence before a closing `phrase` ends, 0 if none does."""
    at = len(text) - len(phrase)
    if at and text[at - 1] in _SENTENCE_ENDS:
        return at
    stripped = text[:at].rstrip(" ")
    if " " in phrase and stripped and stripped[-1] in _SENTENCE_ENDS:
        return len(stripped)
    return 0
