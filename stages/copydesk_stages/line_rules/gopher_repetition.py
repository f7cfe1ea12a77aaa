"""The repetition rules of Gopher (MassiveText)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from copydesk import Document, Drop, SetTag, option
from copydesk_stages.line_rules.verdict import ACTION_DOC, lines_of, verdict

_PARAGRAPH = re.compile(r"(?:\r\n|[\n\r\u2028\u2029])(?:[^\S\r\n\u2028\u2029]*(?:\r\n|[\n\r\u2028\u2029]))+")
#: Share of characters in the commonest run of so many words.
TOP_NGRAMS = {2: 0.20, 3: 0.18, 4: 0.16}
#: Share of characters in all runs of so many words that were there before.
DUPLICATE_NGRAMS = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}


@dataclass(frozen=True, slots=True)
class GopherRepetition:
    r"""Judge how much a document repeats itself, by the thirteen measures of Gopher.

    Rae et al., "Scaling Language Models: Methods, Analysis & Insights from Training Gopher", 2021, appendix A.1.1,
    table A1. The rules are about whole documents: `duplicate-lines` and `duplicate-paragraphs` (share of their number),
    `duplicate-line-characters` and `duplicate-paragraph-characters`, `top-2-gram` to `top-4-gram` (characters in the
    commonest run of words), `duplicate-5-gram` to `duplicate-10-gram` (characters in runs of words that were there
    before, overlaps counted once). A line, paragraph or run is a duplicate from its second time on. Words are what
    stands between white space; the shares are of the characters that are not white space.

    >>> import copydesk
    >>> result = copydesk.Chain.of(GopherRepetition()).run("The dam held.\nThe dam held.\nThe dam held.\n")
    >>> result.tags["gopher-repetition"][:2]
    ['duplicate-lines', 'duplicate-line-characters']
    """

    max_lines: float = option(0.30, "Largest share of lines that are duplicates.", ge=0, le=1)
    max_paragraphs: float = option(0.30, "Largest share of paragraphs that are duplicates.", ge=0, le=1)
    max_line_chars: float = option(0.20, "Largest share of characters in duplicate lines.", ge=0, le=1)
    max_paragraph_chars: float = option(0.20, "Largest share of characters in duplicate paragraphs.", ge=0, le=1)
    ngrams: bool = option(default=True, doc="Measure runs of words, too, with the shares of table A1.")
    action: Literal["tag", "drop"] = option("tag", ACTION_DOC)

    def __call__(self, document: Document) -> Iterator[Drop | SetTag]:
        """Yield the verdict: a tag `gopher-repetition` with the measures that are too high, or drops."""
        yield from verdict(document, "gopher-repetition", list(self._failed(document)), self.action)

    def _failed(self, document: Document) -> Iterator[tuple[str, str]]:
        lines = lines_of(document)
        if not lines:
            return
        paragraphs = [part.strip() for part in _PARAGRAPH.split(document.text) if part.strip()]
        for name, units, most, most_chars in (
            ("line", lines, self.max_lines, self.max_line_chars),
            ("paragraph", paragraphs, self.max_paragraphs, self.max_paragraph_chars),
        ):
            count, chars = _duplicates(units)
            size = sum(map(_solid, units))
            if round(count / len(units), 3) > most:
                yield f"duplicate-{name}s", f"{count / len(units):.0%} of the {name}s are duplicates, {most:.0%} may be"
            if round(chars / size, 3) > most_chars:
                why = f"{chars / size:.0%} of the characters stand in duplicate {name}s, {most_chars:.0%} may"
                yield f"duplicate-{name}-characters", why
        if self.ngrams:
            yield from _ngrams(document.text.split())


def _solid(text: str) -> int:
    return sum(map(len, text.split()))


def _duplicates(units: Sequence[str]) -> tuple[int, int]:
    """Return how many units were there before, and how many characters they have."""
    seen: set[str] = set()
    count = chars = 0
    for unit in units:
        if unit in seen:
            count += 1
            chars += _solid(unit)
        seen.add(unit)
    return count, chars


def _ngrams(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    size = sum(map(len, words))
    for n, most in TOP_NGRAMS.items():
        counts = Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))
        times = max(counts.values(), default=0)
        if times < 2:
            continue
        # Of runs that are equally common the longest counts, so that no order decides.
        share = times * max(sum(map(len, run)) for run, count in counts.items() if count == times) / size
        if round(share, 3) > most:
            yield f"top-{n}-gram", f"{share:.0%} of the characters stand in one run of {n} words, {most:.0%} may"
    for n, most in DUPLICATE_NGRAMS.items():
        seen: set[tuple[str, ...]] = set()
        covered = [False] * len(words)
        for i in range(len(words) - n + 1):
            run = tuple(words[i : i + n])
            if run in seen:
                covered[i : i + n] = [True] * n
            seen.add(run)
        share = sum(len(word) for word, held in zip(words, covered, strict=True) if held) / size
        if round(share, 3) > most:
            yield (
                f"duplicate-{n}-gram",
                f"{share:.0%} of the characters stand in repeated runs of {n} words, {most:.0%} may",
            )
