"""Files, local or remote, plain or compressed: read in pieces, written whole or not at all.

A path with a scheme (`s3://bucket/a.txt`, `memory://a.txt`) is opened by fsspec (extra `remote`); everything else is a
local file and imports nothing. Compression is read by content and written by name.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG
from typing import Any, BinaryIO, NamedTuple, cast

from copydesk.errors import InputError

#: Endings of compressed files.
GZIP, ZSTD = ".gz", ".zst"
_MAGIC = {GZIP: b"\x1f\x8b", ZSTD: b"\x28\xb5\x2f\xfd"}
_PIECE = 1 << 20
#: Failures to write that no other document will be spared.
_FATAL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


class OutputError(InputError):
    """An output that cannot be written; `fatal` where nothing more can be written there at all."""

    def __init__(self, text: str, code: int | None) -> None:
        super().__init__(text)
        self.fatal = code in _FATAL


def is_remote(path: str) -> bool:
    """Tell whether a path has a scheme, so that fsspec opens it.

    >>> is_remote("s3://bucket/a.txt"), is_remote("C:/a.txt")
    (True, False)
    """
    return "://" in path


def remote(path: str) -> tuple[Any, str]:
    """Return the file system of a remote path and the path within it; InputError where that cannot be."""
    try:
        import fsspec
    except ImportError:
        raise InputError(f"{path}: remote files need fsspec; install copydesk[remote]") from None
    try:
        return cast("tuple[Any, str]", fsspec.core.url_to_fs(path))
    except (ImportError, ValueError) as error:
        raise InputError(f"{path}: cannot be opened: {error}") from None


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


@contextmanager
def open_raw(path: str) -> Iterator[BinaryIO]:
    """Open a file for reading as it lies; InputError where it cannot be opened."""
    with contextlib.ExitStack() as stack:
        try:
            if is_remote(path):
                system, inner = remote(path)
                # fsspec's own files lack part of what a binary file can do.
                raw = stack.enter_context(system.open(inner, "rb"))
                file = stack.enter_context(cast("BinaryIO", io.BufferedReader(raw, _PIECE)))
            else:
                file = stack.enter_context(Path(path).open("rb"))
        except (OSError, ValueError) as error:
            raise InputError(f"{shown(path)}: cannot be read: {reason(error)}") from None
        yield file


@contextmanager
def open_plain(path: str) -> Iterator[BinaryIO]:
    """Open a file for reading, decompressed where it holds gzip or Zstandard; errors come as InputError."""
    with open_raw(path) as file, unpacked(file, path) as plain:
        yield plain


@contextmanager
def unpacked(file: BinaryIO, path: str) -> Iterator[BinaryIO]:
    """Give a stream's contents decompressed; it has to be able to seek back to its start."""
    try:
        file.seek(0)
        head = file.read(4)
        file.seek(0)
    except OSError as error:
        raise InputError(f"{shown(path)}: cannot be read: {reason(error)}") from None
    wanted = compression(path)
    found = next((end for end, magic in _MAGIC.items() if head.startswith(magic)), "")
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
    with io.BufferedReader(_Unpacked(fill, path), _PIECE) as plain:
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


def read_document(path: str, limit: int) -> tuple[bytes, str]:
    """Return the decompressed bytes of a small file and the version of the file that was read.

    Raises InputError where it cannot be read, holds more than `limit` bytes, or keeps changing while it is read.
    """
    for _ in range(3):
        with open_raw(path) as file:
            before = None if is_remote(path) else version_of(os.fstat(file.fileno()))
            try:
                data = file.read(limit + 1)
            except OSError as error:
                raise InputError(f"{shown(path)}: cannot be read: {reason(error)}") from None
            if compression(path) or data.startswith(tuple(_MAGIC.values())):
                with unpacked(io.BytesIO(data) if len(data) <= limit else file, path) as plain:
                    data = plain.read(limit + 1)
            if len(data) > limit:
                raise InputError(f"{shown(path)}: holds more than {limit:,} bytes; allow more with --max-chars")
            if before is None:
                return data, stat(path).version
            if version_of(os.fstat(file.fileno())) == before:
                return data, before
    raise InputError(f"{shown(path)}: keeps changing while it is read; run again when nobody writes to it")


class Stat(NamedTuple):
    """What tells whether a file has changed since: `version` is size and time, or the store's own tag."""

    size: int
    version: str


def version_of(status: os.stat_result) -> str:
    """Return size and time of change as one word."""
    return f"{status.st_size}:{status.st_mtime_ns}"


def stat(path: str) -> Stat:
    """Return size and version of a file; InputError where it is not there or no regular file."""
    try:
        if is_remote(path):
            system, inner = remote(path)
            info = system.info(inner)
            mark = next((info[key] for key in ("ETag", "LastModified", "mtime", "created") if info.get(key)), "")
            return Stat(int(info["size"] or 0), f"{info['size']}:{mark}")
        status = os.stat(path)  # noqa: PTH116  # called for every file; a Path costs as much as the call
    except OSError as error:
        raise InputError(f"{shown(path)}: cannot be read: {reason(error)}") from None
    if not S_ISREG(status.st_mode):
        raise InputError(f"{shown(path)}: is no regular file")
    return Stat(status.st_size, version_of(status))


def shown(path: str) -> str:
    """Return what messages and records call a file: forward slashes, bytes that are not UTF-8 as U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace").replace(os.sep, "/")


@contextmanager
def whole_file(target: Path | str, scratch: Path | None = None) -> Iterator[BinaryIO]:
    """Open a file for writing that takes the place of `target` when all went well, and is gone otherwise.

    It lies in `scratch` meanwhile (which has to be on the same file system), or beside the target. Raises OutputError.
    """
    if isinstance(target, str) and is_remote(target):
        with _whole_remote(target) as file:
            yield file
        return
    target = Path(os.path.realpath(target))
    part: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = scratch or target.parent
        handle, name = tempfile.mkstemp(prefix=f".{shown(target.name)[:40]}.", suffix=".part", dir=folder)
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            yield file
        if target.exists():
            shutil.copymode(target, part)
        else:
            part.chmod(0o666 & ~_umask())
        part.replace(target)
    except OSError as error:
        raise OutputError(f"{shown(str(target))}: cannot be written: {reason(error)}", error.errno) from None
    finally:
        if part is not None:
            with contextlib.suppress(OSError):
                part.unlink()


@contextmanager
def _whole_remote(target: str) -> Iterator[BinaryIO]:
    system, inner = remote(target)
    # Not every store can break off an upload, so it begins when all is there.
    with tempfile.NamedTemporaryFile(prefix="copydesk-") as file:
        yield cast("BinaryIO", file)
        file.flush()
        try:
            with contextlib.suppress(OSError, NotImplementedError):
                system.makedirs(system._parent(inner), exist_ok=True)  # noqa: SLF001  # fsspec names it so; there is no other
            system.put_file(file.name, inner)
        except OSError as error:
            raise OutputError(f"{target}: cannot be written: {reason(error)}", error.errno) from None


def write_small(target: str, data: bytes, scratch: Path | None) -> None:
    """Write a small file whole, compressed as its name says; the fast way of `whole_file` for many files."""
    if compression(target):
        data = pack(data, compression(target))
    if scratch is None or is_remote(target):
        with whole_file(target if is_remote(target) else Path(target)) as file:
            file.write(data)
        return
    part = os.path.join(scratch, f"{os.getpid()}.part")  # noqa: PTH118  # called for every file
    try:
        for again in (False, True):
            try:
                with open(part, "wb") as file:  # noqa: PTH123  # as above
                    file.write(data)
                os.replace(part, target)  # noqa: PTH105  # as above
                break
            except FileNotFoundError:
                if again:
                    raise
                Path(target).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(part).unlink()
        raise OutputError(f"{shown(target)}: cannot be written: {reason(error)}", error.errno) from None


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


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
