"""A document's language and its blocks': blocks weigh in by length, and the document is a prior for each of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from copydesk_stages.language.evidence import UND, Evidence, calibration
from copydesk_stages.language.labels import APART

Identify = Callable[[str], Evidence]

#: Letters that weigh one for the document's language; a block weighs at least half.
_UNIT = 25
#: Share of a document's blocks that may be in any other language, for working out the document's own.
_STRAY = 0.1
#: A block that is as sure as this by itself, with as many letters, speaks for its neighbours too.
_SURE, _SURE_LETTERS = 0.9, 20
#: Below this share of the letters no language is the document's.
_MAIN_SHARE = 0.55


@dataclass(frozen=True, slots=True)
class Answer:
    """A language, how sure it is, what decided (`script`, `model`, `document`, `none`), and in words why."""

    tag: str
    score: float
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages of one document: its own, each block's, and the share of letters that each language has."""

    main: Answer
    blocks: tuple[Answer, ...]
    shares: dict[str, float] = field(default_factory=dict)


def identify(texts: Sequence[str], by: Identify) -> Languages:
    """Return the languages of a document whose blocks have these texts.

    >>> from copydesk_stages.language.evidence import evidence
    >>> found = identify(["Η βροχή σταμάτησε νωρίς το πρωί.", "12 %", "Дождь закончился."], evidence)
    >>> found.main.tag, [answer.tag for answer in found.blocks]
    ('el', ['el', 'und', 'ru'])
    """
    found = [by(text) for text in texts]
    main, sure = _main(found)
    prior = main if sure >= needed(sum(one.letters for one in found)) else UND
    answers = [_block(number, found, prior) for number in range(len(found))]
    letters: dict[str, int] = {}
    for answer, one in zip(answers, found, strict=True):
        letters[answer.tag] = letters.get(answer.tag, 0) + one.letters
    total = sum(letters.values())
    shares = {tag: round(n / total, 3) for tag, n in sorted(letters.items(), key=lambda p: (-p[1], p[0])) if n}
    return Languages(_main_answer(main, sure, found, shares), tuple(answers), shares)


def _same(tag: str, other: str) -> bool:
    """Tell whether two tags name one language, or two that only convention tells apart."""
    if tag.split("-", maxsplit=1)[0] == other.split("-", maxsplit=1)[0] == "zh":
        return True
    return tag == other or any(tag in group and other in group for group in APART)


def _main(found: Sequence[Evidence]) -> tuple[str, float]:
    """Return the likeliest language of the whole document and its probability."""
    speaking = [one for one in found if one.letters]
    if not speaking:
        return UND, 1.0
    if len(speaking) == 1:
        return speaking[0].ranked[0]
    totals: dict[str, float] = dict.fromkeys(sorted({tag for one in speaking for tag, _ in one.ranked}), 0.0)
    stray = _STRAY / 100
    for one in speaking:
        shares = dict(one.ranked)
        weight = max(0.5, one.letters / _UNIT)
        for tag in totals:
            totals[tag] += weight * math.log((1 - _STRAY) * shares.get(tag, 0.0) + stray)
    best = max(totals, key=lambda tag: (totals[tag], tag))
    return best, 1 / sum(math.exp(max(-700.0, total - totals[best])) for total in totals.values())


def needed(letters: int) -> float:
    """Return the probability that an answer needs: with few letters two languages look alike by chance."""
    by = calibration()["needed"]
    few, many = float(by["few_letters"]), float(by["many_letters"])
    return many + (few - many) * math.exp(-letters / by["letters"])


def _main_answer(main: str, sure: float, found: Sequence[Evidence], shares: dict[str, float]) -> Answer:
    letters = sum(one.letters for one in found)
    sources = {one.source for one in found if one.ranked[0][0] == main}
    source = "script" if sources == {"script"} else "model"
    if not letters:
        return Answer(UND, 1.0, "none", "no letters" if not found else found[0].why or "no letters")
    spoken = {tag: share for tag, share in shares.items() if tag != UND}
    own = sum(share for tag, share in spoken.items() if _same(tag, main))
    if main != UND and sure >= needed(letters):
        if own >= _MAIN_SHARE * sum(spoken.values()):
            return Answer(main, round(sure, 3), source, _in_words(found, source))
        listed = ", ".join(f"{tag} {share:.0%}" for tag, share in spoken.items())
        return Answer(UND, round(sure, 3), "none", f"in several languages: {listed}")
    return Answer(UND, round(1 - sure if main != UND else sure, 3), "none", _doubt(main, sure, letters))


def _in_words(found: Sequence[Evidence], source: str) -> str:
    if source == "script":
        return next(one.why for one in found if one.source == "script")
    return "by its letters and words"


def _doubt(main: str, sure: float, letters: int) -> str:
    few = "too few letters to tell; " if letters < 20 else ""
    if main == UND:
        return few + "like no language that is known here"
    return f"{few}most like {main}, but only {sure:.0%} sure"


def _block(number: int, found: Sequence[Evidence], main: str) -> Answer:
    one = found[number]
    if not one.letters:
        return Answer(UND, 1.0, "none", one.why or "no letters")
    weights = dict(one.ranked)
    by = calibration()["document"]
    if main != UND:
        own = next((tag for tag in weights if _same(tag, main)), main)
        weights[main] = weights.pop(own, 0.0) * by["own"]
        for beside in (number - 1, number + 1):
            tag = _sure(found, beside)
            if tag and not _same(tag, main) and tag in weights:
                weights[tag] *= by["neighbour"]
    total = sum(weights.values())
    tag = max(weights, key=lambda tag: (weights[tag], tag))
    score = weights[tag] / total
    alone = one.of(tag)
    if tag == UND:
        return Answer(UND, round(score, 3), "none", one.why or _doubt(UND, score, one.letters))
    own_language = main != UND and tag == main
    enough = by["own_needed"] if own_language else needed(one.letters)
    if score < enough or (not own_language and main != UND and score < by["other_needed"]):
        return Answer(UND, round(1 - score, 3), "none", _doubt(tag, score, one.letters))
    if own_language and alone < needed(one.letters):
        return Answer(tag, round(score, 3), "document", "little to go by, and the document is in this language")
    return Answer(tag, round(score, 3), one.source, one.why or "by its letters and words")


def _sure(found: Sequence[Evidence], number: int) -> str:
    if not 0 <= number < len(found) or found[number].letters < _SURE_LETTERS:
        return ""
    tag, share = found[number].ranked[0]
    return tag if share >= _SURE and tag != UND else ""
