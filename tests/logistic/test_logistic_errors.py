"""What is refused, by which words, and fits that stop early: finite numbers and a warning."""

from __future__ import annotations

import warnings
from typing import Any, TypeAlias

import numpy as np
import pytest

import elltwo
from elltwo.exceptions import ConvergenceWarning, SeparationWarning
from elltwo.linear_model import LogisticRegression

Input: TypeAlias = Any  # what a function takes for an argument

RNG = np.random.default_rng(8)
X = RNG.normal(size=(30, 3)) * [1.0, 100.0, 0.01]
TWO = (X[:, 0] + 2.0 * RNG.logistic(size=30) > 0.0).astype(int)
THREE = np.arange(30) % 3
each_y = pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
each_function = pytest.mark.parametrize("function", [elltwo.logistic, elltwo.logistic_path])


def with_value(value: float) -> Input:
    data = X.copy()
    data[4, 1] = value
    return data


@each_y
@each_function
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"penalty_factors": [1.0, 2.0]}, r"penalty_factors must have shape \(3,\)"),
        ({"penalty_factors": [1.0, -2.0, 1.0]}, "penalty_factors"),
        ({"penalty_factors": [1.0, np.nan, 1.0]}, "penalty_factors"),
        ({"prior_mean": [1.0, 2.0]}, r"prior_mean must be a number or have shape \(3,\)"),
        ({"prior_mean": np.nan}, "prior_mean"),
        ({"prior_mean": [0.0, np.inf, 0.0]}, "prior_mean"),
        ({"sample_weight": np.ones(29)}, r"sample_weight must have shape \(30,\)"),
        ({"sample_weight": np.full(30, -1.0)}, "sample_weight"),
        ({"sample_weight": np.r_[np.nan, np.ones(29)]}, "sample_weight"),
        ({"sample_weight": np.r_[np.inf, np.ones(29)]}, "sample_weight"),
        ({"offset": np.ones(29)}, r"offset must have shape \(30,"),
        ({"offset": np.ones((30, 2))}, r"offset must have shape \(30,"),
        ({"offset": 1.0}, r"offset must have shape \(30,"),
        ({"bounds": (0.0, 1.0, 2.0)}, "bounds must be a pair"),
        ({"bounds": ([0.0, 1.0], None)}, r"bounds\[0\] must be a number or have shape \(3,\)"),
        ({"solver": "qr"}, "solver must be one of 'auto', 'newton_cholesky', .*, got 'qr'"),
        ({"tol": -1.0}, "tol must be finite and not negative"),
        ({"tol": np.nan}, "tol must be finite and not negative"),
        ({"max_iter": -1}, "max_iter must be an integer in"),
        ({"n_threads": 0}, "n_threads must be an integer in"),
    ],
    ids=str,
)
def test_values_that_are_refused(
    function: Input, y: Input, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        function(X, y, **options)


@each_function
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fit_intercept": 1}, "fit_intercept must be True or False"),
        ({"tol": "small"}, "tol must be a number"),
        ({"max_iter": 1.5}, "max_iter must be an integer"),
        ({"n_threads": "2"}, "n_threads must be an integer"),
        ({"bounds": 3.0}, "bounds must be a pair"),
        ({"sample_weight": ["a"] * 30}, "sample_weight must hold real numbers"),
        ({"offset": [1j] * 30}, "offset must hold real numbers"),
    ],
    ids=str,
)
def test_types_that_are_refused(function: Input, options: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        function(X, TWO, **options)


@pytest.mark.parametrize("alpha", [-1.0, np.nan, -np.inf, [1.0, 2.0], []])
def test_alpha_out_of_range(alpha: Input) -> None:
    with pytest.raises(ValueError, match=r"alpha must be a number in \[0, inf\]"):
        elltwo.logistic(X, TWO, alpha=alpha)
    path = elltwo.logistic_path(X, TWO, [1.0])
    with pytest.raises(ValueError, match=r"alpha must be a number in \[0, inf\]"):
        path.at(alpha)


@pytest.mark.parametrize("alphas", [[-1.0], [1.0, np.nan], [], [[1.0]], 1.0])
def test_alphas_out_of_range(alphas: Input) -> None:
    with pytest.raises(ValueError, match="alphas must be"):
        elltwo.logistic_path(X, TWO, alphas)
    with pytest.raises(ValueError, match="n_alphas"):
        elltwo.logistic_path(X, TWO, n_alphas=0)


@each_function
@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (with_value(np.nan), ValueError, "NaN at row 4, column 1"),
        (with_value(np.inf), ValueError, "infinity at row 4, column 1"),
        (X[:, 0], ValueError, "X must be 2-D"),
        (X[:, :0], ValueError, "X has 0 feature"),
        (X[:0], ValueError, "X has 0 sample"),
        (X[:29], ValueError, "29 in X and 30 in y"),
        (X.astype(complex), TypeError, "X must hold real numbers"),
        ([["a"] * 3] * 30, TypeError, "X must hold real numbers"),
    ],
)
def test_data_that_are_refused(
    function: Input, data: Input, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        function(data, TWO)


def test_offset_of_a_prediction() -> None:
    two, three = elltwo.logistic(X, TWO), elltwo.logistic(X, THREE)
    for method in ("linear_predictor", "predict", "predict_proba", "predict_log_proba"):
        with pytest.raises(ValueError, match=r"offset must have shape \(30,\), one number for"):
            getattr(two, method)(X, np.ones(29))
        with pytest.raises(ValueError, match=r"offset must have shape \(30, 3\), .* and class"):
            getattr(three, method)(X, np.ones(30))
        with pytest.raises(ValueError, match="offset must be finite, got nan at row 2"):
            getattr(two, method)(X, np.r_[0.0, 1.0, np.nan, np.ones(27)])
        with pytest.raises(ValueError, match="X has 2 features"):
            getattr(two, method)(X[:, :2])
        with pytest.raises(ValueError, match="NaN at row 4"):
            getattr(two, method)(with_value(np.nan))
    with pytest.raises(ValueError, match="overflows"):
        two.predict_proba(X * [5e307, 1.0, 1.0], np.full(30, 1.79e308))


@each_y
@pytest.mark.parametrize("solver", ["auto", "newton_cholesky", "quasi_newton", "newton_cg"])
@pytest.mark.parametrize("max_iter", [0, 1])
def test_an_early_stop_warns_and_returns_finite_numbers(
    y: Input, solver: str, max_iter: int
) -> None:
    with pytest.warns(ConvergenceWarning, match=r"above the tolerance of 1e-10, after .* max_iter"):
        fit = elltwo.logistic(X, y, solver=solver, max_iter=max_iter)
    assert fit.info.status == "max_iter_reached"
    assert fit.info.n_iter <= max_iter
    assert fit.info.optimality > 1e-10
    assert np.isfinite(fit.coef).all()
    assert np.isfinite(fit.predict_proba(X)).all()


@each_y
def test_a_path_warns_once_and_names_the_worst_alpha(y: Input) -> None:
    with pytest.warns(ConvergenceWarning, match=r"stopped for alpha = .* and 2 other") as caught:
        path = elltwo.logistic_path(X, y, [1.0, 10.0, 0.1], max_iter=1)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert np.isfinite(path.coef).all()


def test_warnings_point_at_the_call() -> None:
    with pytest.warns(ConvergenceWarning) as caught:
        elltwo.logistic(X, TWO, max_iter=1)
    with pytest.warns(ConvergenceWarning) as caught_too:
        LogisticRegression(max_iter=1).fit(X, TWO)
    assert caught[0].filename == caught_too[0].filename == __file__


def test_separation_is_named() -> None:
    separated = X[:, 0] > 0.0
    with pytest.warns(SeparationWarning, match="separate the classes.* optimality of .* 1e-10"):
        fit = elltwo.logistic(X, separated, alpha=0.0)
    assert fit.info.status == "separable"
    assert np.isfinite(fit.coef).all()
    np.testing.assert_array_equal(fit.predict(X), separated)
    with pytest.warns(SeparationWarning):
        elltwo.logistic(X, separated, alpha=1.0, penalty_factors=[0.0, 1.0, 1.0])
    with pytest.warns(SeparationWarning, match="for alpha = 0;|for alpha = 0 "):
        path = elltwo.logistic_path(X, separated, [1.0, 0.0])
    assert [info.status for info in path.info] == ["converged", "separable"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert elltwo.logistic(X, separated, alpha=1e-6).info.status == "converged"


@each_y
@pytest.mark.parametrize("alpha", [0.0, 1e-300, 1.0, 1e300])
@pytest.mark.parametrize(
    "data",
    [np.zeros((30, 2)), np.ones((30, 2)), np.c_[X, X], np.c_[X, np.ones(30)]],
    ids=["zeros", "constant", "duplicates", "constant_column"],
)
def test_degenerate_data(y: Input, data: Input, alpha: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = elltwo.logistic(data, y, alpha=alpha)
    assert np.isfinite(fit.coef).all()
    np.testing.assert_allclose(fit.predict_proba(data).sum(axis=1), 1.0)
