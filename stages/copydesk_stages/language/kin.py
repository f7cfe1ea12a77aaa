"""Serbian in Latin letters beside Croatian and Bosnian: told by the vowel that an old yat has become.

The models see letters, and the three share nearly all of theirs. Serbian of Serbia writes e ("deca", "gde", "vreme"),
the others write je or ije ("djeca", "gdje", "vrijeme"). The words are common ones in which nothing else differs.
"""

from __future__ import annotations

import re

SERBIAN, OTHERS = "sr-Latn", ("bs", "hr")
#: How many times likelier one word makes its side.
FACTOR = 30.0

_EKAVIAN = re.compile(
    r"\b(?:dec[aeiu]|deteta?|gde|ovde|negde|nigde|posle|pre|uvek|vremen?[aeu]?|svet(?:a|u|om|sk\w+)?|čovek\w*"
    r"|mest[aou]|nedelj\w+|ponedelj\w+|uspe[hš]\w*|videl[aeio]|video|lečen\w*|predlo[gž]\w*|predsedni\w+|mlek[aou]"
    r"|rek[aeu]|reč(?:i|ima)?|del(?:a|u|om|ovi|ova)?|htel[aeio]|hteo|juče|takođe|sneg\w*|cel[aeiou]|dve|tel[aou]"
    r"|ver(?:a|e|u|uje|uju)|zvezd\w+|pobed\w+|promen\w+|primen\w+|bezbedn\w+|hleb\w*|primer\w*|smer\w*|meri?l?a?"
    r"|mesec\w*|sednic\w+|izveštaj\w*|obaveštenj\w*|vest(?:i|ima)?|živel[aeio]|leto|leta)\b"
)
_IJEKAVIAN = re.compile(
    r"\b(?:djec\w+|djetet?a?|dijete|gdje|ovdje|negdje|nigdje|poslije|prije|uvijek|vr(?:ij|j)emen?[aeu]?|svijet\w*|svjetsk\w+"
    r"|čovjek\w*|mjest[aou]|nedjelj\w+|ponedjelj\w+|uspje[hš]\w*|vidjel[aeio]|vidio|liječen\w*|prijedlo[gž]\w*"
    r"|predsjedni\w+|mlijek\w+|rijek[aeu]|riječ(?:i|ima)?|dio|dijel\w*|htjel[aeio]|htio|jučer|također|snijeg\w*"
    r"|cijel[aeiou]|dvije|tijel[aou]|vjer(?:a|e|u|uje|uju)|zvijezd\w+|pobjed\w+|promjen\w+|primjen\w+|kruh\w*"
    r"|primjer\w*|smjer\w*|mjeri?l?a?|mjesec\w*|sjednic\w+|izvješt\w+|izvješć\w+|obavijest\w*|vijest(?:i|ima)?"
    r"|živjel[aeio]|ljeto|ljeta|tjed\w+|sigurnosn\w+)\b"
)


def weigh_serbian(found: dict[str, float], text: str) -> dict[str, float]:
    """Return the shares by tag with Serbian and the other two weighed by their words; nothing else changes.

    >>> weigh_serbian({"hr": 0.7, "sr-Latn": 0.3}, "Deca ne znaju gde su.")["sr-Latn"] > 0.99
    True
    >>> weigh_serbian({"hr": 0.7, "sr-Latn": 0.3}, "Sutra dolazi brod.")
    {'hr': 0.7, 'sr-Latn': 0.3}
    """
    if SERBIAN not in found or not any(tag in found for tag in OTHERS):
        return found
    text = text.lower()
    lead = len(_EKAVIAN.findall(text)) - len(_IJEKAVIAN.findall(text))
    if not lead:
        return found
    kin = [tag for tag in (SERBIAN, *OTHERS) if tag in found]
    before = sum(found[tag] for tag in kin)
    changed = {tag: found[tag] * (FACTOR ** min(3, abs(lead)) if (tag == SERBIAN) == (lead > 0) else 1) for tag in kin}
    after = sum(changed.values())
    return {**found, **{tag: share * before / after for tag, share in changed.items()}}
