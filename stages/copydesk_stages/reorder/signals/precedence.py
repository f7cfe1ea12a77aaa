"""Precedence signals: does one paragraph have to come before another?"""

from __future__ import annotations

from copydesk_stages.reorder.reading import Context, Paragraph


def full_before_short(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`a` gives a name in full of which `b` has only the last part (Siddharthan et al. 2011)."""
    if not a.people:
        return 0.0
    n = 0
    for short in a.people:
        if short in b.capitals and short not in b.people:
            n += 1
    return min(n, 2) / 2.0


def only_full_before_short(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`a` alone of all paragraphs gives a name in full of which `b` has only the last part."""
    if not a.people:
        return 0.0
    n = 0
    for short in a.people:
        if short in b.capitals and short not in b.people and c.introducers[short] == 1:
            n += 1
    return min(n, 2) / 2.0


def body_before_short(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`a` alone gives in full the name of a place or body that `b` has the last word of."""
    if not a.bodies:
        return 0.0
    n = 0
    for short in a.bodies:
        if (
            short in b.capitals
            and short not in b.people
            and short not in b.bodies
            and c.bodies[short] == 1
            and short not in c.introducers
        ):
            n += 1
    return min(n, 2) / 2.0


def title_before_bare(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`a` says "President Brandt", `b` only "Brandt"."""
    if not a.titled:
        return 0.0
    known = c.introducers
    return 1.0 if any(n not in known for n in (a.titled & b.capitals) - b.titled - b.people.keys()) else 0.0


def acronym_after_expansion(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`a` explains the acronym that `b` uses."""
    return 1.0 if a.expanded and a.expanded & b.acronyms else 0.0


def new_before_known(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`a` has "a dam", `b` "the dam" (Prince 1981)."""
    if not a.introduced:
        return 0.0
    return min(2, len((a.introduced & b.defined) - a.defined)) / 2.0


def counted(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`a` opens with a number or ordinal that comes before the one `b` opens with."""
    return 1.0 if 0 < a.item < b.item else 0.0


PRECEDENCE = (
    full_before_short,
    only_full_before_short,
    body_before_short,
    title_before_bare,
    acronym_after_expansion,
    new_before_known,
    counted,
)
