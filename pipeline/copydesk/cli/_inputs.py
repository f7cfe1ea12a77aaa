"""Documents to look at, from files, folders and JSON Lines, without cleaning them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from copydesk.cli._files import STDIN, display_name, files_below, is_html, is_jsonl, open_input, read_input
from copydesk.cli._messages import say
from copydesk.document import Source
from copydesk.errors import InputError
from copydesk.formats.jsonl import parse_line

_NO_DOCUMENT = (".edits.jsonl", ".why.jsonl", "run.json")


def documents(
    paths: tuple[str, ...], *, field: str = "text", sample: int | None = None
) -> Iterator[tuple[Source, bytes]]:
    """Yield source and bytes of each document; `sample` chooses that many by a hash of their names.

    What cannot be read is said on standard error and left out.
    """
    if sample is None:
        for path in _files(paths):
            yield from _read(path, field)
        return
    chosen: list[tuple[bytes, Source, bytes]] = []
    for path in _files(paths):
        for source, data in _read(path, field):
            key = hashlib.sha256((source.name or "").encode("utf-8", "surrogatepass")).digest()
            chosen.append((key, source, data))
            if len(chosen) > 4 * sample:
                chosen = sorted(chosen, key=lambda item: item[0])[:sample]
    for _, source, data in sorted(chosen, key=lambda item: item[0])[:sample]:
        yield source, data


def _files(paths: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        if path != STDIN and Path(path).is_dir():
            yield from (str(file) for file in files_below(Path(path)) if not file.name.endswith(_NO_DOCUMENT))
        else:
            yield path


def _read(path: str, field: str) -> Iterator[tuple[Source, bytes]]:
    name = display_name(path)
    try:
        if not is_jsonl(path):
            media = "text/html" if is_html(path) else "text/plain"
            yield Source(name=name, media_type=media), read_input(path)
            return
        with open_input(path) as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield from _line(f"{name}:{number}", line, field)
    except InputError as error:
        say(str(error))


def _line(name: str, data: bytes, field: str) -> Iterator[tuple[Source, bytes]]:
    try:
        line = parse_line(data)
        text = line.value(field) if line.has(field) else None
    except InputError as error:
        say(f"{name}: {error}")
        return
    if isinstance(text, str):
        yield Source(name=name), text.encode("utf-8", "surrogatepass")
