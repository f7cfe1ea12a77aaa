"""The description of a product that a page declares as data, laid over its lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from typing import TYPE_CHECKING, Any

from copydesk_stages.extract import base

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from copydesk_stages.extract.lines import Line

_PRODUCTS = frozenset({"Product", "ProductGroup"})
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
# A shorter description is a teaser for search engines.
_MIN_WORDS = 50
# A description of which the page shows less is another text.
_MIN_SHOWN = 0.5
# What the log-odds of a line gain within the description, and lose outside. Over folds by publisher the mean word F1
# of 29 pages of products rises by .035 with 1, .038 with 1.5, .045 with 2, .038 with 2.5.
_WEIGHT = 2.0
# No chance is nearer to 0 or 1 than this.
_CERTAIN = 0.002


def description(nodes: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the longest description of a product in JSON-LD objects by lines, without its tags; none if it is short.

    >>> description([{"@type": "Product", "description": "<p>A kettle of 2 litres.</p>"}])
    []
    >>> description([{"@type": ["Product"], "description": "<p>" + "Boils fast. " * 30 + "</p><p>Red.</p>"}])[-1]
    'Red.'
    """
    longest = ""
    for node in nodes:
        kinds = node.get("@type")
        said = node.get("description")
        if isinstance(said, str) and len(said) > len(longest):
            named = kinds if isinstance(kinds, list) else [kinds]
            longest = said if any(isinstance(one, str) and one in _PRODUCTS for one in named) else longest
    lines = [" ".join(line.split()) for line in _TAG.sub("\n", unescape(longest)).split("\n")]
    return [line for line in lines if line] if len(longest.split()) >= _MIN_WORDS else []


def within(texts: Sequence[str], said: Sequence[str]) -> list[bool]:
    """Return for each line whether it belongs to a description; of one that the page does not show, nothing does."""
    if not said:
        return [False] * len(texts)
    inside = [share >= 0.5 for share in base.cover(texts, said)]
    shown = sum(len(text) for text, is_inside in zip(texts, inside, strict=True) if is_inside)
    return inside if shown >= _MIN_SHOWN * sum(len(line) for line in said) else [False] * len(texts)


def towards(chance: NDArray[np.float64], lines: Sequence[Line], inside: Sequence[bool]) -> NDArray[np.float64]:
    """Return the chances with lines of the description likelier, and all others but the page's name less likely.

    Where a shop says as data what its product is, it says which of the texts around the product is about it.
    """
    import numpy as np

    if not any(inside):
        return chance
    named = [line.role == "heading" and line.level == 1 for line in lines]
    sure = np.clip(chance, _CERTAIN, 1 - _CERTAIN)
    odds = np.log(sure / (1 - sure)) + _WEIGHT * np.where(inside, 1, np.where(named, 0, -1))
    return np.asarray(np.round(1 / (1 + np.exp(-odds)), 3))
