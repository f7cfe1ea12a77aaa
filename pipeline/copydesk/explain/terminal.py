"""A record as a page for the terminal: stage by stage, rule by rule, each change with its place and its reason."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from copydesk.document import Document
from copydesk.edits import CERTAIN, Change
from copydesk.record import Record
from copydesk.show import visible

#: Longer texts are shown by their beginning and end.
_SHOWN = 160
_CONTEXT = 24
_VERBS = {"drop": "dropped", "replace": "replaced", "move": "moved", "recast": "recast", "tag": "tagged"}


class Explanation:
    """What a chain did to one document, for rich to print.

    `original` is the text that went in; paragraphs are counted in it, from 1. `stages` and `rules` limit what is
    shown.
    """

    def __init__(self, record: Record, original: str, *, stages: Iterable[str] = (), rules: Iterable[str] = ()) -> None:
        self.record = record
        stages, rules = set(stages), set(rules)
        self.changes = [
            c for c in record.changes if (not stages or c.stage in stages) and (not rules or c.rule in rules)
        ]
        document = Document(original, layout="auto")
        self.numbers = {block.id: number for number, block in enumerate(document.blocks, start=1)}

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the header, then each stage."""
        yield from self._header()
        for _, group in groupby(self.changes, key=lambda change: change.step):
            changes = list(group)
            yield Text()
            yield Rule(self._stage_title(changes), align="left", style="dim", characters="─")
            for _, same in _by_rule(changes):
                yield from self._rule(same)
        if not self.changes:
            yield Text("\nNothing to change.", style="green")
        yield Text()

    def _header(self) -> Iterator[RenderableType]:
        record = self.record
        title = Text(visible(record.document or "document"), style="bold")
        language = str(record.tags.get("language", "und"))
        texts = len(record.texts())
        title.append(f"   language {language} · {_count(texts, 'change')} to the text", style="default")
        yield title
        if record.decoding:
            d = record.decoding
            lossy = ", lossy" if d.lossy else ""
            yield Text(f"decoded from {d.encoding} ({d.how}, confidence {d.confidence:g}{lossy})", style="dim")
        for flag in record.flags:
            yield Text.assemble(("⚑ ", "yellow"), (str(flag), "bold yellow"), f"  {visible(flag.why)}")

    def _stage_title(self, changes: list[Change]) -> Text:
        counts: dict[str, int] = {}
        for change in changes:
            counts[change.kind] = counts.get(change.kind, 0) + 1
        summary = ", ".join(f"{count} {_VERBS[kind]}" for kind, count in counts.items())
        return Text.assemble((changes[0].stage, "bold cyan"), (f"  {summary}", "default"))

    def _rule(self, changes: list[Change]) -> Iterator[RenderableType]:
        for _, group in groupby(changes, key=lambda c: (c.kind, c.why, c.old, _plain(c.detail.get("new")))):
            same = list(group)
            first = same[0]
            head = Text.assemble(_sign(first), (first.rule, "bold"), "  ")
            head.append(self._places(same), style="dim")
            if first.score is not None and first.score < CERTAIN:
                head.append(f"  score {first.score:.2f}", style="dim")
            yield head
            body: list[RenderableType] = [self._what(first)]
            if first.why:
                body.append(Text(visible(first.why), style="italic"))
            yield Padding(Group(*body), (0, 0, 0, 4))

    def _places(self, changes: list[Change]) -> str:
        numbers = [self.numbers.get(c.block) for c in changes if c.block is not None]
        if changes[0].kind == "tag" and changes[0].block is None:
            return "document"
        if numbers and all(number is not None for number in numbers):
            noun = "paragraph" if len(numbers) == 1 else "paragraphs"
            return f"{noun} {', '.join(map(str, numbers))}"
        return ", ".join(f"characters {c.before[0]}–{c.before[1]}" for c in changes)

    def _what(self, change: Change) -> Text:
        old, new = visible(change.old or ""), visible(change.new or "")
        if change.kind == "drop":
            return Text(_short(old), style="red strike")
        if change.kind == "tag":
            return _tag(change.detail)
        if change.kind == "move":
            target = change.detail.get("to_block")
            number = self.numbers.get(target) if target is not None else None
            where = "to the end" if target is None else f"before paragraph {number}" if number else "up"
            return Text(where, style="blue")
        if change.kind == "recast":
            was, now = len(change.detail["was"]), len(change.detail["is"])
            return Text(f"{_count(was, 'block')} became {_count(now, 'block')}: {_short(new)}")
        return _inline(old, new)


def _by_rule(changes: list[Change]) -> Iterator[tuple[str, list[Change]]]:
    """Group by rule in order of first appearance."""
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(change.rule, []).append(change)
    yield from groups.items()


def _sign(change: Change) -> tuple[str, str]:
    return {
        "drop": ("− ", "bold red"),
        "replace": ("~ ", "bold yellow"),
        "move": ("↕ ", "bold blue"),
        "recast": ("⇒ ", "bold magenta"),
    }.get(change.kind, ("• ", "bold green"))


def _tag(detail: Mapping[str, Any]) -> Text:
    value = detail.get("new")
    shown = value if isinstance(value, str) else repr(_plain(value))
    return Text.assemble((f"{detail['key']} = ", "green"), (_short(visible(shown)), "bold green"))


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else repr(value) if isinstance(value, Mapping) else value


def _inline(old: str, new: str) -> Text:
    """Show a replacement character by character: what went in red, what came in green."""
    if len(old) > _SHOWN or len(new) > _SHOWN:
        return Text.assemble((_short(old), "red strike"), " → ", (_short(new), "green"))
    text = Text()
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            text.append(old[a:b])
            continue
        text.append(_marked(old[a:b]), style="red strike")
        text.append(_marked(new[c:d]), style="bold green")
    return text


def _marked(text: str) -> str:
    return text.replace("\n", "⏎").replace("\t", "⇥").replace(" ", "·") if text.isspace() else text


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - _CONTEXT]} … {text[-_CONTEXT:]}"


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
