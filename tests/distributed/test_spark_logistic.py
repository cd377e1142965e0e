"""Logistic regressions of DataFrames of Spark: those of the rows in memory, whatever the cut."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo.exceptions import StreamError
from elltwo.integrations import spark
from elltwo.integrations.spark import _engine
from spark_session import frame_of, held_up, killing_workers, local_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

pytestmark = pytest.mark.clusters

NAMES = ["x0", "x1", "x2"]
SCHEMA = "x0 double, x1 double, x2 double, label string, w double"


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    with local_session() as started:
        yield started


def rows_of(n_classes: int, n: int = 900) -> list[tuple[Any, ...]]:
    """Rows sorted by class, with columns in units of their own."""
    rng = np.random.default_rng(n_classes)
    X = rng.normal(size=(n, 3))
    scores = X @ rng.normal(size=(3, n_classes)) + rng.gumbel(size=(n, n_classes))
    labels = np.array(["no", "yes", "perhaps"])[scores.argmax(axis=1)]
    rows = [
        (*row, str(label), weight)
        for row, label, weight in zip(
            (X * [1.0, 1e3, 1e-3]).tolist(), labels, rng.uniform(0.5, 2.0, n).tolist(), strict=True
        )
    ]
    return sorted(rows, key=lambda row: row[3])


def arrays_of(rows: list[tuple[Any, ...]]) -> tuple[Array, list[str], Array]:
    return (
        np.array([row[:3] for row in rows]),
        [row[3] for row in rows],
        np.array([row[4] for row in rows]),
    )


def cut(rows: list[tuple[Any, ...]]) -> list[list[tuple[Any, ...]]]:
    """Partitions of which most have one class, one has a row and one has none."""
    return [rows[:300], [], rows[300:301], rows[301:700], rows[700:]]


@pytest.mark.parametrize("n_classes", [2, 3])
def test_logistic_is_that_of_the_rows_in_memory(session: Any, n_classes: int) -> None:  # noqa: ANN401
    rows = rows_of(n_classes)
    X, y, w = arrays_of(rows)
    df = frame_of(session, cut(rows), SCHEMA)
    fit = spark.logistic(df, target="label", sample_weight="w", alpha=0.5)
    local = elltwo.logistic(X, y, sample_weight=w, alpha=0.5)
    assert fit.classes.tolist() == local.classes.tolist()
    scale = np.abs(local.coef).max(axis=tuple(range(local.coef.ndim - 1)))
    np.testing.assert_allclose(fit.coef / scale, local.coef / scale, atol=1e-8, rtol=0.0)
    assert fit.info.optimality <= 1e-8
    assert fit.feature_names == tuple(NAMES)
    assert not session.sparkContext._jsc.getPersistentRDDs()  # what was kept is gone


def test_labels_of_numbers_keep_their_type(session: Any) -> None:  # noqa: ANN401
    df = frame_of(session, cut(rows_of(2)), SCHEMA)
    fits = {
        kind: spark.logistic(df.selectExpr(*NAMES, f"{kind} as k"), target="k", alpha=1.0)
        for kind in ("if(label = 'no', 3, 8)", "label = 'yes'", "if(label = 'no', 1.0D, 2.0D)")
    }
    assert [fit.classes.tolist() for fit in fits.values()] == [[3, 8], [False, True], [1.0, 2.0]]
    assert len({fit.coef.tobytes() for fit in fits.values()}) == 1


def test_logistic_cv_is_that_of_the_same_folds(session: Any) -> None:  # noqa: ANN401
    rows = rows_of(2)
    X, y, _ = arrays_of(rows)
    parts = cut(rows)
    sizes = enumerate(map(len, parts))
    fold_of = np.concatenate([(np.arange(n) // 10 + j) % 3 for j, n in sizes])
    alphas = np.geomspace(1e-9, 1e3, 7)
    df = frame_of(session, parts, SCHEMA).drop("w")
    fit = spark.logistic_cv(df, target="label", alphas=alphas, cv=3, fold_rows=10)
    splits = [(np.flatnonzero(fold_of != k), np.flatnonzero(fold_of == k)) for k in range(3)]
    local = elltwo.logistic_cv(X, y, alphas=alphas, cv=splits)
    assert fit.alpha == local.alpha
    scale = np.abs(local.coef)
    np.testing.assert_allclose(fit.coef / scale, local.coef / scale, atol=1e-6)


def test_approximate_leave_one_out_is_that_of_the_rows_in_memory(session: Any) -> None:  # noqa: ANN401
    rows = rows_of(2)
    X, y, w = arrays_of(rows)
    alphas = np.geomspace(1e-9, 1e3, 7)
    df = frame_of(session, cut(rows), SCHEMA)
    fit = spark.logistic_cv(df, target="label", sample_weight="w", alphas=alphas, cv="alo")
    local = elltwo.logistic_cv(X, y, sample_weight=w, alphas=alphas, cv="alo")
    assert fit.alpha == local.alpha
    np.testing.assert_allclose(fit.cv_score, local.cv_score, rtol=1e-6)
    scale = np.abs(local.coef)
    np.testing.assert_allclose(fit.coef / scale, local.coef / scale, atol=1e-6)


def test_paths_are_those_of_the_rows_in_memory(session: Any) -> None:  # noqa: ANN401
    rows = rows_of(3)
    X, y, _ = arrays_of(rows)
    alphas = [10.0, 0.1, 1e-3]
    df = frame_of(session, cut(rows), SCHEMA).drop("w")
    path = spark.logistic_path(df, target="label", alphas=alphas)
    assert path.feature_names == tuple(NAMES)
    for alpha in alphas:
        one, local = path.at(alpha), elltwo.logistic(X, y, alpha=alpha)
        assert one.info.optimality <= 1e-8
        assert one.classes.tolist() == local.classes.tolist()
        scale = np.abs(local.coef).max(axis=0)
        np.testing.assert_allclose(one.coef / scale, local.coef / scale, atol=1e-6, rtol=0.0)
    assert not session.sparkContext._jsc.getPersistentRDDs()  # what was kept is gone


def test_faults_name_their_place_in_what_is_kept(session: Any) -> None:  # noqa: ANN401
    rows = [([float(i), 1.0 / (1 + i)], "ab"[i % 2], "uv"[i // 2 % 2]) for i in range(40)]
    schema = "v array<double>, label string, kind string"
    short = [*rows[:9], ([1.0], "a", "u"), *rows[9:]]
    text = "partition 1, row 4, column 'v' holds 1 numbers, 2 in the first row of all"
    df = frame_of(session, [short[:5], short[5:]], schema)
    with pytest.raises(StreamError, match=re.escape(text)):
        spark.logistic(df, target="label", ignore="kind", alpha=1.0)
    gap = [*rows[:9], ([1.0, None], "a", "u"), *rows[9:]]
    df = frame_of(session, [gap[:5], gap[5:]], schema)
    text = "partition 1, row 4, column 'v[1]' is missing or NaN"
    with pytest.raises(StreamError, match=re.escape(text)):
        spark.logistic(df, target="label", ignore="kind", alpha=1.0)
    nameless = [*rows[:9], ([1.0, 2.0], None, "u"), *rows[9:]]
    df = frame_of(session, [nameless[:5], nameless[5:]], schema)
    with pytest.raises(StreamError, match="partition 1, row 4, column 'label'"):
        spark.logistic(df, target="label", ignore="kind", alpha=1.0)


def test_categories_and_cells_of_one_row_change_nothing(session: Any) -> None:  # noqa: ANN401
    from elltwo.integrations.spark import _cells

    rng = np.random.default_rng(6)
    rows = [
        (x, kind, "yes" if x + (kind == "u") + noise > 0 else "no")
        for x, kind, noise in zip(
            rng.normal(size=300).tolist(),
            np.array(["u", "v"])[rng.integers(2, size=300)].tolist(),
            rng.normal(size=300).tolist(),
            strict=True,
        )
    ]
    df = frame_of(session, [rows[:100], rows[100:]], "x double, kind string, label string")
    run: dict[str, Any] = {"target": "label", "encode": {"kind": ["u", "v"]}, "alpha": 1.0}
    fit = spark.logistic(df, **run)
    X = np.array([[x, kind == "u", kind == "v"] for x, kind, _ in rows], dtype=float)
    local = elltwo.logistic(X, [row[2] for row in rows], alpha=1.0)
    np.testing.assert_allclose(fit.coef, local.coef, atol=1e-7)
    assert fit.feature_names == ("x", "kind_u", "kind_v")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_cells, "BATCH", 1)
        assert spark.logistic(df, **run).coef.tobytes() == fit.coef.tobytes()


@pytest.mark.alone
def test_a_worker_killed_in_the_third_pass_changes_no_bit(
    session: Any,  # noqa: ANN401
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    df = frame_of(session, cut(rows_of(2)), SCHEMA).drop("w")
    wanted = spark.logistic(df, target="label", alpha=1.0)
    reduce = _engine.SparkEngine.reduce
    n_passes = 0

    def held_in_the_third(engine: Any, *arguments: Any) -> bytes:  # noqa: ANN401
        nonlocal n_passes
        n_passes += 1
        if n_passes != 3:
            return reduce(engine, *arguments)
        frame = engine._frame  # what leaves read
        with monkeypatch.context() as patch:
            patch.setattr(engine, "_frame", held_up(frame, tmp_path, frame.schema))
            return reduce(engine, *arguments)

    monkeypatch.setattr(_engine.SparkEngine, "reduce", held_in_the_third)
    with killing_workers(tmp_path) as killed:
        found = spark.logistic(df, target="label", alpha=1.0)
    assert killed
    assert n_passes >= 3
    assert found.coef.tobytes() == wanted.coef.tobytes()
