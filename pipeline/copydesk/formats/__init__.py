"""Readers and writers: how documents lie in files."""

from __future__ import annotations

import json
import re
from typing import Literal, get_args

from copydesk.errors import InputError
from copydesk.formats.files import bare, compression, is_stream, open_plain, shown

Format = Literal["text", "html", "jsonl", "parquet", "warc"]
FORMATS: tuple[Format, ...] = get_args(Format)

_ENDINGS: dict[str, Format] = {
    "txt": "text",
    "text": "text",
    "md": "text",
    "html": "html",
    "htm": "html",
    "xhtml": "html",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "parquet": "parquet",
    "pq": "parquet",
    "warc": "warc",
}
#: Names of files that would come out as broken tables.
_TABLES = (".csv", ".tsv")
# XHTML declares itself as XML first, and some systems put a comment before everything.
_PAGE = re.compile(rb"(?:\s|<\?xml[^>]*>|<!--.*?-->)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
#: How much of a file tells its format.
HEAD = 1024


def by_name(path: str) -> Format | None:
    """Return the format that a file's name speaks of, None where it speaks of none.

    >>> by_name("a.JSONL.zst"), by_name("notes"), by_name("a.v2")
    ('jsonl', None, None)
    """
    return _ENDINGS.get(bare(path).rpartition(".")[2].lower())


def by_content(head: bytes) -> Format:
    r"""Return the format of what begins with these (decompressed) bytes; what is nothing else is text.

    >>> by_content(b'{"text": "a"}\n'), by_content(b"<!DOCTYPE html><html>"), by_content(b"Dear reader,")
    ('jsonl', 'html', 'text')
    >>> by_content(b'{"a": 1}\nis an object, and this is prose.')
    'text'
    """
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"WARC/"):
        return "warc"
    start = _start(head)
    if _PAGE.match(start):
        return "html"
    inside = start[1:].lstrip()
    if start[:1] != b"{" or inside[:1] not in (b'"', b"}"):
        return "text"
    first, _, rest = start.partition(b"\n")
    is_prose = rest.lstrip()[:1] not in (b"{", b"") and _ends(first) == "whole"
    return "text" if is_prose else "jsonl"


def _start(head: bytes) -> bytes:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()


def _ends(line: bytes) -> str:
    """Tell whether a line is a `whole` JSON value, ends too `early` for one, or (an empty string) is none."""
    text = line.decode("utf-8", "replace").rstrip()
    try:
        json.loads(text, parse_int=float)
    except json.JSONDecodeError as error:
        return "early" if error.pos >= len(text) else ""
    except RecursionError:
        return ""
    return "whole"


def _check_lines(path: str, start: bytes) -> None:
    """Raise InputError where JSON is not JSON Lines, which would fail for each of its lines."""
    first, ended, _ = start.partition(b"\n")
    if start[:1] == b"[":
        found, flat = "a JSON array", "jq -c '.[]' FILE"
    elif ended and _ends(first) == "early":
        found, flat = "one JSON value over several lines", "jq -c . FILE"
    else:
        return
    raise InputError(
        f"{shown(path)}: holds {found}; JSON Lines are read, one object on each line. Write it so first, as "
        f"`{flat}` does, or give --format text if it is no JSON"
    )


def detect(path: str) -> Format:
    """Return the format of a file by its name or, where that says nothing, by how it begins.

    Raises InputError where it cannot be read, where it holds JSON that is no JSON Lines, and for tables by their names.
    A pipe cannot be read twice: without a name that says more it is text.
    """
    if bare(path).lower().endswith(_TABLES):
        raise InputError(
            f"{shown(path)}: is called a table, whose rows are no text to cut lines from. Write it as JSON Lines or "
            "Parquet and name the field with --field, or give --format text to clean it as lines all the same"
        )
    named = by_name(path)
    if named is not None or is_stream(path):
        return named or "text"
    with open_plain(path) as file:
        return detect_in(path, file.read(HEAD))


def detect_in(path: str, head: bytes) -> Format:
    """Return the format of a file by how it begins (`HEAD` bytes, decompressed); raises as `detect` does."""
    form, start = by_content(head), _start(head)
    if bare(path).lower().endswith(".json") and start[:1] in (b"{", b"["):
        form = "jsonl"
    if form == "jsonl":
        _check_lines(path, start)
    return form


def output_name(name: str, form: Format, *, extracts: bool) -> str:
    """Return what the output of a file is called: its own name, with a further ending where the format changes.

    >>> output_name("a/b.html.gz", "html", extracts=True), output_name("a/b.html", "html", extracts=False)
    ('a/b.html.txt.gz', 'a/b.html')
    >>> output_name("crawl.warc.gz", "warc", extracts=True)
    'crawl.warc.jsonl.gz'
    """
    added = ".jsonl" if form == "warc" else ".txt" if form == "html" and extracts else ""
    return f"{bare(name)}{added}{name[len(bare(name)) :]}"


def known_format(name: str) -> Format:
    """Return the format of that name; InputError lists what there is."""
    for form in FORMATS:
        if form == name:
            return form
    raise InputError(f"there is no format {name!r}; there are {', '.join(FORMATS)}")


__all__ = [
    "FORMATS", "HEAD", "Format", "by_content", "by_name", "compression", "detect", "detect_in", "known_format",
    "output_name",
]  # fmt: skip
