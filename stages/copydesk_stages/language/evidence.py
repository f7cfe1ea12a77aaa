"""What a text's letters say about its language: a probability for each language, and one that it is none of them."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
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
#: A text that is likelier than `MAYBE_NONE` to be in no known language is read again without its names, where so many
#: letters are left and no more than so large a part; that counts where it is `HARDLY_NONE` then.
MAYBE_NONE, MIN_LEFT, MOST_LEFT, HARDLY_NONE = 0.3, 10, 0.8, 0.2
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


def unsaid(why: str, letters: int = 0) -> Evidence:
    """Return the evidence of a text that says nothing of its language, and why."""
    return Evidence(((UND, 1.0),), letters, "none", why)


NOTHING = unsaid("no letters")


@dataclass(frozen=True, slots=True)
class Scale:
    """How scores of the models become probabilities, fitted by training/language/calibrate.py.

    Between languages: `grams` weighs the second model beside the first, and exp(`heat`) divides the sum, since
    neighbouring n-grams say the same thing twice. A language that the second model lacks is scored there as the mean of
    all, plus `grams_lacks` for each letter and `grams_lacks_once`, and not above the best one there; `bayes_lacks` is
    the same for the first.

    For the likeliest language against none that is known: how far it is above the mean of all in each model
    (`known_bayes`, `known_grams`), how far a text is that takes the likeliest language anew at every letter
    (`known_bayes_best`, `known_grams_best`), and `known_letters` for each letter; the sum of these is divided by the
    letters to the power of `known_power`, and `known_root` for each square root of letters and `known_once` go off.

    In a script without a table of n-grams nothing tells how well a text ought to fit; there `heat_by_length` times the
    logarithm of the letters adds to `heat`, and `none_once` is the distance to the likeliest language.
    """

    heat: float
    heat_by_length: float = 0.0
    none_once: float = 0.0
    grams: float = 0.0
    grams_lacks: float = 0.0
    grams_lacks_once: float = 0.0
    bayes_lacks: float = 0.0
    known_bayes: float = 0.0
    known_bayes_best: float = 0.0
    known_grams: float = 0.0
    known_grams_best: float = 0.0
    known_letters: float = 0.0
    known_power: float = 0.0
    known_root: float = 0.0
    known_once: float = 0.0


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
    return here, np.array([math.log(RARE_PRIOR) if tag in RARE else 0.0 for tag in here.tags])


@lru_cache(maxsize=8)
def _nearest(script: str) -> Any:
    """Return the places of languages that the second model lacks and of their nearest, two rows."""
    import numpy as np

    return np.array(languages(script)[0].nearest or ((), ()), np.intp)


def scores(text: str, script: str, signs: int) -> Scores:
    """Return what the models say of a cleaned text with so many signs of its script."""
    from copydesk_stages.language import models

    bayes, grams, letters = models.reader(script).scores(text)
    return Scores(
        bayes[:-2],
        None if grams is None else grams[:-2],
        (float(bayes[-2]), float(bayes[-1])),
        (0.0, 0.0) if grams is None else (float(grams[-2]), float(grams[-1])),
        signs if grams is None else letters,
    )


def probabilities(said: Scores, script: str, by: Scale) -> Vector:
    """Return the probability of each tag of the script's frame, then that of `und`."""
    import numpy as np

    here, prior = languages(script)
    letters, first, both = said.letters, here.first, here.both
    shares = np.empty(len(prior) + 1)
    if said.grams is None:
        heat = math.exp(by.heat + by.heat_by_length * math.log(letters + 1))
        np.add(said.bayes / heat, prior, out=shares[:-1])
        shares[-1] = shares[:-1].max() + by.none_once
        shares -= shares.max()
        np.exp(shares, out=shares)
        shares /= shares.sum()
        return shares
    best, mean = said.bayes_fit
    grams_best, grams_mean = said.grams_fit
    bayes, grams = np.empty((2, len(prior)))
    bayes[:first] = said.bayes
    bayes[first:] = min(mean + by.bayes_lacks * letters, float(said.bayes.max()))
    grams[:both] = said.grams[:both]
    lacking = min(grams_mean + by.grams_lacks * letters + by.grams_lacks_once, float(said.grams.max()))
    grams[both:first] = lacking
    grams[first:] = said.grams[both:]
    for place, near in zip(*here.nearest_first, strict=True):
        bayes[place] = max(bayes[place], bayes[near] - NEAREST_BEHIND)
    places, nearest = _nearest(script)
    grams[places] = np.maximum(lacking, grams.take(nearest) - NEAREST_BEHIND)
    total = (bayes + by.grams * grams) * math.exp(-by.heat) + prior
    likeliest = int(total.argmax())
    known = (
        (
            by.known_bayes * (float(bayes[likeliest]) - mean)
            + by.known_bayes_best * (best - mean)
            + by.known_grams * (float(grams[likeliest]) - grams_mean)
            + by.known_grams_best * (grams_best - grams_mean)
            + by.known_letters * letters
        )
        / (letters + 1) ** by.known_power
        - by.known_root * math.sqrt(letters)
        - by.known_once
    )
    none = 1 / (1 + math.exp(min(known, 500.0)))
    total -= total[likeliest]
    np.exp(total, out=shares[:-1])
    shares[:-1] *= (1 - none) / float(shares[:-1].sum())
    shares[-1] = none
    return shares


def evidence(text: str) -> Evidence:
    """Return what `text` says of its language.

    >>> evidence("Η εφημερίδα κυκλοφορεί κάθε πρωί.").ranked
    (('el', 0.99), ('und', 0.01))
    """
    seen = scripts.writing(text)
    if not seen.script:
        return NOTHING
    if why := scripts.no_language(text):
        return unsaid(why, seen.letters)
    if seen.signs < MIN_LETTERS:
        return unsaid("a single letter", seen.letters)
    if (
        seen.script == "Latn"
        and " " not in seen.text[:LONGEST_WORD]
        and len(seen.text.split(None, 1)[0]) > LONGEST_WORD
    ):
        return unsaid("begins with a word that no language has", seen.letters)
    if seen.script in scripts.OPEN:
        which = " from ".join(scripts.OPEN[seen.script])
        return unsaid(f"its script does not tell {which}", seen.letters)
    if seen.script in scripts.SOLE:
        sure = round(SCRIPT_SURE * min(1.0, 2 * seen.share), 3)
        found = scripts.sole_language(seen.text, seen.script)
        return Evidence(((found, sure), (UND, round(1 - sure, 3))), seen.letters, "script", f"written in {seen.script}")
    whole = from_models(seen)
    if whole.of(UND) > MAYBE_NONE:
        left = scripts.without_names(seen)
        if MIN_LEFT <= left.letters <= MOST_LEFT * seen.letters:
            again = from_models(left)
            return again if again.of(UND) <= HARDLY_NONE else whole
    return whole


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
    from copydesk_stages.language import models

    by = models.reader(seen.script)
    best = languages(seen.script)[0].tags[int(by.bayes(by.features(seen.text))[:-2].argmax())]
    return family(best) == family(tag)


def from_models(seen: scripts.Writing) -> Evidence:
    """Return what the models say of a text in a script that several languages share."""
    said = scores(seen.text, seen.script, seen.letters)
    if not said.letters:
        return unsaid("no letters that a model knows")
    shares = probabilities(said, seen.script, scale("bayes" if said.grams is None else "both"))
    likely = (shares >= LEAST).nonzero()[0]
    named = map((*languages(seen.script)[0].tags, UND).__getitem__, likely.tolist())
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
    # By tag and then by share takes half the time of both at once.
    return tuple(sorted(sorted(found.items()), key=itemgetter(1), reverse=True))
