"""`copydesk clean`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import BinaryIO, cast

import click

from copydesk.chain import Chain, OnError
from copydesk.cli import _chains
from copydesk.cli._cleaner import Cleaner, StoppedError
from copydesk.cli._files import STDIN, files_below, is_jsonl, open_input, read_input, whole_file
from copydesk.cli._messages import EXIT_FAILED, EXIT_WOULD_CHANGE, say
from copydesk.errors import InputError

#: Where what failed goes when it came through a pipe and the output goes down another.
PIPE_QUARANTINE = Path("copydesk-quarantine")
EDITS_SUFFIX = ".edits.jsonl"


@click.command("clean")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@_chains.chain_options
@click.option("-o", "--output", metavar="FILE", help="Write to this file (one input).")
@click.option("--output-dir", metavar="DIR", help="Write under this folder, names as in the input (any number).")
@click.option("--in-place", is_flag=True, help=f"Replace each file, its record beside it as FILE{EDITS_SUFFIX}.")
@click.option("--edits", metavar="FILE", help="Write the record of every change to this file (JSON Lines).")
@click.option("--check", is_flag=True, help="Write nothing; exit with 3 if any text would change.")
@click.option("--html", is_flag=True, help="The input is HTML, whatever its name.")
@click.option("--jsonl", is_flag=True, help="The input is JSON Lines, whatever its name.")
@click.option("--field", default="text", show_default=True, help="JSON Lines: the field that holds the text.")
@click.option("--meta-field", default="copydesk", show_default=True, help="JSON Lines: the key for results, or ''.")
@click.option("--charset", help="The charset that the outside declared, as an HTTP header would.")
@click.option("--on-error", type=click.Choice(["keep", "skip", "fail"]), default="keep", show_default=True,
              help="A stage fails: leave that stage out, leave the document out, or stop.")  # fmt: skip
@click.option("--quarantine", metavar="DIR", help="Where the bytes of documents that fail are kept.")
def command(
    paths: tuple[str, ...], chain: str | None, sets: tuple[str, ...], skip: tuple[str, ...], only: tuple[str, ...],
    output: str | None, output_dir: str | None, in_place: bool, edits: str | None, check: bool, html: bool, jsonl: bool,
    field: str, meta_field: str, charset: str | None, on_error: str, quarantine: str | None,
) -> int:  # fmt: skip
    """Clean text from standard input, files or folders.

    Without PATH (or with -) it reads standard input. The cleaned text goes to standard output unless one of -o,
    --output-dir and --in-place says otherwise. Files named .html and .jsonl are read as what they are called.

    Exit code: 0 done, 1 some documents failed, 2 wrong usage, 3 --check found text that would change.
    """
    sources = paths or (STDIN,)
    _check_usage(sources, output=output, output_dir=output_dir, in_place=in_place, check=check)

    @cache
    def chain_for(is_html: bool) -> Chain:
        return _chains.load(chain, sets, skip, only, html=is_html)

    if chain or sets or skip or only:
        chain_for(html)  # a chain that cannot be used is reported before anything is read
    cleaner = Cleaner(chain_for, cast("OnError", on_error), html=html, charset=charset, check=check)
    if quarantine:
        cleaner.quarantine = Path(quarantine)
    elif output_dir:
        cleaner.quarantine = Path(output_dir) / "quarantine"
    elif STDIN in sources:
        cleaner.quarantine = PIPE_QUARANTINE
    job = partial(_one, cleaner, jsonl=jsonl, field=field, meta=meta_field)
    many = False
    with _records(cleaner, None if check else edits):
        try:
            for path, target in _plan(sources, output, output_dir, in_place=in_place):
                many = many or bool(output_dir)
                job(path, target, beside=in_place and not check)
        except StoppedError as stop:
            say(str(stop))
    if many or len(sources) > 1:
        _say_summary(cleaner, check=check)
    if cleaner.failed:
        return EXIT_FAILED
    return EXIT_WOULD_CHANGE if check and cleaner.changed else 0


def _check_usage(
    sources: tuple[str, ...], *, output: str | None, output_dir: str | None, in_place: bool, check: bool
) -> None:
    chosen = [name for name, on in (("-o", output), ("--output-dir", output_dir), ("--in-place", in_place)) if on]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} cannot both say where the output goes; give one of them")
    if in_place and STDIN in sources:
        raise click.UsageError("--in-place needs files; standard input has no place")
    if output_dir or in_place or check:
        return
    folder = next((path for path in sources if path != STDIN and Path(path).is_dir()), None)
    if folder:
        raise click.UsageError(f"{folder} is a folder; say with --output-dir where its cleaned files go, or --in-place")
    if len(sources) > 1:
        raise click.UsageError(f"{len(sources)} inputs need --output-dir (or --in-place); they would run together")


def _plan(
    sources: tuple[str, ...], output: str | None, output_dir: str | None, *, in_place: bool
) -> Iterator[tuple[str, Path | None]]:
    """Yield each input and the file that its output goes to, None for standard output."""
    taken: dict[Path, str] = {}
    base = Path(output_dir) if output_dir else None
    for source in sources:
        root = Path(source)
        files = list(files_below(root)) if source != STDIN and root.is_dir() else [root]
        for path in files:
            if in_place:
                if not path.name.endswith(EDITS_SUFFIX):
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


def _one(cleaner: Cleaner, path: str, target: Path | None, *, jsonl: bool, field: str, meta: str, beside: bool) -> None:
    """Clean one input into its target."""
    before = cleaner.changed
    try:
        with contextlib.ExitStack() as stack:
            if beside:
                assert target is not None
                record_file = target.with_name(target.name + EDITS_SUFFIX)
                cleaner.records = stack.enter_context(whole_file(record_file))
            if jsonl or is_jsonl(path):
                _clean_lines(cleaner, path, target, field, meta, stack)
            else:
                _clean_document(cleaner, path, target)
    except _NotWrittenError:
        return
    except InputError as error:
        cleaner.failed += 1
        say(str(error))
        if cleaner.on_error == "fail":
            raise StoppedError("stopped at the first failure, as --on-error fail asks") from None
        return
    if cleaner.check and cleaner.changed > before:
        say(f"{path if path != STDIN else '<stdin>'}: would change")


class _NotWrittenError(Exception):
    """A document failed; nothing is to take the place of its target."""


def _clean_document(cleaner: Cleaner, path: str, target: Path | None) -> None:
    cleaned = cleaner.document(path, read_input(path))
    if cleaned is None:
        raise _NotWrittenError
    if not cleaner.check:
        _write(target, cleaned)


def _clean_lines(
    cleaner: Cleaner, path: str, target: Path | None, field: str, meta: str, stack: contextlib.ExitStack
) -> None:
    out: BinaryIO | None = None
    if not cleaner.check:
        out = sys.stdout.buffer if target is None else stack.enter_context(whole_file(target))
    if path == STDIN:
        cleaner.lines(path, sys.stdin.buffer, out, field, meta)
        return
    cleaner.lines(path, stack.enter_context(open_input(path)), out, field, meta)


def _write(target: Path | None, data: bytes) -> None:
    if target is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    with whole_file(target) as file:
        file.write(data)


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
    say(f"{cleaner.documents} documents: {cleaner.changed} {verb}, {cleaner.failed} failed")
    if cleaner.flags:
        say("flags: " + ", ".join(f"{name} {count}" for name, count in sorted(cleaner.flags.items())))
    idle = cleaner.idle_stages()
    if idle and cleaner.documents > 1:
        say(f"stages that had nothing to say in this run: {', '.join(idle)}")
