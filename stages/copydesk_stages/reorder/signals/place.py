"""Place signals: does a paragraph rather open a story or close it?"""

from __future__ import annotations

import math

from copydesk_stages.reorder.reading import Context, Paragraph
from copydesk_stages.reorder.resources import Language


def connective(p: Paragraph, language: Language) -> str:
    """Return the connective that a paragraph opens with, or ""."""
    head = " ".join(p.words[:4]) + " "
    if not head.startswith(language.connectives):
        return ""
    for phrase in language.connectives:
        if head.startswith(phrase) and head[len(phrase)] == " ":
            return phrase
    return ""


def opens_connective(p: Paragraph, c: Context) -> float:
    """Opens with "However", "Separately", "Dennoch": goes on from something (Halliday and Hasan 1976)."""
    return 1.0 if connective(p, c.language) else 0.0


def opens_pronoun(p: Paragraph, c: Context) -> float:
    """Opens with a pronoun, which needs what it stands for before it (Lapata 2003)."""
    return 1.0 if p.start in c.language.pronouns else 0.0


def opens_demonstrative(p: Paragraph, c: Context) -> float:
    """Opens with "this" or "such"."""
    return 1.0 if p.start in c.language.demonstratives else 0.0


def opens_definite(p: Paragraph, c: Context) -> float:
    """Opens with a definite noun phrase: the reader knows the thing already (Prince 1981)."""
    return 1.0 if p.start in c.language.definite and p.start not in c.language.demonstratives else 0.0


def opens_indefinite(p: Paragraph, c: Context) -> float:
    """Opens with "a" or "ein": brings something new, as leads do."""
    return 1.0 if p.start in c.language.indefinite else 0.0


def opens_quote(p: Paragraph, _c: Context) -> float:
    """Opens with a quotation, which news saves for later paragraphs."""
    return 1.0 if p.opens_quote else 0.0


def quoted_share(p: Paragraph, _c: Context) -> float:
    """Share of the paragraph that is quoted."""
    return p.quoted


def dateline(p: Paragraph, c: Context) -> float:
    """Alone opens with a dateline, "KYIV (Agency) -"."""
    return 1.0 if p.dateline and c.datelines == 1 else 0.0


def weekday(p: Paragraph, c: Context) -> float:
    """Says on which day it happened: leads do (the five Ws of news writing)."""
    return 0.0 if c.language.weekdays.isdisjoint(p.distinct) else 1.0


def month(p: Paragraph, c: Context) -> float:
    """Names a month: background more often than news."""
    return 0.0 if c.language.months.isdisjoint(p.distinct) else 1.0


def past_year(p: Paragraph, c: Context) -> float:
    """Names a year before the document's latest one: background."""
    return 1.0 if any(y < c.latest_year for y in p.years) else 0.0


def additive(p: Paragraph, c: Context) -> float:
    """Holds "also", "another", "meanwhile" among its first dozen words."""
    return 0.0 if c.language.additive.isdisjoint(p.words[:12]) else 1.0


def length(p: Paragraph, _c: Context) -> float:
    """How long it is, on a logarithmic scale."""
    return math.log1p(len(p.words)) / 5.0


def centrality(p: Paragraph, c: Context) -> float:
    """How much of its content the other paragraphs share: leads summarise (Erkan and Radev 2004)."""
    others = len(c.paragraphs) - 1
    if not p.content or others < 1:
        return 0.0
    frequency = c.frequency
    total = sum(map(frequency.__getitem__, p.content)) - len(p.content)
    return min(1.0, total / math.sqrt(len(p.content)) / math.sqrt(others) / 2.0)


def core(p: Paragraph, c: Context) -> float:
    """Share of the document's commonest content words that it holds."""
    return len(p.content & c.common) / math.sqrt(len(c.common)) / 3.0 if c.common else 0.0


def unshared(p: Paragraph, c: Context) -> float:
    """Share of its content words that stand nowhere else: digressions and ends."""
    if not p.content:
        return 0.0
    frequency = c.frequency
    return list(map(frequency.__getitem__, p.content)).count(1) / len(p.content)


def one_sentence(p: Paragraph, _c: Context) -> float:
    """Is a single sentence, as most leads of agencies are."""
    return 1.0 if p.one_sentence else 0.0


def early_indefinite(p: Paragraph, c: Context) -> float:
    """Has "a" or "ein" among its first fifteen words: who reads on does not know these things yet."""
    indefinite = c.language.indefinite
    return min(2, sum([w in indefinite for w in p.words[:15]])) / 2.0


def takes_as_known(p: Paragraph, c: Context) -> float:
    """Speaks of "the dam" where other paragraphs name a dam as well (Prince 1981)."""
    frequency = c.frequency
    return min(3, sum([frequency[w] > 1 for w in p.defined])) / 3.0


def present_perfect(p: Paragraph, c: Context) -> float:
    """Tells in its first two dozen words what "has" happened: so news begins."""
    return 0.0 if c.language.perfect.isdisjoint(p.words[:24]) else 1.0


def full_names(p: Paragraph, _c: Context) -> float:
    """Names people or bodies in full."""
    return min(1.0, len(p.people) / 3.0)


def bare_names(p: Paragraph, c: Context) -> float:
    """Uses last names alone that another paragraph gives in full."""
    introducers, people = c.introducers, p.people
    return min(1.0, sum([name in introducers and name not in people for name in p.capitals]) / 2.0)


def introduces(p: Paragraph, c: Context) -> float:
    """Is the only paragraph to give in full a name that others shorten."""
    introducers = c.introducers
    return min(1.0, sum([introducers[short] == 1 for short in p.people]) / 3.0)


def core_names(p: Paragraph, c: Context) -> float:
    """Holds the names that the other paragraphs use too."""
    total = sum([c.naming[name] - 1 for name in p.names])
    return min(1.0, total / (4.0 * math.sqrt(len(c.paragraphs))))


def top_names(p: Paragraph, c: Context) -> float:
    """Holds the names that the story is about, those that most paragraphs use."""
    return len(p.names & c.top_names) / 3.0


def name_density(p: Paragraph, _c: Context) -> float:
    """Names against words: leads are dense."""
    return min(1.0, 3.0 * len(p.names) / (5 + len(p.words)))


def mean_shared(p: Paragraph, c: Context) -> float:
    """In how many other paragraphs its content words stand on average."""
    if not p.content:
        return 0.0
    frequency = c.frequency
    total = sum(map(frequency.__getitem__, p.content)) - len(p.content)
    return min(1.0, total / (2 + len(p.content)) / 4.0)


def titled_names(p: Paragraph, _c: Context) -> float:
    """Uses an office with a last name ("President Brandt")."""
    return min(1.0, len(p.titled) / 2.0)


def addressed_names(p: Paragraph, _c: Context) -> float:
    """Says "Mr" or "Herr": second mentions."""
    return min(1.0, len(p.addressed) / 2.0)


def speech(p: Paragraph, _c: Context) -> float:
    """Somebody says something."""
    return 1.0 if p.speech else 0.0


def speech_goes_on(p: Paragraph, c: Context) -> float:
    """Somebody "added" or "continued"."""
    return 0.0 if c.language.speech_on.isdisjoint(p.distinct) else 1.0


def past_perfect(p: Paragraph, c: Context) -> float:
    """Tells what "had" happened before the news."""
    return 0.0 if c.language.past_perfect.isdisjoint(p.distinct) else 1.0


def future(p: Paragraph, c: Context) -> float:
    """Tells what will come."""
    return 0.0 if c.language.future.isdisjoint(p.distinct) else 1.0


def earlier(p: Paragraph, c: Context) -> float:
    """Tells of an earlier time."""
    return 0.0 if c.language.earlier.isdisjoint(p.distinct) else 1.0


def later(p: Paragraph, c: Context) -> float:
    """Tells what came afterwards."""
    return 0.0 if c.language.later.isdisjoint(p.distinct) else 1.0


def first_person(p: Paragraph, c: Context) -> float:
    """Speaks as "I" or "we"."""
    return 0.0 if c.language.first_person.isdisjoint(p.distinct) else 1.0


def question(p: Paragraph, _c: Context) -> float:
    """Ends by asking."""
    return 1.0 if p.text.rstrip().endswith("?") else 0.0


def colon(p: Paragraph, _c: Context) -> float:
    """Ends with a colon: something follows."""
    return 1.0 if p.text.rstrip().endswith(":") else 0.0


def fragment(p: Paragraph, _c: Context) -> float:
    """Does not end as a sentence does."""
    return 0.0 if p.terminal else 1.0


def digits(p: Paragraph, _c: Context) -> float:
    """Holds figures."""
    return min(1.0, p.digits / 12.0)


def expands_acronym(p: Paragraph, _c: Context) -> float:
    """Explains an acronym, "(IMF)"."""
    return 1.0 if p.expanded else 0.0


def closing(p: Paragraph, c: Context) -> float:
    """Opens as last paragraphs do: "Reporting by", "Tickets", "The trial continues"."""
    head = " ".join(p.words[:5]) + " "
    return 1.0 if head.startswith(c.language.closings) else 0.0


def address(p: Paragraph, _c: Context) -> float:
    """Holds a web or mail address."""
    text = p.text
    return 1.0 if "@" in text or "www." in text or "http" in text else 0.0


def early_phrases(p: Paragraph, _c: Context) -> float:
    """Has words and an opening that come early in other news (`training/reorder/phrases.py`)."""
    return p.early


def lead_phrases(p: Paragraph, _c: Context) -> float:
    """Has words and an opening with which other news begins."""
    return p.leads


PLACE = (
    opens_connective,
    opens_pronoun,
    opens_demonstrative,
    opens_definite,
    opens_indefinite,
    opens_quote,
    quoted_share,
    dateline,
    weekday,
    month,
    past_year,
    additive,
    length,
    one_sentence,
    early_indefinite,
    takes_as_known,
    present_perfect,
    centrality,
    core,
    unshared,
    full_names,
    bare_names,
    introduces,
    core_names,
    top_names,
    name_density,
    mean_shared,
    titled_names,
    addressed_names,
    speech,
    speech_goes_on,
    past_perfect,
    future,
    earlier,
    later,
    first_person,
    question,
    colon,
    fragment,
    digits,
    expands_acronym,
    closing,
    address,
    early_phrases,
    lead_phrases,
)
