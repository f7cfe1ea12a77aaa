"""Cleaning many documents: planned, spread over processes, resumed, reported."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from copydesk.api import DEFAULT_CHAIN, DEFAULT_HTML_CHAIN
from copydesk.chain import Chain, OnError
from copydesk.errors import ConfigError, InputError

if TYPE_CHECKING:
    from copydesk.batch.observer import Observer
    from copydesk.batch.report import Report

ENGINES = ("local", "ray", "spark")


def clean(
    sources: Sequence[str | os.PathLike[str]] = (),
    destination: str | os.PathLike[str] = "",
    *,
    chain: Chain | str | os.PathLike[str] | None = None,
    html_chain: Chain | None = None,
    files: Iterable[str] = (),
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    form: str | None = None,
    field: str = "text",
    meta_field: str = "copydesk",
    charset: str | None = None,
    on_error: OnError = "keep",
    edits: str = "",
    workers: int | None = None,
    timeout: float | None = 60.0,
    memory_limit: int | None = None,
    max_chars: int = 10_000_000,
    sample: int = 0,
    quarantine: str = "",
    state: str = "",
    force: bool = False,
    dry_run: bool = False,
    engine: str = "local",
    observer: Observer | None = None,
) -> Report:
    """Clean files and folders into a destination that mirrors their names; do only what is missing or changed.

    Text runs through `chain`, HTML through `html_chain` or, without one, `chain` too; without both text runs through
    `news` and HTML through `web`.

    `sources` are files, folders and remote addresses; `files` are paths that are named after themselves. `include` and
    `exclude` are patterns for names. `form` overrules what names say of formats. `edits` is a folder for the records
    of changes, or one file (by its ending `.jsonl`). `timeout` (seconds) and `memory_limit` (bytes) bound one
    document. `sample` cleans so many inputs only, chosen by a digest of their names. `state` is a local folder for the
    manifest. Raises ConfigError, and InputError where the destination cannot be used; what goes wrong with a document
    is in the report and in quarantine.

    Workers are processes that import the main module: a script that calls this needs `if __name__ == "__main__":`.
    """
    from copydesk.batch.observer import Observer as Silent
    from copydesk.batch.place import Place
    from copydesk.batch.plan import Plan
    from copydesk.batch.run import run
    from copydesk.batch.scan import Choice
    from copydesk.formats import known_format

    if not os.fspath(destination):
        raise ConfigError("a destination is needed: a folder for the cleaned files")
    made = engine_named(engine)
    job = make_job(
        chain, html_chain, field=field, meta_field=meta_field, charset=charset, on_error=on_error, edits=edits,
        timeout=timeout, memory_limit=memory_limit, max_chars=max_chars,
    )  # fmt: skip
    plan = Plan(
        job,
        Place.of(os.fspath(destination), state=state, quarantine=quarantine, edits=edits),
        tuple(os.fspath(source) for source in sources),
        files,
        Choice(tuple(include), tuple(exclude), sample, known_format(form) if form else None),
        workers or count_cores(),
        made,
        engine,
        force,
        dry_run,
    )
    return run(plan, observer or Silent())


def retry(
    destination: str | os.PathLike[str],
    *,
    state: str = "",
    workers: int | None = None,
    timeout: float | None = None,
    memory_limit: int | None = None,
    engine: str = "local",
    observer: Observer | None = None,
) -> Report:
    """Try again what failed in a destination, with the chain and options of the run that made it.

    `timeout` and `memory_limit` replace those of that run. Raises InputError where no run was made there.
    """
    from copydesk.batch.again import stored_plan
    from copydesk.batch.observer import Observer as Silent
    from copydesk.batch.run import run

    plan = stored_plan(
        os.fspath(destination), state, timeout=timeout, memory_limit=memory_limit,
        workers=workers or count_cores(), engine=engine_named(engine), engine_name=engine,
    )  # fmt: skip
    return run(plan, observer or Silent())


def make_job(
    chain: Chain | str | os.PathLike[str] | None = None,
    html_chain: Chain | None = None,
    *,
    field: str = "text",
    meta_field: str = "copydesk",
    charset: str | None = None,
    on_error: OnError = "keep",
    edits: str = "",
    timeout: float | None = 60.0,
    memory_limit: int | None = None,
    max_chars: int = 10_000_000,
) -> Any:
    """Return what workers are told. Without a chain text runs through `news` and HTML through `web`."""
    from copydesk.batch.job import Job
    from copydesk.batch.worker import can_limit_memory
    from copydesk.formats.base import Layout
    from copydesk.formats.files import bare

    if memory_limit is not None and not can_limit_memory():
        raise ConfigError("--memory-limit works on Linux only; leave it out and bound the whole run from outside")
    if chain is None:
        text, html = Chain.load(DEFAULT_CHAIN), html_chain or Chain.load(DEFAULT_HTML_CHAIN)
    else:
        text = chain if isinstance(chain, Chain) else Chain.load(chain)
        html = html_chain or text
    return Job(
        text,
        html,
        Layout(field, meta_field, charset, max_chars),
        on_error,
        "" if not edits else "file" if bare(edits).endswith(".jsonl") else "folder",
        timeout,
        memory_limit,
    )


def count_cores() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def engine_named(name: str) -> Any:
    """Return the engine of that name, None for the local pool; InputError where its package is missing."""
    if name == "local":
        return None
    if name not in ENGINES:
        raise ConfigError(f"there is no engine {name!r}; there are {', '.join(ENGINES)}")
    from importlib import import_module

    try:
        import_module("ray" if name == "ray" else "pyspark")
    except ImportError as error:
        raise InputError(f"--engine {name} needs {error.name or name}; install copydesk[{name}]") from None
    return import_module(f"copydesk.integrations.{name}").Engine
