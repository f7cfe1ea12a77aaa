"""`copydesk learn`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from copydesk.api import DEFAULT_HTML_CHAIN
from copydesk.chain import Chain
from copydesk.cli import _chains
from copydesk.cli._files import display_name, files_below, is_html, is_jsonl, read_input, whole_file
from copydesk.cli._messages import EXIT_FAILED, say
from copydesk.document import Source
from copydesk.errors import ConfigError, CopydeskError, InputError
from copydesk.formats.jsonl import parse_line
from copydesk.stage import find


@click.command("learn")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--output", metavar="FILE", help="Write to this file, such as site.repeats.")
@click.option("--stage", "name", default="repeats", show_default=True, help="The stage that the file is for.")
@click.option("--min-documents", type=click.IntRange(2), default=2, show_default=True,
              help="Leave out what fewer documents have.")  # fmt: skip
@click.option("--field", default="text", show_default=True, help="JSON Lines: the field that holds the text.")
def command(paths: tuple[str, ...], output: str | None, name: str, min_documents: int, field: str) -> int:
    r"""Count the lines that the documents of one site share, and write them as a file for the stage `repeats`.

    PATH is a file, a folder, or JSON Lines with a document a line. Text goes through the chain `minimal`, pages
    through `extract` first; nothing of it is changed. The file can be read, compared and edited; a chain uses it by

    \b
        [repeats]
        file = "site.repeats"
    """
    stage = find(name)
    learn = getattr(stage, "learn", None)
    if learn is None:
        raise ConfigError(f'the stage "{name}" learns nothing from documents; it has no function `learn`')
    reader = _Reader(field)
    made: str = learn(reader.texts(paths), min_documents=min_documents)
    if not reader.read:
        raise InputError("no document could be read, so there is nothing to learn")
    if output:
        with whole_file(Path(output)) as file:
            file.write(made.encode("utf-8"))
        say(f"{output}: learned from {reader.read} documents")
    else:
        sys.stdout.buffer.write(made.encode("utf-8"))
        sys.stdout.buffer.flush()
    return EXIT_FAILED if reader.failed else 0


class _Reader:
    """Reads documents one after another; one that cannot be read is named and costs no other."""

    def __init__(self, field: str) -> None:
        self.field = field
        self.read = 0
        self.failed = 0

    def texts(self, paths: tuple[str, ...]) -> Iterator[str]:
        """Yield the text of every document."""
        for path in paths:
            files = [str(found) for found in files_below(Path(path))] if Path(path).is_dir() else [path]
            for file in files:
                try:
                    yield from self._lines(file) if is_jsonl(file) else [self._whole(file)]
                except CopydeskError as error:
                    self._failed(str(error))

    def _whole(self, path: str) -> str:
        html = is_html(path)
        only = ("decode", "extract", "repair") if html else ()
        chain: Chain = _chains.load(DEFAULT_HTML_CHAIN if html else "minimal", only=only)
        source = Source(name=display_name(path), media_type="text/html" if html else "text/plain")
        text = chain.run(read_input(path), source=source, on_error="keep").text
        self.read += 1
        return text

    def _lines(self, path: str) -> Iterator[str]:
        for number, data in enumerate(read_input(path).splitlines(keepends=True), start=1):
            if not data.strip():
                continue
            try:
                line = parse_line(data)
                text = line.value(self.field) if line.has(self.field) else None
            except InputError as error:
                self._failed(f"{display_name(path)}:{number}: {error}")
                continue
            if not isinstance(text, str):
                self._failed(f'{display_name(path)}:{number}: has no string under "{self.field}"; name it with --field')
                continue
            self.read += 1
            yield text

    def _failed(self, problem: str) -> None:
        self.failed += 1
        say(problem)
