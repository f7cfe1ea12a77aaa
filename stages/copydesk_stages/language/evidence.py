"""What a text's letters say about its language: a probability for each language, and one that it is none of them."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from copydesk_stages.language import script as scripts
from copydesk_stages.language.labels import APART

if TYPE_CHECKING:
    import numpy as np

    Vector = np.ndarray[Any, Any]

UND = "und"
#: Fewer letters have no language: a single one is a variable, a unit or an initial.
MIN_LETTERS = 2
#: Languages with a smaller probability are not listed.
LEAST = 1e-5
#: How sure a script is that decides alone.
SCRIPT_SURE = 0.99
_CALIBRATION = Path(__file__).with_name("calibration.toml")


class Evidence(NamedTuple):
    """Languages by probability, best first, with `und` among them; `source` is `script`, `model` or `none`."""

    ranked: tuple[tuple[str, float], ...]
    letters: int
    source: str
    why: str = ""

    def of(self, tag: str) -> float:
        """Return the probability of one tag."""
        return next((share for known, share in self.ranked if known == tag), 0.0)


NOTHING = Evidence(((UND, 1.0),), 0, "none", "no letters")


@dataclass(frozen=True, slots=True)
class Scale:
    """How scores of the models become probabilities, fitted by training/language/calibrate.py.

    Scores are divided by exp(`heat` + `heat_by_length` * log(letters + 1)): neighbouring n-grams say the same thing
    twice, so evidence grows more slowly than length. A language that one model lacks is scored in it as `lacks` below
    the best language letter by letter, and a language that neither has as `none`, in nats a letter.
    """

    heat: float
    heat_by_length: float
    bayes_none: float
    grams: float = 0.0
    bayes_lacks: float = 0.0
    bayes_lacks_once: float = 0.0
    grams_lacks: float = 0.0
    grams_lacks_once: float = 0.0
    grams_none: float = 0.0
    none_once: float = 0.0


class Frame(NamedTuple):
    """The languages of one script, and where each stands in the two models."""

    tags: tuple[str, ...]
    columns: Vector  # of the first model, those of one tag together
    starts: Vector
    in_bayes: Vector
    in_grams: Vector
    grams: Vector


@lru_cache(maxsize=1)
def calibration() -> dict[str, Any]:
    """Return the fitted numbers."""
    return tomllib.loads(_CALIBRATION.read_text(encoding="utf-8"))


@lru_cache(maxsize=4)
def scale(name: str) -> Scale:
    """Return the scale `both` (two models) or `bayes` (one)."""
    return Scale(**calibration()[name])


@lru_cache(maxsize=8)
def frame(script: str) -> Frame:
    """Return the languages that the models choose between in a script."""
    import numpy as np

    from copydesk_stages.language import models
    from copydesk_stages.language.labels import TAGS, columns_of

    columns = columns_of(script)
    known = [TAGS[column] for column in columns]
    tables = models.ngrams()
    spoken = [{"sr": "sr-Cyrl"}.get(name, name) for name in tables[script].languages] if script in tables else []
    tags = sorted({*known, *spoken})
    ordered = [tag for tag in tags if tag in known]
    return Frame(
        tuple(tags),
        np.array(columns),
        np.array([known.index(tag) for tag in ordered]),
        np.array([tags.index(tag) for tag in ordered]),
        np.array([tags.index(tag) for tag in spoken], dtype=np.intp),
        np.array([number for number, _ in enumerate(spoken)], dtype=np.intp),
    )


def raw_scores(text: str, script: str) -> tuple[Vector, Vector | None, float, float, int]:
    """Return for a cleaned text the scores of both models by tag of the frame, in nats; NaN where a model lacks one.

    Then the score of the best language letter by letter in each, and the number of letters.
    """
    import numpy as np

    from copydesk_stages.language import models

    here = frame(script)
    model = models.bayes()
    by_column, best = model.scores(model.features(text), script)
    units = models.SCALE * models.WEIGHT
    bayes = np.full(len(here.tags), np.nan)
    bayes[here.in_bayes] = np.maximum.reduceat(by_column[here.columns], here.starts) / units
    tables = models.ngrams()
    if script not in tables:
        return bayes, None, best / units, 0.0, sum(map(str.isalpha, text))
    by_language, best_gram, letters = tables[script].scores(text)
    grams = np.full(len(here.tags), np.nan)
    grams[here.in_grams] = by_language / 4
    return bayes, grams, best / units, best_gram / 4, letters


def probabilities(
    bayes: Vector, grams: Vector | None, bayes_best: float, grams_best: float, letters: int, by: Scale
) -> Vector:
    """Return the probability of `und`, then of each tag."""
    import numpy as np

    heat = math.exp(by.heat + by.heat_by_length * math.log(letters + 1))
    none = bayes_best + by.bayes_none * letters
    missing = bayes_best + by.bayes_lacks * letters + by.bayes_lacks_once
    total = np.where(np.isnan(bayes), min(missing, float(np.nanmax(bayes))), bayes)
    if grams is not None:
        missing = grams_best + by.grams_lacks * letters + by.grams_lacks_once
        total += by.grams * np.where(np.isnan(grams), min(missing, float(np.nanmax(grams))), grams)
        none += by.grams * (grams_best + by.grams_none * letters)
    total = np.concatenate(([none / heat + by.none_once], total / heat))
    total = np.exp(total - total.max())
    result: Vector = total / total.sum()
    return result


def evidence(text: str) -> Evidence:
    """Return what `text` says of its language.

    >>> evidence("Η εφημερίδα κυκλοφορεί κάθε πρωί.").ranked
    (('el', 0.99), ('und', 0.01))
    """
    seen = scripts.writing(text)
    if not seen.script:
        return NOTHING
    if seen.letters < MIN_LETTERS:
        return Evidence(((UND, 1.0),), seen.letters, "none", "a single letter")
    if seen.script in scripts.OPEN:
        which = " from ".join(scripts.OPEN[seen.script])
        return Evidence(((UND, 1.0),), seen.letters, "none", f"its script does not tell {which}")
    if seen.script in scripts.SOLE:
        sure = round(SCRIPT_SURE * min(1.0, 2 * seen.share), 3)
        found = scripts.sole_language(seen.text, seen.script)
        return Evidence(((found, sure), (UND, round(1 - sure, 3))), seen.letters, "script", f"written in {seen.script}")
    return from_models(seen.text, seen.script)


def from_models(text: str, script: str) -> Evidence:
    """Return what the models say of a cleaned text in a script that several languages share."""
    bayes, grams, bayes_best, grams_best, letters = raw_scores(text, script)
    if not letters:
        return Evidence(((UND, 1.0),), 0, "none", "no letters that a model knows")
    name = "bayes" if grams is None else "both"
    shares = probabilities(bayes, grams, bayes_best, grams_best, letters, scale(name))
    return Evidence(ranking((UND, *frame(script).tags), shares.tolist(), text), letters, "model")


def ranking(tags: Iterable[str], shares: Iterable[float], text: str) -> tuple[tuple[str, float], ...]:
    """Return tags with their shares, best first, small ones left out, and names that differ by convention put together.

    Croatian and Bosnian, Indonesian and Malay are added up under the likelier of the two.
    """
    found = {tag: share for tag, share in zip(tags, shares, strict=True) if share >= LEAST}
    for group in APART:
        both = [tag for tag in group if tag in found]
        if len(both) > 1:
            likelier = max(both, key=lambda tag: (found[tag], tag))
            found[likelier] = sum(found.pop(tag) for tag in both)
    if "zxx" in found:
        found[UND] = found.get(UND, 0.0) + found.pop("zxx")
    if "zh" in found:
        found[scripts.chinese_hand(text)] = found.pop("zh")
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))
