"""JSON Lines, changed in place: one field's text and one result key; every other byte of a line stays as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from json.decoder import JSONDecodeError
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from copydesk.chain import Result
from copydesk.errors import InputError
from copydesk.formats.base import CHUNK_BYTES, CHUNK_DOCUMENTS, Chunk, Item, Layout, summary
from copydesk.formats.files import open_plain, packed, whole_file
from copydesk.record import encodable

_SPACE = re.compile(r"[ \t\r\n]*")
# A key that needs no decoding, up to its value; and what stands behind a value.
_KEY = re.compile(r'[ \t\r\n]*"([^"\\\x00-\x1f]*)"[ \t\r\n]*:[ \t\r\n]*')
_NEXT = re.compile(r"[ \t\r\n]*([,}])")
# What may be written otherwise: one search, which takes a third of the time that two substrings take.
_ESCAPED = re.compile(r"\\[u/]")
# A number of 5,000 digits is none of our business, and must not be an error as it is for int.
_DECODER = json.JSONDecoder(parse_int=float)
_plain = json.JSONEncoder(ensure_ascii=False).encode


class Member(NamedTuple):
    """One key of a line's object: its value, and where that stands as it is written."""

    key: str
    start: int
    end: int
    value: Any


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its exact text without the line ending, the ending, and what its object holds, in order."""

    text: str
    ending: str
    members: tuple[Member, ...]

    def value(self, key: str) -> Any:
        """Return the value of `key` (the last, where it stands twice, as JSON readers do); KeyError if not there."""
        return self._member(key).value

    def _member(self, key: str) -> Member:
        for member in self.members[::-1]:
            if member.key == key:
                return member
        raise KeyError(key)

    def has(self, key: str) -> bool:
        """Tell whether the object has that key."""
        return any(member.key == key for member in self.members)

    def written(self, key: str) -> str:
        """Return the value of `key` as it is written."""
        member = self._member(key)
        return self.text[member.start : member.end]

    def with_value(self, key: str, value: Any) -> str:
        """Return the whole line, ending included, with another value for `key`, which has to be there."""
        return self.with_written(key, self.dump(value))

    def with_written(self, key: str, written: str) -> str:
        """Return the whole line, ending included, with another value for `key`, given as JSON."""
        member = self._member(key)
        return self.text[: member.start] + written + self.text[member.end :] + self.ending

    def without_last(self, key: str) -> Line:
        """Return the line as it was before `add_key` put `key` there; the same line where that is not its last key."""
        if len(self.members) < 2 or self.members[-1].key != key:  # something has to stand before it
            return self
        start, end = self.members[-2].end, self.members[-1].end
        return Line(self.text[:start] + self.text[end:], self.ending, self.members[:-1])

    def dump(self, value: Any) -> str:
        """Return a value as JSON, in ASCII where the line is in ASCII or the value has lone surrogates."""
        if self.text.isascii():
            return json.dumps(value)
        dumped = _plain(value)
        return dumped if encodable(dumped) else json.dumps(value)


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
        members = _members(text)
    except JSONDecodeError as error:
        raise InputError(f"not a JSON object: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise InputError("not a JSON object: nested too deeply") from None
    return Line(text, ending, tuple(members))


def _members(text: str) -> list[Member]:
    def skip(at: int) -> int:
        found = _SPACE.match(text, at)
        return found.end() if found else at

    def expect(at: int, wanted: str) -> int:
        at = skip(at)
        if text[at : at + 1] not in wanted or at >= len(text):
            raise JSONDecodeError(f"expected {' or '.join(wanted)}", text, at)
        return at

    at = expect(1 if text.startswith("\ufeff") else 0, "{") + 1
    members: list[Member] = []
    at = skip(at)
    more = text[at : at + 1] != "}"
    at += not more
    while more:
        simple = _KEY.match(text, at)
        if simple:
            key, start = simple[1], simple.end()
        else:
            key, start = _DECODER.raw_decode(text, expect(at, '"'))
            start = skip(expect(start, ":") + 1)
        value, end = _DECODER.raw_decode(text, start)
        members.append(Member(key, start, end, value))
        following = _NEXT.match(text, end)
        at = following.end() if following else expect(end, ",}")
        more = text[at - 1] == ","
    if skip(at) != len(text):
        raise JSONDecodeError("text after the object", text, at)
    return members


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
    if not _ESCAPED.search(written) or written == _plain(text):
        return None
    return "ascii" if written == json.dumps(text) else written


def spelt(text: str, spelling: str | None) -> str:
    """Return a text as JSON, written as `spelling` says."""
    if spelling is None:
        dumped = _plain(text)
        return dumped if encodable(dumped) else json.dumps(text)
    return json.dumps(text) if spelling == "ascii" else spelling


def _field_text(line: Line, layout: Layout) -> str | None:
    if not line.has(layout.field):
        listed = ", ".join(member.key for member in line.members) or "none"
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

    def keep(self, item: Item, result: Result | None) -> None:
        """Take a line over."""
        self._pieces.append(write_item(item, self.raw(item)[0], result, self._layout))

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
