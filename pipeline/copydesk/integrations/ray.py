"""`--engine ray` (extra `ray`): one shard a core task. Files have to lie where every node can reach them."""

from __future__ import annotations

import os
import pickle
from collections import deque
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Self

from copydesk.batch.job import Job, Outcome, Shard
from copydesk.errors import InputError
from copydesk.integrations.cluster import RETRIES, clean_pickled, given_up, halves

#: Tasks for each processor that are under way or wait on the cluster.
_AHEAD = 3


def _ray() -> Any:
    # By name, since checkers that look beside this file first would find this file.
    return import_module("ray")


class Engine:
    """Shards on a Ray cluster: the one that `RAY_ADDRESS` names, else a local one with so many workers."""

    def __init__(self, job: Job, workers: int) -> None:
        self._job = job
        self._workers = workers
        self._started = False
        self.draining = False

    def __enter__(self) -> Self:
        # Else Ray tries without end what it ends for want of memory.
        os.environ.setdefault("RAY_task_oom_retries", str(RETRIES))
        ray = _ray()
        if not ray.is_initialized():
            cluster = os.environ.get("RAY_ADDRESS")
            bounds = {"address": cluster} if cluster else {"num_cpus": self._workers, "include_dashboard": False}
            try:
                ray.init(log_to_driver=False, logging_level="error", **bounds)
            except (OSError, RuntimeError) as error:
                where = f"the cluster at {cluster} (RAY_ADDRESS) cannot be reached" if cluster else "does not start"
                raise InputError(f"--engine ray: {where}: {error}") from None
            self._started = True
        return self

    def __exit__(self, *_: object) -> None:
        if self._started:
            _ray().shutdown()

    def run(self, shards: Iterator[Shard]) -> Iterator[Outcome]:
        """Yield what became of each shard."""
        ray = _ray()
        job = ray.put(pickle.dumps(self._job))
        task: Any = ray.remote(num_cpus=1, retry_exceptions=False)(clean_pickled)
        ahead = max(2, int(ray.cluster_resources().get("CPU", 1)) * _AHEAD)
        under_way: dict[Any, Shard] = {}
        lost: deque[Shard] = deque()
        while True:
            while len(under_way) < ahead:
                # A part of what was lost is not tried that often again: it was, as part of the whole.
                retries = 0 if lost else RETRIES
                shard = lost.popleft() if lost else None if self.draining else next(shards, None)
                if shard is None:
                    break
                under_way[task.options(max_retries=retries).remote(pickle.dumps(shard), job)] = shard
            if not under_way:
                return
            done, _ = ray.wait(list(under_way), num_returns=1, timeout=1)
            for reference in done:
                shard = under_way.pop(reference)
                try:
                    yield pickle.loads(ray.get(reference))  # noqa: S301  # comes from our own task
                except ray.exceptions.RayError as error:
                    pieces = halves([shard])
                    lost.extend(piece for (piece,) in pieces)
                    if not pieces:
                        yield given_up(shard, self._job, str(error).strip().partition("\n")[0])
