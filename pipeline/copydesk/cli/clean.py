"""`copydesk clean`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import click

from copydesk.chain import Chain
from copydesk.cli import _chains, _here
from copydesk.cli._charset import charset_option
from copydesk.cli._files import EDITS_SUFFIX, STDIN, apart, one_format
from copydesk.cli._markup import MARKUPS, written_as
from copydesk.cli._workers import worker_options
from copydesk.formats import FORMATS

#: Options that mean nothing to a run in this process.
_BATCH_ONLY = ("include", "exclude", "files_from", "by_nul", "sample", "dry_run", "force", "workers", "timeout",
               "memory_limit", "engine", "state")  # fmt: skip


@click.command("clean")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@_chains.chain_options
@click.option("-o", "--output", metavar="FILE", help="Write to this file (one input).")
@click.option("--output-dir", metavar="DIR", help="Write under this folder, names as in the input (any number).")
@click.option("--in-place", is_flag=True, help=f"Replace each file, its record beside it as FILE{EDITS_SUFFIX}.")
@click.option(
    "--edits",
    metavar="FILE|DIR",
    help="Write the record of every change: to a .jsonl file, or (with --output-dir) to a folder with a file for each.",
)
@click.option("--to", type=click.Choice(MARKUPS), help="Write plain text, or Markdown from the structure of a page.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 3 if any text would change.")
@click.option("--html", is_flag=True, help="The input is HTML, whatever its name.")
@click.option("--jsonl", is_flag=True, help="The input is JSON Lines, whatever its name.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="The input has this format, whatever its name.")
@click.option("--field", default="text", show_default=True, help="JSON Lines, Parquet: the field that holds the text.")
@click.option("--meta-field", default="copydesk", show_default=True, help="The key (column) for results, or ''.")
@charset_option
@click.option(
    "--max-chars",
    type=click.IntRange(1),
    default=10_000_000,
    show_default=True,
    help="Documents of more characters are not cleaned but put into quarantine.",
)
@click.option(
    "--on-error",
    type=click.Choice(["keep", "skip", "fail"]),
    default="keep",
    show_default=True,
    help="A stage fails: leave that stage out, leave the document out, or stop.",
)
@click.option("--quarantine", metavar="DIR", help="Where the bytes of documents that fail are kept.")
@click.option("--include", multiple=True, metavar="GLOB", help="With --output-dir: only files named so. Repeatable.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="With --output-dir: no files named so. Repeatable.")
@click.option("--files-from", metavar="FILE|-", help="With --output-dir: clean the files listed there, one a line.")
@click.option("-0", "--null", "by_nul", is_flag=True, help="The list of --files-from is parted by NUL.")
@click.option(
    "--sample",
    type=click.IntRange(1),
    help="With --output-dir: clean so many files only, evenly chosen, and as many documents of a large one.",
)
@click.option("--dry-run", is_flag=True, help="With --output-dir: say what would be cleaned, and write nothing.")
@click.option("--force", is_flag=True, help="With --output-dir: clean again what an earlier run has done.")
@worker_options
def command(
    paths: tuple[str, ...], chain: str | None, sets: tuple[str, ...], skip: tuple[str, ...], only: tuple[str, ...],
    output: str | None, output_dir: str | None, in_place: bool, check: bool, html: bool, jsonl: bool, form: str | None,
    to: str | None, **options: Any,
) -> int:  # fmt: skip
    """Clean text from standard input, files or folders.

    Without PATH (or with -) it reads standard input. The cleaned text goes to standard output unless one of -o,
    --output-dir and --in-place says otherwise. Files are read as what they are called (.html, .jsonl, .parquet, .warc,
    each also .gz and .zst) or, without such an ending and on standard input, as what they hold.

    With --output-dir files are cleaned by several processes, a document that cannot be cleaned costs no other, and a
    second run does only what is missing or changed.

    Exit code: 0 done, 1 some documents failed, 2 wrong usage, 3 --check found text that would change.
    """
    listed = options["files_from"] is not None
    sources = paths or (() if listed else (STDIN,))
    output = None if output == STDIN else output
    _check_usage(sources, output=output, output_dir=output_dir, in_place=in_place, check=check)
    if not output_dir:
        in_its_place = f"name another file, or give --in-place, which keeps the record as FILE{EDITS_SUFFIX}"
        apart(sources, {"-o": output}, advice=in_its_place)
        apart(sources, {"-o": output, "--edits": options["edits"]})
    if options["edits"] == STDIN:
        raise click.UsageError("--edits names a file, as the text goes to standard output")
    form = one_format(form, html=html, jsonl=jsonl)

    @cache
    def chain_for(is_html: bool) -> Chain:
        return written_as(_chains.load(chain, sets, skip, only, html=is_html), to)

    if output_dir and STDIN not in sources and not check:
        return _run_batch(sources, output_dir, chain_for, form, options)
    wanting = [f"--{name.replace('_', '-')}" for name in _BATCH_ONLY if options[name] not in (None, (), False, "local")]
    if wanting:
        raise click.UsageError(f"{wanting[0]} goes with --output-dir and files or folders")
    return _here.run(sources, output, output_dir, chain_for, form, options, given=bool(chain or sets or skip or only),
                     in_place=in_place, check=check)  # fmt: skip


def _run_batch(
    sources: tuple[str, ...], output_dir: str, chain_for: Callable[[bool], Chain], form: str | None,
    options: dict[str, Any],
) -> int:  # fmt: skip
    """Clean files and folders by several processes."""
    from copydesk import batch
    from copydesk.cli import _batch

    progress = _batch.Progress()
    listed = _batch.read_list(options["files_from"], by_nul=options["by_nul"]) if options["files_from"] else ()
    html_chain = chain_for(True)
    text_chain = chain_for(False)
    report = batch.clean(
        sources, output_dir, chain=text_chain, files=listed, form=form,
        html_chain=text_chain if html_chain.hash == text_chain.hash else html_chain,
        memory_limit=_batch.parse_size(options["memory_limit"]), timeout=options["timeout"] or 60.0,
        edits=options["edits"] or "", quarantine=options["quarantine"] or "", state=options["state"] or "",
        sample=options["sample"] or 0, observer=progress,
        **{name: options[name] for name in ("field", "meta_field", "charset", "on_error", "max_chars", "include",
                                            "exclude", "workers", "dry_run", "force", "engine")},
    )  # fmt: skip
    return _batch.close(report, progress, "Run the same command again to go on.")


def _check_usage(
    sources: tuple[str, ...], *, output: str | None, output_dir: str | None, in_place: bool, check: bool
) -> None:
    chosen = [name for name, on in (("-o", output), ("--output-dir", output_dir), ("--in-place", in_place)) if on]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} cannot both say where the output goes; give one of them")
    if "" in sources:
        raise click.UsageError("a PATH is empty; write . for this folder, or leave it out for standard input")
    if in_place and STDIN in sources:
        raise click.UsageError("--in-place needs files; standard input has no place")
    if output_dir or in_place or check:
        return
    folder = next((path for path in sources if path != STDIN and Path(path).is_dir()), None)
    if folder:
        raise click.UsageError(f"{folder} is a folder; say with --output-dir where its cleaned files go, or --in-place")
    if len(sources) > 1:
        raise click.UsageError(f"{len(sources)} inputs need --output-dir (or --in-place); they would run together")
