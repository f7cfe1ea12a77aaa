"""Which lines of a page are its main text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from copydesk_stages.extract import base, described, features, flags, kind, lines, page, parts, repeats

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from copydesk_stages.extract import Extract, model
    from copydesk_stages.extract.metadata import Declared

# Beyond this trafilatura recurses too deep; the page's lines are judged without it.
MAX_TREE_DEPTH = 500
# Beyond this the table of features would take too much memory.
MAX_LINES = 50_000
#: How much a line that should stay weighs against one that should go (the beta of the F measure).
BETA = {"precision": 0.5, "balanced": 1.0, "recall": 2.0}
# A list or table of whose words this share is taken is kept whole, one of which less than the second is left whole.
_MOST = 0.6
_FEW_OF_ALL = 0.2
# What is less likely than this part of the least likely line taken does not come along.
_UNLIKELY = 0.3
_CHARACTERS = 12
# A link of a word or two that is less likely than this is a button.
_SURE = 0.7
# How much those trees count that do not know trafilatura's answer.
_SAY = 0.3
# How much of the log-odds of a line is the mean of its shape, where a shape has so many lines.
_SHARED = 0.8
_ALIKE = 3
# No chance is nearer to 0 or 1 than this before the mean is taken.
_CERTAIN = 0.002
# What the log-odds are multiplied by, and what is added, by the kind that the page declares: on articles a line in
# doubt is rather furniture, on news more so (captions, appeals and links to other stories stand between paragraphs),
# but not what they quote; on a page of which little is known all is less sure than the trees think.
_LEAN = {
    "article": (1.0, -0.3), "news": (1.0, -1.2), "unknown": (0.8, 0.0), "website": (0.8, 0.0),
    "documentation": (0.8, 0.0),
}  # fmt: skip
_WHY = "the main text of the page; menus, teasers and other furniture are left out"


@dataclass(frozen=True, slots=True)
class Choice:
    """The lines that stay, why in words, and what a person should know about the page."""

    lines: list[lines.Line]
    why: str
    flag: flags.Flag | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One page as both readers see it: its lines, trafilatura's answer and how much of each line that holds."""

    lines: list[lines.Line]
    answer: base.Answer
    body: list[float]
    comments: list[float]
    facts: features.Facts
    kind: str
    #: Which lines belong to the description that the page of a product declares.
    described: list[bool]

    def table(self, scores: tuple[Sequence[float], Sequence[float]] | None = None) -> NDArray[np.float64]:
        """Return the features of the lines."""
        return features.table(self.lines, self.answer, (self.body, self.comments), self.facts, scores)


def read_lines(root: Any) -> tuple[list[lines.Line], int]:
    """Return the lines of the page and its depth; those for readers without scripts where they hold more text."""
    found, depth = lines.walk(root)
    size = sum(len(line.text) for line in found)
    if sum(len(text.strip()) for element in root.iter("noscript") for text in element.itertext()) > size:
        without, _ = lines.walk(root, noscript=True)
        if sum(len(line.text) for line in without) > 2 * size:
            return without, depth
    return found, depth


def read(root: Any, found: list[lines.Line], answer: base.Answer, said: Declared) -> Reading:
    """Return the page as both readers see it; `said` is what the page declares."""
    texts = [line.text for line in found]
    kind_of = kind.kind_of(root, said)
    articles = sum(1 for _ in root.iter("article"))
    seen = features.Facts(said.tags.get("title", ""), kind.KINDS[kind_of], articles)
    body, comments = base.cover(texts, answer.body), base.cover(texts, answer.comments)
    said_so = described.within(texts, described.description(said.nodes) if kind_of == "product" else [])
    return Reading(found, answer, body, comments, seen, kind_of, said_so)


def choose(root: Any, text: str, options: Extract, said: Declared) -> Choice:
    """Return the lines of the main text of a parsed page; `text` is what was parsed, `said` what the page declares."""
    if root is None:
        return Choice([], "the page has no element", flags.NO_TEXT)
    found, depth = read_lines(root)
    if depth >= page.MAX_DEPTH - 2:
        return Choice(_plain(page.strip_markup(text)), "the text between the tags", flags.TOO_DEEP)
    if len(found) > MAX_LINES:
        return Choice([line for line in found if not line.node.hidden], "the visible text of the page", flags.TOO_LARGE)
    answer = base.Answer()
    if depth <= MAX_TREE_DEPTH and base.is_affordable(root):
        answer = base.ask(root)
    reading = read(root, found, answer, said)
    kept, told = _kept(reading, options)
    if _is_embedded(reading, kept):
        without = [line.text for line in lines.walk(root, noscript=True)[0]]
        if max(base.cover(without, answer.body), default=0.0) < 0.5:
            return Choice(_plain(answer.body, "trafilatura"), "the text that the page holds as data for its scripts")
    if kept:
        return Choice(kept, _WHY + told, flags.flag_of(root, said, found, kept))
    return _nothing_found(root, said, found)


def _kept(reading: Reading, options: Extract) -> tuple[list[lines.Line], str]:
    """Return the lines that stay, and in words what the options have changed."""
    if not reading.lines:
        return [], ""
    from copydesk_stages.extract import model

    single = chances(reading, model.load("trees"), model.load("alone"))
    single = described.towards(single, reading.lines, reading.described)
    part_of = parts.parts(reading.lines, reading.body, reading.comments, reading.kind)
    wanted = stays(reading.lines, together(reading, without_asides(reading, single, part_of)), BETA[options.favor])
    for i, is_repeat in enumerate(repeats.repeats(reading.lines, wanted)):
        part_of[i] = "repeat" if is_repeat else part_of[i]
    kept, dropped, added = [], Counter[str](), Counter[str]()
    for i, (line, chosen, part) in enumerate(zip(reading.lines, wanted, part_of, strict=True)):
        stays_in = parts.as_asked(options, part, line, chosen=chosen)
        dropped[part] += chosen and not stays_in
        added[part] += stays_in and not chosen
        if stays_in:
            line.tags["from"] = "both" if max(reading.body[i], reading.comments[i]) >= 0.5 else "classifier"
            if part in ("comment", "related"):
                line.tags["part"] = part
            kept.append(line)
    return kept, parts.told(dropped, added)


def chances(
    reading: Reading, trees: model.Trees, alone: model.Trees, table: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Return for each line how likely it belongs to the main text.

    The trees that know what trafilatura did with the line have most of the say. Where it found nothing they would miss
    its answer, and those that have learned without it decide.
    """
    rows = reading.table() if table is None else table
    without = alone.probability(rows)
    if not (reading.answer.body or reading.answer.comments):
        return without
    return (trees.probability(rows) * (1 - _SAY) + without * _SAY).round(3)


def without_asides(
    reading: Reading, chance: NDArray[np.float64], part_of: Sequence[str] | None = None
) -> NDArray[np.float64]:
    """Return the chances with none for reviews on the page of a product, and for signatures below the posts of a forum.

    The text of such a page is the shop's, and what a writer puts below every post belongs to none of them.
    """
    import numpy as np

    aside = {"product": "comment", "forum": "signature"}.get(reading.kind)
    if aside is None:
        return chance
    named = part_of or parts.parts(reading.lines, reading.body, reading.comments, reading.kind)
    return np.where([part == aside for part in named], 0.0, chance)


def together(reading: Reading, chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the chances drawn towards the mean of the lines of one shape, in log-odds and weighed by words.

    What the page makes by one template (the posts of a thread, the cards of a list, the paragraphs of a text) belongs
    to the main text together or not at all; a short post says less about that than all posts do. How sure to be in
    the end depends on the kind that the page declares.
    """
    import numpy as np

    sure = np.clip(chance, _CERTAIN, 1 - _CERTAIN)
    odds = np.log(sure / (1 - sure))
    weights = np.array([len(line.text.split()) + 1 for line in reading.lines], dtype=np.float64)
    shapes = np.array([line.node.shape for line in reading.lines], dtype=np.int64)
    mean = (np.bincount(shapes, odds * weights) / np.maximum(np.bincount(shapes, weights), 1.0))[shapes]
    shared = np.where(np.bincount(shapes)[shapes] >= _ALIKE, _SHARED, 0.0)
    scale, shift = _LEAN.get(reading.kind, (1.0, 0.0))
    lean = np.where([line.role == "quote" for line in reading.lines], 0.0, shift)
    return np.asarray(np.round(1.0 / (1.0 + np.exp(-(scale * (odds + shared * (mean - odds)) + lean))), 3))


def stays(found: Sequence[lines.Line], chance: NDArray[np.float64], beta: float = 1.0) -> list[bool]:
    """Return which lines to keep: those that `select` takes, with lists and tables kept or left as wholes.

    Where most words of a list or table are taken, the rest of it comes along unless it is very unlikely; where few
    are, none is. A link of a word or two, by itself or among others, has to be likely.
    """
    # Scripts without spaces have no words to split; there so many characters count as one.
    words = [float(max(len(line.text.split()), len(line.text) // _CHARACTERS)) for line in found]
    taken = select(chance, words, beta)
    threshold = min((float(one) for one, is_taken in zip(chance, taken, strict=True) if is_taken), default=1.0)
    members: dict[int, list[int]] = {}
    for i, line in enumerate(found):
        if line.group >= 0:
            members.setdefault(line.group, []).append(i)
    for group in members.values():
        size = sum(words[i] + 1 for i in group)
        share = round(sum(words[i] + 1 for i in group if taken[i]) / size, 3)
        for i in group if len(group) > 1 else ():
            if share >= _MOST:
                taken[i] = taken[i] or float(chance[i]) >= _UNLIKELY * threshold
            elif share < _FEW_OF_ALL:
                taken[i] = False
    buttons = {i for i in range(len(found)) if taken[i] and chance[i] < _SURE and _is_button(found, taken, i)}
    return [is_taken and i not in buttons for i, is_taken in enumerate(taken)]


def _is_button(found: Sequence[lines.Line], taken: Sequence[bool], i: int) -> bool:
    """Tell whether a line is a link of one or two words ("Print", "Reply") and no neighbour in its list is more."""
    if not _is_short_link(found[i]):
        return False
    near = [found[j] for j in (i - 1, i + 1) if 0 <= j < len(found) and taken[j]]
    return not any(found[i].group == one.group >= 0 and not _is_short_link(one) for one in near)


def _is_short_link(line: lines.Line) -> bool:
    return line.role in ("paragraph", "item") and 2 * line.linked >= len(line.text) and line.text.count(" ") <= 1


def select(chance: Sequence[float] | NDArray[np.float64], words: Sequence[float], beta: float = 1.0) -> list[bool]:
    """Return which lines to keep so that the expected F measure over words is highest.

    For lines in order of their probability, each is taken as long as that raises the ratio of the words expected to be
    right to those taken and those missed (Lewis, "Evaluating and optimizing autonomous text classification systems",
    1995).

    >>> select([0.9, 0.1, 0.6], [20, 30, 10])
    [True, False, True]
    """
    order = sorted(range(len(words)), key=lambda i: (-chance[i], i))
    total = sum(float(chance[i]) * words[i] for i in range(len(words)))
    right = taken = best = 0.0
    threshold = 1.1
    for i in order:
        right += float(chance[i]) * words[i]
        taken += words[i]
        measure = (1 + beta * beta) * right / (taken + beta * beta * total) if taken else 0.0
        if round(measure, 6) > best:
            best, threshold = round(measure, 6), float(chance[i])
    return [float(one) >= threshold for one in chance]


def _is_embedded(reading: Reading, kept: Sequence[lines.Line]) -> bool:
    """Tell whether trafilatura found its text in no line of the page: as JSON for a script to show."""
    answer = reading.answer.body
    size = sum(len(text) for text in answer)
    seen = sum(len(line.text) * share for line, share in zip(reading.lines, reading.body, strict=True))
    if seen >= 0.5 * size or size <= sum(len(line.text) for line in kept):
        return False
    held = base.cover(answer, [line.text for line in reading.lines])
    return sum(len(text) for text, share in zip(answer, held, strict=True) if share < 0.5) > 0.5 * size


def _plain(texts: Sequence[str], source: str = "") -> list[lines.Line]:
    top = lines.Node("html", None, 0)
    tags = {"from": source} if source else {}
    return [lines.Line(text, "paragraph", top, tags=dict(tags)) for text in texts]


def _nothing_found(root: Any, said: Declared, found: list[lines.Line]) -> Choice:
    visible = [line for line in found if not line.node.hidden]
    if visible:
        flag = flags.flag_of(root, said, visible, visible) or flags.NO_MAIN_TEXT
        return Choice(visible, "the visible text of the page", flag)
    if next(root.iter("frameset"), None) is not None:
        # What stands for readers without frames comes out of the parser as one string.
        beside = [text for element in root.iter("noframes") for text in page.strip_markup(element.text or "")]
        return Choice(_plain(beside), "the text for readers without frames", flags.FRAMES)
    scripted = next(root.iter("script"), None) is not None
    return Choice([], "the page shows no text", flags.NO_SCRIPTS if scripted else flags.NO_TEXT)
