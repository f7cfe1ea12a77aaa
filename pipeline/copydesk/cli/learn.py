"""`copydesk learn`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import click

from copydesk.api import DEFAULT_HTML_CHAIN
from copydesk.chain import Chain
from copydesk.cli._files import apart, whole_file
from copydesk.cli._inputs import documents
from copydesk.cli._messages import EXIT_FAILED, say
from copydesk.document import Source
from copydesk.errors import ConfigError, CopydeskError, InputError
from copydesk.stage import find


@click.command("learn")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--output", metavar="FILE", help="Write to this file, such as site.repeats.")
@click.option("--stage", "name", default="repeats", show_default=True, help="The stage that the file is for.")
@click.option("--min-documents", type=click.IntRange(2), default=2, show_default=True,
              help="Leave out what fewer documents have.")  # fmt: skip
@click.option("--field", default="text", show_default=True, help="JSON Lines: the field that holds the text.")
def command(paths: tuple[str, ...], output: str | None, name: str, min_documents: int, field: str) -> int:
    """Count the lines that the documents of one site share, and write them as a file for the stage `repeats`.

    PATH is a file, a folder, or JSON Lines, Parquet or WARC with many documents. Text files go through the chain
    `minimal`, pages through `extract` first; nothing of it is changed. What is learned can be read, compared and
    edited; a chain uses it by `file = "site.repeats"` in its table `[repeats]`.
    """
    stage = find(name)
    learn = getattr(stage, "learn", None)
    if learn is None:
        raise ConfigError(f'the stage "{name}" learns nothing from documents; it has no function `learn`')
    apart(paths, {"-o": output})
    reader = _Reader()
    found = documents(paths, field=field, failed=reader.failed)
    made: str = learn(reader.texts(found), min_documents=min_documents)
    if not reader.read:
        raise InputError("no document could be read, so there is nothing to learn")
    if output:
        with whole_file(Path(output)) as file:
            file.write(made.encode("utf-8"))
        say(f"{output}: learned from {reader.read} documents")
    else:
        sys.stdout.buffer.write(made.encode("utf-8"))
        sys.stdout.buffer.flush()
    return EXIT_FAILED if reader.failures else 0


class _Reader:
    """Makes text of documents, one after another; one that cannot be read is named and costs no other."""

    def __init__(self) -> None:
        self.read = 0
        self.failures = 0

    def texts(self, found: Iterable[tuple[Source, str | bytes]]) -> Iterator[str]:
        """Yield the text of every document."""
        for source, data in found:
            try:
                text = _text(source, data)
            except CopydeskError as error:
                self.failed(str(error))
            else:
                self.read += 1
                yield text

    def failed(self, problem: str) -> None:
        """Say what could not be read."""
        self.failures += 1
        say(problem)


def _text(source: Source, data: str | bytes) -> str:
    html = source.media_type == "text/html"
    if isinstance(data, str) and not html:
        return data
    return _chain(html=html).run(data, source=source, on_error="keep").text


@cache
def _chain(*, html: bool) -> Chain:
    return Chain.load(DEFAULT_HTML_CHAIN, only=("decode", "extract", "repair")) if html else Chain.load("minimal")
