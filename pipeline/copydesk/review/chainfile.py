"""Changing a chain file or a file of exceptions as a person would: one entry, comments and layout kept.

Never over somebody's change: a file that is not as it was when it was last read or written here is left alone.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Protocol

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array

from copydesk.chain import Chain
from copydesk.errors import ConfigError, CopydeskError
from copydesk.formats.files import whole_file
from copydesk.keeping import read
from copydesk.stage import options_of

#: The key of phrases that are never cut: by a chain, or by one stage of it.
KEEP = "keep"
EXCEPTIONS = "exceptions"
#: Do not show, but words are written with them.
_JOINERS = "\u200c\u200d\u00a0"
_HEAD = '# Blocks that are never cut, by the language of the text; those under "any" in texts of every language.\n'


class ChangedByHandError(CopydeskError):
    """The file is not as it was when it was last read or written here."""


class Editable(Protocol):
    """A file that phrases are put into and taken out of."""

    path: Path

    @property
    def is_changed(self) -> bool:
        """Whether somebody else has changed the file meanwhile."""
        ...

    def adopt(self) -> None:
        """Go on from the file as it is now; ConfigError where it cannot be used."""
        ...


class _TomlFile:
    """A TOML file that entries of lists are put into."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.adopt()

    @property
    def is_changed(self) -> bool:
        return self._digest() != self._seen

    def adopt(self) -> None:
        self._load()
        self._seen = self._digest()

    def _load(self) -> None:
        """Read the file; ConfigError where it cannot be used."""
        raise NotImplementedError

    def _digest(self) -> str:
        try:
            return hashlib.sha256(self.path.read_bytes()).hexdigest()
        except OSError as error:
            raise ConfigError(f"{self.path}: cannot be read: {error.strerror}") from None

    def _open(self) -> tuple[Any, Any]:
        """Return the whole file, and the table that is copydesk's own."""
        if self.is_changed:
            raise ChangedByHandError(
                f"{self.path} was changed meanwhile; look at it, and say that it is to be used as it is"
            )
        try:
            whole = tomlkit.parse(self.path.read_text(encoding="utf-8"))
        except (TOMLKitError, UnicodeDecodeError) as error:
            raise ConfigError(f"{self.path}: not valid TOML: {error}") from None
        top: Any = whole["tool"]["copydesk"] if self.path.name == "pyproject.toml" else whole
        return whole, top

    def _edit(self, table: str, key: str, phrase: str, *, add: bool) -> bool:
        """Put a phrase into the list of that key, or take it out; `table` may be "", the top of the file."""
        whole, top = self._open()
        if not add and table not in ("", *top):
            return False
        holder = top.setdefault(table, tomlkit.table()) if table else top
        entries = holder.setdefault(key, tomlkit.array()) if add else holder.get(key, [])
        if (phrase in entries) is add:
            return False
        if add:
            _append(entries, phrase)
        else:
            entries.remove(phrase)
        self._write(tomlkit.dumps(whole))
        return True

    def _write(self, text: str) -> None:
        """Write the file; where it could not be used, it is put back as it was."""
        before = self.path.read_bytes()
        with whole_file(self.path) as file:
            file.write(text.encode("utf-8"))
        try:
            self.adopt()
        except ConfigError:
            with whole_file(self.path) as file:
                file.write(before)
            self.adopt()
            raise


class ChainFile(_TomlFile):
    """A chain file. Raises ConfigError where it is no chain that can be used."""

    chain: Chain

    def _load(self) -> None:
        self.chain = Chain.load(self.path)

    def add_keep(self, stage: str, phrase: str) -> bool:
        """Put a phrase into `keep`: the stage's own where it has one, else the chain's; False where it was there."""
        try:
            return self._edit(self._table(stage), KEEP, phrase, add=True)
        except ConfigError:  # a phrase that the stage's own option does not take; the chain's takes any
            return self._edit("", KEEP, phrase, add=True)

    def remove_keep(self, stage: str, phrase: str) -> bool:
        """Take a phrase out of `keep`; False where it was not there any more."""
        tables = dict.fromkeys((self._table(stage), ""))
        return any(self._edit(table, KEEP, phrase, add=False) for table in tables)

    def check_exceptions(self, file: Path) -> None:
        """Raise ConfigError where the chain names another file of exceptions."""
        now = self.chain.exceptions
        if now and Path(now).resolve() != file.resolve():
            raise ConfigError(f"{self.path}: its exceptions are in {now}; name that file, or take it out of the chain")

    def name_exceptions(self, file: Path) -> None:
        """Let the chain name its file of exceptions; ConfigError where it names another."""
        self.check_exceptions(file)
        if not self.chain.exceptions:
            whole, top = self._open()
            top[EXCEPTIONS] = _relative(file, self.path.parent)
            self._write(tomlkit.dumps(whole))

    def _table(self, stage: str) -> str:
        for step in self.chain.steps:
            if step.name == stage and any(
                o.name == KEEP and "phrase" in o.doc.lower() for o in options_of(type(step.stage))
            ):
                return stage
        return ""


class ExceptionsFile(_TomlFile):
    """A file of exceptions. Raises ConfigError where it cannot be used."""

    def _load(self) -> None:
        read(str(self.path))

    def add(self, language: str, phrase: str) -> bool:
        """Put a phrase under a language; False where it was there already."""
        return self._edit("", language, phrase, add=True)

    def remove(self, language: str, phrase: str) -> bool:
        """Take a phrase out; False where it was not there any more."""
        return self._edit("", language, phrase, add=False)


def chain_file(path: Path) -> ChainFile:
    """Return the chain file of that name; one that is not there is made, as an extension of the default chain."""
    _make(path, 'extends = "news"\n', "a chain file (.toml) that rejections are written to")
    return ChainFile(path)


def exceptions_file(path: Path) -> ExceptionsFile:
    """Return the file of exceptions of that name; one that is not there is made."""
    _make(path, _HEAD, "a file (.toml) that exceptions are written to")
    return ExceptionsFile(path)


def _make(path: Path, text: str, what: str) -> None:
    if path.exists():
        return
    if path.suffix != ".toml":
        raise ConfigError(f"{path}: name {what}")
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from None


def _relative(path: Path, folder: Path) -> str:
    try:
        return os.path.relpath(path.resolve(), folder.resolve()).replace(os.sep, "/")
    except ValueError:  # on another drive
        return path.resolve().as_posix()


def _append(entries: Array, phrase: str) -> None:
    """Append in the manner of the list: one entry a line where there is one a line."""
    if "\n" in entries.as_string():
        entries.add_line(_spelt(phrase))
    else:
        entries.append(_spelt(phrase))


def _spelt(phrase: str) -> Any:
    r"""Return a phrase as TOML in which nothing hides: what does not show is escaped, joiners of words aside.

    >>> _spelt("Share\u202e").as_string()
    '"Share\\U0000202e"'
    """
    shown = json.dumps(phrase, ensure_ascii=False)[1:-1]
    safe = "".join(char if char.isprintable() or char in _JOINERS else f"\\U{ord(char):08x}" for char in shown)
    return tomlkit.value(f'"{safe}"')
