"""Fits to DataFrames of Spark: equal to fits in memory, and to each other bit by bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo.integrations import spark
from elltwo.integrations._reduce import tree
from elltwo.integrations.spark import _engine
from spark_session import frame_of, local_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

pytestmark = pytest.mark.clusters

P = 4
NAMES = [f"x{j}" for j in range(P)]
SCHEMA = "id long, " + ", ".join(f"{name} double" for name in NAMES) + ", y double, w double"
SIZES = (0, 200, 1, 700, 0, 450, 3, 1000, 90, 556)


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    with local_session() as started:
        yield started


@pytest.fixture(scope="module")
def table() -> Array:
    """Rows with an id, features, a target and weights."""
    rng = np.random.default_rng(15)
    n = sum(SIZES)
    X = rng.normal(size=(n, P)) * [1.0, 1e-3, 1e3, 1.0] + [0.0, 5.0, -2.0, 1e-2]
    y = X @ [1.0, 300.0, 1e-3, -2.0] + rng.normal(size=n)
    return np.column_stack([np.arange(n), X, y, rng.uniform(0.5, 2.0, n)])


@pytest.fixture(scope="module")
def df(session: Any, table: Array) -> Any:  # noqa: ANN401
    """The table in partitions of all sizes, kept by Spark."""
    frame = frame_of(session, parts_of(table), SCHEMA).persist()
    frame.count()
    yield frame
    frame.unpersist()


def parts_of(table: Array) -> list[list[tuple[Any, ...]]]:
    rows = [(int(row[0]), *row[1:]) for row in table.tolist()]
    ends = np.cumsum(SIZES)
    return [rows[end - size : end] for end, size in zip(ends, SIZES, strict=True)]


def test_ridge_is_that_of_the_rows_in_memory(df: Any, table: Array) -> None:  # noqa: ANN401
    X, y, w = table[:, 1 : 1 + P], table[:, 1 + P], table[:, 2 + P]
    fit = spark.ridge(df, target="y", sample_weight="w", ignore="id", alpha=0.3)
    local = elltwo.ridge(X, y, sample_weight=w, alpha=0.3)
    np.testing.assert_allclose(fit.coef, local.coef, rtol=1e-12)
    np.testing.assert_allclose(fit.intercept, local.intercept, rtol=1e-11)
    assert fit.feature_names == tuple(NAMES)
    assert fit.info.status == "converged"


def test_penalties_are_passed_on(df: Any, table: Array) -> None:  # noqa: ANN401
    X, Y = table[:, 1:P], table[:, [1 + P, P]]
    penalty: dict[str, Any] = {"penalty_factors": [0.0, 1.0, 2.0], "prior_mean": [1.0, 0.0, 2.0]}
    fit = spark.ridge(df, target=["y", "x3"], features=NAMES[:3], alpha=50.0, **penalty)
    local = elltwo.ridge(X, Y, alpha=50.0, **penalty)
    np.testing.assert_allclose(fit.coef, local.coef, rtol=1e-9)
    assert fit.target_names == ("y", "x3")


def test_ridge_cv_is_that_of_the_same_folds(df: Any, table: Array) -> None:  # noqa: ANN401
    X, y = table[:, 1 : 1 + P], table[:, 1 + P]
    fold_of = np.concatenate([(np.arange(n) // 40 + j) % 3 for j, n in enumerate(SIZES)])
    alphas = np.geomspace(1e-9, 10.0, 9)
    fit = spark.ridge_cv(df, target="y", ignore=("id", "w"), alphas=alphas, cv=3, fold_rows=40)
    splits = [(np.flatnonzero(fold_of != k), np.flatnonzero(fold_of == k)) for k in range(3)]
    local = elltwo.ridge_cv(X, y, alphas=alphas, cv=splits)
    assert fit.alpha == local.alpha
    np.testing.assert_allclose(fit.coef, local.coef, rtol=1e-11)


def test_elastic_net_path_is_that_of_the_rows_in_memory(
    df: Any,  # noqa: ANN401
    table: Array,
) -> None:
    X, y = table[:, 1 : 1 + P], table[:, 1 + P]
    alphas = np.geomspace(1e4, 1e-2, 7)
    path = spark.elastic_net_path(df, target="y", ignore=("id", "w"), alphas=alphas, l1_ratio=0.5)
    local = elltwo.elastic_net_path(X, y, alphas=alphas, l1_ratio=0.5)
    np.testing.assert_allclose(path.coef, local.coef, rtol=1e-7, atol=1e-9)
    fit = spark.elastic_net(df, target="y", ignore=("id", "w"), alpha=1.0)
    np.testing.assert_allclose(
        fit.coef, elltwo.elastic_net(X, y, alpha=1.0).coef, rtol=1e-7, atol=1e-9
    )


def test_runs_and_threads_change_no_bit(df: Any) -> None:  # noqa: ANN401
    runs = [
        spark.moments(df, target="y", ignore=("id", "w"), n_threads=n).to_bytes()
        for n in (1, 1, 1, 2, 4)
    ]
    assert len(set(runs)) == 1


def test_a_tree_on_the_workers_changes_no_bit(
    df: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options: dict[str, Any] = {"target": "y", "ignore": ("id", "w"), "fan_in": 3}
    here = spark.moments(df, **options).to_bytes()
    collected: list[int] = []
    grow = tree.grow

    def counted(pieces: list[bytes], *others: Any) -> bytes:  # noqa: ANN401
        collected.append(len(pieces))
        return grow(pieces, *others)

    monkeypatch.setattr(_engine, "grow", counted)
    for most, n_collected in ((1, 1), (3 * 6_000, 2)):
        monkeypatch.setattr(_engine, "COLLECTED", most)
        assert spark.moments(df, **options).to_bytes() == here
        assert collected[-1] == n_collected
    assert spark.moments(df, **(options | {"fan_in": 2})).to_bytes() != here


def test_with_a_key_neither_partitions_nor_order_change_a_bit(
    df: Any,  # noqa: ANN401
    table: Array,
) -> None:
    options: dict[str, Any] = {"target": "y", "ignore": ("w",), "key": "id"}
    shuffled = [df, df.repartition(3), df.orderBy("x1").coalesce(2), df.union(df.limit(0))]
    runs = [spark.moments(one, **options) for one in shuffled]
    assert len({one.to_bytes() for one in runs}) == 1
    assert runs[0].feature_names == tuple(NAMES)
    unordered = [spark.moments(one, target="y", ignore=("id", "w")) for one in shuffled[:3]]
    assert len({one.to_bytes() for one in unordered}) > 1
    local = elltwo.ridge(table[:, 1 : 1 + P], table[:, 1 + P], alpha=1.0)
    np.testing.assert_allclose(runs[0].ridge(1.0).coef, local.coef, rtol=1e-12)


def test_with_a_key_equal_keys_change_no_bit(df: Any) -> None:  # noqa: ANN401
    keyed = df.selectExpr("*", "id div 100 as hundred")
    options: dict[str, Any] = {"target": "y", "ignore": ("id", "w"), "key": "hundred"}
    runs = [spark.moments(one, **options).to_bytes() for one in (keyed, keyed.repartition(3))]
    assert runs[0] == runs[1]


def test_rows_after_shuffles_and_windows_are_read(df: Any) -> None:  # noqa: ANN401
    from pyspark.sql import Window, functions

    number = functions.row_number().over(Window.partitionBy("id").orderBy("x1"))
    window = df.withColumn("n", number).where("n <= 1").drop("n")
    grouped = df.groupBy("id").agg(*(functions.max(name).alias(name) for name in [*NAMES, "y"]))
    whole = spark.ridge(df, target="y", ignore=("id", "w"))
    for one, ignored in ((window, ("id", "w")), (grouped, ("id",))):
        fit = spark.ridge(one, target="y", ignore=ignored)
        np.testing.assert_allclose(fit.coef, whole.coef, rtol=1e-12)


def test_progress_counts_all_rows_and_state_goes_on(
    df: Any,  # noqa: ANN401
    tmp_path: Any,  # noqa: ANN401
) -> None:
    seen: list[tuple[int, int | None]] = []
    options: dict[str, Any] = {"target": "y", "ignore": ("id", "w"), "state": tmp_path / "state"}
    first = spark.moments(df, **options, progress=lambda rows, total, _: seen.append((rows, total)))
    assert seen[-1] == (sum(SIZES), sum(SIZES))
    again = spark.moments(df.where("id < 0"), **options)  # nothing is read once more
    assert again.to_bytes() == first.to_bytes()
