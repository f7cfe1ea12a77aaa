"""Reading a paragraph once, so that every signal afterwards is a look-up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from copydesk_stages.reorder.phrases import weigh
from copydesk_stages.reorder.resources import Language
from copydesk_stages.reorder.structure import has_dateline
from copydesk_stages.reorder.words import STEM, known, tokens

_QUOTE_MARKS = frozenset("\"“”„«»‘'‹›")
_SENTENCE_ENDS = frozenset('.!?…:"“”„«»')
_TERMINAL = (".", "!", "?", "…", ":", ";", '"', "”", "“", "»", "«", "'", "’", "‘", ")", "]", "。")
#: "NEW DELHI:" opens a story too, though lists and letters open so as well.
_CITY = re.compile(r"(?:[^\W\d_a-zß-öø-ÿ]{5,}|[^\W\d_a-zß-öø-ÿ]{3,} [^\W\d_a-zß-öø-ÿ]{3,}):\s")
_EXPANDED = re.compile(r"\(\s*([^\W\d_a-z]{2,6})\s*\)")
_ITEM = re.compile(r"(\d{1,2})[.)]\s")
_PARTICLES = frozenset({"al", "bin", "da", "de", "del", "der", "di", "dos", "el", "ibn", "la", "van", "von", "zu"})
_SENTENCE_BREAK = re.compile(r"[.!?…][\"”’»“]?\s+(?=[^\W\d_a-zß-öø-ÿ]|[\"“„«])")


@dataclass(slots=True)
class Paragraph:
    """What the signals know of one paragraph.

    `brings` is all that it may introduce, `needs` all that another may have had to introduce. `early` and `leads` are
    what its words and its opening say of its place.
    """

    text: str
    words: list[str]
    start: str
    distinct: frozenset[str]
    content: frozenset[str]
    capitals: frozenset[str]
    people: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    titled: frozenset[str] = frozenset()
    addressed: frozenset[str] = frozenset()
    introduced: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()
    acronyms: frozenset[str] = frozenset()
    expanded: frozenset[str] = frozenset()
    opens_quote: bool = False
    quoted: float = 0.0
    terminal: bool = True
    dateline: bool = False
    speech: bool = False
    years: tuple[int, ...] = ()
    item: int = 0
    names: frozenset[str] = frozenset()
    digits: int = 0
    one_sentence: bool = False
    brings: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    early: float = 0.0
    leads: float = 0.0


_EMPTY: tuple[Any, ...] = ()


def read(text: str, language: Language) -> Paragraph:
    """Return what there is to know of a paragraph, in that language's words.

    >>> from copydesk_stages.reorder.resources import load
    >>> p = read('"We will appeal," said Mayor Ada Brandt. The mayor left.', load("en"))
    >>> p.opens_quote, p.people, sorted(p.defined)
    (True, {'Brandt': 'Ada Brandt'}, ['mayor'])
    """
    found = tokens(text)
    look = known(language.stop, language.frame)
    # One column for each field of a token.
    lower, letters, stems, parts, keys, shapes, facts = zip(*map(look, found), strict=True) if found else [_EMPTY] * 7
    words = list(filter(None, letters))
    distinct = frozenset(words)
    people: dict[str, str] = {}
    bodies: dict[str, str] = {}
    capitals: list[str] = []
    titled: list[str] = []
    addressed: list[str] = []
    introduced: list[str] = []
    defined: list[str] = []
    courtesy, titles, definite, indefinite = language.courtesy, language.titles, language.definite, language.indefinite
    not_names = language.not_names
    articles = definite | indefinite
    previous, before = "", "."
    last = ""  # the capitalised word right before, if it can be part of a name
    for token, low, name in zip(found, lower, parts, strict=True):
        if name:
            bare, short = name
            if low not in not_names and low not in titles and low not in courtesy:
                if len(short) > 2 and (before not in _SENTENCE_ENDS or last):
                    capitals.append(short)
                if last and len(short) > 2 and not short.isupper():
                    if last.lower().split("-", 1)[0] in language.given_names:
                        people[short] = f"{last} {bare}"
                    elif not language.nouns_capital:
                        bodies[short] = f"{last} {bare}"
                elif previous in titles and len(short) > 2:
                    titled.append(short)
                elif previous in courtesy and len(short) > 2:
                    addressed.append(short)
                last = bare
            else:
                last = ""
        elif last and low in _PARTICLES:
            pass  # Ursula von der Leyen: the particle is part of the name
        else:
            last = ""
        if previous in articles and (name if language.nouns_capital else not name and len(low) > 3):
            (introduced if previous in indefinite else defined).append(low[:STEM])
        previous, before = low, token
    stripped = text.strip()
    head = stripped[:1]
    quoted = _quoted_share(stripped)
    expanded = frozenset(_EXPANDED.findall(text)) if "(" in text else frozenset()
    rare = list(filter(None, facts))
    acronyms = frozenset([acronym for one in rare for acronym in one.acronyms]) - expanded
    item = _item(stripped, words, language)
    items = ("#",) if item else ()
    early, leads = weigh(keys, shapes, language.phrases)
    return Paragraph(
        text=text,
        words=words,
        start=words[0] if words else "",
        distinct=distinct,
        content=frozenset(filter(None, stems)),
        capitals=frozenset(capitals),
        people=people,
        bodies={short: full for short, full in bodies.items() if short not in people},
        titled=frozenset(titled),
        addressed=frozenset(addressed),
        introduced=frozenset(introduced),
        defined=frozenset(defined),
        acronyms=acronyms,
        expanded=expanded,
        opens_quote=head in _QUOTE_MARKS if head else False,
        quoted=quoted,
        terminal=stripped.endswith(_TERMINAL),
        dateline=has_dateline(stripped) or bool(_CITY.match(stripped)),
        speech=not language.speech.isdisjoint(distinct),
        years=tuple([year for one in rare for year in one.years]),
        item=item,
        names=frozenset(capitals) | people.keys() | bodies.keys(),
        digits=sum([one.digits for one in rare]),
        one_sentence=not _SENTENCE_BREAK.search(stripped),
        brings=expanded.union(people, bodies, titled, introduced, items),
        needs=acronyms.union(capitals, defined, items),
        early=early,
        leads=leads,
    )


def _item(text: str, words: list[str], language: Language) -> int:
    """Return the number that a paragraph opens with as an item ("3.", "Third"), or 0."""
    if text[:1].isdigit():
        found = _ITEM.match(text)
        return int(found.group(1)) if found else 0
    return language.ordinals.index(words[0]) + 1 if words and words[0] in language.ordinals else 0


def _quoted_share(text: str) -> float:
    """Return the share of characters between quotation marks, by counting switches."""
    if not any(mark in text for mark in '"“”„«»'):
        return 0.0
    inside, count = False, 0
    for piece in re.split('["“”„«»]', text):
        if inside:
            count += len(piece)
        inside = not inside
    return count / max(1, len(text))


#: The names that a story is about: so many, of those that most paragraphs use.
_TOP_NAMES = 3


class Context(NamedTuple):
    """What a paragraph is seen against: the whole document.

    `frequency` counts the paragraphs with a content word, `introducers` those that give a last name in full, `naming`
    those that use a name, `common` holds the content words of many paragraphs, `top_names` the names of most,
    `datelines` counts those that open with what looks like one.
    """

    paragraphs: Sequence[Paragraph]
    language: Language
    frequency: Counter[str]
    introducers: Counter[str]
    bodies: Counter[str]
    naming: Counter[str]
    common: frozenset[str]
    top_names: frozenset[str]
    latest_year: int
    datelines: int


def context(paragraphs: Sequence[Paragraph], language: Language) -> Context:
    """Return the document that these paragraphs make, whatever their order."""
    frequency: Counter[str] = Counter()
    introducers: Counter[str] = Counter()
    bodies: Counter[str] = Counter()
    naming: Counter[str] = Counter()
    for paragraph in paragraphs:
        frequency.update(paragraph.content)
        introducers.update(paragraph.people.keys())
        bodies.update(paragraph.bodies.keys())
        naming.update(paragraph.names)
    many = max(3, len(paragraphs) // 4)
    common = frozenset(word for word, count in frequency.items() if count >= many)
    repeated = sorted((-count, name) for name, count in naming.items() if count > 1)
    top_names = frozenset(name for _, name in repeated[:_TOP_NAMES])
    latest = max((year for paragraph in paragraphs for year in paragraph.years), default=0)
    return Context(
        paragraphs,
        language,
        frequency,
        introducers,
        bodies,
        naming,
        common,
        top_names,
        latest,
        sum([p.dateline for p in paragraphs]),
    )
