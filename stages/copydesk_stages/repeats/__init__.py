"""Lines that a site repeats over its documents, from a file learned beforehand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG

from copydesk import ConfigError, Document, Drop, option
from copydesk_stages.repeats.folding import fold
from copydesk_stages.repeats.learn import Table, learn, learn_paths, load

__all__ = ["Repeats", "Table", "learn", "learn_paths", "load"]

_WORD = re.compile(r"[^\W\d_]{4,}")
#: From this length on a block counts as a paragraph of the story.
_PARAGRAPH = 140
_STEM = 5


@lru_cache(maxsize=8)
def _table(path: str, _size: int, _changed: int) -> tuple[Table, str]:
    try:
        table = load(Path(path).read_bytes().decode("utf-8"), path)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: corrupt (byte {error.start} is not UTF-8); make it anew") from None
    return table, table.hash


def _open(path: str) -> tuple[Table, str]:
    if not path:
        raise ConfigError("file: the stage repeats needs one; make it with `copydesk learn PATH... -o site.repeats`")
    try:
        stat = Path(path).stat()
    except OSError as error:
        raise ConfigError(f"file: {path} cannot be read ({error.strerror}); make it with `copydesk learn`") from None
    if not S_ISREG(stat.st_mode):
        raise ConfigError(f"file: {path} is no regular file; take one that `copydesk learn` wrote")
    return _table(path, stat.st_size, stat.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Repeats:
    """Drop lines that the site has on many of its documents.

    The file comes from `copydesk learn`. Lines are compared with case and white space folded; in lines of up to 60
    characters dates and numbers count as equal, so that "12 comments" meets "3 comments". A line stays where it is
    part of the story, as a related headline is in its own article: most of its longer words stand in the paragraphs of
    this document. Paragraphs that repeat go as well, for they are notices; a first line that repeats goes too.
    """

    file: str = option("", "The file that `copydesk learn` wrote.", file=True)
    sha256: str = option("", "The digest that the file has to have, as its fourth line states it; empty: any.")
    min_documents: int = option(4, "Lines that fewer documents have stay.", ge=2)
    min_share: float = option(0.02, "Lines that a smaller share of the documents has stay.", ge=0, le=1)
    story_share: float = option(0.6, "A line stays where the paragraphs have this share of its words.", ge=0, le=1)

    def __post_init__(self) -> None:
        """Refuse a file that is missing, corrupt, of a newer format, or not the one that is meant."""
        _, found = _open(self.file)
        if self.sha256 and self.sha256 != found:
            raise ConfigError(f"sha256: {self.file} has {found}, not {self.sha256}; take the file that was meant")

    @classmethod
    def learn(cls, texts: Iterable[str], *, min_documents: int = 2) -> str:
        """Return the text of the file for the documents of one site: the lines that `min_documents` of them have."""
        return learn(texts, min_documents=min_documents).dump()

    def __call__(self, document: Document) -> Iterator[Drop]:
        """Yield a `Drop` for each line that is on enough other documents and not part of this story."""
        table, _ = _open(self.file)
        least = max(self.min_documents, self.min_share * table.documents)
        repeated = {
            block.id: count
            for block in document.blocks
            if (count := table.counts.get(fold(block.text), 0)) >= least
        }  # fmt: skip
        if not repeated:
            return
        story = "\n".join(
            block.text for block in document.blocks if len(block.text) >= _PARAGRAPH and block.id not in repeated
        ).lower()
        for block in document.blocks:
            if block.id not in repeated or self._tells(block.text, story):
                continue
            count = repeated[block.id]
            score = round(min(0.999, 1 - 1 / (count + 1)), 3)
            why = f"stands on {count} of {table.documents} documents of this site, and is no part of this story"
            yield Drop(block.id, rule="site-repeat", why=why, score=score)

    def _tells(self, line: str, story: str) -> bool:
        words = _WORD.findall(line.lower())
        if len(words) < 3:
            return False
        return sum(word[:_STEM] in story for word in words) >= self.story_share * len(words)
