"""`elltwo.logistic`: objective, shapes, records and options."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from scipy.special import log_softmax, softmax
from sklearn.linear_model import LogisticRegression as Reference

import elltwo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

Input: TypeAlias = Any  # what a function takes for an argument

RNG = np.random.default_rng(4)
n, p = 60, 4
X = RNG.normal(size=(n, p)) * [1.0, 1e3, 1e-3, 1.0] + [0.0, 5e3, 0.0, 1.0]
Z = (X - X.mean(axis=0)) / X.std(axis=0)
TWO = np.where(Z @ [1.0, -1.0, 0.5, 0.0] + RNG.logistic(size=n) > 0.0, "yes", "no")
THREE = np.array([10, 20, 40])[np.argmax(Z[:, :3] + RNG.gumbel(size=(n, 3)), axis=1)]
WEIGHT = RNG.integers(0, 4, n).astype(np.float64)
FACTORS = np.array([0.0, 2.0, 1.0, np.inf])
LABELS = {"two": TWO, "three": THREE}
each_y = pytest.mark.parametrize("y", LABELS.values(), ids=LABELS)


def outputs_of(y: Array) -> int:
    k = np.unique(y).size
    return 1 if k == 2 else k


def gradient(fit: elltwo.LogisticFit, y: Array, alpha: float, **options: Input) -> Array:
    """Gradient of the objective in the coefficients that move, and the intercept, by the book."""
    classes = np.unique(y)
    weight = options.get("sample_weight", np.ones(n))
    offset = options.get("offset", 0.0)
    mean = np.broadcast_to(options.get("prior_mean", 0.0), (outputs_of(y), p))
    factors = np.asarray(options.get("penalty_factors", np.ones(p)))
    coef, intercept = np.atleast_2d(fit.coef), np.atleast_1d(fit.intercept)
    z = (X @ coef.T + intercept).reshape(np.shape(offset) or (n, -1)) + offset
    z = z.reshape(n, -1)
    if classes.size == 2:
        residual = (y == classes[1])[:, np.newaxis] - 1.0 / (1.0 + np.exp(-z))
    else:
        residual = (y[:, np.newaxis] == classes) - softmax(z, axis=1)
    moves = np.isfinite(factors)
    np.testing.assert_array_equal(coef[:, ~moves], mean[:, ~moves])
    slope = -(weight[:, np.newaxis] * residual).T @ X[:, moves]
    slope += alpha * factors[moves] * (coef - mean)[:, moves]
    scale = np.sqrt(weight @ X[:, moves] ** 2)
    total = (weight[:, np.newaxis] * residual).sum(axis=0)
    return np.hstack([slope / scale, total[:, np.newaxis]])


@each_y
@pytest.mark.parametrize("alpha", [1e-2, 1.0, 1e4])
def test_gradient_of_the_objective_vanishes(y: Array, alpha: float) -> None:
    k = outputs_of(y)
    options: dict[str, Any] = {
        "penalty_factors": FACTORS,
        "prior_mean": RNG.normal(size=(k, p)) * [1.0, 1e-4, 1.0, 1.0],
        "sample_weight": WEIGHT,
        "offset": RNG.normal(size=n if k == 1 else (n, k)),
    }
    fit = elltwo.logistic(X, y, alpha=alpha, **options)
    assert fit.info.status == "converged"
    assert np.abs(gradient(fit, y, alpha, **options)).max() < 1e-8


@each_y
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_same_answer_as_scikit_learn(y: Array, fit_intercept: bool) -> None:
    theirs = Reference(C=2.0, tol=1e-12, solver="newton-cholesky", fit_intercept=fit_intercept).fit(
        Z, y
    )
    fit = elltwo.logistic(Z, y, alpha=0.5, fit_intercept=fit_intercept)
    np.testing.assert_allclose(np.atleast_2d(fit.coef), theirs.coef_, atol=1e-6)
    np.testing.assert_allclose(np.atleast_1d(fit.intercept), theirs.intercept_, atol=1e-6)
    np.testing.assert_allclose(fit.predict_proba(Z), theirs.predict_proba(Z), atol=1e-6)
    np.testing.assert_array_equal(fit.predict(Z), theirs.predict(Z))


def test_shapes_of_two_classes() -> None:
    fit = elltwo.logistic(X, TWO)
    assert fit.coef.shape == (p,)
    assert isinstance(fit.intercept, float)
    assert fit.classes.tolist() == ["no", "yes"]
    assert fit.linear_predictor(X).shape == (n,)
    assert fit.predict(X).shape == (n,)
    assert fit.predict_proba(X).shape == fit.predict_log_proba(X).shape == (n, 2)


def test_shapes_of_three_classes() -> None:
    fit = elltwo.logistic(X, THREE)
    assert fit.coef.shape == (3, p)
    assert isinstance(fit.intercept, np.ndarray)
    assert fit.intercept.shape == (3,)
    assert fit.linear_predictor(X).shape == (n, 3)
    assert fit.predict(X).dtype == THREE.dtype
    assert fit.predict_proba(X).shape == fit.predict_log_proba(X).shape == (n, 3)


@pytest.mark.parametrize("prior_mean", [0.0, RNG.normal(size=(3, p))], ids=["zero", "matrix"])
def test_coefficients_sum_over_classes_to_what_prior_means_do(prior_mean: Input) -> None:
    factors = [0.0, 1.0, 1.0, 2.0]
    fit = elltwo.logistic(Z + 1.0, THREE, penalty_factors=factors, prior_mean=prior_mean)
    sums = np.broadcast_to(prior_mean, (3, p)).sum(axis=0)
    np.testing.assert_allclose(fit.coef.sum(axis=0), sums, atol=1e-9)
    assert np.sum(fit.intercept) == pytest.approx(0.0, abs=1e-9)


@each_y
def test_predictions_belong_together(y: Array) -> None:
    fit = elltwo.logistic(Z, y)
    k = outputs_of(y)
    offset = RNG.normal(size=(n, k))
    z = fit.linear_predictor(Z).reshape(n, k) + offset
    both = np.hstack([np.zeros((n, 1)), z]) if k == 1 else z
    assert fit.linear_predictor(Z, offset).ravel() == pytest.approx(z.ravel())
    probability = fit.predict_proba(Z, offset)
    np.testing.assert_allclose(probability, softmax(both, axis=1), rtol=1e-12)
    np.testing.assert_allclose(fit.predict_log_proba(Z, offset), log_softmax(both, axis=1))
    np.testing.assert_allclose(probability.sum(axis=1), 1.0, rtol=1e-15)
    np.testing.assert_array_equal(fit.predict(Z, offset), fit.classes[probability.argmax(axis=1)])


@each_y
def test_probabilities_far_out(y: Array) -> None:
    fit = elltwo.logistic(Z, y)
    far = np.vstack([Z[:3] * 1e5, -Z[:3] * 1e5])
    probability, logarithm = fit.predict_proba(far), fit.predict_log_proba(far)
    np.testing.assert_allclose(probability.sum(axis=1), 1.0, rtol=1e-15)
    assert np.isfinite(logarithm).all()
    assert logarithm.min() < -1e3
    assert (logarithm <= 0.0).all()


def test_a_tie_goes_to_the_first_class() -> None:
    fit = elltwo.logistic(Z, TWO, alpha=np.inf, fit_intercept=False)
    np.testing.assert_array_equal(fit.coef, 0.0)
    assert set(fit.predict(Z)) == {"no"}
    np.testing.assert_array_equal(fit.predict_proba(Z), 0.5)


@each_y
def test_infinite_alpha_leaves_the_shares_of_the_classes(y: Array) -> None:
    fit = elltwo.logistic(X, y, alpha=np.inf, sample_weight=WEIGHT)
    shares = [WEIGHT[y == c].sum() / WEIGHT.sum() for c in np.unique(y)]
    np.testing.assert_array_equal(fit.coef, 0.0)
    np.testing.assert_allclose(fit.predict_proba(X[:1])[0], shares, rtol=1e-9)


@each_y
def test_weights_are_repetitions(y: Array) -> None:
    rows = np.repeat(np.arange(n), WEIGHT.astype(int))
    weighted = elltwo.logistic(Z, y, sample_weight=WEIGHT)
    repeated = elltwo.logistic(Z[rows], y[rows])
    np.testing.assert_allclose(weighted.coef, repeated.coef, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(weighted.intercept, repeated.intercept, rtol=1e-7, atol=1e-9)


def test_offset_takes_the_part_of_a_pinned_feature() -> None:
    fit = elltwo.logistic(Z, TWO, penalty_factors=[1, 1, 1, np.inf], prior_mean=[0, 0, 0, 0.7])
    rest = elltwo.logistic(Z[:, :3], TWO, offset=0.7 * Z[:, 3])
    np.testing.assert_allclose(fit.coef[:3], rest.coef, rtol=1e-8)
    assert fit.coef[3] == 0.7
    shifted = rest.predict_proba(Z[:, :3], offset=0.7 * Z[:, 3])
    np.testing.assert_allclose(fit.predict_proba(Z), shifted, rtol=1e-8)


@each_y
def test_float32(y: Array) -> None:
    small = Z.astype(np.float32)
    fit, wide = elltwo.logistic(small, y), elltwo.logistic(small.astype(np.float64), y)
    assert fit.coef.dtype == fit.predict_proba(small).dtype == np.float32
    assert fit.predict_log_proba(small).dtype == np.float32
    np.testing.assert_allclose(fit.coef, wide.coef, rtol=2e-7, atol=1e-9)
    np.testing.assert_allclose(fit.predict_proba(small).sum(axis=1), 1.0, rtol=1e-6)
    path = elltwo.logistic_path(small, y, alphas=[1.0])
    assert path.coef.dtype == np.float64
    assert path.at(1.0).coef.dtype == np.float32


@pytest.mark.parametrize("order", ["C", "F"])
def test_arguments_are_left_as_they_are(order: Input) -> None:
    data = np.array(X, order=order)
    weight, offset, factors = WEIGHT.copy(), RNG.normal(size=n), FACTORS.copy()
    copies = [a.copy() for a in (data, TWO, weight, offset, factors)]
    options: dict[str, Any] = {"sample_weight": weight, "offset": offset}
    fit = elltwo.logistic(data, TWO, penalty_factors=factors, **options)
    fit.predict_proba(data, offset)
    for before, after in zip(copies, (data, TWO, weight, offset, factors), strict=True):
        np.testing.assert_array_equal(before, after)


def test_data_that_no_array_holds() -> None:
    fit = elltwo.logistic(X.tolist(), TWO.tolist(), alpha=2)
    expected = elltwo.logistic(X, TWO, alpha=2.0)
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-12)


def test_info_is_a_record() -> None:
    fit = elltwo.logistic(X, TWO)
    info = fit.info
    assert isinstance(info, elltwo.LogisticInfo)
    assert info.status == "converged"
    assert info.optimality <= info.tolerance == 1e-10
    assert info.loss <= info.objective
    log_likelihood = np.log(fit.predict_proba(X)[np.arange(n), (TWO == "yes").astype(int)]).sum()
    assert info.loss == pytest.approx(-log_likelihood, rel=1e-12)
    penalty = 0.5 * fit.coef @ fit.coef
    assert info.objective == pytest.approx(info.loss + penalty, rel=1e-12)


def test_threads_do_not_change_the_answer() -> None:
    one, two = (elltwo.logistic(X, THREE, n_threads=k) for k in (1, 2))
    np.testing.assert_array_equal(one.coef, two.coef)


@each_y
@pytest.mark.parametrize("solver", ["newton_cholesky", "quasi_newton", "newton_cg"])
def test_every_solver_has_the_same_answer(y: Array, solver: str) -> None:
    fit, auto = elltwo.logistic(Z, y, solver=solver), elltwo.logistic(Z, y)
    np.testing.assert_allclose(fit.coef, auto.coef, rtol=1e-7, atol=1e-9)


@each_y
def test_pickle_and_repr(y: Array) -> None:
    fit = elltwo.logistic(Z, y)
    again = pickle.loads(pickle.dumps(fit))
    assert again.info == fit.info
    np.testing.assert_array_equal(again.predict(Z), fit.predict(Z))
    assert repr(again) == repr(fit)
    assert repr(fit).startswith("LogisticFit(classes=[")
    assert "status='converged'" in repr(fit)


def test_maximum_likelihood() -> None:
    assert elltwo.logistic(Z, TWO, alpha=0.0).info.status == "converged"
