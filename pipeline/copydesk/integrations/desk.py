"""A small pool of processes for programs that clean one document at a time, such as scrapers.

Processes, since lxml is not safe under threads and a document may hang; a document that takes its process down costs
no other.
"""

from __future__ import annotations

import asyncio
import pickle
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from copydesk.batch.job import Failed, Job, Span
from copydesk.batch.pool import Pool
from copydesk.document import Source
from copydesk.errors import CopydeskError
from copydesk.formats.base import Chunk
from copydesk.formats.memory import Cleaned, Given

if TYPE_CHECKING:
    import os

    from copydesk.chain import Chain, OnError


class DocumentError(CopydeskError):
    """A document that could not be cleaned. `stage` and `traceback` are empty where nothing is known."""

    def __init__(self, problem: str, stage: str = "", traceback: str = "") -> None:
        super().__init__(problem)
        self.stage = stage
        self.traceback = traceback


class Desk:
    r"""Cleans documents in processes of its own; a context manager.

    HTML (said by the source's `media_type`) runs through `html_chain`, everything else through `chain`; without either
    through `web` and `news`. `timeout` (seconds) and `memory_limit` (bytes) bound one document. `on_error` says what
    an exception of a stage does: `keep` leaves the stage out and flags the document, `skip` makes it fail.

    >>> from copydesk_stages.dedupe import Dedupe
    >>> import copydesk
    >>> text = "The dam held through the night.\n\nYes.\n\nThe dam held through the night.\n"
    >>> with Desk(copydesk.Chain.of(Dedupe()), workers=1) as desk:
    ...     desk.submit(text).result().text
    'The dam held through the night.\n\nYes.\n'
    """

    def __init__(
        self,
        chain: Chain | str | os.PathLike[str] | None = None,
        *,
        html_chain: Chain | None = None,
        workers: int = 2,
        timeout: float | None = 60.0,
        memory_limit: int | None = None,
        max_chars: int = 10_000_000,
        on_error: OnError = "keep",
    ) -> None:
        from copydesk.batch import make_job

        self.job: Job = make_job(
            chain, html_chain, timeout=timeout, memory_limit=memory_limit, max_chars=max_chars, on_error=on_error
        )
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="copydesk")
        self._local = threading.local()
        self._pools: list[Pool] = []

    def submit(self, data: str | bytes, source: Source | None = None) -> Future[Cleaned]:
        """Begin to clean a document. The future raises DocumentError where it cannot be cleaned.

        Raises TypeError for what is neither text nor bytes.
        """
        if not isinstance(data, (str, bytes)):
            raise TypeError(f"str or bytes are cleaned, not {type(data).__name__}")
        return self._threads.submit(self._clean, Given(data, source or Source()))

    async def clean(self, data: str | bytes, source: Source | None = None) -> Cleaned:
        """Clean a document while the event loop goes on. Raises DocumentError."""
        return await asyncio.wrap_future(self.submit(data, source))

    def _clean(self, given: Given) -> Cleaned:
        pool: Pool | None = getattr(self._local, "pool", None)
        if pool is None:
            pool = self._local.pool = Pool(self.job, 1)
            self._pools.append(pool)
        name = given.source.name or given.source.url or "document"
        outcomes = pool.run(iter([Span(0, name, "memory", Chunk(1, 1, [given]), 0, 1)]))
        kept: list[Cleaned] = []
        problem: Failed | None = None
        for outcome in outcomes:
            for done in outcome.done:
                kept += pickle.loads(done.output)  # noqa: S301  # comes from our own process
            problem = next((failed for failed in outcome.failed if not failed.written), problem)
        if problem is not None:
            raise DocumentError(problem.problem, problem.stage, problem.traceback)
        return kept[0]

    def close(self) -> None:
        """End the processes; what was not begun is cancelled."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        for pool in self._pools:
            with suppress(OSError):
                pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
