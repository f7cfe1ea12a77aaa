"""`copydesk diff`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click

from copydesk.cli import _chains
from copydesk.cli._files import apart
from copydesk.cli._inputs import documents
from copydesk.cli._messages import EXIT_FAILED, say
from copydesk.cli._pages import write_page
from copydesk.document import Document, Source
from copydesk.errors import ConfigError, CopydeskError, InputError
from copydesk.explain.compare import Comparison, Side
from copydesk.record import Record, digest
from copydesk.undoing import undo

#: From a source and its data to a record; the text that went in, where it is known.
Recorder = Callable[[Source, str | bytes], tuple[Record, str | None]]
SIDES: tuple[Side, Side] = ("lost", "gained")


@click.command("diff")
@click.argument("chain_a", metavar="CHAIN_A")
@click.argument("chain_b", metavar="CHAIN_B")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Only N documents, the same ones every time.")
@click.option("--field", default="text", show_default=True, help="JSON Lines: the field that holds the text.")
@click.option("--budget", "budgets", multiple=True, metavar="lost=SHARE", help="Exit with 1 above this, as lost=0.1%.")
@click.option("-n", "--limit", type=click.IntRange(min=0), default=20, show_default=True, help="Passages to print.")
@click.option("--json", "as_json", is_flag=True, help="Print totals and all passages as JSON Lines.")
@click.option("--html", "as_page", is_flag=True, help="Write a page for the browser.")
@click.option("-o", "--output", metavar="FILE", help="With --html: write the page to this file.")
def command(
    chain_a: str,
    chain_b: str,
    paths: tuple[str, ...],
    sample: int | None,
    field: str,
    budgets: tuple[str, ...],
    limit: int,
    output: str | None,
    *,
    as_json: bool,
    as_page: bool,
) -> int:
    """Show what CHAIN_B cuts that CHAIN_A keeps (lost), and the other way round (gained), the worst first.

    A chain is a shipped chain's name, a chain file, or a recorded run: the file that clean --edits wrote. PATHs are the
    documents before cleaning: files, folders, JSON Lines.

    Exit code: 0, or 1 where a --budget is exceeded.
    """
    if output and not as_page:
        raise click.UsageError("-o goes with --html; what is printed for a terminal can be redirected with >")
    apart([chain_a, chain_b, *paths], {"-o": output})
    allowed: dict[Side, float] = dict(map(parse_budget, budgets))
    one, other = _recorder(chain_a), _recorder(chain_b)
    found = Comparison()
    for source, data in documents(paths, field=field, sample=sample):
        name = source.name or ""
        try:
            (a, text), (b, text_b) = one(source, data), other(source, data)
        except CopydeskError as error:
            say(str(error))
            found.skipped.append(name)
            continue
        if text is None:
            text = text_b
        if text is None or _decoded(a) != _decoded(b):
            say(f"{name}: the two chains read its bytes as different texts; it cannot be compared")
            found.skipped.append(name)
            continue
        found.add(name, Document(text), a, b)
    if found.documents == 0:
        raise InputError("there is no document to compare; name the files that went in, before cleaning")
    if as_json:
        _print_json(found, (chain_a, chain_b))
    elif as_page:
        from copydesk.explain.compare_page import compare_page

        write_page(compare_page(found, chain_a, chain_b), output)
    else:
        from rich.console import Console

        from copydesk.explain.compare_terminal import Difference

        Console(highlight=False).print(Difference(found, chain_a, chain_b, limit))
    return _judged(found, allowed)


def parse_budget(text: str) -> tuple[Side, float]:
    """Return side and share of a budget.

    >>> parse_budget("lost=0.1%"), parse_budget("gained=0.25")
    (('lost', 0.001), ('gained', 0.25))
    """
    side, _, share = text.partition("=")
    try:
        value = float(share.removesuffix("%")) / (100 if share.endswith("%") else 1)
    except ValueError:
        value = -1
    if side not in SIDES or not 0 <= value <= 1:
        raise click.UsageError(f"--budget {text}: lost=SHARE or gained=SHARE is expected, with a share such as 0.1%")
    return ("lost" if side == "lost" else "gained"), value


def _judged(found: Comparison, allowed: dict[Side, float]) -> int:
    code = 0
    for side, share in allowed.items():
        if found.share(side) > share:
            say(f"over budget: {found.share(side):.4%} {side}, {share:.4%} allowed")
            code = EXIT_FAILED
    return code


def _print_json(found: Comparison, chains: tuple[str, str]) -> None:
    totals: dict[str, object] = {
        "chains": list(chains),
        "documents": found.documents,
        "differing": found.differing,
        **{side: {"characters": found.characters(side), "share": round(found.share(side), 6)} for side in SIDES},
        "otherwise": dict(found.otherwise),
        "skipped": found.skipped,
        "rules": [
            {"side": side, "stage": stage, "rule": rule, "passages": count, "characters": size}
            for side, stage, rule, count, size in found.by_rule()
        ],
    }
    click.echo(json.dumps(totals))
    for passage in found.worst():
        click.echo(json.dumps(passage.to_json()))


def _recorder(name: str) -> Recorder:
    path = Path(name)
    if path.name.endswith((".jsonl", ".jsonl.gz", ".jsonl.zst")) or path.name == "run.json" or path.is_dir():
        return _recorded(path)
    from copydesk.config import shipped

    if not path.exists() and name not in shipped() and path.suffix != ".toml":
        raise ConfigError(
            f'there is no chain "{name}"; it is one of {", ".join(shipped())}, the path of a chain file, or of the '
            "records that clean --edits wrote (.jsonl)"
        )
    chain = _chains.load(name)

    def run(source: Source, data: str | bytes) -> tuple[Record, str | None]:
        result = chain.run(data, source=source, on_error="keep")
        for failure in result.failures:
            say(str(failure.error))
        return result.record, undo(result.text, result.record)

    return run


def _recorded(path: Path) -> Recorder:
    from copydesk.review.runs import records

    known: dict[str, Record] = {each.record.input: each.record for each in records(path)}

    def find(source: Source, data: str | bytes) -> tuple[Record, str | None]:
        record = known.get(digest(data))
        if record is None:
            raise InputError(f"{source.name}: {path} has no record of this document; it was another, or has changed")
        return record, _read_back(record, data)

    return find


def _read_back(record: Record, data: str | bytes) -> str | None:
    """Return the text that the bytes were decoded to, where that is plain."""
    decoding = record.decoding
    if isinstance(data, str):
        return data
    if decoding is None:
        return data.decode("utf-8", "surrogatepass")
    try:
        text = data[len(decoding.bom) :].decode(decoding.encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    return text if decoding.to_bytes(text) == data else None


def _decoded(record: Record) -> object:
    d = record.decoding
    return (d.encoding, d.bom, d.originals) if d and not _is_plain(record) else None


def _is_plain(record: Record) -> bool:
    """Tell whether bytes were read as UTF-8, as a chain that does not decode reads them too."""
    d = record.decoding
    return d is None or (d.encoding.lower().replace("_", "-") in ("utf-8", "ascii") and not d.bom and not d.originals)
