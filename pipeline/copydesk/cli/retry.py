"""`copydesk retry`."""

from __future__ import annotations

from typing import Any

import click

from copydesk.cli import _batch
from copydesk.cli._workers import worker_options


@click.command("retry")
@click.argument("destination", metavar="DST")
@worker_options
def command(destination: str, memory_limit: str | None, state: str | None, **options: Any) -> int:
    """Try again what failed in a run, with the chain and options of that run.

    DST is the --output-dir of the run. Documents that succeed leave quarantine and stand where they belong; in large
    files, too. --timeout and --memory-limit replace those of the run.
    """
    from copydesk import batch

    progress = _batch.Progress()
    report = batch.retry(
        destination, state=state or "", memory_limit=_batch.parse_size(memory_limit), observer=progress, **options
    )
    return _batch.close(report, progress, "Run the same command again to go on.")
