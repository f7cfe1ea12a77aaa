"""Making hostile text safe to look at."""

from __future__ import annotations


def visible(text: str) -> str:
    r"""Return `text` with control and other invisible characters escaped, line breaks and tabs kept.

    Scraped text, names and reasons may hold terminal escapes and bidirectional overrides.

    >>> visible("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return "".join(
        char if char in "\n\t" or char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
    )
