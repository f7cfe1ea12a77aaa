"""Words of a page that are part of a text all the same: fields of a file, sections with numbers, items of a list."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from copydesk import Block
from copydesk_stages.markers.folding import NUMBER, words
from copydesk_stages.markers.shapes import SENTENCE_END, Found

#: A field of a JSON file, a Markdown heading, an item of a list that links within its project.
_MARKED_UP = re.compile(
    r"\s*[{\[]?\s*([\"'])[\w .$@/-]*\1\s*:|#{1,6} |\s*(?:[-*+]|\d+[.)])\s+\[[^\]]*\]\((?!https?:|//|mailto:)"
)
#: A field of a YAML file.
_FIELD = re.compile(r"\s*(?:- )?[a-z][a-z0-9_-]*:(?:\s|$)")
_BESIDE_FIELD = re.compile(_FIELD.pattern + r"|---\s*$|\s+- \S")
#: Below a heading of a text file, and below the heading of a manual's last part.
_UNDERLINE = re.compile(r"\s*(={3,}|-{3,})\s*")
_REFERENCE = re.compile(r"\s*[\w.:+-]+\(\d[a-z]?\)")
_NUMBERED = re.compile(r"\s*(?:(\d{1,2}|[a-z]|[IVX]{1,4})[.)]|§\s*(\d{1,3}))\s+\S")
#: "1. Home" with fewer items below is the trail of a page's place in its site.
_FEWEST_NUMBERED = 4
_BULLET = re.compile(r"\s*([-–—*+•·▪◦●])\s+\S")
#: Headings by which a manual page is known beside its last ones, in the languages that manuals are translated to most.
_MANUAL = frozenset(
    ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "BEZEICHNUNG", "ÜBERSICHT", "BESCHREIBUNG", "OPTIONEN", "NOM")
) | frozenset(("NOMBRE", "SINOPSIS", "DESCRIPCIÓN", "NOME", "SINOSSI", "DESCRIZIONE", "NAAM", "ИМЯ", "名前", "名称"))
_LAST = frozenset(
    (
        "AUTHOR",
        "AUTHORS",
        "BUGS",
        "COPYRIGHT",
        "DISCUSSION",
        "EXAMPLES",
        "FILES",
        "NOTES",
        "SEE ALSO",
        "SIEHE AUCH",
        "VOIR AUSSI",
    )
)
_FEWEST_HEADINGS = 2
_GOES_ON = re.compile(r"\s*[^\W\d_]+,?(?: [^\W\d_]+)")
#: The rule of what a user adds.
SITE_PHRASE = "site-phrase"
#: Rules of counts that a sentence may hold in a line of its own.
_COUNTS = ("comments", "reading-time", "share-bar")


def is_marked_up(text: str) -> bool:
    """Tell whether `text` is written as a field, as a heading or as a link in a file of a project.

    >>> [is_marked_up(text) for text in ('  "share": 1,', "## Contact", "- [Home](#home)", "Share: 1", "- Home")]
    [True, True, True, False, False]
    """
    return _MARKED_UP.match(text) is not None


def of_text(blocks: Sequence[Block], found: Mapping[int, Found]) -> set[int]:
    """Return the indices of markers that what stands beside them shows to be part of the text."""
    headings = {text for block in blocks if (text := block.text.strip()) in _MANUAL or text in _LAST}
    refers = any(_REFERENCE.match(block.text) for block in blocks)
    manual = bool(headings) and (refers or (len(headings) >= _FEWEST_HEADINGS and not headings.isdisjoint(_MANUAL)))
    return {
        index
        for index, marker in found.items()
        if marker.rule != SITE_PHRASE
        and (
            _is_field(index, blocks)
            or _is_underlined(index, blocks)
            or _runs_on(index, marker, blocks, found)
            or (manual and (blocks[index].text.strip() in headings or marker.rule == "copyright"))
        )
    }


def without_parts(blocks: Sequence[Block], dropped: Collection[int], found: Mapping[int, Found]) -> set[int]:
    """Return `dropped` without items of lists and numbered sections of which others stay: such a list stays whole.

    What a user gave as a phrase of the site goes all the same.
    """
    kept: set[int] = set()
    numbers = {index: seen[1] or seen[2] for index, block in enumerate(blocks) if (seen := _NUMBERED.match(block.text))}
    for run in (*runs(dict.fromkeys(numbers, "")), *runs(_bullets(blocks))):
        crumbs = (
            run[0] in numbers and len(run) < _FEWEST_NUMBERED and run[0] in found and found[run[0]].rule == "navigation"
        )
        if not crumbs and not all(index in dropped for index in run):
            kept.update(run)
    # Sections with numbers stand apart.
    staying = {number for index, number in numbers.items() if index not in dropped}
    for index, number in numbers.items():
        apart = not {index - 1, index + 1} & numbers.keys() and index in dropped and found[index].rule != "navigation"
        if apart and number.isdigit() and {str(int(number) - 1), str(int(number) + 1)} & staying:
            kept.add(index)
    return {index for index in dropped if index not in kept or found[index].rule == SITE_PHRASE}


def _bullets(blocks: Sequence[Block]) -> dict[int, str]:
    return {index: seen[1] for index, block in enumerate(blocks) if (seen := _BULLET.match(block.text))}


def runs(signs: Mapping[int, str]) -> list[list[int]]:
    """Return the blocks that follow one another with one sign, by index in rising order."""
    found: list[list[int]] = []
    for index, sign in signs.items():
        if signs.get(index - 1) == sign:
            found[-1].append(index)
        else:
            found.append([index])
    return found


def _is_field(index: int, blocks: Sequence[Block]) -> bool:
    return _FIELD.match(blocks[index].text) is not None and any(
        _BESIDE_FIELD.match(blocks[beside].text) for beside in (index - 1, index + 1) if 0 <= beside < len(blocks)
    )


def _is_underlined(index: int, blocks: Sequence[Block]) -> bool:
    """Tell whether a line of signs below, as long as this one, makes a heading of it."""
    line = blocks[index + 1].text if index + 1 < len(blocks) else ""
    return _UNDERLINE.fullmatch(line) is not None and len(line.strip()) == len(blocks[index].text.strip())


def _runs_on(index: int, marker: Found, blocks: Sequence[Block], found: Mapping[int, Found]) -> bool:
    """Tell whether a count is a line of a sentence that goes on below in lower case."""
    below = index + 1
    return (
        marker.rule in _COUNTS
        and below < len(blocks)
        and index > 0
        and below not in found
        and _GOES_ON.match(blocks[below].text) is not None
        and blocks[below].text.lstrip()[:1].islower()
        and not SENTENCE_END.search(blocks[index - 1].text.rstrip())
        and NUMBER in words(blocks[index].text)
    )
