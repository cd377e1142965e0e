"""Which columns of a DataFrame are read, as what, and which are refused."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo.exceptions import StreamError
from elltwo.integrations import spark
from spark_session import frame_of, local_session, mapped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.clusters

N = 60
COLORS = ("red", "green", "blue")
KINDS = (
    "x double, f float, i int, flag boolean, d decimal(12, 3), `a.b` double, text string, day date,"
    " y double"
)


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    with local_session() as started:
        yield started


@pytest.fixture(scope="module")
def df(session: Any) -> Any:  # noqa: ANN401
    """Columns of all kinds, in three partitions."""
    rng = np.random.default_rng(3)
    rows = [
        (
            float(rng.normal()),
            float(np.float32(rng.normal())),
            int(rng.integers(-50, 50)),
            bool(rng.random() < 0.5),
            Decimal(int(rng.integers(-5000, 5000))) / 1000,
            float(rng.normal()),
            COLORS[int(rng.integers(3))],
            dt.date(2024, 1, 1 + i % 28),
            float(rng.normal()),
        )
        for i in range(N)
    ]
    return frame_of(session, [rows[:20], rows[20:21], rows[21:]], KINDS)


def test_all_kinds_of_numbers_are_read(df: Any) -> None:  # noqa: ANN401
    features = ["x", "f", "i", "flag", "d", "a.b"]
    rows = df.collect()
    X = np.array([[float(row[name]) for name in features] for row in rows])
    y = np.array([row["y"] for row in rows])
    fit = spark.ridge(df, target="y", ignore=("text", "day"))
    np.testing.assert_allclose(fit.coef, elltwo.ridge(X, y, alpha=1.0).coef, rtol=1e-12)
    assert fit.feature_names == tuple(features)
    flag = spark.ridge(df, target="flag", features=["x"])
    np.testing.assert_allclose(
        flag.coef, elltwo.ridge(X[:, :1], X[:, 3], alpha=1.0).coef, rtol=1e-12
    )


@pytest.mark.parametrize(
    ("options", "kind", "text"),
    [
        ({"ignore": ("text",)}, TypeError, "column 'day' holds date values, not numbers"),
        ({"ignore": ("day",)}, TypeError, "column 'text' holds string values, not numbers"),
        ({"target": "day"}, TypeError, "column 'day' holds date values, not numbers"),
        ({"sample_weight": "text"}, TypeError, "column 'text' holds string values"),
        ({"target": "z"}, ValueError, "df has no column 'z'"),
        ({"target": None}, ValueError, "target must name the column to predict"),
        ({"ignore": ("z",)}, ValueError, "df has no column 'z'"),
        ({"key": "z", "ignore": ("day", "text")}, ValueError, "no column 'z', which key names"),
        ({"features": ["x", "x"]}, ValueError, "'x' is named twice"),
        (
            {"encode": "one-hot", "ignore": ("day",)},
            ValueError,
            "column 'text' (string) are not known to Spark before the rows are read; pass encode=",
        ),
        ({"fanin": 3, "ignore": ("day", "text")}, TypeError, "there is no option 'fanin'"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(
    df: Any,  # noqa: ANN401
    options: dict[str, Any],
    kind: type[Exception],
    text: str,
) -> None:
    with pytest.raises(kind, match=re.escape(text)):
        spark.ridge(df, **({"target": "y"} | options))


def test_levels_make_columns_of_categories(df: Any) -> None:  # noqa: ANN401
    from pyspark.sql import functions

    levels = ["red", "green", "blue"]
    fit = spark.ridge(df, target="y", features=["x", "text"], encode={"text": levels})
    by_hand = df.select(
        "x", "y", *((functions.col("text") == one).alias(f"text_{one}") for one in levels)
    )
    wanted = spark.ridge(by_hand, target="y")
    assert fit.feature_names == wanted.feature_names
    np.testing.assert_allclose(fit.coef, wanted.coef, rtol=1e-12)
    with pytest.raises(
        StreamError, match=r"row .*column 'text' holds 'blue', which is none of its"
    ):
        spark.ridge(df, target="y", features=["x", "text"], encode={"text": levels[:2]})


def test_vectors_are_the_columns_that_they_hold(df: Any) -> None:  # noqa: ANN401
    from pyspark.ml.feature import VectorAssembler
    from pyspark.sql import functions

    features = ["x", "i", "a.b"]
    wanted = spark.moments(df, target="y", features=features)
    arrays = df.select(functions.array("x", "i", "`a.b`").alias("v"), "y", "f")
    plain = spark.ridge(arrays.select("v", "y"), target="y")
    assert plain.feature_names == ("v[0]", "v[1]", "v[2]")
    assert plain.coef.tobytes() == wanted.ridge(1.0).coef.tobytes()
    renamed = df.withColumnRenamed("a.b", "ab")
    made = VectorAssembler(inputCols=["x", "i", "ab"], outputCol="v").transform(renamed)
    named = spark.ridge(made, target="y", features="v")
    assert named.feature_names == ("x", "i", "ab")
    assert named.coef.tobytes() == plain.coef.tobytes()
    both = spark.ridge(arrays, target="y", features=["f", "v"])
    alone = spark.ridge(df, target="y", features=["f", *features])
    assert both.feature_names == ("f", "v[0]", "v[1]", "v[2]")
    np.testing.assert_allclose(both.coef, alone.coef, rtol=1e-12)


def test_a_vector_of_another_length_is_refused(session: Any) -> None:  # noqa: ANN401
    parts = [[([1.0, 2.0], 1.0)], [], [([0.0, 1.0], 2.0), ([3.0], 1.0)]]
    df = frame_of(session, parts, "v array<double>, y double")
    text = "partition 2, row 1, column 'v' holds 1 numbers, 2 in the first row of all"
    with pytest.raises(StreamError, match=re.escape(text)):
        spark.ridge(df, target="y")


def test_a_missing_value_is_named_once_and_not_tried_again(
    session: Any,  # noqa: ANN401
    tmp_path: Path,
) -> None:
    """The leaf ends well, so that Spark, which tries a task four times, reads each part once."""
    rng = np.random.default_rng(0)
    parts = [rng.normal(size=(40, 5)).tolist() for _ in range(9)]
    parts[7][12][3] = float("nan")
    parts[8][2][1] = float("inf")
    schema = ", ".join(f"{name} double" for name in ("x0", "x1", "x2", "x3", "y"))
    folder = str(tmp_path)

    def counted(batches: Iterator[Any]) -> Iterator[Any]:
        import tempfile

        tempfile.mkstemp(dir=folder)
        yield from batches

    df = mapped(frame_of(session, parts, schema), counted, schema)
    with pytest.raises(StreamError) as caught:
        spark.ridge(df, target="y")
    assert str(caught.value) == "partition 7, row 12, column 'x3' is missing or NaN"
    assert len(list(tmp_path.iterdir())) == len(parts)


def test_nulls_are_missing_and_can_be_left_out(session: Any) -> None:  # noqa: ANN401
    rng = np.random.default_rng(1)
    rows = [tuple(row) for row in rng.normal(size=(50, 3)).tolist()]
    gaps = [(None, *rows[0][1:]), *rows[1:30], (rows[30][0], rows[30][1], None), *rows[31:]]
    df = frame_of(session, [gaps[:20], gaps[20:]], "a double, b double, y double")
    with pytest.raises(StreamError, match="partition 0, row 0, column 'a' is missing or NaN"):
        spark.ridge(df, target="y")
    fit = spark.ridge(df, target="y", missing="skip")
    kept = np.array([row for row in gaps if None not in row])
    np.testing.assert_allclose(
        fit.coef, elltwo.ridge(kept[:, :2], kept[:, 2], alpha=1.0).coef, rtol=1e-12
    )
    vectors = df.selectExpr("if(a is null, null, array(a, b)) as v", "y").where("y is not null")
    with pytest.raises(StreamError, match=r"partition 0, row 0, column 'v\[0\]' is missing"):
        spark.ridge(vectors, target="y")


def test_without_rows_the_error_is_that_of_arrays(session: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match="a minimum of 1 is required") as local:
        elltwo.ridge(np.empty((0, 2)), np.empty(0), alpha=1.0)
    for schema in ("a double, b double, y double", "v array<double>, y double"):
        df = frame_of(session, [[], [], []], schema)
        with pytest.raises(ValueError, match="a minimum of 1 is required") as caught:
            spark.ridge(df, target="y")
        assert type(caught.value) is type(local.value)


def test_other_collections_are_refused() -> None:
    pytest.importorskip("pyspark", reason="needs pyspark")
    homes = {
        "pyspark.sql.connect.dataframe": "session of Spark Connect",
        "pyspark.pandas.frame": r"pass df\.to_spark\(\)",
    }
    for home, text in homes.items():
        posing = type("DataFrame", (), {"__module__": home})()
        with pytest.raises(TypeError, match=text):
            spark.ridge(posing, target="y")
    with pytest.raises(TypeError, match="df must be a DataFrame of Spark, got SimpleNamespace"):
        spark.ridge(SimpleNamespace(), target="y")


def test_a_stream_of_batches_is_refused(session: Any) -> None:  # noqa: ANN401
    df = session.readStream.format("rate").load()
    with pytest.raises(TypeError, match="streaming DataFrame"):
        spark.ridge(df, target="value")
