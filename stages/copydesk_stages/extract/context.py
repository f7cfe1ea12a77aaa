"""What stands around a line: the elements that hold it, lines of the same shape, the lines before and after."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copydesk_stages.extract.lines import Line, Node

#: How many elements around a line are looked at, each wider than the one before.
UP = 4
#: An element that holds this share of the words of the page is big.
BIG = 0.25
_TAGS = (
    "body div p li td span section article main h1 h2 h3 h4 h5 h6 ul ol dl dt dd table tr th blockquote pre figcaption "
    "figure caption header footer nav aside form button label details summary fieldset address center menu"
)
TAG_CODES = {tag: i + 1 for i, tag in enumerate(_TAGS.split())}
AROUND = ("article", "main", "nav", "header", "footer", "aside", "form", "table", "list", "figure", "section", "button")
# Where a tag or a landmark is counted.
_PLACES = {name: i for i, name in enumerate(AROUND) if name != "list"}
_PLACES |= dict.fromkeys(("ul", "ol", "dl", "menu"), AROUND.index("list"))
_LANDMARKS = {
    "navigation": _PLACES["nav"],
    "banner": _PLACES["header"],
    "contentinfo": _PLACES["footer"],
    "complementary": _PLACES["aside"],
    "main": _PLACES["main"],
    "article": _PLACES["article"],
}
_GOOD = re.compile(r"article|content|body|text|main|story|entry|prose|markdown|description|detail")
_BAD = re.compile(
    r"nav|menu|foot|side|relat|share|social|promo|advert|\bads?\b|cookie|consent|widget|crumb|newsletter|subscri|popup"
    r"|modal|login|recommend|banner|byline|author|meta|tags?\b|popular|trending|sponsor|signup|search|toolbar|pagina"
    r"|hidden|sr-only|skip|cart|dropdown|tooltip"
)
_TALK = re.compile(r"comment|reply|replies|discuss|respond")
_POST = re.compile(r"post|message|thread|topic|answer")
_FAR = 99.0


_Known = tuple[float, float, float, float, tuple[int, ...]]


class Around:
    """How far up the next element with a telling name is, and how many elements of each sort hold a line."""

    def __init__(self) -> None:
        """Begin with nothing known; each element is worked out once."""
        self.seen: dict[int, _Known] = {}
        self.telling: dict[str, tuple[bool, ...]] = {}

    def of(self, node: Node) -> tuple[float, ...]:
        """Return steps to a good, bad, talk and post name, then counts in the order of `AROUND`."""
        chain = []
        at: Node | None = node
        while at is not None and id(at) not in self.seen:
            chain.append(at)
            at = at.parent
        known = self.seen[id(at)] if at is not None else (_FAR, _FAR, _FAR, _FAR, (0,) * len(AROUND))
        for one in reversed(chain):
            known = self.seen[id(one)] = self._read(one, known)
        return (*known[:4], *known[4])

    def _read(self, node: Node, above: _Known) -> _Known:
        good, bad, talk, post, counts = above
        tag, aria = _PLACES.get(node.tag), _LANDMARKS.get(node.aria)
        if tag is not None or aria is not None:
            counted = list(counts)
            for place in (tag, aria):
                if place is not None:
                    counted[place] += 1
            counts = tuple(counted)
        if not node.names:
            return good + 1, bad + 1, talk + 1, post + 1, counts
        said = self.telling.get(node.names)
        if said is None:
            low = node.names.lower()
            said = tuple(pattern.search(low) is not None for pattern in (_GOOD, _BAD, _TALK, _POST))
            self.telling[node.names] = said
        return (
            0.0 if said[0] else good + 1,
            0.0 if said[1] else bad + 1,
            0.0 if said[2] else talk + 1,
            0.0 if said[3] else post + 1,
            counts,
        )


def _wider(node: Node) -> Node | None:
    """Return the nearest element around `node` that holds more lines than it."""
    at = node.parent
    while at is not None and at.parent is not None and (at.first, at.last) == (node.first, node.last):
        at = at.parent
    return at


class Spans:
    """Which lines the elements around each line hold: levels 0 to `UP` - 1, and last the nearest big one."""

    def __init__(self, lines: Sequence[Line], words: Any) -> None:
        """Find them; `words` are the numbers of words of the lines."""
        import numpy as np

        n = len(lines)
        spans = np.zeros((UP + 1, n, 3), dtype=np.int64)
        before = _running(words)
        wanted = BIG * max(1.0, float(before[-1]))
        total: list[float] = before.tolist()
        for i, line in enumerate(lines):
            at: Node | None = line.node
            for level in range(UP):
                if at is None:
                    spans[level, i] = spans[level - 1, i]
                    continue
                spans[level, i] = (min(at.first, i), max(at.last, i + 1), TAG_CODES.get(at.tag, 0))
                at = _wider(at)
            big, steps = line.node, 0
            while big.parent is not None and total[max(big.last, i + 1)] - total[min(big.first, i)] < wanted:
                big, steps = big.parent, steps + 1
            spans[UP, i] = (min(big.first, i), max(big.last, i + 1), steps)
        self.first, self.last, self.extra = spans[:, :, 0], spans[:, :, 1], spans[:, :, 2]
        self.shapes = np.array([line.node.shape for line in lines], dtype=np.int64)
        self.count = n

    def sums(self, values: Any, level: int) -> Any:
        """Return for each line the sum of `values` over the lines of its element of that level."""
        running = _running(values)
        return running[self.last[level]] - running[self.first[level]]

    def by_shape(self, values: Any) -> Any:
        """Return for each line the sum of `values` over the lines of the same shape."""
        import numpy as np

        return np.bincount(self.shapes, weights=values)[self.shapes]

    def window(self, values: Any, width: int) -> Any:
        """Return for each line the sum of `values` over it and `width` lines on each side."""
        import numpy as np

        index = np.arange(self.count)
        running = _running(values)
        return running[np.minimum(self.count, index + width + 1)] - running[np.maximum(0, index - width)]


def _running(values: Any) -> Any:
    import numpy as np

    return np.concatenate(([0.0], np.cumsum(values)))


def shifted(column: Any, by: int, filler: float) -> Any:
    """Return the column moved down by so many lines (up where `by` is negative)."""
    import numpy as np

    moved = np.full(len(column), filler)
    if by > 0:
        moved[by:] = column[:-by]
    else:
        moved[:by] = column[-by:]
    return moved


def groups(lines: Sequence[Line], words: Any, linked: Any, held: Any, own_linked: Any) -> dict[str, Any]:
    """Return what the lines of one shape, and those of one list or table, have in common."""
    import numpy as np

    shapes = np.array([line.node.shape for line in lines], dtype=np.int64)
    group = np.array([line.group + 1 for line in lines], dtype=np.int64)

    def sums(keys: Any, values: Any = None) -> Any:
        return np.bincount(keys, weights=values)[keys]

    inside = np.maximum(sums(shapes, words), 1.0)
    in_group = np.maximum(sums(group, words), 1.0)
    return {
        "shape_lines": np.log1p(sums(shapes)),
        "shape_words": np.log1p(inside),
        "shape_answer": sums(shapes, held) / inside,
        "shape_linked": sums(shapes, linked) / inside,
        "group_lines": np.where(group > 0, np.log1p(sums(group)), 0.0),
        "group_linked": np.where(group > 0, sums(group, linked) / in_group, own_linked),
    }


def places(lines: Sequence[Line], words: Any, linked: Any, held: Any) -> dict[str, Any]:
    """Return where each line stands: on the page, from trafilatura's answer, from headings."""
    import numpy as np

    n = len(lines)
    before, links_before, held_before = _running(words), _running(linked), _running(held)
    index = np.arange(n)
    kept = held >= 0.5 * np.maximum(words, 1)
    last_kept = np.maximum.accumulate(np.where(kept, index, -1))
    next_kept = np.minimum.accumulate(np.where(kept, index, n)[::-1])[::-1]
    since = before[:-1] - before[np.maximum(last_kept, 0)]
    until = before[np.minimum(next_kept, n - 1)] - before[:-1]
    first, last = np.maximum(index - 5, 0), np.minimum(index + 6, n)
    inside = np.maximum(before[last] - before[first], 1.0)
    headings = np.array([line.role == "heading" for line in lines], dtype=bool)
    last_heading = np.maximum.accumulate(np.where(headings, index, -1))
    h1 = next((i for i, line in enumerate(lines) if line.role == "heading" and line.level == 1), None)
    return {
        "place": index / n,
        "place_words": before[:-1] / max(1.0, float(before[-1])),
        "since_answer": np.where(last_kept < 0, 200, np.minimum(index - last_kept, 200)),
        "until_answer": np.where(next_kept >= n, 200, np.minimum(next_kept - index, 200)),
        "between_answers": (last_kept >= 0) & (next_kept < n),
        "since_words": np.where(last_kept < 0, 5000, np.minimum(since, 5000)),
        "until_words": np.where(next_kept >= n, 5000, np.minimum(until, 5000)),
        "window_answer": (held_before[last] - held_before[first]) / inside,
        "window_linked": (links_before[last] - links_before[first]) / inside,
        "window_words": np.log1p(inside),
        "since_heading": np.where(last_heading < 0, 100, np.minimum(index - last_heading, 100)),
        "after_h1": np.full(n, -200) if h1 is None else np.clip(index - h1, -100, 300),
    }
