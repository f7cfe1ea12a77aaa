"""HTML entities that were left standing in plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from copydesk_stages.repair.draft import Fix

# The two of a Windows line break are one.
ENTITY = re.compile(
    r"&#(?:13|[xX]0?[dD]);&#(?:10|[xX]0?[aA]);|&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
)
# What a text about HTML shows on purpose; the rest of the names stand for letters and signs that nobody spells out.
_MARKUP = frozenset(("&lt;", "&gt;", "&amp;", "&quot;", "&apos;", "&nbsp;", "&LT;", "&GT;", "&AMP;", "&QUOT;"))
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_ENOUGH = 2


@lru_cache(maxsize=4096)
def decode_entity(entity: str) -> str | None:
    r"""Return the characters that an entity with its semicolon stands for, None if it stands for nothing.

    Names in capitals count where their small form is a letter, because databases fold case. A line break is one, as
    in the attributes of XML; a form feed or a vertical tab is a space.

    >>> decode_entity("&eacute;"), decode_entity("&EACUTE;"), decode_entity("&#10;"), decode_entity("&nosuch;")
    ('é', 'É', '\n', None)
    """
    shown = html.unescape(entity).replace("\r\n", "\n")
    if shown in ("\v", "\f"):
        return " "
    if shown != entity and ";" not in shown:
        return None if shown == "\ufffd" or shown in _NO_TEXT else shown
    small = html.unescape(entity.lower())
    if entity == entity.upper() and entity[1] != "#" and small != entity.lower() and small.isalpha():
        return small.upper()
    return None


_NO_TEXT = frozenset(map(chr, (*range(0x09), *range(0x0E, 0x20))))


def _is_mention(text: str, found: re.Match[str]) -> bool:
    """Tell whether an entity is talked about: quoted, or standing alone as a word."""
    start, end = found.span()
    return text[start - 1 : start] in _OPENING and text[end : end + 1] in _CLOSING


_OPENING = frozenset("'\"`“‘«")
_CLOSING = frozenset("'\"`”’»,.")


def weigh(text: str) -> int:
    """Return how many entities of `text` can only be left-overs, at most two: that is evidence enough to decode all.

    >>> weigh("caf&eacute; cr&egrave;me &amp; more"), weigh("write &lt;b&gt; for bold")
    (2, 0)
    """
    left_over = (
        1
        for found in ENTITY.finditer(text)
        if found.group() not in _MARKUP
        and found.group().lower() not in _MARKUP_NUMBERS
        and decode_entity(found.group()) is not None
        and not _is_mention(text, found)
    )
    return sum(islice(left_over, _ENOUGH))


_MARKUP_NUMBERS = frozenset(("&#60;", "&#62;", "&#x3c;", "&#x3e;"))


def entity_fixes(text: str, evidence: int) -> Iterator[Fix]:
    """Yield the fixes of the entities in `text`, given how many the whole document has that can only be left-overs.

    `text` is one line. If it holds tags it is HTML and stays as it is. A carriage return is a line break, but nothing
    at the end of the line, where XML writes one for the first half of a Windows line break.

    >>> [f.text for f in entity_fixes("cr&egrave;me br&ucirc;l&eacute;e", 2)]
    ['è', 'û', 'é']
    """
    if evidence < _ENOUGH or _TAG.search(text):
        return
    for found in ENTITY.finditer(text):
        shown = decode_entity(found.group())
        if shown == "\r":
            shown = "\n" if found.end() < len(text) else ""
        if shown is not None and not _is_mention(text, found):
            yield Fix(*found.span(), shown, "entity", f"the HTML entity {found.group()} left in plain text")
