"""JSON Lines, changed in place: one field's text and one result key; every other byte of a line stays as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from json.decoder import JSONDecodeError
from pathlib import Path
from typing import Any, BinaryIO

from copydesk.chain import Result
from copydesk.errors import InputError
from copydesk.formats.base import CHUNK_BYTES, CHUNK_DOCUMENTS, Chunk, Item, Layout, summary, too_long
from copydesk.formats.files import open_plain, packed, whole_file

_SPACE = re.compile(r"[ \t\r\n]*")
# A number of 5,000 digits is none of our business, and must not be an error as it is for int.
_DECODER = json.JSONDecoder(parse_int=float)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its exact text without the line ending, the ending, and where each key's value stands."""

    text: str
    ending: str
    spans: tuple[tuple[str, int, int], ...]
    close: int

    def value(self, key: str) -> Any:
        """Return the value of `key` (the last, where it stands twice, as JSON readers do); KeyError if not there."""
        start, end = self._span(key)
        return _DECODER.decode(self.text[start:end])

    def _span(self, key: str) -> tuple[int, int]:
        for name, start, end in reversed(self.spans):
            if name == key:
                return start, end
        raise KeyError(key)

    def has(self, key: str) -> bool:
        """Tell whether the object has that key."""
        return any(name == key for name, _, _ in self.spans)

    def written(self, key: str) -> str:
        """Return the value of `key` as it is written."""
        start, end = self._span(key)
        return self.text[start:end]

    def with_value(self, key: str, value: Any) -> str:
        """Return the whole line, ending included, with another value for `key`, which has to be there."""
        return self.with_written(key, self.dump(value))

    def with_written(self, key: str, written: str) -> str:
        """Return the whole line, ending included, with another value for `key`, given as JSON."""
        start, end = self._span(key)
        return self.text[:start] + written + self.text[end:] + self.ending

    def without_last(self, key: str) -> Line:
        """Return the line as it was before `add_key` put `key` there; the same line where that is not its last key."""
        if len(self.spans) < 2 or self.spans[-1][0] != key:  # something has to stand before it
            return self
        start, end = self.spans[-2][2], self.spans[-1][2]
        return Line(self.text[:start] + self.text[end:], self.ending, self.spans[:-1], self.close - (end - start))

    def dump(self, value: Any) -> str:
        """Return a value as JSON, in ASCII where the line is in ASCII or the value has lone surrogates."""
        if self.text.isascii():
            return json.dumps(value)
        dumped = json.dumps(value, ensure_ascii=False)
        return dumped if dumped.isprintable() or _encodable(dumped) else json.dumps(value)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def add_key(line: str, key: str, dumped: str) -> str:
    r"""Return a line of JSON with one more key at the end of its object.

    >>> add_key('{"text": "a"}\n', "copydesk", '{"language": "en"}')
    '{"text": "a", "copydesk": {"language": "en"}}\n'
    """
    inner = line.rstrip()[:-1].rstrip()
    comma = "" if inner.endswith("{") else ", "
    return f"{inner}{comma}{json.dumps(key)}: {dumped}{line[len(inner) :]}"


def parse_line(data: bytes) -> Line:
    r"""Return where everything stands in a line that holds one JSON object; InputError says why it does not.

    >>> parse_line(b'{"n": 123456789012345678901234567890, "text": "a"}\n').with_value("text", "b")
    '{"n": 123456789012345678901234567890, "text": "b"}\n'
    """
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 (byte {error.start} of the line)") from None
    text = whole.rstrip("\r\n")
    ending = whole[len(text) :]
    try:
        spans, close = _spans(text)
    except (JSONDecodeError, StopIteration, RecursionError) as error:
        problem = f"{error.msg} at column {error.colno}" if isinstance(error, JSONDecodeError) else "nested too deeply"
        raise InputError(f"not a JSON object: {problem}") from None
    return Line(text, ending, tuple(spans), close)


def _spans(text: str) -> tuple[list[tuple[str, int, int]], int]:
    def skip(at: int) -> int:
        found = _SPACE.match(text, at)
        return found.end() if found else at

    def expect(at: int, wanted: str) -> int:
        at = skip(at)
        if text[at : at + 1] not in wanted or at >= len(text):
            raise JSONDecodeError(f"expected {' or '.join(wanted)}", text, at)
        return at

    at = expect(1 if text.startswith("\ufeff") else 0, "{") + 1
    spans: list[tuple[str, int, int]] = []
    at = skip(at)
    if text[at : at + 1] != "}":
        while True:
            key, at = _DECODER.raw_decode(text, expect(at, '"'))
            start = skip(expect(at, ":") + 1)
            try:
                _, end = _DECODER.raw_decode(text, start)
            except StopIteration as stop:
                raise JSONDecodeError("expected a value", text, stop.value or start) from None
            spans.append((key, start, end))
            at = expect(end, ",}")
            if text[at] == "}":
                break
            at = skip(at + 1)
    close = at
    if skip(close + 1) != len(text):
        raise JSONDecodeError("text after the object", text, close + 1)
    return spans, close


def read_item(number: int, data: bytes, layout: Layout) -> Item:
    """Return the document of one line; what is wrong with the line is its `problem`."""
    if not data.strip():
        return Item(number, None)
    try:
        line = parse_line(data)
        text = _field_text(line, layout)
        spelling = None if text is None else spelling_of(line.written(layout.field), text)
        url = line.value("url") if line.has("url") else None
    except (InputError, ValueError, RecursionError) as error:
        return Item(number, None, problem=str(error))
    if text is not None and len(text) > layout.limit:
        return Item(number, None, problem=too_long(len(text), layout.limit))
    return Item(number, text, url=url if isinstance(url, str) else None, handle=line, spelling=spelling)


def write_item(item: Item, data: bytes, result: Result | None, layout: Layout) -> bytes:
    """Return the line `data` of a document, with its text and its result in place."""
    if result is None or (not layout.meta and not result.changed):
        return data
    line: Line = item.handle
    cleaned = line.with_value(layout.field, result.text) if result.changed else line.text + line.ending
    if layout.meta:
        cleaned = add_key(cleaned, layout.meta, line.dump(summary(result)))
    return cleaned.encode("utf-8")


def spelling_of(written: str, text: str) -> str | None:
    r"""Return what `Source.spelling` says of a text that was written so.

    >>> spelling_of('"caf\\u00e9"', "café"), spelling_of('"café"', "café"), spelling_of('"\\/"', "/")
    ('ascii', None, '"\\/"')
    """
    if written == json.dumps(text, ensure_ascii=False):
        return None
    return "ascii" if written == json.dumps(text) else written


def spelt(text: str, spelling: str | None) -> str:
    """Return a text as JSON, written as `spelling` says."""
    if spelling is None:
        dumped = json.dumps(text, ensure_ascii=False)
        return dumped if _encodable(dumped) else json.dumps(text)
    return json.dumps(text) if spelling == "ascii" else spelling


def _field_text(line: Line, layout: Layout) -> str | None:
    if not line.has(layout.field):
        listed = ", ".join(key for key, _, _ in line.spans) or "none"
        raise InputError(f'has no field "{layout.field}"; its fields: {listed}. Name another with --field')
    text = line.value(layout.field)
    if text is not None and not isinstance(text, str):
        raise InputError(f'the field "{layout.field}" is no string')
    if layout.meta and line.has(layout.meta):
        raise InputError(f'has a key "{layout.meta}" already; name another for results with --meta-field')
    return text


def cut(path: str, layout: Layout) -> Iterator[Chunk]:  # noqa: ARG001  # one signature for all formats
    """Read a file in chunks of whole lines. Raises InputError."""
    first = 1
    with open_plain(path) as file:
        while lines := file.readlines(CHUNK_BYTES):
            for at in range(0, len(lines), CHUNK_DOCUMENTS):
                part = lines[at : at + CHUNK_DOCUMENTS]
                yield Chunk(first, len(part), part)
                first += len(part)


class JsonLines:
    """Lines on their way through the chain."""

    def __init__(self, chunk: Chunk, layout: Layout) -> None:
        self._chunk = chunk
        self._layout = layout
        self._pieces: list[bytes] = []

    def items(self) -> Iterator[Item]:
        """Yield the document of each line."""
        for number, line in enumerate(self._chunk.data, start=self._chunk.first):
            yield read_item(number, line, self._layout)

    def keep(self, item: Item, result: Result | None) -> int:
        """Take a line over."""
        self._pieces.append(write_item(item, self.raw(item)[0], result, self._layout))
        return len(result.text.encode("utf-8", "surrogatepass")) if result else 0

    def raw(self, item: Item) -> tuple[bytes, str]:
        """Return a line as a file."""
        line: bytes = self._chunk.data[item.number - self._chunk.first]
        return line, ".jsonl"

    def output(self) -> bytes:
        """Return the lines."""
        return b"".join(self._pieces)


session = JsonLines


@contextmanager
def writer(path: str, scratch: Path | None) -> Iterator[BinaryIO]:
    """Open the output file, compressed as its name says."""
    with whole_file(path, scratch) as file, packed(file, path) as stream:
        yield stream
