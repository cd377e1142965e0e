"""Statistics of a fit: certified values, weights, shapes, limits, and what is refused."""

from __future__ import annotations

import copy
import pickle
import tracemalloc
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo
import nist
from reference import digits, relative_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

KINDS = ["bayesian", "sampling", "sandwich", "sandwich_hc0"]
each_kind = pytest.mark.parametrize("kind", KINDS)


def data(n: int = 30, p: int = 4, targets: int = 0, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p)) + 2.0
    return X, rng.standard_normal((n, targets) if targets else n) + X[:, :1].reshape(
        (n, 1) if targets else n
    )


# NIST's certified standard deviations of the estimates and of the residuals.
CERTIFIED = {
    "longley": (
        [
            *(890420.383607373, 84.9149257747669, 0.334910077722432e-01, 0.488399681651699),
            *(0.214274163161675, 0.226073200069370, 455.478499142212),
        ],
        304.854073561965,
    ),
    "norris": ([0.232818234301152, 0.429796848199937e-03], 0.884796396144373),
    "noint1": ([0.165289256198347e-01], 3.56753034006338),
    "wampler4": (
        [
            *(215232.624678170, 236355.173469681, 77934.3524331583, 10147.5507550350),
            *(564.566512170752, 11.2324854679312),
        ],
        236014.502379268,
    ),
}


@pytest.mark.parametrize("name", CERTIFIED)
@pytest.mark.parametrize("kind", ["bayesian", "sampling"])
def test_standard_errors_without_penalty_are_certified(name: str, kind: str) -> None:
    problem = next(problem for problem in nist.PROBLEMS if problem.name == name)
    X, y = problem.load()
    certified, sigma = CERTIFIED[name]
    fit = elltwo.ridge(X, y, alpha=0.0, fit_intercept=problem.fit_intercept)
    errors = fit.statistics.standard_errors(kind)
    assert digits(problem.estimates(errors.coef, errors.intercept), certified) >= 9.5
    assert digits(fit.statistics.sigma, sigma) >= 11


@each_kind
def test_targets_are_told_apart(kind: str) -> None:
    X, Y = data(targets=3)
    alpha, prior = np.array([0.5, 0.0, 0.5]), np.arange(12.0).reshape(3, 4)
    both = elltwo.ridge(X, Y, alpha=alpha, prior_mean=prior).statistics
    X_new = X[:5] + 0.3
    interval = both.prediction_interval(X_new)
    for t in range(3):
        one = elltwo.ridge(X, Y[:, t], alpha=alpha[t], prior_mean=prior[t]).statistics
        for part in (both.of_target(t), one):
            assert isinstance(part.sigma, float)
            assert part.alpha == alpha[t]
        for name in ("edf", "sigma", "r_squared", "gcv", "aic", "bic", "vif"):
            assert relative_error(getattr(both, name)[t], getattr(one, name)) < 1e-12
        for name in ("residuals", "loo_residuals", "leverages"):
            assert relative_error(getattr(both, name)[:, t], getattr(one, name)) < 1e-12
        errors, expected = both.standard_errors(kind), one.standard_errors(kind)
        assert relative_error(errors.coef[t], expected.coef) < 1e-12
        assert relative_error(np.asarray(errors.intercept)[t], expected.intercept) < 1e-12
        assert relative_error(both.covariance(kind, target=t), one.covariance(kind)) < 1e-12
        for end, other in zip(interval, one.prediction_interval(X_new), strict=True):
            assert relative_error(end[:, t], other) < 1e-12


@each_kind
def test_every_fit_and_a_path_have_the_same_statistics(kind: str) -> None:
    X, y = data()
    chosen = elltwo.ridge_cv(X, y, alphas=[0.1, 1.0, 10.0, 1e9])
    path = elltwo.ridge_path(X, y, [1.0, 100.0])
    fits = [
        chosen.statistics,
        path.statistics(chosen.alpha),
        elltwo.ridge(X.astype(np.float32).astype(float), y, alpha=chosen.alpha).statistics,
        elltwo.ridge(X, y, alpha=chosen.alpha, sample_weight=np.ones(30)).statistics,
    ]
    first = fits[0].standard_errors(kind)
    for other, tolerance in zip(fits[1:], (1e-12, 1e-5, 1e-12), strict=True):
        assert relative_error(other.standard_errors(kind).coef, first.coef) < tolerance
        assert other.standard_errors(kind).intercept == pytest.approx(first.intercept, rel=1e-5)


def test_float32_features_have_statistics_in_double() -> None:
    X, y = data()
    X = X.astype(np.float32)
    single = elltwo.ridge(X, y, alpha=1.0).statistics
    double = elltwo.ridge(X.astype(float), y, alpha=1.0).statistics
    a, b = single.standard_errors("sandwich"), double.standard_errors("sandwich")
    assert relative_error(a.coef, b.coef) < 1e-11
    assert relative_error(single.residuals, double.residuals) < 1e-12


def test_pinned_coefficients_have_no_errors() -> None:
    X, y = data()
    fit = elltwo.ridge(X, y, alpha=1.0, penalty_factors=[1.0, np.inf, 0.0, 2.0])
    for kind in KINDS:
        coef = fit.statistics.standard_errors(kind).coef
        assert coef[1] == 0.0
        assert (coef[[0, 2, 3]] > 0.0).all()


def test_nothing_left_to_estimate_the_error_from() -> None:
    """Three rows, three parameters: sigma is infinite, sampling says nothing, nothing is NaN."""
    X, y = data(3, 2)
    fit = elltwo.ridge(X, y, alpha=0.0)
    statistics = fit.statistics
    assert statistics.sigma == np.inf
    for kind in ("bayesian", "sampling"):
        assert np.isinf(statistics.standard_errors(kind).coef).all()
    assert np.isfinite(statistics.standard_errors("sandwich").coef).all()
    assert "inf" in str(fit.summary())


@pytest.mark.parametrize("alpha", [5e-324, 1e-300, 1e300])
@pytest.mark.parametrize("shape", [(20, 5), (5, 20)])
def test_extreme_penalties(alpha: float, shape: tuple[int, int]) -> None:
    X, y = data(*shape)
    X = np.column_stack([X, X[:, 0], np.full(len(X), 3.0)])
    statistics = elltwo.ridge(X, y, alpha=alpha).statistics
    for kind in KINDS:
        errors = statistics.standard_errors(kind)
        assert not np.isnan(errors.coef).any()
        assert not np.isnan(errors.intercept)
    if alpha < 1.0 and shape[0] == 20:  # what X determines has the errors of least squares
        plain = elltwo.ridge(X[:, :5], y, alpha=0.0).statistics.standard_errors().coef
        assert relative_error(statistics.standard_errors().coef[1:5], plain[1:]) < 1e-10


def test_a_target_without_variation() -> None:
    X, _ = data()
    twice = elltwo.ridge(np.hstack([X, X[:, :1]]), np.full(30, 2.0), alpha=0.0).statistics
    np.testing.assert_array_equal(twice.standard_errors().coef, [np.inf, 0.0, 0.0, 0.0, np.inf])
    perfect = elltwo.ridge(X, np.full(30, 2.0), alpha=1.0).statistics
    assert perfect.r_squared == 1.0
    assert perfect.sigma == 0.0
    without = elltwo.ridge(X, np.full(30, 2.0), alpha=1.0, penalize_intercept=True).statistics
    assert without.r_squared == 0.0


def test_errors_of_wide_data_need_no_square_matrix() -> None:
    n, p = 20, 20_000  # p^2 doubles are 3.2 GB
    X, y = data(n, p)
    statistics = elltwo.ridge(X, y, alpha=10.0).statistics
    tracemalloc.start()
    try:
        for kind in KINDS:
            assert (statistics.standard_errors(kind).coef > 0.0).all()
        assert statistics.vif.shape == (p,)
        assert statistics.condition_number == np.inf
        statistics.prediction_interval(X)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * X.nbytes


def test_a_fit_refers_to_its_data_and_a_copy_does_not() -> None:
    X, y = data()
    for fit in (
        elltwo.ridge(X, y, alpha=1.0),
        elltwo.ridge(X, y, alpha=1.0, n_threads=1),
        elltwo.ridge_cv(X, y, cv=5),
    ):
        assert fit.statistics is fit.statistics
        for other in (copy.copy(fit), pickle.loads(pickle.dumps(fit))):
            with pytest.raises(ValueError, match="left its data behind"):
                _ = other.statistics
            with pytest.raises(ValueError, match="left its data behind"):
                other.summary()


def test_fits_that_have_no_statistics() -> None:
    X, y = data()
    with pytest.raises(ValueError, match="not defined for a fit with bounds"):
        _ = elltwo.ridge(X, y, alpha=1.0, bounds=(0.0, None)).statistics
    lonely = elltwo.ridge(X[:1], y[:1], alpha=1.0).statistics
    with pytest.raises(ValueError, match="at least 2 rows of positive weight"):
        _ = lonely.loo_residuals
    assert np.isinf(lonely.standard_errors().coef).all()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda s: s.standard_errors("hc9"), ValueError, "kind must be one of"),
        (lambda s: s.covariance(None), ValueError, "kind must be one of"),
        (lambda s: s.covariance(target=1), ValueError, "target must be below 1"),
        (lambda s: s.of_target(0.5), TypeError, "target must be an integer"),
        (lambda s: s.prediction_interval([[1.0]]), ValueError, "expecting 4 features"),
        (lambda s: s.prediction_interval(np.full((1, 4), np.nan)), ValueError, "X contains NaN"),
        (lambda s: s.prediction_interval(np.ones((1, 4)), 1.0), ValueError, "level must be bet"),
        (lambda s: s.prediction_interval(np.ones((1, 4)), "x"), TypeError, "level must be a num"),
    ],
)
def test_bad_arguments(call: Any, error: type[Exception], message: str) -> None:  # noqa: ANN401
    X, y = data()
    with pytest.raises(error, match=message):
        call(elltwo.ridge(X, y, alpha=1.0).statistics)
