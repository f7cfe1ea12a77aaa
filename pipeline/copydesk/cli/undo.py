"""`copydesk undo`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from copydesk.cli._files import (
    EDITS_SUFFIX,
    STDIN,
    apart,
    display_name,
    format_of,
    one_format,
    open_input,
    read_input,
    whole_file,
)
from copydesk.cli._messages import EXIT_FAILED, say
from copydesk.cli._records import chosen, read, record_of
from copydesk.errors import InputError, UndoError
from copydesk.formats import FORMATS
from copydesk.formats.base import Layout
from copydesk.formats.compressed import packed
from copydesk.formats.undone import Records, Undoing, lines, table
from copydesk.record import Record
from copydesk.undoing import to_bytes


@click.command("undo")
@click.argument("path", default=STDIN, metavar="[OUTPUT]")
@click.option("--edits", metavar="FILE|DIR", help=f"The record that clean wrote. Without it: OUTPUT{EDITS_SUFFIX}.")
@click.option("--stage", "stages", multiple=True, help="Take back only this stage's changes. May be repeated.")
@click.option("--rule", "rules", multiple=True, help="Take back only this rule's changes. May be repeated.")
@click.option("--document", metavar="NAME", help="The input's name, where the record has several that would fit.")
@click.option("-o", "--output", metavar="FILE", help="Write to this file.")
@click.option("--output-dir", metavar="DIR", help="Of a folder: write under this one.")
@click.option("--in-place", is_flag=True, help="Replace OUTPUT itself.")
@click.option("--edits-out", metavar="FILE", help="With --stage or --rule: write the record of what is left.")
@click.option("--jsonl", is_flag=True, help="OUTPUT is JSON Lines, whatever its name.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="OUTPUT has this format, whatever its name.")
@click.option("--field", default="text", show_default=True, help="JSON Lines, Parquet: the field that holds the text.")
@click.option("--meta-field", default="copydesk", show_default=True, help="The key (column) that clean put there.")
def command(path: str, edits: str | None, **options: Any) -> int:
    """Give back the original of OUTPUT, byte for byte, from it and its record alone.

    With --stage or --rule only those changes are taken back; where others depend on them it refuses and names the
    first. OUTPUT is a file that copydesk clean wrote, standard input or, with --output-dir, a folder that it wrote to.
    Of JSON Lines and Parquet every document is taken back, and the results that clean put there go; a Parquet file
    comes back with the same rows, packed anew.
    """
    folder = path != STDIN and Path(path).is_dir()
    _check_usage(path, edits, options, folder=folder)
    with _left(options["edits_out"]) as left:
        undoing = Undoing(options["stages"], options["rules"], left)
        desk = _Desk(undoing, Layout(options["field"], options["meta_field"]), every=not folder)
        if folder:
            return _folder(path, edits or "", options["output_dir"], desk)
        edits = edits if edits is not None else path + EDITS_SUFFIX
        form = one_format(options["form"], jsonl=options["jsonl"]) or format_of(path)
        target = path if options["in_place"] else options["output"]
        if form in ("jsonl", "parquet"):
            desk.many(path, form, Records(lambda: read(edits), display_name(path), options["document"]), target)
        else:
            desk.one(path, lambda text: record_of(edits, text, path, options["document"]), target)
    return 0


def _check_usage(path: str, edits: str | None, options: dict[str, Any], *, folder: bool) -> None:
    partial = bool(options["stages"] or options["rules"])
    for source in filter(None, (path, edits)):
        if Path(source).is_char_device() or Path(source).is_block_device():
            raise InputError(f"{display_name(source)}: is a device, which may have no end; name a file or a pipe")
    if edits is None and (path == STDIN or folder):
        what = "a folder" if folder else "standard input"
        raise click.UsageError(f"--edits is needed with {what}: the record that clean --edits wrote")
    if edits is None and not Path(path + EDITS_SUFFIX).exists():
        beside = display_name(path + EDITS_SUFFIX)
        raise InputError(f"there is no {beside}; name with --edits the record that clean --edits wrote")
    if path == edits == STDIN:
        raise click.UsageError("OUTPUT and its record cannot both come from standard input")
    if folder != bool(options["output_dir"]):
        raise click.UsageError(
            f"{path} is a folder; say with --output-dir where its documents go" if folder
            else "--output-dir goes with a folder; say with -o where this one goes"
        )  # fmt: skip
    if folder:
        here, there = Path(path).resolve(), Path(options["output_dir"]).resolve()
        if here == there or here in there.parents:
            raise click.UsageError(f"{options['output_dir']} lies in {path}, which is read; name another --output-dir")
        given = [name for name in ("output", "in_place", "document", "jsonl", "form") if options[name]]
        if given:
            raise click.UsageError(f"--{given[0].replace('_', '-').replace('form', 'format')} goes with one file")
    if options["in_place"] and (path == STDIN or options["output"]):
        raise click.UsageError("--in-place needs a file, and no -o")
    if not folder:
        apart([edits or path + EDITS_SUFFIX], {"-o": options["output"]})
        apart([path, *filter(None, [options["output"]])], {"--edits-out": options["edits_out"]})
    if options["edits_out"] and not partial:
        raise click.UsageError("--edits-out goes with --stage or --rule; a whole undo leaves no changes to record")


def _folder(path: str, edits: str, destination: str, desk: _Desk) -> int:
    """Undo all that lies in a folder; documents without a change of the stages and rules stay as they are."""
    from copydesk.cli._undo_folder import undo_folder

    def undo_one(output: Path, records: Iterator[Record], target: Path, form: str) -> None:
        name = str(output)
        if form in ("jsonl", "parquet"):
            desk.many(name, form, Records(lambda: records, display_name(name)), str(target))
        else:
            desk.one(name, lambda text: chosen(records, text, name, None, edits), str(target))

    done, failed = undo_folder(Path(path), edits, Path(destination), undo_one, whole=desk.undoing.whole)
    say(f"{done} inputs undone, {failed} failed")
    desk.undoing.check(display_name(edits))
    return EXIT_FAILED if failed else 0


@contextmanager
def _left(edits_out: str | None) -> Iterator[Callable[[Record], object] | None]:
    """Open the file for the records of what is left."""
    if edits_out is None:
        yield None
        return
    with whole_file(Path(edits_out)) as file:
        yield lambda record: file.write(record.encoded())


@dataclass(frozen=True, slots=True)
class _Desk:
    """Undoes files; `every` asks of each that it has what is to be taken back."""

    undoing: Undoing
    layout: Layout
    every: bool

    def one(self, path: str, record_for: Callable[[str], Record], target: str | None) -> None:
        """Undo a file that holds one document."""
        try:
            text = read_input(path).decode("utf-8")
        except UnicodeDecodeError:
            raise UndoError(f"{display_name(path)}: not UTF-8, so not an output of copydesk clean") from None
        record = record_for(text)
        text, _ = self.undoing(text, record)
        if self.every:
            self.undoing.check(display_name(path))
        data = to_bytes(text, record) if self.undoing.whole else text.encode("utf-8")
        with _opened(target) as file:
            file.write(data)

    def many(self, path: str, form: str, records: Records, target: str | None) -> None:
        """Undo a file of JSON Lines or Parquet."""
        with ExitStack() as stack:
            if form == "parquet":
                if path == STDIN or target is None:
                    raise click.UsageError("Parquet cannot go through a pipe; name the file, and the result with -o")
                from copydesk.formats.parquet import writer

                table(path, records, self.layout, self.undoing, stack.enter_context(writer(target, None)))
            else:
                source = stack.enter_context(open_input(path))
                file = stack.enter_context(_opened(target))
                for line in lines(source, records, self.layout, self.undoing):
                    file.write(line)
            if self.every:
                self.undoing.check(display_name(path))


@contextmanager
def _opened(target: str | None) -> Iterator[Any]:
    if target is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with whole_file(Path(target)) as file, packed(file, target) as stream:
        yield stream
