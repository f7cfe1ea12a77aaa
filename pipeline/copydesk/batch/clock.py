"""A chain that takes the time of its stages and says which one is at work."""

from __future__ import annotations

import copy
import dataclasses
import time
from collections.abc import Callable
from typing import Any

from copydesk.chain import Chain

#: Attributes by which the engine knows a stage.
_KNOWN = ("takes", "gives", "after", "uses")


class _Timed:
    """A stage with a clock; to the engine it is the stage itself."""

    def __init__(self, stage: Any, at: int, spent: list[int], enter: Callable[[int], None]) -> None:
        self._stage = stage
        self._at = at
        self._spent = spent
        self._enter = enter
        for name in _KNOWN:
            if hasattr(stage, name):
                setattr(self, name, getattr(stage, name))

    def __call__(self, document: Any) -> Any:
        """Run the stage to its end."""
        self._enter(self._at)
        start = time.perf_counter_ns()
        try:
            found = self._stage(document)
            return found if self.takes == "bytes" else list(found)
        finally:
            self._spent[self._at] += time.perf_counter_ns() - start

    takes = "text"


class Clock:
    """The chain to run instead of another, and what its stages took since the last `read` (nanoseconds).

    Results, hash and versions are those of the original. `enter` is called with the number of each step as it begins.
    """

    def __init__(self, chain: Chain, enter: Callable[[int], None] = lambda _: None) -> None:
        self._spent = [0] * len(chain.steps)
        self._names = [step.name for step in chain.steps]
        steps = tuple(
            dataclasses.replace(step, stage=_Timed(step.stage, at, self._spent, enter))
            for at, step in enumerate(chain.steps)
        )
        # Not made anew: it was checked, and checking imports more than all the rest of a worker. Hash and versions are
        # cached properties; the wrapped stages must not be asked for options that they do not show.
        self.chain = copy.copy(chain)
        vars(self.chain).update(steps=steps, hash=chain.hash, versions=chain.versions)

    def read(self) -> dict[str, int]:
        """Return microseconds by stage and begin anew."""
        spent = {name: time // 1000 for name, time in zip(self._names, self._spent, strict=True) if time >= 1000}
        self._spent[:] = [0] * len(self._spent)
        return spent
