"""`--engine spark` (extra `spark`): shards through `mapInArrow`. Every executor has to reach the files."""

from __future__ import annotations

import os
import pickle
import re
import sys
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Self

from copydesk.batch.job import Job, Outcome, Shard
from copydesk.errors import InputError
from copydesk.integrations.cluster import RETRIES, clean_pickled, given_up, halves

if TYPE_CHECKING:
    import pyarrow as pa

#: Shards for each processor in one Spark job. The driver waits for the last of a job before it begins the next.
_AHEAD = 16
_LOCAL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "1",
    "spark.log.level": "ERROR",
}
#: The line of a long error that names what was raised.
_RAISED = re.compile(r"^[\w.]*(?:Error|Exception): .*", re.MULTILINE)


class Engine:
    """Shards on the Spark session that is active, else on a local one with so many workers."""

    def __init__(self, job: Job, workers: int) -> None:
        self._job = job
        self._workers = workers
        self._session: Any = None
        self._started = False
        self.draining = False

    def __enter__(self) -> Self:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession

        self._session = SparkSession.getActiveSession()
        if self._session is None:
            self._started = True
            # Its workers are to be of this Python, which has copydesk, whatever comes first on the path.
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
            builder: Any = SparkSession.builder.appName("copydesk").master(f"local[{self._workers},{RETRIES + 1}]")
            for key, value in _LOCAL.items():
                builder = builder.config(key, value)
            try:
                self._session = builder.getOrCreate()
            except PySparkException as error:
                raise InputError(f"--engine spark: does not start; it needs Java 17 or later: {error}") from None
            self._session.sparkContext.setLogLevel("OFF")
        return self

    def __exit__(self, *_: object) -> None:
        if self._started:
            self._session.stop()

    def run(self, shards: Iterator[Shard]) -> Iterator[Outcome]:
        """Yield what became of each shard."""
        job = pickle.dumps(self._job)

        def clean(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            import pyarrow as pa

            for batch in batches:
                found = [clean_pickled(shard, job) for shard in batch.column("shard").to_pylist()]
                yield pa.RecordBatch.from_arrays([batch.column("at"), pa.array(found, pa.binary())], ["at", "outcome"])

        context = self._session.sparkContext
        slots = max(self._workers, context.defaultParallelism)
        rounds: list[list[Shard]] = []  # what is tried again, the next one last
        while rounds or not self.draining:
            some = rounds.pop() if rounds else list(islice(shards, slots * _AHEAD))
            if not some:
                return
            rows = [(at, bytearray(pickle.dumps(shard))) for at, shard in enumerate(some)]
            parts = context.parallelize(rows, min(len(rows), slots * _AHEAD))
            frame = self._session.createDataFrame(parts, "at long, shard binary")
            left = dict(enumerate(some))
            try:
                for row in frame.mapInArrow(clean, "at long, outcome binary").toLocalIterator(prefetchPartitions=True):
                    yield pickle.loads(row.outcome)  # noqa: S301  # comes from our own task
                    del left[row.at]
            except Exception as error:  # noqa: BLE001  # Spark has no one class for a lost job
                # One task that is lost too often takes its whole job down: it is looked for among those of the job.
                pieces = halves(list(left.values()))
                rounds.extend(reversed(pieces))
                if not pieces:
                    raised = _RAISED.findall(str(error))
                    why = raised[-1] if raised else str(error).strip().partition("\n")[0]
                    yield given_up(some[0], self._job, why)
