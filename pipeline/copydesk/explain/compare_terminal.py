"""A comparison of two chains for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from copydesk.explain import entries, marks
from copydesk.explain.compare import Comparison, Passage, Side

_SIDES: tuple[Side, Side] = ("lost", "gained")
_STYLES: dict[Side, str] = {"lost": "bold red", "gained": "bold green"}
_SHOWN = 400
_CONTEXT = 60


class Difference:
    """What one chain takes and the other keeps, for rich to print; at most `limit` passages."""

    def __init__(self, found: Comparison, chain_a: str, chain_b: str, limit: int) -> None:
        self.found = found
        self.chains = (chain_a, chain_b)
        self.limit = limit

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the totals, the rules, the passages."""
        yield from self._totals()
        rules = self.found.by_rule()
        if rules:
            yield Text()
            yield from _rules(rules)
        worst = self.found.worst()
        width = min(options.max_width, 110)
        plain = console.color_system is None or console.no_color
        for passage in worst[: self.limit]:
            for line in _passage(passage, plain=plain).wrap(console, width):
                line.rstrip()
                yield line
        if len(worst) > self.limit:
            yield Text()
            yield Text(f"… and {len(worst) - self.limit:,} more passages; --limit shows more, --json all", style="dim")

    def _totals(self) -> Iterator[RenderableType]:
        found = self.found
        yield Text.assemble("A ", (marks.shown(self.chains[0]), "bold"), "   B ", (marks.shown(self.chains[1]), "bold"))
        yield Text(f"{entries.counted(found.documents, 'document')}, {found.differing or 'none'} with differences")
        words = {"lost": "B cuts and A keeps", "gained": "A cuts and B keeps"}
        for side in _SIDES:
            size = found.characters(side)
            whose = "A" if side == "lost" else "B"
            share = f"{found.share(side):.3%} of what {whose} keeps"
            yield Text.assemble((f"{side:<7}", _STYLES[side]), f"{size:,} characters that {words[side]} ({share})")
        for what, count in sorted(found.otherwise.items()):
            yield Text(f"{count:,} of them {what}" if what.startswith("in") else f"{count:,} of them with {what}")
        if found.skipped:
            yield Text(f"{entries.counted(len(found.skipped), 'document')} could not be compared", style="yellow")


def _rules(rules: Sequence[tuple[Side, str, str, int, int]]) -> Iterator[Text]:
    """Yield a table of what each rule cuts, without the blanks that a table puts at the ends of lines."""
    names = [f"{marks.shown(stage)}/{marks.shown(rule)}" for _, stage, rule, _, _ in rules]
    wide = min(60, max(4, *map(len, names)))
    yield Text(f"{'':<8}{'rule':<{wide}}  passages  characters", style=marks.QUIET)
    for name, (side, _, _, count, size) in zip(names, rules, strict=True):
        yield Text.assemble((f"{side:<8}", _STYLES[side]), f"{name:<{wide}}", f"{count:>10,}", f"{size:>12,}")


def _passage(passage: Passage, *, plain: bool) -> Text:
    head = Text.assemble(
        "\n", (f"{passage.side} ", _STYLES[passage.side]), (marks.shown(f"{passage.stage}/{passage.rule}"), "bold")
    )
    head.append(f"  {passage.size:,} characters", style=marks.QUIET)
    if score := marks.score(passage.score):
        head.append(f"  {score}", style=marks.QUIET)
    head.append(f"  {marks.shown(passage.document)}", style=marks.QUIET)
    if passage.why:
        head.append(f"\n{marks.short(passage.why, 300)}", style=marks.REASON)
    before, after = " ".join(passage.before.split()), " ".join(passage.after.split())
    if before:
        head.append(f"\n… {marks.shown(before[-_CONTEXT:].partition(' ')[2])} ", style=marks.QUIET)
    else:
        head.append("\n")
    cut = marks.short(passage.text, _SHOWN)
    head.append(f"[-{cut}-]" if plain else cut, style="red" if passage.side == "lost" else "green")
    if after:
        head.append(f" {marks.shown(after[:_CONTEXT].rpartition(' ')[0])} …", style=marks.QUIET)
    return head
