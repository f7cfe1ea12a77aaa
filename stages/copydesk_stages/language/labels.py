"""The labels of the models, as BCP-47 tags, by script; and the groups of languages that are hard to tell apart."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from copydesk_stages.language.script import SOLE

# The classes of py3langid 0.4's model, in its order. Two of them stand twice: `sr` and `uz`, first Cyrillic and Latin,
# then Latin and Cyrillic; `uzs` is Uzbek in Arabic letters.
_NAMES = (
    "af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi hr ht hu hy "
    "id ig is it ja jv ka kk km kn ko ku ky la lg ln lo lt lv mg mk ml mn mr ms my ne nl no om or pa pl ps pt qu "
    "ro ru sa si sk sl so sq sr sr sv sw ta te th tl tr ug uk ur uz vi xh yo zh zu zxx ace bcl dz ext gcf gom grc "
    "gug hbo kik nso pcm rw se sn st uz an ary crh fo fuv gcr guw kab lb lij ltg uzs wa sdh arz ba mt nn oc tg tk "
    "tt vec vo wuu yue"
)
CLASSES = tuple(_NAMES.split())
_SECOND = {"sr": "sr-Latn", "uz": "uz-Cyrl"}

# Classes that are an old stage or a variety of a language written much the same: answered as its macrolanguage
# (ISO 639-3), with a script where a language has several; `no` of the model is Bokmal, `nn` has a class of its own.
_FOLDED = {
    "no": "nb", "ary": "ar", "arz": "ar", "wuu": "zh", "yue": "zh", "sdh": "ku-Arab", "uzs": "uz-Arab", "gug": "gn",
    "kik": "ki", "fuv": "ff", "gcf": "gcr", "sr": "sr-Cyrl", "uz": "uz-Latn",
}  # fmt: skip
_IN_SCRIPT = {
    "Cyrl": ["ba", "be", "bg", "kk", "ky", "mk", "mn", "ru", "sr-Cyrl", "tg", "tt", "uk", "uz-Cyrl"],
    "Arab": ["ar", "fa", "ku-Arab", "ps", "ug", "ur", "uz-Arab"],
    "Deva": ["gom", "hi", "mr", "ne", "sa"],
    "Hani": ["ja", "zh"],
}
#: Those that a script decides, with the smaller ones that share it.
_SOLE = frozenset({*SOLE.values(), "as", "dz", "grc", "hbo"})

#: Classes that no state has as an official language, seldom written, and much like a large neighbour: of a hundred
#: short texts that look like them nearly all are the neighbour's, so they start out at a tenth of its probability. So
#: do two that only the second model knows (mi, ts): a good part of what it counted as Maori is English.
_RARE = "ace an bcl crh ext ff gcr gn gom grc guw kab ki lij ltg mi oc pcm sa se ts vec vo wa"
RARE = frozenset(_RARE.split())
RARE_PRIOR = 0.1

#: Languages that the n-gram tables lack, and the nearest one they have, under which such a text looks nearly as likely.
NEAREST = {
    "an": "es", "crh": "tr", "ext": "es", "fo": "is", "gl": "pt", "jv": "id", "ky": "kk", "lij": "it", "ltg": "lv",
    "nso": "tn", "oc": "ca", "pcm": "en", "vec": "it", "bs": "hr",
}  # fmt: skip

#: The same for languages that the first model lacks.
NEAREST_FIRST = {"tn": "nso", "sr-Latn": "bs"}

#: What each model has and does not know well enough to be asked: of Serbian sentences in Latin letters the first takes
#: one in sixteen for that and most for Bosnian, and the second takes a third of them for Bosnian.
UNASKED_FIRST, UNASKED = frozenset({"sr-Latn"}), frozenset({"bs"})

#: Groups whose members share most of their words. `APART` are told apart by convention more than by letters: an
#: answer names the likelier one as soon as the group is certain.
GROUPS = (
    ("bs", "hr", "sr-Latn"),
    ("id", "ms"),
    ("da", "nb", "nn"),
    ("cs", "sk"),
    ("xh", "zu"),
    ("gl", "pt"),
    ("nso", "st", "tn"),
)
APART = (("bs", "hr"), ("id", "ms"))


def tag_of(name: str) -> str:
    """Return the tag of a language's name in a model.

    >>> tag_of("no"), tag_of("fr")
    ('nb', 'fr')
    """
    return _FOLDED.get(name, name)


def _tags() -> tuple[str, ...]:
    tags: list[str] = []
    for number, name in enumerate(CLASSES):
        again = name in CLASSES[:number]
        tags.append(_SECOND[name] if again else tag_of(name))
    return tuple(tags)


#: The tag of each class.
TAGS = _tags()
#: Scripts in which the models choose.
COLUMNS = ("Latn", *_IN_SCRIPT)


@lru_cache(maxsize=8)
def columns_of(script: str) -> list[int]:
    """Return the columns of the languages that `script` leaves open, sorted by tag."""
    if script != "Latn":
        chosen = [n for n, tag in enumerate(TAGS) if tag in _IN_SCRIPT[script]]
    else:
        elsewhere = _SOLE.union(*_IN_SCRIPT.values(), UNASKED_FIRST)
        chosen = [n for n, tag in enumerate(TAGS) if tag not in elsewhere]
    return sorted(chosen, key=lambda n: (TAGS[n], n))


class Frame(NamedTuple):
    """The languages of one script: those that both models have, then those of the first alone, then of the second."""

    tags: tuple[str, ...]
    both: int
    first: int  # how many the first model has
    columns: tuple[int, ...]  # of the first model, those of one tag together
    starts: tuple[int, ...]  # where each tag's columns begin, and the two of the text's fit behind them
    spoken: tuple[int, ...]  # columns of the second model
    nearest: tuple[tuple[int, ...], ...]  # places of languages that the second model lacks, and of their nearest
    nearest_first: tuple[tuple[int, ...], ...]  # the same for the first model


@lru_cache(maxsize=32)
def frame(script: str, names: tuple[str, ...]) -> Frame:
    """Return the languages that the models choose between in a script, where the second knows those of these names."""
    columns = columns_of(script)
    known = [TAGS[column] for column in columns]
    second = [tag_of(name) for name in names]
    asked = set(second) - UNASKED
    both = sorted(asked.intersection(known))
    first = sorted(set(known) - asked)
    alone = sorted(asked.difference(known))
    by_tag = [[c for c, tag in zip(columns, known, strict=True) if tag == wanted] for wanted in (*both, *first)]
    starts = [sum(map(len, by_tag[:place])) for place in range(len(by_tag) + 1)]
    tags = (*both, *first, *alone)
    pairs = [(tags.index(tag), tags.index(NEAREST[tag])) for tag in first if NEAREST.get(tag) in both]
    other = [(tags.index(tag), tags.index(NEAREST_FIRST[tag])) for tag in alone if NEAREST_FIRST.get(tag) in known]
    spoken = [second.index(tag) for tag in (*both, *alone)]
    return Frame(
        tags,
        len(both),
        len(by_tag),
        tuple(c for of in by_tag for c in of),
        (*starts, starts[-1] + 1),
        tuple(spoken),
        tuple(zip(*pairs, strict=True)),
        tuple(zip(*other, strict=True)),
    )


@lru_cache(maxsize=512)
def family(tag: str) -> str:
    """Return one name for tags that convention alone tells apart, and for the hands of Chinese.

    >>> family("hr"), family("bs"), family("zh-Hant"), family("pt")
    ('bs', 'bs', 'zh', 'pt')
    """
    if tag.startswith("zh"):
        return "zh"
    return next((group[0] for group in APART if tag in group), tag)


@lru_cache(maxsize=512)
def group_of(tag: str) -> tuple[str, ...]:
    """Return the group that a tag belongs to, empty where it stands alone.

    >>> group_of("nn")
    ('da', 'nb', 'nn')
    """
    return next((group for group in GROUPS if tag in group), ())
