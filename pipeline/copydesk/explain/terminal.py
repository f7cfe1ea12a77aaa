"""A record as a page for the terminal: stage by stage, rule by rule, each change with its place and its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from copydesk.edits import Change
from copydesk.explain import entries, marks
from copydesk.explain.history import History, Moment, ranges
from copydesk.record import Record

#: Wider than this no line is easy to read.
_WIDEST = 110
_INDENT = 7
#: A list of paragraphs longer than this stands behind its entry, not before it.
_LABEL = 6
_VERBS = {"replace": "replaced", "recast": "recast", "move": "moved", "drop": "dropped", "tag": "tagged"}
_SIGNS = {
    "drop": ("− ", "bold red"),
    "replace": ("~ ", "bold yellow"),
    "move": ("↕ ", "bold blue"),
    "recast": ("⇒ ", "bold magenta"),
    "tag": ("• ", "bold green"),
}
_Entry = tuple[list[Change], Text]


class Explanation:
    """What a chain did to one document, for rich to print.

    `stages` and `rules` limit what is shown; `everything` shows rules with hundreds of changes in full. Paragraphs are
    counted from 1 in what the first stage that works on paragraphs was given, and anew after a stage that made all of
    them new.
    """

    def __init__(
        self,
        record: Record,
        past: History,
        *,
        stages: Iterable[str] = (),
        rules: Iterable[str] = (),
        everything: bool = False,
    ) -> None:
        self.record = record
        self.past = past
        self.stages, self.rules = frozenset(stages), frozenset(rules)
        self.limit = 1_000_000 if everything else entries.FEW
        self.room, self.width, self.plain = 60, _WIDEST, False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the header, then each stage."""
        self.console = console
        self.plain = console.color_system is None or console.no_color
        self.width = min(options.max_width, _WIDEST)
        self.room = max(20, 2 * (self.width - _INDENT - 14))
        yield from self._header()
        nothing = True
        for moment in self.past.moments:
            changes = [c for c in moment.changes if self._wanted(c)]
            if changes:
                nothing = False
                yield Text()
                yield from self._stage(moment, changes)
        if nothing:
            yield Text()
            yield from self._lines(Text(self._nothing(), style="green"))
        yield Text()

    def _wanted(self, change: Change) -> bool:
        return (not self.stages or change.stage in self.stages) and (not self.rules or change.rule in self.rules)

    def _nothing(self) -> str:
        if self.record.changes:
            had = ", ".join(sorted({f"{c.stage}/{c.rule}" for c in self.record.changes}))
            return f"No change of that stage or rule. There are changes of: {marks.shown(had)}"
        return "Nothing to change."

    def _header(self) -> Iterator[RenderableType]:
        record = self.record
        yield from self._lines(Text(marks.shown(record.document or "document"), style="bold"))
        texts = len(record.texts())
        size, left = len(self.past.original), len(self.past.output.text)
        facts = [entries.counted(texts, "change") + " to the text"]
        if size != left:
            facts.append(f"{size:,} characters in, {left:,} out")
        if language := record.tags.get("language"):
            facts.append("language " + marks.value(language, 20))
        if record.decoding and not record.decoding.is_plain:
            facts.append(marks.shown(record.decoding.describe()))
        yield from self._lines(Text(" · ".join(facts), style=marks.QUIET))
        for flag in record.flags:
            why = marks.shown(flag.why)
            head = Text.assemble(("⚑ ", "yellow"), (marks.shown(str(flag)), "bold yellow"), "  ", why)
            yield from self._lines(head)

    def _stage(self, moment: Moment, changes: list[Change]) -> Iterator[RenderableType]:
        counts = Counter(c.kind for c in changes)
        summary = ", ".join(f"{counts[kind]} {verb}" for kind, verb in _VERBS.items() if counts[kind])
        title = Text.assemble((marks.shown(moment.stage), "bold cyan"), (f"  {summary}  ", "default"))
        yield from self._lines(title.append("─" * max(0, self.width - title.cell_len), style=marks.QUIET))
        groups: dict[tuple[str, str], list[Change]] = {}
        for change in changes:
            groups.setdefault((change.rule, change.kind), []).append(change)
        for same in sorted(groups.values(), key=entries.whole_first):
            yield from self._rule(moment, same)
        if moment.recounted:
            counted = f"From here on paragraphs are counted in what {marks.shown(moment.stage)} gave."
            yield from self._lines(Text(counted, style=marks.QUIET))

    def _rule(self, moment: Moment, changes: list[Change]) -> Iterator[RenderableType]:
        """Yield one rule's changes of one kind: a head line, its reasons, its entries."""
        kind = changes[0].kind
        listed = list(self._entries(moment, changes))
        scores = {c.score for c in changes}
        reasons = list(dict.fromkeys(moment.reason(c) for c in changes))
        head = Text.assemble(_SIGNS[kind], (marks.shown(changes[0].rule), "bold"))
        if len(changes) > 1 and not (kind == "tag" and len(listed) == 1):
            head.append(f" ×{len(changes)}")
        if place := entries.place(moment, changes):
            head.append(f"  {place}", style=marks.QUIET)
        if len(scores) == 1 and (score := marks.score(changes[0].score)):
            head.append(f"  {score}", style=marks.QUIET)
        yield from self._lines(head)
        if len(reasons) == 1 and reasons[0]:
            yield from self._hanging("", Text(marks.short(reasons[0], 400), style=marks.REASON))
        shown = len(listed) if len(listed) <= self.limit + 2 else self.limit  # no line to say that one is left out
        for same, text in listed[:shown]:
            cell = text.copy()
            label = ranges(list(dict.fromkeys(moment.label(c) for c in same))) if len(listed) > 1 else ""
            if len(same) > 1 and len(listed) > 1 and (kind != "replace" or len(changes) > self.limit):
                cell.append(f" ×{len(same)}", style=marks.QUIET)
            if len(scores) > 1 and same and (score := marks.score(same[0].score)):
                cell.append(f"  {score}", style=marks.QUIET)
            if len(label) > _LABEL:
                cell.append(f"  paragraphs {marks.short(label, self.room // 2)}", style=marks.QUIET)
                label = ""
            if len(reasons) > 1 and same and same[0].why:
                cell.append("\n" + marks.short(moment.reason(same[0]), 400), style=marks.REASON)
            yield from self._hanging(label, cell)
        left = sum(len(same) for same, _ in listed[shown:])
        if left:
            yield from self._hanging("", Text(f"… and {left} more; --all shows them", style=marks.QUIET))

    def _lines(self, text: Text) -> Iterator[Text]:
        """Yield the lines of a text, without the blanks that wrapping leaves at the ends of lines."""
        for line in text.wrap(self.console, self.width):
            line.rstrip()
            yield line

    def _hanging(self, label: str, text: Text) -> Iterator[Text]:
        """Yield the lines of an entry behind its label, indented."""
        for line in text.wrap(self.console, max(10, self.width - _INDENT)):
            line.rstrip()
            start = f"{label} ".rjust(_INDENT) if label else " " * _INDENT
            label = ""
            yield Text.assemble((start, marks.QUIET), line) if line else Text()

    def _entries(self, moment: Moment, changes: Sequence[Change]) -> Iterator[_Entry]:
        """Yield what is alike together: the changes, and how they look."""
        kind = changes[0].kind
        if kind == "move":
            yield from self._moves(moment, changes)
        elif kind == "replace" and len(changes) > self.limit:
            yield from self._commonest(changes)
        elif kind == "replace":
            for same in entries.neighbours(moment, changes):
                yield same, self._replaced(moment, same)
        else:
            groups: dict[object, list[Change]] = {}
            for change in changes:
                groups.setdefault(entries.likeness(change), []).append(change)
            for same in groups.values():
                yield same, self._look(moment, same[0])

    def _look(self, moment: Moment, change: Change) -> Text:
        if change.kind == "drop":
            return Text(marks.short(change.old or "", self.room), style=marks.OLD)
        if change.kind == "tag":
            return entries.tag(moment, change, self.room)
        if change.kind == "recast":
            return entries.recast(change, self.room)
        raise AssertionError(change.kind)

    def _replaced(self, moment: Moment, changes: Sequence[Change]) -> Text:
        whole = moment.before.text
        spans = [(*c.before, c.new or "") for c in changes]
        if any(whole[c.before[0] : c.before[1]] != (c.old or "") for c in changes):  # a record changed by hand
            return marks.inline(changes[0].old or "", changes[0].new or "", plain=self.plain)
        return marks.in_context(whole, spans, plain=self.plain)

    def _commonest(self, changes: Sequence[Change]) -> Iterator[_Entry]:
        """Yield many replacements by what they put for what, the commonest first."""
        groups: dict[tuple[str, str], list[Change]] = {}
        for change in changes:
            groups.setdefault((change.old or "", change.new or ""), []).append(change)
        for (old, new), same in sorted(groups.items(), key=lambda item: -len(item[1])):
            went = Text(marks.exact(old), style=marks.OLD) if old else Text("nothing", style=marks.QUIET)
            came = Text(marks.exact(new), style=marks.NEW) if new else Text("nothing", style=marks.QUIET)
            yield same, Text.assemble(went, " → ", came)

    def _moves(self, moment: Moment, changes: Sequence[Change]) -> Iterator[_Entry]:
        known = {block.id: block.text for block in moment.before.blocks}
        order = entries.order(moment, changes)
        if len(changes) > 1 and order:
            yield [], Text.assemble(("new order  ", "blue"), order)
        for change in changes:
            text = Text(marks.short(known.get(change.block or 0, ""), self.room // 2))
            target = change.detail.get("to_block")
            text.append("\n→ ", style="bold blue")
            if target is None:
                text.append("to the end", style="blue")
            else:
                text.append(f"before paragraph {moment.labels.get(target, '?')}", style="blue")
                if target in known:
                    text.append(f"  {marks.short(known[target], self.room // 3)}", style=marks.QUIET)
            yield [change], text
