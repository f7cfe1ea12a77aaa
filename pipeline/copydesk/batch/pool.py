"""The local pool: shards in, outcomes out, and a document that takes its process down is found and costs no other."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from multiprocessing.connection import wait
from typing import Any, Self

from copydesk.batch.job import Failed, Files, Job, Outcome, Shard
from copydesk.batch.worker import Death, Worker, WorkerError
from copydesk.errors import InputError
from copydesk.formats.base import sheaf
from copydesk.formats.files import read_document

#: So many workers in a row that die before their first document, and there is no point in going on.
_STILLBORN = 3


class Pool:
    """Workers that share one job. A context manager: none of them outlives it."""

    def __init__(self, job: Job, workers: int) -> None:
        self.job = job
        self._limit = workers
        self._workers: list[Worker] = []
        self._waiting: deque[Shard] = deque()
        self._stillborn = 0
        self.draining = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, shards: Iterator[Shard]) -> Iterator[Outcome]:
        """Yield what became of each shard, as soon as it is done.

        Shards are taken as workers get free. Once `draining` is set no more are taken, and those at work are finished.
        Raises WorkerError where workers cannot even start.
        """
        more = True
        while True:
            for worker in self._idle():
                shard, more = self._next(shards, more=more)
                if shard is None:
                    break
                self._give(worker, shard)
            while (more or self._waiting) and len(self._workers) < self._limit:
                shard, more = self._next(shards, more=more)
                if shard is None:
                    break
                self._give(self._start(), shard)
            busy = [worker for worker in self._workers if worker.shard is not None]
            if not busy:
                return
            wait([handle for worker in busy for handle in (worker.pipe, worker.sentinel)], self._patience())
            for worker in busy:
                outcome = self._look(worker)
                if outcome is not None:
                    yield outcome

    def _patience(self) -> float:
        return 0.5 if self.job.timeout is None else min(0.5, self.job.timeout / 4)

    def _next(self, shards: Iterator[Shard], *, more: bool) -> tuple[Shard | None, bool]:
        if self._waiting:
            return self._waiting.popleft(), more
        if self.draining or not more:
            return None, False
        shard = next(shards, None)
        return shard, shard is not None

    def _idle(self) -> list[Worker]:
        # One that has done nothing yet first: a suspected document wants a fresh process.
        return sorted((w for w in self._workers if w.shard is None), key=lambda w: w.used)

    def _start(self) -> Worker:
        worker = Worker(self.job)
        self._workers.append(worker)
        return worker

    def _give(self, worker: Worker, shard: Shard) -> None:
        if shard.alone and worker.used:
            self._workers.remove(worker)
            worker.stop()
            worker.join(5)
            worker = self._start()
        worker.send(shard)

    def _look(self, worker: Worker) -> Outcome | None:
        shard = worker.shard
        assert shard is not None
        got = worker.receive()
        if got is None:
            return None
        worker.shard = None
        if isinstance(got, Outcome):
            self._stillborn = 0
            return got
        self._workers.remove(worker)
        if not worker.ready:
            self._stillborn += 1
            if self._stillborn >= _STILLBORN:
                raise WorkerError(
                    f"worker processes do not start: the last one {got.problem}. They import the main module, so a "
                    f'script has to start its work under if __name__ == "__main__":\n{got.traceback}'.strip()
                )
            self._waiting.appendleft(shard)
            return None
        self._stillborn = 0
        return self._after_death(shard, got)

    def _after_death(self, shard: Shard, death: Death) -> Outcome | None:
        """Narrow down which document it was; a single one that has failed alone is the one."""
        size = len(shard)
        if size == 1:
            if shard.alone:
                return Outcome(failed=[self._guilty(shard, death)])
            self._waiting.appendleft(shard.part(0, 1, alone=True))
            return None
        at = death.document
        pieces = [(0, size // 2), (size // 2, size)]
        if 0 <= at < size:  # it said where it was
            pieces = [(at, at + 1), (0, at), (at + 1, size)]
        for low, high in reversed(pieces):
            if low < high:
                self._waiting.appendleft(shard.part(low, high, alone=high - low == 1 and low == at))
        return None

    def _guilty(self, shard: Shard, death: Death) -> Failed:
        of_input, number, name = shard.place(0)
        data, ending = raw_document(shard, self.job)
        html = isinstance(shard, Files) and shard.entries[0].html
        steps = self.job.chain(html=html).steps
        stage = steps[death.stage].name if 0 <= death.stage < len(steps) else ""
        problem = f"{name}: {death.problem}" + (f" (in stage {stage!r})" if stage else "")
        return Failed(of_input, number, name, problem, stage, death.traceback, data, ending, alone=True)

    def close(self) -> None:
        """End all workers: at once those that are at work, by themselves the others."""
        for worker in self._workers:
            worker.stop() if worker.shard is None else worker.kill()
        for worker in self._workers:
            worker.join(5)
        self._workers.clear()


def raw_document(shard: Shard, job: Job) -> tuple[bytes | None, str]:
    """Return the bytes of a shard's only document, and the ending of a file of its own."""
    if isinstance(shard, Files):
        try:
            return read_document(shard.entries[0].source, job.layout.limit)[0], ""
        except InputError:
            return None, ""
    session: Any = sheaf(shard.form).session(shard.chunk, job.layout)
    for number, item in enumerate(session.items()):
        if number == shard.low:
            raw: tuple[bytes, str] = session.raw(item)
            return raw
    return None, ""
