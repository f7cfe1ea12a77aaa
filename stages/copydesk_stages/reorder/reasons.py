"""Why a paragraph moves, in words for an editor."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copydesk_stages.reorder.model import Scores
from copydesk_stages.reorder.reading import Paragraph
from copydesk_stages.reorder.signals.place import connective


def reason(index: int, order: Sequence[int], scores: Scores, numbers: Sequence[int]) -> str:
    """Return why paragraph `index` goes where `order` has it.

    `numbers[i]` is the number by which a reader knows paragraph i: its place in the document as given, from 1.
    """
    place = {one: at for at, one in enumerate(order)}
    now = place[index]
    ahead = scores.ahead
    others = [o for o in order if o != index]
    # What this move puts right: pairs that stood the wrong way round before it.
    forward = [(ahead[index][o], -place[o], o) for o in others if o < index and now < place[o] and ahead[index][o] > 0]
    backward = [(ahead[o][index], -place[o], o) for o in others if o > index and now > place[o] and ahead[o][index] > 0]
    if forward and (not backward or max(forward) > max(backward)):
        return _introduces(index, max(forward)[2], scores, numbers)
    if backward:
        return _refers(index, max(backward)[2], scores, numbers)
    if now == 0:
        return _lead(index, scores)
    before = order[now - 1]
    if now == len(order) - 1 and scores.last[index] == max(scores.last):
        return "closes the story: nothing else takes up what it says"
    if found := _follows(index, before, scores, numbers):
        return found
    ranked = scores.ranked
    if ranked[index] < ranked[before]:
        return "is background, further from the news than what now stands before it"
    if now + 1 < len(order) and ranked[index] > ranked[order[now + 1]]:
        return "is nearer to the news than what now stands after it"
    return "fits best here, all signals taken together"


def _introduces(one: int, other: int, scores: Scores, numbers: Sequence[int]) -> str:
    a, b = scores.paragraphs[one], scores.paragraphs[other]
    number = numbers[other]
    full = a.bodies | a.people
    for short in _shortened(a, b):
        return f"introduces '{full[short]}', shortened to '{short}' in paragraph {number}"
    for short in sorted((a.titled & b.capitals) - b.titled - b.people.keys()):
        return f"gives '{short}' a title, paragraph {number} only the name"
    for acronym in sorted(a.expanded & b.acronyms):
        return f"explains '{acronym}', which paragraph {number} uses"
    for noun in sorted((a.introduced & b.defined) - a.defined):
        return f"brings in a '{_whole(noun, a.text)}', which paragraph {number} takes as known"
    return f"comes before paragraph {number} by its number"


def _shortened(a: Paragraph, b: Paragraph) -> list[str]:
    """Return the last names that `a` gives in full and `b` alone, people before bodies."""
    known = b.people.keys() | b.bodies.keys()
    return [*sorted((a.people.keys() & b.capitals) - known), *sorted((a.bodies.keys() & b.capitals) - known)]


def _refers(one: int, other: int, scores: Scores, numbers: Sequence[int]) -> str:
    a, b = scores.paragraphs[other], scores.paragraphs[one]
    number = numbers[other]
    full = a.bodies | a.people
    for short in _shortened(a, b):
        return f"has '{short}' for short, which paragraph {number} introduces as '{full[short]}'"
    for short in sorted((a.titled & b.capitals) - b.titled - b.people.keys()):
        return f"has only the name '{short}', paragraph {number} gives the title as well"
    for acronym in sorted(a.expanded & b.acronyms):
        return f"uses '{acronym}', which paragraph {number} explains"
    for noun in sorted((a.introduced & b.defined) - a.defined):
        return f"takes a '{_whole(noun, a.text)}' as known, which paragraph {number} brings in"
    return f"comes after paragraph {number} by its number"


def _lead(index: int, scores: Scores) -> str:
    p = scores.paragraphs[index]
    if p.dateline:
        return "opens with the dateline"
    days = [w for w in p.words if w in scores.language.weekdays]
    if days:
        return f"reads as the opening: what happened, and when ('{days[0].capitalize()}')"
    return "reads as the opening: it shares most with the rest of the story and refers back to nothing"


def _follows(index: int, before: int, scores: Scores, numbers: Sequence[int]) -> str:
    """Return what shows that a paragraph goes on from another, or "" where nothing does."""
    p, q = scores.paragraphs[index], scores.paragraphs[before]
    number = numbers[before]
    c, language = scores.context, scores.language
    if p.item and q.item == p.item - 1:
        return f"follows paragraph {number} by its number"
    if phrase := connective(p, language):
        return f"opens with '{phrase.capitalize()}', so it goes on from something: here from paragraph {number}"
    if p.start in language.pronouns:
        return f"opens with '{p.start.capitalize()}', which needs somebody named before: paragraph {number}"
    if p.opens_quote and not p.speech and q.speech:
        return f"goes on with the quotation after paragraph {number}, which says whose it is"
    names = sorted(p.capitals & q.capitals)
    if names:
        return f"stays with '{names[0]}', of whom or which paragraph {number} speaks"
    shared = sorted(p.content & q.content, key=lambda w: (c.frequency[w], -len(w), w))
    if shared:
        named = " and ".join(f"'{_whole(stem, q.text)}'" for stem in shared[:2])
        return f"takes up {named} from paragraph {number}"
    return ""


def _whole(stem: str, text: str) -> str:
    """Return the first word of the text that begins with these letters, as it stands there."""
    found = re.search(rf"\b{re.escape(stem)}\w*", text, re.IGNORECASE)
    return found.group() if found else stem
