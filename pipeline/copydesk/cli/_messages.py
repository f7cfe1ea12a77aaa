"""What the command line says on standard error, and its exit codes."""

from __future__ import annotations

import sys

from copydesk.show import visible

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_WOULD_CHANGE = 3
EXIT_INTERRUPTED = 130
EXIT_CLOSED_PIPE = 141


def say(text: str) -> None:
    """Write one message to standard error, control characters made visible: names and texts may be hostile."""
    print(f"copydesk: {visible(text)}", file=sys.stderr, flush=True)
