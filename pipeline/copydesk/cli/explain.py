"""`copydesk explain`."""

from __future__ import annotations

import click

from copydesk.cli import _chains
from copydesk.cli._files import STDIN, display_name, is_html, read_input
from copydesk.document import Source
from copydesk.errors import InputError, UndoError
from copydesk.record import Record, digest, read_records
from copydesk.undoing import undo


@click.command("explain")
@click.argument("path", default=STDIN, metavar="[PATH]")
@_chains.chain_options
@click.option("--edits", metavar="FILE", help="Explain this record; PATH is then the output that clean wrote.")
@click.option("--html", is_flag=True, help="The input is HTML, whatever its name.")
@click.option("--charset", help="The charset that the outside declared.")
@click.option("--stage", "stages", multiple=True, help="Show only this stage. May be repeated.")
@click.option("--rule", "rules", multiple=True, help="Show only this rule. May be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON Lines instead.")
def command(
    path: str,
    chain: str | None,
    sets: tuple[str, ...],
    skip: tuple[str, ...],
    only: tuple[str, ...],
    edits: str | None,
    stages: tuple[str, ...],
    rules: tuple[str, ...],
    charset: str | None,
    *,
    html: bool,
    as_json: bool,
) -> None:
    """Show what a chain changes in a text and why: each change with its rule, place, reason and score.

    PATH (or standard input) is run through the chain, and nothing is written. With --edits the record of an earlier
    run is shown instead.
    """
    if edits is not None:
        record, original = _recorded(path, edits)
    else:
        html = html or is_html(path)
        loaded = _chains.load(chain, sets, skip, only, html=html)
        source = Source(name=display_name(path), charset=charset, media_type="text/html" if html else "text/plain")
        result = loaded.run(read_input(path), source=source, on_error="keep")
        record, original = result.record, undo(result.text, result.record)
    if as_json:
        for line in record.to_lines():
            click.echo(line)
        return
    from rich.console import Console

    from copydesk.explain.terminal import Explanation

    Console(highlight=False, soft_wrap=False).print(Explanation(record, original, stages=stages, rules=rules))


def _recorded(path: str, edits: str) -> tuple[Record, str]:
    data = read_input(path)
    try:
        text = data.decode("utf-8")
        lines = read_input(edits).decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise InputError(f"{path} and {edits}: an output of copydesk clean and its record are both UTF-8") from None
    wanted = digest(text)
    for record in read_records(lines, display_name(edits)):
        if record.output == wanted:
            return record, undo(text, record)
    raise UndoError(f"{path}: no record in {edits} belongs to this text; give the output that was written with it")
