"""The way back for files of many documents: each one's text as it was, its result taken out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from copydesk.errors import InputError, UndoError
from copydesk.formats.base import Chunk, Layout
from copydesk.formats.jsonl import parse_line, spelt
from copydesk.record import Record, digest
from copydesk.undoing import partial_undo, undo

#: What a run adds to the names of inputs that come out in another format.
ADDED = ("", ".txt", ".md", ".jsonl", ".jsonl.gz", ".jsonl.zst")


@dataclass(slots=True)
class Records:
    """The records of a file's documents, met in the order of the documents.

    `read` opens them from the first. Records whose name fits `path` are looked through first: one file may hold the
    records of many, and their documents may have come to the same text from different ones.
    """

    read: Callable[[], Iterator[Record]]
    path: str
    document: str | None = None
    _rest: Iterator[Record] | None = field(default=None, init=False)

    def of(self, text: str, name: str) -> Record:
        """Return the record of the next document, whose cleaned text is `text`. Raises UndoError."""
        wanted = digest(text)
        if self._rest is not None:
            found = next((record for record in self._rest if record.output == wanted), None)
        else:
            for fitting in (True, False):
                self._rest = (record for record in self.read() if self._belongs(record, fitting=fitting))
                found = next((record for record in self._rest if record.output == wanted), None)
                if found:
                    break
        if found is None:
            raise UndoError(
                f"{name}: no record belongs to this text, or none after that of the document before. Undo needs the "
                "output exactly as it was written, with the record of the same run"
            )
        return found

    def _belongs(self, record: Record, *, fitting: bool) -> bool:
        name = base_of(record)
        if self.document is not None:
            return name == self.document
        return not fitting or fits(name, self.path)


def base_of(record: Record) -> str:
    """Return the name of the file that a record's document came from."""
    name = record.document or ""
    base, _, number = name.rpartition(":")
    return base if base and number.isdigit() else name


def fits(name: str, path: str) -> bool:
    """Tell whether an output at `path` may be that of an input called `name`.

    >>> fits("2024/a.txt", "clean/2024/a.txt"), fits("a.html", "clean/a.html.txt"), fits("a.txt", "clean/ba.txt")
    (True, True, False)
    """
    return f"/{path}".endswith(tuple(f"/{name}{ending}" for ending in ADDED))


@dataclass(frozen=True, slots=True)
class Undoing:
    """What is taken back: everything, or the changes of some stages and rules; `left` takes the records of the rest."""

    stages: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    left: Callable[[Record], object] | None = None
    _had: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()), init=False)

    @property
    def whole(self) -> bool:
        """Whether everything is taken back."""
        return not (self.stages or self.rules)

    def __call__(self, text: str, record: Record) -> tuple[str, Record | None]:
        """Return a text without the changes, and the record that belongs to it, None where all was taken back."""
        if self.whole:
            return undo(text, record), None
        stages = {change.stage for change in record.changes}
        rules = {change.rule for change in record.changes}
        self._had[0].update(stages)
        self._had[1].update(rules)
        stages.intersection_update(self.stages)
        rules.intersection_update(self.rules)
        if stages or rules:
            text, record = partial_undo(text, record, stages=stages, rules=rules)
        if self.left:
            self.left(record)
        return text, record

    def check(self, path: str) -> None:
        """Raise UndoError where a stage or rule to take back was in no record so far."""
        for kind, names, had in zip(("stage", "rule"), (self.stages, self.rules), self._had, strict=True):
            for name in names:
                if name not in had:
                    listed = ", ".join(sorted(had)) or "none"
                    raise UndoError(f"{path}: no change is of the {kind} {name!r}; the record has: {listed}")


def lines(source: Iterable[bytes], records: Records, layout: Layout, undoing: Undoing) -> Iterator[bytes]:
    """Yield each line of JSON Lines as it was before it was cleaned. Raises InputError and UndoError."""
    for number, data in enumerate(source, start=1):
        name = f"{records.path}:{number}"
        if not data.strip():
            yield data
            continue
        try:
            line = parse_line(data)
            if not line.has(layout.field):
                raise InputError(f'has no field "{layout.field}", so clean cannot have written it; see --field')  # noqa: TRY301  # gets its line below
            text = line.value(layout.field)
        except InputError as error:
            raise InputError(f"{name}: {error}") from None
        if not isinstance(text, str):
            yield data
            continue
        record = records.of(text, name)
        back, left = undoing(text, record)
        if layout.meta and not line.has(layout.meta):
            last = line.members[-1]
            ours = isinstance(last.value, dict) and last.value.get("chain") == record.chain
            _check_results(name, layout, [last.key] if ours else [])
        if left is None:
            line = line.without_last(layout.meta)
            written = spelt(back, record.spelling) if back != text else line.written(layout.field)
            yield line.with_written(layout.field, written).encode("utf-8")
            continue
        if line.has(layout.meta):
            result = json.loads(line.written(layout.meta))
            if isinstance(result, dict) and "edits" in result:
                changed = line.with_value(layout.meta, {**result, "edits": len(left.texts())})
                line = parse_line(changed.encode("utf-8"))
        yield (line.with_value(layout.field, back) if back != text else line.text + line.ending).encode("utf-8")


def _check_results(name: str, layout: Layout, others: list[str]) -> None:
    """Raise InputError where no results stand under the key or column asked for, but should; `others` hold some."""
    if others:
        raise InputError(f'{name}: the results of clean stand under "{others[0]}"; give --meta-field {others[0]}')
    if layout.meta != Layout().meta:  # else there may be none: clean was given --meta-field ""
        raise InputError(
            f'{name}: has no "{layout.meta}"; leave --meta-field out, or name the key or column that holds the results '
            "of clean"
        )


def table(path: str, records: Records, layout: Layout, undoing: Undoing, out: Any) -> None:
    """Write a Parquet file with the texts as they were to `out`, without the column of results.

    The rows and their types are those of the file that was cleaned; how they are packed is the writer's.
    """
    from copydesk.formats import parquet

    bare = Layout(layout.field, "", layout.charset, layout.limit)
    for chunk in parquet.cut(path, bare):
        if layout.meta and layout.meta not in parquet.columns(chunk):
            _check_results(path, layout, parquet.columns(chunk, of_results=True))

        def back(at: int, text: str, chunk: Chunk = chunk) -> tuple[str, int]:
            earlier, left = undoing(text, records.of(text, f"{path}:{chunk.first + at}"))
            return earlier, len(left.texts()) if left else 0

        out.write(parquet.undone(chunk, layout, back, whole=undoing.whole))
