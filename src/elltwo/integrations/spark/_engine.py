"""Leaves and merges as Spark's jobs."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from elltwo.integrations._reduce.piece import merge_pieces
from elltwo.integrations._reduce.sizes import piece_bytes
from elltwo.integrations._reduce.task import Task
from elltwo.integrations._reduce.tree import grow
from elltwo.integrations.spark._frames import quiet
from elltwo.integrations.spark._input import PARTITIONS, read_frame
from elltwo.integrations.spark._jobs import Jobs
from elltwo.integrations.spark._leaf import PIECES, merged_pieces, piece_of_partition
from elltwo.integrations.spark._limits import result_limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elltwo.integrations._reduce.engine import Watch
    from elltwo.integrations._reduce.options import RunOptions
    from elltwo.integrations.spark._input import Rows

# Bytes of pieces that are merged on the driver. More are merged by Spark, level by level, until
# they are no more than these.
COLLECTED = 64 << 20
CELL = (1 << 31) - (1 << 20)  # bytes of the binary column of one batch of Arrow


def engine_of(
    df: Any,  # noqa: ANN401  # a DataFrame
    options: RunOptions,
    key: str | None,
    *,
    labels: bool = False,
) -> tuple[SparkEngine, RunOptions]:
    """Return an engine, and the options as they are for what it reads.

    Classes, which `labels` stand for, are fitted in several passes: rows are kept between these
    unless `df` keeps them itself, as Spark's own logistic regression does.
    """
    rows = read_frame(df, options, key, labels=labels)
    kept = key is None and (df.storageLevel.useMemory or df.storageLevel.useDisk)
    return SparkEngine(rows, persist=labels and not kept), rows.options


class SparkEngine:
    """Partitions of a DataFrame, each read by one task of Spark.

    Parameters
    ----------
    rows : Rows
        What is read.
    persist : bool
        Whether rows are kept on the workers until `close`: then shuffles run once, and all passes
        see the same rows in the same places.
    """

    name = "spark"

    def __init__(self, rows: Rows, *, persist: bool) -> None:
        self.schema = rows.schema
        self._packing = rows.packing
        self._frame = rows.frame
        self._session = rows.frame.sparkSession
        self._context = self._session.sparkContext
        self._persisted = persist
        if persist:
            from pyspark import StorageLevel

            self._frame = rows.frame.persist(StorageLevel.MEMORY_AND_DISK)
        try:
            self.n_parts = self._count_parts()
        except BaseException:
            self.close()
            raise

    def reduce(self, task: bytes, fan_in: int, watch: Watch) -> bytes:
        """Return the merged piece of all parts."""
        size = piece_bytes(Task.from_bytes(task))
        sent = self._context.broadcast(task)
        try:
            with quiet():
                leaf = partial(piece_of_partition, task=sent, packing=self._packing)
                pieces = self._frame.mapInArrow(leaf, PIECES)
            with _workers_have_elltwo():
                found = self._jobs("sums over partitions").run(
                    partial(self._collected, pieces, size, fan_in),
                    lambda done, total: watch.done(self.n_parts * done // total),
                )
        finally:
            sent.destroy()
        watch.done(self.n_parts, sum(map(len, found)))
        return grow(found, fan_in, merge_pieces)

    def close(self) -> None:
        """Let go of the rows that are kept."""
        if self._persisted:
            self._frame.unpersist()
            self._persisted = False

    def _count_parts(self) -> int:
        """Return the number of partitions; where shuffles decide it, the number that is planned.

        The exact one of rows that are not kept would take the shuffles, which a pass makes again.
        """
        if not self._persisted and _is_adaptive(self._frame):
            return int(self._session.conf.get(PARTITIONS))
        n_parts: int = self._jobs("partitions").run(self._frame.rdd.getNumPartitions)
        return n_parts

    def _jobs(self, what: str) -> Jobs:
        return Jobs(self._context, f"elltwo: {what}")

    def _collected(self, pieces: Any, size: int, fan_in: int) -> list[bytes]:  # noqa: ANN401
        """Collect pieces of `size` bytes, those of a higher level of the tree if they are large."""
        n_pieces = pieces.rdd.getNumPartitions()
        most = result_limit(self._context)
        if size > most:
            raise ValueError(
                f"a piece of {size >> 20} MB is larger than spark.driver.maxResultSize, which is "
                f"{most >> 20} MB; start the session with more"
            )
        while n_pieces > 1 and n_pieces * size > min(COLLECTED, most):
            pieces = _next_level(pieces, size, fan_in)
            n_pieces = -(-n_pieces // fan_in)
        rows = sorted(pieces.collect(), key=itemgetter("part"))
        if 0 < len(rows) < n_pieces:
            raise RuntimeError(f"Spark returned {len(rows)} of {n_pieces} pieces")
        return [bytes(row["piece"]) for row in rows]


def _next_level(pieces: Any, size: int, fan_in: int) -> Any:  # noqa: ANN401  # DataFrames
    """Return the pieces of the parents of `fan_in` neighbours each."""
    if fan_in * size > CELL:
        raise ValueError(
            f"fan_in={fan_in} pieces of {size >> 20} MB are more than the 2 GB of one of Spark's "
            "batches; pass a smaller fan_in, or fewer folds"
        )
    groups = pieces.withColumn("parent", (pieces["part"] / fan_in).cast("long")).groupBy("parent")
    if not hasattr(type(groups), "applyInArrow"):
        raise ImportError(
            f"merging pieces of {size >> 20} MB on the workers needs Spark 4.0 or later",
            name="pyspark",
        )
    with quiet():
        return groups.applyInArrow(merged_pieces, PIECES)


@contextmanager
def _workers_have_elltwo() -> Iterator[None]:
    """Raise ImportError where Spark tells of a worker without elltwo."""
    from pyspark.errors import PythonException

    try:
        yield
    except PythonException as error:
        if "No module named 'elltwo" not in str(error):
            raise
        raise ImportError(
            "Spark's workers cannot import elltwo; install it in the Python that they run, which "
            "PYSPARK_PYTHON names",
            name="elltwo",
        ) from error


def _is_adaptive(frame: Any) -> bool:  # noqa: ANN401  # a DataFrame
    """Whether Spark decides on the number of partitions when it has run the shuffles."""
    plan = frame._jdf.queryExecution().executedPlan()  # no public name
    return str(plan.getClass().getSimpleName()) == "AdaptiveSparkPlanExec"
