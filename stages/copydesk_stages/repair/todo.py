"""What there is to do in a text, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from copydesk import Document, Replace
from copydesk_stages.repair import gate
from copydesk_stages.repair.controls import hidden_fixes
from copydesk_stages.repair.draft import Draft, Fix

if TYPE_CHECKING:
    from copydesk_stages.repair import Repair
    from copydesk_stages.repair.reading import Repair as Mended

_LINE = re.compile("[^\n\r\u2028\u2029]+")
_BREAK = re.compile("[\n\r]")
_ENDS = re.compile("[\n\r\u2028\u2029]")
# With so many lines that could be misread, the whole text could.
_SEVERAL = 2
_MOST_PASSES = 4


def edits(options: Repair, document: Document) -> Iterator[Replace]:
    """Yield what to replace in the document's text, none of which reaches over the end of a block."""
    text = document.text
    todo = _todo(options, text)
    made = list(todo.edits(document)) if todo else []
    if options.line_endings and (gate.has_mixed_endings(text) or _ENDS.search("".join([edit.text for edit in made]))):
        from copydesk_stages.repair.endings import ENDING, commonest_ending

        wanted = commonest_ending((text, *(edit.text for edit in made)))
        made = [replace(edit, text=ENDING.sub(wanted, edit.text)) if _ENDS.search(edit.text) else edit for edit in made]
        yield from _ending_edits(document, wanted)
    yield from made


def _todo(options: Repair, text: str) -> _Todo | None:
    """Return what there is to do in this text, None if nothing."""
    evidence = 0
    if options.entities and "&" in text:
        from copydesk_stages.repair.entities import weigh

        evidence = weigh(text)
        if evidence == 1 and options.encoding and _spells_misread(text):
            evidence = 2
    lines: set[tuple[int, int]] = set()
    mended: dict[str, Mended] = {}
    suspects = 0
    whole = options.has_cosmetics()
    for start, end, misread in gate.odd_lines(text, misread=options.encoding, hidden=options.controls):
        lines.add((start, end))
        suspects += misread
        if misread and suspects == _SEVERAL:
            repair = _mend_text(text)
            if repair:
                lines.update(_changed_lines(text, repair, mended))
                whole = whole or (options.controls and gate.may_hide(repair.text))
                break
    if evidence > 1:
        lines.update(gate.lines_with("&", text))
    return _Todo(options, evidence, sorted(lines), mended, whole) if lines or whole else None


class _Todo:
    """What to do with each line of one text."""

    def __init__(
        self, options: Repair, evidence: int, spans: list[tuple[int, int]], mended: dict[str, Mended], whole: bool
    ) -> None:
        self.options = options
        self.evidence = evidence
        self.spans = spans
        self.mended = mended
        self.whole = whole
        self.formed = options.has_cosmetics()

    def lines(self, document: Document) -> Iterator[tuple[int, int]]:
        """Yield the lines to look at; the ends of blocks that are carried end lines too."""
        if not (self.whole or document.carried):
            yield from self.spans
            return
        for start, end in _regions(document):
            for found in _LINE.finditer(document.text, start, end):
                yield found.span()

    def edits(self, document: Document) -> Iterator[Replace]:
        """Yield what to replace in the document's text, but for its line endings."""
        for start, end in self.lines(document):
            for fix in self.fixes(document.text[start:end]):
                yield Replace(start + fix.start, start + fix.end, fix.text, rule=fix.rule, why=fix.why, score=fix.score)

    def fixes(self, line: str) -> Iterable[Fix]:
        """Return all fixes of one line, those included that only other fixes have uncovered."""
        if not self.formed and not (self.evidence > 1 and "&" in line):
            repairs = self._line_repairs(line)
            after = _applied(line, repairs)
            uncovered = repairs and line not in self.mended and gate.may_be_misread(after)
            if not uncovered and not (self.options.controls and gate.may_hide(after)):
                return [fix for repair in repairs for fix in _fixes_of(line, repair)]
        draft = Draft(line)
        if self.evidence > 1 and "&" in line:  # once: what "&amp;lt;" stands for is talked about
            from copydesk_stages.repair.entities import entity_fixes

            draft.make(list(entity_fixes(line, self.evidence)))
        for _ in range(_MOST_PASSES):
            before = draft.text
            self._mend(draft)
            if draft.text == before:
                break
        return draft.fixes()

    def _mend(self, draft: Draft) -> None:
        options = self.options
        repairs = self._repairs(draft.text)
        draft.make([fix for repair in repairs for fix in _fixes_of(draft.text, repair)])
        if options.controls and gate.may_hide(draft.text):
            draft.make(list(hidden_fixes(draft.text, in_doubt=not repairs and _is_in_doubt(draft.text))))
        if self.formed:
            from copydesk_stages.repair.cosmetics import compose_fixes, form_fixes

            if options.nfc:
                draft.make(list(compose_fixes(draft.text)))
            wanted = {name: getattr(options, name) for name in ("quotes", "dashes", "ligatures", "width")}
            draft.make(list(form_fixes(draft.text, **wanted)))

    def _repairs(self, text: str) -> list[Mended]:
        """Return the repairs of a line in which fixes may have put breaks."""
        if not _ENDS.search(text):
            return self._line_repairs(text)
        parts = [(part.start(), part.group()) for part in _LINE.finditer(text)]
        return [r._replace(start=at + r.start, end=at + r.end) for at, part in parts for r in self._line_repairs(part)]

    def _line_repairs(self, line: str) -> list[Mended]:
        if line in self.mended:
            return [self.mended[line]]
        return _repairs(line) if self.options.encoding and not line.isascii() else []


def _applied(line: str, repairs: list[Mended]) -> str:
    pieces: list[str] = []
    at = 0
    for repair in repairs:
        pieces += (line[at : repair.start], repair.text)
        at = repair.end
    return "".join([*pieces, line[at:]]) if at < len(line) else "".join(pieces)


def _is_in_doubt(line: str) -> bool:
    from copydesk_stages.repair.mojibake import is_in_doubt

    return gate.suspect(line) and is_in_doubt(line)


def _repairs(line: str) -> list[Mended]:
    from copydesk_stages.repair.mojibake import mend_line

    return mend_line(line)


@lru_cache(maxsize=256)
def _why(roads: tuple[str, ...]) -> str:
    return f"UTF-8 that was read as {', then '.join(roads)} ({' <- '.join((*roads, 'utf-8'))}, gain "


def _mend_text(text: str) -> Mended | None:
    from copydesk_stages.repair.mojibake import mend_text

    return mend_text(text)


def _changed_lines(text: str, repair: Mended, mended: dict[str, Mended]) -> Iterator[tuple[int, int]]:
    """Yield start and end of the lines of a text that was misread as a whole, and put their repairs into `mended`."""
    at = 0
    split = _BREAK.split if "\r" in text else _at_newlines
    for old, new in zip(split(text), split(repair.text), strict=True):
        if old != new:
            mended[old] = type(repair)(0, len(old), new, repair.roads, repair.gain)
            yield at, at + len(old)
        at += len(old) + 1


def _at_newlines(text: str) -> list[str]:
    return text.split("\n")


def _spells_misread(text: str) -> bool:
    """Tell whether an entity in `text` spells part of a misread letter."""
    from copydesk_stages.repair.entities import ENTITY, decode_entity, entity_fixes

    for found in ENTITY.finditer(text):
        shown = decode_entity(found.group())
        if shown is None or shown.isascii():
            continue
        line = _LINE.search(text, text.rfind("\n", 0, found.start()) + 1)
        draft = Draft(line.group() if line else "")
        draft.make(list(entity_fixes(draft.text, 2)))
        if gate.may_be_misread(draft.text):
            draft.make([fix for repair in _repairs(draft.text) for fix in _fixes_of(draft.text, repair)])
            if any(fix.rule == "mojibake" and "entity" in fix.why for fix in draft.fixes()):
                return True
    return False


def _fixes_of(text: str, mended: Mended) -> Iterator[Fix]:
    """Yield one fix for each run of changed words, so that a person sees which words were mended."""
    at, why = mended.start, f"{_why(mended.roads)}{mended.gain:g})"
    old_words, new_words = text[at : mended.end].split(" "), mended.text.split(" ")
    if len(old_words) != len(new_words):
        yield Fix(at, mended.end, mended.text, "mojibake", why)
        return
    run_start, first = -1, 0
    for number, (old, new) in enumerate(zip(old_words, new_words, strict=True)):
        if old != new:
            if run_start < 0:
                run_start, first = at, number
        elif run_start >= 0:
            yield Fix(run_start, at - 1, " ".join(new_words[first:number]), "mojibake", why)
            run_start = -1
        at += len(old) + 1
    if run_start >= 0:
        yield Fix(run_start, mended.end, " ".join(new_words[first:]), "mojibake", why)


def _regions(document: Document) -> Iterator[tuple[int, int]]:
    """Yield the stretches that an edit may not reach over the end of: the whole text, or what a carried block holds."""
    if not document.carried:
        yield 0, len(document.text)
        return
    yield 0, len(document.lead)
    for block in document.blocks:
        start = document.starts[block.id]
        middle = start + len(block.text)
        yield start, middle
        yield middle, middle + len(block.separator)
    yield len(document.text) - len(document.trail), len(document.text)


def _ending_edits(document: Document, wanted: str) -> Iterator[Replace]:
    from copydesk_stages.repair.endings import ending_spans

    text = document.text
    for start, end in _regions(document):
        for first, last in ending_spans(text[start:end], wanted):
            yield Replace(
                start + first, start + last, wanted,
                rule="line-ending", why="another line ending than in the rest of the text", score=1.0,
            )  # fmt: skip
