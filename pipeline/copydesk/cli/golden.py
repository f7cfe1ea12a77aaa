"""`copydesk golden`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from copydesk.cli._messages import EXIT_FAILED
from copydesk.errors import InputError
from copydesk.golden.cases import Case, check, find_cases, update
from copydesk.show import visible

_DEFAULT = Path("golden")
_COLOURS = {"passed": "green", "failed": "red", "known failure": "yellow"}


@click.command("golden")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[DIR|CASE]...")
@click.option("--update", "updating", is_flag=True, help="Write what comes out as expected, for the CASEs named.")
@click.option("-v", "--verbose", is_flag=True, help="List the cases that pass, too.")
def command(paths: tuple[Path, ...], *, updating: bool, verbose: bool) -> int:
    """Run the golden cases below DIR (default: golden), or update those that are named.

    A case is a folder with input.*, chain.toml, expected.txt and expected.edits.jsonl. Nothing is ever deleted, and
    nothing written without --update.
    """
    if updating:
        return _update(paths)
    roots = paths or (_DEFAULT,)
    cases = [case for root in roots for case in _cases(root)]
    counts: Counter[str] = Counter()
    for case in cases:
        outcome = check(case)
        counts[outcome.status] += 1
        if outcome.status == "failed" or verbose:
            click.echo(f"{click.style(outcome.status, fg=_COLOURS[outcome.status])} {case.folder}")
        if outcome.status == "failed":
            click.echo("".join(f"    {_coloured(line)}\n" for line in visible(outcome.report).split("\n")), nl=False)
    click.echo(", ".join(f"{counts[status]} {status}" for status in _COLOURS if counts[status]))
    return EXIT_FAILED if counts["failed"] else 0


def _cases(root: Path) -> list[Case]:
    if not root.is_dir():
        raise InputError(f"{root}: no such folder; name the folder that holds the cases")
    cases = list(find_cases(root))
    if not cases:
        raise InputError(f"{root}: no case below it; a case is a folder with an input.* and a chain.toml")
    return cases


def _update(paths: tuple[Path, ...]) -> int:
    if not paths:
        raise click.UsageError("--update wants the cases by name, such as --update golden/markers/synthetic/share-bar")
    for folder in paths:
        if not any(folder.glob("input.*")):
            raise click.UsageError(f"{folder}: no case (it has no input.*); name the folder of each case to update")
    for folder in paths:
        changed = update(Case(folder))
        click.echo(f"{folder}: {'wrote ' + ', '.join(changed) if changed else 'as it was'}")
    return 0


def _coloured(line: str) -> str:
    return click.style(line, fg={"-": "red", "+": "green"}.get(line[:1]))
