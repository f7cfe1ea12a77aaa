"""The one function that cleans a shard; the local pool, Ray, Spark and the scrapers' pool all call it."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from copydesk.batch import stats
from copydesk.batch.clock import Clock
from copydesk.batch.job import Done, Entry, Failed, Files, Job, Outcome, Shard, Span
from copydesk.chain import Chain, Result
from copydesk.document import Source
from copydesk.errors import InputError, StageError
from copydesk.formats.base import sheaf
from copydesk.formats.files import OutputError, read_document, write_small


def clean_shard(shard: Shard, job: Job, at: Callable[[int, int], None] = lambda _, __: None) -> Outcome:
    """Clean the documents of a shard: small files are written to their targets, the rest comes back as bytes.

    `at` is told the number of each document within the shard as it begins, and -1; then the number of each stage.
    Nothing that a document holds and nothing that a stage raises ends it, but MemoryError does: the caller has to
    find out whose fault that is.
    """
    desk = _Desk(job, at)
    if isinstance(shard, Files):
        for number, entry in enumerate(shard.entries):
            desk.begin(number)
            desk.file(entry, Path(shard.scratch) if shard.scratch else None)
            if desk.outcome.stop:
                break
    else:
        desk.span(shard)
    desk.clocks.clear()  # they hold the desk, and so would keep the output until garbage is collected
    return desk.outcome


@dataclass(slots=True)
class _Desk:
    """One shard at work."""

    job: Job
    at: Callable[[int, int], None]
    outcome: Outcome = field(default_factory=Outcome)
    clocks: dict[bool, Clock] = field(default_factory=dict)
    document: int = 0

    def begin(self, document: int) -> None:
        self.document = document
        self.at(document, -1)

    def chain(self, *, html: bool) -> Chain:
        if html not in self.clocks:
            self.clocks[html] = Clock(self.job.chain(html=html), lambda stage: self.at(self.document, stage))
        return self.clocks[html].chain

    def run(self, data: bytes | str, source: Source, *, html: bool) -> Result:
        """Clean one document. Raises InputError, StageError and MemoryError."""
        keep = self.job.on_error == "keep"
        limit = self.job.layout.limit
        try:
            result = self.chain(html=html).run(
                data, source=source, on_error="keep" if keep else "fail", max_chars=limit
            )
        except StageError as error:
            if isinstance(error.__cause__, MemoryError):
                raise MemoryError from None  # noqa: TRY004  # the stage's error, as it was before it was wrapped
            raise
        if any(failure.error.problem.startswith("raised MemoryError") for failure in result.failures):
            raise MemoryError
        return result

    def file(self, entry: Entry, scratch: Path | None) -> None:
        """Clean a small file."""
        start = time.perf_counter_ns()
        try:
            data, version = read_document(entry.source, self.job.layout.limit)
        except InputError as error:
            self.outcome.failed.append(Failed(entry.input, 0, entry.name, str(error), lost=True))
            self.stop_at_failure()
            return
        kind = "text/html" if entry.html else "text/plain"
        source = Source(name=entry.name, charset=self.job.layout.charset, media_type=kind)
        try:
            result = self.run(data, source, html=entry.html)
            text = result.text
            written = text.encode("utf-8")
            write_small(entry.target, written, scratch)
            records = result.record.encoded() if self.job.edits else b""
            if entry.record:
                write_small(entry.record, records, scratch)
                records = b""
        except (InputError, StageError) as error:
            if isinstance(error, OutputError) and error.fatal:
                self.outcome.stop = str(error)
            else:
                self.fail(entry.input, 0, entry.name, error, data)
            return
        except UnicodeEncodeError as error:
            self.fail(entry.input, 0, entry.name, _surrogate(entry.name, error), data)
            return
        self.note(entry.input, 0, entry.name, result, data)
        spent = (time.perf_counter_ns() - start) / 1e6
        counts: dict[str, Any] = {"time": self.clocks[entry.html].read()}
        stats.add(counts, entry.name, result, spent)
        self.outcome.done.append(
            Done(
                entry.input,
                *stats.packed(counts),
                version=version,
                digest=result.record.input,
                records=records,
            )
        )

    def span(self, span: Span) -> None:
        """Clean a stretch of a large file."""
        session = sheaf(span.form).session(span.chunk, self.job.layout)
        counts: dict[str, Any] = {}
        records: list[bytes] = []
        high = span.high
        for number, item in enumerate(session.items()):
            if not span.low <= number < span.high:
                continue
            if self.outcome.stop:
                high = number - 1  # the document that failed is tried again by the next run
                break
            self.begin(number - span.low)
            name = span.called(item.number)
            start = time.perf_counter_ns()
            html = item.html or span.html
            raw = session.raw
            if item.problem:
                self.fail(span.input, item.number, name, f"{name}: {item.problem}", *raw(item))
                continue
            if item.data is None:
                session.keep(item, None)
                if item.other:
                    stats.count(counts, "passed_over", item.other)
                continue
            try:
                result = self.run(item.data, item.source(name, html=html), html=html)
                session.keep(item, result)
            except (InputError, StageError) as error:
                self.fail(span.input, item.number, name, error, *raw(item))
                continue
            except UnicodeEncodeError as error:
                self.fail(span.input, item.number, name, _surrogate(name, error), *raw(item))
                continue
            self.note(span.input, item.number, name, result, *raw(item) if result.failures else (b"", ""))
            if self.job.edits:
                records.append(result.record.encoded())
            stats.add(counts, name, result, (time.perf_counter_ns() - start) / 1e6)
        if self.outcome.stop and high == span.high:
            high -= 1
        for clock in self.clocks.values():
            stats.merge(counts, {"time": clock.read()})
        first = span.chunk.first
        self.outcome.done.append(
            Done(
                span.input,
                *stats.packed(counts),
                first + span.low,
                first + high,
                output=session.output(),
                records=b"".join(records),
            )
        )

    def fail(
        self, number_of_input: int, number: int, name: str, error: Exception | str, data: bytes, ending: str = ""
    ) -> None:
        """Note a document that is not written."""
        stage = error.stage if isinstance(error, StageError) else ""
        cause = error.__cause__ if isinstance(error, StageError) else None
        trace = "".join(traceback.format_exception(cause)) if cause else ""
        self.outcome.failed.append(
            Failed(
                number_of_input, number, name, str(error), stage, trace, data, ending, lost=self.job.on_error == "fail"
            )
        )
        self.stop_at_failure()

    def stop_at_failure(self) -> None:
        """Stop where that was asked for."""
        if self.job.on_error == "fail":
            self.outcome.stop = "stopped at the first failure, as --on-error fail asks"

    def note(self, of_input: int, number: int, name: str, result: Result, data: bytes, ending: str = "") -> None:
        """Note the stages that were left out of a document that is written all the same."""
        for failure in result.failures[:1]:
            rest = len(result.failures) - 1
            more = f" (and {rest} more stages failed)" if rest else ""
            problem = f"{failure.error}{more}; the stage was left out and the document written"
            stage = failure.error.stage
            trace = "\n".join(each.traceback for each in result.failures)
            self.outcome.failed.append(
                Failed(of_input, number, name, problem, stage, trace, data, ending, written=True)
            )


def _surrogate(name: str, error: UnicodeEncodeError) -> str:
    return f"{name}: the cleaned text holds a lone surrogate at {error.start}, which UTF-8 cannot say"
