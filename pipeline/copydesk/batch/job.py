"""What a batch run is told, what it hands to workers, and what they hand back. All of it can be pickled."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, field
from typing import Any, Literal

from copydesk.chain import Chain, OnError
from copydesk.errors import ConfigError
from copydesk.formats.base import Chunk, Layout

#: How the records of changes are kept: not at all, one file beside each name, or all in one file.
Edits = Literal["", "folder", "file"]


@dataclass(frozen=True)
class Job:
    """Everything that decides what comes out, and the bounds on one document.

    `html` is the chain for HTML, `text` for everything else. `timeout` is in seconds and `memory_limit` in bytes, for
    one document; None sets no bound.
    """

    text: Chain
    html: Chain
    layout: Layout = field(default_factory=Layout)
    on_error: OnError = "keep"
    edits: Edits = ""
    timeout: float | None = 60.0
    memory_limit: int | None = None

    def __post_init__(self) -> None:
        """Refuse a time that is no bound: a watchdog that compares with `nan` would never bark."""
        if self.timeout is not None and not 0 < self.timeout < math.inf:
            raise ConfigError(f"--timeout {self.timeout}: a number of seconds above 0 is allowed")

    def chain(self, *, html: bool) -> Chain:
        """Return the chain for a document."""
        return self.html if html else self.text

    def decisive(self) -> dict[str, Any]:
        """Return by name what a second run on one destination has to share with the first."""
        return {
            "chain": self.text.hash,
            "chain for HTML": self.html.hash,
            "versions": {**self.text.versions, **self.html.versions},
            "--field": self.layout.field,
            "--meta-field": self.layout.meta,
            "--charset": self.layout.charset,
            "--max-chars": self.layout.limit,
            "--on-error": self.on_error,
            "--edits": self.edits,
        }

    def key(self) -> str:
        """Return a digest of the whole job, bounds included: workers are kept for one job."""
        values = [self.decisive(), self.timeout, self.memory_limit]
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Entry:
    """One small file: the number of its input, what it is called, where it lies, and where its output goes."""

    input: int
    name: str
    source: str
    target: str
    html: bool = False
    record: str = ""


@dataclass(frozen=True, slots=True)
class Files:
    """A shard of small files. `alone` says that its one document is suspected and gets a process of its own."""

    entries: tuple[Entry, ...]
    scratch: str = ""
    alone: bool = False

    def __len__(self) -> int:
        return len(self.entries)

    def part(self, low: int, high: int, *, alone: bool = False) -> Files:
        """Return some of the files."""
        return Files(self.entries[low:high], self.scratch, alone)

    def place(self, at: int) -> tuple[int, int, str]:
        """Return input, number and name of a document."""
        entry = self.entries[at]
        return entry.input, 0, entry.name


@dataclass(frozen=True, slots=True)
class Span:
    """A shard of a large file: the documents `low` to `high` (counted from 0) of a chunk of it."""

    input: int
    name: str
    form: str
    chunk: Chunk
    low: int
    high: int
    html: bool = False
    alone: bool = False

    def __len__(self) -> int:
        return self.high - self.low

    def part(self, low: int, high: int, *, alone: bool = False) -> Span:
        """Return some of the documents."""
        low, high = self.low + low, self.low + high
        return Span(self.input, self.name, self.form, self.chunk, low, high, self.html, alone)

    def place(self, at: int) -> tuple[int, int, str]:
        """Return input, number and name of a document."""
        number = self.chunk.first + self.low + at
        return self.input, number, self.called(number)

    def called(self, number: int) -> str:
        """Return what messages and records call a document; one that comes from a program has a name of its own."""
        return self.name if self.form == "memory" else f"{self.name}:{number}"


Shard = Files | Span


@dataclass(frozen=True, slots=True)
class Failed:
    """A document that failed: where it stands, why, and its bytes (None where they could not be read).

    `written` says that it was written all the same, without the stage that failed. `lost` marks a source that could
    not be read: a later run tries it again by itself. `alone` marks a document that took its process down.
    """

    input: int
    number: int
    name: str
    problem: str
    stage: str = ""
    traceback: str = ""
    data: bytes | None = None
    ending: str = ""
    written: bool = False
    lost: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one input, or of documents `start` to `stop` (from 1, end excluded) of a large one.

    `stats` are its counts as JSON, the way the manifest keeps them; how many documents and bytes they are for stands
    beside them.
    """

    input: int
    stats: bytes = b"{}"
    documents: int = 0
    size: int = 0
    start: int = 0
    stop: int = 0
    version: str = ""
    digest: str = ""
    output: bytes = b""
    records: bytes = b""


@dataclass(slots=True)
class Outcome:
    """What became of a shard. `stop` says why nothing more can be written at all (a full disk)."""

    done: list[Done] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    stop: str = ""
