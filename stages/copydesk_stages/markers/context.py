"""Whether what stands around a block agrees that it is a label and no heading or list item."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from copydesk import Block
from copydesk_stages.markers.folding import NETWORK, names_of, words
from copydesk_stages.markers.passages import runs
from copydesk_stages.markers.people import AUTHOR_NOTE, author_of
from copydesk_stages.markers.shapes import Found

#: Blocks of so many characters are taken for paragraphs.
PARAGRAPH = 60
#: Where more of the blocks are short, the document is a list, a table, verse or code, and nothing weak is cut.
MOST_SHORT = 0.75
#: A run of short blocks with more that are no markers is part of the text.
MOST_OTHERS = 8
#: A run of more weak words, two of them of one rule, without one certain marker is a list ("Cricket", "Books", "Golf").
MOST_WEAK = 2
#: Labels that stand so often in one document are a pattern of the text: ratings, speakers, dates of a chronicle.
MOST_TIMES = 2
#: Rules of lines that a list of books, posts or events is made of as well; with more than so many the text is a list.
NAMING = ("byline", "date-line", "photo-credit")
MOST_LINES = 4
#: From so many sub-headings on, or so many that are labels, a label between paragraphs is taken for one more of them.
SUBHEADINGS = 6
SUBHEADING_LABELS = 3
#: From so many blocks on, a document of short lines may be verse or a list, in which one word alone means itself.
VERSE = 6
#: In so many characters a text comes to what its heading names.
HEADED = 400
#: A passage has so many paragraphs, looked at for what its heading names.
PASSAGE = 6
CERTAIN = 1.0
#: Roles, as `extract` tells them, of blocks that stand with others of their kind.
_LISTED = ("item", "row")
#: A page dates an article with the year or the time; a fixture list names a day.
_DATED = re.compile(r"\d{4}|\d[:.h]\d")
#: What a line of a cast looks like, and a credit does, too.
_FIELD = re.compile(r"[^:.!?\n]{2,30}: [^\W\d_a-z][^:.!?\n]{1,40}$")
_ENDS = (".", "!", "?", "”", '"', "»", "。", "！", "？", "…", "’", "؟")


def agreed(blocks: Sequence[Block], found: Mapping[int, Found]) -> set[int]:
    """Return the indices of the markers that may go.

    A certain one goes, but for a word or two ("Comments", "Share") that heads a part of the article or is a line of
    verse. A weak one, a word such as "Politics", is a label of the page or a heading of the article: it goes only in a
    document of paragraphs, in a short run of short blocks, and if the article has no sub-headings of its own.
    """
    notes = _notes(blocks, found)
    cast = _cast(blocks, found)
    found = {
        index: marker
        for index, marker in found.items()
        if (index in notes if marker.rule == AUTHOR_NOTE else not _is_of_text(index, marker, blocks, found))
        and not (marker.rule in NAMING and index in cast)
    }
    many = Counter(marker.rule for marker in found.values() if marker.rule in NAMING)
    found = {index: marker for index, marker in found.items() if many[marker.rule] <= MOST_LINES or _is_sure(marker)}
    allowed = {index for index, marker in found.items() if not (marker.weak or marker.short)}
    if len(allowed) == len(found):
        return allowed
    short = [is_short(block.text) for block in blocks]
    lines = sum(short) > MOST_SHORT * len(blocks)
    headings = _headings(blocks, found, short)
    headed = len(headings) >= SUBHEADINGS or sum(index in found for index in headings) >= SUBHEADING_LABELS
    verse = lines and not allowed and len(blocks) >= VERSE and len(found) < len(blocks) / 2
    for index, marker in found.items():
        heads = _between(index, short) and (headed or _heads(index, blocks, marker.rule))
        if marker.short and not verse and not heads:
            allowed.add(index)
    if not lines and len(blocks) > 1:
        allowed |= _weak(blocks, found, short, headed=headed)
    return allowed


def _is_sure(marker: Found) -> bool:
    """Tell whether a marker goes however many of its kind there are."""
    return marker.rule not in NAMING or (marker.score == CERTAIN and not marker.short)


def _is_of_text(index: int, marker: Found, blocks: Sequence[Block], found: Mapping[int, Found]) -> bool:
    """Tell whether what the page marks up, or the article says, makes a part of the text of this marker.

    What a page marks up as a heading, as an item of a list or a row of a table is one, if a weak marker; items of a
    menu stand beside others that are markers too.
    """
    role = blocks[index].tags.get("role")
    if role == "heading" and marker.weak:
        return True
    return (
        role in _LISTED
        and marker.weak
        and not any(beside in found and blocks[beside].tags.get("role") == role for beside in (index - 1, index + 1))
    )


def _cast(blocks: Sequence[Block], found: Mapping[int, Found]) -> set[int]:
    """Return the blocks of lists that say who does what, of which some lines are no markers: the cast of a play."""
    fields = {index: "" for index, block in enumerate(blocks) if found and _FIELD.match(block.text)}
    listed: set[int] = set()
    for run in runs(fields):
        if len(run) > MOST_TIMES and any(index not in found for index in run):
            listed.update(run)
    return listed


def _weak(blocks: Sequence[Block], found: Mapping[int, Found], short: Sequence[bool], *, headed: bool) -> set[int]:
    """Return the weak markers that may go in a document of paragraphs."""
    weak = [index for index in sorted(found) if found[index].weak]
    times = Counter(_kind(blocks[index].text, found[index]) for index in weak)
    numbered = _numbered(blocks[index].text for index in weak if found[index].rule == "count")
    places = [index for index in weak if _is_place(blocks[index])]
    allowed: set[int] = set()
    for run in runs({index: "" for index, here in enumerate(short) if here}):
        certain = any(index in found and not found[index].weak for index in run)
        labels = [index for index in run if index in found and found[index].weak]
        others = sum(index not in found for index in run)
        introduced = run[0] > 0 and blocks[run[0] - 1].text.rstrip().endswith((":", "："))
        # Two of a kind make a list; "Contact", "Politics" and "Listen" one below the other are a page's.
        alike = len({found[index].rule for index in labels}) < len(labels)
        listed = len(labels) > MOST_WEAK and alike and not certain
        addressed = others and any(found[index].rule == "contact" for index in labels)
        if others > MOST_OTHERS or introduced or listed or addressed:
            continue
        for index in labels:
            if times[_kind(blocks[index].text, found[index])] > MOST_TIMES:
                continue
            if numbered and found[index].rule == "count":
                continue
            if not certain and (_cell(index, run, blocks, found) or _runs_on(index, blocks)):
                continue
            if not certain and len(places) > 1 and index in places:
                continue
            if certain or not ((headed and _between(index, short)) or _heads(index, blocks, found[index].rule)):
                allowed.add(index)
    return allowed


def is_short(text: str) -> bool:
    """Tell whether `text` is shorter than a paragraph; a Chinese character says as much as two letters."""
    return len(text) < PARAGRAPH and len(text) + sum(char > "\u2e80" for char in text) < PARAGRAPH


def _kind(text: str, marker: Found) -> str:
    return marker.rule if marker.rule in ("date-line", "count") else text.casefold()


def _cell(index: int, run: Sequence[int], blocks: Sequence[Block], found: Mapping[int, Found]) -> bool:
    """Tell whether a number or a day is a cell of a table: goals and spectators, the day and the place of a match."""
    if not any(beside in run and beside not in found for beside in (index - 1, index + 1)):
        return False
    rule = found[index].rule
    return rule == "count" or (rule == "date-line" and not _DATED.search(blocks[index].text))


def _is_place(block: Block) -> bool:
    """Tell whether a block is the name of a place alone: if there are more, a guide heads its parts with them."""
    return words(block.text) in names_of("places")


def _runs_on(index: int, blocks: Sequence[Block]) -> bool:
    """Tell whether a sentence in lower case goes on below, of which this block is a part."""
    text = blocks[index].text
    return text[:1].islower() and index + 1 < len(blocks) and blocks[index + 1].text[:1].islower()


def _numbered(counts: Iterable[str]) -> bool:
    """Tell whether bare numbers count the parts of a text: one follows another."""
    values = {int(digits) for count in counts if (digits := "".join(re.findall(r"\d", count)))}
    return any(value + 1 in values for value in values)


def _between(index: int, short: Sequence[bool]) -> bool:
    return 0 < index < len(short) - 1 and not short[index - 1] and not short[index + 1]


def _notes(blocks: Sequence[Block], found: Mapping[int, Found]) -> set[int]:
    """Return the notes on authors that may go: they close the article, which does not speak of whom they introduce.

    A text that introduces many people, such as a programme, is about them.
    """
    notes = [index for index, marker in found.items() if marker.rule == AUTHOR_NOTE]
    if not 0 < len(notes) <= MOST_TIMES or sum(bool(author_of(block.text)) for block in blocks) > MOST_TIMES:
        return set()
    story = [
        index
        for index, block in enumerate(blocks)
        if index not in found and not is_short(block.text) and block.text.rstrip().endswith(_ENDS)
    ]
    if not story or blocks[notes[0] - 1].text.rstrip().endswith((":", "：")):
        return set()
    return {
        index
        for index in notes
        if index > story[-1] and not any(author_of(blocks[index].text) in blocks[number].text for number in story)
    }


def _heads(index: int, blocks: Sequence[Block], rule: str) -> bool:
    """Tell whether the block below speaks of what this one names; of a section, anything up to the next short block."""
    if rule == "count":
        return False
    name = blocks[index].text.strip().casefold()
    if words(name) == (NETWORK,):  # the same one, not any
        return index + 1 < len(blocks) and name in blocks[index + 1].text.casefold()
    mine = {word for word in words(blocks[index].text) if len(word) > 2}
    if not mine:
        return False
    said: set[str] = set()
    for block in islice(blocks, index + 1, index + 1 + (PASSAGE if rule == "section-label" else 1)):
        if is_short(block.text) and said:
            break
        said.update(words(block.text[:HEADED]))
    return mine <= said


def _headings(blocks: Sequence[Block], found: Mapping[int, Found], short: Sequence[bool]) -> list[int]:
    """Return the blocks that look like sub-headings: a few words alone between paragraphs, or a label there."""
    return [
        index
        for index, block in enumerate(blocks)
        if _between(index, short)
        and (index not in found or found[index].weak)
        and block.text[:1].isupper()
        and len(block.text.split()) <= 5
        and block.text.rstrip()[-1:] not in (".", "!", ":", ",", ";", "”", '"')
        and blocks[index + 1].text.rstrip().endswith(_ENDS)
    ]
