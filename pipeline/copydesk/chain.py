"""A chain: stages run one after another over a document, each guarded, each change recorded."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self, get_args

from copydesk.document import Document, Layout, Source
from copydesk.edits import Change
from copydesk.errors import ConfigError, StageError
from copydesk.record import Flag, Record, digest
from copydesk.stage import FORMS, form_taken, options_of

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
    """What a chain made of one document; `failures` are the stages that it left out, with `on_error="keep"`.

    `bytes_in` and `bytes_out` are the sizes of what went in and came out, of text as UTF-8.
    """

    document: Document
    record: Record
    failures: tuple[Failure, ...] = ()
    bytes_in: int = 0
    bytes_out: int = 0

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
        """What a person should know: `emptied`, a guard that stepped in, a failed stage, lossy bytes, a stage's own."""
        return self.record.flags

    @property
    def changed(self) -> bool:
        """Whether the text differs from the decoded input."""
        return any(change.kind != "tag" for change in self.record.changes)


@dataclass(frozen=True)
class Chain:
    r"""Stages in order. Make one with `Chain.load`, or from stages directly with `Chain.of`.

    >>> from copydesk_stages.dedupe import Dedupe
    >>> chain = Chain.of(Dedupe(min_chars=5))
    >>> chain.run("The dam held.\n\nThe dam held.\n").text
    'The dam held.\n'
    """

    steps: tuple[Step, ...]
    name: str = ""
    layout: Layout = "auto"
    keep: tuple[str, ...] = ()
    exceptions: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot run: a name twice, options that do not fit, an order that cannot be."""
        from copydesk.keeping import keeping
        from copydesk.options import check_stage

        keeping(self.keep, self.exceptions)
        if self.layout not in get_args(Layout):
            raise ConfigError(f"layout = {self.layout!r}: one of {', '.join(get_args(Layout))} is allowed")
        for step in self.steps:
            check_stage(step.name, step.stage)
            if not 0 <= step.max_removed <= 1:
                raise ConfigError(f"{step.name}.max_removed = {step.max_removed!r}: a number from 0 to 1 is allowed")
        check_order(self.steps)

    @classmethod
    def load(
        cls,
        chain: str | os.PathLike[str],
        *,
        overrides: Mapping[str, Any] | None = None,
        skip: Sequence[str] = (),
        only: Sequence[str] = (),
    ) -> Chain:
        """Load a chain file, or one of the shipped chains by name (`copydesk chain --list`).

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
        head: dict[str, Any] = {"layout": self.layout, "stages": [step.name for step in self.steps]}
        if self.keep:
            head["keep"] = list(self.keep)
        if self.exceptions:
            head["exceptions"] = self.exceptions
        return {**head, **tables}

    @cached_property
    def hash(self) -> str:
        """Digest of the resolved chain, 16 hexadecimal digits."""
        resolved = self.resolved()
        if self.exceptions:
            resolved["exceptions"] = digest(Path(self.exceptions).read_bytes())
        for step in self.steps:
            for option in options_of(type(step.stage)):
                path = resolved[step.name].get(option.name)
                if option.file and path:  # what a file holds decides, not where it lies
                    resolved[step.name][option.name] = digest(Path(path).read_bytes())
        canonical = json.dumps(resolved, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    @cached_property
    def versions(self) -> dict[str, str]:
        """Versions of copydesk and of the distributions that decide what comes out, and digests of their models."""
        from importlib.metadata import PackageNotFoundError, version

        from copydesk import __version__

        used = {name for step in self.steps for name in getattr(step.stage, "uses", ())}
        models = {name: digest for step in self.steps for name, digest in getattr(step.stage, "models", {}).items()}
        try:
            return {"copydesk": __version__, **{name: version(name) for name in sorted(used)}, **models}
        except PackageNotFoundError as error:
            raise ConfigError(f"a stage of this chain uses {error.name}, which is not installed; install it") from None

    def run(
        self,
        data: str | bytes | Document,
        *,
        source: Source | None = None,
        on_error: OnError = "fail",
        max_chars: int | None = None,
    ) -> Result:
        """Clean one document.

        Bytes go through the chain's stage that takes bytes; without one they have to be UTF-8 (InputError if not).
        `on_error="fail"` raises StageError where a stage raises; `"keep"` skips that stage for this document, flags
        the document and goes on. (`"skip"` is for callers that write documents; here it raises as `"fail"` does.)
        A document of more than `max_chars` characters raises InputError before any stage sees its text.
        """
        from copydesk.running import Run

        if on_error not in get_args(OnError):
            raise ConfigError(f"on_error = {on_error!r}: one of {', '.join(get_args(OnError))} is allowed")
        return Run(self, on_error, max_chars).run(data, source)


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
