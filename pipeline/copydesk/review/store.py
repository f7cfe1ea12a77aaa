"""The changes of a run, and what was decided on them, in one SQLite file: paged, and there again after a restart.

Changes that are alike (stage, rule, kind, texts) are one item, decided once.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from copydesk.edits import Change
from copydesk.errors import InputError
from copydesk.review.runs import Located
from copydesk.review.summary import removed_by, risk_of

State = Literal["open", "accepted", "rejected"]
#: Texts longer than this are kept by their beginning; the record has all of it.
SHOWN = 4000
PAGE = 100
SCHEMA = 2
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS items (
    id TEXT PRIMARY KEY,            -- digest of stage, rule, kind and whole texts
    stage TEXT NOT NULL, rule TEXT NOT NULL, kind TEXT NOT NULL, why TEXT NOT NULL, score REAL,
    old TEXT NOT NULL, new TEXT NOT NULL, size INTEGER NOT NULL, risk REAL NOT NULL,
    times INTEGER NOT NULL, document TEXT NOT NULL,
    file TEXT NOT NULL, at INTEGER NOT NULL, place INTEGER NOT NULL, -- of one of them: its record, and its number there
    state TEXT NOT NULL             -- as in decisions, or open: here so that an index holds it
);
CREATE TABLE IF NOT EXISTS rules (
    stage TEXT NOT NULL, rule TEXT NOT NULL, items INTEGER, changes INTEGER, risk REAL,
    accepted INTEGER, rejected INTEGER
);
CREATE TABLE IF NOT EXISTS decisions (
    id TEXT PRIMARY KEY, state TEXT NOT NULL, made TEXT NOT NULL, at REAL NOT NULL  -- made: what was written for it
);
"""
#: Made once all items are in, which is quicker than keeping them up to date.
_INDEXES = {
    "by_risk": "items (risk DESC, id, state)",
    "by_rule": "items (stage, rule, risk DESC, id, state)",
    "decided": "items (state, risk DESC, id) WHERE state <> 'open'",
}
_ADD = """
INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, 'open')
ON CONFLICT (id) DO UPDATE SET times = times + 1, risk = max(risk, excluded.risk),
    score = min(coalesce(score, 0.5), coalesce(excluded.score, 0.5))
"""


@dataclass(frozen=True, slots=True)
class Item:
    """Changes that are alike, with the place of one of them: document, file and byte of its record, number there."""

    id: str
    stage: str
    rule: str
    kind: str
    why: str
    score: float | None
    old: str
    new: str
    size: int
    risk: float
    times: int
    document: str
    file: str
    at: int
    place: int
    state: State = "open"
    made: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return what the page shows."""
        keys = ("id", "stage", "rule", "kind", "why", "score", "old", "new", "size", "times", "document", "state")
        return {key: getattr(self, key) for key in keys} | {"made": json.loads(self.made or "{}")}


class Store:
    """The file that holds items and decisions."""

    def __init__(self, path: Path) -> None:
        """Open or make the file; InputError where it is another program's or a newer version's."""
        self.path = path
        try:
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise InputError(f"{path}: cannot be used for decisions: {error}") from None
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        path = self.path
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA cache_size=-65536")  # 64 MB, so that a load does not read its own pages back
            self._db.executescript(_TABLES)
            found = self._meta("schema")
        except sqlite3.Error as error:
            raise InputError(f"{path}: cannot be used for decisions: {error}") from None
        if found is not None and found != str(SCHEMA):
            raise InputError(f"{path}: decisions of another version of copydesk (schema {found}); name another file")
        self._set_meta("schema", str(SCHEMA))

    def __enter__(self) -> Self:
        """Return the store."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._db.close()

    def _meta(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def _set_meta(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def load(self, records: Iterable[Located], key: str) -> None:
        """Fill in the items of a run, told by `key`; nothing is read again where it is the run that is there already.

        Decisions stay: an item that comes again has its decision back.
        """
        if self._meta("run") == key:
            return
        try:
            # A journal of what was there before is shorter than a log of all that is new.
            self._db.execute("PRAGMA journal_mode=DELETE")
            with self._all_or_nothing():
                self._fill(records)
                self._set_meta("run", key)
            self._db.execute("PRAGMA journal_mode=WAL")
        except sqlite3.Error as error:
            raise InputError(f"{self.path}: cannot be written: {error}; is a review of it open already?") from None

    def _fill(self, records: Iterable[Located]) -> None:
        for name in _INDEXES:
            self._db.execute(f"DROP INDEX IF EXISTS {name}")
        self._db.execute("DELETE FROM items")
        self._db.execute("DELETE FROM rules")
        self._db.executemany(_ADD, (row for each in records for row in _rows(each)))
        self._db.execute(_RESTORE)
        for name, columns in _INDEXES.items():
            self._db.execute(f"CREATE INDEX {name} ON {columns}")
        self._db.execute(_COUNT)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def rules(self) -> list[dict[str, Any]]:
        """Return stages and rules with their numbers, the riskiest first."""
        rows = self._db.execute(
            "SELECT stage, rule, items, changes, accepted, rejected FROM rules ORDER BY risk DESC, stage, rule"
        )
        names = [column[0] for column in rows.description]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def items(
        self, *, stage: str = "", rule: str = "", state: str = "", after: tuple[float, str] | None = None
    ) -> list[Item]:
        """Return a page of items, the riskiest first, behind the one that `after` names by risk and id."""
        where, values = ["1"], list[Any]()
        if stage or rule:
            where.append("stage = ? AND rule = ?")
            values += [stage, rule]
        if state:
            where.append(f"items.state = ? AND items.state {'=' if state == 'open' else '<>'} 'open'")
            values.append(state)
        if after:
            where.append("(risk < ? OR (risk = ? AND items.id > ?))")
            values += [after[0], after[0], after[1]]
        # The conditions are made of the constants above; what came from outside is bound.
        query = f"{_SELECT} WHERE {' AND '.join(where)} ORDER BY risk DESC, items.id LIMIT {PAGE}"  # as said
        return [Item(*row) for row in self._db.execute(query, values)]

    def item(self, item_id: str) -> Item:
        """Return one item; KeyError if there is none."""
        row = self._db.execute(f"{_SELECT} WHERE items.id = ?", (item_id,)).fetchone()
        if row is None:
            raise KeyError(item_id)
        return Item(*row)

    def decide(self, item_id: str, state: State, made: dict[str, Any] | None = None) -> None:
        """Keep a decision, at once; `open` takes it back."""
        before = self.item(item_id)
        with self._all_or_nothing():
            if state == "open":
                self._db.execute("DELETE FROM decisions WHERE id = ?", (item_id,))
            else:
                row = (item_id, state, json.dumps(made or {}), time.time())
                self._db.execute("INSERT OR REPLACE INTO decisions VALUES (?, ?, ?, ?)", row)
            self._db.execute("UPDATE items SET state = ? WHERE id = ?", (state, item_id))
            for column, change in ((before.state, -1), (state, 1)):
                if column != "open":
                    self._db.execute(_RECOUNT[column], (change, before.stage, before.rule))


_RECOUNT = {
    "accepted": "UPDATE rules SET accepted = accepted + ? WHERE stage = ? AND rule = ?",
    "rejected": "UPDATE rules SET rejected = rejected + ? WHERE stage = ? AND rule = ?",
}
_RESTORE = """
    UPDATE items SET state = (SELECT state FROM decisions WHERE decisions.id = items.id)
    WHERE id IN (SELECT id FROM decisions)
"""
_COUNT = """
    INSERT INTO rules
    SELECT stage, rule, count(*), sum(times), max(risk), sum(state = 'accepted'), sum(state = 'rejected')
    FROM items GROUP BY stage, rule
"""
_SELECT = "SELECT items.*, coalesce(made, '') FROM items LEFT JOIN decisions USING (id)"


def _rows(located: Located) -> Iterable[tuple[Any, ...]]:
    path, at, record = located
    for place, change in enumerate(record.changes):
        if change.kind == "tag":
            continue
        size = removed_by(change)
        # A recast puts text in other blocks, or takes mark-up away: as in the report, that is no cut.
        risk = round(risk_of(size, change.score, 0), 3) if change.kind in ("drop", "replace") else 0.0
        old, new = (change.old or ""), (change.new or "")
        yield (
            item_id(change), change.stage, change.rule, change.kind, change.why, change.score,
            _storable(old[:SHOWN]), _storable(new[:SHOWN]), size, risk, record.document or "", str(path), at, place,
        )  # fmt: skip


def item_id(change: Change) -> str:
    """Return what is the same for changes that are alike."""
    block = "" if change.old else f"{change.block}{change.before}"
    parts = [change.stage, change.rule, change.kind, change.old or "", change.new or "", block]
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()[:24]


def _storable(text: str) -> str:
    """SQLite holds UTF-8; lone surrogates are spelt out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def key_of(files: Iterable[Path]) -> str:
    """Return what tells whether records are the ones that were read before: names, sizes and times."""
    facts = [[str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns] for path in files]
    return hashlib.sha256(json.dumps(facts).encode("ascii")).hexdigest()
