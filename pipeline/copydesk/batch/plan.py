"""What a run is asked to do, and by what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, Self

from copydesk.batch.job import Job, Outcome, Shard
from copydesk.batch.place import Place
from copydesk.batch.scan import Choice


class Engine(Protocol):
    """Whatever cleans shards: the local pool, Ray, Spark. A context manager."""

    draining: bool

    def run(self, shards: Iterator[Shard]) -> Iterator[Outcome]:
        """Yield what became of each shard."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


@dataclass(frozen=True)
class Plan:
    """What a run is asked to do; see `copydesk.batch.clean` for what each means."""

    job: Job
    place: Place
    sources: tuple[str, ...] = ()
    listed: Iterable[str] = ()
    choice: Choice = field(default_factory=Choice)
    workers: int = 1
    engine: Callable[[Job, int], Engine] | None = None
    engine_name: str = "local"
    force: bool = False
    dry_run: bool = False
    retry: bool = False
