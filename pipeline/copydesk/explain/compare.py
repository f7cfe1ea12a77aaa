"""What one chain takes and another keeps, document by document, worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from copydesk.document import Block, Document, Parts
from copydesk.edits import Change
from copydesk.explain.fates import Cut, Fates, fates, layout_of, steps_of, subtract, texts_before, texts_of
from copydesk.record import GIVEN, Record

Side = Literal["lost", "gained"]
_CONTEXT = 80
#: Steps are compared without their number: one chain may have a stage more that changed nothing else.
_SAME = ("kind", "block", "before", "after", "old", "new")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text that one chain cuts and the other keeps.

    `side` is `lost` where B cuts and A keeps, `gained` the other way round. `stage`, `rule`, `why` and `score`
    are those of the change that cuts.
    """

    side: Side
    document: str
    text: str
    before: str
    after: str
    stage: str
    rule: str
    why: str
    score: float | None

    @property
    def size(self) -> int:
        """Characters, white space not counted."""
        return size_of(self.text)

    @property
    def risk(self) -> float:
        """What to look at first: much text, cut by a rule that was not sure."""
        return self.size * (1.5 - (self.score if self.score is not None else 0.5))

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        keys = ("side", "document", "stage", "rule", "why", "score", "before", "text", "after")
        return {key: getattr(self, key) for key in keys} | {"characters": self.size}


@dataclass(slots=True)
class Comparison:
    """Two chains over a set of documents."""

    documents: int = 0
    differing: int = 0
    kept: dict[Side, int] = field(default_factory=lambda: {"lost": 0, "gained": 0})
    passages: list[Passage] = field(default_factory=list)
    otherwise: Counter[str] = field(default_factory=Counter)
    skipped: list[str] = field(default_factory=list)

    def characters(self, side: Side) -> int:
        """Return how many characters are lost or gained."""
        return sum(p.size for p in self.passages if p.side == side)

    def share(self, side: Side) -> float:
        """Return lost characters as a share of what A keeps, gained ones as a share of what B keeps."""
        return self.characters(side) / max(1, self.kept[side])

    def by_rule(self) -> list[tuple[Side, str, str, int, int]]:
        """Return side, stage, rule, passages and characters, the most characters first."""
        passages: Counter[tuple[Side, str, str]] = Counter()
        characters: Counter[tuple[Side, str, str]] = Counter()
        for p in self.passages:
            passages[p.side, p.stage, p.rule] += 1
            characters[p.side, p.stage, p.rule] += p.size
        return [(*key, passages[key], count) for key, count in characters.most_common()]

    def worst(self) -> list[Passage]:
        """Return the passages, the riskiest first."""
        return sorted(self.passages, key=lambda p: (-round(p.risk, 3), p.document, p.side, p.text))

    def add(self, name: str, original: Document, a: Record, b: Record) -> None:
        """Add one document; `original` is its decoded text."""
        self.documents += 1
        one, other = _followed(original, a, b)
        before = len(self.passages)
        if one.recast or other.recast:
            self._paragraphs(name, original, a, b)
        else:
            text = one.base.text
            self.kept["lost"] += size_of(text) - _lost(one.cuts, text)
            self.kept["gained"] += size_of(text) - _lost(other.cuts, text)
            self.passages += _passages("lost", name, text, subtract(other.cuts, one.cuts))
            self.passages += _passages("gained", name, text, subtract(one.cuts, other.cuts))
        found = len(self.passages) > before
        if not found and a.output != b.output:
            self.otherwise["in other words or another order"] += 1
        if a.tags.get("language") != b.tags.get("language"):
            self.otherwise["another language"] += 1
        self.differing += found or a.output != b.output

    def _paragraphs(self, name: str, original: Document, a: Record, b: Record) -> None:
        """Compare what came out by paragraphs, where a page was taken apart differently."""
        outputs = [_output(original, record) for record in (a, b)]
        if None in outputs:
            self.skipped.append(name)
            return
        kept_a, kept_b = (Counter(map(_normal, texts or ())) for texts in outputs)
        self.kept["lost"] += sum(size_of(t) * n for t, n in kept_a.items())
        self.kept["gained"] += sum(size_of(t) * n for t, n in kept_b.items())
        sides: list[tuple[Side, Counter[str], Record]] = [("lost", kept_a - kept_b, b), ("gained", kept_b - kept_a, a)]
        for side, texts, record in sides:
            for text, count in texts.items():
                change = _culprit(text, record)
                if text and change:
                    self.passages += [_passage(side, name, text, "", "", change)] * count


def size_of(text: str) -> int:
    r"""Return the number of characters that are not white space.

    >>> size_of("a b\n")
    2
    """
    return len(text) - sum(map(str.isspace, text))


def _lost(cuts: Iterable[Cut], text: str) -> int:
    return sum(size_of(text[c.start : c.end]) for c in cuts)


def _first_difference(a: Record, b: Record) -> int:
    """Return how many steps at the beginning made the same changes in both."""
    count = 0
    for one, other in zip(steps_of(a), steps_of(b), strict=False):
        if [_content(c) for c in one] != [_content(c) for c in other]:
            break
        count += 1
    return count


def _content(change: Change) -> tuple[object, ...]:
    return (*(getattr(change, key) for key in _SAME), _plain(change.detail))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return tuple((key, _plain(item)) for key, item in value.items())
    return tuple(map(_plain, value)) if isinstance(value, (list, tuple)) else value


def _followed(original: Document, a: Record, b: Record) -> tuple[Fates, Fates]:
    """Follow the text through both records, from the last text before they part ways that is known."""
    first = _first_difference(a, b)
    steps = steps_of(a)
    if GIVEN in (a.split, b.split):
        base, start, on_blocks = original, 0, True
    else:
        known = [list(texts_before(Document(original.text, layout=layout_of(r)), r)) for r in (a, b)]
        start = min(first, *(len(texts) - 1 for texts in known))
        base, on_blocks = known[0][start], False
        if start < first and (made := _made_anew(base, steps[start])):
            base, start, on_blocks = made, start + 1, True
    one = fates(base, steps[start:], on_blocks=on_blocks, split=a.split)
    return one, fates(base, steps_of(b)[start:], on_blocks=on_blocks, split=b.split)


def _made_anew(document: Document, changes: Sequence[Change]) -> Document | None:
    """Return what a step gave that put new blocks in place of all others, such as the main text of a page."""
    (change, *more) = changes
    if more or change.kind != "recast" or len(change.detail["was"]) != len(document.blocks):
        return None
    texts = texts_of(change.new or "", change.detail["is"])
    blocks = (Block(i, text, sep) for (i, _, sep), text in zip(change.detail["is"], texts, strict=True))
    return document.with_parts(Parts("", tuple(blocks), ""))


def _passages(side: Side, name: str, text: str, cuts: Iterable[Cut]) -> Iterator[Passage]:
    """Yield cuts as passages; neighbours by one change, or whole lines one after another by one rule, together."""
    current: list[Cut] = []
    for cut in cuts:
        if not text[cut.start : cut.end].strip():
            continue
        if current:
            last = current[-1]
            together = last.change is cut.change or _kin(last.change) == _kin(cut.change)
            if not together or text[last.end : cut.start].strip():
                yield _joined(side, name, text, current)
                current = []
        current.append(cut)
    if current:
        yield _joined(side, name, text, current)


def _kin(change: Change) -> tuple[object, ...]:
    return (change.stage, change.rule, change.why, change.score)


def _joined(side: Side, name: str, text: str, cuts: list[Cut]) -> Passage:
    start, end = cuts[0].start, cuts[-1].end
    before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
    return _passage(side, name, text[start:end], before, after, cuts[0].change)


def _passage(side: Side, name: str, text: str, before: str, after: str, change: Change) -> Passage:
    return Passage(side, name, text, before, after, change.stage, change.rule, change.why, change.score)


def _normal(text: str) -> str:
    return " ".join(text.split())


def _output(original: Document, record: Record) -> list[str] | None:
    """Return the paragraphs that came out, followed from the last step that made all blocks new."""
    texts: dict[int, str] = {}
    if record.split is None:
        known = list(texts_before(Document(original.text, layout=layout_of(record)), record))
        return [block.text for block in known[-1].blocks]
    for changes in steps_of(record):
        replaces: dict[int, list[Change]] = {}
        for change in changes:
            if change.kind == "replace" and change.block is not None and change.detail["in"] == "block":
                replaces.setdefault(change.block, []).append(change)
        for block, group in replaces.items():
            if block in texts:
                texts[block] = _with(texts[block], group)
        for change in changes:
            if change.kind == "recast":
                for block_id, _, _ in change.detail["was"]:
                    texts.pop(block_id, None)
                now = change.detail["is"]
                texts |= {i: text for (i, _, _), text in zip(now, texts_of(change.new or "", now), strict=True)}
            elif change.kind == "drop" and change.block is not None:
                texts.pop(change.block, None)
    kept = {block_id for block_id, _, _ in record.blocks}
    return list(texts.values()) if kept == set(texts) else None


def _with(text: str, changes: Iterable[Change]) -> str:
    pieces: list[str] = []
    at = 0
    for change in sorted(changes, key=lambda c: c.detail["start"]):
        pieces += (text[at : change.detail["start"]], change.new or "")
        at = change.detail["start"] + len(change.old or "")
    return "".join([*pieces, text[at:]])


def _culprit(text: str, record: Record) -> Change | None:
    """Return the change that took a paragraph out: a drop of it, else the step that made all blocks new."""
    for change in record.changes:
        if change.kind == "drop" and _normal(change.old or "") == text:
            return change
    return next((c for c in record.changes if c.kind == "recast"), None)
