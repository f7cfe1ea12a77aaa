"""A chain: stages run one after another over a document, each guarded, each change recorded."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from copydesk.apply import EditError, apply
from copydesk.decoding import Decoding, RawDocument
from copydesk.document import Document, Layout, Source
from copydesk.edits import CERTAIN, Change, Edit
from copydesk.errors import ConfigError, InputError, StageError
from copydesk.record import GIVEN, Flag, Record, digest, outline
from copydesk.stage import FORMS, BytesStage, Stage, form_given, form_taken

OnError = Literal["keep", "skip", "fail"]
#: Share of a document's characters that one stage may remove with edits that are not certain.
MAX_REMOVED = 0.3


@dataclass(frozen=True, slots=True)
class Step:
    """A stage in its place: `name` is what the chain calls it, `use` how it is found, `max_removed` its guard."""

    name: str
    stage: Any
    use: str = ""
    max_removed: float = MAX_REMOVED


@dataclass(frozen=True, slots=True)
class Failure:
    """A stage that raised on a document, was skipped, and how."""

    error: StageError
    traceback: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a chain made of one document."""

    document: Document
    record: Record
    failures: tuple[Failure, ...] = ()

    @property
    def text(self) -> str:
        """The cleaned text."""
        return self.document.text

    @property
    def language(self) -> str:
        """BCP-47 tag of the document, `und` where no stage was sure."""
        return self.document.language

    @property
    def tags(self) -> Mapping[str, Any]:
        """Tags of the document."""
        return self.document.tags

    @property
    def edits(self) -> tuple[Change, ...]:
        """Every change, in the order in which they were applied."""
        return self.record.changes

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What a person should know: `emptied`, a guard that stepped in, a stage that failed, a lossy decoding."""
        return self.record.flags

    @property
    def changed(self) -> bool:
        """Whether the text differs from the decoded input."""
        return bool(self.record.texts())


@dataclass(frozen=True)
class Chain:
    r"""Stages in order. Make one with `Chain.load`, or from stages directly with `Chain.of`.

    >>> from copydesk_stages.dedupe import Dedupe
    >>> chain = Chain.of(Dedupe(min_chars=5))
    >>> chain.run("One line.\nOne line.\n").text
    'One line.\n'
    """

    steps: tuple[Step, ...]
    name: str = ""
    layout: Layout = "auto"

    def __post_init__(self) -> None:
        """Refuse what cannot run: a name twice, options that do not fit, an order that cannot be."""
        from copydesk.options import check_stage

        check_order(self.steps)
        for step in self.steps:
            check_stage(step.name, step.stage)

    @classmethod
    def load(
        cls,
        chain: str | os.PathLike[str],
        *,
        overrides: Mapping[str, Any] | None = None,
        skip: Sequence[str] = (),
        only: Sequence[str] = (),
    ) -> Chain:
        """Load a chain file, or one of the shipped chains by name (`minimal`, `news`, `web`).

        `overrides` maps dotted keys to values as `--set` does; `skip` and `only` name stages to leave out or to keep.
        Raises ConfigError.
        """
        from copydesk.config import load_chain

        return load_chain(chain, overrides=overrides, skip=skip, only=only)

    @classmethod
    def of(cls, *stages: Any, name: str = "", layout: Layout = "auto", max_removed: float = MAX_REMOVED) -> Self:
        """Return a chain of these stage objects, each named after its class in lower case."""
        return cls(
            tuple(
                Step(type(s).__name__.lower(), s, f"{type(s).__module__}:{type(s).__qualname__}", max_removed)
                for s in stages
            ),
            name=name,
            layout=layout,
        )

    def resolved(self) -> dict[str, Any]:
        """Return the chain as plain values: the same values give the same chain, on every machine."""
        tables = {
            step.name: {"use": step.use, "max_removed": step.max_removed, **_options(step.stage)} for step in self.steps
        }
        return {"layout": self.layout, "stages": [step.name for step in self.steps], **tables}

    @cached_property
    def hash(self) -> str:
        """Digest of the resolved chain, 16 hexadecimal digits."""
        canonical = json.dumps(self.resolved(), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    @cached_property
    def versions(self) -> dict[str, str]:
        """Versions of copydesk and of the distributions that decide what comes out."""
        from importlib.metadata import version

        from copydesk import __version__

        used = {name for step in self.steps for name in getattr(step.stage, "uses", ())}
        return {"copydesk": __version__, **{name: version(name) for name in sorted(used)}}

    def run(
        self,
        data: str | bytes | Document,
        *,
        source: Source | None = None,
        on_error: OnError = "fail",
    ) -> Result:
        """Clean one document.

        Bytes go through the chain's stage that takes bytes; without one they have to be UTF-8 (InputError if not).
        `on_error="fail"` raises StageError where a stage raises; `"keep"` skips that stage for this document, flags
        the document and goes on. (`"skip"` is for callers that write documents; here it raises as `"fail"` does.)
        """
        return _Run(self, on_error).run(data, source)


def _options(stage: Any) -> dict[str, Any]:
    if not dataclasses.is_dataclass(stage):
        return {}
    values = {f.name: getattr(stage, f.name) for f in dataclasses.fields(stage) if f.init}
    return {k: list(v) if isinstance(v, tuple) else str(v) if isinstance(v, Path) else v for k, v in values.items()}


def check_order(steps: Sequence[Step]) -> None:
    """Raise ConfigError where two steps share a name, or one wants what an earlier one has already used up."""
    names = [step.name for step in steps]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f'the chain has two stages named "{name}"; give one another name with use = "{name}"')
    for index, step in enumerate(steps):
        takes = form_taken(step.stage)
        for earlier in steps[:index]:
            if FORMS.index(takes) < FORMS.index(form_taken(earlier.stage)):
                raise ConfigError(
                    f'"{step.name}" takes {takes}, but "{earlier.name}" before it works on '
                    f'{form_taken(earlier.stage)}; put "{step.name}" before "{earlier.name}"'
                )
            if takes == "bytes":
                raise ConfigError(f'"{step.name}" and "{earlier.name}" both take bytes; a chain can decode only once')
        late = [name for name in getattr(step.stage, "after", ()) if name in names[index + 1 :]]
        if late:
            raise ConfigError(
                f'"{step.name}" has to come after "{late[0]}", which it builds on; put it behind "{late[0]}" in stages'
            )


class _Run:
    """One run of a chain over one document."""

    def __init__(self, chain: Chain, on_error: OnError) -> None:
        self.chain = chain
        self.on_error = on_error
        self.changes: list[Change] = []
        self.flags: list[Flag] = []
        self.failures: list[Failure] = []
        self.split: int | None = None
        self.step = 0

    def run(self, data: str | bytes | Document, source: Source | None) -> Result:
        """Run all stages and put the record together."""
        decoding: Decoding | None = None
        if isinstance(data, Document):
            document, came_in = data, digest(data.text)
        elif isinstance(data, bytes):
            decoding = self._decode(data, source or Source())
            document = Document(decoding.text, source=source, layout=self.chain.layout)
            came_in = digest(data)
        else:
            document, came_in = Document(data, source=source, layout=self.chain.layout), digest(data)
        if document.carried:
            self.split = GIVEN
        for step in self.chain.steps:
            if form_taken(step.stage) != "bytes":
                document = self._stage(step, document)
        if not document.text.strip() and self.changes and self._had_text():
            self.flags.append(Flag("emptied", why="nothing but markers or boilerplate; the output is empty"))
        return Result(document, self._record(document, decoding, came_in), tuple(self.failures))

    def _had_text(self) -> bool:
        return any(
            change.kind in ("drop", "replace", "recast") and (change.old or "").strip() for change in self.changes
        )

    def _record(self, document: Document, decoding: Decoding | None, came_in: str) -> Record:
        carried = self.split is not None
        if decoding is not None:
            decoding = dataclasses.replace(decoding, text="")
        return Record(
            document=document.source.name,
            input=came_in,
            output=digest(document.text),
            chain=self.chain.hash,
            versions=self.chain.versions,
            decoding=decoding,
            layout=document.layout,
            split=self.split,
            lead=len(document.lead) if carried else 0,
            trail=len(document.trail) if carried else 0,
            blocks=outline(document) if carried else (),
            tags=document.tags,
            flags=tuple(self.flags),
            changes=tuple(self.changes),
        )

    def _decode(self, data: bytes, source: Source) -> Decoding:
        for step in self.chain.steps:
            if form_taken(step.stage) == "bytes":
                decoding = self._call_decoder(step, data, source)
                if decoding.lossy:
                    why = f"some bytes are no {decoding.encoding} and are shown as U+FFFD; undo restores them"
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
        except Exception as error:
            raise StageError(step.name, source.name, f"raised {type(error).__name__}: {error}") from error
        if not isinstance(decoding, Decoding):
            raise StageError(step.name, source.name, f"returned {type(decoding).__name__}; it has to be a Decoding")
        if decoding.to_bytes(decoding.text) != data:
            raise StageError(step.name, source.name, "its decoding does not give the bytes back")
        return decoding

    def _stage(self, step: Step, document: Document) -> Document:
        stage: Stage = step.stage
        try:
            edits = list(stage(document))
            if not edits:
                return document
            after, changes = apply(document, edits, stage=step.name, step=self.step)
        except EditError as error:
            self._fail(step, document, str(error), error)
            return document
        except Exception as error:  # noqa: BLE001  # whatever a stage raises must not cost the document
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
        self.step += 1
        return after

    def _fail(self, step: Step, document: Document, problem: str, error: Exception) -> None:
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


def _certain(score: float | None) -> bool:
    return score is not None and round(score, 3) >= CERTAIN
