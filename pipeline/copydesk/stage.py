"""What a stage is, how its options are declared, and how stages are found by name.

A stage is any callable on a `Document` that yields edits; a frozen dataclass is the usual form. It needs no base class
and keeps nothing between documents.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoints, entry_points
from typing import Any, ClassVar, Literal, Protocol, TypeVar, cast, get_type_hints, runtime_checkable

from copydesk.decoding import Decoding, RawDocument
from copydesk.document import Document
from copydesk.edits import Edit
from copydesk.errors import ConfigError, did_you_mean

#: Third parties and the built-in stages register a class under a name in this entry-point group.
GROUP = "copydesk.stages"

Form = Literal["bytes", "html", "text"]
#: Text only ever goes from left to right; a stage that wants an earlier form than one before it stands wrong.
FORMS: tuple[Form, ...] = ("bytes", "html", "text")

T = TypeVar("T")


@runtime_checkable
class Stage(Protocol):
    """A callable from a document to edits. Optional class attributes tell the engine more.

    `takes` and `gives` (`bytes`, `html`, `text`; default `text`): what form of document goes in and comes out.
    `after`: names of stages that must stand earlier where the chain has them.
    `uses`: names of distributions whose version decides what comes out; it is stamped on the record.
    `models`: digests of learned models that decide what comes out, by name; stamped beside those versions.
    """

    def __call__(self, document: Document, /) -> Iterable[Edit]:
        """Yield the edits that this stage proposes for the document."""
        ...


class BytesStage(Protocol):
    """A stage with `takes = "bytes"`: gives text for bytes."""

    takes: ClassVar[Form]

    def __call__(self, raw: RawDocument, /) -> Decoding:
        """Decode the document."""
        ...


def option(default: T, doc: str, *, ge: float | None = None, le: float | None = None, file: bool = False) -> T:
    """Declare an option of a stage: a dataclass field with its documentation and bounds.

    Validation, `copydesk stages` and the reference page are all made from it. The annotation of the field is the
    type that a chain file must give: bool, int, float, str, Literal[...], or tuple[str, ...]. With `file` it is the
    path of a file (a str): a chain file gives it relative to itself, and a chain's hash takes what the file holds.

    >>> @dataclass(frozen=True)
    ... class Dedupe:
    ...     min_chars: int = option(20, "Shorter blocks are left alone.", ge=0)
    >>> Dedupe().min_chars
    20
    """
    stated: dict[str, Any] = {"doc": doc, "ge": ge, "le": le, "file": file}
    # A Field to the dataclass, a T to everybody else.
    made: Any = dataclasses.field(default=default, metadata=stated)
    return cast("T", made)


@dataclass(frozen=True, slots=True)
class OptionInfo:
    """One option of a stage class, as declared."""

    name: str
    type: Any
    default: Any
    doc: str
    ge: float | None = None
    le: float | None = None
    file: bool = False


def options_of(stage: type) -> list[OptionInfo]:
    """Return the options of a stage class in the order they are declared; a class that is no dataclass has none."""
    if not dataclasses.is_dataclass(stage):
        return []
    types = get_type_hints(stage)
    return [
        OptionInfo(
            f.name,
            types[f.name],
            f.default if f.default_factory is dataclasses.MISSING else f.default_factory(),
            f.metadata.get("doc", ""),
            f.metadata.get("ge"),
            f.metadata.get("le"),
            f.metadata.get("file", False),
        )
        for f in dataclasses.fields(stage)
        if f.init
    ]


def form_taken(stage: Any) -> Form:
    """Return what form a stage takes (default `text`)."""
    return cast("Form", getattr(stage, "takes", "text"))


def form_given(stage: Any) -> Form:
    """Return what form a stage gives (default `text`)."""
    return cast("Form", getattr(stage, "gives", "text"))


@lru_cache(maxsize=1)
def _points() -> EntryPoints:
    """Return the entry points of all stages: looked for once, since every installed distribution is gone through."""
    return entry_points(group=GROUP)


def names() -> list[str]:
    """Return the names of all installed stages, sorted; imports none of them."""
    return sorted({point.name for point in _points()})


def find(name: str) -> type:
    """Return the stage class of that name, importing only that one.

    `name` is an entry point's name, or `package.module:Class` for a stage that is not installed as one. Raises
    ConfigError where there is no such stage or its package fails to import.
    """
    if ":" in name:
        return _load_by_path(name)
    found = list(_points().select(name=name))
    if not found:
        known = names()
        raise ConfigError(
            f'there is no stage "{name}".{did_you_mean(name, known)} Installed stages: {", ".join(known)}; '
            "a stage of your own is named by its entry point or as package.module:Class"
        )
    # Two packages may claim one name; which one wins must not depend on the order of directories.
    if len({point.value for point in found}) > 1:
        claims = ", ".join(sorted(f"{p.value} ({p.dist.name if p.dist else '?'})" for p in found))
        raise ConfigError(
            f'the stage name "{name}" is claimed twice: {claims}. Use one of them as package.module:Class'
        )
    try:
        loaded = found[0].load()
    except (Exception, SystemExit) as error:
        owner = found[0].dist.name if found[0].dist else found[0].value
        raise ConfigError(
            f'stage "{name}" of {owner} cannot be imported: {type(error).__name__}: {error}. '
            "Repair or uninstall that package, or take the stage out of the chain"
        ) from error
    return _checked(name, loaded)


def _load_by_path(path: str) -> type:
    from importlib import import_module

    module, _, attribute = path.partition(":")
    try:
        loaded = getattr(import_module(module), attribute)
    except (Exception, SystemExit) as error:
        raise ConfigError(f'stage "{path}" cannot be imported: {type(error).__name__}: {error}') from error
    return _checked(path, loaded)


def _checked(name: str, loaded: Any) -> type:
    if not (isinstance(loaded, type) and any("__call__" in vars(base) for base in loaded.__mro__)):
        what = f"the class {loaded.__name__}" if isinstance(loaded, type) else f"of type {type(loaded).__name__}"
        raise ConfigError(f'stage "{name}" is {what}; it has to be a class whose instances can be called')
    return loaded
