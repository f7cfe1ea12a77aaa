"""Changing a chain file as a person would: one entry, comments and layout kept, never over somebody's change."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array

from copydesk.chain import Chain
from copydesk.errors import ConfigError, CopydeskError
from copydesk.formats.files import whole_file
from copydesk.stage import options_of

#: The option that names phrases which a stage never touches.
KEEP = "keep"


class ChangedByHandError(CopydeskError):
    """The file is not as it was when it was last read or written here."""


class ChainFile:
    """A chain file that entries are put into. Raises ConfigError where it is no chain that can be used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.chain = Chain.load(path)
        self._seen = self._digest()

    def _digest(self) -> str:
        try:
            return hashlib.sha256(self.path.read_bytes()).hexdigest()
        except OSError as error:
            raise ConfigError(f"{self.path}: cannot be read: {error.strerror}") from None

    @property
    def is_changed(self) -> bool:
        """Whether somebody else has changed the file meanwhile."""
        return self._digest() != self._seen

    def adopt(self) -> None:
        """Go on from the file as it is now; ConfigError where it cannot be used."""
        self.chain = Chain.load(self.path)
        self._seen = self._digest()

    def can_keep(self, stage: str) -> bool:
        """Tell whether the chain has the stage, and its option `keep` is a list of phrases."""
        for step in self.chain.steps:
            if step.name == stage:
                return any(o.name == KEEP and "phrase" in o.doc.lower() for o in options_of(type(step.stage)))
        return False

    def add_keep(self, stage: str, phrase: str) -> bool:
        """Put a phrase into the stage's `keep`; False where it was there already."""
        return self._edit(stage, phrase, add=True)

    def remove_keep(self, stage: str, phrase: str) -> bool:
        """Take a phrase out of the stage's `keep`; False where it was not there any more."""
        return self._edit(stage, phrase, add=False)

    def _edit(self, stage: str, phrase: str, *, add: bool) -> bool:
        if self.is_changed:
            raise ChangedByHandError(
                f"{self.path} was changed meanwhile; look at it, and say that it is to be used as it is"
            )
        try:
            document = tomlkit.parse(self.path.read_text(encoding="utf-8"))
        except (TOMLKitError, UnicodeDecodeError) as error:
            raise ConfigError(f"{self.path}: not valid TOML: {error}") from None
        top: Any = document["tool"]["copydesk"] if self.path.name == "pyproject.toml" else document
        if add:
            table = top.setdefault(stage, tomlkit.table())
            entries = table.setdefault(KEEP, tomlkit.array())
            if phrase in entries:
                return False
            _append(entries, phrase)
        else:
            entries = top.get(stage, {}).get(KEEP, [])
            if phrase not in entries:
                return False
            entries.remove(phrase)
        self._write(tomlkit.dumps(document))
        return True

    def _write(self, text: str) -> None:
        """Write the file; where it would be no chain that can be used, it is put back as it was."""
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


def _append(entries: Array, phrase: str) -> None:
    """Append in the manner of the list: one entry a line where there is one a line."""
    if "\n" in entries.as_string():
        entries.add_line(phrase)
    else:
        entries.append(phrase)
