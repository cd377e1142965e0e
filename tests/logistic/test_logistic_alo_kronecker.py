"""Approximate leave-one-out of many classes and features: a Kronecker product for the Hessian."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import elltwo

Array = npt.NDArray[np.float64]


def data(n: int, p: int, n_classes: int, seed: int = 0) -> tuple[Array, npt.NDArray[np.int64]]:
    """Classes about means, with features of falling deviations."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, n_classes, n)
    codes[:n_classes] = np.arange(n_classes)
    means = 0.15 * rng.standard_normal((n_classes, p))
    return means[codes] + rng.standard_normal((n, p)) * np.linspace(1.0, 0.05, p), codes


def softmax(z: Array) -> Array:
    p: Array = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return p


def exact_predictors(
    X: Array, codes: npt.NDArray[np.int64], weight: Array, penalty: Array, z: Array
) -> Array:
    """Equation 7 of Rad and Maleki (2020), with the Hessian of all contrasts; X ends in ones."""
    n, n_classes = z.shape
    contrasts = np.linalg.svd(np.full((1, n_classes), 1.0))[2][1:].T
    p = softmax(z)
    residual = weight[:, np.newaxis] * (np.eye(n_classes)[codes] - p) @ contrasts
    W = np.einsum("ka,ik,kb->iab", contrasts, p, contrasts)
    along = p @ contrasts
    W = weight[:, np.newaxis, np.newaxis] * (W - along[:, :, np.newaxis] * along[:, np.newaxis])
    m, cols = n_classes - 1, X.shape[1]
    H = np.block([[(X * W[:, a, b, np.newaxis]).T @ X for b in range(m)] for a in range(m)])
    H[np.diag_indices_from(H)] += np.tile(penalty, m)
    V = np.linalg.inv(np.linalg.cholesky(H)).reshape(m * cols, m, cols)
    out = z.copy()
    for i in range(n):
        Vx = V @ X[i]
        M = Vx.T @ Vx
        out[i] -= contrasts @ np.linalg.solve(np.eye(m) - M @ W[i], M @ residual[i])
    return out


def log_loss(z: Array, codes: npt.NDArray[np.int64], weight: Array) -> float:
    return float(np.average(np.log(softmax(z)[np.arange(len(z)), codes]), weights=weight))


@pytest.mark.filterwarnings("ignore:alpha = ")
@pytest.mark.parametrize("weighted", [False, True])
def test_what_leaving_out_costs_is_that_of_the_exact_hessian(weighted: bool) -> None:
    """Scores lose by leaving rows out what they lose with the Hessian itself, within 3 %."""
    X, codes = data(600, 76, 9)
    rng = np.random.default_rng(3)
    weight = rng.uniform(0.5, 2.0, 600) if weighted else np.ones(600)
    factors = np.where(np.arange(76) % 7 == 0, 0.25, 1.0)
    alphas = np.array([300.0, 30.0, 3.0])
    scale = np.geomspace(1e-3, 1e3, 76)  # units, which the penalties undo
    given: dict[str, Any] = {
        "sample_weight": weight,
        "penalty_factors": factors * scale**2,
        "tol": 1e-8,
    }
    fit = elltwo.logistic_cv(X * scale, codes, alphas=alphas, cv="alo", **given)
    assert fit.left_out_hessian == "kronecker"
    path = elltwo.logistic_path(X * scale, codes, alphas, **given)
    ones = np.column_stack([X, np.ones(600)])
    for a, alpha in enumerate(alphas):
        z = (X * scale) @ path.coef[a].T + path.intercept[a]
        fitted = log_loss(z, codes, weight)
        exact = exact_predictors(ones, codes, weight, np.append(alpha * factors, 0.0), z)
        lost = log_loss(exact, codes, weight) - fitted
        np.testing.assert_allclose(fit.cv_score[a] - fitted, lost, rtol=0.03)


@pytest.mark.filterwarnings("ignore:alpha = ")
def test_close_to_true_leave_one_out() -> None:
    """Refits without each of 60 rows score them as the approximation does, within 2 %."""
    X, codes = data(600, 80, 9, seed=1)
    alphas = np.array([30.0])
    rows = np.arange(0, 600, 10)
    seen: dict[str, Array] = {}

    def own(_: Array, p: Array) -> float:
        seen["p"] = p
        return 0.0

    fit = elltwo.logistic_cv(X, codes, alphas=alphas, cv="alo", scoring=own)
    assert fit.left_out_hessian == "kronecker"
    got = np.log(seen["p"][rows, codes[rows]]).mean()
    true = np.zeros(rows.size)
    for at, i in enumerate(rows):
        others = np.arange(600) != i
        one = elltwo.logistic(X[others], codes[others], alpha=30.0, tol=1e-8)
        true[at] = one.predict_log_proba(X[[i]])[0, codes[i]]
    np.testing.assert_allclose(got, true.mean(), rtol=0.02)


@pytest.mark.filterwarnings("ignore:alpha = ")
def test_more_features_than_rows() -> None:
    """In the space of the rows: the scores of the same predictors in fewer features."""
    rng = np.random.default_rng(2)
    X, codes = data(300, 250, 4)
    wide = X @ np.linalg.qr(rng.standard_normal((400, 250)))[0].T
    alphas = np.array([100.0, 10.0])
    tall = elltwo.logistic_cv(X, codes, alphas=alphas, cv="alo")
    same = elltwo.logistic_cv(wide, codes, alphas=alphas, cv="alo")
    assert tall.left_out_hessian == same.left_out_hessian == "kronecker"
    np.testing.assert_allclose(same.cv_score, tall.cv_score, rtol=0.01)


@pytest.mark.filterwarnings("ignore:alpha = ")
def test_bits_do_not_depend_on_threads_and_weightless_rows_do_not_count() -> None:
    """Two threads give the bits of one; a row of weight zero is predicted, and changes nothing."""
    X, codes = data(1500, 60, 12)
    alphas = np.array([100.0, 1.0])
    weight = np.ones(1500)
    weight[[11, 700]] = 0.0
    fits = [
        elltwo.logistic_cv(X, codes, alphas=alphas, cv="alo", sample_weight=weight, n_threads=n)
        for n in (1, 2)
    ]
    np.testing.assert_array_equal(fits[0].cv_score, fits[1].cv_score)
    kept = weight > 0.0
    without = elltwo.logistic_cv(X[kept], codes[kept], alphas=alphas, cv="alo")
    np.testing.assert_allclose(fits[0].cv_score, without.cv_score, rtol=1e-9)


@pytest.mark.filterwarnings("ignore:alpha = ")
@pytest.mark.filterwarnings("ignore::elltwo.exceptions.SeparationWarning")
@pytest.mark.filterwarnings("ignore::elltwo.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("ones", [True, False])
def test_limits_stay_finite(ones: bool) -> None:
    """Alphas of 0 and infinity, outlying rows, constant and unpenalised features."""
    X, codes = data(900, 80, 9)
    X[:, 3] = 2.0
    X[5] *= 1e4
    factors = np.ones(80)
    factors[[0, 7]] = 0.0, np.inf
    alphas = np.array([np.inf, 1e300, 10.0, 0.0])
    fit = elltwo.logistic_cv(
        X, codes, alphas=alphas, cv="alo", penalty_factors=factors, fit_intercept=ones, max_iter=20
    )
    assert fit.left_out_hessian == "kronecker"
    assert np.isfinite(fit.cv_score).all()


@pytest.mark.filterwarnings("ignore:alpha = ")
def test_the_record_names_the_hessian(tmp_path: object) -> None:
    """Small problems are exact, folds have none, and a saved record keeps the name."""
    X, codes = data(200, 5, 3)
    alphas = np.array([10.0, 1.0])
    exact = elltwo.logistic_cv(X, codes, alphas=alphas, cv="alo")
    assert exact.left_out_hessian == "exact"
    exact.save(f"{tmp_path}/alo.json")
    assert elltwo.load(f"{tmp_path}/alo.json").left_out_hessian == "exact"
    with pytest.raises(AttributeError, match="left_out_hessian"):
        _ = elltwo.logistic_cv(X, codes, alphas=alphas, cv=3).left_out_hessian
