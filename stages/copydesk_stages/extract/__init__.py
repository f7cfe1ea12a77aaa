"""The main text of an HTML page, with its structure kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Literal

from copydesk import Document, NewBlock, Recast, SetTag, option

if TYPE_CHECKING:
    from copydesk_stages.extract.lines import Line


@dataclass(frozen=True, slots=True)
class Extract:
    r"""Take the main text out of an HTML page.

    A page is read once. trafilatura and a model of trees decide which lines of the page stay; each line
    keeps its role (`heading` with its level, `paragraph`, `item`, `quote`, `row`, `code`, `caption`) as a tag of its
    block. What the page declares about itself (title, author, date, site, url, declared_language) becomes tags of the
    document. A text that is not HTML is left alone.

    Where no main text is found, the visible text stays rather than nothing, and a flag of the document says so, such as
    `no text without scripts`, `behind a paywall`, `cookie wall`, `frame set`.

    >>> import copydesk
    >>> page = "<html><body><nav><a href='/'>Home</a></nav><h1>The dam held</h1><p>Nobody was hurt.</p></body></html>"
    >>> result = copydesk.Chain.of(Extract()).run(page)
    >>> result.text
    'The dam held\n\nNobody was hurt.'
    >>> [block.tags["role"] for block in result.document.blocks]
    ['heading', 'paragraph']
    """

    takes: ClassVar[str] = "html"
    gives: ClassVar[str] = "text"
    uses: ClassVar[tuple[str, ...]] = ("trafilatura", "lxml")

    favor: Literal["precision", "balanced", "recall"] = option(
        "balanced", "What to do with a line in doubt: leave it out (precision) or keep it (recall)."
    )
    comments: Literal["auto", "keep", "drop"] = option(
        "auto", "Readers' comments: kept where the page is a forum (auto), always or never."
    )
    tables: bool = option(True, "Keep the rows of tables.")
    related: Literal["auto", "keep", "drop"] = option(
        "auto", "Links to related pages: where they look like main text (auto), always or never."
    )
    captions: bool = option(True, "Keep the captions of pictures and tables.")

    def __call__(self, document: Document) -> Iterator[Recast | SetTag]:
        """Yield one `Recast` of the page to its main text (rule `extract`) and a `SetTag` for each declaration."""
        from copydesk_stages.extract import page
        from copydesk_stages.extract.choose import choose
        from copydesk_stages.extract.metadata import Declared, declared

        declared_html = "html" in (document.source.media_type or "")
        if not page.looks_like_html(document.text, declared=declared_html) or not document.blocks:
            return
        root = page.parse(document.text)
        said = declared(root) if root is not None else Declared({})
        choice = choose(root, document.text, self, said)
        yield _recast(document, choice.lines, choice.why)
        if choice.flag:
            yield SetTag("flag", choice.flag.name, rule="extract", why=choice.flag.why, score=1.0)
        for key, value in said.tags.items():
            yield SetTag(key, value, rule="declared", why=f"the page declares its {key.replace('_', ' ')}", score=1.0)


def _recast(document: Document, lines: list[Line], why: str) -> Recast:
    blocks = tuple(block.id for block in document.blocks)
    new = [NewBlock(a.text, _separator(a, b), a.role_tags()) for a, b in pairwise(lines)]
    new += [NewBlock(line.text, None, line.role_tags()) for line in lines[-1:]]
    return Recast(blocks, tuple(new) or (NewBlock(""),), rule="extract", why=why, score=1.0)


def _separator(line: Line, after: Line) -> str:
    """Return one line break between the parts of one thing (list, table, verse), an empty line elsewhere."""
    same_group = line.group >= 0 and line.group == after.group and line.role == after.role
    nested = line.role == after.role == "item" and max(line.tags.get("level", 0), after.tags.get("level", 0)) > 1
    return "\n" if same_group or nested or (after.breaks == 1 and line.node is after.node) else "\n\n"
