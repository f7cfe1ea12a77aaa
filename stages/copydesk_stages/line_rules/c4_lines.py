"""The line rules of C4."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from copydesk import Document, Drop, Replace, SetTag, option
from copydesk_stages.line_rules.verdict import ACTION_DOC, verdict

_ENDS = (".", "?", "!", '"', "\u201d")
_JAVASCRIPT = "javascript"
_POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
_UNWANTED = (_JAVASCRIPT, *_POLICY)
_CITATION = re.compile(r"\[(?:\d*|edit|citation needed)\]")
_SENTENCE_END = re.compile(r"[.!?][\"'\u201d\u2019)]*(?=\s|$)")


@dataclass(frozen=True, slots=True)
class C4Lines:
    r"""Drop lines as C4 does: without final punctuation, of few words, about Javascript or cookies.

    Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer", JMLR 21 (140),
    2020, section 2.2. Line rules: `no-final-punctuation` (a line has to end with a full stop, exclamation mark,
    question mark or closing quotation mark, and not with an ellipsis), `few-words`, `javascript`, `policy` (phrases
    such as "privacy policy"), and `citation` (Wikipedia's "[1]", "[edit]" and "[citation needed]" are cut out of the
    line). Rules about the whole document: `few-sentences`, `lorem-ipsum`, `curly-bracket`. Left out: the list of bad
    words, the language test and the comparison with other documents.

    Made for English, and it cuts 8 to 15 % of an article: headings, list items, verse and bylines go. Its edits state
    no score, so a chain's `max_removed` bounds them.

    >>> import copydesk
    >>> chain = copydesk.Chain.of(C4Lines(), max_removed=1)
    >>> chain.run("Home\nThe dam held through the night.[1]\nNobody was hurt.\nThe mayor thanked us all.\n").text
    'The dam held through the night.\nThe mayor thanked us all.\n'
    """

    min_words: int = option(5, "Lines with fewer words go (the first preprint said 3).", ge=0)
    min_sentences: int = option(3, "A document with fewer sentences left fails (the first preprint said 5).", ge=0)
    action: Literal["tag", "drop"] = option("tag", ACTION_DOC)

    def __call__(self, document: Document) -> Iterator[Drop | Replace | SetTag]:
        """Yield a `Drop` for each line that fails, a `Replace` for each citation mark, and the verdict on the whole."""
        low = document.text.lower()
        read = _CITATION.sub("", low) if "[" in low else low
        unwanted = [phrase for phrase in _UNWANTED if phrase in read]
        kept: list[str] = []
        edits: list[Drop | Replace] = []
        for block in document.blocks:
            text = block.text.strip()
            cited = "[" in text
            if cited:
                text = _CITATION.sub("", text).strip()
            found = self._fault(text, unwanted)
            if found is not None:
                edits.append(Drop(block.id, rule=found[0], why=found[1]))
                continue
            kept.append(text)
            edits += [
                Replace(mark.start(), mark.end(), "", block.id, rule="citation", why="a mark of a footnote")
                for mark in (_CITATION.finditer(block.text) if cited else ())
            ]
        failed = list(self._verdict(kept, document.text, low))
        if not failed or self.action == "tag":
            yield from edits
        yield from verdict(document, "c4-lines", failed, self.action)

    def _fault(self, text: str, unwanted: list[str]) -> tuple[str, str] | None:
        if not text.endswith(_ENDS) or text.endswith("..."):
            return "no-final-punctuation", "does not end with a full stop, question mark, exclamation mark or quote"
        if self.min_words and len(text.split(None, self.min_words - 1)) < self.min_words:
            return "few-words", f"has fewer than {self.min_words} words"
        if not unwanted:
            return None
        low = text.lower()
        phrase = next((phrase for phrase in unwanted if phrase in low), None)
        if phrase == _JAVASCRIPT:
            return "javascript", "speaks of Javascript"
        return ("policy", f'holds the words "{phrase}"') if phrase else None

    def _verdict(self, kept: list[str], text: str, low: str) -> Iterator[tuple[str, str]]:
        if "lorem ipsum" in low:
            yield "lorem-ipsum", 'the document holds the filler text "lorem ipsum"'
        if "{" in text:
            yield "curly-bracket", "the document holds a curly bracket, as program code does"
        sentences = (end for line in kept for end in _SENTENCE_END.finditer(line))
        if sum(1 for _ in islice(sentences, self.min_sentences)) < self.min_sentences:
            yield "few-sentences", f"fewer than {self.min_sentences} sentences are left"
