"""Signals: what in a paragraph, or in two of them, tells where they belong.

A *place* signal looks at one paragraph (does it rather open a story or close it?), a *precedence* signal at two (does
the first have to come before the second?), a *neighbour* signal at two in a row (does the second follow right upon the
first?). Each gives a number between 0 and about 1; what it is worth is learned (`weights.toml`).
"""

from __future__ import annotations

from collections.abc import Callable

from copydesk_stages.reorder.reading import Context, Paragraph
from copydesk_stages.reorder.signals import neighbour, place, precedence

Place = Callable[[Paragraph, Context], float]
Pair = Callable[[Paragraph, Paragraph, Context], float]

#: The signals by name, as the tables of weights have them.
PLACE: dict[str, Place] = {signal.__name__: signal for signal in place.PLACE}
PRECEDENCE: dict[str, Pair] = {signal.__name__: signal for signal in precedence.PRECEDENCE}
NEIGHBOUR: dict[str, Pair] = {signal.__name__: signal for signal in neighbour.NEIGHBOUR}
