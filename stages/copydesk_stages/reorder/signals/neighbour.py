"""Neighbour signals: does one paragraph follow right upon another?"""

from __future__ import annotations

import math

from copydesk_stages.reorder.reading import Context, Paragraph
from copydesk_stages.reorder.signals.place import connective
from copydesk_stages.reorder.signals.precedence import full_before_short
from copydesk_stages.reorder.words import STEM


def shared_words(a: Paragraph, b: Paragraph, c: Context) -> float:
    """Rare content words that both hold, rarer ones for more (Barzilay and Lapata 2008; TextTiling, Hearst 1997)."""
    shared = a.content & b.content
    if not shared:
        return 0.0
    frequency = c.frequency
    # Of a set, so summed in whole numbers: the order must not show.
    total = sum([1000 // (frequency[w] - 1) for w in shared if frequency[w] > 1])
    return min(1.5, total / 1000.0 / math.sqrt(1 + min(len(a.content), len(b.content)) / 4))


def shared_any(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """Words of any kind that both hold: those that tell a story use the same tense and the same pronouns."""
    return len(a.distinct & b.distinct) / math.sqrt(4 + min(len(a.distinct), len(b.distinct))) / 3.0


def shared_pair(a: Paragraph, b: Paragraph, c: Context) -> float:
    """A content word that only these two hold."""
    frequency = c.frequency
    return min(3, sum([frequency[w] == 2 for w in a.content & b.content])) / 3.0


def shared_names(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """Names that both hold."""
    return min(2, len(a.capitals & b.capitals)) / 2.0


def pronoun_after_name(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`b` opens with a pronoun and `a` names somebody."""
    return 1.0 if b.start in c.language.pronouns and (a.people or a.titled) else 0.0


def pronoun_after_bare(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`b` opens with a pronoun and `a` has capitalised words but no full name."""
    return 1.0 if b.start in c.language.pronouns and a.capitals and not a.people and not a.titled else 0.0


def quote_after_speech(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`b` opens a quotation without saying whose, and `a` has somebody speak."""
    return 1.0 if b.opens_quote and not b.speech and a.speech else 0.0


def quote_after_quote(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """Both open with quotations."""
    return 1.0 if a.opens_quote and b.opens_quote else 0.0


def quote_after_statement(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`b` opens a quotation, `a` has none."""
    return 1.0 if b.opens_quote and a.quoted < 0.05 else 0.0


def speech_on_after_speech(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`b` has "added", and `a` a speaker."""
    return 1.0 if a.speech and not c.language.speech_on.isdisjoint(b.distinct) else 0.0


def anonymous_speaker(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`b` has "he said" but names nobody, `a` names somebody who speaks."""
    return 1.0 if b.speech and not b.capitals and not b.people and a.speech and (a.people or a.capitals) else 0.0


def definite_picks_up(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`b` opens with a definite phrase whose noun `a` holds."""
    if b.start not in c.language.definite:
        return 0.0
    return 1.0 if any(w[:STEM] in a.content for w in b.words[1:4]) else 0.0


def opening_picks_up(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """The first words of `b` pick up content words of `a`."""
    return min(2, sum([w[:STEM] in a.content for w in b.words[:8]])) / 2.0


def end_to_start(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """The last words of `a` come again in the first of `b` (theme and rheme, Daneš 1974)."""
    tail = {w[:STEM] for w in a.words[-12:]} & a.content
    return min(2, sum([w[:STEM] in tail for w in b.words[:12]])) / 2.0


def new_then_known(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`a` has "a dam", `b` "the dam"."""
    return 1.0 if a.introduced & b.defined else 0.0


def question_before(a: Paragraph, _b: Paragraph, _c: Context) -> float:
    """`a` ends with a question mark or a colon."""
    return 1.0 if a.text.rstrip().endswith(("?", ":")) else 0.0


def colon_then_quote(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """`a` ends with a colon, `b` is quoted."""
    return 1.0 if a.text.rstrip().endswith(":") and b.opens_quote else 0.0


def counted_next(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """The numbers they open with follow one another."""
    return 1.0 if a.item and b.item == a.item + 1 else 0.0


def like_length(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """They are about as long as one another."""
    x, y = len(a.words) + 5, len(b.words) + 5
    return min(x, y) / max(x, y)


def both_speak(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """Somebody speaks in both."""
    return 1.0 if a.speech and b.speech else 0.0


def short_after_full(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`a` gives in full the name that `b` shortens."""
    return full_before_short(a, b, c)


def connective_after_overlap(a: Paragraph, b: Paragraph, c: Context) -> float:
    """`b` opens with a connective and shares content with `a`."""
    return 1.0 if connective(b, c.language) and a.content & b.content else 0.0


def same_years(a: Paragraph, b: Paragraph, _c: Context) -> float:
    """Both name the same year."""
    return 1.0 if a.years and b.years and set(a.years) & set(b.years) else 0.0


NEIGHBOUR = (
    shared_words,
    shared_any,
    shared_pair,
    shared_names,
    pronoun_after_name,
    pronoun_after_bare,
    quote_after_speech,
    quote_after_quote,
    quote_after_statement,
    speech_on_after_speech,
    anonymous_speaker,
    definite_picks_up,
    opening_picks_up,
    end_to_start,
    new_then_known,
    question_before,
    colon_then_quote,
    counted_next,
    like_length,
    both_speak,
    short_after_full,
    connective_after_overlap,
    same_years,
)
