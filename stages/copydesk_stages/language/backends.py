"""Other identifiers behind one door: `identify(text) -> [(tag, score), ...]`, best first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any, Protocol

from copydesk import ConfigError
from copydesk_stages.language import script as scripts
from copydesk_stages.language.evidence import MIN_LETTERS, NOTHING, UND, Evidence, evidence, unsaid
from copydesk_stages.language.weights import digest_of, own_digest

#: Third parties register a function without arguments that returns a backend under a name in this group.
GROUP = "copydesk.language_backends"


class Backend(Protocol):
    """Gives languages for a text. `least` is the score below which an answer of this backend is not to be relied on."""

    least: float

    def identify(self, text: str) -> Sequence[tuple[str, float]]:
        """Return BCP-47 tags with scores from 0 to 1, best first; nothing where there is nothing to go by."""
        ...


class Langdetect:
    """langdetect (55 languages), seeded anew for each text: without a seed one short text in ten changes its answer."""

    least = 0.95

    def __init__(self) -> None:
        from langdetect import detector_factory

        detector_factory.init_factory()
        self._factory: Any = detector_factory._factory  # noqa: SLF001  # the public functions share one global seed

    def identify(self, text: str) -> list[tuple[str, float]]:
        """Return langdetect's answer; its exception on text without letters is an empty answer."""
        from langdetect.lang_detect_exception import LangDetectException

        self._factory.seed = 0
        detector = self._factory.create()
        detector.append(text)
        try:
            found = detector.get_probabilities()
        except LangDetectException:
            return []
        return [(_LANGDETECT.get(str(one.lang), str(one.lang)), float(one.prob)) for one in found]


_LANGDETECT = {"no": "nb", "zh-cn": "zh-Hans", "zh-tw": "zh-Hant"}


class Lingua:
    """lingua (75 languages). Its scores differ a little from run to run, so they are rounded; its labels do not."""

    least = 0.6

    def __init__(self) -> None:
        self._detector: Any = import_module("lingua").LanguageDetectorBuilder.from_all_languages().build()

    def identify(self, text: str) -> list[tuple[str, float]]:
        """Return lingua's confidence values."""
        values = self._detector.compute_language_confidence_values(text)
        return [(v.language.iso_code_639_1.name.lower(), round(v.value, 2)) for v in values if v.value >= 0.005]


class Cld2:
    """Google's CLD2 (83 languages). It answers only where it is sure, and raises on control characters."""

    least = 0.5

    def __init__(self) -> None:
        self._module: Any = import_module("pycld2")

    def identify(self, text: str) -> list[tuple[str, float]]:
        """Return CLD2's answer, with the share of the text as its score."""
        try:
            sure, _, found = self._module.detect(text, isPlainText=True)
        except self._module.error:
            return []
        if not sure:
            return []
        return [(_CLD2.get(str(code), str(code)), share / 100) for _, code, share, _ in found if code != "un"]


_CLD2 = {"no": "nb", "iw": "he", "zh": "zh-Hans", "zh-Hant": "zh-Hant", "jw": "jv"}
# Name -> class, module and distribution.
_OTHERS: dict[str, tuple[Callable[[], Backend], str, str]] = {
    "langdetect": (Langdetect, "langdetect", "langdetect"),
    "lingua": (Lingua, "lingua", "lingua-language-detector"),
    "cld2": (Cld2, "pycld2", "pycld2"),
}


#: The names that need no looking up.
BUILT_IN = ("py3langid", *_OTHERS)


def names() -> list[str]:
    """Return the names of all backends that can be asked for, sorted."""
    return sorted({*BUILT_IN, *(point.name for point in entry_points(group=GROUP))})


def check(name: str) -> None:
    """Raise ConfigError where there is no backend of that name, or what it needs is not installed. Imports nothing."""
    if name in _OTHERS:
        _, module, distribution = _OTHERS[name]
        if find_spec(module) is None:
            raise ConfigError(
                f'language.backend = "{name}" needs {distribution}, which is not installed; '
                f'run `pip install "copydesk[{name}]"`'
            )
    elif name not in BUILT_IN and name not in names():
        raise ConfigError(f'language.backend = "{name}" is not known; there are {", ".join(names())}')


def distributions(name: str) -> tuple[str, ...]:
    """Return the distribution that a backend comes from."""
    if name in BUILT_IN:
        return (_OTHERS[name][2] if name in _OTHERS else "py3langid",)
    return tuple(point.dist.name for point in entry_points(group=GROUP, name=name) if point.dist)


def digests(name: str) -> dict[str, str]:
    """Return a digest of the models of a backend, under its name with `-model` behind it; empty where none is known.

    >>> list(digests("py3langid"))
    ['py3langid-model']
    """
    found = own_digest() if name == "py3langid" else " ".join(filter(None, map(digest_of, distributions(name))))
    return {f"{name}-model": found} if found else {}


@lru_cache(maxsize=8)
def identifier(name: str) -> Callable[[str], Evidence]:
    """Return what the backend of that name makes of a text; ConfigError where there is none or it is not installed."""
    if name == "py3langid":
        return evidence
    backend = _load(name)

    def by_backend(text: str) -> Evidence:
        seen = scripts.writing(text)
        if seen.signs < MIN_LETTERS:
            return NOTHING
        # Controls and surrogates make some of them raise.
        plain = "".join(char if char.isprintable() else " " for char in seen.text)
        found = [(tag, float(score)) for tag, score in backend.identify(plain)]
        if not found or found[0][1] < backend.least:
            return unsaid(f"{name} is not sure", seen.letters)
        rest = max(0.0, 1.0 - sum(score for _, score in found))
        ranked = sorted([*found, (UND, rest)], key=lambda pair: (-pair[1], pair[0]))
        return Evidence(tuple(ranked), seen.letters, "model", f"by {name}")

    return by_backend


def _load(name: str) -> Backend:
    check(name)
    if name in _OTHERS:
        return _OTHERS[name][0]()
    made: Backend = next(iter(entry_points(group=GROUP, name=name))).load()()
    return made
