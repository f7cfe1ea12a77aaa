"""Fake third-party stages, installed as a distribution of their own in a temporary folder, and text to try them on."""

from __future__ import annotations

import importlib
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
settings.load_profile("default")

#: Every kind of line break that counts, and some that do not.
BREAKS = ["\n", "\r\n", "\r", "\u2028", "\u2029", "\n\n", "\r\n\r\n", "\n \n", "\n\r"]
PIECES = [
    *BREAKS,
    "",
    " ",
    "\t",
    "\x85",
    "\x0b",
    "\u200b",
    "\ufeff",
    "a",
    "word",
    "Two words.",
    "é",
    "Ã©",
    "\ud800",
    "𝄞",
]


def texts() -> st.SearchStrategy[str]:
    """Arbitrary text, and text made of what matters to blocks."""
    return st.one_of(
        st.text(st.characters(codec=None), max_size=40), st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
    )


FAKES = '''
from __future__ import annotations
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar
from copydesk import Document, Drop, Edit, Move, NewBlock, Recast, Replace, SetTag, option


@dataclass(frozen=True, slots=True)
class Shout:
    """Put every block in capitals."""

    mark: str = option("!", "Put after each block.")
    times: int = option(1, "How often the mark is put.", ge=0, le=5)
    words: tuple[str, ...] = option((), "Only blocks that hold one of these.")

    def __call__(self, document: Document) -> Iterator[Edit]:
        for block in document.blocks:
            if not self.words or any(word in block.text for word in self.words):
                new = block.text.upper() + self.mark * self.times
                yield Replace(0, len(block.text), new, block.id, rule="shout", why="loud", score=1.0)


class Rotate:
    """Move the first block to the end, tag it, and join the next two."""

    def __call__(self, document: Document) -> Iterator[Edit]:
        ids = [block.id for block in document.blocks]
        if len(ids) > 1:
            yield Move(ids[0], None, rule="rotate", why="round and round", score=0.5)
            yield SetTag("moved", True, ids[0], rule="rotate", score=0.5)
        if len(ids) > 3:
            first, second = document.block(ids[1]).text, document.block(ids[2]).text
            yield Recast((ids[1], ids[2]), (NewBlock(first + second), "new"), rule="join", score=0.5)


class DropAll:
    """Drop every block, unsure."""

    def __call__(self, document: Document) -> Iterator[Edit]:
        for block in document.blocks:
            yield Drop(block.id, rule="drop-all", why="no reason", score=0.4)


class Raises:
    """Raise on every document."""

    def __call__(self, document: Document) -> Iterator[Edit]:
        raise RuntimeError("no paper in the printer")
        yield


class Clumsy:
    """Propose edits that cannot be applied together."""

    def __call__(self, document: Document) -> Iterator[Edit]:
        for block in document.blocks[:1]:
            yield Drop(block.id, rule="one")
            yield Replace(0, 1, "x", block.id, rule="other")


class Early:
    """Take HTML, give text."""

    takes: ClassVar[str] = "html"
    gives: ClassVar[str] = "text"

    def __call__(self, document: Document) -> Iterator[Edit]:
        return iter(())


class Late:
    """Want the stage `shout` before it."""

    after: ClassVar[tuple[str, ...]] = ("shout",)

    def __call__(self, document: Document) -> Iterator[Edit]:
        return iter(())
'''

ENTRY_POINTS = """
[copydesk.stages]
shout = acme_stages:Shout
rotate = acme_stages:Rotate
drop-all = acme_stages:DropAll
raises = acme_stages:Raises
clumsy = acme_stages:Clumsy
early = acme_stages:Early
late = acme_stages:Late
broken = acme_broken:Broken
"""


@pytest.fixture(scope="session", autouse=True)
def acme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the distribution `acme-stages`; its package `acme_broken` fails to import."""
    site = tmp_path_factory.mktemp("site")
    (site / "acme_stages.py").write_text(textwrap.dedent(FAKES), encoding="utf-8")
    (site / "acme_broken.py").write_text("import there_is_no_such_module\n", encoding="utf-8")
    info = site / "acme_stages-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-stages\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(ENTRY_POINTS, encoding="utf-8")
    sys.path.insert(0, str(site))
    importlib.invalidate_caches()
    return site
