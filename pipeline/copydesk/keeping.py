"""What a chain never cuts: whole blocks that its `keep` or its file of exceptions names, whatever stage proposes it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from copydesk.document import Document
from copydesk.edits import Drop, Edit
from copydesk.errors import ConfigError

#: The key of exceptions that hold in texts of every language.
ANY = "any"


def folded(text: str) -> str:
    r"""Return what two texts share that are the same to `keep`: neither case nor white space counts.

    >>> folded(" Share\u00a0 Prices ")
    'share prices'
    """
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class Keeping:
    """Phrases by language, folded; those under `any` hold in every text."""

    phrases: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def spares(self, document: Document, drop: Drop) -> bool:
        """Tell whether the block that would go has to stay."""
        try:
            block = document.block(drop.block)
        except KeyError:  # an edit that does not fit, which is said where edits are checked
            return False
        text = folded(block.text)
        tags = (str(block.tags.get("language", "und")), document.language)
        return any(text in self.phrases.get(code, ()) for tag in tags for code in (tag, tag.partition("-")[0], ANY))

    def allowed(self, document: Document, edits: Iterable[Edit]) -> list[Edit]:
        """Return the edits without the drops of what has to stay."""
        return [edit for edit in edits if not (isinstance(edit, Drop) and self.spares(document, edit))]


def keeping(keep: tuple[str, ...], exceptions: str) -> Keeping | None:
    """Return what a chain keeps by its phrases and its file of exceptions; None where that is nothing.

    Raises ConfigError where the file cannot be used.
    """
    try:
        stat = Path(exceptions).stat() if exceptions else None
    except OSError as error:
        raise ConfigError(f"exceptions: {exceptions} cannot be read: {error.strerror}") from None
    return _keeping(keep, exceptions, (stat.st_size, stat.st_mtime_ns) if stat else ())


@lru_cache(maxsize=64)
def _keeping(keep: tuple[str, ...], exceptions: str, _state: tuple[int, ...]) -> Keeping | None:
    found = {code: set(map(folded, phrases)) for code, phrases in read(exceptions).items()} if exceptions else {}
    if keep:
        found.setdefault(ANY, set()).update(map(folded, keep))
    return Keeping({code: frozenset(phrases) for code, phrases in found.items()}) if any(found.values()) else None


def read(path: str) -> dict[str, list[str]]:
    """Return the phrases of a file of exceptions, by language; ConfigError says what is wrong with it."""
    if Path(path).exists() and not Path(path).is_file():
        raise ConfigError(f"exceptions: {path} is no regular file; name a TOML file")
    try:
        values = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"exceptions: {path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"exceptions: {path} is no TOML: {error}") from None
    for code, phrases in values.items():
        if not isinstance(phrases, list) or not all(isinstance(phrase, str) and phrase.strip() for phrase in phrases):
            raise ConfigError(
                f'exceptions: {path}: {code} = {phrases!r}: a list of phrases is allowed, under a language ("en") or '
                f'"{ANY}"'
            )
    return values
