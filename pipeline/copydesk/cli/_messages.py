"""What the command line says on standard error, and its exit codes."""

from __future__ import annotations

import sys

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_WOULD_CHANGE = 3
EXIT_INTERRUPTED = 130
EXIT_CLOSED_PIPE = 141


def say(text: str) -> None:
    """Write one message to standard error, control characters made visible: names and texts may be hostile."""
    print(f"copydesk: {visible(text)}", file=sys.stderr, flush=True)


def visible(text: str) -> str:
    r"""Return `text` with control and other invisible characters escaped, line breaks kept.

    >>> visible("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return "".join(
        char if char in "\n\t" or char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
    )
