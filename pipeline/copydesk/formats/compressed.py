"""Compressed data: read by what it holds, written by what it is called."""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from copydesk.errors import InputError

#: Endings of compressed files, and how their data begins.
GZIP, ZSTD = ".gz", ".zst"
MAGIC = {GZIP: b"\x1f\x8b", ZSTD: b"\x28\xb5\x2f\xfd"}
PIECE = 1 << 20


def compression(name: str) -> str:
    """Return `.gz`, `.zst` or an empty string, by the end of a name.

    >>> compression("a.jsonl.GZ"), compression("a.txt")
    ('.gz', '')
    """
    end = name[-4:].lower()
    return GZIP if end.endswith(GZIP) else ZSTD if end == ZSTD else ""


def bare(name: str) -> str:
    """Return a name without the ending of its compression.

    >>> bare("a.jsonl.gz")
    'a.jsonl'
    """
    return name[: len(name) - len(compression(name))]


def reason(error: BaseException) -> str:
    """Return in words why reading or writing failed."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__


def shown(path: str) -> str:
    """Return what messages and records call a file: forward slashes, bytes that are not UTF-8 as U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace").replace(os.sep, "/")


@contextmanager
def unpacked(file: BinaryIO, path: str) -> Iterator[BinaryIO]:
    """Give a stream's contents decompressed; it has to be buffered, or able to seek back to its start."""
    try:
        if isinstance(file, io.BufferedReader):
            head = file.peek(4)[:4]
        else:
            file.seek(0)
            head = file.read(4)
            file.seek(0)
    except OSError as error:
        raise InputError(f"{shown(path)}: cannot be read: {reason(error)}") from None
    wanted = compression(path)
    found = next((end for end, magic in MAGIC.items() if head.startswith(magic)), "")
    if wanted and head and wanted != found:
        raise InputError(f"{shown(path)}: is called {wanted} but does not hold what that says; rename it")
    if not found:
        yield file
        return
    if found == GZIP:
        from isal import igzip

        fill = igzip.IGzipFile(fileobj=file, mode="rb").readinto  # type: ignore[no-untyped-call]
    else:
        fill = _ZstdFrames(file).readinto
    with io.BufferedReader(_Unpacked(fill, path), PIECE) as plain:
        yield cast("BinaryIO", plain)


class _Unpacked(io.RawIOBase):
    """A decompressor whose errors name the file."""

    def __init__(self, fill: Callable[[Any], int], path: str) -> None:
        self._fill = fill
        self._path = shown(path)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            return self._fill(buffer)
        except EOFError:
            text = f"{self._path}: is cut off: its compressed data ends too early; fetch it again"
            raise InputError(text) from None
        except (OSError, zlib.error) as error:
            raise InputError(f"{self._path}: cannot be decompressed: {reason(error)}") from None


class _ZstdFrames:
    """Decompressed Zstandard that says so where the data ends inside a frame; zstandard's own reader stays silent."""

    # A piece of this size cannot grow beyond some 250 MB, whatever the data claims.
    _PIECE = 8192

    def __init__(self, file: BinaryIO) -> None:
        import zstandard

        self._new = zstandard.ZstdDecompressor().decompressobj
        self._file = file
        self._frame: Any = None
        self._data = b""
        self._left = b""

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as there is data at hand; EOFError where the data ends too early."""
        import zstandard

        while not self._data:
            piece = self._left or self._file.read(self._PIECE)
            self._left = b""
            if not piece:
                if self._frame is not None:
                    raise EOFError("Compressed file ended before the end of its last frame")
                return 0
            self._frame = self._frame or self._new()
            try:
                self._data = self._frame.decompress(piece)
            except zstandard.ZstdError as error:
                raise OSError(str(error)) from None
            if self._frame.eof:
                self._left = self._frame.unused_data
                self._frame = None
        size = min(len(buffer), len(self._data))
        buffer[:size] = self._data[:size]
        self._data = self._data[size:]
        return size


def pack(data: bytes, ending: str) -> bytes:
    """Return bytes compressed, the same ones each time."""
    buffer = io.BytesIO()
    with packed(buffer, ending) as file:
        file.write(data)
    return buffer.getvalue()


@contextmanager
def packed(file: BinaryIO, name: str) -> Iterator[BinaryIO]:
    """Give a stream that compresses into `file` as the end of `name` says; the file itself stays open."""
    ending = compression(name)
    if ending == GZIP:
        from isal import igzip

        with igzip.IGzipFile(filename="", fileobj=file, mode="wb", mtime=0) as stream:  # type: ignore[no-untyped-call]
            yield cast("BinaryIO", stream)
    elif ending == ZSTD:
        import zstandard

        with zstandard.ZstdCompressor(level=3).stream_writer(file, closefd=False) as stream:
            yield cast("BinaryIO", stream)
    else:
        yield file
