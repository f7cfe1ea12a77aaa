"""`copydesk explain`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import cache

import click

from copydesk.chain import Chain
from copydesk.cli import _chains, _inputs
from copydesk.cli._charset import charset_option
from copydesk.cli._files import STDIN, apart, display_name
from copydesk.cli._pages import write_page
from copydesk.cli._records import read, record_of
from copydesk.errors import InputError
from copydesk.formats import FORMATS
from copydesk.formats.undone import Records
from copydesk.record import Record


@click.command("explain")
@click.argument("path", default=STDIN, metavar="[PATH]")
@_chains.chain_options
@click.option("--edits", metavar="FILE", help="Explain this record; PATH is then the output that clean wrote.")
@click.option("--html", "as_page", is_flag=True, help="Write a page for the browser: one file, no outside resources.")
@click.option("-o", "--output", metavar="FILE", help="With --html: write the page to this file.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="The input has this format, whatever its name.")
@click.option("--field", default="text", show_default=True, help="JSON Lines, Parquet: the field that holds the text.")
@click.option("--number", type=click.IntRange(1), metavar="N", help="Of a file of many documents only the Nth.")
@charset_option
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
    form: str | None,
    field: str,
    number: int | None,
    *,
    as_page: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """Show what a chain changes in a text and why: each change with its rule, place, reason and score.

    PATH (or standard input) is run through the chain, and nothing is written. With --edits the record of an earlier
    run is shown instead. Of JSON Lines, Parquet and WARC one document is shown after another.
    """
    if output and not as_page:
        raise click.UsageError("-o goes with --html; what is printed for a terminal can be redirected with >")
    if as_page and as_json:
        raise click.UsageError("--html and --json are two forms of the same; give one of them")
    apart([path, *filter(None, [edits])], {"-o": output})
    shown = 0
    inputs = _inputs.read(path, field=field, form=form)
    if edits is not None:
        explained = _recorded(inputs, path, edits)
    else:
        explained = _run(inputs, charset, cache(lambda html: _chains.load(chain, sets, skip, only, html=html)))
    page_of: tuple[str, Record] | None = None
    for at, text, record in explained:
        if number not in (None, at):
            continue
        shown += 1
        if as_page and shown > 1:
            raise click.UsageError(f"{path} holds many documents, and a page shows one; say which with --number")
        if as_json:
            for line in _only(record, stages, rules).to_lines():
                click.echo(line)
        elif as_page:
            page_of = (text, record)
        else:
            _print(text, record, stages, rules, everything=everything)
        if at == number:
            break
    if not shown:
        wanted = f"no document {number}" if number else "no document"
        raise InputError(f"{display_name(path)}: {wanted} to explain")
    if page_of:
        from copydesk.explain.history import history
        from copydesk.explain.page import page

        text, record = page_of
        write_page(page(record, history(text, record), stages=stages, rules=rules), output)


def _run(
    inputs: Iterator[_inputs.Numbered], charset: str | None, chain_for: Callable[[bool], Chain]
) -> Iterator[tuple[int, str, Record]]:
    """Yield number, output and record of each document."""
    for number, source, data in inputs:
        result = chain_for(source.media_type == "text/html").run(
            data, source=dataclasses.replace(source, charset=charset or source.charset), on_error="keep"
        )
        yield number, result.text, result.record


def _print(text: str, record: Record, stages: tuple[str, ...], rules: tuple[str, ...], *, everything: bool) -> None:
    from rich.console import Console

    from copydesk.explain.history import history
    from copydesk.explain.terminal import Explanation

    past = history(text, record)
    Console(highlight=False, soft_wrap=False).print(
        Explanation(record, past, stages=stages, rules=rules, everything=everything)
    )


def _only(record: Record, stages: tuple[str, ...], rules: tuple[str, ...]) -> Record:
    kept = (c for c in record.changes if (not stages or c.stage in stages) and (not rules or c.rule in rules))
    return dataclasses.replace(record, changes=tuple(kept))


def _recorded(inputs: Iterator[_inputs.Numbered], path: str, edits: str) -> Iterator[tuple[int, str, Record]]:
    records = Records(lambda: read(edits), display_name(path))
    for number, source, data in inputs:
        if isinstance(data, str):
            yield number, data, records.of(data, source.name or "")
            continue
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: not UTF-8 (byte {error.start}), so not an output of copydesk clean") from None
        yield number, text, record_of(edits, text, path)
