"""`copydesk golden`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from copydesk.cli._messages import EXIT_FAILED
from copydesk.errors import InputError
from copydesk.golden.cases import Case, check, find_cases, update
from copydesk.show import visible

if TYPE_CHECKING:
    from copydesk.golden.review import Pending

_DEFAULT = Path("golden")
_COLOURS = {"passed": "green", "failed": "red", "known failure": "yellow"}


@click.command("golden")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[DIR|CASE]...")
@click.option("--update", "updating", is_flag=True, help="Write what comes out as expected, for the CASEs named.")
@click.option("--review", "reviewing", is_flag=True, help="Accept or reject each difference, one by one.")
@click.option("--chain", type=click.Path(path_type=Path), metavar="FILE",
              help="With --review: the chain file that a keep goes to. Without it: the case's own.")  # fmt: skip
@click.option("-v", "--verbose", is_flag=True, help="List the cases that pass, too.")
def command(paths: tuple[Path, ...], chain: Path | None, *, updating: bool, reviewing: bool, verbose: bool) -> int:
    """Run the golden cases below DIR (default: golden), or update those that are named.

    A case is a folder with input.*, chain.toml, expected.txt and expected.edits.jsonl. Nothing is ever deleted, and
    nothing written without --update or --review.
    """
    if updating and reviewing:
        raise click.UsageError("--update accepts what is named, --review asks for each; give one of them")
    if chain and not reviewing:
        raise click.UsageError("--chain goes with --review; a case names its own chain")
    if updating:
        return _update(paths)
    if reviewing:
        return _review(paths or (_DEFAULT,), chain)
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


def _review(roots: tuple[Path, ...], chain: Path | None) -> int:
    """Show each difference and do what is asked for; pending results of what is skipped stay where they are."""
    from copydesk.golden import review

    found = [pending for root in roots for case in _cases(root) if (pending := review.look(case, chain))]
    left = 0
    for number, pending in enumerate(found, start=1):
        click.echo(f"\n{number}/{len(found)} {click.style(str(pending.case.folder), bold=True)}")
        click.echo("".join(f"    {_coloured(line)}\n" for line in visible(pending.report).split("\n")), nl=False)
        answer = _asked(pending)
        if answer == "a":
            click.echo(f"accepted: {', '.join(review.accept(pending.case))}")
            continue
        left += 1
        if answer == "r":
            review.discard(pending.case)
            click.echo("rejected: what is expected stays, and the case fails until the stage is repaired")
        elif answer == "k":
            added = review.keep(pending, chain)
            passes = review.look(pending.case, chain) is None
            left -= passes
            where = chain or pending.case.folder / "chain.toml"
            click.echo(
                f"kept in {where}: {visible(', '.join(added))}; the case {'passes' if passes else 'still fails'}"
            )
        elif answer == "q":
            left += len(found) - number
            break
        else:
            click.echo(f"skipped: what comes out lies beside it as {review.PENDING}.*")
    click.echo(f"{len(found)} came out otherwise, {left} of them still do" if found else "everything is as expected")
    return EXIT_FAILED if left else 0


def _asked(pending: Pending) -> str:
    """Return the letter of what is to be done; the end of input ends the review."""
    from copydesk.golden.review import has_result

    can_accept = has_result(pending.case)
    choices = {**({"a": "accept"} if can_accept else {}), "r": "reject"}
    if pending.keeps:
        choices["k"] = "keep " + visible(", ".join(f'"{phrase}"' for _, phrase in pending.keeps[:3]))
    choices |= {"s": "skip", "q": "quit"}
    listed = ", ".join(f"[{key}] {what}" for key, what in choices.items())
    while True:
        try:
            answer = str(click.prompt(listed, prompt_suffix=" > ", default="s", show_default=False, err=True))
        except click.Abort:
            return "q"
        if (letter := answer.strip().lower()[:1]) in choices:
            return letter


def _coloured(line: str) -> str:
    return click.style(line, fg={"-": "red", "+": "green"}.get(line[:1]))
