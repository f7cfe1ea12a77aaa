"""What a rejected change becomes: a `keep` in the chain file, an exception in a shared file, or a golden case."""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from copydesk.document import Document
from copydesk.errors import CopydeskError, InputError
from copydesk.explain.history import history
from copydesk.keeping import ANY
from copydesk.record import Record
from copydesk.review.chainfile import ChainFile, Editable, ExceptionsFile
from copydesk.review.negative import make_case, remove_case
from copydesk.review.outputs import output_of
from copydesk.review.runs import record_at
from copydesk.review.store import SHOWN, Item, Store, item_id

As = Literal["keep", "exception", "golden", "note"]
_NEIGHBOURS = 3
#: A golden case holds a whole document where the change needs it, up to this size.
_LARGEST_CASE = 200_000


@dataclass(slots=True)
class Desk:
    """Where decisions go: the store, and the files and the golden folder that were named on the command line."""

    store: Store
    run: Path
    chain: ChainFile | None = None
    golden: Path | None = None
    exceptions: ExceptionsFile | None = None

    @property
    def files(self) -> list[Editable]:
        """The files that entries are put into."""
        return [file for file in (self.chain, self.exceptions) if file]

    @property
    def possible(self) -> list[As]:
        """What a rejection can become at all, with what was named on the command line."""
        named: dict[As, Any] = {"keep": self.chain, "exception": self.exceptions, "golden": self.golden, "note": True}
        return [as_ for as_, there in named.items() if there]

    def choices(self, item: Item) -> list[As]:
        """Return what a rejection of this item can become."""
        if item.kind == "drop" and len(item.old) < SHOWN:
            return self.possible
        return [as_ for as_ in self.possible if as_ == "note" or (as_ == "golden" and item.kind == "replace")]

    def accept(self, item: Item) -> None:
        """Accept an item; what an earlier rejection wrote is taken back."""
        self._undo(item)
        self.store.decide(item.id, "accepted")

    def reopen(self, item: Item) -> None:
        """Take a decision back, with what was written for it."""
        self._undo(item)
        self.store.decide(item.id, "open")

    def reject(self, item: Item, as_: As) -> dict[str, Any]:
        """Reject an item and return what was written for it. InputError where it cannot become that."""
        if as_ not in self.choices(item):
            raise InputError(
                f"a rejection of {item.stage}/{item.rule} cannot become {as_!r}; it can: {self.choices(item)}"
            )
        self._undo(item)
        made: dict[str, Any] = {"as": as_}
        phrase = " ".join(item.old.split())
        if as_ == "keep" and self.chain:
            made |= {"phrase": phrase, "added": self.chain.add_keep(item.stage, phrase)}
        elif as_ == "exception" and self.exceptions:
            language = _language(record_at(Path(item.file), item.at))
            if self.chain:
                self.chain.name_exceptions(self.exceptions.path)
            made |= {"phrase": phrase, "language": language, "added": self.exceptions.add(language, phrase)}
        elif as_ == "golden" and self.golden:
            made |= make_case(self.golden, item, self._texts(item), self.chain.path if self.chain else None)
        self.store.decide(item.id, "rejected", made)
        return made

    def _undo(self, item: Item) -> None:
        made = json.loads(item.made or "{}")
        if made.get("added") and made["as"] == "keep" and self.chain:
            self.chain.remove_keep(item.stage, made["phrase"])
        if made.get("added") and made["as"] == "exception" and self.exceptions:
            self.exceptions.remove(made["language"], made["phrase"])
        if made.get("as") == "golden" and self.golden:
            remove_case(Path(made["case"]), self.golden)

    def _texts(self, item: Item) -> list[str]:
        """Return what a case may hold, the shortest first: the paragraph with its neighbours, and the document."""
        moment = self._moment(item)
        if moment is None:
            if item.kind != "drop":
                raise InputError(
                    "the output that this change belongs to is not at hand, so there is no text for a case"
                )
            return [item.old.rstrip("\r\n") + "\n"]
        document, (start, end) = moment
        near = _NEIGHBOURS if item.kind == "drop" else 0
        first, last = _around(document, start, end, near)
        texts = [document.text[first:last].rstrip("\r\n") + "\n"]
        if len(document.text) <= _LARGEST_CASE:
            texts.append(document.text)
        return texts

    def context(self, item: Item) -> tuple[str, str] | None:
        """Return what stood before and behind a change; None where the output that it belongs to is not at hand."""
        moment = self._moment(item)
        if moment is None:
            return None
        document, (start, end) = moment
        first, last = _around(document, start, end, _NEIGHBOURS)
        return document.text[first:start][-SHOWN:], document.text[end:last][:SHOWN]

    def _moment(self, item: Item) -> tuple[Document, tuple[int, int]] | None:
        """Return the document as it was before a change, and where in it the change was; None if not at hand."""
        try:
            record = record_at(Path(item.file), item.at)
            change = record.changes[item.place]
            output = output_of(self.run, record)
            if item_id(change) != item.id or output is None:
                return None
            past = history(output, record)
        except (CopydeskError, OSError, IndexError):
            return None
        return next(moment.before for moment in past.moments if moment.step == change.step), change.before


def _around(document: Document, start: int, end: int, neighbours: int) -> tuple[int, int]:
    """Return where the paragraphs around a place begin and end."""
    blocks, starts = document.blocks, document.starts
    first = max(0, _index(document, start) - neighbours)
    last = min(len(blocks) - 1, _index(document, end) + neighbours)
    return starts[blocks[first].id], max(end, starts[blocks[last].id] + len(blocks[last].text))


def _index(document: Document, offset: int) -> int:
    """Return the number of the block at an offset, from 0."""
    return max(0, bisect_right(document.blocks, offset, key=lambda block: document.starts[block.id]) - 1)


def _language(record: Record) -> str:
    """Return the language that an exception of this document is for."""
    tag = str(record.tags.get("language", "und")).partition("-")[0]
    return ANY if tag == "und" else tag
