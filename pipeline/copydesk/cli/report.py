"""`copydesk report`."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk.cli._files import display_name
from copydesk.cli._pages import write_page
from copydesk.errors import InputError
from copydesk.review.runs import records_if_any, run_values


@click.command("report")
@click.argument("run", metavar="RUN")
@click.option("--edits", metavar="FILE|DIR", help="Where the run's records are, if not below RUN.")
@click.option("-o", "--output", metavar="FILE", help="Write the page to this file.")
def command(run: str, edits: str | None, output: str | None) -> None:
    """Make a page of a run: what was removed by stage, rule and language, and the riskiest changes first.

    RUN is the destination of a batch (the folder with run.json), or the records that clean --edits wrote.
    """
    from copydesk.review.report import report_page
    from copydesk.review.summary import summarised

    path = Path(run)
    values = run_values(path)
    found = records_if_any(Path(edits) if edits else path, must=values is None or edits is not None)
    summary = summarised(each.record for each in found) if found is not None else None
    if values is None and summary is not None and not summary.documents:
        raise InputError(f"{run}: holds no record; there is nothing to report")
    write_page(report_page(summary, values, display_name(run)), output)
