"""`copydesk clean` in this process: one input after another, to standard output, a file, a folder, or in its place."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import click

from copydesk.chain import Chain, OnError
from copydesk.cli._cleaner import Cleaner, StoppedError
from copydesk.cli._files import (
    EDITS_SUFFIX,
    STDIN,
    display_name,
    files_below,
    format_of,
    open_input,
    read_input,
    whole_file,
)
from copydesk.cli._in_place import done_before
from copydesk.cli._messages import EXIT_FAILED, EXIT_WOULD_CHANGE, say
from copydesk.errors import InputError
from copydesk.formats.base import Layout, sheaf
from copydesk.formats.files import PIPE_QUARANTINE, QUARANTINE, packed


def run(
    sources: tuple[str, ...], output: str | None, output_dir: str | None, chain_for: Callable[[bool], Chain],
    form: str | None, options: dict[str, Any], *, given: bool, in_place: bool, check: bool,
) -> int:  # fmt: skip
    """Clean inputs one after another in this process."""
    html = form == "html"
    if given:
        chain_for(html)  # a chain that cannot be used is reported before anything is read
    layout = Layout(options["field"], options["meta_field"], options["charset"], options["max_chars"])
    cleaner = Cleaner(chain_for, cast("OnError", options["on_error"]), html=html, layout=layout, check=check)
    if options["quarantine"]:
        cleaner.quarantine = Path(options["quarantine"])
    elif output_dir:
        cleaner.quarantine = Path(output_dir) / QUARANTINE
    elif STDIN in sources or in_place:
        cleaner.quarantine = PIPE_QUARANTINE
    with _records(cleaner, None if check else options["edits"]):
        try:
            for path, target in _plan(sources, output, output_dir, as_they_are=in_place or (check and not output_dir)):
                _one(cleaner, path, target, form, beside=in_place and not check)
        except StoppedError as stop:
            say(str(stop))
    if output_dir or len(sources) > 1:
        _say_summary(cleaner, check=check)
    if cleaner.failed:
        return EXIT_FAILED
    return EXIT_WOULD_CHANGE if check and cleaner.changed else 0


def _plan(
    sources: tuple[str, ...], output: str | None, output_dir: str | None, *, as_they_are: bool
) -> Iterator[tuple[str, Path | None]]:
    """Yield each input and the file that its output goes to, None for standard output.

    `as_they_are`: each file is its own target, and what `--in-place` left beside files is passed over, since a shell's
    `*` and a hook name it as well.
    """
    taken: dict[Path, str] = {}
    base = Path(output_dir) if output_dir else None
    for source in sources:
        root = Path(source)
        files = list(files_below(root)) if source != STDIN and root.is_dir() else [root]
        for path in files:
            if as_they_are:
                if not path.name.endswith(EDITS_SUFFIX) and PIPE_QUARANTINE.resolve() not in path.resolve().parents:
                    yield str(path), path
                continue
            if base is None:
                yield source if path == root else str(path), Path(output) if output else None
                continue
            if base.resolve() in path.resolve().parents:
                continue  # the output of an earlier run, inside the folder that is cleaned
            name = Path("stdin.txt") if source == STDIN else path.relative_to(root) if path != root else Path(root.name)
            target = base / name
            if target in taken:
                raise click.UsageError(f"{taken[target]} and {path} would both be written to {target}")
            taken[target] = str(path)
            yield source if source == STDIN else str(path), target


def _one(cleaner: Cleaner, path: str, target: Path | None, form: str | None, *, beside: bool) -> None:
    """Clean one input into its target."""
    before = cleaner.changed
    try:
        with contextlib.ExitStack() as stack:
            form = form or format_of(path)
            if beside:
                assert target is not None
                record_file = target.with_name(target.name + EDITS_SUFFIX)
                if done_before(cleaner, path, form, record_file):
                    return
                cleaner.records = stack.enter_context(whole_file(record_file))
            if form == "jsonl":
                _clean_lines(cleaner, path, target, stack)
            elif form in ("parquet", "warc"):
                _clean_sheaf(cleaner, path, target, form, stack)
            else:
                _clean_document(cleaner, path, target, html=form == "html")
    except _NotWrittenError:
        return
    except InputError as error:
        cleaner.failed += 1
        say(str(error))
        if cleaner.on_error == "fail":
            raise StoppedError("stopped at the first failure, as --on-error fail asks") from None
        return
    if cleaner.check and cleaner.changed > before:
        say(f"{display_name(path)}: would change")


class _NotWrittenError(Exception):
    """A document failed; nothing is to take the place of its target."""


def _clean_document(cleaner: Cleaner, path: str, target: Path | None, *, html: bool) -> None:
    cleaned = cleaner.document(path, read_input(path), html=html)
    if cleaned is None:
        raise _NotWrittenError
    if cleaner.check:
        return
    if target is None:
        sys.stdout.buffer.write(cleaned)
        sys.stdout.buffer.flush()
        return
    with whole_file(target) as file, packed(file, target.name) as stream:
        stream.write(cleaned)


def _clean_lines(cleaner: Cleaner, path: str, target: Path | None, stack: contextlib.ExitStack) -> None:
    out: BinaryIO | None = None
    if not cleaner.check:
        file = sys.stdout.buffer if target is None else stack.enter_context(whole_file(target))
        out = file if target is None else stack.enter_context(packed(file, target.name))
    cleaner.lines(path, stack.enter_context(open_input(path)), out)


def _clean_sheaf(cleaner: Cleaner, path: str, target: Path | None, form: str, stack: contextlib.ExitStack) -> None:
    """Clean a file of many documents that is no stream of lines."""
    if path == STDIN:
        raise click.UsageError(f"{form} cannot be read from standard input; name a file")
    if target is not None or cleaner.check:
        out = None if cleaner.check else stack.enter_context(sheaf(form).writer(str(target), None))
        cleaner.pages(path, form, out)
    elif form == "parquet":
        raise click.UsageError("Parquet cannot be written to standard output; give -o FILE or --output-dir")
    else:
        cleaner.pages(path, form, sys.stdout.buffer)


@contextmanager
def _records(cleaner: Cleaner, edits: str | None) -> Iterator[None]:
    if edits is None:
        yield
        return
    with whole_file(Path(edits)) as file:
        cleaner.records = file
        yield


def _say_summary(cleaner: Cleaner, *, check: bool) -> None:
    verb = "would change" if check else "changed"
    counted = f"{cleaner.documents} document{'s' * (cleaner.documents != 1)}"
    say(f"{counted}: {cleaner.changed} {verb}, {cleaner.failed} failed")
    if cleaner.flags:
        say("flags: " + ", ".join(f"{name} {count}" for name, count in sorted(cleaner.flags.items())))
    idle = cleaner.idle_stages()
    if idle and cleaner.documents > 1:
        say(f"stages that had nothing to say in this run: {', '.join(idle)}")
