"""`copydesk undo`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from copydesk.cli._files import EDITS_SUFFIX, STDIN, display_name, open_input, read_input, whole_file
from copydesk.cli._records import read, record_of
from copydesk.errors import UndoError
from copydesk.formats import FORMATS, by_name, detect
from copydesk.formats.base import Layout
from copydesk.formats.compressed import packed
from copydesk.record import Record
from copydesk.undoing import partial_undo, to_bytes, undo


@click.command("undo")
@click.argument("path", default=STDIN, metavar="[OUTPUT]")
@click.option("--edits", metavar="FILE", help=f"The record that clean wrote. Without it: OUTPUT{EDITS_SUFFIX}.")
@click.option("--stage", "stages", multiple=True, help="Take back only this stage's changes. May be repeated.")
@click.option("--rule", "rules", multiple=True, help="Take back only this rule's changes. May be repeated.")
@click.option("--document", metavar="NAME", help="The input's name, where the record has several that would fit.")
@click.option("-o", "--output", metavar="FILE", help="Write to this file.")
@click.option("--in-place", is_flag=True, help="Replace OUTPUT itself.")
@click.option("--edits-out", metavar="FILE", help="With --stage or --rule: write the record of what is left.")
@click.option("--jsonl", is_flag=True, help="OUTPUT is JSON Lines, whatever its name.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="OUTPUT has this format, whatever its name.")
@click.option("--field", default="text", show_default=True, help="JSON Lines, Parquet: the field that holds the text.")
@click.option("--meta-field", default="copydesk", show_default=True, help="The key (column) that clean put there.")
def command(path: str, edits: str | None, **options: Any) -> None:
    """Give back the original of OUTPUT, byte for byte, from it and its record alone.

    With --stage or --rule only those changes are taken back; where others depend on them it refuses and names the
    first. OUTPUT is a file that copydesk clean wrote, or standard input. Of JSON Lines and Parquet every document is
    taken back, and the results that clean put there go; a Parquet file comes back with the same rows, packed anew.
    """
    _check_usage(path, edits, options)
    edits = edits if edits is not None else path + EDITS_SUFFIX
    form = "jsonl" if options["jsonl"] else options["form"] or _format_of(path)
    target = path if options["in_place"] else options["output"]
    with _left(options["edits_out"]) as left:
        if form in ("jsonl", "parquet"):
            _many(path, edits, form, target, options, left)
        else:
            _one(path, edits, target, options, left)


def _check_usage(path: str, edits: str | None, options: dict[str, Any]) -> None:
    partial = bool(options["stages"] or options["rules"])
    if edits is None and path == STDIN:
        raise click.UsageError("--edits FILE is needed with standard input: the record that clean --edits wrote")
    if path == edits == STDIN:
        raise click.UsageError("OUTPUT and its record cannot both come from standard input")
    if options["in_place"] and (path == STDIN or options["output"]):
        raise click.UsageError("--in-place needs a file, and no -o")
    if options["edits_out"] and not partial:
        raise click.UsageError("--edits-out goes with --stage or --rule; a whole undo leaves no changes to record")


def _format_of(path: str) -> str:
    return "text" if path == STDIN else by_name(path) or detect(path)


@contextmanager
def _left(edits_out: str | None) -> Iterator[Callable[[Record], None] | None]:
    """Open the file for the records of what is left."""
    if edits_out is None:
        yield None
        return
    with whole_file(Path(edits_out)) as file:
        yield lambda record: file.writelines(f"{line}\n".encode("ascii") for line in record.to_lines())


def _one(
    path: str, edits: str, target: str | None, options: dict[str, Any], left: Callable[[Record], None] | None
) -> None:
    try:
        text = read_input(path).decode("utf-8")
    except UnicodeDecodeError:
        raise UndoError(f"{display_name(path)}: not UTF-8, so not an output of copydesk clean") from None
    record = record_of(edits, text, path, options["document"])
    if options["stages"] or options["rules"]:
        text, rest = partial_undo(text, record, stages=options["stages"], rules=options["rules"])
        data = text.encode("utf-8")
        if left:
            left(rest)
    else:
        data = to_bytes(undo(text, record), record)
    with _opened(target) as file:
        file.write(data)


def _many(
    path: str, edits: str, form: str, target: str | None, options: dict[str, Any],
    left: Callable[[Record], None] | None,
) -> None:  # fmt: skip
    from copydesk.formats import undone

    records = undone.Records(lambda: read(edits), display_name(path), options["document"])
    undoing = undone.Undoing(options["stages"], options["rules"], left)
    layout = Layout(options["field"], options["meta_field"])
    if form == "parquet":
        if path == STDIN or target is None:
            raise click.UsageError("Parquet cannot go through a pipe; name the file, and the result with -o FILE")
        from copydesk.formats.parquet import writer

        with writer(target, None) as table:
            undone.table(path, records, layout, undoing, table)
        return
    with ExitStack() as stack:
        source = sys.stdin.buffer if path == STDIN else stack.enter_context(open_input(path))
        file = stack.enter_context(_opened(target))
        for line in undone.lines(source, records, layout, undoing):
            file.write(line)


@contextmanager
def _opened(target: str | None) -> Iterator[Any]:
    if target is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with whole_file(Path(target)) as file, packed(file, target) as stream:
        yield stream
