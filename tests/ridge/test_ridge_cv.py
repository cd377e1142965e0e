"""Cross-validated ridge: folds, scores, grid, choice and its warnings."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import sparse
from sklearn.model_selection import KFold

import elltwo
from reference import kfold_mse

if TYPE_CHECKING:
    from numpy.typing import NDArray

RNG = np.random.default_rng(5)
X = RNG.normal(size=(13, 3)) + 2.0
Y = X @ RNG.normal(size=(3, 2)) + 2.0 * RNG.normal(size=(13, 2))
y = np.ascontiguousarray(Y[:, 0])
SIGNAL = X @ [3.0, -2.0, 5.0] + 1.0 + 0.1 * Y[:, 1]
NOISE = np.random.default_rng(1).normal(size=13)
WEIGHT = RNG.integers(1, 4, 13).astype(np.float64)
ALPHAS = [0.0, 0.5, 5.0, 50.0, np.inf]


def brute_force(
    targets: NDArray[np.float64], weight: NDArray[np.float64] | None, n_folds: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Scores of every fold, by scikit-learn's own splitter, and of all rows."""
    w = np.ones(len(X)) if weight is None else weight
    fold_mse = kfold_mse(X, targets, ALPHAS, n_folds, sample_weight=weight)
    share = [w[test].sum() for _, test in KFold(n_folds).split(X)]
    return fold_mse, np.average(fold_mse, axis=0, weights=share)


@pytest.mark.parametrize("n_folds", [2, 5, 13])
@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weights"])
@pytest.mark.parametrize("targets", [y, Y], ids=["one", "two"])
def test_scores_are_those_of_refits(
    targets: NDArray[np.float64], weight: NDArray[np.float64] | None, n_folds: int
) -> None:
    fit = elltwo.ridge_cv(X, targets, alphas=ALPHAS, cv=n_folds, sample_weight=weight)
    fold_mse, cv_mse = brute_force(targets, weight, n_folds)
    assert fit.fold_mse.shape == (n_folds, len(ALPHAS))
    np.testing.assert_allclose(fit.fold_mse, fold_mse, rtol=1e-8)
    np.testing.assert_allclose(fit.cv_mse, cv_mse, rtol=1e-8)
    assert fit.alpha == ALPHAS[int(np.argmin(cv_mse))]


@pytest.mark.parametrize("options", [{"fit_intercept": False}, {"penalize_intercept": True}])
def test_options_reach_the_folds(options: dict[str, Any]) -> None:
    fit = elltwo.ridge_cv(
        X, y, alphas=[3.0], cv=3, penalty_factors=[1, 2, 0], prior_mean=0.5, **options
    )
    for f, (train, test) in enumerate(KFold(3).split(X)):
        part = elltwo.ridge(
            X[train], y[train], alpha=3.0, penalty_factors=[1, 2, 0], prior_mean=0.5, **options
        )
        mse = np.mean((y[test] - part.predict(X[test])) ** 2)
        np.testing.assert_allclose(fit.fold_mse[f, 0], mse, rtol=1e-8)


def test_final_fit_is_ridge_at_the_choice() -> None:
    fit = elltwo.ridge_cv(X, Y, alphas=ALPHAS, sample_weight=WEIGHT)
    final = elltwo.ridge(X, Y, alpha=fit.alpha, sample_weight=WEIGHT)
    assert isinstance(fit, elltwo.RidgeFit)
    np.testing.assert_array_equal(fit.coef, final.coef)
    np.testing.assert_array_equal(fit.intercept, final.intercept)
    assert fit.info == final.info


def test_zero_weight_leaves_a_row_out_of_fits_and_scores() -> None:
    weight = np.ones(13)
    weight[4] = 0.0
    wild, wild_y = X.copy(), y.copy()
    wild[4], wild_y[4] = 100.0, -100.0
    fit = elltwo.ridge_cv(X, y, alphas=ALPHAS, cv=3, sample_weight=weight)
    same = elltwo.ridge_cv(wild, wild_y, alphas=ALPHAS, cv=3, sample_weight=weight)
    np.testing.assert_allclose(same.fold_mse, fit.fold_mse, rtol=1e-8)
    np.testing.assert_allclose(same.coef, fit.coef, rtol=1e-8)


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_default_grid(fit_intercept: bool) -> None:
    """From 0.01 degrees of freedom short of full rank to 0.01 above none."""
    fit = elltwo.ridge_cv(X, y, sample_weight=WEIGHT, fit_intercept=fit_intercept)
    centre = np.average(X, axis=0, weights=WEIGHT) if fit_intercept else np.zeros(3)
    Z = np.sqrt(WEIGHT)[:, np.newaxis] * (X - centre)
    s = np.linalg.svd(Z, compute_uv=False) ** 2
    grid = np.geomspace(0.01 / (1 / s).sum(), s.sum() / 0.01, 100)
    np.testing.assert_allclose(fit.alphas[:100], grid, rtol=1e-9)
    assert fit.alpha in fit.alphas


def test_default_grid_takes_the_end_that_is_better() -> None:
    fit = elltwo.ridge_cv(X, NOISE, cv=4)
    assert fit.alpha == np.inf
    assert fit.alphas[-1] == np.inf


def test_default_grid_without_any_variance() -> None:
    fit = elltwo.ridge_cv(np.ones((6, 2)), y[:6])
    np.testing.assert_allclose(fit.predict(np.ones((1, 2))), y[:6].mean())


@pytest.mark.parametrize("scale", [1e-170, 1e170])
def test_default_grid_beyond_the_range_of_squares(scale: float) -> None:
    with pytest.raises(ValueError, match="range"):
        elltwo.ridge_cv(X * scale, y)


def test_ties_go_to_the_larger_alpha() -> None:
    """With every coefficient pinned all alphas predict the same, up to the order of the grid."""
    pinned = [np.inf, np.inf, np.inf]
    for alphas in ([1.0, np.inf, 3.0], [np.inf, 3.0, 1.0]):
        assert elltwo.ridge_cv(X, y, alphas=alphas, penalty_factors=pinned).alpha == np.inf


@pytest.mark.parametrize("alphas", [[0.01, 1e6, 1e7], [1e6, 1e7, 0.01]])
def test_choice_on_the_lower_edge_warns(alphas: list[float]) -> None:
    with pytest.warns(UserWarning, match="alpha = 0.01 lies on the lower edge") as caught:
        fit = elltwo.ridge_cv(X, SIGNAL, alphas=alphas)
    assert fit.alpha == 0.01
    assert caught[0].filename == __file__


def test_choice_on_the_upper_edge_warns() -> None:
    with pytest.warns(UserWarning, match="alpha = 1 lies on the upper edge"):
        elltwo.ridge_cv(X, NOISE, alphas=[1e-3, 1e-2, 1.0])


@pytest.mark.parametrize(
    ("targets", "alphas", "choice"),
    [
        (y, [5.0], 5.0),
        (y, [5.0, 5.0], 5.0),
        (SIGNAL, [0.0, 1e6], 0.0),
        (NOISE, [1e-6, np.inf], np.inf),
    ],
    ids=["single", "equal", "zero", "infinite"],
)
def test_choice_that_no_wider_grid_can_better_does_not_warn(
    targets: NDArray[np.float64], alphas: list[float], choice: float
) -> None:
    assert elltwo.ridge_cv(X, targets, alphas=alphas).alpha == choice


def test_record_is_read_only_and_keeps_its_own_grid() -> None:
    alphas = np.array(ALPHAS)
    fit = elltwo.ridge_cv(X, y, alphas=alphas)
    alphas[:] = -1.0
    np.testing.assert_array_equal(fit.alphas, ALPHAS)
    for name in ("alpha", "alphas", "cv_mse", "fold_mse", "coef", "anything"):
        with pytest.raises(AttributeError):
            setattr(fit, name, 0.0)


def test_pickle_and_repr() -> None:
    fit = elltwo.ridge_cv(X, y, alphas=ALPHAS, cv=4)
    again = pickle.loads(pickle.dumps(fit))
    assert type(again) is elltwo.RidgeCVFit
    assert again.alpha == fit.alpha
    assert again.info == fit.info
    for name in ("coef", "alphas", "cv_mse", "fold_mse"):
        np.testing.assert_array_equal(getattr(again, name), getattr(fit, name))
    assert repr(fit).startswith(f"RidgeCVFit(alpha={fit.alpha:g}, coef=[")


def test_float32() -> None:
    fit = elltwo.ridge_cv(X.astype(np.float32), y, alphas=ALPHAS)
    assert fit.coef.dtype == np.float32
    assert fit.cv_mse.dtype == np.float64


@pytest.mark.parametrize(
    ("cv", "error", "message"),
    [
        (1, ValueError, "cv must be an integer in"),
        (-3, ValueError, "cv must be an integer in"),
        (14, ValueError, "cv must be at most the number of rows of X, which is 13, got 14"),
        (2.5, TypeError, "cv must be .*, got 2.5"),
        (True, TypeError, "cv must be .*, got True"),
        ("lou", TypeError, "cv must be 'loo', .*, got 'lou'"),
        (None, TypeError, "cv must be .*, got None"),
    ],
)
def test_bad_cv(cv: int, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        elltwo.ridge_cv(X, y, cv=cv)


def test_one_sample_is_too_few() -> None:
    with pytest.raises(ValueError, match="X has 1 sample"):
        elltwo.ridge_cv(X[:1], y[:1], cv=2)


@pytest.mark.parametrize(
    ("alphas", "message"),
    [
        ([], r"alphas must be 1-D and not empty, got shape \(0,\)"),
        (1.0, r"alphas must be 1-D and not empty, got shape \(\)"),
        ([[1.0]], r"alphas must be 1-D and not empty, got shape \(1, 1\)"),
        ([1.0, -1.0], "alphas must be .*-1"),
        ([1.0, np.nan], "alphas must be .*nan"),
    ],
)
def test_bad_alphas(alphas: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        elltwo.ridge_cv(X, y, alphas=alphas)  # type: ignore[arg-type]


def test_fold_without_weight_is_refused() -> None:
    weight = np.ones(13)
    weight[5:9] = 0.0
    with pytest.raises(
        ValueError, match=r"sample_weight must not be all zero on a test set, .* of split 1"
    ):
        elltwo.ridge_cv(X, y, cv=3, sample_weight=weight)


@pytest.mark.filterwarnings("ignore:.*edge of the grid")
def test_a_few_alphas_of_a_large_kernel() -> None:
    """From a Cholesky factor each, to the digits of the decomposition that a path has."""
    rng = np.random.default_rng(0)
    n, p = 2000, 2100
    X = sparse.csr_array(sparse.random(n, p, 0.02, random_state=1))
    Y = rng.standard_normal((n, 2)) + X[:, :2].toarray()
    given: dict[str, Any] = {
        "sample_weight": rng.uniform(0.5, 2.0, n),
        "penalty_factors": np.linspace(0.5, 2.0, p),
        "prior_mean": 0.01 * rng.standard_normal(p),
    }
    grid = [0.1, 10.0]
    fit = elltwo.ridge_cv(X, Y, alphas=grid, store_cv=True, **given)
    path = elltwo.ridge_path(X, Y, grid, **given)
    assert fit.cv_predictions is not None
    for a, alpha in enumerate(grid):
        e = path.loo_residuals(alpha)
        np.testing.assert_allclose(Y - fit.cv_predictions[:, :, a], e, rtol=0, atol=1e-10)
