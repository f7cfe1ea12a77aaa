"""What `copydesk clean --in-place` must not lose: the way back from an earlier run, and what has another format."""

from __future__ import annotations

from pathlib import Path

from copydesk.cli import _inputs
from copydesk.cli._cleaner import Cleaner
from copydesk.cli._files import display_name
from copydesk.cli._records import read
from copydesk.errors import InputError
from copydesk.formats.files import is_stream
from copydesk.record import digest


def done_before(cleaner: Cleaner, path: str, form: str, record_file: Path) -> bool:
    """Tell whether the file at `path` is what this chain made of it in an earlier run, by the record beside it.

    Raises InputError where the file cannot be replaced without a loss: a new record would take the place of one that
    leads back to the original, or the output is of another format.
    """
    name = display_name(path)
    if is_stream(path):
        raise InputError(f"{name}: is a pipe or a device, which has no text to replace; use -o")
    if form == "warc":
        raise InputError(f"{name}: WARC is cleaned to JSON Lines, which cannot take its place; use -o or --output-dir")
    if not record_file.is_file():
        return False
    earlier = {record.output: record.chain for record in read(str(record_file)) if record.texts()}
    found = _inputs.read(path, field=cleaner.layout.field, form=form, failed=len) if earlier else ()
    chain = next((earlier[key] for _, _, data in found if (key := digest(data)) in earlier), None)
    if chain is None:
        return False
    if form in ("text", "html") and chain == cleaner.chain_for(cleaner.html or form == "html").hash:
        return True
    raise InputError(
        f"{name}: was cleaned in place before, and {record_file.name} beside it is the way back. Undo that first "
        f"(copydesk undo --in-place {name}), or move the record away to clean the text further"
    )
