"""One worker process: started, given shards one at a time, watched, and killed when it hangs."""

from __future__ import annotations

import contextlib
import faulthandler
import multiprocessing
import os
import signal
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from copydesk.batch.job import Job, Outcome, Shard, Span
from copydesk.batch.shard import clean_shard
from copydesk.document import Source
from copydesk.errors import CopydeskError
from copydesk.formats.base import Chunk
from copydesk.formats.memory import Given

#: Exit code of a worker that ran into `--memory-limit`.
EXIT_MEMORY = 77
#: Seconds after which a worker ends itself that hangs, should nobody be there to end it.
_ORPHANED = 30.0
#: How long a hanging worker is given to say where it hangs.
_LAST_WORDS = 10.0
#: How long a pause in what it writes may be.
_BETWEEN_WORDS = 0.1
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
#: How much longer than a document a process may take to start, or to begin with the first document of a shard.
_STARTING = 60.0
_WARM_UP = "The ferry left on time. Nobody on the pier had expected that.\n"


class WorkerError(CopydeskError):
    """Workers that cannot even start."""


@dataclass(frozen=True, slots=True)
class Death:
    """How a worker ended: at which document of its shard (-1: before any) and stage, why, and its last traceback."""

    document: int
    stage: int
    problem: str
    traceback: str


def context() -> Any:
    """Return the way in which processes are started: never by fork, which copies locks and threads."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        made = multiprocessing.get_context("forkserver")
        made.set_forkserver_preload(["copydesk.batch.shard"])
        return made
    return multiprocessing.get_context("spawn")


class Worker:
    """A handle on one worker process."""

    def __init__(self, job: Job) -> None:
        ctx = context()
        self.job = job
        self.shard: Shard | None = None
        self.ready = False
        self.used = False
        self._board = ctx.RawArray("q", [-1, -1])
        self._seen = -1
        self._since = time.monotonic()
        self.pipe, theirs = ctx.Pipe()
        self._words, last_words = ctx.Pipe(duplex=False)
        self._process = ctx.Process(target=_work, args=(theirs, job, self._board, last_words), daemon=True)
        self._process.start()
        theirs.close()
        last_words.close()

    @property
    def sentinel(self) -> int:
        """Becomes readable when the process ends."""
        sentinel: int = self._process.sentinel
        return sentinel

    @property
    def pid(self) -> int | None:
        """The number of the process."""
        pid: int | None = self._process.pid
        return pid

    def send(self, shard: Shard) -> None:
        """Give the worker a shard; a worker that died meanwhile shows in `receive`."""
        self.shard = shard
        if self.ready:
            self._send()

    def _send(self) -> None:
        # Only to a worker that waits for it: else a large shard fills the pipe, and sending it would wait as well.
        self._board[0] = self._board[1] = -1
        self._seen, self._since = -1, time.monotonic()
        with contextlib.suppress(OSError):
            self.pipe.send(self.shard)

    def receive(self) -> Outcome | Death | None:
        """Return what has come: an outcome, the death of the worker, or nothing yet."""
        try:
            if self.pipe.poll():
                got = self.pipe.recv()
                if isinstance(got, str):
                    raise WorkerError(got)
                if got is None:
                    self.ready = True
                    if self.shard is not None:
                        self._send()
                    return None
                self.used = True
                return got  # type: ignore[no-any-return]  # an Outcome, from our own process
        except (EOFError, ConnectionError):
            self._process.join(5)
        if self._process.is_alive():
            return self._watch()
        return self._death(_ended(self._process.exitcode, self.job.memory_limit))

    def _watch(self) -> Death | None:
        """Kill the worker if one document takes too long."""
        now = time.monotonic()
        if self._board[0] != self._seen:
            self._seen, self._since = self._board[0], now
        limit = self.job.timeout
        if self.shard is None or limit is None:
            return None
        allowed = limit if self._seen >= 0 else limit + _STARTING
        if now - self._since <= allowed:
            return None
        words = self._ask_where()
        self.kill()
        return self._death(f"takes longer than --timeout {limit:g} allows", words)

    def _ask_where(self) -> bytes:
        """Have the process say its traceback; this works while it holds the interpreter's lock, too."""
        if sys.platform == "win32" or self.pid is None:
            return b""
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGUSR1)
        return self._hear(_LAST_WORDS)

    def _hear(self, patience: float) -> bytes:
        """Return what the process has said of where it is, waiting so long for it to begin."""
        words = b""
        with contextlib.suppress(OSError):
            while self._words.poll(patience):
                piece = os.read(self._words.fileno(), 1 << 16) if sys.platform != "win32" else b""
                if not piece:
                    break
                words += piece
                patience = min(patience, _BETWEEN_WORDS)
        return words

    def _death(self, problem: str, words: bytes = b"") -> Death:
        words += self._hear(0)
        self._close()
        return Death(self._board[0], self._board[1], problem, words.decode("utf-8", "replace"))

    def _close(self) -> None:
        for pipe in (self.pipe, self._words):
            with contextlib.suppress(OSError):
                pipe.close()

    def stop(self) -> None:
        """Let the process end by itself."""
        self._close()

    def kill(self) -> None:
        """End the process now."""
        self._process.kill()
        self._process.join()

    def join(self, seconds: float) -> None:
        """Wait for the process to end, and end it when it does not."""
        self._process.join(seconds)
        if self._process.is_alive():
            self.kill()


def _ended(code: int | None, memory: int | None) -> str:
    if code == EXIT_MEMORY:
        return f"needs more memory than --memory-limit {memory} allows" if memory else "ran out of memory"
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"ended its process by {signal.Signals(-code).name}"
    return f"ended its process with exit code {code}"


def _work(pipe: Connection, job: Job, board: Any, last_words: Connection) -> None:
    """Clean shards until the pipe closes. Runs in the worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the parent says what happens
    parent = os.getppid()
    # A pipe, since a file would stay behind where the parent is killed. On Windows that is no file: standard error.
    words = 2 if sys.platform == "win32" else last_words.fileno()
    faulthandler.enable(words)
    if sys.platform != "win32":
        faulthandler.register(signal.SIGUSR1, words, all_threads=False)

    _let_go_of_server()
    guarded = _die_with_parent(parent)

    def at(document: int, stage: int) -> None:
        board[0], board[1] = document, stage
        if stage < 0 and os.getppid() != parent:
            os._exit(1)  # whoever wanted this is gone

    try:
        for html in (False,) if job.html is job.text else (False, True):
            # Loads what the stages load late, before any clock counts.
            given = Given(_WARM_UP, Source(media_type="text/html" if html else "text/plain"))
            clean_shard(Span(0, "", "memory", Chunk(1, 1, [given]), 0, 1), job)
        if job.memory_limit is not None:
            _limit_memory(job.memory_limit)
        pipe.send(None)
        while True:
            shard = pipe.recv()
            if job.timeout is not None and not guarded:
                with contextlib.suppress(RuntimeError):  # no memory left for the thread that this takes
                    seconds = _ORPHANED + 2 * job.timeout * (len(shard) + 1)
                    faulthandler.dump_traceback_later(seconds, file=words, exit=True)
            pipe.send(clean_shard(shard, job, at))
            del shard
    except MemoryError:
        os._exit(EXIT_MEMORY)
    except (EOFError, ConnectionError):
        os._exit(0)  # the parent has no more to do


def _let_go_of_server() -> None:
    """Close this process's hold on the fork server.

    The server ends when nobody holds on to it any more. A worker that hangs would keep it, and so itself, beyond a run
    that was killed.
    """
    server: Any = getattr(sys.modules.get("multiprocessing.forkserver"), "_forkserver", None)
    handle = getattr(server, "_forkserver_alive_fd", None)
    if handle is not None:
        server._forkserver_alive_fd = None  # noqa: SLF001  # there is no other door to it
        os.close(handle)


def _die_with_parent(parent: int) -> bool:
    """Have this process killed when its parent ends, where the system does that, even in the middle of a document."""
    if sys.platform != "linux":
        return False
    import ctypes

    if ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
        return False
    if os.getppid() != parent:  # it ended before that was said
        os._exit(1)
    return True


def can_limit_memory() -> bool:
    """Tell whether `--memory-limit` works on this system."""
    return sys.platform == "linux"


def _limit_memory(more: int) -> None:
    """Let this process take so many bytes beyond what it has now."""
    import resource

    with Path("/proc/self/statm").open(encoding="ascii") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = now + more
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))
