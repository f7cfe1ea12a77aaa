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
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from copydesk.batch import report as reports
from copydesk.batch.again import store
from copydesk.batch.collect import Desk
from copydesk.batch.manifest import Manifest
from copydesk.batch.observer import Observer
from copydesk.batch.place import BusyError, Place
from copydesk.batch.plan import Engine, Plan
from copydesk.batch.scan import Planner, check_sources, chosen, find
from copydesk.errors import ConfigError, InputError
from copydesk.formats.files import is_remote, shown
from copydesk.stage import form_given, form_taken


def run(plan: Plan, observer: Observer) -> reports.Report:
    """Do what is missing or changed. Raises ConfigError, InputError, and BusyError where another run is at work."""
    place = plan.place
    records = (place.edits,) if plan.job.edits == "folder" else ()
    for path in (place.destination, place.state, place.quarantine, *records):
        if not is_remote(str(path)) and os.path.exists(path) and not os.path.isdir(path):  # noqa: PTH110, PTH112  # either type
            raise ConfigError(f"{shown(str(path))} is a file; a folder is needed there")
    if plan.job.edits == "file":
        place.check_records()
    check_sources(plan.sources, place)
    absent = [] if plan.dry_run else _absent(place)
    made: _Run | None = None
    try:
        if plan.dry_run:
            with Manifest(place.state, copy=True) as manifest:
                return _Run(plan, observer, manifest).go()
        place.make()
        with place.locked(), Manifest(place.state) as manifest:
            place.tidy()
            made = _Run(plan, observer, manifest)
            return made.go()
    except (ConfigError, InputError) as error:
        if not (made and made.planned) and not isinstance(error, BusyError):
            _remove(absent)
        raise
    except sqlite3.Error as error:
        raise InputError(
            f"{shown(str(place.state))}: the manifest cannot be written: {error}; "
            "nothing that is done is lost: run the same command again once that is repaired"
        ) from None


def _absent(place: Place) -> list[Path]:
    """Return the files and folders that a run makes before it has planned, and that are not there yet; inner first."""
    top = place.scratch.parent
    made = [
        place.state / "manifest.sqlite",
        place.state / "lock",
        place.state / "holder",
        top / "lock",
        place.scratch,
        place.parts,
    ]
    made += [each for folder in (place.state, top) for each in (folder, *folder.parents)]
    return [path for path in made if not path.exists()]


def _remove(paths: Iterable[Path]) -> None:
    """Take back what a run that is refused has made; what somebody else has put there stays."""
    for path in paths:
        with contextlib.suppress(OSError):
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink()


class _Run:
    """One run at work."""

    def __init__(self, plan: Plan, observer: Observer, manifest: Manifest) -> None:
        self.plan, self.observer, self.manifest = plan, observer, manifest
        self.job, self.place = plan.job, plan.place
        self.stop = ""
        self.planned = False
        self.interrupts = 0
        self.engine: Engine | None = None
        self.desk: Desk | None = None

    def go(self) -> reports.Report:
        """Plan, work, report."""
        self._check_same()
        if self.plan.retry:
            self._retry()
        else:
            self.manifest.begin_run()
            self._scan()
        self.planned = True
        if self.plan.dry_run:
            planned = [(each.source, self.place.target(each.target)) for each in self.manifest.todo()]
            return reports.Report(reports.make(self.manifest, self.job, {}), planned=planned)
        if not self.plan.retry:
            self.place.keep_chains(self.job)
            store(self.manifest, self.job, self.place)
        started = time.time()
        clock = time.monotonic()
        self.desk = desk = Desk(self.manifest, self.place, self.job, self.observer, self._halt)
        with self._signals(), contextlib.closing(desk):
            self._work(desk)
        if self.job.edits == "file" and not self.stop:
            desk.write_records()
        timing = {
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
            "seconds": round(time.monotonic() - clock, 3),
            "cleaned": desk.cleaned,
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
        if self.plan.force and not self.plan.retry:
            self._release()
            with self.manifest.together():
                self.manifest.start_over()
        if not self.plan.retry:
            self.manifest.put("decisive", json.dumps(decisive))

    def _release(self) -> None:
        for number, name in self.manifest.failing():
            self.place.release(name, number)

    def _retry(self) -> None:
        self._release()
        with self.manifest.together():
            count = self.manifest.again()
        self.observer.say(f"trying {reports.counted(count, 'document')} again")

    def _scan(self) -> None:
        extracts = any(_extracts(step.stage) for step in self.job.html.steps)
        planner = Planner(
            self.manifest,
            self.place,
            self.plan.choice,
            self.observer.say,
            extracts=extracts,
            max_chars=self.job.layout.limit,
        )
        files = find(self.plan.sources, self.plan.listed, self.place, self.observer.say)
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
        if self.desk is not None:
            self.desk.halted = True
        if self.engine is not None:
            self.engine.draining = True

    def _work(self, desk: Desk) -> None:
        if not desk.total[0]:
            return
        job = self.job
        if not self.manifest.formats() & {"html", "warc"}:
            job = dataclasses.replace(job, html=job.text)  # workers need not load what they will not use
        if self.plan.engine is None:
            from copydesk.batch.pool import Pool

            made: Engine = Pool(job, self.plan.workers)
        else:
            made = self.plan.engine(job, self.plan.workers)
        with made as self.engine:
            for outcome in self.engine.run(desk.shards(self.plan.choice.sample)):
                desk.take(outcome)
                desk.finish_joined(wait=False)
                desk.tell()
            while desk.joining:
                desk.finish_joined(wait=True)
                desk.tell()


def _extracts(stage: Any) -> bool:
    return form_taken(stage) == "html" and form_given(stage) == "text"


def _brief(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {version}" for name, version in sorted(value.items()))
    return "not set" if value in (None, "") else str(value)
