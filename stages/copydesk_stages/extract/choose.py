"""Which lines of a page are its main text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from copydesk_stages.extract import base, lines, page

if TYPE_CHECKING:
    from copydesk_stages.extract import Extract

NO_SCRIPTS = "no text without scripts"
NO_MAIN_TEXT = "no main text found; all visible text is kept"
NO_TEXT = "the page has no text"
TOO_DEEP = "nested too deep for a tree; all text between the tags is kept"
FRAMES = "a frame set: the text is in other files"


@dataclass(frozen=True, slots=True)
class Choice:
    """The lines that stay, why in words, and what a person should know about the page ("" if nothing)."""

    lines: list[lines.Line]
    why: str
    flag: str = ""


def choose(root: Any, text: str, options: Extract) -> Choice:
    """Return the lines of the main text of a parsed page; `text` is what was parsed."""
    if root is None:
        return Choice([], "the page has no element", NO_TEXT)
    found, depth = lines.walk(root)
    if depth >= page.MAX_DEPTH - 2:
        return Choice(_plain(page.strip_markup(text)), "the text between the tags", TOO_DEEP)
    answer = _answer(root, depth, options)
    kept = _by_answer(found, answer, options)
    if not kept and answer.body:
        kept = _embedded(root, answer)
    if kept:
        return Choice(kept, "the main text of the page; menus, teasers and other furniture are left out")
    return _nothing_found(root, found)


def _answer(root: Any, depth: int, options: Extract) -> base.Answer:
    from copydesk_stages.extract import MAX_ELEMENTS, MAX_TREE_DEPTH

    if depth > MAX_TREE_DEPTH or sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        return base.Answer()
    return base.ask(root, options.favor, tables=options.tables, comments=options.comments != "drop")


def _by_answer(found: Sequence[lines.Line], answer: base.Answer, options: Extract) -> list[lines.Line]:
    texts = [line.text for line in found]
    body = base.cover(texts, answer.body)
    comments = base.cover(texts, answer.comments if options.comments == "keep" else ())
    return [
        line
        for line, share, below in zip(found, body, comments, strict=True)
        if max(share, below) >= 0.5
        and (options.tables or line.role != "row")
        and (options.captions or line.role != "caption")
    ]


def _embedded(root: Any, answer: base.Answer) -> list[lines.Line]:
    """Return the answer itself where its text stands in no line: it was embedded as data for a script to show."""
    without = [line.text for line in lines.walk(root, noscript=True)[0]]
    if max(base.cover(without, answer.body), default=0.0) >= 0.5:
        return []
    return _plain(answer.body)


def _plain(texts: Sequence[str]) -> list[lines.Line]:
    top = lines.Node("html", None, 0)
    return [lines.Line(text, "paragraph", top) for text in texts]


def _nothing_found(root: Any, found: list[lines.Line]) -> Choice:
    visible = [line for line in found if not line.node.hidden]
    if visible:
        return Choice(visible, "the visible text of the page", NO_MAIN_TEXT)
    without = [line for line in lines.walk(root, noscript=True)[0] if not line.node.hidden]
    scripted = next(root.iter("script"), None) is not None
    if without:
        return Choice(without, "the text for readers without scripts", NO_SCRIPTS)
    if next(root.iter("frameset"), None) is not None:
        return Choice([], "the page has no text of its own", FRAMES)
    return Choice([], "the page shows no text", NO_SCRIPTS if scripted else NO_TEXT)
