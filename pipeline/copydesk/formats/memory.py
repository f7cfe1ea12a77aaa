"""Documents that come from a program instead of a file, and go back to it."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from copydesk.chain import Result
from copydesk.document import Source
from copydesk.errors import InputError
from copydesk.formats.base import Chunk, Item, Layout


@dataclass(frozen=True, slots=True)
class Given:
    """A document as a program gives it."""

    data: bytes | str
    source: Source


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a document became.

    `edits` counts the changes to its text by stage; `record` holds the lines of its record, as `copydesk clean --edits`
    writes them.
    """

    text: str
    language: str
    changed: bool
    tags: dict[str, Any]
    flags: tuple[str, ...]
    edits: dict[str, int]
    chain: str
    record: tuple[str, ...]


def cleaned(result: Result) -> Cleaned:
    """Return what a program is given back."""
    edits: dict[str, int] = {}
    for change in result.record.texts():
        edits[change.stage] = edits.get(change.stage, 0) + 1
    return Cleaned(
        result.text,
        result.language,
        result.changed,
        dict(result.tags),
        tuple(str(flag) for flag in result.flags),
        edits,
        result.record.chain,
        tuple(result.record.to_lines()),
    )


def cut(path: str, layout: Layout) -> Iterator[Chunk]:  # noqa: ARG001  # one signature for all formats
    """Refuse: there is no such file."""
    raise InputError(f"{path}: documents of a program are no file")


class Documents:
    """Documents of a program on their way through the chain."""

    def __init__(self, chunk: Chunk, layout: Layout) -> None:
        self._chunk = chunk
        self._layout = layout
        self._kept: list[Cleaned] = []

    def items(self) -> Iterator[Item]:
        """Yield the documents."""
        for number, given in enumerate(self._chunk.data, start=self._chunk.first):
            html = "html" in (given.source.media_type or "")
            yield Item(number, given.data, html, given.source.url, given.source.charset, handle=given)

    def keep(self, item: Item, result: Result | None) -> None:  # noqa: ARG002  # one signature for all formats
        """Take a document over."""
        assert result is not None
        self._kept.append(cleaned(result))

    def raw(self, item: Item) -> tuple[bytes, str]:
        """Return a document as a file."""
        data = item.handle.data
        raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
        return raw, ".html" if item.html else ".txt"

    def output(self) -> bytes:
        """Return what was kept, pickled."""
        return pickle.dumps(self._kept)


session = Documents


def writer(path: str, scratch: Any) -> Any:  # noqa: ARG001  # one signature for all formats
    """Refuse: there is no such file."""
    raise InputError(f"{path}: documents of a program are no file")
