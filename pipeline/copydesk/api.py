"""The two functions that most callers need."""

from __future__ import annotations

import os
from functools import lru_cache

from copydesk.chain import Chain, OnError, Result
from copydesk.document import Document, Source

#: What text runs through where the caller names no chain; HTML runs through `web`.
DEFAULT_CHAIN = "news"
DEFAULT_HTML_CHAIN = "web"


@lru_cache(maxsize=32)
def _shipped(name: str) -> Chain:
    return Chain.load(name)


def run(
    data: str | bytes | Document,
    *,
    chain: Chain | str | os.PathLike[str] | None = None,
    source: Source | None = None,
    on_error: OnError = "fail",
) -> Result:
    r"""Clean one document and return text, language, tags, edits and flags.

    `chain` is a `Chain`, a shipped chain's name or the path of a chain file; without one it is `web` where the source
    says HTML, else `news`. Raises ConfigError, InputError and, unless `on_error="keep"`, StageError.

    >>> result = run("Advertisement\n\nThe minister resigned on Monday after a week of protests.\n")
    >>> result.text
    'The minister resigned on Monday after a week of protests.\n'
    >>> [(edit.stage, edit.rule) for edit in result.edits if edit.kind == "drop"]
    [('markers', 'advertisement')]
    """
    if not isinstance(chain, Chain):
        if chain is None:
            html = source is not None and "html" in (source.media_type or "")
            chain = DEFAULT_HTML_CHAIN if html else DEFAULT_CHAIN
        # A file may change between two calls, a shipped chain may not.
        chain = _shipped(chain) if isinstance(chain, str) and chain.isidentifier() else Chain.load(chain)
    return chain.run(data, source=source, on_error=on_error)


def clean(text: str, *, chain: Chain | str | os.PathLike[str] | None = None) -> str:
    r"""Return the cleaned text.

    >>> clean("Share\n\nThe minister resigned on Monday after a week of protests.\n")
    'The minister resigned on Monday after a week of protests.\n'
    """
    return run(text, chain=chain).text
