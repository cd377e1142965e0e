"""Logistic regressions of partitions are those of all rows, however these are cut and ordered."""

from __future__ import annotations

import pickle
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

import elltwo
from elltwo.exceptions import StreamError
from elltwo.integrations._reduce.logistic import logistic, logistic_cv, logistic_path
from elltwo.integrations._reduce.serial import SerialEngine
from partitions import NAMES, class_rows, cut_rows, cuts_of, fold_pairs, frames, orders_of
from random_examples import examples

if TYPE_CHECKING:
    from pathlib import Path

    from partitions import Anything, Flags

N = 400
ROWS = {classes: class_rows(N, classes) for classes in (2, 3)}
EXPECTED = {k: elltwo.logistic(X, y, alpha=2.0, tol=1e-13) for k, (X, y) in ROWS.items()}
CUTS = [0, 0, 1, 150, 151, 300, N]


def close(fit: Anything, expected: Anything, tol: float = 1e-9) -> None:
    scale = np.abs(expected.coef).max()
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=0, atol=tol * scale)
    np.testing.assert_allclose(fit.intercept, expected.intercept, rtol=0, atol=tol * scale)
    assert fit.classes.tolist() == expected.classes.tolist()


@examples(25)
@given(cuts=cuts_of(N), order=orders_of(N), classes=st.sampled_from([2, 3]), by_class=st.booleans())
def test_logistic_is_that_of_all_rows(
    cuts: list[int], order: Flags, classes: int, by_class: bool
) -> None:
    X, y = ROWS[classes]
    order = np.argsort(y) if by_class else order
    parts = cut_rows(cuts, X[order], y[order])
    fit = logistic(SerialEngine(parts), {}, alpha=2.0, tol=1e-11)
    close(fit, EXPECTED[classes])
    assert fit.info.status == "converged"
    assert fit.passes.n_passes <= 12


@pytest.mark.parametrize("classes", [2, 3])
def test_one_class_in_each_partition(classes: int) -> None:
    X, y = ROWS[classes]
    parts = [(X[y == label], y[y == label]) for label in np.unique(y)]
    close(logistic(SerialEngine(parts), {}, alpha=2.0, tol=1e-11), EXPECTED[classes])


def test_bits_depend_on_the_partitions_alone() -> None:
    X, y = ROWS[3]
    parts = cut_rows(CUTS, X, y)
    fits = [
        logistic(SerialEngine(parts, order=order), {"n_threads": threads}, alpha=2.0)
        for order, threads in ((None, 1), (range(len(parts) - 1, -1, -1), 2), (None, 4))
    ]
    for fit in fits[1:]:
        assert fit.coef.tobytes() == fits[0].coef.tobytes()
        assert fit.intercept.tobytes() == fits[0].intercept.tobytes()  # type: ignore[union-attr]


def test_options_are_those_of_logistic() -> None:
    X, y = ROWS[2]
    rng = np.random.default_rng(1)
    weight, offset = rng.uniform(0.0, 2.0, N), rng.normal(size=N)
    factors, prior = [1.0, 0.0, 3.0, np.inf], [0.5, 0.0, -1.0, 0.25]
    expected = elltwo.logistic(
        X, y, alpha=3.0, sample_weight=weight, offset=offset, penalty_factors=factors,
        prior_mean=prior, tol=1e-13,
    )  # fmt: skip
    penalty: dict[str, Any] = {"penalty_factors": factors, "prior_mean": prior, "tol": 1e-11}
    parts = cut_rows(CUTS, X, y, weight, offset)
    close(logistic(SerialEngine(parts), {}, alpha=3.0, **penalty), expected)
    tables = [
        frame.assign(w=w, o=o)[["w", *NAMES[::-1], "o", "t"]]
        for frame, (w, o) in zip(frames(CUTS, X, y), cut_rows(CUTS, weight, offset), strict=True)
    ]
    penalty["penalty_factors"] = pd.Series(factors, index=NAMES)
    penalty["prior_mean"] = pd.Series(prior, index=NAMES)
    fit = logistic(
        SerialEngine(tables),
        {"target": "t", "sample_weight": "w", "offset": "o"},
        alpha=3.0,
        **penalty,
    )
    assert fit.feature_names == NAMES[::-1]
    np.testing.assert_allclose(fit.coef[::-1], expected.coef, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize(
    "labels",
    [np.array([7, 3]), np.array([True, False]), np.array(["x", "y"]), np.array([1.0, 0.0])],
)
def test_labels_of_any_kind(labels: Any) -> None:  # noqa: ANN401
    X, y = ROWS[2]
    own = labels[(y == "one").astype(int)]
    fit = logistic(SerialEngine(frames(CUTS, X, own)), {"target": "t"}, alpha=2.0)
    expected = elltwo.logistic(X, pd.Series(own), alpha=2.0)
    close(fit, expected, 1e-7)
    assert fit.classes.dtype == expected.classes.dtype
    np.testing.assert_array_equal(fit.predict(X[:9]), expected.predict(X[:9]))
    assert pickle.loads(pickle.dumps(fit)).coef.tolist() == fit.coef.tolist()


def test_sparse_partitions_and_encoded_ones() -> None:
    X, y = ROWS[2]
    X = np.where(np.abs(X) > 0.8, X, 0.0)
    expected = elltwo.logistic(X, y, alpha=2.0, tol=1e-13)
    parts = [(scipy.sparse.csr_array(part), labels) for part, labels in cut_rows(CUTS, X, y)]
    close(logistic(SerialEngine(parts), {}, alpha=2.0, tol=1e-11), expected)
    color = np.array(["red", "blue"])[(X[:, 0] > 0).astype(int)]
    tables = [
        frame.assign(color=own)
        for frame, (own,) in zip(frames(CUTS, X, y), cut_rows(CUTS, color), strict=True)
    ]
    fit = logistic(
        SerialEngine(tables), {"target": "t", "encode": {"color": ["blue", "red"]}}, alpha=2.0
    )
    wide = np.column_stack([X, color == "blue", color == "red"])
    close(fit, elltwo.logistic(wide, y, alpha=2.0), 1e-7)
    assert fit.feature_names == (*NAMES, "color_blue", "color_red")


def test_columns_are_put_right_and_faults_are_named() -> None:
    X, y = ROWS[2]
    tables = frames(CUTS, X, y)
    tables[3] = tables[3][["t", "d", "c", "b", "a"]]
    close(logistic(SerialEngine(tables), {"target": "t"}, alpha=2.0, tol=1e-11), EXPECTED[2])
    tables[4].loc[12, "c"] = np.nan
    tables[5].loc[1, "t"] = None
    with pytest.raises(StreamError, match=r"^partition 4, row 12, column 'c' is missing or NaN$"):
        logistic(SerialEngine(tables), {"target": "t"}, alpha=2.0)
    tables[4] = frames(CUTS, X, y)[4]
    with pytest.raises(StreamError, match=r"^partition 5, row 1, column 't' is missing or NaN$"):
        logistic(SerialEngine(tables), {"target": "t"}, alpha=2.0)
    fit = logistic(SerialEngine(tables), {"target": "t", "missing": "skip"}, alpha=2.0, tol=1e-11)
    gone = CUTS[5] + 1
    close(fit, elltwo.logistic(np.delete(X, gone, 0), np.delete(y, gone), alpha=2.0, tol=1e-13))


def test_no_rows_and_one_class_are_refused_as_at_home() -> None:
    X, y = ROWS[2]
    with pytest.raises(ValueError, match=r"^X has 0 sample\(s\)"):
        logistic(SerialEngine([(X[:0], y[:0])] * 2), {}, alpha=1.0)
    same = np.full(N, "one")
    with pytest.raises(ValueError, match="at least 2 classes") as home:
        elltwo.logistic(X, same)
    with pytest.raises(ValueError, match="at least 2 classes") as away:
        logistic(SerialEngine(cut_rows(CUTS, X, same)), {}, alpha=1.0)
    assert str(away.value) == str(home.value)


class Changing(SerialEngine):
    """Partitions that lose a row, or are interrupted, before a pass."""

    before_pass = 0
    action: Any = None

    def reduce(self, *arguments: Any) -> bytes:  # noqa: ANN401
        self.before_pass += 1
        if self.before_pass == 3 and self.action is not None:
            self.action(self)
        return super().reduce(*arguments)


def test_data_that_change_between_passes_are_refused() -> None:
    X, y = ROWS[2]
    engine = Changing(cut_rows(CUTS, X, y))

    def shorten(self: Changing) -> None:
        self._parts = [*self._parts[:-1], (X[301:], y[301:])]

    engine.action = shorten
    with pytest.raises(StreamError, match="pass 3 has read 399 rows, but the first one 400"):
        logistic(engine, {}, alpha=2.0)


@pytest.mark.parametrize("kind", ["one", "folds", "alo", "path"])
def test_a_run_goes_on_to_the_same_bits(tmp_path: Path, kind: str) -> None:
    X, y = ROWS[3]
    parts = cut_rows(CUTS, X, y)

    def interrupt(_: Changing) -> None:
        raise KeyboardInterrupt

    def fit(engine: SerialEngine, state: Path | None) -> Anything:
        options: Any = {"state": state, "fold_rows": 20}
        if kind == "path":
            return logistic_path(engine, options, alphas=[0.0, 1.0, np.inf])
        if kind != "one":
            return logistic_cv(
                engine,
                options,
                cv=3 if kind == "folds" else kind,
                alphas=[0.01, 1.0, np.inf],
                extend=False,
                select="min",
                scoring="log_loss",
            )
        return logistic(engine, options, alpha=2.0)

    whole = fit(SerialEngine(parts), None)
    state = tmp_path / "run"
    engine = Changing(parts)
    engine.action = interrupt
    with pytest.raises(KeyboardInterrupt):
        fit(engine, state)
    left = Changing(parts)
    rest = fit(left, state)
    assert left.before_pass == whole.passes.n_passes - 2
    assert rest.coef.tobytes() == whole.coef.tobytes()
    assert rest.passes.n_passes == whole.passes.n_passes
    if kind == "one":
        with pytest.raises(ValueError, match=r"its work alpha is 2.0, here it is 3"):
            logistic(SerialEngine(parts), {"state": state, "fold_rows": 20}, alpha=3.0)


@pytest.mark.parametrize("classes", [2, 3])
def test_choice_of_alpha_is_that_of_the_folds(classes: int) -> None:
    X, y = ROWS[classes]
    alphas = [0.0, 0.3, 3.0, 30.0, np.inf]
    folds = fold_pairs(CUTS, 4, 15)
    fit = logistic_cv(
        SerialEngine(cut_rows(CUTS, X, y)), {"fold_rows": 15},
        cv=4, alphas=alphas, extend=False, select="min", scoring="log_loss", tol=1e-11,
    )  # fmt: skip
    expected = elltwo.logistic_cv(X, y, cv=folds, alphas=alphas, tol=1e-13)
    assert fit.alpha == expected.alpha
    np.testing.assert_allclose(fit.cv_score, expected.cv_score, rtol=1e-6)
    close(fit, expected)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("scoring", ["log_loss", "accuracy", "brier"])
def test_choice_of_alpha_by_left_out_rows(classes: int, scoring: str) -> None:
    X, y = ROWS[classes]
    weight = np.random.default_rng(2).uniform(0.5, 2.0, N)
    for select in ("min", "1se"):
        choice: dict[str, Any] = {"alphas": [0.3, 3.0, 30.0], "select": select, "scoring": scoring}
        fit = logistic_cv(
            SerialEngine(cut_rows(CUTS, X, y, weight)), {},
            cv="alo", extend=True, tol=1e-11, **choice,
        )  # fmt: skip
        expected = elltwo.logistic_cv(
            X, y, sample_weight=weight, cv="alo", extend=True, tol=1e-13, **choice
        )
        np.testing.assert_allclose(fit.alphas, expected.alphas, rtol=1e-9)
        assert fit.alpha == pytest.approx(expected.alpha, rel=1e-9)
        np.testing.assert_allclose(fit.cv_score, expected.cv_score, rtol=1e-6)
        np.testing.assert_allclose(fit.cv_se, expected.cv_se, rtol=1e-5)
        assert not hasattr(fit, "fold_scores")
        close(fit, expected, 1e-8)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("alphas", [None, [30.0, np.inf, 0.0, 2.0]])
def test_paths_are_those_of_all_rows(classes: int, alphas: list[float] | None) -> None:
    X, y = ROWS[classes]
    path = logistic_path(
        SerialEngine(frames(CUTS, X, y)), {"target": "t"}, alphas=alphas, tol=1e-11
    )
    expected = elltwo.logistic_path(X, y, alphas, tol=1e-13)
    np.testing.assert_allclose(path.alphas, expected.alphas, rtol=1e-9)
    scale = np.abs(expected.coef).max()
    np.testing.assert_allclose(path.coef, expected.coef, rtol=0, atol=1e-8 * scale)
    np.testing.assert_allclose(path.intercept, expected.intercept, rtol=0, atol=1e-8 * scale)
    assert path.feature_names == NAMES
    assert {info.status for info in path.info} == {"converged"}
    assert path.classes.tolist() == expected.classes.tolist()


def test_folds_of_few_rows_are_shorter() -> None:
    X, y = ROWS[2]
    fit = logistic_cv(
        SerialEngine(frames(CUTS, X, y)), {"target": "t"},
        cv=7, alphas=[0.0, 1.0, np.inf], extend=False, select="min", scoring="brier",
    )  # fmt: skip
    folds = fold_pairs(CUTS, 7, int(max(np.diff(CUTS))) // 7)
    expected = elltwo.logistic_cv(X, y, cv=folds, alphas=[0.0, 1.0, np.inf], scoring="brier")
    np.testing.assert_allclose(fit.cv_score, expected.cv_score, rtol=1e-6)
    assert fit.feature_names == NAMES


def test_progress_counts_passes(capsys: pytest.CaptureFixture[str]) -> None:
    X, y = ROWS[2]
    calls: list[tuple[int, int | None]] = []
    engine = SerialEngine(cut_rows(CUTS, X, y))
    fit = logistic(
        engine, {"progress": lambda rows, total, _: calls.append((rows, total))}, alpha=2.0
    )
    assert calls[-1] == (fit.passes.n_passes * N,) * 2
    logistic(engine, {"progress": True}, alpha=2.0)
    assert f"{fit.passes.n_passes * N:,} rows" in capsys.readouterr().err
    assert fit.passes.seconds is not None
    assert len(fit.passes.seconds) == fit.passes.n_passes
    assert fit.passes.n_bytes is not None
    assert fit.passes.n_bytes > 0


def test_arguments_are_refused_before_anything_is_read() -> None:
    class Unread(SerialEngine):
        def reduce(self, *_: Any) -> bytes:  # noqa: ANN401
            raise AssertionError("a pass was made")

    engine = Unread([])
    rest: dict[str, Any] = {"alphas": None, "extend": False, "select": "min"}
    for call, text in (
        (lambda: logistic(engine, {}, alpha=-1.0), "alpha"),
        (lambda: logistic(engine, {}, alpha=1.0, tol=-1.0), "tol"),
        (lambda: logistic_cv(engine, {}, cv=1, scoring="log_loss", **rest), "cv must be at least"),
        (
            lambda: logistic_cv(engine, {}, cv="loo", scoring="log_loss", **rest),
            "cv must be a number of folds or 'alo'",
        ),
        (lambda: logistic_path(engine, {}, alphas=[1.0, -1.0]), "alphas"),
        (lambda: logistic_cv(engine, {}, cv=3, scoring="auc", **rest), "scoring"),
    ):
        with pytest.raises((TypeError, ValueError), match=text):
            call()


def test_sparse_rows_stay_sparse_and_are_named() -> None:
    rng = np.random.default_rng(0)
    X: Any = scipy.sparse.csr_array(np.where(rng.uniform(size=(3_000, 40)) < 0.1, 1.0, 0.0))
    X.data += rng.uniform(size=X.nnz)
    y = np.where(X @ rng.normal(size=40) + rng.logistic(size=3_000) > 0.0, "a", "b")
    weight = rng.uniform(0.0, 2.0, 3_000)
    cuts = [0, 0, 700, 701, 3_000]
    expected = elltwo.logistic(X, y, alpha=2.0, sample_weight=weight, tol=1e-13)
    parts: list[Any] = [(X[a:b], y[a:b], weight[a:b]) for a, b in pairwise(cuts)]
    parts[3] = (parts[3][0].tocoo(), *parts[3][1:])
    fit = logistic(SerialEngine(parts), {}, alpha=2.0, tol=1e-11)
    close(fit, expected)
    chosen = logistic_cv(
        SerialEngine(parts), {"fold_rows": 100},
        cv=3, alphas=[0.1, 2.0, np.inf], extend=False, select="min", scoring="log_loss",
    )  # fmt: skip
    dense = [(one.toarray(), *rest) for one, *rest in parts]
    other = logistic_cv(
        SerialEngine(dense), {"fold_rows": 100},
        cv=3, alphas=[0.1, 2.0, np.inf], extend=False, select="min", scoring="log_loss",
    )  # fmt: skip
    np.testing.assert_allclose(chosen.cv_score, other.cv_score, rtol=1e-6)

    broken = parts[3][0].tocsr()
    row = 1_234
    broken.data[broken.indptr[row]] = np.nan
    column = int(broken.indices[broken.indptr[row]])
    labels = y[701:].astype(object)
    labels[2_000] = None
    parts[3] = (broken, labels, weight[701:])
    with pytest.raises(
        StreamError, match=rf"^partition 3, row {row}, column 'X\[{column}\]' is missing or NaN$"
    ):
        logistic(SerialEngine(parts), {}, alpha=2.0)
    fit = logistic(SerialEngine(parts), {"missing": "skip"}, alpha=2.0, tol=1e-11)
    kept = np.delete(np.arange(3_000), [701 + row, 701 + 2_000])
    close(fit, elltwo.logistic(X[kept], y[kept], alpha=2.0, sample_weight=weight[kept], tol=1e-13))


@pytest.mark.filterwarnings("ignore::elltwo.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("unit", [1e6, 1e8])
@pytest.mark.parametrize("free", [0.0, 1.0])
def test_steps_beyond_the_range_end_a_fit_without_an_error(
    intercept: bool, unit: float, free: float
) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 2)) * [1.0, unit], rng.integers(0, 2, size=30)
    fit = logistic(
        SerialEngine(cut_rows([0, 14, 30], X, y)),
        {},
        alpha=1.0,
        prior_mean=[0.5, -1.0],
        penalty_factors=[free, 1.0],
        fit_intercept=intercept,
    )
    assert np.isfinite(fit.coef).all()
    assert np.isfinite(fit.info.objective)
