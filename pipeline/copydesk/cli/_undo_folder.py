"""Undoing everything that a run wrote into a folder, one input after another as the records have them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path, PurePosixPath

from copydesk.cli._files import display_name
from copydesk.cli._messages import say
from copydesk.errors import CopydeskError, InputError
from copydesk.formats import detect
from copydesk.formats.files import bare
from copydesk.formats.undone import ADDED, base_of
from copydesk.record import Record
from copydesk.review.runs import records

#: Undoes the output at a path by its records into a file; the format is that of the output.
UndoOne = Callable[[Path, Iterator[Record], Path, str], None]


def undo_folder(folder: Path, edits: str, destination: Path, undo_one: UndoOne, *, whole: bool) -> tuple[int, int]:
    """Undo every output that has records; return how many inputs came back and how many did not.

    With `whole` a file is called what the input was called, else what the output is called.
    """
    done = failed = 0
    for base, group in groupby((each.record for each in records(Path(edits))), key=base_of):
        try:
            output = _output(folder, base)
            form = detect(str(output))
            name = output.relative_to(folder)
            if whole and (bare(base).endswith((".jsonl", ".ndjson")) or form != "jsonl"):
                name = Path(*PurePosixPath(base).parts)
            target = destination / name
            target.parent.mkdir(parents=True, exist_ok=True)
            undo_one(output, group, target, form)
        except CopydeskError as error:
            say(str(error))
            failed += 1
        else:
            done += 1
    return done, failed


def _output(folder: Path, base: str) -> Path:
    """Return the output of an input; InputError where there is none, or its name leads out of the folder."""
    parts = PurePosixPath(base).parts
    if base.startswith("/") or ".." in parts or not parts:
        raise InputError(f"{base}: the record's document lies outside of the folder; undo its output by itself")
    for added in ADDED:
        path = folder / Path(*parts[:-1], parts[-1] + added)
        if path.is_file():
            return path
    raise InputError(f"{base}: no output of it lies in {display_name(str(folder))}")
