"""Large inputs: cut into shards, their documents kept as they get done, joined to one output at the end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from copydesk.batch.job import Done, Span
from copydesk.batch.manifest import Input, Part
from copydesk.batch.place import Place
from copydesk.errors import InputError
from copydesk.formats.base import Layout, sheaf, without
from copydesk.formats.files import is_remote, open_raw, packed, shown, stat, whole_file

_PIECE = 1 << 20


class CancelledError(InputError):
    """Joining was broken off because the run stops."""


@dataclass(slots=True)
class Large:
    """A large input at work. `left` counts documents that are cut and not done; `cut` says that all are cut."""

    input: Input
    place: Place
    done: list[tuple[int, int]]
    left: int = 0
    cut: bool = False
    broken: bool = False
    read: int = 0
    streams: dict[str, BinaryIO] = field(default_factory=dict)

    def shards(self, layout: Layout, sample: int) -> Iterator[Span]:
        """Yield the shards of what is not done yet. Raises InputError where the file cannot be read to its end."""
        form, name = self.input.format, shown(self.input.name)
        for chunk in sheaf(form).cut(self.input.source, layout):
            stop = chunk.first + chunk.count
            if sample:
                stop = min(stop, sample + 1)
            for low, high in without(self.done, chunk.first, stop):
                self.left += high - low
                yield Span(self.input.id, name, form, chunk, low - chunk.first, high - chunk.first)
            if chunk.count == 0 and not self.done:
                yield Span(self.input.id, name, form, chunk, 0, 0)  # a file of no documents is one too
            if sample and stop > sample:
                break
        if stat(self.input.source).version != self.input.version:
            raise InputError(f"{shown(self.input.source)}: changed while it was read; run again when it is complete")
        self.cut = True

    @property
    def complete(self) -> bool:
        """Whether all documents are done."""
        return self.cut and self.left == 0 and not self.broken

    def path(self, kind: str) -> Path:
        """Return where outputs (`out`), records (`records`) or the records in order (`all`) lie."""
        return self.place.parts / f"{self.input.id}.{kind}"

    def add(self, done: Done) -> tuple[int, int]:
        """Keep the output and records of some documents; return where they begin."""
        return self._append("out", done.output), self._append("records", done.records)

    def _append(self, kind: str, data: bytes) -> int:
        if kind not in self.streams:
            self.streams[kind] = self.path(kind).open("ab")
        stream = self.streams[kind]
        at = stream.tell()
        stream.write(data)
        stream.flush()
        return at

    def close(self) -> None:
        """Close the files of parts."""
        for stream in self.streams.values():
            stream.close()
        self.streams.clear()

    def remove(self, *kinds: str) -> None:
        """Remove files of parts."""
        self.close()
        for kind in kinds:
            with suppress(OSError):
                self.path(kind).unlink()


def join(large: Large, parts: list[Part], records: Path | str | None, cancelled: Callable[[], bool]) -> str:
    """Write the output and the records of a large input, whole or not at all; return the digest of the input.

    Raises InputError. Called in a thread of its own: reading, writing and compressing let others work meanwhile.
    """
    target = large.place.target(large.input.target)
    scratch = None if is_remote(target) else large.place.scratch
    with ExitStack() as stack:
        pieces = stack.enter_context(large.path("out").open("rb"))
        writer = stack.enter_context(sheaf(large.input.format).writer(target, scratch))
        for part in parts:
            if cancelled():
                raise CancelledError("stopped")
            piece = _piece(pieces, part.at, part.size)
            if piece:
                writer.write(piece)
    if records is not None:
        with (
            large.path("records").open("rb") as pieces,
            whole_file(records, scratch) as file,
            packed(file, str(records)) as stream,
        ):
            for part in parts:
                stream.write(_piece(pieces, part.records_at, part.records_size))
    return "" if is_remote(large.input.source) else _digest(large.input.source)


def _piece(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    data = file.read(size)
    if len(data) != size:
        raise InputError(f"{shown(file.name)}: is shorter than the manifest says; run again with --force")
    return data


def _digest(path: str) -> str:
    with open_raw(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # a binary file is enough
