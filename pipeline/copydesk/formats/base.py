"""What every format of many documents gives: stretches cut from a file, their documents, and the cleaned output.

A file is cut into chunks where it is read; a chunk travels to whoever cleans it; what comes back is joined in order.
How a file is cut never shows in the output.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from copydesk.chain import Result
from copydesk.document import Document, Source
from copydesk.errors import InputError
from copydesk.formats.files import WIDEST

#: A chunk holds so many documents at most, and is closed once it has so many bytes.
CHUNK_DOCUMENTS = 256
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Layout:
    """How documents lie in a file: the field with the text, the key for results ("" for none), bounds.

    `limit` is the number of characters that a document may have.
    """

    field: str = "text"
    meta: str = "copydesk"
    charset: str | None = None
    limit: int = 10_000_000

    @property
    def limit_bytes(self) -> int:
        """The number of bytes past which a document has too many characters, whatever its encoding."""
        return WIDEST * self.limit


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a file: the number of its first document (from 1), how many it has, and its data."""

    first: int
    count: int
    data: Any


@dataclass(slots=True)
class Item:
    """One document of a chunk, as it was read.

    `data` is what the chain is given; None where there is nothing to clean. `problem` says why it cannot be cleaned,
    `other` the media type of what is passed over, `handle` is its session's, `spelling` the `Source`'s.
    """

    number: int
    data: bytes | str | None
    html: bool = False
    url: str | None = None
    charset: str | None = None
    problem: str = ""
    other: str = ""
    handle: Any = None
    spelling: str | None = None

    def source(self, name: str, *, html: bool) -> Source:
        """Return what the chain is told of where the document comes from."""
        kind = "text/html" if html else "text/plain"
        return Source(name, self.url, self.charset, media_type=kind, spelling=self.spelling)


class Session(Protocol):
    """One chunk on its way through the chain."""

    def items(self) -> Iterator[Item]:
        """Yield the documents of the chunk, in order."""
        ...

    def keep(self, item: Item, result: Result | None) -> None:
        """Take a document over into the output, as cleaned or (None) as it was."""
        ...

    def raw(self, item: Item) -> tuple[bytes, str]:
        """Return a document's own bytes as a file that can be cleaned alone, and the ending of its name."""
        ...

    def output(self) -> bytes:
        """Return what was kept."""
        ...


class Sheaf(Protocol):
    """A format of many documents in one file (a module with these functions)."""

    def cut(self, path: str, layout: Layout) -> Iterator[Chunk]:
        """Read a file in chunks. Raises InputError."""
        ...

    def session(self, chunk: Chunk, layout: Layout) -> Session:
        """Begin to clean a chunk."""
        ...

    def writer(self, path: str, scratch: Any) -> AbstractContextManager[Any]:
        """Open the output file; the object has `write(piece)` for what sessions gave, in order."""
        ...


def summary(result: Result) -> dict[str, object]:
    """Return what goes under the result key of a document in a larger file."""
    tags = {key: value for key, value in result.tags.items() if key != "language"}
    elsewhere = block_languages(result.document)
    return {
        "language": result.language,
        "edits": len(result.record.texts()),
        "flags": [str(flag) for flag in result.flags],
        "chain": result.record.chain,
        **({"tags": tags} if tags else {}),
        **({"block_languages": elsewhere} if elsewhere else {}),
    }


def block_languages(document: Document) -> list[dict[str, object]]:
    r"""Return the stretches of text that are not in the document's language, `und` among them, in order.

    `start` and `end` count characters (code points) of the text; neighbouring blocks of one language are one stretch.

    >>> from copydesk.document import Block, Parts
    >>> french = {"language": "fr"}
    >>> blocks = (Block(0, "One.", "\n"), Block(1, "Un.", "\n", french), Block(2, "Deux.", "", french))
    >>> block_languages(Document("").with_parts(Parts("", blocks, "")))
    [{'start': 5, 'end': 14, 'language': 'fr'}]
    """
    found: list[dict[str, object]] = []
    before = ""
    for block in document.blocks if document.is_split else ():
        own = str(block.tags.get("language", ""))
        start = document.starts[block.id]
        if own and own == before:
            found[-1]["end"] = start + len(block.text)
        elif own:
            found.append({"start": start, "end": start + len(block.text), "language": own})
        before = own
    return found


def sheaf(form: str) -> Sheaf:
    """Return the module of a format of many documents: `jsonl`, `parquet`, `warc` or `memory`."""
    from importlib import import_module

    if form not in ("jsonl", "parquet", "warc", "memory"):
        raise InputError(f"{form} files hold one document each")
    module: Any = import_module(f"copydesk.formats.{form}")
    return module  # type: ignore[no-any-return]  # a module as a Protocol


def without(spans: Iterable[tuple[int, int]], start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield what of [start, stop) none of the sorted, separate spans covers.

    >>> list(without([(0, 2), (5, 6)], 1, 9))
    [(2, 5), (6, 9)]
    """
    for low, high in spans:
        if high <= start:
            continue
        if low >= stop:
            break
        if low > start:
            yield start, low
        start = high
    if start < stop:
        yield start, stop
