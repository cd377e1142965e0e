"""DataFrames that can be read, and how their columns are named in expressions."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def require_frame(df: Any, argument: str) -> None:  # noqa: ANN401
    """Refuse what is not a DataFrame of a classic session.

    Raises
    ------
    TypeError
        With what to do instead.
    """
    home = type(df).__module__
    if home.startswith("pyspark.pandas"):
        raise TypeError(f"{argument} is a DataFrame of pandas on Spark; pass {argument}.to_spark()")
    if home.startswith("pyspark.sql.connect"):
        raise TypeError(
            f"{argument} belongs to a session of Spark Connect, which has no SparkContext to count "
            "partitions and to cancel jobs by; start a classic session, with "
            "SparkSession.builder.master() or spark-submit"
        )
    if not (home.startswith("pyspark.sql") and hasattr(type(df), "mapInArrow")):
        raise TypeError(f"{argument} must be a DataFrame of Spark, got {type(df).__name__}")
    if df.isStreaming:
        raise TypeError(
            f"{argument} is a streaming DataFrame, which has no end; fit each batch in foreachBatch"
        )


def quoted(name: str) -> str:
    """Return a name as a reference to the column: one with a dot is not a field of a struct."""
    return "`" + name.replace("`", "``") + "`"


@contextmanager
def quiet() -> Iterator[None]:
    """Keep PySpark from warning of pandas 3, which it imports and which is not used here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
        yield
