"""Finding the records of a run, however they were kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from copydesk.errors import InputError
from copydesk.record import Record, read_records

RUN = "run.json"
_ENDING = ".edits.jsonl"


def record_files(run: Path) -> list[Path]:
    """Return the files of records of a run: the file itself, or all `*.edits.jsonl` below a folder.

    `run` may also be the `run.json` of a batch. Raises InputError where there is none.
    """
    if not run.exists():
        raise InputError(f"{run}: no such file or folder; name what clean --edits or --output-dir wrote")
    folder = run.parent if run.name == RUN else run
    if not folder.is_dir():
        return [run]
    found = sorted(path for path in folder.rglob(f"*{_ENDING}") if path.is_file())
    found += sorted(path for path in folder.glob("edits.jsonl") if path.is_file())
    if not found:
        raise InputError(f"{folder}: no records in it (*{_ENDING}); they are written where clean is given --edits")
    return found


def records(run: Path) -> Iterator[tuple[Path, Record]]:
    """Yield each record with the file that it stands in; InputError names the file and line that is none."""
    for path in record_files(run):
        try:
            with path.open(encoding="utf-8") as lines:
                for record in read_records(lines, str(path)):
                    yield path, record
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: not UTF-8 (byte {error.start}), so no record of copydesk") from None
