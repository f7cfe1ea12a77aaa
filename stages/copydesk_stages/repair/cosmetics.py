"""Changes of form that some want and that are no repairs: all off by default."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from copydesk_stages.repair.draft import Fix

_CLUSTER = re.compile(
    r"[^\W\d_][\u0300-\u036f\u0591-\u05f4\u0610-\u06ed\u0900-\u0dff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
    "|[\u1100-\u115f][\u1160-\u11a7][\u11a8-\u11ff]?|[\u304b-\u30f3][\u3099\u309a]"
)
_QUOTES = dict.fromkeys("‘’‚‛ʼ", "'") | dict.fromkeys("“”„‟", '"')
_DASHES = dict.fromkeys("‐‑‒–—―−", "-")


def compose_fixes(text: str) -> Iterator[Fix]:
    r"""Yield the fixes that put a letter and its marks into one character where there is one (NFC).

    What NFC would take apart stays: it decomposes letters of Bengali, Gurmukhi, Hebrew and others by exclusion.

    >>> [(f.start, f.end, f.text) for f in compose_fixes("Cafe\u0301 \u09df")]
    [(3, 5, 'é')]
    """
    if unicodedata.is_normalized("NFC", text):
        return
    for found in _CLUSTER.finditer(text):
        composed = unicodedata.normalize("NFC", found.group())
        if len(composed) < len(found.group()):
            yield Fix(*found.span(), composed, "decomposed", "a letter and its accent as two characters")


def _by_character(table: Mapping[int, str]) -> dict[str, str]:
    return {chr(code): plain for code, plain in table.items() if chr(code) != plain}


@lru_cache(maxsize=64)
def _table(
    *, quotes: bool, dashes: bool, ligatures: bool, width: bool
) -> tuple[re.Pattern[str], dict[str, tuple[str, str, str]]]:
    from ftfy.chardata import LIGATURES, WIDTH_MAP  # late: the options that need these tables are off by default

    table: dict[str, tuple[str, str, str]] = {}
    for wanted, chars, rule, why in (
        (quotes, _QUOTES, "curly-quote", "a curly quotation mark"),
        (dashes, _DASHES, "dash", "a dash other than the hyphen"),
        (ligatures, _by_character(LIGATURES), "ligature", "letters joined in one character"),
        (width, _by_character(WIDTH_MAP), "width", "a wide or narrow form of an ordinary character"),
    ):
        if wanted:
            table |= {char: (plain, rule, why) for char, plain in chars.items()}
    return re.compile("[" + "".join(map(re.escape, table)) + "]"), table


def form_fixes(text: str, *, quotes: bool, dashes: bool, ligatures: bool, width: bool) -> Iterator[Fix]:
    """Yield the fixes that put plain forms in place of the ones asked for.

    >>> [f.text for f in form_fixes("“ﬁne”", quotes=True, dashes=False, ligatures=True, width=False)]
    ['"', 'fi', '"']
    """
    if not (quotes or dashes or ligatures or width):
        return
    pattern, table = _table(quotes=quotes, dashes=dashes, ligatures=ligatures, width=width)
    for found in pattern.finditer(text):
        yield Fix(*found.span(), *table[found.group()])
