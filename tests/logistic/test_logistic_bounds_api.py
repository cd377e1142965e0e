"""Bounds of coefficients in logistic regression, from Python: optimality by the book, options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.special import expit, softmax

import elltwo
from elltwo.linear_model import LogisticRegression

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

RNG = np.random.default_rng(14)
n, p = 90, 5
X = RNG.normal(size=(n, p)) + 1.0
TWO = X @ [1.0, -1.0, 0.5, 0.0, 0.2] + RNG.logistic(size=n) > 0.5
THREE = np.argmax(X[:, :3] + RNG.gumbel(size=(n, 3)), axis=1)
LOWER = np.array([0.0, -0.3, -np.inf, 0.0, 0.1])
UPPER = np.array([5.0, np.inf, 0.2, 0.0, 0.1])
each_y = pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])


def slopes(coef: Array, intercept: Array, y: Array, alpha: float) -> Array:
    """Gradient of the objective in every coefficient."""
    z = X @ np.atleast_2d(coef).T + intercept
    if z.shape[1] == 1:
        residual = y[:, np.newaxis] - expit(z)
    else:
        residual = (y[:, np.newaxis] == np.arange(3)) - softmax(z, axis=1)
    result: Array = alpha * np.atleast_2d(coef) - residual.T @ X
    return result


@each_y
@pytest.mark.parametrize("alpha", [0.1, 5.0])
def test_slopes_point_out_of_the_box(y: Array, alpha: float) -> None:
    fit = elltwo.logistic(X, y, alpha=alpha, bounds=(LOWER, UPPER))
    coef = np.atleast_2d(fit.coef)
    assert fit.info.status == "converged"
    assert ((coef >= LOWER) & (coef <= UPPER)).all()
    slope = slopes(coef, np.asarray(fit.intercept), y, alpha)
    at_lower, at_upper = coef == LOWER, coef == UPPER
    assert (at_lower | at_upper).any()
    assert (~(at_lower | at_upper)).any()
    np.testing.assert_allclose(slope[~(at_lower | at_upper)], 0.0, atol=1e-6)
    assert (slope[at_lower & ~at_upper] > -1e-6).all()
    assert (slope[at_upper & ~at_lower] < 1e-6).all()


@each_y
def test_wide_bounds_change_nothing(y: Array) -> None:
    free, held = elltwo.logistic(X, y), elltwo.logistic(X, y, bounds=(-1e6, 1e6))
    np.testing.assert_allclose(held.coef, free.coef, rtol=1e-6, atol=1e-8)


@each_y
def test_path_and_estimator(y: Array) -> None:
    path = elltwo.logistic_path(X, y, alphas=[0.1, 5.0], bounds=(0.0, None))
    model = LogisticRegression(C=0.2, bounds=(0.0, None)).fit(X, y)
    fit = elltwo.logistic(X, y, alpha=5.0, bounds=(0.0, None))
    np.testing.assert_allclose(path.coef[1], fit.coef, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(path.at(5.0).coef, fit.coef, rtol=1e-6, atol=1e-8)
    np.testing.assert_array_equal(model.coef_, np.atleast_2d(fit.coef))
    assert (path.coef >= 0.0).all()
    assert path.at(0.1).coef.shape == fit.coef.shape


@pytest.mark.parametrize(
    ("bounds", "message"),
    [((1.0, 0.0), "bounds"), ((np.nan, 0.0), "bounds"), ((0.5, None), "bounds|prior")],
    ids=str,
)
def test_bounds_that_are_refused(bounds: Any, message: str) -> None:  # noqa: ANN401
    alpha = np.inf if bounds[0] == 0.5 else 1.0
    with pytest.raises(ValueError, match=message):
        elltwo.logistic(X, TWO, alpha=alpha, bounds=bounds)
