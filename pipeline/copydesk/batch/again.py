"""Trying again what failed: the settings of the run that made a destination are read back from it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from copydesk.batch.job import Job
from copydesk.batch.manifest import Manifest
from copydesk.batch.place import Place
from copydesk.batch.plan import Plan
from copydesk.chain import Chain
from copydesk.errors import InputError
from copydesk.formats.base import Layout
from copydesk.formats.files import STATE, is_remote, shown


def store(manifest: Manifest, job: Job, place: Place) -> None:
    """Put the settings of a run down."""
    layout = job.layout
    settings = {
        "layout": [layout.field, layout.meta, layout.charset, layout.limit],
        "on_error": job.on_error,
        "edits": job.edits,
        "timeout": job.timeout,
        "memory_limit": job.memory_limit,
        "edits_to": place.edits,
        "quarantine": str(place.quarantine),
    }
    manifest.put("settings", json.dumps(settings))


def stored_plan(
    destination: str, state: str, *, timeout: float | None, memory_limit: int | None, **others: Any
) -> Plan:
    """Return the plan to try again what failed; InputError where there was no run."""
    folder = Path(state) if state else Path(destination) / STATE
    if (is_remote(destination) and not state) or not (folder / "manifest.sqlite").is_file():
        raise InputError(
            f"{shown(destination)}: no run was made here (there is no {STATE}/manifest.sqlite); "
            "give the --output-dir of a run, with its --state if it had one"
        )
    with Manifest(folder) as manifest:
        stored = manifest.get("settings")
    if stored is None:
        raise InputError(f"{shown(destination)}: its run ended before it began; run it again")
    settings = json.loads(stored)
    job = Job(
        Chain.load(folder / "chain.toml"),
        Chain.load(folder / "chain-html.toml"),
        Layout(*settings["layout"]),
        settings["on_error"],
        settings["edits"],
        settings["timeout"],
        settings["memory_limit"],
    )
    if timeout is not None:
        job = replace(job, timeout=timeout)
    if memory_limit is not None:
        job = replace(job, memory_limit=memory_limit)
    place = Place.of(destination, state=state, quarantine=settings["quarantine"], edits=settings["edits_to"])
    return Plan(job, place, retry=True, **others)
