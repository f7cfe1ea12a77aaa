"""Finding what is to be done: the sources are walked and compared with the manifest."""

from __future__ import annotations

import hashlib
import heapq
import os
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import PurePosixPath

from copydesk.batch.job import Failed
from copydesk.batch.manifest import Manifest, Standing
from copydesk.batch.place import Place
from copydesk.errors import ConfigError, InputError
from copydesk.formats import Format, detect, output_name
from copydesk.formats.files import (
    EDITS_SUFFIX,
    RESERVED,
    bare,
    is_kept,
    is_remote,
    open_raw,
    read_document,
    reason,
    remote,
    shown,
    stat,
)

#: Files between two commits while planning.
_AT_ONCE = 2000
#: What is left out is named up to so many.
_NAMED = 3
SMALL: tuple[Format, ...] = ("text", "html")


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was found: what it is called below the destination, and where it lies. Or why it cannot be read."""

    name: str
    path: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the files below the sources are cleaned."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    sample: int = 0
    form: Format | None = None

    def takes(self, name: str) -> bool:
        """Tell whether a file is chosen. A pattern without a slash is for the last part of the name."""

        def fits(pattern: str) -> bool:
            return fnmatchcase(name if "/" in pattern else name.rpartition("/")[2], pattern)

        return (not self.include or any(map(fits, self.include))) and not any(map(fits, self.exclude))


def find(sources: Iterable[str], listed: Iterable[str], place: Place, say: Callable[[str], object]) -> Iterator[Found]:
    """Yield the files below the sources in a fixed order, then those that are listed by path.

    What the run itself writes below a source is no input, nor what others keep there (see `is_kept`), which is said:
    a user's own file may be called so.
    """
    own = _own(place)
    for source in sources:
        kept: list[str] = []
        if is_remote(source):
            yield from _find_remote(source, kept)
        elif os.path.isdir(source):  # noqa: PTH112  # paths stay strings here: they may not be UTF-8
            yield from _walk(source, "", own, kept)
        else:
            yield Found(os.path.basename(source), os.path.abspath(source))  # noqa: PTH100, PTH119  # as above
        if kept:
            names = ", ".join(kept[:_NAMED]) + (f" and {len(kept) - _NAMED:,} more" if len(kept) > _NAMED else "")
            say(f"{shown(source)}: left out, being called like what runs keep: {names}. Name a file to clean it")
    for path in listed:
        if is_remote(path):
            yield Found(path.partition("://")[2], path)
        else:
            yield Found(_inner(path), os.path.abspath(path))  # noqa: PTH100  # as above


def check_sources(sources: Iterable[str], place: Place) -> None:
    """Raise ConfigError where a source lies inside the destination, or is a folder that the run writes to."""
    if is_remote(place.destination):
        return
    base = os.path.realpath(place.destination)
    own = _own(place)
    for source in sources:
        real = "" if is_remote(source) else os.path.realpath(source)
        if real == base or real.startswith(base + os.sep):
            raise ConfigError(
                f"{shown(source)} lies inside the destination {shown(place.destination)}; "
                "its output would be read again as input. Choose another --output-dir"
            )
        if real in own:
            raise ConfigError(
                f"{shown(source)} is read, so neither --edits nor --quarantine nor --state can lie right there; "
                "name a folder of its own"
            )


def _own(place: Place) -> list[str]:
    """Return what the run writes to and never reads."""
    local = () if is_remote(place.destination) else (place.destination, place.state, place.quarantine)
    edits = (place.edits,) if place.edits and not is_remote(place.edits) else ()
    return [os.path.realpath(path) for path in (*local, *edits)]


def _inner(path: str) -> str:
    """Return what a listed file is called: its path, without what leads out of a folder."""
    parts = PurePosixPath(os.path.normpath(path).replace(os.sep, "/")).parts
    return "/".join(part for part in parts if part not in ("/", "..") and not part.endswith(":"))


def _is_one_of(path: str, real: list[str]) -> bool:
    """Tell whether a path leads to one of these; asks the file system only where the name is the same."""
    name = os.path.basename(path)  # noqa: PTH119  # called for every file
    return any(name == os.path.basename(one) and os.path.realpath(path) == one for one in real)  # noqa: PTH119  # as above


def _walk(folder: str, inner: str, own: list[str], kept: list[str]) -> Iterator[Found]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield Found(inner or ".", os.path.abspath(folder), f"{shown(folder)}: cannot be read: {reason(error)}")  # noqa: PTH100  # see above
        return
    names = {entry.name for entry in found}
    for entry in found:
        name = f"{inner}/{entry.name}" if inner else entry.name
        if is_kept(entry.name, names):
            if _may_be_a_text(entry.name, names) and os.path.realpath(entry.path) not in own:
                kept.append(shown(name))
        elif entry.is_dir(follow_symlinks=False):
            if os.path.realpath(entry.path) not in own:
                yield from _walk(entry.path, name, own, kept)
        elif entry.is_symlink():
            # Links to folders may run in a circle and would be cleaned twice; links to files are files.
            if not os.path.isdir(entry.path):  # noqa: PTH112  # see above
                yield Found(name, os.path.abspath(entry.path))  # noqa: PTH100  # see above
        elif entry.is_file() and not _is_one_of(entry.path, own):
            yield Found(name, os.path.abspath(entry.path))  # noqa: PTH100  # see above


def _may_be_a_text(name: str, beside: Container[str]) -> bool:
    """Tell whether what is called like something that runs keep can be a text: no record lies beside its own file."""
    return not name.startswith(".") and bare(name).removesuffix(EDITS_SUFFIX) not in beside


def _find_remote(source: str, kept: list[str]) -> Iterator[Found]:
    system, root = remote(source)
    try:
        if system.isfile(root):
            yield Found(root.rpartition("/")[2], source)
            return
        paths = sorted(system.find(root))
    except OSError as error:
        yield Found(root.rpartition("/")[2], source, f"{source}: cannot be read: {reason(error)}")
        return
    there = set(paths)
    if not paths:
        yield Found(root.rpartition("/")[2], source, f"{source}: nothing is there")
    for path in paths:
        name = path[len(root.rstrip("/")) + 1 :]
        if not any(is_kept(part, ()) for part in name.split("/")):
            yield Found(name, f"{source.rstrip('/')}/{name}")
        elif path.removesuffix(EDITS_SUFFIX) not in there and not any(part.startswith(".") for part in name.split("/")):
            kept.append(name)


def chosen(files: Iterator[Found], choice: Choice) -> Iterator[Found]:
    """Yield the files that were chosen; of a sample those whose names have the smallest digests."""
    files = (file for file in files if file.problem or choice.takes(file.name))
    if not choice.sample:
        yield from files
        return
    keyed = ((hashlib.sha1(os.fsencode(f.name), usedforsecurity=False).digest(), f.name, f) for f in files)
    picked = heapq.nsmallest(choice.sample, keyed)
    yield from sorted((file for _, _, file in picked), key=lambda file: file.name)


class Planner:
    """Brings the manifest up to date with what is there."""

    def __init__(
        self,
        manifest: Manifest,
        place: Place,
        choice: Choice,
        say: Callable[[str], None],
        *,
        extracts: bool,
        max_chars: int,
    ) -> None:
        self._manifest = manifest
        self._place = place
        self._choice = choice
        self._say = say
        self._extracts = extracts
        self._max_chars = max_chars
        self._records = [os.path.realpath(place.edits)] if place.edits else []

    def plan(self, files: Iterator[Found], tell: Callable[[int], None]) -> None:
        """Put down what is to be done. Raises ConfigError where two files would be written to one."""
        count = 0
        while some := list(islice(files, _AT_ONCE)):
            with self._manifest.together():
                for file in some:
                    self._one(file)
            count += len(some)
            tell(count)

    def _one(self, file: Found) -> None:
        if file.problem:
            self._lost(file, file.name, file.problem)
            return
        try:
            size, version = stat(file.path)
            form = self._choice.form or detect(file.path)
        except InputError as error:
            self._lost(file, file.name, str(error))
            return
        target = output_name(file.name, form, extracts=self._extracts)
        standing = self._standing(file, target)
        before = next((each for each in standing if each.input.name == file.name), None)
        if before is not None and self._unchanged(before, file, target, form, size, version):
            return
        self._release(standing)
        self._manifest.plan(file.name, file.path, target, form, size, version, before=standing)

    def _lost(self, file: Found, target: str, problem: str) -> None:
        standing = self._standing(file, target)
        self._say(problem)
        self._release(standing)
        number = self._manifest.plan(file.name, file.path, target, "text", 0, "", "lost", standing)
        self._manifest.fail(Failed(number, 0, shown(file.name), problem, lost=True), whole=True)

    def _release(self, standing: list[Standing]) -> None:
        for each in standing:
            for number in self._manifest.failures_of(each.input.id):
                self._place.release(each.input.name, number)

    def _standing(self, file: Found, target: str) -> list[Standing]:
        """Return what stands where a file goes; ConfigError where this run has put it there."""
        top = target.partition("/")[0]
        if top in RESERVED and not is_remote(self._place.destination):
            raise ConfigError(
                f"{shown(file.path)} would be written to {shown(self._place.target(top))}, "
                "where the run keeps its own; leave it out with --exclude, or rename it"
            )
        if _is_one_of(self._place.target(target), self._records):
            raise ConfigError(
                f"{shown(file.path)} would be written to {shown(self._place.edits)}, where --edits puts the records; "
                "name another file there"
            )
        standing = self._manifest.standing(file.name, target)
        for each in standing:
            if each.input.target == target and each.run == self._manifest.run:
                raise ConfigError(
                    f"{shown(each.input.source)} and {shown(file.path)} would both be written to "
                    f"{shown(self._place.target(target))}; clean them into two folders"
                )
        return standing

    def _unchanged(self, before: Standing, file: Found, target: str, form: Format, size: int, version: str) -> bool:
        row, state, digest = before.input, before.state, before.digest
        if state == "lost" or (row.target, row.format) != (target, form):
            return False
        if (row.source, row.version) != (file.path, version):
            if not digest or row.size != size or digest != digest_of(file.path, form, self._max_chars):
                return False
            self._manifest.see(row.id, version)
        else:
            self._manifest.see(row.id)
        path = self._place.target(target)
        return state != "done" or (is_remote(path) or os.path.exists(path))  # noqa: PTH110  # called for every file


def digest_of(path: str, form: str, max_chars: int) -> str:
    """Return the digest that the manifest keeps of a file: of small ones of their text, of large ones as they lie."""
    try:
        if form in SMALL:
            return hashlib.sha256(read_document(path, max_chars)[0]).hexdigest()
        with open_raw(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # a binary file is enough
    except (InputError, OSError):
        return ""
