"""Documents to look at, from files of any format and folders, without cleaning them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from copydesk.cli._files import STDIN, display_name, files_below, format_of, read_input
from copydesk.cli._messages import say
from copydesk.document import Source
from copydesk.errors import InputError
from copydesk.formats.base import Layout, sheaf

#: Number in its file, source and data of a document.
Numbered = tuple[int, Source, str | bytes]

Say = Callable[[str], object]


def documents(
    paths: tuple[str, ...], *, field: str = "text", sample: int | None = None, failed: Say = say
) -> Iterator[tuple[Source, str | bytes]]:
    """Yield source and data of each document; `sample` chooses that many by a hash of their names.

    What cannot be read is told to `failed`, which says it on standard error, and left out.
    """
    if sample is None:
        for path in _files(paths):
            yield from _readable(path, field, failed)
        return
    chosen: list[tuple[bytes, Source, str | bytes]] = []
    for path in _files(paths):
        for source, data in _readable(path, field, failed):
            key = hashlib.sha256((source.name or "").encode("utf-8", "surrogatepass")).digest()
            chosen.append((key, source, data))
            if len(chosen) > 4 * sample:
                chosen = sorted(chosen, key=lambda item: item[0])[:sample]
    for _, source, data in sorted(chosen, key=lambda item: item[0])[:sample]:
        yield source, data


def _readable(path: str, field: str, failed: Say) -> Iterator[tuple[Source, str | bytes]]:
    try:
        for _, source, data in read(path, field=field, failed=failed):
            yield source, data
    except InputError as error:
        failed(str(error))


def _files(paths: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        if path != STDIN and Path(path).is_dir():
            yield from (str(file) for file in files_below(Path(path)))
        else:
            yield path


def read(path: str, *, field: str = "text", form: str | None = None, failed: Say = say) -> Iterator[Numbered]:
    """Yield number (from 1), source and data of each document in one file or on standard input, in order.

    A document of many that cannot be read is told to `failed` and left out. Raises InputError where the file
    cannot be.
    """
    form = form or format_of(path)
    name = display_name(path)
    if form in ("text", "html"):
        yield 1, Source(name=name, media_type="text/html" if form == "html" else "text/plain"), read_input(path)
        return
    if path == STDIN:
        raise InputError(f"{form} is looked at in a file; name it instead of standard input")
    module = sheaf(form)
    layout = Layout(field, "")
    for chunk in module.cut(path, layout):
        for item in module.session(chunk, layout).items():
            if item.problem:
                failed(f"{name}:{item.number}: {item.problem}")
            elif item.data is not None:
                yield item.number, item.source(f"{name}:{item.number}", html=item.html), item.data
