"""The contract of `elltwo.ridge` and its record: shapes, dtypes, ends of the ranges, pickling."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo.exceptions import ConvergenceWarning
from reference import ridge as reference_ridge

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

RNG = np.random.default_rng(11)
X = RNG.normal(size=(12, 3)) + 1.0
Y = X @ np.array([[1.0, -2.0], [0.5, 0.0], [0.0, 3.0]]) + RNG.normal(size=(12, 2)) + 4.0
y = np.ascontiguousarray(Y[:, 0])


def assert_close(actual: ArrayLike, desired: ArrayLike) -> None:
    np.testing.assert_allclose(np.asarray(actual), np.asarray(desired), rtol=1e-10, atol=1e-12)


def residual(fit: elltwo.RidgeFit) -> NDArray[np.float64]:
    return np.asarray(y - fit.predict(X), dtype=np.float64)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("n_targets", [None, 1, 2])
def test_shapes_and_dtypes(n_targets: int | None, dtype: type) -> None:
    targets = y if n_targets is None else Y[:, :n_targets]
    fit = elltwo.ridge(X.astype(dtype), targets, alpha=1.0)
    shape = () if n_targets is None else (n_targets,)
    assert fit.coef.shape == (*shape, 3)
    assert fit.coef.dtype == dtype
    assert np.shape(fit.intercept) == shape
    predicted = fit.predict(X[:5].astype(dtype))
    assert predicted.shape == (5, *shape)
    assert predicted.dtype == dtype
    assert fit.predict(X[:5]).dtype == np.float64


def test_intercept_of_one_target_is_a_float() -> None:
    assert type(elltwo.ridge(X, y, alpha=1.0).intercept) is float
    assert elltwo.ridge(X, y, alpha=1.0, fit_intercept=False).intercept == 0.0
    without = elltwo.ridge(X, Y, alpha=1.0, fit_intercept=False)
    np.testing.assert_array_equal(without.intercept, np.zeros(2))


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("alpha", [0, 0.3, 7, np.float64(2.0), np.inf])
def test_short_cut_agrees_with_the_general_road(alpha: float, fit_intercept: bool) -> None:
    """Options at other values that mean the same leave the short cut for small problems."""
    short = elltwo.ridge(X, y, alpha=alpha, fit_intercept=fit_intercept)
    general = elltwo.ridge(
        X, y, alpha=[alpha], fit_intercept=fit_intercept, penalty_factors=np.ones(3)
    )
    assert_close(short.coef, general.coef)
    assert_close(short.intercept, general.intercept)


def test_prediction_is_the_linear_predictor() -> None:
    fit = elltwo.ridge(X, Y, alpha=1.0)
    assert_close(fit.predict(X), X @ fit.coef.T + fit.intercept)


def test_one_row_and_one_feature_are_enough() -> None:
    fit = elltwo.ridge([[2.0]], [3.0], alpha=1.0)
    assert_close([*fit.coef, fit.intercept], [0.0, 3.0])
    assert_close(elltwo.ridge([[2.0]], [3.0], alpha=1.0, fit_intercept=False).coef, [6.0 / 5.0])


def test_options_are_keyword_only() -> None:
    with pytest.raises(TypeError, match="positional"):
        elltwo.ridge(X, y, 1.0)  # type: ignore[call-arg]


def test_alpha_of_each_target() -> None:
    fit = elltwo.ridge(X, Y, alpha=[0.5, 20.0])
    for t, alpha in enumerate([0.5, 20.0]):
        alone = elltwo.ridge(X, Y[:, t], alpha=alpha)
        assert_close(fit.coef[t], alone.coef)
        assert_close(np.asarray(fit.intercept)[t], alone.intercept)


def test_alpha_zero_is_least_squares() -> None:
    fit = elltwo.ridge(X, y, alpha=0)
    assert_close(residual(fit) @ np.c_[X, np.ones(12)], np.zeros(4))
    assert fit.info.rank == 3


def test_alpha_infinite_is_the_prior_mean() -> None:
    fit = elltwo.ridge(X, Y, alpha=np.inf)
    np.testing.assert_array_equal(fit.coef, np.zeros((2, 3)))
    assert_close(fit.intercept, Y.mean(axis=0))
    toward = elltwo.ridge(X, y, alpha=np.inf, prior_mean=[1.0, 2.0, 3.0])
    np.testing.assert_array_equal(toward.coef, [1.0, 2.0, 3.0])
    assert_close(toward.intercept, (y - X @ [1.0, 2.0, 3.0]).mean())


def test_factor_infinite_pins_even_at_alpha_zero() -> None:
    fit = elltwo.ridge(X, y, alpha=0.0, penalty_factors=[1.0, np.inf, 1.0], prior_mean=0.25)
    assert fit.coef[1] == 0.25
    assert_close(residual(fit) @ X[:, [0, 2]], np.zeros(2))


def test_factor_zero_is_unpenalised_even_at_infinite_alpha() -> None:
    fit = elltwo.ridge(X, y, alpha=np.inf, penalty_factors=[1.0, 0.0, 1.0])
    np.testing.assert_array_equal(fit.coef[[0, 2]], np.zeros(2))
    assert_close(residual(fit) @ X[:, 1], 0.0)


def test_factors_multiply_alpha() -> None:
    fit = elltwo.ridge(X, y, alpha=2.0, penalty_factors=[0.5, 1.0, 8.0])
    slope = 2.0 * np.array([1.0, 2.0, 16.0]) * fit.coef
    assert_close(2.0 * residual(fit) @ X, slope)


@pytest.mark.parametrize(
    "prior_mean",
    [0.5, np.array([1.0, 0.0, -1.0]), np.array([[1.0, 0.0, -1.0], [0.5, 2.0, 0.0]])],
    ids=["scalar", "feature", "target"],
)
def test_prior_means(prior_mean: ArrayLike) -> None:
    fit = elltwo.ridge(X, Y, alpha=3.0, prior_mean=prior_mean)
    full = np.broadcast_to(prior_mean, (2, 3))
    coef, intercept = reference_ridge(X, Y, 3.0, prior_mean=full)
    assert_close(fit.coef, coef)
    assert_close(fit.intercept, intercept)


def test_penalised_intercept_of_the_texts() -> None:
    """The minimiser of mean((y - b0 - X b)**2) + l * (b0**2 + sum(b**2))."""
    lam, n = 0.7, len(y)
    fit = elltwo.ridge(X, y, alpha=n * lam, penalize_intercept=True)
    A = np.c_[X, np.ones(n)]
    theta = np.linalg.solve(A.T @ A / n + lam * np.eye(4), A.T @ y / n)
    assert_close([*fit.coef, fit.intercept], theta)


@pytest.mark.parametrize("solver", ["auto", "cholesky", "svd"])
def test_solvers_agree(solver: str) -> None:
    expected = elltwo.ridge(X, Y, alpha=1.5)
    fit = elltwo.ridge(X, Y, alpha=1.5, solver=solver)
    assert_close(fit.coef, expected.coef)


@pytest.mark.parametrize("n_threads", [None, 1, 2])
def test_info(n_threads: int | None) -> None:
    info = elltwo.ridge(X, y, alpha=1.0, n_threads=n_threads).info
    assert isinstance(info, elltwo.SolveInfo)
    assert info.status == "converged"
    assert isinstance(info.solver, str)
    assert isinstance(info.reason, str)
    assert info.fallback is None
    assert 0.0 <= info.optimality <= info.tolerance == 1e-10
    assert 0.0 < info.rcond <= 1.0
    assert info.rank == 3
    assert info.n_iter >= 0
    assert info.n_threads >= 1


def test_not_converged_is_a_warning_with_both_numbers() -> None:
    with pytest.warns(ConvergenceWarning, match=r"optimality of \d.*tolerance of 0"):
        fit = elltwo.ridge(X, y, alpha=1.0, tol=0.0, max_iter=0)
    assert fit.info.status == "max_iter_reached"
    assert fit.info.optimality > fit.info.tolerance == 0.0
    assert issubclass(ConvergenceWarning, UserWarning)


def test_warning_points_at_the_caller() -> None:
    with pytest.warns(ConvergenceWarning) as caught:
        elltwo.ridge(X, y, alpha=1.0, tol=0.0, max_iter=0)
    assert caught[0].filename == __file__


def test_float32_keeps_what_it_cannot_hold_in_float64() -> None:
    small = (X * 1e-15).astype(np.float32)
    fit = elltwo.ridge(small, y * 1e30, alpha=0.0)
    assert fit.coef.dtype == np.float64
    assert np.isfinite(fit.coef).all()


COPIES: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda fit: pickle.loads(pickle.dumps(fit)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES.keys())
@pytest.mark.parametrize("targets", [y, Y], ids=["one", "two"])
def test_copies(
    targets: NDArray[np.float64], duplicate: Callable[[elltwo.RidgeFit], elltwo.RidgeFit]
) -> None:
    fit = elltwo.ridge(X, targets, alpha=1.0)
    again = duplicate(fit)
    assert type(again) is elltwo.RidgeFit
    np.testing.assert_array_equal(again.coef, fit.coef)
    np.testing.assert_array_equal(again.intercept, fit.intercept)
    assert again.info == fit.info
    np.testing.assert_array_equal(again.predict(X), fit.predict(X))


@pytest.mark.parametrize("name", ["coef", "intercept", "info", "anything"])
def test_record_is_read_only(name: str) -> None:
    fit = elltwo.ridge(X, y, alpha=1.0)
    with pytest.raises(AttributeError):
        setattr(fit, name, 0.0)


def test_info_is_read_only() -> None:
    info = elltwo.ridge(X, y, alpha=1.0).info
    with pytest.raises(AttributeError):
        info.status = "perfect"  # type: ignore[misc]


def test_repr_says_what_matters() -> None:
    fit = elltwo.ridge([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], alpha=2.0)
    text = repr(fit)
    assert text.startswith("RidgeFit(coef=[1.], intercept=2.")
    assert repr(fit.info.solver) in text
    assert "status='converged'" in text
    assert len(repr(elltwo.ridge(np.eye(40), np.eye(40), alpha=1.0))) < 1000
