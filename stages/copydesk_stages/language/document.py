"""A document's language and its blocks': blocks weigh in by length, and the document is a prior for each of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from copydesk_stages.language.evidence import UND, Evidence, calibration
from copydesk_stages.language.labels import family, group_of
from copydesk_stages.language.pool import Identify, in_windows, pool

#: A block that is as sure as this by itself, with as many letters, speaks for its neighbours too.
_SURE, _SURE_LETTERS = 0.9, 20
#: So few words, all with a capital, may be a name, which says little about the language it stands in.
_NAME_WORDS, _NAME_NEEDED = 4, 0.98
#: So does a short block in another language that has close relatives.
_CLOSE_NEEDED = 0.95
_BY_MODEL = "by its letters and words"
#: Of a group of close languages those are named beside the answer that are at least as likely as this.
_BESIDE = 0.1
#: Below this share of the letters no language is the document's.
_MAIN_SHARE = 0.55


class Answer(NamedTuple):
    """A language, how sure it is, what decided (`script`, `model`, `document`, `none`), and in words why.

    `group` holds the languages it may be as well, itself among them, where these are hard to tell apart: with `und`,
    and with a tag that was only the likelier one.
    """

    tag: str
    score: float
    source: str
    why: str
    group: tuple[str, ...] = ()


class Languages(NamedTuple):
    """The languages of one document: its own, each block's, and the share of letters that each language has."""

    main: Answer
    blocks: tuple[Answer, ...]
    shares: dict[str, float]


def identify(texts: Sequence[str], by: Identify) -> Languages:
    """Return the languages of a document whose blocks have these texts.

    >>> from copydesk_stages.language.evidence import evidence
    >>> found = identify(["Η βροχή σταμάτησε νωρίς το πρωί.", "12 %", "Дождь закончился."], evidence)
    >>> found.main.tag, [answer.tag for answer in found.blocks]
    ('el', ['el', 'und', 'ru'])
    """
    look = in_windows(by)
    if len(texts) == 1:
        return _single(look(texts[0]))
    counts = Counter(texts)
    seen = {text: look(text) for text in counts}
    found = [seen[text] for text in texts]
    ranked = pool(tuple(seen.values()), tuple(counts.values()))
    main, sure = ranked[0]
    prior = main if sure >= _enough(ranked, sum(one.letters for one in found)) else UND
    sure_of = {text: _sure(one) for text, one in seen.items()}
    beside = ["", *[sure_of[text] for text in texts], ""]
    # What stands around a block is all that tells it from others with its text.
    places = list(zip(texts, beside, beside[2:], strict=False))
    known = {
        (text, *around): _block(seen[text], around, prior, name=_like_a_name(text))
        for text, *around in dict.fromkeys(places)
    }
    answers = [known[place] for place in places]
    letters: dict[str, int] = {}
    for answer, one in zip(answers, found, strict=True):
        letters[answer.tag] = letters.get(answer.tag, 0) + one.letters
    total = sum(letters.values())
    shares = {tag: round(n / total, 3) for tag, n in sorted(letters.items(), key=lambda p: (-p[1], p[0])) if n}
    return Languages(_main_answer(ranked, found, shares), tuple(answers), shares)


def _single(one: Evidence) -> Languages:
    """Return the languages of a document of one block."""
    ranked = one.ranked
    main, sure = ranked[0]
    if main != UND and sure >= _enough(ranked, one.letters):
        answer = Answer(main, round(sure, 3), one.source, one.why or _BY_MODEL, _beside(main, ranked))
    else:
        answer = _main_answer(ranked, [one], {main: 1.0})
    return Languages(answer, (answer,), {answer.tag: 1.0} if one.letters else {})


@lru_cache(maxsize=1024)
def needed(letters: int, *, foreign: bool = False) -> float:
    """Return the probability that an answer needs: with few letters two languages look alike by chance.

    A `foreign` block, in a document whose language is known, needs more: it speaks against what stands around it.
    """
    by = calibration()["needed"]
    few, many = float(by["few_letters"]), float(by["many_letters"])
    return many + (few - many) * math.exp(-letters / by["letters_foreign" if foreign else "letters"])


def _enough(ranked: Sequence[tuple[str, float]], letters: int, *, foreign: bool = False) -> float:
    """Return the probability that an answer needs, which none has where a text may well be in no known language."""
    unknown: float = calibration()["needed"]["unknown"]
    likely = any(tag == UND and share > unknown for tag, share in ranked)
    return math.inf if likely else needed(letters, foreign=foreign)


def _main_answer(ranked: Sequence[tuple[str, float]], found: Sequence[Evidence], shares: dict[str, float]) -> Answer:
    main, sure = ranked[0]
    letters = sum(one.letters for one in found)
    if not letters:
        return Answer(UND, 1.0, "none", found[0].why or "no letters")
    spoken = {tag: share for tag, share in shares.items() if tag != UND}
    own = sum(share for tag, share in spoken.items() if family(tag) == family(main))
    enough = _enough(ranked, letters)
    if main != UND and sure >= enough:
        if own >= _MAIN_SHARE * sum(spoken.values()):
            source = "script" if {one.source for one in found if one.ranked[0][0] == main} == {"script"} else "model"
            return Answer(main, round(sure, 3), source, _in_words(found, source), _beside(main, ranked))
        listed = ", ".join(f"{tag} {share:.0%}" for tag, share in spoken.items())
        return Answer(UND, round(sure, 3), "none", f"in several languages: {listed}")
    if main == UND:
        why = found[0].why if len(found) == 1 else ""
        return Answer(UND, round(sure, 3), "none", why or _doubt(main, sure, letters))
    return _unsure(ranked, letters, enough)


def _unsure(ranked: Sequence[tuple[str, float]], letters: int, enough: float) -> Answer:
    """Return `und`, with the group of the likeliest language where that is sure enough."""
    tag, share = ranked[0]
    group = group_of(tag)
    together = sum(share for other, share in ranked if other in group)
    if together >= enough:
        why = f"{together:.0%} sure to be one of {', '.join(group)}, which are hard to tell apart"
        return Answer(UND, round(1 - share, 3), "none", why, group)
    return Answer(UND, round(1 - share, 3), "none", _doubt(tag, share, letters))


def _beside(tag: str, ranked: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    """Return the members of a tag's group that it may be as well, itself among them; nothing where there are none."""
    if not (close := group_of(tag)):
        return ()
    likely = {other for other, share in ranked if share >= _BESIDE}
    group = tuple(other for other in close if other in likely or family(other) == family(tag))
    return group if len(group) > 1 else ()


def _in_words(found: Sequence[Evidence], source: str) -> str:
    if source == "script":
        return next(one.why for one in found if one.source == "script")
    return _BY_MODEL


def _doubt(main: str, sure: float, letters: int) -> str:
    few = "too few letters to tell; " if letters < 20 else ""
    if main == UND:
        return few + "like no language that is known here"
    return f"{few}most like {main}, but only {sure:.0%} sure"


def _like_a_name(text: str) -> bool:
    words = text.split()
    return 0 < len(words) <= _NAME_WORDS and all(word[0].isupper() for word in words)


def _block(one: Evidence, beside: Sequence[str], main: str, *, name: bool) -> Answer:
    if not one.letters:
        return Answer(UND, 1.0, "none", one.why or "no letters")
    weights = dict(one.ranked)
    own = next((tag for tag in weights if main != UND and family(tag) == family(main)), main)
    if main != UND:
        if own != main and (own == "zh" or not main.startswith("zh")):  # one name for what convention alone tells apart
            weights[main] = weights.pop(own, 0.0)
            own = main
        weights[own] = weights.get(own, 0.0) * calibration()["document"]["own"]
        for tag in beside:
            if tag in weights and tag not in (own, UND):
                weights[tag] *= calibration()["document"]["neighbour"]
    most = max(weights.values())
    tag = max(tag for tag, weight in weights.items() if weight == most)
    total = sum(weights.values())
    score = weights[tag] / total
    if tag == UND:
        return Answer(UND, round(score, 3), "none", one.why or _doubt(UND, score, one.letters))
    if main != UND and tag == own:
        enough = float(calibration()["document"]["own_needed"])
    else:
        enough = _enough(one.ranked, one.letters, foreign=main != UND)
        if name and one.source == "model" and main != UND:
            enough = max(enough, _NAME_NEEDED)
        elif main != UND and one.letters < _SURE_LETTERS and any(family(t) != family(tag) for t in group_of(tag)):
            enough = max(enough, _CLOSE_NEEDED)
    if score < enough:
        ranked = sorted(((t, w / total) for t, w in weights.items()), key=lambda pair: (-pair[1], pair[0]))
        return _unsure(ranked, one.letters, enough)
    likely = tuple((other, weight / total) for other, weight in weights.items()) if group_of(tag) else ()
    group = _beside(tag, likely)
    if tag == own and one.of(tag) < needed(one.letters):
        return Answer(tag, round(score, 3), "document", "little to go by, and the document is in this language", group)
    return Answer(tag, round(score, 3), one.source, one.why or _BY_MODEL, group)


def _sure(one: Evidence) -> str:
    """Return the language that a block speaks for beside itself, "" where it does not."""
    if one.letters < _SURE_LETTERS:
        return ""
    tag, share = one.ranked[0]
    return tag if share >= _SURE and tag != UND else ""
