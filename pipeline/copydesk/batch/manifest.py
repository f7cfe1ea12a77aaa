"""The manifest of a destination: what was read, when, with which chain, and what became of it. One SQLite file.

Names and paths are kept as bytes, since file names need not be UTF-8. Everything that belongs together is committed
together, so a run that is killed leaves nothing half said.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self

from copydesk.batch.job import Done, Failed
from copydesk.errors import InputError

SCHEMA = 1
_TABLES = Path(__file__).with_suffix(".sql")


class Input(NamedTuple):
    """An input as planned."""

    id: int
    name: str
    source: str
    target: str
    format: str
    size: int
    version: str


class Standing(NamedTuple):
    """What the manifest has of an input: its state, the digest of what was read, the run that saw it last, tries."""

    input: Input
    state: str
    digest: str
    run: int
    tries: int


class Part(NamedTuple):
    """Where the output and records of some documents of a large input lie in its parts files."""

    start: int
    stop: int
    at: int
    size: int
    records_at: int
    records_size: int


class Manifest:
    """The manifest in a state folder, or a copy of it in memory. A context manager."""

    def __init__(self, folder: Path, *, copy: bool = False) -> None:
        path = folder / "manifest.sqlite"
        try:
            # Transactions are opened by hand; only one process ever writes (see the lock).
            self._db = sqlite3.connect(":memory:" if copy else path, isolation_level=None)
        except sqlite3.Error as error:
            raise InputError(f"{path}: cannot be used: {error}") from None
        try:
            self._prepare(path, copy=copy)
        except BaseException:
            self._db.close()
            raise
        self.run = int(self.get("run") or 0)

    def _prepare(self, path: Path, *, copy: bool) -> None:
        try:
            if copy and path.exists():
                with closing(sqlite3.connect(path)) as stored:
                    stored.backup(self._db)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(_TABLES.read_text(encoding="utf-8"))
        except sqlite3.Error as error:
            raise InputError(f"{path}: cannot be used: {error}") from None
        schema = int(self.get("schema") or SCHEMA)
        if schema > SCHEMA:
            raise InputError(f"{path}: was written by a newer copydesk (schema {schema}, this one knows {SCHEMA})")
        self.put("schema", str(SCHEMA))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Commit what happens inside, or nothing of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def get(self, key: str) -> str | None:
        """Return a value of the run as a whole."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, key: str, value: str) -> None:
        """Set a value of the run as a whole."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def begin_run(self) -> None:
        """Begin a new run: inputs that it does not see are no longer part of the report."""
        self.run += 1
        self.put("run", str(self.run))

    def standing(self, name: str, target: str) -> list[Standing]:
        """Return what the manifest has under that name, and what has that output."""
        rows = self._db.execute(
            "SELECT id, name, source, target, format, size, version, state, digest, run, tries FROM inputs "
            "WHERE name = ? OR target = ?",
            (os.fsencode(name), os.fsencode(target)),
        ).fetchall()
        return [Standing(_input(row), *row[7:]) for row in rows]

    def plan(
        self, name: str, source: str, target: str, form: str, size: int, version: str,
        state: str = "todo", before: Sequence[Standing] | None = None,
    ) -> int:  # fmt: skip
        """Put an input down to be done in the place of what stood `before`; return its number."""
        before = self.standing(name, target) if before is None else before
        for each in before:
            self.forget(each.input.id)
            self._db.execute("DELETE FROM inputs WHERE id = ?", (each.input.id,))
        number, tries = (before[0].input.id, before[0].tries) if len(before) == 1 else (None, 0)
        cursor = self._db.execute(
            "INSERT INTO inputs (id, name, source, target, format, size, version, state, run, tries) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, *map(os.fsencode, (name, source, target)), form, size, version, state, self.run, tries),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def forget(self, number: int) -> None:
        """Forget the parts and failures of an input."""
        self._db.execute("DELETE FROM parts WHERE input = ?", (number,))
        self._db.execute("DELETE FROM failures WHERE input = ?", (number,))

    def see(self, number: int, version: str | None = None) -> None:
        """Note that this run has seen an input, unchanged; with a version also that it was only touched."""
        if version is None:
            self._db.execute("UPDATE inputs SET run = ? WHERE id = ?", (self.run, number))
        else:
            self._db.execute("UPDATE inputs SET run = ?, version = ? WHERE id = ?", (self.run, version, number))

    def todo(self) -> Iterator[Input]:
        """Yield the inputs to be done, in the order in which they were planned, as the table stands meanwhile."""
        last = -1
        while True:
            rows = self._db.execute(
                "SELECT id, name, source, target, format, size, version FROM inputs "
                "WHERE state = 'todo' AND run = ? AND id > ? ORDER BY id LIMIT 1000",
                (self.run, last),
            ).fetchall()
            if not rows:
                return
            for row in rows:
                yield _input(row)
            last = rows[-1][0]

    def count(self, *states: str) -> tuple[int, int]:
        """Return number and bytes of the inputs of this run in these states (in any, if none is named)."""
        marks = ", ".join("?" * len(states))
        where = f" AND state IN ({marks})" if states else ""
        row = self._db.execute(
            f"SELECT COUNT(*), COALESCE(SUM(size), 0) FROM inputs WHERE run = ?{where}",  # noqa: S608  # marks only
            (self.run, *states),
        ).fetchone()
        return row[0], row[1]

    def formats(self) -> set[str]:
        """Return the formats of what is to be done."""
        rows = self._db.execute("SELECT DISTINCT format FROM inputs WHERE state = 'todo' AND run = ?", (self.run,))
        return {row[0] for row in rows}

    def finish(self, done: Done, chain: str, records: tuple[int, int] | None = None) -> None:
        """Put an input down as done."""
        self._db.execute(
            "UPDATE inputs SET state = 'done', tries = tries + 1, cleaned = ?, chain = ?, digest = ?, stats = ?, "
            "version = CASE ? WHEN '' THEN version ELSE ? END, records_at = ?, records_size = ? WHERE id = ?",
            (time.time(), chain, done.digest, done.stats, done.version, done.version, *(records or (None, None)),
             done.input),
        )  # fmt: skip

    def fail(self, failed: Failed, *, whole: bool) -> None:
        """Put a document down as failed; `whole` says that it is the whole of its input."""
        self._db.execute(
            "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?, ?)",
            (failed.input, failed.number, failed.name, failed.problem, failed.stage, failed.written),
        )
        if whole and not failed.written:
            self._db.execute(
                "UPDATE inputs SET state = ?, tries = tries + 1, cleaned = ? WHERE id = ?",
                ("lost" if failed.lost else "failed", time.time(), failed.input),
            )

    def add_part(self, done: Done, at: int, records_at: int) -> None:
        """Put documents of a large input down as done."""
        self._db.execute(
            "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (done.input, done.start, done.stop, at, len(done.output), records_at, len(done.records), done.stats),
        )

    def parts(self, number: int) -> list[Part]:
        """Return the parts of a large input in order."""
        rows = self._db.execute(
            "SELECT start, stop, at, size, records_at, records_size FROM parts WHERE input = ? ORDER BY start",
            (number,),
        )
        return [Part(*row) for row in rows]

    def part_stats(self, number: int) -> Iterator[bytes]:
        """Yield the counts (JSON) of the parts of a large input."""
        for (stats,) in self._db.execute("SELECT stats FROM parts WHERE input = ? ORDER BY start", (number,)):
            yield stats

    def input(self, number: int) -> Input:
        """Return an input by its number."""
        row = self._db.execute(
            "SELECT id, name, source, target, format, size, version FROM inputs WHERE id = ?", (number,)
        ).fetchone()
        return _input(row)

    def start_over(self) -> None:
        """Forget everything, so that all is done again."""
        for table in ("inputs", "parts", "failures"):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608  # names from above

    def failing(self) -> list[tuple[int, str]]:
        """Return number and name of input of what failed in this run."""
        rows = self._db.execute(
            "SELECT f.number, i.name FROM failures f JOIN inputs i ON i.id = f.input WHERE i.run = ?",
            (self.run,),
        )
        return [(row[0], os.fsdecode(row[1])) for row in rows]

    def failures_of(self, number: int) -> list[int]:
        """Return the numbers of an input's documents that failed."""
        rows = self._db.execute("SELECT number FROM failures WHERE input = ? ORDER BY number", (number,))
        return [row[0] for row in rows]

    def failures(self, limit: int = -1) -> Iterator[dict[str, Any]]:
        """Yield the failures of this run's inputs, by name of the input and number."""
        rows = self._db.execute(
            "SELECT f.name, f.stage, f.problem, f.written, i.state FROM failures f JOIN inputs i ON i.id = f.input "
            "WHERE i.run = ? ORDER BY i.name, f.number LIMIT ?",
            (self.run, limit),
        )
        for name, stage, problem, written, state in rows:
            yield {
                "document": name, "stage": stage, "problem": problem, "written": bool(written), "read": state != "lost",
            }  # fmt: skip

    def failed(self) -> tuple[int, int]:
        """Return how many documents failed, and how many of them were written all the same."""
        row = self._db.execute(
            "SELECT COUNT(*), COALESCE(SUM(written), 0) FROM failures f JOIN inputs i ON i.id = f.input "
            "WHERE i.run = ?", (self.run,),
        ).fetchone()  # fmt: skip
        return row[0], row[1]

    def stats(self) -> Iterator[bytes]:
        """Yield the counts (JSON) of all inputs of this run that are done."""
        rows = self._db.execute(
            "SELECT stats FROM inputs WHERE run = ? AND state = 'done' AND stats IS NOT NULL ORDER BY name", (self.run,)
        )
        for (stats,) in rows:
            yield stats

    def records(self) -> Iterator[tuple[int, int, int, str]]:
        """Yield for each input of this run where its records lie: its number, start, size, and format, by name."""
        rows = self._db.execute(
            "SELECT id, records_at, records_size, format FROM inputs WHERE run = ? AND state = 'done' "
            "AND records_at IS NOT NULL ORDER BY name",
            (self.run,),
        )
        yield from rows

    def again(self) -> int:
        """Put what failed down to be tried again, and return how many documents that is."""
        count, _ = self.failed()
        rows: Iterable[Any] = self._db.execute(
            "SELECT DISTINCT input FROM failures f JOIN inputs i ON i.id = f.input WHERE i.run = ?", (self.run,)
        ).fetchall()
        for (number,) in rows:
            for failed in self.failures_of(number):
                self._db.execute(
                    "DELETE FROM parts WHERE input = ? AND start <= ? AND stop > ?", (number, failed, failed)
                )
            self._db.execute("DELETE FROM failures WHERE input = ?", (number,))
            self._db.execute("UPDATE inputs SET state = 'todo' WHERE id = ?", (number,))
        return count


def _input(row: tuple[Any, ...]) -> Input:
    name, source, target = (os.fsdecode(value) for value in row[1:4])
    return Input(row[0], name, source, target, *row[4:7])
