"""`elltwo.logistic_path`: fits at every alpha, the automatic grid, and fits in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

RNG = np.random.default_rng(4)
n, p = 60, 4
Z = RNG.normal(size=(n, p))
TWO = np.where(Z @ [1.0, -1.0, 0.5, 0.0] + RNG.logistic(size=n) > 0.0, "yes", "no")
THREE = np.array([10, 20, 40])[np.argmax(Z[:, :3] + RNG.gumbel(size=(n, 3)), axis=1)]
WEIGHT = RNG.integers(0, 4, n).astype(np.float64)
FACTORS = np.array([0.0, 2.0, 1.0, np.inf])
each_y = pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])


@each_y
def test_path_is_a_fit_at_every_alpha(y: Array) -> None:
    alphas = [0.1, np.inf, 10.0, 0.1, 1.0]
    path = elltwo.logistic_path(Z, y, alphas=alphas)
    assert path.alphas.tolist() == alphas
    assert len(path.info) == 5
    for k, alpha in enumerate(alphas):
        fit = elltwo.logistic(Z, y, alpha=alpha)
        np.testing.assert_allclose(path.coef[k], fit.coef, rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(path.intercept[k], fit.intercept, rtol=1e-7, atol=1e-9)
        assert path.loss[k] == pytest.approx(fit.info.loss, rel=1e-9)
        assert path.objective[k] == pytest.approx(fit.info.objective, rel=1e-12)
    assert (path.optimality <= 1e-10).all()


@each_y
def test_path_at_any_alpha(y: Array) -> None:
    path = elltwo.logistic_path(Z, y, alphas=[10.0, 0.1, 1.0])
    for alpha in (100.0, 1.0, 0.5, 0.01):
        fit, expected = path.at(alpha), elltwo.logistic(Z, y, alpha=alpha)
        assert fit.coef.shape == expected.coef.shape
        np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(fit.predict_proba(Z), expected.predict_proba(Z), atol=1e-8)
    assert path.at(1.0).info == path.info[2]


def test_path_options_reach_the_fit() -> None:
    offset = RNG.normal(size=n)
    options: dict[str, Any] = {
        "penalty_factors": FACTORS,
        "prior_mean": 0.5,
        "sample_weight": WEIGHT,
        "offset": offset,
        "fit_intercept": False,
    }
    path = elltwo.logistic_path(Z, TWO, alphas=[2.0], **options)
    fit = elltwo.logistic(Z, TWO, alpha=2.0, **options)
    np.testing.assert_allclose(path.coef[0], fit.coef, rtol=1e-8)
    assert path.intercept[0] == fit.intercept == 0.0


@each_y
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_automatic_grid_follows_the_units_of_the_features(y: Array, scale: float) -> None:
    path = elltwo.logistic_path(Z * scale, y)
    plain = elltwo.logistic_path(Z, y)
    assert path.alphas.shape == (20,)
    assert (np.diff(path.alphas) < 0.0).all()
    np.testing.assert_allclose(path.alphas, plain.alphas * scale**2, rtol=1e-9)
    np.testing.assert_allclose(path.loss, plain.loss, rtol=1e-7)


@each_y
def test_automatic_grid_reaches_from_no_effect_to_nearly_no_penalty(y: Array) -> None:
    path = elltwo.logistic_path(Z, y)
    null = elltwo.logistic(Z, y, alpha=np.inf).info.loss
    full = elltwo.logistic(Z, y, alpha=0.0).info.loss
    assert path.loss[0] > null - 0.01 * (null - full)
    assert path.loss[-1] < full + 1e-4 * (null - full)


def test_automatic_grid_knows_factors_and_weights() -> None:
    options: dict[str, Any] = {"sample_weight": WEIGHT}
    whole = elltwo.logistic_path(Z, TWO, n_alphas=3, penalty_factors=FACTORS, **options)
    scaled = Z[:, [1, 2]] / np.sqrt(FACTORS[[1, 2]])
    parts = elltwo.logistic_path(scaled, TWO, n_alphas=3, **options)
    np.testing.assert_allclose(whole.alphas, parts.alphas, rtol=1e-12)
    nothing = elltwo.logistic_path(Z, TWO, penalty_factors=np.zeros(p))
    assert nothing.alphas.tolist() == [1.0]
    assert elltwo.logistic_path(np.ones((n, 2)), TWO).alphas.tolist() == [1.0]


def test_path_repr() -> None:
    path = elltwo.logistic_path(Z, THREE, alphas=[1.0, 0.1])
    assert repr(path) == "LogisticPath(2 alphas from 0.1 to 1, 3 classes)"
    assert path.classes.tolist() == [10, 20, 40]
    assert path.coef.shape == (2, 3, p)
    assert path.intercept.shape == (2, 3)


@pytest.mark.parametrize("seed", [2, 3])
def test_wide_data_and_weak_penalties_meet_the_tolerance(seed: int) -> None:
    """Coefficients are residuals over alpha: a weak penalty enlarges what the residuals lack."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(120, 200)) * np.exp(rng.normal(size=200))
    signal = X[:, 0] + rng.normal(size=120)
    labels = np.digitize(signal, np.quantile(signal, [0.3, 0.7]))
    path = elltwo.logistic_path(X, labels, np.geomspace(2e-3, 2e3, 20), tol=1e-8)
    assert (path.optimality <= 1e-8).all()
