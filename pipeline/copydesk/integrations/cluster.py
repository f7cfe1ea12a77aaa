"""What every engine beyond one machine does at its other end: a shard is cleaned in a watched process of its own.

The process stays for the next shard of the same job. So a document that hangs or dies is found where it lies, and the
cluster's own retries are left for machines that go down.
"""

from __future__ import annotations

import atexit
import pickle

from copydesk.batch.job import Failed, Job, Outcome, Shard
from copydesk.batch.pool import Pool, raw_document

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


def halves(shards: list[Shard]) -> list[list[Shard]]:
    """Return the two halves of what was lost together: of the shards or, where there is one, of its documents.

    Nothing is returned for a single document, which has been found then.
    """
    if len(shards) > 1:
        return [shards[: len(shards) // 2], shards[len(shards) // 2 :]]
    size = len(shards[0])
    return [[shards[0].part(0, size // 2)], [shards[0].part(size // 2, size)]] if size > 1 else []


def given_up(shard: Shard, job: Job, why: str) -> Outcome:
    """Return what became of a document that took its cluster's worker down again and again."""
    if not len(shard):
        return Outcome(stop=f"a task of no document was lost: {why}")
    of_input, number, name = shard.place(0)
    data, ending = raw_document(shard, job)
    problem = f"{name}: its task was lost again and again, the last time: {why}"
    failed = Failed(of_input, number, name, problem, data=data, ending=ending, lost=data is None, alone=True)
    return Outcome(failed=[failed])
