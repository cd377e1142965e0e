"""Fits on Spark with two local threads, the rows being cached."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.distributed.in_process import answer
from benchmarks.distributed.works import PARTS, Answer, Data, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAME = "Spark"


@contextmanager
def fits(work: Work, data: Data, folder: Path) -> Iterator[dict[str, Callable[[], Answer]]]:
    """Start Spark in this process, and yield the fits by their names."""
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.memory", "4g")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "50000")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    try:
        table = _cached(session, data, folder)
        yield _ours(work, table) | _peers(work, table, data.X.shape[1])
    finally:
        session.stop()


def _cached(session: Any, data: Data, folder: Path) -> Any:  # noqa: ANN401
    """Return a DataFrame in memory, with a partition for each of ours."""
    import pyarrow as pa
    from pyarrow import parquet

    names = [f"x{j}" for j in range(data.X.shape[1])]
    for part in range(PARTS):
        X, y = np.load(folder / f"X{part}.npy"), np.load(folder / f"y{part}.npy")
        columns = {name: np.ascontiguousarray(X[:, j]) for j, name in enumerate(names)}
        table = pa.table(columns | {"y": y.astype(float)})
        parquet.write_table(table, folder / f"part{part:02d}.parquet")
    size = max(path.stat().st_size for path in folder.glob("part*.parquet"))
    session.conf.set("spark.sql.files.maxPartitionBytes", str(size))
    session.conf.set("spark.sql.files.openCostInBytes", str(size))
    frame = session.read.parquet(*map(str, sorted(folder.glob("part*.parquet")))).cache()
    frame.count()
    return frame


def _ours(work: Work, table: Any) -> dict[str, Callable[[], Answer]]:  # noqa: ANN401
    from elltwo.integrations import spark as es

    if not hasattr(es, work.kind):
        return {}
    options = {"cv": work.n_folds} if work.n_folds else {"alpha": 1.0}
    fit = getattr(es, work.kind)
    return {"elltwo": lambda: answer(fit(table, target="y", **options))}


def _peers(work: Work, table: Any, p: int) -> dict[str, Callable[[], Answer]]:  # noqa: ANN401
    """Return Spark's own fits, of the same objectives."""
    from pyspark.ml import regression
    from pyspark.ml.classification import LogisticRegression
    from pyspark.ml.feature import VectorAssembler

    if work.n_folds:
        return {}
    assembler = VectorAssembler(inputCols=[f"x{j}" for j in range(p)], outputCol="features")
    rows = assembler.transform(table).select("features", "y").cache()
    n = rows.count()
    common = {"labelCol": "y", "regParam": 1.0 / n, "standardization": False}
    if work.kind == "ridge":
        normal = regression.LinearRegression(solver="normal", **common)
        return {"Spark normal": partial(_spark, normal, rows)}
    return {
        "Spark as shipped": partial(_spark, LogisticRegression(**common), rows),
        "Spark tol 1e-10": partial(
            _spark, LogisticRegression(tol=1e-10, maxIter=500, **common), rows
        ),
    }


def _spark(estimator: Any, rows: Any) -> Answer:  # noqa: ANN401
    model = estimator.fit(rows)
    return Answer(np.asarray(model.coefficients.toArray(), float), float(model.intercept))
