"""Find the lines that a site repeats over its documents, and keep them in a file that people can read.

Counting is exact as long as no more than `room` different lines were seen. Beyond that it is the frequent-items sketch
of Misra and Gries (1982) in the batch form that can be merged (Agarwal et al., 2012): all counts are lowered together
and what falls to nothing is forgotten. The file states by how much a count may be too low.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from copydesk import ConfigError, Document
from copydesk_stages.repeats.folding import fold

#: Version of the file format.
VERSION = 1
#: Different lines that are held at once: some 200 MB.
ROOM = 1_000_000
_MAGIC = "# copydesk repeats"
_LONGEST = 400


@dataclass(slots=True)
class Table:
    """How many documents hold each line.

    A line's true number is at least its count and at most `missed` more; a line that is not here is in at most
    `missed` documents. `missed` is 0 while everything was counted.
    """

    documents: int = 0
    missed: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    room: int = ROOM

    def add(self, lines: Iterable[str]) -> None:
        """Count one document's lines, each once."""
        self.documents += 1
        for folded in dict.fromkeys(fold(line) for line in lines if len(line) <= _LONGEST):
            if folded:
                self.counts[folded] = self.counts.get(folded, 0) + 1
        if len(self.counts) > 2 * self.room:
            self._forget()

    def _forget(self) -> None:
        """Lower all counts by that of the line in place `room` + 1, so that at most `room` lines stay."""
        if len(self.counts) <= self.room:
            return
        lowered = sorted(self.counts.values(), reverse=True)[self.room]
        self.missed += lowered
        self.counts = {line: count - lowered for line, count in self.counts.items() if count > lowered}

    def merged(self, other: Table) -> Table:
        """Return the table of both tables' documents. The order of the two makes no difference.

        >>> one, two = Table(), Table()
        >>> one.add(["Share", "A first story."])
        >>> two.add(["Share"])
        >>> one.merged(two).counts["share"]
        2
        """
        counts = dict(self.counts)
        for line, count in other.counts.items():
            counts[line] = counts.get(line, 0) + count
        both = Table(self.documents + other.documents, self.missed + other.missed, counts, max(self.room, other.room))
        both._forget()
        return both

    def at_least(self, documents: int) -> Table:
        """Return the table without lines of fewer documents; what it forgets is added to `missed`."""
        kept = {line: count for line, count in self.counts.items() if count >= documents}
        lost = max((count for count in self.counts.values() if count < documents), default=0)
        return Table(self.documents, self.missed + lost, kept, self.room)

    def dump(self) -> str:
        """Return the text of the file: a header, then a line each, in the order of the alphabet."""
        body = "".join(f"{self.counts[line]}\t{line}\n" for line in sorted(self.counts))
        head = f"{_MAGIC} {VERSION}\n# documents {self.documents}\n# missed {self.missed}\n"
        return f"{head}# sha256 {_digest(head + body)}\n{body}"

    @property
    def hash(self) -> str:
        """The digest that names this table, as its file states it."""
        return self.dump().split("\n", 4)[3].removeprefix("# sha256 ")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def load(text: str, name: str = "the repeats file") -> Table:
    """Return the table that `Table.dump` wrote; ConfigError where it is none, is newer, or was changed."""
    lines = text.split("\n")
    again = "make it anew with `copydesk learn`"
    if not lines[0].startswith(f"{_MAGIC} "):
        raise ConfigError(f"{name}: not a repeats file, which begins with '{_MAGIC} {VERSION}'; {again}")
    stated = lines[0].removeprefix(f"{_MAGIC} ")
    if stated != str(VERSION):
        raise ConfigError(f"{name}: format {stated}; this copydesk reads format {VERSION}; update copydesk or {again}")
    try:
        documents, missed = (int(lines[at].removeprefix(f"# {key} ")) for at, key in ((1, "documents"), (2, "missed")))
        rows = [line.split("\t", 1) for line in lines[4:] if line]
        counts = {line: int(count) for count, line in rows}
    except (ValueError, IndexError) as error:
        raise ConfigError(f"{name}: corrupt ({error}); {again}") from None
    body = "\n".join(lines[4:])
    found = _digest("\n".join(lines[:3]) + "\n" + body)
    if lines[3] != f"# sha256 {found}":
        raise ConfigError(f"{name}: its content does not have the digest it states; it was changed or cut off; {again}")
    return Table(documents, missed, counts)


def learn(documents: Iterable[str | Iterable[str]], *, min_documents: int = 2, room: int = ROOM) -> Table:
    r"""Return the lines that documents share: each a text, or its lines.

    Lines of fewer than `min_documents` documents are left out of the table at the end.

    >>> learn(["Share\nThe dam held.\n", "Share\nThe dam broke.\n"]).counts
    {'share': 2}
    """
    table = Table(room=room)
    for document in documents:
        table.add(_lines(document))
    return table.at_least(min_documents)


def learn_paths(paths: Iterable[str | os.PathLike[str]], *, min_documents: int = 2, room: int = ROOM) -> Table:
    """Return the lines that files share, a document each, read as UTF-8 (what is none becomes U+FFFD)."""
    texts = (Path(path).read_text(encoding="utf-8", errors="replace") for path in paths)
    return learn(texts, min_documents=min_documents, room=room)


def _lines(document: str | Iterable[str]) -> Iterator[str]:
    if isinstance(document, str):
        return (block.text for block in Document(document, layout="lines").blocks)
    return iter(document)
