"""A record as a page for the browser: before and after side by side, stages and rules to switch on and off."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from typing import Any

from copydesk.document import Document
from copydesk.edits import Change
from copydesk.errors import InputError
from copydesk.explain.entries import counted
from copydesk.explain.fates import layout_of
from copydesk.explain.history import History, Moment
from copydesk.explain.html import document as html_document
from copydesk.explain.marks import shown
from copydesk.record import GIVEN, Record

#: A page holds text and record whole; beyond this no browser is pleasant to use with it.
MAX_CHARACTERS = 5_000_000

_BODY = """<header><h1>{title}</h1>
<p class="quiet">{facts}</p>
{flags}</header>
<div class="frame">
<nav aria-label="Stages and rules"><details id="panel" open><summary><h2>Changes</h2></summary>
<ul id="switches"></ul>
<p><label><input type="checkbox" id="only-changed"><span class="name">Only what changed</span></label></p>
<p class="quiet keys"><kbd>j</kbd> <kbd>k</kbd> next and previous change<br>
<kbd>1</kbd> to <kbd>9</kbd> switch a stage<br>
<kbd>c</kbd> only what changed</p>
</details><p id="status" role="status"></p></nav>
<main class="sheet">{fixed}<div class="columns"><span>Before</span><span>After</span></div>
<svg id="moves" aria-hidden="true"></svg><div id="rows"></div></main>
</div>"""


def page(record: Record, past: History, *, stages: Iterable[str] = (), rules: Iterable[str] = ()) -> str:
    """Return the page as HTML, in one piece and without anything from outside.

    With `stages` or `rules` the page begins with all others switched off. Raises InputError on a text that is too
    large for a page.
    """
    if len(past.original) > MAX_CHARACTERS:
        raise InputError(
            f"{record.document or 'the document'}: {len(past.original):,} characters are too many for a page (at most "
            f"{MAX_CHARACTERS:,}); look at it in the terminal, with --stage or --rule"
        )
    stages, rules = set(stages), set(rules)
    name = shown(record.document or "document")
    data = page_data(record, past)
    data["off"] = sorted(
        {
            f"{c.stage}\n{c.rule}"
            for c in record.changes
            if (stages and c.stage not in stages) or (rules and c.rule not in rules)
        }
    )
    flags = "".join(
        f'<p class="flag"><b>{html.escape(shown(str(flag)))}</b> {html.escape(shown(flag.why))}</p>\n'
        for flag in record.flags
    )
    body = _BODY.format(
        title=html.escape(name), facts=html.escape(_facts(record)), flags=flags, fixed=_fixed(data.pop("fixed"))
    )
    return html_document(
        f"{name}: what copydesk changed",
        body,
        data,
        styles=("common.css", "explain.css"),
        scripts=("text.js", "replay.js", "rows.js", "explain.js"),
    )


def _facts(record: Record) -> str:
    facts = [f"{counted(len(record.texts()), 'change')} to the text", f"language {record.tags.get('language', 'und')}"]
    if record.decoding and not record.decoding.is_plain:
        facts.append(record.decoding.describe())
    facts.append(f"chain {record.chain}, copydesk {record.versions.get('copydesk', '?')}")
    return shown(" · ".join(facts))


def _fixed(moments: Iterable[Moment]) -> str:
    lines = []
    for moment in moments:
        for change in moment.changes:
            if change.kind == "recast":
                size = f"{len(change.old or ''):,} characters became {len(change.new or ''):,}"
                head = f"{moment.stage} / {change.rule}"
                lines.append(
                    f"<p><b>{html.escape(shown(head))}</b> {html.escape(shown(change.why))} "
                    f'<span class="quiet">({size}; the text below is what it gave)</span></p>'
                )
    return f'<div class="fixed">{"".join(lines)}</div>' if lines else ""


def page_data(record: Record, past: History) -> dict[str, Any]:
    """Return what the page's scripts replay: the base text, its blocks, and each step's changes.

    Where a step put new blocks in place of all others, as the extraction of a page does, the base is what it gave;
    the steps up to it are listed as `fixed`. Offsets are in UTF-16 units, as JavaScript counts.
    """
    last = max((index for index, moment in enumerate(past.moments) if moment.recounted), default=-1)
    fixed, moments = past.moments[: last + 1], past.moments[last + 1 :]
    wide = _has_wide(past, moments)
    size: Callable[[str], int] = _utf16 if wide else len
    split = record.split
    base = moments[0].before if moments else past.output
    if fixed or split == GIVEN:
        split = GIVEN
        cut = base
    else:
        base = Document(past.original, layout=layout_of(record))
        cut = next((m.before for m in moments if m.step == split), past.output if split is None else base)
    texts = Document(cut.text, layout=layout_of(record)) if split is None else cut
    number = 0
    steps = []
    for moment in moments:
        rows = []
        for change in moment.changes:
            rows.append({"i": number, **_change(change, moment, size)})
            number += 1
        steps.append({"step": moment.step, "stage": moment.stage, "changes": rows})
    return {
        "text": base.text,
        "split": split,
        "outline": {
            "lead": size(texts.lead),
            "blocks": [[block.id, size(block.text), size(block.separator)] for block in texts.blocks],
        },
        "paragraphs": _paragraphs(base, size),
        "steps": steps,
        "fixed": fixed,
    }


def _paragraphs(document: Document, size: Callable[[str], int]) -> list[tuple[int, int]]:
    at = size(document.lead)
    found = []
    for block in document.blocks:
        end = at + size(block.text)
        found.append((at, end))
        at = end + size(block.separator)
    return found


def _change(change: Change, moment: Moment, size: Callable[[str], int]) -> dict[str, Any]:
    detail = change.detail
    row: dict[str, Any] = {
        "kind": change.kind,
        "rule": change.rule,
        "why": moment.reason(change),
        "score": change.score,
        "block": change.block,
        "old": change.old or "",
        "new": change.new or "",
    }
    if change.kind == "replace":
        row["in"] = detail["in"]
        row["start"] = size(_region(moment.before, detail["in"], change.block)[: detail["start"]])
    elif change.kind == "recast":
        row["was"] = _outline(change.old or "", detail["was"], size)
        row["is"] = _outline(change.new or "", detail["is"], size)
    elif change.kind == "move":
        row["to"] = detail["to_block"]
    elif change.kind == "tag":
        row |= {"tag": detail["key"], "value": detail["new"]}
    return row


def _region(document: Document, name: str, block: int | None) -> str:
    if name == "text":
        return document.text
    if block is None:
        return document.lead if name == "lead" else document.trail
    found = document.block(block)
    return found.text if name == "block" else found.separator


def _outline(text: str, outline: Iterable[tuple[int, int, str]], size: Callable[[str], int]) -> list[list[Any]]:
    at = 0
    rows = []
    for block_id, length, separator in outline:
        rows.append([block_id, size(text[at : at + length]), separator])
        at += length + len(separator)
    return rows


def _has_wide(past: History, moments: Iterable[Moment]) -> bool:
    texts = [past.original, *(c.new or "" for moment in moments for c in moment.changes)]
    texts += [moment.before.text for moment in moments]
    return any(max(text, default="") > "\uffff" for text in texts)


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
