"""WARC archives (extra `warc`): the pages of a crawl in, JSON Lines with address, date and text out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from copydesk.chain import Result
from copydesk.errors import InputError
from copydesk.formats import jsonl
from copydesk.formats.base import CHUNK_BYTES, CHUNK_DOCUMENTS, Chunk, Item, Layout, summary
from copydesk.formats.files import open_plain, shown

_HTML = ("text/html", "application/xhtml+xml")
_TEXT = ("text/plain",)

writer = jsonl.writer


def cut(path: str, layout: Layout) -> Iterator[Chunk]:
    """Read the responses of an archive in chunks. Raises InputError."""
    name = shown(path)
    try:
        from fastwarc.warc import ArchiveIterator, WarcRecordType
    except ImportError:
        raise InputError(f"{name}: WARC files need FastWARC; install copydesk[warc]") from None
    first, size = 1, 0
    part: list[dict[str, Any]] = []
    number = 0
    with open_plain(path) as file:
        try:
            records = ArchiveIterator(
                _Stream(file),  # type: ignore[arg-type,unused-ignore]  # never closed nor sought
                record_types=WarcRecordType.response,
                parse_http=False,
                stream_detect=False,
                fsspec_args=False,
            )
            for number, record in enumerate(records, start=1):  # the error below names it
                page = _page(record, layout, f"{name}:{number}")
                part.append(page)
                size += len(page["body"])
                if len(part) >= CHUNK_DOCUMENTS or size >= CHUNK_BYTES:
                    yield Chunk(first, len(part), part)
                    first, size, part = first + len(part), 0, []
        except OSError as error:
            raise InputError(f"{name}: is broken after response {number}: {error}; fetch it again") from None
    if number == 0:
        raise InputError(f"{name}: holds no response; only the response records of a WARC file are cleaned")
    if part:
        yield Chunk(first, len(part), part)


class _Stream:
    """What FastWARC reads from. It asks for a position even of a stream that has none, such as a decompressed one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        data = self._file.read(size)
        self._at += len(data)
        return data

    def tell(self) -> int:
        """Return how much was read."""
        return self._at


def _page(record: Any, layout: Layout, name: str) -> dict[str, Any]:
    claimed = record.content_length
    limit = layout.limit_bytes
    page: dict[str, Any] = {
        "url": record.headers.get("WARC-Target-URI"),
        "date": record.headers.get("WARC-Date"),
        "type": "",
        "charset": None,
        "body": b"",
        "problem": "",
    }
    if claimed > limit:
        if record.consume() < claimed:
            raise InputError(f"{name}: claims {claimed:,} bytes, but the file ends before; fetch it again")
        page["problem"] = f"has {claimed:,} bytes, more than --max-chars {layout.limit:,} allows"
        return page
    record.freeze()
    if record.content_length < claimed:
        raise InputError(f"{name}: claims {claimed:,} bytes, but the file ends before; fetch it again")
    try:
        record.parse_http(auto_decode="all")
        page["type"] = (record.http_content_type or "").lower()
        if page["type"] in _HTML + _TEXT:
            page["charset"] = record.http_charset
            page["body"] = record.reader.read(limit + 1)
    except (OSError, ValueError) as error:
        page["problem"] = f"its HTTP response cannot be read: {error}"
    if len(page["body"]) > limit:
        page["body"] = b""
        page["problem"] = f"unpacks to more than --max-chars {layout.limit:,} allows"
    return page


class Pages:
    """Pages on their way through the chain."""

    def __init__(self, chunk: Chunk, layout: Layout) -> None:
        self._chunk = chunk
        self._layout = layout
        self._pieces: list[bytes] = []

    def items(self) -> Iterator[Item]:
        """Yield the document of each response that is a page or plain text."""
        for number, page in enumerate(self._chunk.data, start=self._chunk.first):
            html = page["type"] in _HTML
            item = Item(number, page["body"], html=html, url=page["url"], charset=page["charset"], handle=page)
            item.problem = page["problem"]
            if not item.problem and not html and page["type"] not in _TEXT:
                item.data, item.other = None, page["type"] or "unknown"
            if item.problem:
                item.data = None
            yield item

    def raw(self, item: Item) -> tuple[bytes, str]:
        """Return the page as a file."""
        return item.handle["body"], ".html" if item.html else ".txt"

    def keep(self, item: Item, result: Result | None) -> None:
        """Take a page over."""
        if result is None:
            return
        page = item.handle
        row = {"url": page["url"], "date": page["date"], self._layout.field: result.text}
        if self._layout.meta:
            row[self._layout.meta] = summary(result)
        self._pieces.append(json.dumps(row).encode("ascii") + b"\n")

    def output(self) -> bytes:
        """Return the lines."""
        return b"".join(self._pieces)


session = Pages
