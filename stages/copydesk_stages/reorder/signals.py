"""Signals: what in a paragraph, or in two of them, tells where they belong.

A *place* signal looks at one paragraph (does it rather open a story or close it?), a *precedence* signal at two (does
the first have to come before the second?), a *neighbour* signal at two in a row (does the second follow right upon the
first?). Each gives a number between 0 and about 1; what it is worth is learned (`weights.toml`).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from copydesk_stages.reorder.reading import STEM, Context, Paragraph
from copydesk_stages.reorder.resources import Language

Place = Callable[[Paragraph, Context], float]
Pair = Callable[[Paragraph, Paragraph, Context], float]

PLACE: dict[str, Place] = {}
PRECEDENCE: dict[str, Pair] = {}
NEIGHBOUR: dict[str, Pair] = {}


def _place(function: Place) -> Place:
    PLACE[function.__name__] = function
    return function


def _precedence(function: Pair) -> Pair:
    PRECEDENCE[function.__name__] = function
    return function


def _neighbour(function: Pair) -> Pair:
    NEIGHBOUR[function.__name__] = function
    return function


def connective(p: Paragraph, language: Language) -> str:
    """Return the connective that a paragraph opens with, or ""."""
    head = " ".join(p.words[:4]) + " "
    for phrase in language.connectives:
        if head.startswith(phrase) and head[len(phrase)] == " ":
            return phrase
    return ""


@_place
def opens_connective(p: Paragraph, c: Context) -> float:
    """Opens with "However", "Separately", "Dennoch": goes on from something (Halliday and Hasan 1976)."""
    return 1.0 if connective(p, c.language) else 0.0


@_place
def opens_pronoun(p: Paragraph, c: Context) -> float:
    """Opens with a pronoun, which needs what it stands for before it (Lapata 2003)."""
    return 1.0 if p.start in c.language.pronouns else 0.0


@_place
def opens_demonstrative(p: Paragraph, c: Context) -> float:
    """Opens with "this" or "such"."""
    return 1.0 if p.start in c.language.demonstratives else 0.0


@_place
def opens_definite(p: Paragraph, c: Context) -> float:
    """Opens with a definite noun phrase: the reader knows the thing already (Prince 1981)."""
    return 1.0 if p.start in c.language.definite and p.start not in c.language.demonstratives else 0.0


@_place
def opens_indefinite(p: Paragraph, c: Context) -> float:
    """Opens with "a" or "ein": brings something new, as leads do."""
    return 1.0 if p.start in c.language.indefinite else 0.0


@_place
def opens_quote(p: Paragraph, _c: Context) -> float:
    """Opens with a quotation, which news saves for later paragraphs."""
    return 1.0 if p.opens_quote else 0.0


@_place
def quoted_share(p: Paragraph, _c: Context) -> float:
    """Share of the paragraph that is quoted."""
    return p.quoted


@_place
def dateline(p: Paragraph, c: Context) -> float:
    """Alone opens with a dateline, "KYIV (Agency) -"."""
    return 1.0 if p.dateline and c.datelines == 1 else 0.0


@_place
def weekday(p: Paragraph, c: Context) -> float:
    """Says on which day it happened: leads do (the five Ws of news writing)."""
    return 0.0 if c.language.weekdays.isdisjoint(p.distinct) else 1.0


@_place
def month(p: Paragraph, c: Context) -> float:
    """Names a month: background more often than news."""
    return 0.0 if c.language.months.isdisjoint(p.distinct) else 1.0


@_place
def past_year(p: Paragraph, c: Context) -> float:
    """Names a year before the document's latest one: background."""
    return 1.0 if any(y < c.latest_year for y in p.years) else 0.0


@_place
def additive(p: Paragraph, c: Context) -> float:
    """Holds "also", "another", "meanwhile" among its first dozen words."""
    return 0.0 if c.language.additive.isdisjoint(p.words[:12]) else 1.0


@_place
def length(p: Paragraph, _c: Context) -> float:
    """How long it is, on a logarithmic scale."""
    return math.log1p(len(p.words)) / 5.0


@_place
def centrality(p: Paragraph, c: Context) -> float:
    """How much of its content the other paragraphs share: leads summarise (Erkan and Radev 2004)."""
    others = len(c.paragraphs) - 1
    if not p.content or others < 1:
        return 0.0
    frequency = c.frequency
    total = sum([frequency[w] for w in p.content]) - len(p.content)
    return min(1.0, total / math.sqrt(len(p.content)) / math.sqrt(others) / 2.0)


@_place
def core(p: Paragraph, c: Context) -> float:
    """Share of the document's commonest content words that it holds."""
    return len(p.content & c.common) / math.sqrt(len(c.common)) / 3.0 if c.common else 0.0


@_place
def unshared(p: Paragraph, c: Context) -> float:
    """Share of its content words that stand nowhere else: digressions and ends."""
    if not p.content:
        return 0.0
    frequency = c.frequency
    return sum([frequency[w] == 1 for w in p.content]) / len(p.content)


@_place
def full_names(p: Paragraph, _c: Context) -> float:
    """Names people or bodies in full."""
    return min(1.0, len(p.people) / 3.0)


@_place
def bare_names(p: Paragraph, c: Context) -> float:
    """Uses last names alone that another paragraph gives in full."""
    introducers, people = c.introducers, p.people
    return min(1.0, sum([name in introducers and name not in people for name in p.capitals]) / 2.0)


@_place
def introduces(p: Paragraph, c: Context) -> float:
    """Is the only paragraph to give in full a name that others shorten."""
    introducers = c.introducers
    return min(1.0, sum([introducers[short] == 1 for short in p.people]) / 3.0)


@_place
def core_names(p: Paragraph, c: Context) -> float:
    """Holds the names that the other paragraphs use too."""
    total = sum([c.naming[name] - 1 for name in p.names])
    return min(1.0, total / (4.0 * math.sqrt(len(c.paragraphs))))


@_place
def name_density(p: Paragraph, _c: Context) -> float:
    """Names against words: leads are dense."""
    return min(1.0, 3.0 * len(p.names) / (5 + len(p.words)))


@_place
def mean_shared(p: Paragraph, c: Context) -> float:
    """In how many other paragraphs its content words stand on average."""
    if not p.content:
        return 0.0
    frequency = c.frequency
    total = sum([frequency[w] for w in p.content]) - len(p.content)
    return min(1.0, total / (2 + len(p.content)) / 4.0)


@_place
def titled_names(p: Paragraph, _c: Context) -> float:
    """Uses an office with a last name ("President Brandt")."""
    return min(1.0, len(p.titled) / 2.0)


@_place
def addressed_names(p: Paragraph, _c: Context) -> float:
    """Says "Mr" or "Herr": second mentions."""
    return min(1.0, len(p.addressed) / 2.0)


@_place
def speech(p: Paragraph, _c: Context) -> float:
    """Somebody says something."""
    return 1.0 if p.speech else 0.0


@_place
def speech_goes_on(p: Paragraph, c: Context) -> float:
    """Somebody "added" or "continued"."""
    return 0.0 if c.language.speech_on.isdisjoint(p.distinct) else 1.0


@_place
def past_perfect(p: Paragraph, c: Context) -> float:
    """Tells what "had" happened before the news."""
    return 0.0 if c.language.past_perfect.isdisjoint(p.distinct) else 1.0


@_place
def future(p: Paragraph, c: Context) -> float:
    """Tells what will come."""
    return 0.0 if c.language.future.isdisjoint(p.distinct) else 1.0


@_place
def earlier(p: Paragraph, c: Context) -> float:
    """Tells of an earlier time."""
    return 0.0 if c.language.earlier.isdisjoint(p.distinct) else 1.0


@_place
def later(p: Paragraph, c: Context) -> float:
    """Tells what came afterwards."""
    return 0.0 if c.language.later.isdisjoint(p.distinct) else 1.0


@_place
def first_person(p: Paragraph, c: Context) -> float:
    """Speaks as "I" or "we"."""
    return 0.0 if c.language.first_person.isdisjoint(p.distinct) else 1.0


@_place
def question(p: Paragraph, _c: Context) -> float:
    """Ends by asking."""
    return 1.0 if p.text.rstrip().endswith("?") else 0.0


@_place
def colon(p: Paragraph, _c: Context) -> float:
    """Ends with a colon: something follows."""
    return 1.0 if p.text.rstrip().endswith(":") else 0.0


@_place
def fragment(p: Paragraph, _c: Context) -> float:
    """Does not end as a sentence does."""
    return 0.0 if p.terminal else 1.0


@_place
def digits(p: Paragraph, _c: Context) -> float:
    """Holds figures."""
    return min(1.0, sum(ch.isdigit() for ch in p.text) / 12.0)


@_place
def expands_acronym(p: Paragraph, _c: Context) -> float:
    """Explains an acronym, "(IMF)"."""
    return 1.0 if p.expanded else 0.0


@_place
def closing(p: Paragraph, c: Context) -> float:
    """Opens as last paragraphs do: "Reporting by", "Tickets", "The trial continues"."""
    head = " ".join(p.words[:5]) + " "
    return 1.0 if head.startswith(c.language.closings) else 0.0


@_place
def address(p: Paragraph, _c: Context) -> float:
    """Holds a web or mail address."""
    text = p.text
    return 1.0 if "@" in text or "www." in text or "http" in text else 0.0


# Precedence: f(first, second)


@_precedence
def full_before_short(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`a` gives a name in full of which `b` has only the last part (Siddharthan et al. 2011)."""
    if not a.people:
        return 0.0
    n = 0
    for short in a.people:
        if short in b.capitals and short not in b.people:
            n += 1
    return min(n, 2) / 2.0


@_precedence
def only_full_before_short(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`a` alone of all paragraphs gives a name in full of which `b` has only the last part."""
    if not a.people:
        return 0.0
    n = 0
    for short in a.people:
        if short in b.capitals and short not in b.people and c.introducers[short] == 1:
            n += 1
    return min(n, 2) / 2.0


@_precedence
def body_before_short(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`a` alone gives in full the name of a place or body that `b` has the last word of."""
    if not a.bodies:
        return 0.0
    n = 0
    for short in a.bodies:
        if short in b.capitals and short not in b.people and short not in b.bodies and c.bodies[short] == 1 and short not in c.introducers:
            n += 1
    return min(n, 2) / 2.0


@_precedence
def title_before_bare(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`a` says "President Brandt", `b` only "Brandt"."""
    if not a.titled:
        return 0.0
    known = c.introducers
    return 1.0 if any(n not in known for n in (a.titled & b.capitals) - b.titled - b.people.keys()) else 0.0


@_precedence
def acronym_after_expansion(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`a` explains the acronym that `b` uses."""
    return 1.0 if a.expanded and a.expanded & b.acronyms else 0.0


@_precedence
def new_before_known(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`a` has "a dam", `b` "the dam" (Prince 1981)."""
    if not a.introduced:
        return 0.0
    return min(2, len((a.introduced & b.defined) - a.defined)) / 2.0


@_precedence
def counted(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`a` opens with a number or ordinal that comes before the one `b` opens with."""
    return 1.0 if 0 < a.item < b.item else 0.0


# Neighbours: f(one, the next)


@_neighbour
def shared_words(a: Paragraph, b: Paragraph, c: Context) -> float:
    """Rare content words that both hold, rarer ones for more (Barzilay and Lapata 2008; TextTiling, Hearst 1997)."""
    shared = a.content & b.content
    if not shared:
        return 0.0
    frequency = c.frequency
    # Of a set, so summed in whole numbers: the order must not show.
    total = sum([1000 // (frequency[w] - 1) for w in shared if frequency[w] > 1])
    return min(1.5, total / 1000.0 / math.sqrt(1 + min(len(a.content), len(b.content)) / 4))


@_neighbour
def shared_any(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """Words of any kind that both hold: those that tell a story use the same tense and the same pronouns."""
    return len(a.distinct & b.distinct) / math.sqrt(4 + min(len(a.distinct), len(b.distinct))) / 3.0


@_neighbour
def shared_pair(a: Paragraph, b: Paragraph, c: Context) -> float:
    """A content word that only these two hold."""
    frequency = c.frequency
    return min(3, sum([frequency[w] == 2 for w in a.content & b.content])) / 3.0


@_neighbour
def shared_names(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """Names that both hold."""
    return min(2, len(a.capitals & b.capitals)) / 2.0


@_neighbour
def pronoun_after_name(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`b` opens with a pronoun and `a` names somebody."""
    return 1.0 if b.start in c.language.pronouns and (a.people or a.titled) else 0.0


@_neighbour
def pronoun_after_bare(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`b` opens with a pronoun and `a` has capitalised words but no full name."""
    return 1.0 if b.start in c.language.pronouns and a.capitals and not a.people and not a.titled else 0.0


@_neighbour
def quote_after_speech(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`b` opens a quotation without saying whose, and `a` has somebody speak."""
    return 1.0 if b.opens_quote and not b.speech and a.speech else 0.0


@_neighbour
def quote_after_quote(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """Both open with quotations."""
    return 1.0 if a.opens_quote and b.opens_quote else 0.0


@_neighbour
def quote_after_statement(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`b` opens a quotation, `a` has none."""
    return 1.0 if b.opens_quote and a.quoted < 0.05 else 0.0


@_neighbour
def speech_on_after_speech(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`b` has "added", and `a` a speaker."""
    return 1.0 if a.speech and not c.language.speech_on.isdisjoint(b.distinct) else 0.0


@_neighbour
def anonymous_speaker(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`b` has "he said" but names nobody, `a` names somebody who speaks."""
    return 1.0 if b.speech and not b.capitals and not b.people and a.speech and (a.people or a.capitals) else 0.0


@_neighbour
def definite_picks_up(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`b` opens with a definite phrase whose noun `a` holds."""
    if b.start not in c.language.definite:
        return 0.0
    return 1.0 if any(w[:STEM] in a.content for w in b.words[1:4]) else 0.0


@_neighbour
def opening_picks_up(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """The first words of `b` pick up content words of `a`."""
    return min(2, sum([w[:STEM] in a.content for w in b.words[:8]])) / 2.0


@_neighbour
def end_to_start(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """The last words of `a` come again in the first of `b` (theme and rheme, Daneš 1974)."""
    tail = {w[:STEM] for w in a.words[-12:]} & a.content
    return min(2, sum([w[:STEM] in tail for w in b.words[:12]])) / 2.0


@_neighbour
def new_then_known(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`a` has "a dam", `b` "the dam"."""
    return 1.0 if a.introduced & b.defined else 0.0


@_neighbour
def question_before(a: Paragraph, _b: Paragraph, _c: Context) -> float:
    """`a` ends with a question mark or a colon."""
    return 1.0 if a.text.rstrip().endswith(("?", ":")) else 0.0


@_neighbour
def colon_then_quote(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`a` ends with a colon, `b` is quoted."""
    return 1.0 if a.text.rstrip().endswith(":") and b.opens_quote else 0.0


@_neighbour
def counted_next(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """The numbers they open with follow one another."""
    return 1.0 if a.item and b.item == a.item + 1 else 0.0


@_neighbour
def like_length(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """They are about as long as one another."""
    x, y = len(a.words) + 5, len(b.words) + 5
    return min(x, y) / max(x, y)


@_neighbour
def both_speak(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """Somebody speaks in both."""
    return 1.0 if a.speech and b.speech else 0.0


@_neighbour
def short_after_full(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`a` gives in full the name that `b` shortens."""
    return full_before_short(a, b, c)


@_neighbour
def connective_after_overlap(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`b` opens with a connective and shares content with `a`."""
    return 1.0 if connective(b, c.language) and a.content & b.content else 0.0


@_neighbour
def same_years(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """Both name the same year."""
    return 1.0 if a.years and b.years and set(a.years) & set(b.years) else 0.0
