"""Two linear readers whose scores are features for the trees: one of a line's words, one of the names around it.

Words, and the tags, classes, ids and the like of the elements around and in a line, are hashed (CRC-32) into a table of
weights. The weights are whole numbers, so that sums do not depend on their order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from copydesk_stages.extract.lines import Line, Node

BITS = 15
_MASK = (1 << BITS) - 1
#: Weights are stored as whole multiples of one over this.
SCALE = 1000
#: A score is cut off beyond this: what is sure is sure.
LIMIT = 10.0
#: Elements farther out than this are not read.
MAX_STEPS = 12
_WORD = re.compile(r"\w+")
_PART = re.compile(r"[a-z]+")
_CAMEL = re.compile(r"([a-z])([A-Z])")


@lru_cache(maxsize=100_000)
def _hash(text: str) -> int:
    return crc32(text.encode("utf-8", "replace")) & _MASK


def of_text(text: str) -> list[int]:
    """Return the places in the table that a line's words fall on, each once: words, their order, number and end."""
    words = _WORD.findall(text[:400].lower())
    count = len(words)
    found = {f"#{count if count < 12 else 12 + min(count // 8, 8)}"}
    found.update("0" if word.isdigit() else word for word in words[:40])
    if words:
        found |= {"^" + words[0], "$" + words[-1]}
        if count <= 8:
            found.update(f"{a} {b}" for a, b in pairwise(words))
            found.add("=" + " ".join(words))
    end = text[-1:]
    found.add("." + ("a" if end.isalnum() else end))
    return list({_hash(one) for one in found})


def of_names(tag: str, names: str, level: int) -> list[int]:
    """Return the places for one element: its tag and the words of its class and id, by how far around the line it is.

    `level` is 0 for the element of the line, 1 for the two around it, 2 for those farther out, 3 for inline elements.
    """
    parts = _PART.findall(_CAMEL.sub(r"\1 \2", names).lower())[:12]
    return [_hash(f"{level}<{tag}"), *(_hash(f"{level}{part}") for part in parts if len(part) > 1)]


@lru_cache(maxsize=1)
def weights() -> tuple[list[int], list[int]]:
    """Return the tables of weights for words and for names; the last number of each is what every line starts with."""
    from importlib.resources import files

    import numpy as np

    with files("copydesk_stages.extract").joinpath("hints.npz").open("rb") as file, np.load(file) as stored:
        return stored["words"].tolist(), stored["names"].tolist()


def text_scores(lines: Sequence[Line], table: Sequence[int] | None = None) -> list[float]:
    """Return for each line what its words say, from -10 (furniture) to 10 (main text)."""
    table = table or weights()[0]
    base = table[-1]
    return [_cut(base + sum([table[i] for i in of_text(line.text)])) for line in lines]


class Names:
    """The places for the elements around and in a line; elements that stand in the same one share the work."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self.equal: dict[tuple[str, str, int], list[int]] = {}
        self.inline: dict[str, list[int]] = {}
        self.outside: dict[int, frozenset[int]] = {}

    def own(self, node: Node, level: int = 0) -> list[int]:
        """Return the places for one element."""
        key = (node.tag, node.names, level)
        places = self.equal.get(key)
        if places is None:
            places = self.equal[key] = of_names(*key)
        return places

    def around(self, node: Node) -> frozenset[int]:
        """Return the places for the elements around `node`, each once."""
        first = node.parent
        if first is None:
            return frozenset()
        known = self.outside.get(id(first))
        if known is None:
            found: set[int] = set()
            at: Node | None = first
            for step in range(1, MAX_STEPS):
                if at is None:
                    break
                found.update(self.own(at, 1 if step < 3 else 2))
                at = at.parent
            known = self.outside[id(first)] = frozenset(found)
        return known

    def within(self, line: Line) -> set[int]:
        """Return the places for the element of a line and the inline elements in it, each once."""
        found = set(self.own(line.node))
        for one in line.inner:
            places = self.inline.get(one)
            if places is None:
                tag, _, names = one.partition(" ")
                places = self.inline[one] = of_names(tag, names, 3)
            found.update(places)
        return found

    def of(self, line: Line) -> frozenset[int]:
        """Return the places for the elements around a line, its own and those in it."""
        return self.around(line.node).union(self.within(line))


def name_scores(lines: Sequence[Line], table: Sequence[int] | None = None) -> list[float]:
    """Return for each line what the names of the elements around and in it say, from -10 to 10."""
    table = table or weights()[1]
    names = Names()
    sums: dict[int, int] = {}  # of what is around, by the parent
    known: dict[tuple[int, str, str, tuple[str, ...]], float] = {}  # lines of one shape in one element say the same
    found: list[float] = []
    for line in lines:
        parent = id(line.node.parent)
        key = (parent, line.node.tag, line.node.names, line.inner)
        if key in known:
            found.append(known[key])
            continue
        around = names.around(line.node)
        if parent not in sums:
            sums[parent] = table[-1] + sum([table[i] for i in around])
        known[key] = _cut(sums[parent] + sum([table[i] for i in names.within(line) if i not in around]))
        found.append(known[key])
    return found


def _cut(total: int) -> float:
    return max(-LIMIT, min(LIMIT, total / SCALE))
