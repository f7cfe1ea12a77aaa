"""The report of a run as a page: what was removed, by what, and what to look at first."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from copydesk.explain.compare_page import FILTERS, escaped
from copydesk.explain.html import document
from copydesk.explain.marks import shown
from copydesk.review.summary import NEARLY_ALL, RANGES, Summary

_BARS = 15
_LISTED = 50
_LABEL = 40


def report_page(summary: Summary | None, run: Mapping[str, Any] | None, name: str) -> str:
    """Return the report as HTML, in one piece and without anything from outside.

    `summary` is what the records say, `run` the values of a batch's `run.json`; either may be None.
    """
    parts = [_notice(summary, run), _cards(summary, run)]
    if summary is not None:
        parts += [_rules(summary), _shares(summary), _counts("Languages", summary.languages)]
        parts += [_counts("Encodings", summary.encodings), _counts("Flags", summary.flags), _emptied(summary)]
    elif run is not None:
        parts += [_stages(run), _counts("Languages", run.get("languages", {}))]
        parts += [_counts("Encodings", run.get("encodings", {})), _counts("Flags", run.get("flags", {}))]
    if run is not None:
        parts += [_time(run), _failures(run)]
    body = f"<header><h1>What the run did: {escaped(name)}</h1>{_chain(summary, run)}</header><main>{''.join(parts)}"
    items = summary.risky() if summary else []
    hidden = "" if items else '<p class="quiet">No text was cut.</p>'
    body += f"<h2>The riskiest changes</h2>{hidden}{FILTERS}</main>"
    title = f"copydesk report: {shown(name)}"
    return document(title, body, {"items": items}, styles=("common.css", "list.css"), scripts=("text.js", "list.js"))


def _notice(summary: Summary | None, run: Mapping[str, Any] | None) -> str:
    notes = []
    left = (run or {}).get("inputs", {}).get("todo", 0)
    if left:
        notes.append(f"The run is not finished: {left:,} inputs are still to be done. This is what was done so far.")
    if summary is None:
        notes.append("No records were kept (clean --edits), so single changes cannot be shown.")
    if summary is not None and len(summary.chains) > 1:
        notes.append(f"The records are of {len(summary.chains)} different chains.")
    return "".join(f'<p class="flag">{escaped(note)}</p>' for note in notes)


def _chain(summary: Summary | None, run: Mapping[str, Any] | None) -> str:
    hashes = list(dict.fromkeys([*(summary.chains if summary else ()), *(run or {}).get("chain_hash", {}).values()]))
    versions = (run or {}).get("versions", {})
    listed = ", ".join(f"{key} {value}" for key, value in versions.items())
    text = f"chain {', '.join(map(str, hashes))}{f' · {listed}' if listed else ''}" if hashes else ""
    return f'<p class="quiet">{escaped(text)}</p>'


def _cards(summary: Summary | None, run: Mapping[str, Any] | None) -> str:
    cards: list[tuple[str, str]] = []
    if summary is not None:
        cards += [(f"{summary.documents:,}", "documents"), (f"{summary.changed:,}", "changed")]
        cards += [(f"{sum(c.changes for c in summary.rules.values()):,}", "changes")]
        cards += [(f"{summary.removed:,}", "characters removed")]
    elif run is not None:
        cards += [(f"{run[key]:,}", label) for key, label in _RUN_CARDS if isinstance(run.get(key), int)]
    if run is not None:
        cards.append((f"{run.get('failed', 0):,}", "failed"))
        rate = run.get("timing", {}).get("documents_per_second")
        if rate:
            cards.append((f"{rate:,}", "documents a second"))
    return f'<div class="cards">{"".join(f"<div><b>{escaped(n)}</b>{escaped(w)}</div>" for n, w in cards)}</div>'


_RUN_CARDS = (("documents", "documents"), ("changed", "changed"), ("edits", "changes"), ("removed", "bytes removed"))


def _rules(summary: Summary) -> str:
    found = sorted(summary.rules.items(), key=lambda item: (-item[1].removed, -item[1].changes, item[0]))
    rows = [
        (stage, rule, c.changes, c.removed, ", ".join(f"{lang} {n:,}" for lang, n in c.languages.most_common(4)))
        for (stage, rule), c in found
    ]
    chart = [(f"{stage} / {rule}", removed) for stage, rule, _, removed, _ in rows if removed][:_BARS]
    head = ("Stage", "Rule", "Changes", "Characters removed", "Of them, by language")
    return f"<h2>What was removed, by rule</h2>{bars(chart, 'characters')}{_table(head, rows)}"


def _stages(run: Mapping[str, Any]) -> str:
    rows = [
        (stage, rule, counts.get("edits", 0), counts.get("removed", 0), counts.get("added", 0))
        for stage, values in run.get("stages", {}).items()
        for rule, counts in values.get("rules", {}).items()
    ]
    rows.sort(key=lambda row: -row[3])
    chart = [(f"{stage} / {rule}", removed) for stage, rule, _, removed, _ in rows if removed][:_BARS]
    head = ("Stage", "Rule", "Changes", "Bytes out", "Bytes in")
    return f"<h2>What was removed, by rule</h2>{bars(chart, 'bytes')}{_table(head, rows)}"


def _shares(summary: Summary) -> str:
    names = ["nothing", *(f"{a:.0%} to {b:.0%}" for a, b in pairwise(RANGES))]
    names[1] = f"up to {RANGES[1]:.0%}"
    chart = [(name, summary.shares[end]) for name, end in zip(names, RANGES, strict=True)]
    return f"<h2>Share of a document that was cut</h2>{bars(chart, 'documents')}"


def _counts(title: str, counts: Mapping[str, int]) -> str:
    if not counts:
        return ""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    chart = ordered[:_BARS]
    rest = sum(number for _, number in ordered[_BARS:])
    if rest:
        chart.append((f"{len(ordered) - _BARS} others", rest))
    return f"<h2>{escaped(title)}</h2>{bars(chart, 'documents')}"


def _emptied(summary: Summary) -> str:
    if not summary.nearly_emptied:
        return ""
    worst = sorted(summary.nearly_emptied, key=lambda item: (-item[0], item[1]))
    rows = [(name, f"{share:.1%}") for share, name in worst[:_LISTED]]
    more = f"<p>{len(worst) - _LISTED:,} more.</p>" if len(worst) > _LISTED else ""
    title = f"Documents that lost more than {NEARLY_ALL:.0%}"
    return f"<h2>{title}</h2>{_table(('Document', 'Share cut'), rows)}{more}"


def _time(run: Mapping[str, Any]) -> str:
    timing = run.get("timing", {})
    stages = sorted(timing.get("stages", {}).items(), key=lambda item: -item[1])
    chart = [(name, round(seconds, 2)) for name, seconds in stages if seconds]
    if not chart:
        return ""
    slowest = [(row.get("document"), row.get("milliseconds", 0)) for row in timing.get("slowest", [])]
    table = _table(("Slowest documents", "Milliseconds"), slowest) if slowest else ""
    return f"<h2>Time by stage</h2>{bars(chart, 'seconds')}{table}"


def _failures(run: Mapping[str, Any]) -> str:
    rows = [
        tuple(str(row.get(key, "")) for key in ("document", "stage", "problem"))
        for row in run.get("failures", [])[:_LISTED]
        if isinstance(row, Mapping)
    ]
    if not rows:
        return ""
    return f"<h2>Failures</h2>{_table(('Document', 'Stage', 'Problem'), rows)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    body = [tuple(row) for row in rows]
    figures = [bool(body) and all(isinstance(row[i], int) for row in body) for i in range(len(head))]
    mark = [' class="figure"' if figure else "" for figure in figures]
    top = "".join(f"<th{m}>{escaped(title)}</th>" for m, title in zip(mark, head, strict=True))
    lines = "".join(
        f"<tr>{''.join(f'<td{m}>{escaped(_cell(cell))}</td>' for m, cell in zip(mark, row, strict=True))}</tr>"
        for row in body
    )
    name = escaped(" and ".join(head[:2]))
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">{table}</div>'


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def bars(rows: Sequence[tuple[str, float]], unit: str) -> str:
    """Return a chart of bars, drawn as SVG as wide as there is room, with names and numbers as text beside them.

    >>> "<svg" in bars([("en", 3), ("de", 1)], "documents")
    True
    """
    if not rows:
        return ""
    most = max(value for _, value in rows) or 1
    lines = []
    for name, value in rows:
        label = shown(str(name))
        label = label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"
        long = max(round(100 * value / most, 1), 0.5 if value else 0)
        lines.append(
            f'<li><span class="name">{html.escape(label)}</span>'
            '<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect class="bar" width="{long}" height="10"/></svg><span class="value">{value:,}</span></li>'
        )
    return f'<ul class="chart" aria-label="{html.escape(unit)}">{"".join(lines)}</ul>'
