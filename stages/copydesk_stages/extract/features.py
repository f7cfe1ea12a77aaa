"""What the second reader knows of each line of a page, as numbers.

Every feature is made with additions in a fixed order and rounded, so that the same page gives the same numbers on
every machine. `NAMES` lists them; the order is part of the model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from copydesk_stages.extract import hints
from copydesk_stages.extract.context import AROUND, TAG_CODES, UP, Around, Spans, groups, places, shifted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from copydesk_stages.extract.base import Answer
    from copydesk_stages.extract.lines import Line

_WORD = re.compile(r"\w+")
_ROLES = {role: i for i, role in enumerate(("paragraph", "heading", "item", "row", "quote", "code", "caption"))}
_COMMON_WORDS = (
    "the of and to a in is that it for was on with as be at by this from are or an have not but which you they his her "
    "der die das und ist nicht von mit den ein eine zu auf für im dem le la les des et est une dans pour que qui pas "
    "el los las una por con para del il che di non un per sono o os as um uma não com de het een en van op и в не на "
    "что с bir ve bu için i w z się och att det som på je"
)
_FUNCTION_WORDS = frozenset(_COMMON_WORDS.split())
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[:/.]\d{2}\b|\bago\b", re.IGNORECASE)
_PRICE = re.compile(r"[$€£¥]\s?\d|\d\s?[$€£¥]")
_END = tuple(".!?…。！？\"”»'")
# Only the beginning of a very long line is looked at word by word.
_READ = 2000

_OF_LINE = (
    "chars", "words", "word_chars", "ends", "commas", "digits", "capitals", "all_caps", "starts_low", "linked",
    "links", "bold", "role", "level", "colon", "question", "copyright", "date", "price", "at", "function", "copies",
    "title",
)  # fmt: skip
_OF_PAGE = (
    "page_lines", "page_words", "page_linked", "page_line_words", "page_answer", "page_answer_words", "page_articles",
    "page_posts", "page_talk", "page_list_words", "page_items", "page_rows", "page_headings", "page_kind",
)  # fmt: skip
_OF_NEIGHBOURS = ("words", "linked", "role", "ends", "answer", "answer_below", "function", "good")
_OF_CONTAINER = ("words", "share", "linked", "lines", "line_words", "answer", "tag")
_OF_HINT = (
    "own", *(f"up{level}" for level in range(UP)), "big", "shape", "page", "near", "around", "before", "before2",
    "after", "after2",
)  # fmt: skip
_SIDES = (("before", 1), ("before2", 2), ("after", -1), ("after2", -2))
NAMES: tuple[str, ...] = (
    *_OF_LINE,
    "answer", "answer_below", "depth", "tag", "hidden", "good", "bad", "talk", "post", "names",
    *(f"in_{name}" for name in AROUND),
    *(f"up{level}_{name}" for level in range(UP) for name in _OF_CONTAINER),
    "big_words", "big_linked", "big_answer", "big_steps",
    "shape_lines", "shape_words", "shape_answer", "shape_linked", "group_lines", "group_linked",
    "place", "place_words", "since_answer", "until_answer", "between_answers", "window_answer", "window_words",
    "window_linked", "since_heading", "after_h1", "since_words", "until_words",
    *(f"{side}_{name}" for side, _ in _SIDES for name in _OF_NEIGHBOURS),
    *_OF_PAGE,
    *(f"{hint}_{name}" for hint in ("text", "names") for name in _OF_HINT),
)  # fmt: skip
#: The columns that come from trafilatura's answer.
OF_ANSWER: tuple[int, ...] = tuple(
    i for i, name in enumerate(NAMES) if "answer" in name or name in ("since_words", "until_words")
)


class Facts:
    """What the whole page says, found once: words of its title, its kind by number, how many articles it marks."""

    __slots__ = ("articles", "kind", "title_words")

    def __init__(self, title: str, kind: int, articles: int) -> None:
        """Keep what was found."""
        self.title_words = frozenset(word for word in _WORD.findall(title.lower()) if len(word) > 2)
        self.kind = kind
        self.articles = articles


def table(
    lines: Sequence[Line],
    answer: Answer,
    covers: tuple[Sequence[float], Sequence[float]],
    facts: Facts,
    scores: tuple[Sequence[float], Sequence[float]] | None = None,
) -> NDArray[np.float64]:
    """Return one row of features for each line.

    `covers` is how much of each line trafilatura kept, in its text and in its comments; `scores` what the two linear
    readers say (given when the model is trained, else asked for).
    """
    import numpy as np

    if not lines:
        return np.zeros((0, len(NAMES)))
    copies = Counter(line.text for line in lines)
    own = np.array([_of_line(line, copies[line.text], facts.title_words) for line in lines], dtype=np.float64)
    columns: dict[str, Any] = {name: own[:, i] for i, name in enumerate(_OF_LINE)}
    columns["answer"], columns["answer_below"] = np.array(covers[0]), np.array(covers[1])
    words = columns["words"]
    linked = words * columns["linked"]
    held = words * np.maximum(columns["answer"], columns["answer_below"])
    around = Around()
    names = np.array([around.of(line.node) for line in lines])
    for i, name in enumerate(("good", "bad", "talk", "post", *(f"in_{name}" for name in AROUND))):
        columns[name] = np.minimum(names[:, i], 20 if i < 4 else 3)
    columns["depth"] = np.array([min(line.node.depth, 60) for line in lines])
    columns["tag"] = np.array([TAG_CODES.get(line.node.tag, 0) for line in lines])
    columns["hidden"] = np.array([line.node.hidden for line in lines])
    columns["names"] = np.array([min(len(line.node.names), 200) for line in lines])
    spans = Spans(lines, words)
    _of_containers(spans, columns, words, linked, held)
    columns |= groups(lines, words, linked, held, columns["linked"])
    columns |= places(lines, words, linked, held)
    columns["words"] = np.log1p(words)
    for side, by in _SIDES:
        for name in _OF_NEIGHBOURS:
            columns[f"{side}_{name}"] = shifted(columns[name], by, -1.0)
    _of_page(len(lines), answer, columns, words, linked, held, facts)
    text, around_it = scores or (hints.text_scores(lines), hints.name_scores(lines))
    _of_hint("text", np.array(text), spans, columns, words)
    _of_hint("names", np.array(around_it), spans, columns, words)
    stacked = np.asarray(np.column_stack([columns[name] for name in NAMES]), dtype=np.float64)
    return np.round(stacked, 4)


def _of_line(line: Line, copies: int, title: frozenset[str]) -> list[float]:
    text = line.text
    size = len(text)
    short = text if size <= _READ else text[:_READ]
    spoken = _WORD.findall(short)
    count = len(spoken) or 1
    lower = [word.lower() for word in spoken]
    solid = max(1, size - text.count(" "))
    return [
        min(size, 5000) ** 0.5,
        len(spoken) if size <= _READ else len(_WORD.findall(text)),
        min(20.0, len(short) / count),
        text.endswith(_END),
        (short.count(",") + short.count("、")) / count,
        sum(map(str.isdigit, short)) / len(short),
        sum([word[0].isupper() for word in spoken]) / count,
        text.isupper(),
        text[0].islower(),
        min(1.0, line.linked / solid),
        min(line.links, 20),
        min(1.0, line.bold / solid),
        _ROLES[line.role],
        line.level,
        text.endswith(":"),
        "?" in short,
        "©" in short,
        _DATE.search(short[:200]) is not None,
        _PRICE.search(short[:200]) is not None,
        "@" in short,
        sum([word in _FUNCTION_WORDS for word in lower]) / count,
        min(copies, 20),
        len(title.intersection(lower)) / (len(title) or 1),
    ]


def _of_containers(spans: Spans, columns: dict[str, Any], words: Any, linked: Any, held: Any) -> None:
    import numpy as np

    total = max(1.0, float(words.sum()))
    for level in range(UP + 1):
        inside = spans.sums(words, level)
        safe = np.maximum(inside, 1.0)
        link_share, answer_share = spans.sums(linked, level) / safe, spans.sums(held, level) / safe
        if level == UP:
            columns["big_words"], columns["big_linked"] = inside / total, link_share
            columns["big_answer"], columns["big_steps"] = answer_share, np.minimum(spans.extra[level], 30)
            continue
        count = spans.last[level] - spans.first[level]
        values = (np.log1p(inside), inside / total, link_share, np.log1p(count), inside / count, answer_share,
                  spans.extra[level])  # fmt: skip
        for name, value in zip(_OF_CONTAINER, values, strict=True):
            columns[f"up{level}_{name}"] = value


def _of_page(n: int, answer: Answer, columns: dict[str, Any], words: Any, linked: Any, held: Any, facts: Facts) -> None:
    import numpy as np

    total = max(1.0, float(words.sum()))
    spoken = sum(len(_WORD.findall(text)) for text in answer.body)
    roles = columns["role"]
    values = (
        np.log1p(n),
        np.log1p(total),
        float(linked.sum()) / total,
        total / n,
        float(held.sum()) / total,
        np.log1p(spoken),
        min(facts.articles, 50),
        int((columns["post"] < 3).sum()) / n,
        int((columns["talk"] < 20).sum()) / n,
        float(words[columns["in_list"] > 0].sum()) / total,
        *(int((roles == _ROLES[role]).sum()) / n for role in ("item", "row", "heading")),
        facts.kind,
    )
    for name, value in zip(_OF_PAGE, values, strict=True):
        columns[name] = np.full(n, float(value))


def _of_hint(hint: str, score: Any, spans: Spans, columns: dict[str, Any], words: Any) -> None:
    """Fill in a score of the line, and its mean by words over what stands around it."""
    import numpy as np

    weighed = score * words
    columns[f"{hint}_own"] = score
    for level in range(UP + 1):
        mean = spans.sums(weighed, level) / np.maximum(spans.sums(words, level), 1.0)
        columns[f"{hint}_up{level}" if level < UP else f"{hint}_big"] = mean
    columns[f"{hint}_shape"] = spans.by_shape(weighed) / np.maximum(spans.by_shape(words), 1.0)
    columns[f"{hint}_page"] = np.full(len(words), float(weighed.sum()) / max(1.0, float(words.sum())))
    for name, width in (("near", 3), ("around", 10)):
        mean = spans.window(weighed, width) / np.maximum(spans.window(words, width), 1.0)
        columns[f"{hint}_{name}"] = mean
    for side, by in _SIDES:
        columns[f"{hint}_{side}"] = shifted(score, by, -20.0)
