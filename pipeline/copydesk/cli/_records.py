"""Finding the records that belong to an output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from copydesk.cli._files import display_name, open_input
from copydesk.errors import UndoError
from copydesk.formats.undone import base_of, fits
from copydesk.record import Record, digest, read_records


def read(edits: str, *, output: str | None = None) -> Iterator[Record]:
    """Yield the records in a file, compressed or not, or on standard input; with `output` those of that digest."""
    with open_input(edits) as file:
        yield from read_records(file, display_name(edits), output=output)


def record_of(edits: str, text: str, path: str, document: str | None = None) -> Record:
    """Return the record in the file that belongs to the output at `path`, as `chosen` finds it."""
    return chosen(read(edits, output=digest(text)), text, path, document, display_name(edits))


def chosen(records: Iterable[Record], text: str, path: str, document: str | None, edits: str) -> Record:
    """Return the record that belongs to the output at `path`, told by its digest; `edits` is what messages call them.

    Where several documents came to the same text the one called `document` is meant or, without it, the one whose name
    fits the path. Raises UndoError where there is none, or more than one.
    """
    wanted = digest(text)
    found: dict[tuple[str, str], Record] = {}
    for record in records:
        if record.output == wanted and (document is None or document in (record.document, base_of(record))):
            found.setdefault((record.input, record.document or ""), record)
    if len({source for source, _ in found}) > 1:
        fitting = {key: record for key, record in found.items() if fits(record.name, path)}
        found = fitting or found
    if not found:
        called = f" and is called {document!r}" if document else ""
        raise UndoError(
            f"{display_name(path)}: no record in {edits} belongs to this text{called}. Undo needs the output "
            "exactly as it was written, with the record of the same run"
        )
    if len({source for source, _ in found}) > 1:
        names = ", ".join(sorted(record.name for record in found.values()))
        raise UndoError(
            f"{display_name(path)}: several documents came to this text: {names}. Say with --document which it is"
        )
    return next(iter(found.values()))
