"""`--to`: whether the cleaned text is written plain or with markup."""

from __future__ import annotations

import dataclasses

from copydesk.chain import Chain, Step
from copydesk.stage import find

#: What `--to` takes; all but plain text is the name of a stage that writes it.
PLAIN = "text"
MARKUPS = (PLAIN, "markdown")


def written_as(chain: Chain, to: str | None) -> Chain:
    """Return the chain with the stage that writes the markup at its end, or without any such stage.

    The markup is put in by edits of that stage, so the record holds it and undo takes it out.

    >>> [step.name for step in written_as(Chain.load("minimal"), "markdown").steps][-1]
    'markdown'
    """
    if to is None:
        return chain
    steps = [step for step in chain.steps if step.use not in MARKUPS]
    if to != PLAIN:
        steps.append(Step(to, find(to)(), to))
    return dataclasses.replace(chain, steps=tuple(steps))
