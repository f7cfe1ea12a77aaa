"""Texts and replacements marked up for a terminal: what went, what came, and nothing that a terminal would obey."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from copydesk.show import visible

OLD, NEW, REASON, QUIET = "red strike", "bold green", "italic", "dim"
#: Invisible, but part of how words are written; escaped, Persian, Hindi and French could not be read.
_HARMLESS = frozenset(
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200c\u200d\u202f\u3000"
)
#: Beyond this a comparison character by character takes longer than anybody waits, and shows nothing.
_COMPARED = 2000
CONTEXT = 28
#: Less alike than this, two texts are shown one after the other.
_ALIKE = 0.5
_BLANKS = str.maketrans({"\n": "⏎", "\r": "␍", "\t": "⇥", " ": "·"})


def shown(text: str) -> str:
    r"""Return text for a reader: controls and overrides escaped, spaces and joiners that belong to words left.

    >>> shown("5\u00a0% \u202eevil\x1b[2J")
    '5\xa0% \\u202eevil\\x1b[2J'
    """
    return "".join(char if char in _HARMLESS else visible(char) for char in text)


def short(text: str, room: int) -> str:
    """Return text on one line, shown by beginning and end where it is longer than `room` characters.

    >>> short("one   two three four five six seven", 20)
    'one two thre … seven'
    """
    if len(text) > 8 * room:
        text = f"{text[: 4 * room]}{text[-4 * room :]}"
    text = shown(" ".join(text.split()))
    if len(text) <= room:
        return text
    tail = room // 4
    return f"{text[: room - tail - 3].rstrip()} … {text[-tail:].lstrip()}"


def exact(text: str) -> str:
    r"""Return the characters of a change themselves: nothing invisible stays so.

    >>> exact(" "), exact("soft\u00adhyphen")
    ('·', 'soft\\xadhyphen')
    """
    if not text.strip():
        text = text.translate(_BLANKS)
    return visible(text.replace("\r", "␍").replace("\n", "⏎"))


def pair(old: str, new: str, *, plain: bool = False) -> Text:
    """Return what went and what came side by side; `plain` marks them by brackets where there is no colour.

    >>> pair("Ã©", "é", plain=True).plain
    '[-Ã©-]{+é+}'
    """
    text = Text()
    if old:
        text.append(f"[-{exact(old)}-]" if plain else exact(old), style=OLD)
    if new:
        text.append(f"{{+{exact(new)}+}}" if plain else exact(new), style=NEW)
    return text


def inline(old: str, new: str, *, plain: bool = False) -> Text:
    """Return a replacement marked character by character."""
    if len(old) > _COMPARED or len(new) > _COMPARED:
        return Text.assemble((short(old, 300), OLD), " → ", (short(new, 300), NEW))
    text = Text()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return pair(old, new, plain=plain)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            text.append(_middle(old[a:b]))
        else:
            text.append_text(pair(old[a:b], new[c:d], plain=plain))
    return text


def _middle(text: str) -> str:
    return short(text, 2 * CONTEXT) if len(text) > 3 * CONTEXT else exact(text)


def in_context(whole: str, spans: Sequence[tuple[int, int, str]], *, plain: bool = False) -> Text:
    """Return neighbouring replacements (start, end, new text) of one line with some of the line around them."""
    start, end = spans[0][0], spans[-1][1]
    lead, more_before = _tail(whole, start)
    tail, more_after = _head(whole, end)
    text = Text("…" if more_before else "", style="default")
    text.append(shown(lead))
    at = start
    for a, b, new in spans:
        text.append(exact(whole[at:a]))
        text.append_text(inline(whole[a:b], new, plain=plain))
        at = b
    return text.append(shown(tail) + ("…" if more_after else ""))


def _tail(whole: str, start: int) -> tuple[str, bool]:
    """Return the end of the line before `start`, and whether there is more of it."""
    line = whole[max(0, start - CONTEXT - 1) : start].rpartition("\n")[2].rpartition("\r")[2]
    return line[-CONTEXT:], len(line) > CONTEXT


def _head(whole: str, end: int) -> tuple[str, bool]:
    """Return the beginning of the rest of the line after `end`, and whether there is more of it."""
    line = whole[end : end + CONTEXT + 1].partition("\n")[0].partition("\r")[0]
    return line[:CONTEXT], len(line) > CONTEXT


def value(tag: Any, room: int) -> str:
    """Return the value of a tag in few characters."""
    if isinstance(tag, str):
        return short(tag, room)
    if isinstance(tag, Mapping):
        return short(json.dumps(dict(tag), ensure_ascii=False, default=str), room)
    if isinstance(tag, (list, tuple)) and all(isinstance(item, (int, str)) for item in tag):
        return short(" ".join(map(str, tag)), room)
    return short(json.dumps(tag, ensure_ascii=False, default=str), room)


def score(number: float | None) -> str:
    """Return a score for a reader; nothing for what is certain.

    >>> score(1.0), score(0.5), score(None)
    ('', 'score 0.50', 'no score')
    """
    if number is None:
        return "no score"
    return "" if number >= 1 else f"score {number:.2f}"
