"""Undoing everything that a run wrote into a folder, one input after another as the records have them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path, PurePosixPath

from copydesk.cli._files import EDITS_SUFFIX, display_name, files_below
from copydesk.cli._messages import say
from copydesk.errors import CopydeskError, InputError
from copydesk.formats import detect
from copydesk.formats.files import bare, shown
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
    for (path, base), group in groupby(records(Path(edits)), key=lambda each: (each.path, base_of(each.record))):
        try:
            beside = path.relative_to(edits) if Path(edits).is_dir() else None
            output, added = _output(folder, base, beside)
            form = detect(str(output))
            name = output.relative_to(folder)
            if whole and (bare(base).endswith((".jsonl", ".ndjson")) or form != "jsonl"):
                name = name.with_name(name.name.removesuffix(added))
            target = destination / name
            target.parent.mkdir(parents=True, exist_ok=True)
            undo_one(output, (each.record for each in group), target, form)
        except CopydeskError as error:
            say(str(error))
            failed += 1
        else:
            done += 1
    return done, failed


def _output(folder: Path, base: str, beside: Path | None) -> tuple[Path, str]:
    """Return the output of an input, and what its name has more than the input's.

    A record says U+FFFD for what of a name is not UTF-8; then the file that holds it (`beside`, in a folder of records)
    tells which output is meant, or that there is only one. Raises InputError where there is none, or its name leads
    out of the folder.
    """
    parts = PurePosixPath(base).parts
    if base.startswith("/") or ".." in parts or not parts:
        raise InputError(f"{base}: the record's document lies outside of the folder; undo its output by itself")
    for added in ADDED:
        path = folder / Path(*parts[:-1], parts[-1] + added)
        if path.is_file():
            return path, added
    if "\ufffd" in base:
        wanted = {base + added: added for added in ADDED}
        files = ((path, shown(path.relative_to(folder).as_posix())) for path in files_below(folder))
        found = [(path, wanted[name]) for path, name in files if name in wanted]
        if beside is not None:
            found = [each for each in found if f"{each[0].relative_to(folder)}{EDITS_SUFFIX}" == str(beside)]
        if len(found) == 1:
            return found[0]
        if found:
            raise InputError(
                f"{base}: {len(found)} outputs may be meant, whose names are no UTF-8; undo each by itself"
            )
    raise InputError(f"{base}: no output of it lies in {display_name(str(folder))}")
