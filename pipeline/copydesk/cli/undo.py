"""`copydesk undo`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from copydesk.cli._files import EDITS_SUFFIX, STDIN, display_name, read_input, whole_file
from copydesk.cli._records import record_of
from copydesk.errors import UndoError
from copydesk.undoing import partial_undo, to_bytes, undo


@click.command("undo")
@click.argument("path", default=STDIN, metavar="[OUTPUT]")
@click.option("--edits", metavar="FILE", help=f"The record that clean wrote. Without it: OUTPUT{EDITS_SUFFIX}.")
@click.option("--stage", "stages", multiple=True, help="Take back only this stage's changes. May be repeated.")
@click.option("--rule", "rules", multiple=True, help="Take back only this rule's changes. May be repeated.")
@click.option("-o", "--output", metavar="FILE", help="Write to this file.")
@click.option("--in-place", is_flag=True, help="Replace OUTPUT itself.")
@click.option("--edits-out", metavar="FILE", help="With --stage or --rule: write the record of what is left.")
def command(
    path: str,
    edits: str | None,
    stages: tuple[str, ...],
    rules: tuple[str, ...],
    output: str | None,
    in_place: bool,
    edits_out: str | None,
) -> None:
    """Give back the original of OUTPUT, byte for byte, from it and its record alone.

    With --stage or --rule only those changes are taken back; where others depend on them it refuses and names the
    first. OUTPUT is a file that copydesk clean wrote, or standard input.
    """
    if edits is None and path == STDIN:
        raise click.UsageError("--edits FILE is needed with standard input: the record that clean --edits wrote")
    if in_place and (path == STDIN or output):
        raise click.UsageError("--in-place needs a file, and no -o")
    if edits_out and not (stages or rules):
        raise click.UsageError("--edits-out goes with --stage or --rule; a whole undo leaves no changes to record")
    name = display_name(path)
    try:
        text = read_input(path).decode("utf-8")
    except UnicodeDecodeError:
        raise UndoError(f"{name}: not UTF-8, so not an output of copydesk clean") from None
    record = record_of(edits if edits is not None else path + EDITS_SUFFIX, text, name)
    if stages or rules:
        text, left = partial_undo(text, record, stages=stages, rules=rules)
        data = text.encode("utf-8")
        if edits_out:
            with whole_file(Path(edits_out)) as file:
                file.writelines(f"{line}\n".encode("ascii") for line in left.to_lines())
    else:
        data = to_bytes(undo(text, record), record)
    if output or in_place:
        with whole_file(Path(output or path)) as file:
            file.write(data)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
