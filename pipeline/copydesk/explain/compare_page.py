"""A comparison of two chains as a page for the browser."""

from __future__ import annotations

import html

from copydesk.explain.compare import Comparison, Side
from copydesk.explain.entries import counted
from copydesk.explain.html import document
from copydesk.explain.marks import shown

#: More than a page can hold pleasantly; the riskiest come first, and --json has all.
MAX_PASSAGES = 20_000
FILTERS = """<div class="filters"><label>Rule <select id="rule"><option value="">all</option></select></label>
<label>Search <input id="search" type="search"></label></div>
<p id="status" role="status" class="quiet"></p>
<ul id="items"></ul><p><button type="button" id="more" hidden>More</button></p>
<p class="quiet"><kbd>j</kbd> <kbd>k</kbd> next and previous</p>"""


def escaped(text: object) -> str:
    """Return text that is safe to stand in markup, with what does not show spelt out."""
    return html.escape(shown(str(text)))


def compare_page(found: Comparison, chain_a: str, chain_b: str) -> str:
    """Return the page as HTML, in one piece and without anything from outside."""
    sides: tuple[tuple[Side, str, str], ...] = (
        ("lost", "B cuts and A keeps", "A"),
        ("gained", "A cuts and B keeps", "B"),
    )
    cards = "".join(
        f"<div><b>{found.characters(side):,}</b>characters {side}: {words}<br>"
        f'<span class="quiet">{found.share(side):.3%} of what {whose} keeps</span></div>'
        for side, words, whose in sides
    )
    rows = "".join(
        f'<tr><td>{side}</td><td>{escaped(f"{stage} / {rule}")}</td><td class="figure">{count:,}</td>'
        f'<td class="figure">{size:,}</td></tr>'
        for side, stage, rule, count, size in found.by_rule()
    )
    otherwise = "".join(f"<p>{count:,} documents: {escaped(what)}</p>" for what, count in found.otherwise.items())
    skipped = f"<p>{len(found.skipped):,} documents could not be compared.</p>" if found.skipped else ""
    passages = found.worst()
    left_out = len(passages) - MAX_PASSAGES
    note = f"<p>{left_out:,} passages of less weight are left out; copydesk diff --json has all.</p>"
    body = f"""<header><h1>What B cuts and A keeps, and the other way round</h1>
<p>A <b>{escaped(chain_a)}</b> · B <b>{escaped(chain_b)}</b></p>
<p class="quiet">{counted(found.documents, "document")}, {found.differing or "none"} with differences</p></header>
<main><div class="cards">{cards}</div>{otherwise}{skipped}
<h2>By rule</h2><div class="scroll" tabindex="0" role="region" aria-label="Rules"><table>
<thead><tr><th>Side</th><th>Rule that cuts</th>
<th class="figure">Passages</th><th class="figure">Characters</th></tr></thead><tbody>{rows}</tbody></table></div>
<h2>Passages</h2>{note if left_out > 0 else ""}{FILTERS}</main>"""
    data = {"items": [passage.to_json() for passage in passages[:MAX_PASSAGES]]}
    title = f"copydesk diff: {shown(chain_a)} and {shown(chain_b)}"
    return document(title, body, data, styles=("common.css", "list.css"), scripts=("text.js", "list.js"))
