"""`copydesk review`."""

from __future__ import annotations

import sys
import time
import webbrowser
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from copydesk.cli._files import display_name
from copydesk.cli._messages import say
from copydesk.review.runs import Located, record_files, records
from copydesk.review.store import Store, key_of

#: Seconds between two lines of progress.
_PROGRESS = 0.2


@click.command("review")
@click.argument("run", metavar="RUN")
@click.option("--edits", metavar="FILE|DIR", help="Where the run's records are, if not below RUN.")
@click.option("--chain", metavar="FILE", help="The chain file that a rejection puts a keep into.")
@click.option("--exceptions", metavar="FILE", help="The file of exceptions that a rejection is put into.")
@click.option("--golden", metavar="DIR", help="The folder that a rejection puts a golden case into.")
@click.option("--decisions", metavar="FILE", help="Where decisions are kept. Without it: RUN.review.sqlite.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port to serve on. Without it: a free one.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def command(
    run: str,
    edits: str | None,
    chain: str | None,
    exceptions: str | None,
    golden: str | None,
    decisions: str | None,
    port: int,
    *,
    no_browser: bool,
) -> None:
    """Accept or reject the changes of a run in the browser: by rule, the riskiest first, with one key.

    RUN is the destination of a batch, or the records that clean --edits wrote. A rejection becomes, as you choose, a
    keep in the chain file, an exception in a file that chains share, a golden case that must stay untouched, or a note.
    Decisions are kept at once and can be taken back. Nothing is written but the files that are named here. Ctrl-C ends
    it.
    """
    from copydesk.review.chainfile import chain_file, exceptions_file
    from copydesk.review.decide import Desk
    from copydesk.review.server import Server

    path = Path(run)
    source = Path(edits) if edits else path
    files = record_files(source)
    shared = exceptions_file(Path(exceptions)) if exceptions else None
    own = chain_file(Path(chain)) if chain else None
    if shared and own:
        own.check_exceptions(shared.path)
    beside = path if path.name else path.resolve()  # the working folder has no name of its own
    kept = Path(decisions) if decisions else beside.with_name(f"{beside.name}.review.sqlite")
    with Store(kept) as store:
        say("reading the changes ...")
        store.load(_told(records(source)), key_of(files))
        desk = Desk(store, path, own, Path(golden) if golden else None, shared)
        server = Server(desk, display_name(run), port)
        click.echo(server.url)
        if no_browser or not _open(server.url):
            say("open the address above in a browser on this machine; it can be used once")
        say("Ctrl-C ends the review; decisions are kept as they are made")
        try:
            server.serve()
        except KeyboardInterrupt:
            say(f"decisions are in {kept}")


def _told(found: Iterable[Located]) -> Iterator[Located]:
    """Hand records on; on a terminal, say now and then how many there were."""
    terminal = sys.stderr.isatty()
    shown, changes = time.monotonic(), 0
    for each in found:
        changes += len(each.record.changes)
        if terminal and time.monotonic() - shown > _PROGRESS:
            sys.stderr.write(f"\r{changes:,} changes read")
            shown = time.monotonic()
        yield each
    if terminal:
        sys.stderr.write("\r\x1b[K")


def _open(url: str) -> bool:
    try:
        return webbrowser.open(url)
    except webbrowser.Error:
        return False
