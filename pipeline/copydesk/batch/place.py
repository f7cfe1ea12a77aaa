"""Where a run keeps things: outputs, the state folder with its lock, quarantine."""

from __future__ import annotations

import errno
import json
import os
import shlex
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import uuid4

from copydesk.batch.job import Failed, Job
from copydesk.chain import Chain
from copydesk.errors import ConfigError, InputError
from copydesk.formats.files import EDITS_SUFFIX, QUARANTINE, REPORT, STATE, is_remote, open_plain, reason, remote, shown


class BusyError(InputError):
    """Another run is at work on the same destination."""


@dataclass(frozen=True)
class Place:
    """The folders of one run. `edits` is the folder or file that records go to, "" for none."""

    destination: str
    state: Path
    quarantine: Path
    report: Path
    edits: str = ""

    @classmethod
    def of(cls, destination: str, *, state: str = "", quarantine: str = "", edits: str = "") -> Place:
        """Return the folders for a destination; a remote one needs a local `state` folder."""
        if is_remote(destination):
            if not state:
                raise ConfigError(f"{destination} is remote; give --state DIR, a local folder for the manifest")
            base = Path(state)
            return cls(destination.rstrip("/"), base, Path(quarantine or base / QUARANTINE), base / REPORT, edits)
        root = Path(destination)
        folder = Path(state) if state else root / STATE
        return cls(destination, folder, Path(quarantine or root / QUARANTINE), root / REPORT, edits)

    def check_records(self) -> None:
        """Raise ConfigError where the file for all records is there and holds something else: it would be lost."""
        if is_remote(self.edits) or not os.path.isfile(self.edits):  # noqa: PTH113  # may not be UTF-8
            return
        with open_plain(self.edits) as file:
            head = file.read(64)
        if head and not head.startswith(b'{"copydesk"'):
            raise ConfigError(f"{shown(self.edits)} holds no records and would be written over; name another --edits")

    @property
    def scratch(self) -> Path:
        """Where files lie while they are written: with the outputs, wherever the state is.

        They are renamed, which works on one file system only, and nodes of a cluster share no other.
        """
        return (self.state if is_remote(self.destination) else Path(self.destination) / STATE) / "tmp"

    @property
    def parts(self) -> Path:
        """Where the documents of large files lie until all are done."""
        return self.state / "parts"

    def target(self, name: str) -> str:
        """Return the path of an output."""
        if is_remote(self.destination):
            return f"{self.destination}/{name}"
        return os.path.join(self.destination, *PurePosixPath(name).parts)  # noqa: PTH118  # called for every file

    def record(self, target: str) -> str:
        """Return the path of the record of an output, in a folder of records."""
        return os.path.join(self.edits, *PurePosixPath(target + EDITS_SUFFIX).parts) if self.edits else ""  # noqa: PTH118  # as above

    def make(self) -> None:
        """Make the folders."""
        try:
            for folder in (self.state, self.scratch, self.parts):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{shown(str(error.filename))}: cannot be made: {reason(error)}") from None

    def tidy(self) -> None:
        """Remove what a run that was killed left half written."""
        for path in self.scratch.iterdir():
            with suppress(OSError):
                path.unlink()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the destination and the state for this run alone; BusyError names the run that has one of them."""
        # Two runs into one local folder meet in its scratch folder, wherever they keep their states.
        folders = {} if is_remote(self.destination) else {os.path.realpath(self.scratch.parent): "destination"}
        folders.setdefault(os.path.realpath(self.state), "--state")
        started = time.strftime("%Y-%m-%d %H:%M:%S")
        owner = f"process {os.getpid()} on {socket.gethostname()}, since {started}, {self._aim}"
        if "--state" in folders.values():
            owner += f" with --state {shown(str(self.state))}"
        with ExitStack() as stack:
            for folder, what in folders.items():
                self._lock(stack, Path(folder, "lock"), what, owner)
            if is_remote(self.destination):
                stack.enter_context(self._note(owner))
            yield

    @contextmanager
    def _note(self, owner: str) -> Iterator[None]:
        """Leave a note at a remote destination that this run is at work on it; BusyError where another has left one.

        Stores have no locks that end with a process. The note of a run that was killed is taken over by the next run
        with the same state, since the lock of the state says that no other is at work.
        """
        name = f"{self.destination}/{STATE}/lock"
        system, path = remote(name)
        mine = self.state / "holder"
        holder = mine.read_text(encoding="ascii") if mine.exists() else ""
        if not holder:
            holder = uuid4().hex
            mine.write_text(holder, encoding="ascii")
        note = f"{holder} {owner}".encode()
        try:
            self._refuse(name, system, path, holder)
            with suppress(OSError, NotImplementedError):
                system.makedirs(system._parent(path), exist_ok=True)  # noqa: SLF001  # fsspec names it so
            system.pipe_file(path, note)
            self._refuse(name, system, path, holder)  # two that began at once: the last to write goes on
        except OSError as error:
            raise InputError(f"{name}: cannot be written: {reason(error)}") from None
        try:
            yield
        finally:
            with suppress(OSError):
                if system.cat_file(path) == note:
                    system.rm_file(path)

    def _refuse(self, name: str, system: Any, path: str, holder: str) -> None:
        try:
            found, _, other = system.cat_file(path).decode("utf-8", "replace").partition(" ")
        except FileNotFoundError:
            return
        if found != holder:
            raise BusyError(
                f"{shown(self.destination)}: another run is at work on this destination ({other or 'unknown'}); "
                "wait for it, stop it, or choose another --output-dir. If it was killed, run it again with its own "
                f"--state, or remove {name}"
            )

    @property
    def _aim(self) -> str:
        return f"cleans into {shown(self.destination)}"

    def _lock(self, stack: ExitStack, path: Path, what: str, owner: str) -> None:
        file = stack.enter_context(path.open("a+b"))
        if not _lock(file.fileno()):
            file.seek(1)
            other = file.read().decode("utf-8", "replace") or "unknown"
            if f"{self._aim} with " in other:  # another state would be refused by the note there
                what = "destination"
            raise BusyError(
                f"{shown(self.destination)}: another run is at work on this {what} ({other}); "
                f"wait for it, stop it, or choose another {'--output-dir' if what == 'destination' else what}"
            )
        # The first byte is what is locked: Windows lets nobody read a locked range.
        file.truncate(0)
        stack.callback(file.truncate, 0)
        file.write(f" {owner}".encode())
        file.flush()

    def keep_chains(self, job: Job) -> None:
        """Write the chains down, so that `copydesk retry` and a quarantined document's command find them."""
        for name, chain in (("chain.toml", job.text), ("chain-html.toml", job.html)):
            (self.state / name).write_text(chain_text(chain), encoding="utf-8")

    def quarantined(self, name: str, number: int, ending: str) -> Path:
        """Return where a document goes that failed; documents of a large file lie in a folder of its name."""
        base = self.quarantine.joinpath(*PurePosixPath(name).parts)
        return base.with_name(f"{base.name}.d") / f"{number:08}{ending}" if number else base

    def keep(self, failed: Failed, name: str, job: Job, *, html: bool) -> Path | None:
        """Put the bytes of what failed into quarantine, with the reason and what to do beside it."""
        if failed.data is None:
            return None
        path = self.quarantined(name, failed.number, failed.ending)
        html = html or failed.ending == ".html"
        command = ["copydesk", "clean", "--chain", str(self.state / ("chain-html.toml" if html else "chain.toml"))]
        if html:
            command.append("--html")
        if failed.number and failed.ending != ".html" and job.layout.field != "text":
            command += ["--field", job.layout.field]
        why = {
            "document": failed.name,
            "problem": failed.problem,
            "stage": failed.stage,
            "traceback": failed.traceback,
            "chain": job.chain(html=html).hash,
            "command": shlex.join([*command, shown(str(path))]),
            "then": shlex.join(["copydesk", "retry", shown(self.destination)]),
        }
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(failed.data)
            _why(path).write_text(json.dumps(why, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(f"{shown(str(path))}: cannot be written: {reason(error)}") from None
        return path

    def release(self, name: str, number: int) -> None:
        """Take a document out of quarantine that is to be tried again."""
        path = self.quarantined(name, number, "")
        found = path.parent.glob(f"{path.name}.*") if number else (path, _why(path))
        for file in list(found):
            with suppress(OSError):
                file.unlink()
        folder = path.parent
        while folder != self.quarantine.parent:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

    def free(self) -> int:
        """Return the free bytes where outputs go."""
        return shutil.disk_usage(self.state).free


def _why(path: Path) -> Path:
    return path.with_name(path.name + ".why.json")


def chain_text(chain: Chain) -> str:
    """Return a chain file that gives the same chain."""
    import tomli_w

    return f"# hash {chain.hash}\n{tomli_w.dumps(chain.resolved())}"


def _lock(handle: int) -> bool:
    """Lock a file; tell whether that was possible. A file system without locks lets every run through."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]  # Windows only
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True
