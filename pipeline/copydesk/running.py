"""One run of a chain over one document: stages called, guarded and recorded."""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Iterable
from itertools import islice
from typing import Any

from copydesk.apply import apply
from copydesk.chain import Chain, Failure, OnError, Result, Step
from copydesk.decoding import Decoding, RawDocument
from copydesk.document import Document, Source
from copydesk.edits import CERTAIN, Change, Edit
from copydesk.errors import InputError, StageError
from copydesk.keeping import keeping
from copydesk.proposed import EditError
from copydesk.record import FLAG, GIVEN, Flag, Record, measured, outline
from copydesk.stage import BytesStage, Stage, form_given, form_taken

#: A stage that yields more edits than this for a document would never end.
EDITS, EDITS_PER_CHAR = 10_000, 10


class Run:
    """One run of a chain over one document."""

    def __init__(self, chain: Chain, on_error: OnError, max_chars: int | None = None) -> None:
        self.chain = chain
        self.max_chars = max_chars
        self.on_error = on_error
        self.keeping = keeping(chain.keep, chain.exceptions)
        self.changes: list[Change] = []
        self.flags: list[Flag] = []
        self.failures: list[Failure] = []
        self.split: int | None = None
        self.step = 0

    def run(self, data: str | bytes | Document, source: Source | None) -> Result:
        """Run all stages and put the record together."""
        if isinstance(data, (bytearray, memoryview)):
            data = bytes(data)
        if not isinstance(data, (str, bytes, Document)):
            raise TypeError(f"str, bytes or a Document is cleaned, not {type(data).__name__}")
        decoding: Decoding | None = None
        if isinstance(data, Document):
            document = data
        elif isinstance(data, bytes):
            decoding = self._decode(data, source or Source())
            document = Document(decoding.text, source=source, layout=self.chain.layout)
        else:
            document = Document(data, source=source, layout=self.chain.layout)
        self._bound(document)
        came_in = measured(data.text if isinstance(data, Document) else data)
        given = document.text
        if document.carried:
            self.split = GIVEN
        for step in self.chain.steps:
            if form_taken(step.stage) != "bytes":
                document = self._stage(step, document)
        if not document.text.strip() and self.changes and self._had_text():
            self.flags.append(Flag("emptied", why="everything was taken out; the output is empty"))
        text = document.text
        came_out = came_in if text is given and not isinstance(data, bytes) else measured(text)
        record = self._record(document, decoding, came_in[0], came_out[0])
        return Result(document, record, tuple(self.failures), came_in[1], came_out[1])

    def _bound(self, document: Document) -> None:
        length = len(document.text)
        if self.max_chars is not None and length > self.max_chars:
            raise InputError(
                f"{document.source.name or 'the input'}: has {length:,} characters, "
                f"more than --max-chars {self.max_chars:,} allows"
            )

    def _had_text(self) -> bool:
        return any(
            change.kind in ("drop", "replace", "recast") and (change.old or "").strip() for change in self.changes
        )

    def _record(self, document: Document, decoding: Decoding | None, came_in: str, came_out: str) -> Record:
        carried = self.split is not None
        if decoding is not None:
            decoding = dataclasses.replace(decoding, text="")
        return Record(
            document=document.source.name,
            input=came_in,
            output=came_out,
            chain=self.chain.hash,
            versions=self.chain.versions,
            decoding=decoding,
            layout=document.layout,
            split=self.split,
            lead=len(document.lead) if carried else 0,
            trail=len(document.trail) if carried else 0,
            blocks=outline(document) if carried else (),
            tags=dict(document.tags),
            flags=tuple(self.flags),
            changes=tuple(self.changes),
            spelling=document.source.spelling if came_out != came_in else None,
        )

    def _decode(self, data: bytes, source: Source) -> Decoding:
        for step in self.chain.steps:
            if form_taken(step.stage) == "bytes":
                decoding = self._call_decoder(step, data, source)
                if decoding.lossy:
                    bad = next((f" of line {first}" for first, _, name in decoding.exceptions if not name), "")
                    why = f"some bytes{bad} are no {decoding.encoding} and are shown as U+FFFD; undo restores them"
                    self.flags.append(Flag("lossy", step.name, why))
                return decoding
        try:
            return Decoding.of(data, "utf-8", how="utf-8")
        except UnicodeDecodeError as error:
            raise InputError(
                f"{source.name or 'the input'}: not UTF-8 (byte {error.start}), and the chain has no stage that "
                "decodes other encodings; add decode to its stages"
            ) from None

    def _call_decoder(self, step: Step, data: bytes, source: Source) -> Decoding:
        stage: BytesStage = step.stage
        try:
            decoding = stage(RawDocument(data, source))
        except InputError:
            raise
        except (Exception, SystemExit) as error:
            raise StageError(step.name, source.name, f"raised {type(error).__name__}: {error}") from error
        if not isinstance(decoding, Decoding):
            raise StageError(step.name, source.name, f"returned {type(decoding).__name__}; it has to be a Decoding")
        if decoding.to_bytes(decoding.text) != data:
            raise StageError(step.name, source.name, "its decoding does not give the bytes back")
        return decoding

    def _stage(self, step: Step, document: Document) -> Document:
        stage: Stage = step.stage
        try:
            edits = _edits(stage, document)
            if self.keeping and edits:
                edits = self.keeping.allowed(document, edits)
            if not edits:
                return document
            after, changes = apply(document, edits, stage=step.name, step=self.step)
        except EditError as error:
            self._fail(step, document, str(error), error)
            return document
        except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a stage raises must not cost the document
            self._fail(step, document, f"raised {type(error).__name__}: {error}", error)
            return document
        if not changes:
            return document
        kept = self._guard(step, document, edits, changes)
        if kept is not None:
            after, changes = apply(document, kept, stage=step.name, step=self.step)
            if not changes:
                return document
        if self.split is None and after.carried:
            self.split = self.step
        self.changes += changes
        self.flags += [Flag(str(c.detail["new"]), step.name, c.why) for c in changes if _raises_flag(c)]
        self.step += 1
        return after

    def _fail(self, step: Step, document: Document, problem: str, error: BaseException) -> None:
        failed = StageError(step.name, document.source.name, problem)
        if self.on_error != "keep":
            raise failed from error
        self.flags.append(Flag("error", step.name, problem))
        self.failures.append(Failure(failed, "".join(traceback.format_exception(error))))

    def _guard(
        self, step: Step, document: Document, edits: Iterable[Edit], changes: Iterable[Change]
    ) -> list[Edit] | None:
        """Return the edits that may stay where the uncertain ones remove too much, None where all may stay."""
        if form_given(step.stage) != form_taken(step.stage):
            return None  # taking markup away is not taking content away
        removed = sum(
            max(0, len(change.old or "") - len(change.new or ""))
            for change in changes
            if change.kind in ("drop", "replace", "recast") and not _certain(change.score)
        )
        if not removed:
            return None
        size = len(document.text.strip())
        if removed <= step.max_removed * size:
            return None
        why = (
            f"uncertain edits would remove {removed} of {size} characters "
            f"({removed / max(1, size):.0%}, allowed {step.max_removed:.0%}); they were taken back"
        )
        self.flags.append(Flag("guard", step.name, why))
        return [edit for edit in edits if _certain(edit.score)]


def _edits(stage: Stage, document: Document) -> list[Edit]:
    most = EDITS + EDITS_PER_CHAR * len(document.text)
    before = document.__getstate__()
    try:
        edits = list(islice(stage(document), most + 1))
    finally:
        touched = _put_back(document, before)
    if touched:
        raise EditError(f"changes the {touched} of the document itself, which no record would show; yield edits")
    if len(edits) > most:
        raise EditError(f"yields more than {most:,} edits for {len(document.text):,} characters")
    return edits


def _put_back(document: Document, before: dict[str, Any]) -> str:
    """Take back what a stage did to the document behind the engine's back; return what it was, "" for nothing."""
    after = document.__getstate__()
    for name in ("text", "parts", "carried", "source", "tags"):
        late = name in ("text", "parts") and before[name] is None  # made when first asked for
        if not late and after[name] is not before[name] and (name != "tags" or after[name] != before[name]):
            document.__setstate__(before)
            return name
    return ""


def _raises_flag(change: Change) -> bool:
    return change.kind == "tag" and change.block is None and change.detail["key"] == FLAG and bool(change.detail["new"])


def _certain(score: float | None) -> bool:
    return score is not None and round(score, 3) >= CERTAIN
