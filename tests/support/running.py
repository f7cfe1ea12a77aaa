"""What running the command line gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Done(NamedTuple):
    """Exit code, standard output, standard error."""

    code: int
    out: bytes
    err: str


Run = Callable[..., Done]
