"""Parts of a page that may be kept or dropped as asked: comments, related links, tables, captions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copydesk_stages.extract import Extract
    from copydesk_stages.extract.lines import Line, Node

_COMMENTS = re.compile(r"\bcomments?\b|\bcomment-?(?:list|body|content|text)|\bdisqus|\bresponses?\b", re.IGNORECASE)
_RELATED = re.compile(
    r"\brelated|\brecommend|\bread-?(?:also|next)|\bsee-?also|\bmore-?(?:stories|news|articles|posts|from)|\byou-?may"
    r"|\bsimilar|\bpopular|\btrending|\bmost-?read|\boutbrain|\btaboola",
    re.IGNORECASE,
)
# What buyers say of a product; a preview is none.
_REVIEWS = re.compile(r"(?<!p)review|\bratings?\b", re.IGNORECASE)
# What stands below each post of one writer.
_SIGNATURES = re.compile(r"signature|\bsig\d*\b", re.IGNORECASE)
# An element that holds more of the page than this is no part beside the text, whatever it is called.
_MOST = 0.6
# Below this share of linked characters a line is no link.
_LINKED = 0.5
# "Reply", "12 likes": what stands around comments.
_FEW_WORDS = 4
_Called = tuple[bool, bool, bool, bool]
_NOTHING: _Called = (False, False, False, False)
_NAMES = {"comment": "comments", "related": "related links", "row": "table rows", "caption": "captions"}


def parts(lines: Sequence[Line], body: Sequence[float], comments: Sequence[float], kind: str) -> list[str]:
    """Return for each line which part of the page it is: `comment`, `related`, `signature`, `row`, `caption` or "".

    `body` and `comments` are the shares of each line that trafilatura took for text and for comments; the rest goes by
    the names of the elements around. Posts of a forum are no comments; reviews are, where the page sells a product.
    Signatures are looked for on forums.
    """
    bound = _MOST * len(lines)
    known: dict[int, _Called] = {}
    found = []
    for line, share, below in zip(lines, body, comments, strict=True):
        part = ""
        comments_around, related_around, reviews_around, signature_around = _called(line.node, bound, known)
        is_comment = kind != "forum" and share < 0.5 and (below >= 0.5 or comments_around)
        if is_comment or (kind == "product" and reviews_around):
            part = "comment"
        elif kind == "forum" and signature_around:
            part = "signature"
        elif related_around and (line.linked >= _LINKED * len(line.text) or line.role == "heading"):
            part = "related"
        if not part and line.role in ("row", "caption"):
            part = line.role
        found.append(part)
    return found


def _called(node: Node, bound: float, known: dict[int, _Called]) -> _Called:
    """Tell whether an element or one around it is named after comments, related links, reviews, signatures.

    Large elements are passed over.
    """
    chain: list[Node] = []
    at: Node | None = node
    while at is not None and at.last - at.first <= bound and id(at) not in known:
        chain.append(at)
        at = at.parent
    called = known.get(id(at), _NOTHING)
    for one in reversed(chain):
        if one.names:
            said = _said(one.names)
            called = (called[0] or said[0], called[1] or said[1], called[2] or said[2], called[3] or said[3])
        known[id(one)] = called
    return known.get(id(node), _NOTHING)


@lru_cache(maxsize=10_000)
def _said(names: str) -> _Called:
    """Tell whether names speak of comments, of related links, of reviews, of signatures."""
    found = [pattern.search(names) is not None for pattern in (_COMMENTS, _RELATED, _REVIEWS, _SIGNATURES)]
    return found[0], found[1], found[2], found[3]


def as_asked(options: Extract, part: str, line: Line, *, chosen: bool) -> bool:
    """Return whether a line stays, given what the model has `chosen` and what the options say of its part."""
    if part in ("comment", "related"):
        wish = options.comments if part == "comment" else options.related
        # Around comments stand buttons, which nobody has asked for.
        worth = part == "related" or len(line.text.split()) >= _FEW_WORDS
        return chosen if wish == "auto" else (chosen or worth) if wish == "keep" else False
    if part == "repeat":
        return False
    if part in ("row", "caption"):
        return chosen and (options.tables if part == "row" else options.captions)
    return chosen


def told(dropped: Counter[str], kept: Counter[str]) -> str:
    """Return in words what the options changed, "" for nothing.

    >>> told(Counter({"row": 3}), Counter())
    '; left out as asked: table rows (3)'
    """
    said = f"; left out since said before: lines ({dropped['repeat']})" if dropped["repeat"] else ""
    for verb, counts in (("left out", dropped), ("kept", kept)):
        listed = ", ".join(f"{_NAMES[part]} ({counts[part]})" for part in _NAMES if counts[part])
        said += f"; {verb} as asked: {listed}" if listed else ""
    return said
