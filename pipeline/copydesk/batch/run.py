"""A batch run from beginning to end."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Protocol, Self

from copydesk.batch import report as reports
from copydesk.batch import stats
from copydesk.batch.job import Done, Entry, Failed, Files, Job, Outcome, Shard
from copydesk.batch.large import CancelledError, Large, join
from copydesk.batch.manifest import Input, Manifest
from copydesk.batch.place import Place
from copydesk.batch.scan import SMALL, Choice, Planner, chosen, find
from copydesk.errors import ConfigError, InputError
from copydesk.formats.files import OutputError, is_remote, packed, reason, shown, stat, whole_file
from copydesk.stage import form_given, form_taken

#: A shard of small files holds so many at most, and is closed once it has so many bytes.
SHARD_FILES = 128
SHARD_BYTES = 2 << 20


class Engine(Protocol):
    """Whatever cleans shards: the local pool, Ray, Spark. A context manager."""

    draining: bool

    def run(self, shards: Iterator[Shard]) -> Iterator[Outcome]:
        """Yield what became of each shard."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class Observer:
    """Is told how a run goes; this one does not listen."""

    def planning(self, files: int) -> None:
        """So many files were found."""

    def working(self, done: int, documents: int, failed: int, total: int, share: float) -> None:
        """So many inputs of `total` are done, with so many documents; `share` of all bytes."""

    def say(self, text: str) -> None:
        """Something that a person should read."""


@dataclass(frozen=True)
class Plan:
    """What a run is asked to do; see `copydesk.batch.clean` for what each means."""

    job: Job
    place: Place
    sources: tuple[str, ...] = ()
    listed: Iterable[str] = ()
    choice: Choice = field(default_factory=Choice)
    workers: int = 1
    engine: Callable[[Job, int], Engine] | None = None
    engine_name: str = "local"
    force: bool = False
    dry_run: bool = False
    retry: bool = False


def run(plan: Plan, observer: Observer) -> reports.Report:
    """Do what is missing or changed. Raises ConfigError, InputError, and BusyError where another run is at work."""
    place = plan.place
    for path in (place.destination, place.state, place.quarantine):
        if not is_remote(str(path)) and os.path.exists(path) and not os.path.isdir(path):  # noqa: PTH110, PTH112  # either type
            raise ConfigError(f"{shown(str(path))} is a file; a folder is needed there")
    place.make()
    try:
        with place.locked(), Manifest(place.state) as manifest:
            return _Run(plan, observer, manifest).go()
    except sqlite3.Error as error:
        raise InputError(
            f"{shown(str(place.state))}: the manifest cannot be written: {error}; "
            "nothing that is done is lost: run the same command again once that is repaired"
        ) from None


class _Run:
    """One run at work."""

    def __init__(self, plan: Plan, observer: Observer, manifest: Manifest) -> None:
        self.plan, self.observer, self.manifest = plan, observer, manifest
        self.job, self.place = plan.job, plan.place
        self.larges: dict[int, Large] = {}
        self.inputs: dict[int, Input] = {}
        self.joining: dict[int, Future[str]] = {}
        self.joiner = ThreadPoolExecutor(1)
        self.stop = ""
        self.interrupts = 0
        self.engine: Engine | None = None
        self.cleaned = self.documents = self.finished_bytes = self.finished = 0
        self.files_records: Any = None
        self.total = (0, 0)

    def go(self) -> reports.Report:
        """Plan, work, report."""
        self._check_same()
        self.place.tidy()
        if self.plan.retry:
            self._retry()
        else:
            self.manifest.begin_run()
            self._scan()
        self.total = self.manifest.count("todo")
        if self.plan.dry_run:
            planned = [(each.source, self.place.target(each.target)) for each in self.manifest.todo()]
            return reports.Report(reports.make(self.manifest, self.job, {}), planned=planned)
        if not self.plan.retry:
            from copydesk.batch.again import store

            self.place.keep_chains(self.job)
            store(self.manifest, self.job, self.place)
        started = time.time()
        clock = time.monotonic()
        with self._signals():
            self._work()
        if self.job.edits == "file" and not self.stop:
            self._write_records()
        timing = {
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
            "seconds": round(time.monotonic() - clock, 3),
            "cleaned": self.cleaned,
            "workers": self.plan.workers,
            "engine": self.plan.engine_name,
        }
        values = reports.make(self.manifest, self.job, timing)
        if not (self.stop and self.place.free() < 1 << 20):
            reports.write(self.place.report, values)
        return reports.Report(values, self.stop, interrupted=self.interrupts > 0)

    def _check_same(self) -> None:
        """Refuse to go on with another chain than the destination was begun with."""
        decisive = {**self.job.decisive(), "--sample": self.plan.choice.sample or None}
        before = json.loads(self.manifest.get("decisive") or "null")
        if before is not None and before != decisive and not self.plan.retry:
            changed = [key for key in decisive if before.get(key) != decisive[key]]
            if not self.plan.force:
                told = "; ".join(f"{key} was {_brief(before.get(key))}, now {_brief(decisive[key])}" for key in changed)
                raise ConfigError(
                    f"{shown(self.place.destination)} was begun with other settings: {told}. Give --force to clean "
                    "everything there again with the new ones, or choose another --output-dir"
                )
            with self.manifest.together():
                self.manifest.start_over()
        elif self.plan.force and not self.plan.retry:
            with self.manifest.together():
                self.manifest.start_over()
        if not self.plan.retry:
            self.manifest.put("decisive", json.dumps(decisive))

    def _retry(self) -> None:
        for _, number, name in self.manifest.failing():
            self.place.release(name, number)
        with self.manifest.together():
            count = self.manifest.again()
        self.observer.say(f"trying {reports.counted(count, 'document')} again")

    def _scan(self) -> None:
        extracts = any(_extracts(step.stage) for step in self.job.html.steps)
        planner = Planner(self.manifest, self.place, self.plan.choice, self.observer.say, extracts=extracts)
        files = find(self.plan.sources, self.plan.listed, self.place)
        planner.plan(chosen(files, self.plan.choice), self.observer.planning)

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Let Ctrl-C end the run in good order; a second one ends it at once."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def interrupt(_: int, __: FrameType | None) -> None:
            self.interrupts += 1
            if self.interrupts > 1:
                raise KeyboardInterrupt
            self._halt("interrupted")
            self.observer.say("finishing what is at work; once more to stop at once")

        before = [(which, signal.signal(which, interrupt)) for which in (signal.SIGINT, signal.SIGTERM)]
        try:
            yield
        finally:
            for which, handler in before:
                signal.signal(which, handler)

    def _halt(self, why: str) -> None:
        self.stop = self.stop or why
        if self.engine is not None:
            self.engine.draining = True

    def _work(self) -> None:
        if not self.total[0]:
            return
        formats = self.manifest.formats()
        job = self.job
        if not formats & {"html", "warc"}:
            job = dataclasses.replace(job, html=job.text)  # workers need not load what they will not use
        if self.plan.engine is None:
            from copydesk.batch.pool import Pool

            made: Engine = Pool(job, self.plan.workers)
        else:
            made = self.plan.engine(job, self.plan.workers)
        try:
            with made as self.engine:
                for outcome in self.engine.run(self._shards()):
                    self._take(outcome)
                    self._finish_joined(wait=False)
                    self._tell()
                while self.joining:
                    self._finish_joined(wait=True)
                    self._tell()
        finally:
            self.joiner.shutdown(wait=True, cancel_futures=True)
            for large in self.larges.values():
                large.close()
            if self.files_records is not None:
                self.files_records.close()

    def _shards(self) -> Iterator[Shard]:
        """Cut what is to be done into shards."""
        entries: list[Entry] = []
        size = 0
        for each in self.manifest.todo():
            if each.format not in SMALL:
                yield from self._cut(each)
                continue
            self.inputs[each.id] = each
            record = self.place.record(each.target) if self.job.edits == "folder" else ""
            target = self.place.target(each.target)
            # What stages are told and records say is a name that is the same on every machine.
            entries.append(Entry(each.id, shown(each.name), each.source, target, each.format == "html", record))
            size += each.size
            if len(entries) >= SHARD_FILES or size >= SHARD_BYTES:
                yield Files(tuple(entries), self._scratch())
                entries, size = [], 0
        if entries:
            yield Files(tuple(entries), self._scratch())

    def _scratch(self) -> str:
        return "" if is_remote(self.place.destination) else os.path.abspath(self.place.scratch)  # noqa: PTH100  # a string

    def _cut(self, each: Input) -> Iterator[Shard]:
        """Cut a large input, leaving out what an earlier run has done."""
        try:
            now = stat(each.source)
        except InputError as error:
            self._lose(each, str(error))
            return
        if now.version != each.version:
            with self.manifest.together():
                number = self.manifest.plan(each.name, each.source, each.target, each.format, *now)
            each = each._replace(id=number, size=now.size, version=now.version)
        spans = [(part.start, part.stop) for part in self.manifest.parts(each.id)]
        large = Large(each, self.place, spans)
        self.inputs[each.id] = each
        self.larges[each.id] = large
        try:
            yield from large.shards(self.job.layout, self.plan.choice.sample)
        except InputError as error:
            large.broken = True
            large.remove("out", "records")
            self._lose(each, str(error))
            return
        self._maybe_join(large)

    def _lose(self, each: Input, problem: str) -> None:
        """Put an input down that cannot be read to its end."""
        self.observer.say(problem)
        with self.manifest.together():
            self.manifest.forget(each.id)
            self.manifest.fail(Failed(each.id, 0, shown(each.name), problem, lost=True), whole=True)
        self._ended(each)
        if self.job.on_error == "fail":
            self._halt("stopped at the first failure, as --on-error fail asks")

    def _take(self, outcome: Outcome) -> None:
        """Put down what became of a shard."""
        try:
            for failed in outcome.failed:
                self.observer.say(failed.problem)
            with self.manifest.together():
                for done in outcome.done:
                    self._done(done)
                for failed in outcome.failed:
                    self._failed(failed)
        except OSError as error:
            self._halt(f"{shown(str(self.place.state))}: cannot be written: {reason(error)}")
        except OutputError as error:
            self._halt(str(error))
        if outcome.stop:
            self._halt(outcome.stop)
        for number in {done.input for done in outcome.done if done.start} | {f.input for f in outcome.failed}:
            if number in self.larges:
                self._maybe_join(self.larges[number])

    def _done(self, done: Done) -> None:
        large = self.larges.get(done.input)
        self.cleaned += done.stats.get("documents", 0)
        self.documents += done.stats.get("documents", 0)
        if large is None:
            each = self.inputs.pop(done.input)
            at = None
            if self.job.edits == "file":
                if self.files_records is None:
                    self.files_records = (self.place.parts / "files.records").open("ab")
                at = (self.files_records.tell(), len(done.records))
                self.files_records.write(done.records)
                self.files_records.flush()
            self.manifest.finish(done, self.job.chain(html=each.format == "html").hash, at)
            self._ended(each)
        elif not large.broken:
            self.manifest.add_part(done, *large.add(done))
            large.left -= done.stop - done.start
            large.read += done.stats.get("bytes_in", 0)

    def _failed(self, failed: Failed) -> None:
        each = self.inputs.get(failed.input) or self.manifest.input(failed.input)
        large = self.larges.get(failed.input)
        if large is not None and large.broken:
            return
        self.place.keep(failed, each.name, self.job, html=each.format == "html")
        self.manifest.fail(failed, whole=failed.number == 0)
        if large is not None and failed.alone:
            # Its process died before it could say that the document is dealt with.
            done = Done(failed.input, {}, failed.number, failed.number + 1)
            self.manifest.add_part(done, *large.add(done))
            large.left -= 1
        elif large is None and not failed.written:
            self.inputs.pop(failed.input, None)
            self._ended(each)
        if self.job.on_error == "fail":
            self._halt("stopped at the first failure, as --on-error fail asks")

    def _maybe_join(self, large: Large) -> None:
        number = large.input.id
        if not large.complete or number in self.joining or number not in self.larges or self.stop:
            return
        large.close()
        for kind in ("out", "records"):
            large.path(kind).touch()
        records: Path | str | None = None
        if self.job.edits == "folder":
            records = self.place.record(large.input.target)
        elif self.job.edits == "file":
            records = large.path("all")
        parts = self.manifest.parts(number)
        self.joining[number] = self.joiner.submit(join, large, parts, records, lambda: bool(self.stop))

    def _finish_joined(self, *, wait: bool) -> None:
        """Put down the large inputs whose outputs have been written."""
        for number, future in list(self.joining.items()):
            if not (wait or future.done()):
                continue
            del self.joining[number]
            large = self.larges.pop(number)
            try:
                digest = future.result()
            except CancelledError:
                continue
            except OutputError as error:
                self._halt(str(error)) if error.fatal else self._lose(large.input, str(error))
                continue
            except InputError as error:
                self._lose(large.input, str(error))
                continue
            counts = stats.total(self.manifest.part_stats(number))
            at = (0, large.path("all").stat().st_size) if self.job.edits == "file" else None
            keep = bool(self.manifest.failures_of(number))  # `copydesk retry` fills the gaps
            with self.manifest.together():
                done = Done(number, counts, version=large.input.version, digest=digest)
                self.manifest.finish(done, self.job.chain(html=large.input.format == "warc").hash, at)
                if not keep:
                    self.manifest.drop_parts(number)
            if not keep:
                large.remove("out", "records")
            self._ended(large.input)

    def _ended(self, each: Input) -> None:
        self.finished += 1
        self.finished_bytes += each.size

    def _tell(self) -> None:
        done = self.finished_bytes + sum(min(large.read, large.input.size) for large in self.larges.values())
        failed, _ = self.manifest.failed() if self.finished % 50 == 0 or self.finished < 50 else (-1, 0)
        self.observer.working(self.finished, self.documents, failed, self.total[0], done / max(1, self.total[1]))

    def _write_records(self) -> None:
        """Write the records of all documents to one file, in the order of the names."""
        with whole_file(self.place.edits) as file, packed(file, self.place.edits) as out:
            for number, at, size, form in self.manifest.records():
                name = "files.records" if form in SMALL else f"{number}.all"
                with (self.place.parts / name).open("rb") as records:
                    records.seek(at)
                    left = size
                    while left > 0:
                        piece = records.read(min(left, 1 << 20))
                        if not piece:
                            raise InputError(f"{shown(records.name)}: is shorter than the manifest says")
                        out.write(piece)
                        left -= len(piece)


def _extracts(stage: Any) -> bool:
    return form_taken(stage) == "html" and form_given(stage) == "text"


def _brief(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {version}" for name, version in sorted(value.items()))
    return "not set" if value in (None, "") else str(value)
