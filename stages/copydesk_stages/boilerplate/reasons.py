"""Why a line was taken for boilerplate, in words: the features that moved its score most, said as facts of the line."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from copydesk_stages.boilerplate.classes import CODE
from copydesk_stages.boilerplate.features import LONG, NAMES, OVERLAP, PLACE, WORDING

_AT = {name: number for number, name in enumerate(NAMES)}
_GROUP_OF = {
    **dict.fromkeys(("chars", "words", "word_length"), "size"),
    **dict.fromkeys(("last_class", "stops", "inner_stops", "commas"), "ending"),
    **dict.fromkeys(("upper_share", "capital_words", "first_class", "letters_share"), "capitals"),
    **dict.fromkeys(("digit_share", "numbers"), "numbers"),
    **dict.fromkeys(("colons", "quotes", "dashes", "bars", "brackets", "links", "symbols", "mark_share"), "marks"),
    **dict.fromkeys(WORDING, "wording"),
    **dict.fromkeys(PLACE, "place"),
    **dict.fromkeys(OVERLAP, "overlap"),
    **dict.fromkeys(("shape_count", "start_count", "same_count"), "repeated"),
    **dict.fromkeys(("plain_share", "all_plain", "ideograph_share"), "script"),
}
GROUPS = [_GROUP_OF.get(name, "around") for name in NAMES]
_GROUP_NAMES = sorted(set(GROUPS))
_MEMBERS = np.array([[name == group for name in _GROUP_NAMES] for group in GROUPS], np.int64)
_MOST = 2
_UNSPACED_SHARE = 0.3
#: As many as eight wide characters, each of which counts twice.
_FEW_CHARS = 16
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d\d\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_ADDRESS = re.compile(r"@\w|https?:|www\.|\.(?:com|org|net|de|co)\b|#\w", re.IGNORECASE)
_BYLINE = re.compile(r"(?:[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Dd]oor|[Aa]v|[Aa]f|Автор):? [A-ZÀ-ÞА-Я]")
_CREDIT = re.compile(
    r"[©®]|\((?:[^()]*[:/])?[^()]*\)\s*$|\b(?:photo(?:graph)?|foto|image|bild|getty|reuters|afp|dpa)\b", re.IGNORECASE
)


def whys(lines: list[str], rows: npt.NDArray[np.float64], moved: npt.NDArray[np.int64]) -> list[str]:
    """Return the reason for each line: `rows` its features, `moved` how much each of these, and any further, spoke."""
    known = len(GROUPS)
    sums = moved[:, :known] @ _MEMBERS
    sums[:, _GROUP_NAMES.index("around")] += moved[:, known:].sum(axis=1)
    order = np.argsort(-sums, axis=1, kind="stable")  # among equals by name
    spoke = np.take_along_axis(sums, order, axis=1) > 0
    return [
        _why(line, row, [_GROUP_NAMES[group] for group in groups[:count]])
        for line, row, groups, count in zip(lines, rows, order.tolist(), spoke.sum(axis=1).tolist(), strict=True)
    ]


def _why(line: str, row: Any, groups: list[str]) -> str:
    """Return the reason for one line by the groups of features that spoke for it, the loudest first."""
    said: list[str] = []
    for group in groups:
        if len(said) == _MOST:
            break
        phrase = "" if group in ("place", "around") else _say(group, row)
        if phrase:
            said.append(phrase)
    # Where it stands is said always, for it is how a person finds the line.
    where = _say("place", row) or _say("around", row)
    return ", ".join([*said, where, f"looks like {_kind(line, row)}"])


def _say(group: str, row: Any) -> str:
    def of(name: str) -> float:
        return float(row[_AT[name]])

    match group:
        case "size":
            words = int(of("words"))
            if of("ideograph_share") > _UNSPACED_SHARE:  # no spaces say where a word ends
                return "only a few characters" if of("chars") <= _FEW_CHARS else "short" if of("chars") < LONG else ""
            if words <= 1:
                return "a single word" if of("letters_share") > 0 else "no words"
            if words <= 4:
                return f"only {words} words"
            return "short" if of("chars") < LONG else ""
        case "ending":
            return "" if of("last_class") == CODE["stop"] else "no final punctuation"
        case "capitals":
            if of("ideograph_share") > _UNSPACED_SHARE:
                return ""
            if of("upper_share") > 0.9:
                return "all in capitals"
            return "every word with a capital" if of("words") > 1 and of("capital_words") == 1 else ""
        case "numbers":
            return "mostly digits" if of("digit_share") > 0.4 else "holds numbers" if of("numbers") else ""
        case "marks":
            if of("links"):
                return "holds an address or a handle"
            return "parts set off by strokes or dots" if of("bars") else ""
        case "wording":
            return "worded like page furniture" if of("wording") > 0 else ""
        case "overlap":
            return "" if not 0 <= of("known") <= 0.2 else "shares no words with the paragraphs"
        case "repeated":
            return "stands more than once" if of("same_count") > 1 else ""
        case "script":
            return "in another script than the text" if abs(of("plain_share") - of("all_plain")) > 0.4 else ""
        case "place":
            if of("from_start") == 0 or not of("body_before"):
                return "before the first paragraph"
            return "after the last paragraph" if of("body_after") == 0 else ""
        case _:
            return _surroundings(of("before_chars"), of("after_chars"), of("run"))


def _surroundings(before: float, after: float, run: float) -> str:
    if before >= LONG and after >= LONG:
        return "between two paragraphs"
    if run >= 3:
        return "among other short lines"
    if before < 0:
        return "at the very beginning"
    return "at the very end" if after < 0 else "beside another short line"


def _kind(line: str, row: Any) -> str:
    words = int(row[_AT["words"]])
    if words <= 12 and _BYLINE.match(line):
        return "a byline"
    if _CREDIT.search(line):
        return "a caption or credit"
    if _ADDRESS.search(line):
        return "a link, an address or a handle"
    if _TIME.search(line):
        return "a date or time"
    if row[_AT["digit_share"]] > 0.5:
        return "a count or number"
    if words <= 3 and len(line) <= 30:
        return "a label, name or button"
    if len(line) > LONG:
        return "a notice of the page"
    return "a related headline, teaser or notice"
