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
from collections.abc import Container, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from stat import S_ISCHR, S_ISFIFO, S_ISREG, S_ISSOCK
from typing import Any, BinaryIO, NamedTuple, cast

from copydesk.errors import InputError
from copydesk.formats.compressed import MAGIC, PIECE, bare, compression, pack, packed, reason, shown, unpacked

__all__ = ["bare", "compression", "pack", "packed", "reason", "shown", "unpacked"]

#: The record of a file's changes lies beside it, or in a folder of records, under its name with this ending.
EDITS_SUFFIX = ".edits.jsonl"
#: Why a document failed lies beside it in quarantine, under its name with one of these endings.
_REASONS = (".why.json", ".why.jsonl")
#: What a run over many files puts at the top of its destination.
RESERVED = STATE, QUARANTINE, REPORT = ".copydesk", "quarantine", "run.json"
#: Where what failed goes when it came through a pipe, or the output takes the place of the input.
PIPE_QUARANTINE = Path("copydesk-quarantine")
#: Failures to write that no other document will be spared.
_FATAL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


class OutputError(InputError):
    """An output that cannot be written; `fatal` where nothing more can be written there at all."""

    def __init__(self, text: str, code: int | None) -> None:
        super().__init__(text)
        self.fatal = code in _FATAL


def is_kept(name: str, beside: Container[str]) -> bool:
    """Tell by its name, and by what lies beside it, whether a file or folder is hidden or what an earlier run keeps.

    >>> is_kept("a.txt.edits.jsonl.zst", ()), is_kept("run.json", [".copydesk"]), is_kept("run.json", ["a.txt"])
    (True, True, False)
    """
    return (
        name.startswith(".")
        or bare(name).endswith((EDITS_SUFFIX, *_REASONS))
        or name == PIPE_QUARANTINE.name
        or (name in RESERVED and STATE in beside)
    )


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


@contextmanager
def open_raw(path: str) -> Iterator[BinaryIO]:
    """Open a file for reading as it lies; InputError where it cannot be opened."""
    with contextlib.ExitStack() as stack:
        try:
            if is_remote(path):
                system, inner = remote(path)
                # fsspec's own files lack part of what a binary file can do.
                raw = stack.enter_context(system.open(inner, "rb"))
                file = stack.enter_context(cast("BinaryIO", io.BufferedReader(raw, PIECE)))
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


#: The bytes that a character takes in the widest encodings.
WIDEST = 4


def too_large(name: str, characters: int) -> str:
    """Return what is said of a file with more bytes than so many characters can take."""
    return f"{name}: holds more than {characters:,} characters; allow more with --max-chars"


def read_document(path: str, characters: int) -> tuple[bytes, str]:
    """Return the decompressed bytes of a small file and the version of the file that was read.

    Raises InputError where it cannot be read, has more bytes than so many characters can take, or keeps changing
    while it is read.
    """
    limit = WIDEST * characters
    for _ in range(3):
        with open_raw(path) as file:
            before = None if is_remote(path) else version_of(os.fstat(file.fileno()))
            try:
                data = file.read(limit + 1)
            except OSError as error:
                raise InputError(f"{shown(path)}: cannot be read: {reason(error)}") from None
            if compression(path) or data.startswith(tuple(MAGIC.values())):
                with unpacked(io.BytesIO(data) if len(data) <= limit else file, path) as plain:
                    data = plain.read(limit + 1)
            if len(data) > limit:
                raise InputError(too_large(shown(path), characters))
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


@contextmanager
def whole_file(target: Path | str, scratch: Path | None = None) -> Iterator[BinaryIO]:
    """Open a file for writing that takes the place of `target` when all went well, and is gone otherwise.

    It lies in `scratch` meanwhile, where that is on the same file system, or beside the target. A device or a pipe is
    written to as it stands. Raises OutputError.
    """
    if isinstance(target, str) and is_remote(target):
        with _whole_remote(target) as file:
            yield file
        return
    if is_stream(target):
        with _opened(target) as file:
            yield file
        return
    target = Path(os.path.realpath(target))
    part: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        near = scratch is not None and scratch.stat().st_dev == target.parent.stat().st_dev
        folder = scratch if near else target.parent
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


def is_stream(path: Path | str) -> bool:
    """Tell whether a path leads to a pipe or a device: bytes that come once, or a place that no file may take."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116  # a remote path is no Path
    except (OSError, ValueError):
        return False
    return S_ISFIFO(mode) or S_ISCHR(mode) or S_ISSOCK(mode)


@contextmanager
def _opened(target: Path | str) -> Iterator[BinaryIO]:
    try:
        with Path(target).open("wb") as file:
            yield file
    except OSError as error:
        raise OutputError(f"{shown(str(target))}: cannot be written: {reason(error)}", error.errno) from None


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
    part = os.path.join(scratch, _own_name(os.getpid()))  # noqa: PTH118  # called for every file
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
        if error.errno == errno.EXDEV:  # records may go to another file system than outputs
            with whole_file(Path(target)) as file:
                file.write(data)
            return
        raise OutputError(f"{shown(target)}: cannot be written: {reason(error)}", error.errno) from None


@lru_cache(1)
def _own_name(process: int) -> str:
    """Return a name that no other process has, not even one of that number on another machine."""
    return f"{process}-{os.urandom(4).hex()}.part"


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
