"""`copydesk explain`."""

from __future__ import annotations

import dataclasses

import click

from copydesk.cli import _chains
from copydesk.cli._files import STDIN, display_name, is_html, read_input
from copydesk.cli._pages import write_page
from copydesk.cli._records import record_of
from copydesk.document import Source
from copydesk.errors import InputError
from copydesk.record import Record


@click.command("explain")
@click.argument("path", default=STDIN, metavar="[PATH]")
@_chains.chain_options
@click.option("--edits", metavar="FILE", help="Explain this record; PATH is then the output that clean wrote.")
@click.option("--html", "as_page", is_flag=True, help="Write a page for the browser: one file, no outside resources.")
@click.option("-o", "--output", metavar="FILE", help="With --html: write the page to this file.")
@click.option("--input-html", is_flag=True, help="The input is HTML, whatever its name.")
@click.option("--charset", help="The charset that the outside declared.")
@click.option("--stage", "stages", multiple=True, help="Show only this stage. May be repeated.")
@click.option("--rule", "rules", multiple=True, help="Show only this rule. May be repeated.")
@click.option("--all", "everything", is_flag=True, help="Show every change of rules that have many.")
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON Lines instead.")
def command(
    path: str,
    chain: str | None,
    sets: tuple[str, ...],
    skip: tuple[str, ...],
    only: tuple[str, ...],
    edits: str | None,
    output: str | None,
    stages: tuple[str, ...],
    rules: tuple[str, ...],
    charset: str | None,
    *,
    as_page: bool,
    input_html: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """Show what a chain changes in a text and why: each change with its rule, place, reason and score.

    PATH (or standard input) is run through the chain, and nothing is written. With --edits the record of an earlier
    run is shown instead.
    """
    if output and not as_page:
        raise click.UsageError("-o goes with --html; what is printed for a terminal can be redirected with >")
    if as_page and as_json:
        raise click.UsageError("--html and --json are two forms of the same; give one of them")
    if edits is not None:
        text, record = _recorded(path, edits)
    else:
        html = input_html or is_html(path)
        loaded = _chains.load(chain, sets, skip, only, html=html)
        source = Source(name=display_name(path), charset=charset, media_type="text/html" if html else "text/plain")
        result = loaded.run(read_input(path), source=source, on_error="keep")
        text, record = result.text, result.record
    if as_json:
        for line in _only(record, stages, rules).to_lines():
            click.echo(line)
        return
    from copydesk.explain.history import history

    past = history(text, record)
    if as_page:
        from copydesk.explain.page import page

        write_page(page(record, past, stages=stages, rules=rules), output)
        return
    from rich.console import Console

    from copydesk.explain.terminal import Explanation

    shown = Explanation(record, past, stages=stages, rules=rules, everything=everything)
    Console(highlight=False, soft_wrap=False).print(shown)


def _only(record: Record, stages: tuple[str, ...], rules: tuple[str, ...]) -> Record:
    kept = (c for c in record.changes if (not stages or c.stage in stages) and (not rules or c.rule in rules))
    return dataclasses.replace(record, changes=tuple(kept))


def _recorded(path: str, edits: str) -> tuple[str, Record]:
    data = read_input(path)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 (byte {error.start}), so not an output of copydesk clean") from None
    return text, record_of(edits, text, path)
