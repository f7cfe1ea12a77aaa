"""What a rejected change becomes: a `keep` in the chain file, or a golden case that must stay untouched."""

from __future__ import annotations

import contextlib
import json
import os
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from copydesk.document import Document
from copydesk.errors import ConfigError, CopydeskError, InputError
from copydesk.explain.history import history
from copydesk.golden.cases import EDITS, TEXT
from copydesk.record import Record, digest
from copydesk.review.chainfile import ChainFile
from copydesk.review.runs import record_at
from copydesk.review.store import SHOWN, Item, Store, item_id

As = Literal["keep", "golden", "note"]
_NEIGHBOURS = 3
_CASE = ("input.txt", "chain.toml", TEXT, EDITS)


@dataclass(slots=True)
class Desk:
    """Where decisions go: the store, and the chain file and golden folder that were named on the command line."""

    store: Store
    run: Path
    chain: ChainFile | None = None
    golden: Path | None = None

    def choices(self, item: Item) -> list[As]:
        """Return what a rejection of this item can become."""
        found: list[As] = []
        whole = len(item.old) < SHOWN
        if self.chain and item.kind == "drop" and whole and self.chain.can_keep(item.stage):
            found.append("keep")
        if self.golden and item.kind == "drop" and whole:
            found.append("golden")
        return [*found, "note"]

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
        if as_ == "keep":
            assert self.chain
            phrase = " ".join(item.old.split())
            made |= {"phrase": phrase, "added": self.chain.add_keep(item.stage, phrase)}
        elif as_ == "golden":
            made["case"] = str(self._case(item))
        self.store.decide(item.id, "rejected", made)
        return made

    def _undo(self, item: Item) -> None:
        made = json.loads(item.made or "{}")
        if made.get("as") == "keep" and made.get("added") and self.chain:
            self.chain.remove_keep(item.stage, made["phrase"])
        if made.get("as") == "golden" and self.golden:
            folder = Path(made["case"])
            # Only what was made here, and only where it was made: below the folder that was named.
            if folder.resolve().is_relative_to(self.golden.resolve()) and folder.is_dir():
                for name in _CASE:
                    (folder / name).unlink(missing_ok=True)
                with contextlib.suppress(OSError):  # something else lies there; it stays
                    folder.rmdir()

    def _case(self, item: Item) -> Path:
        assert self.golden
        folder = self.golden / _safe(item.stage) / "negative" / f"{_safe(item.rule)}-{item.id[:8]}"
        if folder.exists():
            raise InputError(f"{folder}: there is a case of that name; look at it")
        text = self._around(item)
        folder.mkdir(parents=True)
        base = os.path.relpath(self.chain.path, folder) if self.chain else "news"
        lines = [f"extends = {json.dumps(base.replace(os.sep, '/'))}", f"stages = {json.dumps([item.stage])}"]
        (folder / "chain.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for name, content in (("input.txt", text), (TEXT, text), (EDITS, "")):
            (folder / name).write_bytes(content.encode("utf-8", "backslashreplace"))
        return folder

    def _around(self, item: Item) -> str:
        """Return the paragraph with its neighbours where the output is at hand, else the paragraph alone."""
        before, after = self.context(item) or ("", "\n")
        return (before + item.old + after).rstrip("\r\n") + "\n"

    def context(self, item: Item) -> tuple[str, str] | None:
        """Return what stood before and behind a change; None where the output that it belongs to is not at hand."""
        try:
            record = record_at(Path(item.file), item.at)
            change = record.changes[item.place]
            output = self._output(record)
            if item_id(change) != item.id or output is None:
                return None
            past = history(output, record)
        except (CopydeskError, OSError, IndexError):
            return None
        document = next(moment.before for moment in past.moments if moment.step == change.step)
        blocks = document.blocks
        start, end = change.before
        first = max(0, _index(document, start) - _NEIGHBOURS)
        last = min(len(blocks) - 1, _index(document, end) + _NEIGHBOURS)
        text = document.text
        stop = document.starts[blocks[last].id] + len(blocks[last].text)
        return text[document.starts[blocks[first].id] : start][-SHOWN:], text[end:stop][:SHOWN]

    def _output(self, record: Record) -> str | None:
        folder = self.run if self.run.is_dir() else self.run.parent
        path = folder / (record.document or "")
        try:
            if not path.resolve().is_relative_to(folder.resolve()):
                return None
            text = path.read_bytes().decode("utf-8")
        except (OSError, ValueError):
            return None
        return text if digest(text) == record.output else None


def _index(document: Document, offset: int) -> int:
    """Return the number of the block at an offset, from 0."""
    return max(0, bisect_right(document.blocks, offset, key=lambda block: document.starts[block.id]) - 1)


def _safe(name: str) -> str:
    return "".join(char if char.isalnum() or char in "-_" else "-" for char in name)[:60].strip("-") or "unnamed"


def chain_file(path: Path | None) -> ChainFile | None:
    """Return the chain file that was named; one that is not there is made, as an extension of the default chain."""
    if path is None:
        return None
    if not path.exists():
        if path.suffix != ".toml":
            raise ConfigError(f"{path}: name a chain file (.toml) that rejections are written to")
        try:
            path.write_text('extends = "news"\n', encoding="utf-8")
        except OSError as error:
            raise InputError(f"{path}: cannot be written: {error.strerror}") from None
    return ChainFile(path)
