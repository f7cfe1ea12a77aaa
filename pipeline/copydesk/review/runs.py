"""Finding what a run left: its records, however they were kept, and its `run.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from copydesk.errors import InputError
from copydesk.formats.files import REPORT, open_plain
from copydesk.record import Record, read_records

#: Version of `run.json` that can be read.
RUN_SCHEMA = 1
_ENDINGS = (".edits.jsonl", ".edits.jsonl.gz", ".edits.jsonl.zst")


def record_files(run: Path) -> list[Path]:
    """Return the files of records of a run: the file itself, or all `*.edits.jsonl` below a folder.

    `run` may also be the `run.json` of a batch. Raises InputError where there is none.
    """
    if not run.exists():
        raise InputError(f"{run}: no such file or folder; name what clean --edits or --output-dir wrote")
    folder = run.parent if run.name == REPORT else run
    if not folder.is_dir():
        return [run]
    found = sorted(path for path in folder.rglob("*") if path.name.endswith(_ENDINGS) and path.is_file())
    found += [path for path in (folder / "edits.jsonl",) if path.is_file()]
    if not found:
        raise InputError(f"{folder}: no records in it (*{_ENDINGS[0]}); they are kept where clean is given --edits")
    return found


class Located(NamedTuple):
    """A record, the file that it stands in, and the byte at which it begins there (decompressed)."""

    path: Path
    at: int
    record: Record


def records(run: Path) -> Iterator[Located]:
    """Yield each record with its place; InputError names the file and line that is none."""
    for path in record_files(run):
        yield from _records_in(path)


def record_at(path: Path, at: int) -> Record:
    """Return the record that begins at that byte of a file; InputError where there is none."""
    with open_plain(str(path)) as file:
        file.seek(at)
        found = next(read_records(file, str(path)), None)
    if found is None:
        raise InputError(f"{path}: holds no record at byte {at} any more")
    return found


def _records_in(path: Path) -> Iterator[Located]:
    at = read = 0

    def counted(file: BinaryIO) -> Iterator[bytes]:
        nonlocal read
        for line in file:
            read += len(line)
            yield line

    try:
        with open_plain(str(path)) as file:
            # Records are read one by one, so what was read when one is there is where the next one begins.
            for record in read_records(counted(file), str(path)):
                yield Located(path, at, record)
                at = read
    except (OSError, EOFError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None


def records_if_any(run: Path, *, must: bool) -> Iterator[Located] | None:
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
    path = run / REPORT if run.is_dir() else run
    if path.name != REPORT or not path.is_file():
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
