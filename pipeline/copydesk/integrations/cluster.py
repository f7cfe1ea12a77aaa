"""What every engine beyond one machine does at its other end: a shard is cleaned in a watched process of its own.

The process stays for the next shard of the same job. So a document that hangs or dies is found where it lies, and the
cluster's own retries are left for machines that go down.
"""

from __future__ import annotations

import atexit
import pickle

from copydesk.batch.job import Failed, Files, Job, Outcome, Shard
from copydesk.batch.pool import Pool

#: How often a cluster tries a shard again whose machine went down.
RETRIES = 3
_pools: dict[str, Pool] = {}


def clean_pickled(shard: bytes, job: bytes) -> bytes:
    """Clean a shard and return what became of it; the parts of one that was bisected are put together."""
    task: Job = pickle.loads(job)  # noqa: S301  # comes from our own driver
    key = task.key()
    if key not in _pools:
        for pool in _pools.values():
            pool.close()
        _pools.clear()
        _pools[key] = Pool(task, 1)
        atexit.register(_pools[key].close)
    whole = Outcome()
    shards: list[Shard] = [pickle.loads(shard)]  # noqa: S301  # as above
    for outcome in _pools[key].run(iter(shards)):
        whole.done += outcome.done
        whole.failed += outcome.failed
        whole.stop = whole.stop or outcome.stop
    return pickle.dumps(whole)


def given_up(shard: Shard, why: str) -> Outcome:
    """Return what became of a shard that the cluster lost again and again."""
    failed = []
    for at in range(len(shard)):
        of_input, number, name = shard.place(at)
        problem = f"{name}: its task was lost {RETRIES + 1} times: {why}"
        failed.append(Failed(of_input, number, name, problem, lost=isinstance(shard, Files), alone=True))
    return Outcome(failed=failed)
