"""Between the engine and the manifest: what is to be done is cut into shards, what is done is put down and joined."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from copydesk.batch import stats
from copydesk.batch.job import Done, Entry, Failed, Files, Job, Outcome, Shard
from copydesk.batch.large import CancelledError, Large, join
from copydesk.batch.manifest import Input, Manifest
from copydesk.batch.observer import Observer
from copydesk.batch.place import Place
from copydesk.batch.scan import SMALL
from copydesk.errors import InputError
from copydesk.formats.files import OutputError, is_remote, packed, reason, shown, stat, whole_file

#: A shard of small files holds so many at most, and is closed once it has so many bytes.
SHARD_FILES = 128
SHARD_BYTES = 2 << 20


class Desk:
    """Hands shards out and takes outcomes in. `halt` is told why nothing more should be begun."""

    def __init__(
        self, manifest: Manifest, place: Place, job: Job, observer: Observer, halt: Callable[[str], None]
    ) -> None:
        self.manifest, self.place, self.job, self.observer = manifest, place, job, observer
        self.total = manifest.count("todo")
        self.cleaned = 0
        self.halted = False
        self._tell_halt = halt
        self._larges: dict[int, Large] = {}
        self._inputs: dict[int, Input] = {}
        self.joining: dict[int, Future[str]] = {}
        self._joiner = ThreadPoolExecutor(1)
        self._finished = self._finished_bytes = 0
        self._files_records: Any = None

    def close(self) -> None:
        """Let go of threads and files."""
        self._joiner.shutdown(wait=True, cancel_futures=True)
        for large in self._larges.values():
            large.close()
        if self._files_records is not None:
            self._files_records.close()

    def halt(self, why: str) -> None:
        """Begin nothing more."""
        self.halted = True
        self._tell_halt(why)

    def shards(self, sample: int) -> Iterator[Shard]:
        """Cut what is to be done into shards."""
        entries: list[Entry] = []
        size = 0
        scratch = "" if is_remote(self.place.destination) else _from_anywhere(str(self.place.scratch))
        for each in self.manifest.todo():
            if each.format not in SMALL:
                yield from self._cut(each, sample)
                continue
            self._inputs[each.id] = each
            record = _from_anywhere(self.place.record(each.target)) if self.job.edits == "folder" else ""
            target = _from_anywhere(self.place.target(each.target))
            # What stages are told and records say is a name that is the same on every machine.
            entries.append(Entry(each.id, shown(each.name), each.source, target, each.format == "html", record))
            size += each.size
            if len(entries) >= SHARD_FILES or size >= SHARD_BYTES:
                yield Files(tuple(entries), scratch)
                entries, size = [], 0
        if entries:
            yield Files(tuple(entries), scratch)

    def _cut(self, each: Input, sample: int) -> Iterator[Shard]:
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
        self._inputs[each.id] = each
        self._larges[each.id] = large
        try:
            yield from large.shards(self.job.layout, sample)
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
            self.halt("stopped at the first failure, as --on-error fail asks")

    def take(self, outcome: Outcome) -> None:
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
            self.halt(f"{shown(str(self.place.state))}: cannot be written: {reason(error)}")
        except OutputError as error:
            self.halt(str(error))
        if outcome.stop:
            self.halt(outcome.stop)
        for number in {done.input for done in outcome.done if done.start} | {f.input for f in outcome.failed}:
            if number in self._larges:
                self._maybe_join(self._larges[number])

    def _done(self, done: Done) -> None:
        large = self._larges.get(done.input)
        self.cleaned += done.documents
        if large is None:
            each = self._inputs.pop(done.input)
            at = None
            if self.job.edits == "file":
                if self._files_records is None:
                    self._files_records = (self.place.parts / "files.records").open("ab")
                at = (self._files_records.tell(), len(done.records))
                self._files_records.write(done.records)
                self._files_records.flush()
            self.manifest.finish(done, self.job.chain(html=each.format == "html").hash, at)
            self._ended(each)
        elif not large.broken:
            self.manifest.add_part(done, *large.add(done))
            large.left -= done.stop - done.start
            large.read += done.size

    def _failed(self, failed: Failed) -> None:
        each = self._inputs.get(failed.input) or self.manifest.input(failed.input)
        large = self._larges.get(failed.input)
        if large is not None and large.broken:
            return
        self.place.keep(failed, each.name, self.job, html=each.format == "html")
        self.manifest.fail(failed, whole=failed.number == 0)
        if large is not None and failed.alone:
            # Its process died before it could say that the document is dealt with.
            done = Done(failed.input, start=failed.number, stop=failed.number + 1)
            self.manifest.add_part(done, *large.add(done))
            large.left -= 1
        elif large is None and not failed.written:
            self._inputs.pop(failed.input, None)
            self._ended(each)
        if self.job.on_error == "fail":
            self.halt("stopped at the first failure, as --on-error fail asks")

    def _maybe_join(self, large: Large) -> None:
        number = large.input.id
        if not large.complete or number in self.joining or number not in self._larges or self.halted:
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
        self.joining[number] = self._joiner.submit(join, large, parts, records, lambda: self.halted)

    def finish_joined(self, *, wait: bool) -> None:
        """Put down the large inputs whose outputs have been written."""
        for number, future in list(self.joining.items()):
            if not (wait or future.done()):
                continue
            del self.joining[number]
            large = self._larges.pop(number)
            self._inputs.pop(number, None)
            try:
                digest = future.result()
            except CancelledError:
                continue
            except OutputError as error:
                self.halt(str(error)) if error.fatal else self._lose(large.input, str(error))
                continue
            except InputError as error:
                self._lose(large.input, str(error))
                continue
            counts = stats.total(self.manifest.part_stats(number))
            at = (0, large.path("all").stat().st_size) if self.job.edits == "file" else None
            keep = bool(self.manifest.failures_of(number))  # `copydesk retry` fills the gaps
            with self.manifest.together():
                done = Done(number, *stats.packed(counts), version=large.input.version, digest=digest)
                self.manifest.finish(done, self.job.chain(html=large.input.format == "warc").hash, at)
                if not keep:
                    self.manifest.forget(number)
            if not keep:
                large.remove("out", "records")
            self._ended(large.input)

    def _ended(self, each: Input) -> None:
        self._finished += 1
        self._finished_bytes += each.size

    def tell(self) -> None:
        """Tell the observer how far the run is."""
        done = self._finished_bytes + sum(min(large.read, large.input.size) for large in self._larges.values())
        failed, _ = self.manifest.failed() if self._finished % 50 == 0 or self._finished < 50 else (-1, 0)
        self.observer.working(self._finished, self.cleaned, failed, self.total[0], done / max(1, self.total[1]))

    def write_records(self) -> None:
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


def _from_anywhere(path: str) -> str:
    """Return a path that is the same for a worker, which may have been started in another folder."""
    return path if is_remote(path) else os.path.abspath(path)  # noqa: PTH100  # called for every file
