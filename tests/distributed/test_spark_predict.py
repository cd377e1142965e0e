"""Predictions as columns: lazy, named, and those of the fit in memory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo.integrations import spark
from spark_session import frame_of, local_session, mapped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.clusters

SCHEMA = "id long, b double, a double, y double"


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    with local_session() as started:
        yield started


@pytest.fixture(scope="module")
def rows() -> list[tuple[Any, ...]]:
    values = np.random.default_rng(2).normal(size=(90, 3)).tolist()
    return [(i, *row) for i, row in enumerate(values)]


@pytest.fixture(scope="module")
def df(session: Any, rows: list[tuple[Any, ...]]) -> Any:  # noqa: ANN401
    return frame_of(session, [rows[:40], [], rows[40:]], SCHEMA)


def matrix(rows: list[tuple[Any, ...]]) -> Any:  # noqa: ANN401
    """Return the features in the order a, b."""
    return np.array(rows)[:, [2, 1]].astype(float)


def test_predictions_are_those_of_the_fit(df: Any, rows: list[tuple[Any, ...]]) -> None:  # noqa: ANN401
    fit = spark.ridge(df, target="y", features=["a", "b"])
    made = spark.predict(fit, df)
    assert made.columns == ["id", "b", "a", "y", "prediction"]
    found = made.orderBy("id").collect()
    assert [tuple(row)[:4] for row in found] == rows
    np.testing.assert_allclose(
        [row["prediction"] for row in found], fit.predict(matrix(rows)), rtol=1e-13
    )


def test_several_targets_have_their_names(df: Any, rows: list[tuple[Any, ...]]) -> None:  # noqa: ANN401
    fit = spark.ridge(df, target=["y", "id"], features=["a", "b"])
    made = spark.predict(fit, df.drop("y", "id"))
    assert made.columns == ["b", "a", "prediction_y", "prediction_id"]
    values = [row[2:] for row in made.collect()]
    np.testing.assert_allclose(values, fit.predict(matrix(rows)), rtol=1e-12)


@pytest.mark.parametrize("labels", [["no", "yes"], [3, 7], [False, True], ["u", "v", "w"]])
def test_classes_keep_their_type(
    df: Any,  # noqa: ANN401
    rows: list[tuple[Any, ...]],
    labels: list[Any],
) -> None:
    X = matrix(rows)
    y = np.array(labels)[np.arange(len(X)) % len(labels)]
    fit = elltwo.logistic(X, y)
    made = spark.predict_proba(
        fit, spark.predict(fit, df, features=["a", "b"]), features=["a", "b"]
    )
    assert made.columns[4:] == ["prediction", *(f"probability_{label}" for label in labels)]
    found = made.orderBy("id").collect()
    assert [row["prediction"] for row in found] == fit.predict(X).tolist()
    np.testing.assert_allclose([row[5:] for row in found], fit.predict_proba(X), rtol=1e-12)


def test_nothing_is_read_before_rows_are_asked_for(
    df: Any,  # noqa: ANN401
    tmp_path: Path,
) -> None:
    folder = str(tmp_path)

    def touched(batches: Iterator[Any]) -> Iterator[Any]:
        import tempfile

        tempfile.mkstemp(dir=folder)
        yield from batches

    fit = elltwo.ridge(np.eye(2), [1.0, 2.0], alpha=1.0)
    made = spark.predict(fit, mapped(df, touched, SCHEMA), features=["a", "b"])
    assert not list(tmp_path.iterdir())
    assert made.count() == 90
    assert list(tmp_path.iterdir())


def test_vectors_are_predicted_from(df: Any, rows: list[tuple[Any, ...]]) -> None:  # noqa: ANN401
    from pyspark.ml.feature import VectorAssembler

    made = VectorAssembler(inputCols=["a", "b"], outputCol="v").transform(df)
    fit = elltwo.ridge(matrix(rows), np.array(rows)[:, 3].astype(float), alpha=1.0)
    found = spark.predict(fit, made, features="v").orderBy("id").collect()
    np.testing.assert_allclose(
        [row["prediction"] for row in found], fit.predict(matrix(rows)), rtol=1e-13
    )
    arrays = df.selectExpr("array(a, b) as v", "y")
    from_arrays = spark.ridge(arrays, target="y")
    predicted = [row["prediction"] for row in spark.predict(from_arrays, arrays).collect()]
    np.testing.assert_allclose(predicted, from_arrays.predict(matrix(rows)), rtol=1e-13)


def test_what_cannot_be_predicted_is_refused(df: Any) -> None:  # noqa: ANN401
    fit = spark.ridge(df, target="y", features=["a", "b"])
    with pytest.raises(ValueError, match="df has no column 'a', which the fit predicts from"):
        spark.predict(fit, df.drop("a"))
    with pytest.raises(ValueError, match=re.escape("features hold 1 column(s), the fit has 2")):
        spark.predict(fit, df, features="a")
    with pytest.raises(ValueError, match="df has a column 'prediction' already"):
        spark.predict(fit, df.withColumnRenamed("y", "prediction"))
    with pytest.raises(TypeError, match="column 'a' holds string values, not numbers"):
        spark.predict(fit, df.withColumn("a", df["a"].cast("string")))
    with pytest.raises(TypeError, match="fit must have a method predict_proba, got MomentsFit"):
        spark.predict_proba(fit, df)
    path = elltwo.ridge_path(np.eye(2), [1.0, 2.0], alphas=[1.0, 2.0])
    with pytest.raises(
        TypeError, match="fit must be a single fit, got RidgePath; take one of its fits by `at`"
    ):
        spark.predict(path, df, features=["a", "b"])
    nameless = elltwo.ridge(np.eye(2), [1.0, 2.0], alpha=1.0)
    with pytest.raises(ValueError, match="the fit knows no names of features"):
        spark.predict(nameless, df)


def test_a_missing_feature_fails_the_job_by_its_place(df: Any) -> None:  # noqa: ANN401
    from pyspark.errors import PythonException

    fit = elltwo.ridge(np.eye(2), [1.0, 2.0], alpha=1.0)
    gaps = df.selectExpr("if(id = 55, null, a) as a", "b")
    with pytest.raises(PythonException, match="partition 2, row 15, column 'a' is missing or NaN"):
        spark.predict(fit, gaps, features=["a", "b"]).collect()
