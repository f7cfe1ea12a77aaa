"""What a text's letters say about its language: a probability for each language, and one that it is none of them."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from copydesk_stages.language import script as scripts
from copydesk_stages.language.kin import weigh_kin
from copydesk_stages.language.labels import APART, RARE, RARE_PRIOR, Frame, family, frame
from copydesk_stages.language.weights import CALIBRATION

if TYPE_CHECKING:
    import numpy as np

    Vector = np.ndarray[Any, Any]

UND = "und"
#: Fewer letters have no language: a single one is a variable, a unit or an initial.
MIN_LETTERS = 2
#: In Latin letters no word has more; encoded data has.
LONGEST_WORD = 80
#: Languages with a smaller probability are not listed.
LEAST = 1e-4
#: How many nats a language that the n-gram tables lack is behind its nearest neighbour there, at the most.
NEAREST_BEHIND = 2.0
#: How sure a script is that decides alone.
SCRIPT_SURE = 0.99


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
    twice, so evidence grows more slowly than length; `grams` weighs the second model beside the first. Two imaginary
    languages say how well a text fits at all: `best` is the likeliest real one anew at every letter, `mean` the mean of
    all. A language that one model lacks is scored there as `mean` plus what is here called `lacks`; one that neither
    has, as `best` and `mean` in the ratio `none_best` plus `none`: a term for each letter, one for each square root of
    letters, one once. No language's score in a model it is missing from exceeds that of the best one there.

    In a script without a table of n-grams nothing tells how well a text ought to fit; there `none_once` is the distance
    to the likeliest language.
    """

    heat: float
    heat_by_length: float
    none_once: float
    none_best: float = 0.0
    bayes_none: float = 0.0
    none_by_root: float = 0.0
    grams: float = 0.0
    grams_none: float = 0.0
    bayes_lacks: float = 0.0
    bayes_lacks_once: float = 0.0
    grams_lacks: float = 0.0
    grams_lacks_once: float = 0.0


class Scores(NamedTuple):
    """What the models say of a text: log probabilities, in nats, by language in the order of the frame.

    The pairs are the same for two imaginary languages: the best one anew at every letter, and the mean of all.
    """

    bayes: Vector
    grams: Vector | None
    bayes_fit: tuple[float, float]
    grams_fit: tuple[float, float]
    letters: int


@lru_cache(maxsize=1)
def calibration() -> dict[str, Any]:
    """Return the fitted numbers."""
    return tomllib.loads(CALIBRATION.read_text(encoding="utf-8"))


@lru_cache(maxsize=4)
def scale(name: str) -> Scale:
    """Return the scale `both` (two models) or `bayes` (one)."""
    return Scale(**calibration()[name])


@lru_cache(maxsize=8)
def languages(script: str) -> tuple[Frame, Vector]:
    """Return the languages that the models choose between in a script, and the logarithms of their priors."""
    import numpy as np

    from copydesk_stages.language import models

    here = frame(script, models.spoken().get(script, ()))
    return here, np.array([math.log(RARE_PRIOR) if tag in RARE else 0.0 for tag in (*here.tags, UND)])


@lru_cache(maxsize=8)
def _nearest(script: str) -> Any:
    """Return the places of languages that the second model lacks and of their nearest, two rows."""
    import numpy as np

    return np.array(languages(script)[0].nearest or ((), ()), np.intp)


def bayes_scores(text: str, script: str) -> Vector:
    """Return what the first model says: each language that it has, in the order of the frame, then the text's fit."""
    import numpy as np

    from copydesk_stages.language import models

    here, _ = languages(script)
    model = models.bayes()
    columns: Vector = model.scores(model.features(text), script) / models.UNITS
    return np.maximum.reduceat(columns, here.starts) if len(columns) > len(here.starts) else columns


def scores(text: str, script: str, signs: int) -> Scores:
    """Return what the models say of a cleaned text with so many signs of its script."""
    import numpy as np

    from copydesk_stages.language import models

    columns = bayes_scores(text, script)
    fit = (float(columns[-2]), float(columns[-1]))
    bayes = columns[:-2]
    if script not in models.spoken():
        return Scores(bayes, None, fit, (0.0, 0.0), signs)
    by_language, letters = models.ngrams()[script].scores(text)
    grams = by_language.astype(np.float64) / models.STEPS
    return Scores(bayes, grams[:-2], fit, (float(grams[-2]), float(grams[-1])), letters)


def probabilities(said: Scores, script: str, by: Scale) -> Vector:
    """Return the probability of each tag of the script's frame, then that of `und`."""
    import numpy as np

    here, prior = languages(script)
    letters = said.letters
    best, mean = said.bayes_fit
    none = mean + by.none_best * (best - mean) + by.bayes_none * letters
    total = np.empty(len(here.tags) + 1)
    total[: here.first] = said.bayes
    total[here.first :] = min(mean + by.bayes_lacks * letters + by.bayes_lacks_once, float(said.bayes.max()))
    for place, near in zip(*here.nearest_first, strict=True):
        total[place] = max(total[place], said.bayes[near] - NEAREST_BEHIND)
    if said.grams is not None:
        best, mean = said.grams_fit
        none += by.grams * (mean + by.none_best * (best - mean) + by.grams_none * letters)
        grams = by.grams * said.grams
        lacking = by.grams * min(mean + by.grams_lacks * letters + by.grams_lacks_once, float(said.grams.max()))
        total[: here.both] += grams[: here.both]
        total[here.both : here.first] += lacking
        total[here.first : -1] += grams[here.both :]
        places, nearest = _nearest(script)
        total[places] += np.maximum(grams.take(nearest) - (by.grams * NEAREST_BEHIND + lacking), 0.0)
    heat = math.exp(by.heat + by.heat_by_length * math.log(letters + 1))
    total /= heat
    if said.grams is None:
        total[-1] = total[:-1].max() + by.none_once
    else:
        total[-1] = none / heat + by.none_by_root * math.sqrt(letters) + by.none_once
    total += prior
    total -= total.max()
    np.exp(total, out=total)
    total /= total.sum()
    return total


def evidence(text: str) -> Evidence:
    """Return what `text` says of its language.

    >>> evidence("Η εφημερίδα κυκλοφορεί κάθε πρωί.").ranked
    (('el', 0.99), ('und', 0.01))
    """
    seen = scripts.writing(text)
    if not seen.script:
        return NOTHING
    if why := scripts.no_language(text):
        return Evidence(((UND, 1.0),), seen.letters, "none", why)
    if seen.signs < MIN_LETTERS:
        return Evidence(((UND, 1.0),), seen.letters, "none", "a single letter")
    if (
        seen.script == "Latn"
        and " " not in seen.text[:LONGEST_WORD]
        and len(seen.text.split(None, 1)[0]) > LONGEST_WORD
    ):
        return Evidence(((UND, 1.0),), seen.letters, "none", "begins with a word that no language has")
    if seen.script in scripts.OPEN:
        which = " from ".join(scripts.OPEN[seen.script])
        return Evidence(((UND, 1.0),), seen.letters, "none", f"its script does not tell {which}")
    if seen.script in scripts.SOLE:
        sure = round(SCRIPT_SURE * min(1.0, 2 * seen.share), 3)
        found = scripts.sole_language(seen.text, seen.script)
        return Evidence(((found, sure), (UND, round(1 - sure, 3))), seen.letters, "script", f"written in {seen.script}")
    return from_models(seen)


def agrees(text: str, tag: str) -> bool:
    """Tell, at less cost than `evidence` and without a probability, whether `tag` is the likeliest language of a text.

    >>> agrees("Die Fähre fährt heute nicht.", "de"), agrees("The ferry does not sail today.", "de")
    (True, False)
    """
    seen = scripts.writing(text)
    if seen.script in scripts.SOLE:
        return scripts.sole_language(seen.text, seen.script) == tag
    if not seen.script or seen.script in scripts.OPEN or scripts.no_language(text):
        return False
    here, _ = languages(seen.script)
    best = here.tags[int(bayes_scores(seen.text, seen.script)[:-2].argmax())]
    return family(best) == family(tag)


def from_models(seen: scripts.Writing) -> Evidence:
    """Return what the models say of a text in a script that several languages share."""
    said = scores(seen.text, seen.script, seen.letters)
    if not said.letters:
        return Evidence(((UND, 1.0),), 0, "none", "no letters that a model knows")
    shares = probabilities(said, seen.script, scale("bayes" if said.grams is None else "both"))
    tags = languages(seen.script)[0].tags
    likely = (shares >= LEAST).nonzero()[0]
    named = [tags[place] if place < len(tags) else UND for place in likely.tolist()]
    found = dict(zip(named, shares.take(likely).tolist(), strict=True))
    return Evidence(ranking(weigh_kin(found, seen.text), seen.text), said.letters, "model")


def ranking(found: dict[str, float], text: str) -> tuple[tuple[str, float], ...]:
    """Return tags with their shares, best first, and put together what differs by convention more than by letters.

    Croatian and Bosnian, Indonesian and Malay are added up under the likelier of the two.

    >>> ranking({"bs": 0.3, "hr": 0.4, "sl": 0.2, "und": 0.1}, "")
    (('hr', 0.7), ('sl', 0.2), ('und', 0.1))
    """
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
