"""The record of what a chain did to one document: enough to explain it, compare it and undo it.

As JSON Lines it is one header followed by one line for each change. The schema is `record.schema.json` beside this
module.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from copydesk.decoding import Decoding
from copydesk.document import Document
from copydesk.edits import Change
from copydesk.errors import InputError

#: Version of the record's form. A reader refuses what is newer.
SCHEMA = 1
#: `split` of a document whose blocks its caller gave.
GIVEN = -1
_NONE = type(None)
_HEADER = {
    "document": (str, _NONE), "input": (str,), "output": (str,), "chain": (str,), "versions": (dict,),
    "decoding": (dict, _NONE), "layout": (str,), "split": (int, _NONE), "lead": (int,), "trail": (int,),
    "blocks": (list,), "tags": (dict,), "flags": (list,), "spelling": (str, _NONE),
}  # fmt: skip
_DECODING = {"encoding": (str,), "how": (str,), "lossy": (bool,), "originals": (list,), "exceptions": (list,)}
_CHANGE = {
    "step": (int,), "stage": (str,), "kind": (str,), "rule": (str,), "why": (str,), "score": (int, float, _NONE),
    "block": (int, _NONE), "before": (list,), "after": (list,), "old": (str, _NONE), "new": (str, _NONE),
    "detail": (dict,),
}  # fmt: skip
#: The tag of a document by which a stage raises a flag.
FLAG = "flag"
# Between a high and a low surrogate, which JSON cannot keep apart: escaped side by side they are one character.
_HALVES = re.compile(r"(?<=[\ud800-\udbff])(?=[\udc00-\udfff])")


def digest(data: str | bytes) -> str:
    """Return the SHA-256 of bytes, or of a text as UTF-8 (lone surrogates allowed), in hexadecimal."""
    return measured(data)[0]


def measured(data: str | bytes) -> tuple[str, int]:
    """Return `digest` of bytes or of a text, and how many bytes these are."""
    encoded = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return hashlib.sha256(encoded).hexdigest(), len(encoded)


def encodable(text: str) -> bool:
    """Tell whether UTF-8 can say a text: it has no surrogate halves."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a person should know of a document.

    `name` is `emptied`, `guard`, `error`, `lossy`, or what a stage has set the document's tag `flag` to.
    """

    name: str
    stage: str = ""
    why: str = ""

    def __str__(self) -> str:
        return f"{self.name}:{self.stage}" if self.stage else self.name


@dataclass(frozen=True, slots=True)
class Record:
    """What happened to one document.

    `input` and `output` are digests (of the bytes where the chain was given bytes). `split` is the number of the first
    step whose edits spoke of blocks (-1: the caller gave the blocks, None: no step did); `blocks` lists id, length
    and length of the separator of the blocks in the output, `lead` and `trail` the lengths of the space around them.
    `spelling` is the source's, of a document that was changed (see `Source`).
    """

    document: str | None
    input: str
    output: str
    chain: str
    versions: Mapping[str, str] = field(default_factory=dict)
    decoding: Decoding | None = None
    layout: str = "auto"
    split: int | None = None
    lead: int = 0
    trail: int = 0
    blocks: Sequence[tuple[int, int, int]] = ()
    tags: Mapping[str, Any] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()
    changes: tuple[Change, ...] = ()
    spelling: str | None = None

    @property
    def name(self) -> str:
        """What messages call the document."""
        return self.document or "the document"

    def header(self) -> dict[str, Any]:
        """Return everything but the changes as JSON values."""
        return {
            "copydesk": SCHEMA,
            "document": self.document,
            "input": self.input,
            "output": self.output,
            "chain": self.chain,
            "versions": dict(self.versions),
            "decoding": self.decoding.to_json() if self.decoding else None,
            "layout": self.layout,
            "split": self.split,
            "lead": self.lead,
            "trail": self.trail,
            "blocks": [list(block) for block in self.blocks],
            "tags": dict(self.tags),
            "flags": [{"name": f.name, "stage": f.stage, "why": f.why} for f in self.flags],
            "changes": len(self.changes),
            **({"spelling": self.spelling} if self.spelling is not None else {}),
        }

    def to_lines(self) -> Iterator[str]:
        """Yield the record as lines of JSON without line breaks."""
        yield _dumped(self.header())
        for change in self.changes:
            yield _dumped(change.to_json())

    def encoded(self) -> bytes:
        """Return the record as it is written to a file."""
        return "".join(f"{line}\n" for line in self.to_lines()).encode("ascii")

    def texts(self) -> tuple[Change, ...]:
        """Return the changes that touch the text (all but tags)."""
        return tuple(change for change in self.changes if change.kind != "tag")


def _dumped(row: dict[str, Any]) -> str:
    line = json.dumps(row, ensure_ascii=True)
    if "\\ud" not in line:  # no character beyond the BMP, which is most lines
        return line
    pieces = _in_pieces(row)
    return line if pieces == row else json.dumps(pieces, ensure_ascii=True)


def _in_pieces(value: Any) -> Any:
    """Return a JSON value with every text that has two surrogate halves side by side cut between them."""
    if isinstance(value, str):
        pieces = [] if encodable(value) else _HALVES.split(value)
        return {"pieces": pieces} if len(pieces) > 1 else value
    if isinstance(value, Mapping):
        return {key: _in_pieces(inner) for key, inner in value.items()}
    return list(map(_in_pieces, value)) if isinstance(value, list | tuple) else value


def _joined(value: dict[str, Any]) -> Any:
    """Return the text that an object of pieces stands for, any other object as it is."""
    pieces = value.get("pieces")
    if len(value) == 1 and isinstance(pieces, list) and len(pieces) > 1 and all(isinstance(p, str) for p in pieces):
        text = "".join(pieces)
        return text if _HALVES.split(text) == pieces else value
    return value


def outline(document: Document) -> tuple[tuple[int, int, int], ...]:
    """Return id, length and separator length of each block."""
    return tuple((block.id, len(block.text), len(block.separator)) for block in document.blocks)


def read_records(lines: Iterable[str | bytes], name: str = "edits", *, output: str | None = None) -> Iterator[Record]:
    r"""Read records, lines of text or UTF-8, that were written one after another; `name` is what errors call the file.

    With `output` only records of an output with that digest; the changes of others are passed over unread. Raises
    InputError with file and line on anything that is no record, or one of a newer schema.

    >>> import copydesk
    >>> record = copydesk.run("A text.\n", chain="minimal").record
    >>> list(read_records(record.to_lines())) == [record]
    True
    """
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    for number, line in numbered:
        header = _parse(line, name, number)
        if "copydesk" not in header:
            raise InputError(f'{name}:{number}: this line is no header of a record (it has no "copydesk" key)')
        if not isinstance(header["copydesk"], int) or header["copydesk"] > SCHEMA:
            raise InputError(
                f"{name}:{number}: the record has schema {header['copydesk']}, this copydesk reads up to {SCHEMA}; "
                "use the version of copydesk that wrote it, or a newer one"
            )
        changes: list[Change] = []
        seen = 0
        try:
            wanted = output is None or header["output"] == output
            for seen in range(header["changes"]):  # noqa: B007  # the error below tells how many were there
                number, line = next(numbered)  # noqa: PLW2901  # errors below name the line that was read last
                if wanted:
                    changes.append(Change.from_json(_typed(_parse(line, name, number), _CHANGE)))
            if wanted:
                yield _from_header(_typed(header, _HEADER), tuple(changes))
        except StopIteration:
            missing = header["changes"] - seen
            raise InputError(f"{name}: the file ends {missing} changes too early; it was cut off") from None
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{name}:{number}: this is no record of copydesk: {error!r}") from None


def _typed(row: dict[str, Any], types: Mapping[str, tuple[type, ...]]) -> dict[str, Any]:
    """Return the row; TypeError names the first value that is not of its type, before anything counts on it."""
    for key, allowed in types.items():
        if key in row and not isinstance(row[key], allowed):
            raise TypeError(f"{key} = {str(row[key])[:40]}")
    for key in ("before", "after"):
        if key in row and list(map(type, row[key])) != [int, int]:
            raise TypeError(f"{key} = {str(row[key])[:40]}")
    return row


def _parse(line: str | bytes, name: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line if isinstance(line, str) else line.decode("utf-8"), object_hook=_joined)
    except UnicodeDecodeError as error:
        problem = f"{name}:{number}: not UTF-8 (byte {error.start} of the line), so no record of copydesk"
        raise InputError(problem) from None
    except ValueError as error:
        raise InputError(f"{name}:{number}: not JSON: {error}") from None
    if not isinstance(row, dict):
        raise InputError(f"{name}:{number}: a JSON object is expected here, found {type(row).__name__}")
    return row


def _from_header(header: Mapping[str, Any], changes: tuple[Change, ...]) -> Record:
    return Record(
        header["document"],
        header["input"],
        header["output"],
        header["chain"],
        header["versions"],
        Decoding.from_json(_typed(header["decoding"], _DECODING)) if header["decoding"] else None,
        header["layout"],
        header["split"],
        header["lead"],
        header["trail"],
        tuple((block_id, length, separator) for block_id, length, separator in header["blocks"]),
        header["tags"],
        tuple(Flag(f["name"], f["stage"], f["why"]) for f in header["flags"]),
        changes,
        header.get("spelling"),
    )
