"""Finding the record that belongs to an output."""

from __future__ import annotations

from copydesk.cli._files import display_name, read_input
from copydesk.errors import InputError, UndoError
from copydesk.record import Record, digest, read_records


def record_of(edits: str, text: str, name: str) -> Record:
    """Return the record in the file that belongs to this output, told by its digest."""
    wanted = digest(text)
    count = 0
    try:
        lines = read_input(edits).decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{edits}: not UTF-8 (byte {error.start}), so no record of copydesk") from None
    for record in read_records(lines, display_name(edits)):
        count += 1
        if record.output == wanted:
            return record
    raise UndoError(
        f"{name}: none of the {count} records in {display_name(edits)} belongs to this text. Undo needs the output "
        "exactly as it was written, with the record of the same run"
    )
