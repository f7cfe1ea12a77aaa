"""Finding the text that a record belongs to among what a run wrote."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

from copydesk.errors import InputError
from copydesk.formats.files import bare, open_plain
from copydesk.formats.undone import ADDED
from copydesk.record import Record, digest


def output_of(run: Path, record: Record) -> str | None:
    """Return the output of a record: a file below `run` (or that file), or a line of one; None where there is none.

    Which it is says its digest, so a file that was changed since is not taken for it.
    """
    folder = run if run.is_dir() else run.parent
    name = record.document or ""
    file, _, number = name.rpartition(":")
    places = [(folder / f"{name}{ending}", 0) for ending in ADDED if name]
    if not bare(run.name).endswith(".jsonl"):  # those are records, and may be very many
        places.append((run, 0))
    if file and number.isdecimal():
        places.append((folder / file, int(number)))
    for path, line in places:
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            for text in _texts(path, line):
                if digest(text) == record.output:
                    return text
    return None


def _texts(path: Path, line: int) -> list[str]:
    """Return the text of a file, or the strings of a line of JSON; none where they cannot be read."""
    try:
        with open_plain(str(path)) as file:
            if not line:
                return [file.read().decode("utf-8")]
            row = json.loads(next(islice(file, line - 1, None), b"{}"))
    except (OSError, EOFError, ValueError, InputError):
        return []
    return [value for value in row.values() if isinstance(value, str)] if isinstance(row, dict) else []
