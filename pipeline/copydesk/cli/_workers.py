"""The options of workers and their bounds, shared by the commands that start some. Imports nothing of the batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = [
    click.option("--workers", type=click.IntRange(1), help="Processes at work. Default: one for each processor."),
    click.option("--timeout", type=click.FloatRange(0, min_open=True),
                 help="Seconds that one document may take. Default: 60; in retry, as in that run."),
    click.option("--memory-limit", metavar="SIZE", help="Memory that one document may take, as 2G (Linux)."),
    click.option("--engine", type=click.Choice(["local", "ray", "spark"]), default="local", show_default=True,
                 help="What the shards run on."),
    click.option("--state", metavar="DIR", help="Where the manifest is kept. Default: .copydesk in the destination."),
]  # fmt: skip


def worker_options(command: F) -> F:
    """Give a command the options of workers and their bounds."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
