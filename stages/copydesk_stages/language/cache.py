"""A file of arrays in the user's cache folder, mapped into memory: unpacking the models takes longer than using them.

The answer never depends on the cache: a file that is missing, damaged, or of another version is not used, and a folder
that cannot be written to is no error. Two processes may write at once; each renames a complete file into place.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Arrays = Mapping[str, np.ndarray[Any, Any]]

#: Names another folder for the cache; empty: no cache.
VARIABLE = "COPYDESK_CACHE"
# With the two numbers behind it this is 64 bytes; numpy copies arrays that begin at odd places at each use.
_MAGIC = b"copydesk arrays 1".ljust(31) + b"\n"
_ALIGN = 64
#: Files of other versions, and what a killed process left, go where they are older than this (seconds).
STALE = 30 * 86400


def folder() -> Path | None:
    """Return the folder for cached files, None where the user wants none or there is no home folder."""
    chosen = os.environ.get(VARIABLE)
    if chosen is not None:
        return Path(chosen) if chosen else None
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "copydesk" / "cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "copydesk"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "copydesk"


def arrays(name: str, build: Callable[[], Arrays]) -> Arrays:
    """Return the arrays cached under `name`, which has to change with their content; else build and cache them."""
    where = folder()
    found = _read(where / name) if where else None
    if found is not None:
        return found
    import numpy as np

    # Row by row, as those read from a file are: of an array that lies otherwise `take` copies the whole at each use.
    built = {key: np.ascontiguousarray(array) for key, array in build().items()}
    if where:
        with contextlib.suppress(OSError):
            _write(where / name, built)
            _sweep(where / name)
    return built


def _sweep(path: Path) -> None:
    """Remove stale files of the same kind, which is the name up to its first hyphen."""
    for other in path.parent.glob(f"{path.name.partition('-')[0]}-*"):
        if other != path and time.time() - other.stat().st_mtime > STALE:
            other.unlink()


def _read(path: Path) -> Arrays | None:
    import numpy as np

    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        if bytes(data[: len(_MAGIC)]) != _MAGIC:
            return None
        start = len(_MAGIC)
        size, crc = (int(bytes(data[start + k : start + k + 16]), 16) for k in (0, 16))
        if size + start + 32 != len(data) or zlib.crc32(data[start + 32 :]) != crc:
            return None
        body = data[start + 32 :]
        length = int(bytes(body[:16]), 16)
        found = {}
        for key, dtype, shape, at in json.loads(bytes(body[16 : 16 + length])):
            count = int(np.prod(shape))
            found[key] = np.frombuffer(body, np.dtype(dtype), count, at).reshape(shape)
    except (OSError, ValueError):
        return None
    return found


def _write(path: Path, built: Arrays) -> None:
    table: list[tuple[str, str, tuple[int, ...], int]] = []
    at = 0
    for key in sorted(built):
        table.append((key, built[key].dtype.str, built[key].shape, at))
        at += -(-built[key].nbytes // _ALIGN) * _ALIGN
    # The table holds offsets behind itself, so its length is padded to one that does not depend on them.
    room = -(-(len(json.dumps(table)) + 16 + 16 * len(table)) // _ALIGN) * _ALIGN
    moved = [(key, dtype, shape, offset + room) for key, dtype, shape, offset in table]
    head = json.dumps(moved).encode().ljust(room - 16)
    pieces = [f"{len(head):016x}".encode(), head]
    for key in sorted(built):
        raw = built[key].tobytes()
        pieces.append(raw.ljust(-(-len(raw) // _ALIGN) * _ALIGN, b"\0"))
    body = b"".join(pieces)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_MAGIC + f"{len(body):016x}{zlib.crc32(body):016x}".encode() + body)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
