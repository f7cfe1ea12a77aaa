"""Finding what a run left: its records, however they were kept, and its `run.json`."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from copydesk.errors import InputError
from copydesk.formats.files import open_plain
from copydesk.record import Record, read_records

RUN = "run.json"
#: Version of `run.json` that can be read.
RUN_SCHEMA = 1
_ENDINGS = (".edits.jsonl", ".edits.jsonl.gz", ".edits.jsonl.zst")


def record_files(run: Path) -> list[Path]:
    """Return the files of records of a run: the file itself, or all `*.edits.jsonl` below a folder.

    `run` may also be the `run.json` of a batch. Raises InputError where there is none.
    """
    if not run.exists():
        raise InputError(f"{run}: no such file or folder; name what clean --edits or --output-dir wrote")
    folder = run.parent if run.name == RUN else run
    if not folder.is_dir():
        return [run]
    found = sorted(path for path in folder.rglob("*") if path.name.endswith(_ENDINGS) and path.is_file())
    found += [path for path in (folder / "edits.jsonl",) if path.is_file()]
    if not found:
        raise InputError(f"{folder}: no records in it (*{_ENDINGS[0]}); they are kept where clean is given --edits")
    return found


def records(run: Path) -> Iterator[tuple[Path, Record]]:
    """Yield each record with the file that it stands in; InputError names the file and line that is none."""
    for path in record_files(run):
        yield from _records_in(path)


def _records_in(path: Path) -> Iterator[tuple[Path, Record]]:
    try:
        with open_plain(str(path)) as file:
            lines = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
            for record in read_records(lines, str(path)):
                yield path, record
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 (byte {error.start}), so no record of copydesk") from None
    except (OSError, EOFError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None


def records_if_any(run: Path, *, must: bool) -> Iterator[tuple[Path, Record]] | None:
    """Return the records of a run, or None where it kept none and none are demanded (`must`)."""
    try:
        files = record_files(run)
    except InputError:
        if must:
            raise
        return None
    return (item for path in files for item in _records_in(path))


def run_values(run: Path) -> dict[str, Any] | None:
    """Return the values of a run's `run.json`, None where there is none; InputError where it cannot be understood."""
    path = run / RUN if run.is_dir() else run
    if path.name != RUN or not path.is_file():
        return None
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None
    if not isinstance(values, dict) or not isinstance(values.get("schema"), int):
        raise InputError(f"{path}: no run.json of copydesk (it has no schema)")
    if values["schema"] > RUN_SCHEMA:
        raise InputError(
            f"{path}: has schema {values['schema']}, this copydesk reads up to {RUN_SCHEMA}; use the version "
            "of copydesk that wrote it, or a newer one"
        )
    return values
