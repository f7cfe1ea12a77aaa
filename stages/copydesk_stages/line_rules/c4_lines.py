"""The line rules of C4."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from copydesk import Document, Drop, Replace, SetTag, option
from copydesk_stages.line_rules.verdict import ACTION_DOC, verdict

_ENDS = (".", "?", "!", '"', "\u201d")
_POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
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
        kept: list[str] = []
        edits: list[Drop | Replace] = []
        for block in document.blocks:
            text = _CITATION.sub("", block.text).strip()
            found = self._fault(text)
            if found is not None:
                edits.append(Drop(block.id, rule=found[0], why=found[1]))
                continue
            kept.append(text)
            edits += [
                Replace(mark.start(), mark.end(), "", block.id, rule="citation", why="a mark of a footnote")
                for mark in _CITATION.finditer(block.text)
            ]
        failed = list(self._verdict(kept, document.text))
        if not failed or self.action == "tag":
            yield from edits
        yield from verdict(document, "c4-lines", failed, self.action)

    def _fault(self, text: str) -> tuple[str, str] | None:
        low = text.lower()
        if not text.endswith(_ENDS) or text.endswith("..."):
            return "no-final-punctuation", "does not end with a full stop, question mark, exclamation mark or quote"
        if len(text.split()) < self.min_words:
            return "few-words", f"has fewer than {self.min_words} words"
        if "javascript" in low:
            return "javascript", "speaks of Javascript"
        phrase = next((phrase for phrase in _POLICY if phrase in low), None)
        return ("policy", f'holds the words "{phrase}"') if phrase else None

    def _verdict(self, kept: list[str], text: str) -> Iterator[tuple[str, str]]:
        if "lorem ipsum" in text.lower():
            yield "lorem-ipsum", 'the document holds the filler text "lorem ipsum"'
        if "{" in text:
            yield "curly-bracket", "the document holds a curly bracket, as program code does"
        if sum(len(_SENTENCE_END.findall(line)) for line in kept) < self.min_sentences:
            yield "few-sentences", f"fewer than {self.min_sentences} sentences are left"
