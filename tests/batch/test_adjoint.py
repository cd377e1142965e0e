"""Derivatives through batches of ridge regressions, against differences and torch-free formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo

if TYPE_CHECKING:
    from numpy.typing import NDArray

RNG = np.random.default_rng(7)
SHAPES = [(25, 64, 5), (60, 12, 3), (7, 7, 1), (3, 1, 1), (1, 4, 2)]  # rows, features, targets


def problem(n: int, p: int, t: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    rng = np.random.default_rng(n + p + t)
    return rng.normal(size=(3, n, p)) + 1.0, rng.normal(size=(3, n, t)), np.array([0.5, 2.0, 30.0])


def formula(
    X: NDArray[Any], y: NDArray[Any], alpha: float, upstream: tuple[NDArray[Any], NDArray[Any]]
) -> tuple[NDArray[Any], NDArray[Any], float]:
    """Gradients of one problem by the primal system and the chain rule through the means."""
    n = len(X)
    centre = np.eye(n) - 1.0 / n
    Xc, Yc = centre @ X, centre @ y
    inverse = np.linalg.inv(Xc.T @ Xc + alpha * np.eye(X.shape[1]))
    B = inverse @ Xc.T @ Yc
    dB, db0 = upstream[0].T, upstream[1]
    V = inverse @ (dB - np.outer(X.mean(axis=0), db0))
    R = Yc - Xc @ B
    dX = centre @ (R @ V.T - Xc @ V @ B.T) - np.outer(np.ones(n), B @ db0) / n
    return dX, centre @ Xc @ V + db0 / n, -float(np.sum(V * B))


@pytest.mark.parametrize(("n", "p", "t"), SHAPES)
def test_gradients_are_those_of_the_formula(n: int, p: int, t: int) -> None:
    X, y, alpha = problem(n, p, t)
    upstream = RNG.normal(size=(3, t, p)), RNG.normal(size=(3, t))
    found = elltwo.ridge_adjoint(
        X, y, alpha=alpha, coef_gradient=upstream[0], intercept_gradient=upstream[1]
    )
    for k in range(3):
        one: tuple[Any, ...] = formula(X[k], y[k], alpha[k], (upstream[0][k], upstream[1][k]))
        for got, wanted in zip((found.X[k], found.y[k], found.alpha[k]), one, strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize(("n", "p", "t"), SHAPES)
def test_gradients_are_limits_of_differences(n: int, p: int, t: int, fit_intercept: bool) -> None:
    X, y, alpha = problem(n, p, t)
    upstream = RNG.normal(size=(3, t, p)), RNG.normal(size=(3, t))
    step = RNG.normal(size=X.shape), RNG.normal(size=y.shape), RNG.normal(size=3)
    found = elltwo.ridge_adjoint(
        X,
        y,
        alpha=alpha,
        coef_gradient=upstream[0],
        intercept_gradient=upstream[1],
        fit_intercept=fit_intercept,
    )

    def value(s: float) -> NDArray[Any]:
        fit = elltwo.ridge_batch(
            X + s * step[0], y + s * step[1], alpha=alpha + s * step[2], fit_intercept=fit_intercept
        )
        of_coef: NDArray[Any] = np.sum(fit.coef * upstream[0], (1, 2))
        total: NDArray[Any] = of_coef + np.sum(fit.intercept * upstream[1], 1)
        return total

    h = 1e-4
    # Richardson's combination of two differences, with an error of h^4.
    slope = (8.0 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12.0 * h)
    along = np.sum(found.X * step[0], (1, 2)) + np.sum(found.y * step[1], (1, 2))
    np.testing.assert_allclose(along + found.alpha * step[2], slope, rtol=1e-7, atol=1e-7)


def test_shared_arguments_get_sums() -> None:
    X, y, _ = problem(9, 4, 2)
    upstream = RNG.normal(size=(3, 2, 4))
    each = elltwo.ridge_adjoint(np.stack([X[0]] * 3), y, alpha=[2.0] * 3, coef_gradient=upstream)
    shared = elltwo.ridge_adjoint(X[0], y, alpha=2.0, coef_gradient=upstream)
    np.testing.assert_allclose(shared.X, each.X.sum(axis=0), rtol=1e-13)
    assert shared.alpha == pytest.approx(each.alpha.sum(), rel=1e-13)


def test_vectors_of_targets_and_float32() -> None:
    X, y, alpha = problem(9, 4, 1)
    wide = elltwo.ridge_adjoint(X, y, alpha=alpha, coef_gradient=np.ones((3, 1, 4)))
    flat = elltwo.ridge_adjoint(X, y[:, :, 0], alpha=alpha, coef_gradient=np.ones((3, 4)))
    np.testing.assert_array_equal(flat.y, wide.y[:, :, 0])
    single = elltwo.ridge_adjoint(
        X.astype(np.float32), y[:, :, 0], alpha=alpha, coef_gradient=np.ones((3, 4))
    )
    assert single.X.dtype == np.float32
    np.testing.assert_allclose(single.X, flat.X, rtol=1e-4, atol=1e-6)


def test_bits_do_not_depend_on_threads_or_strides() -> None:
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(400, 25, 64)), rng.normal(size=(400, 25, 5))
    upstream = rng.normal(size=(400, 5, 64))
    one = elltwo.ridge_adjoint(X, y, alpha=3.0, coef_gradient=upstream, n_threads=1)
    kept = X.copy(), y.copy(), upstream.copy()
    other = np.asfortranarray(X)
    two = elltwo.ridge_adjoint(other, y, alpha=3.0, coef_gradient=upstream, n_threads=2)
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a, b)
    for now, then in zip((X, y, upstream), kept, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"alpha": np.inf}, "alpha must be finite"),
        ({"alpha": -1.0}, "alpha must be in"),
        ({"coef_gradient": np.ones((3, 4))}, r"coef_gradient must have shape \(3, 2, 4\)"),
        (
            {"coef_gradient": np.full((3, 2, 4), np.nan)},
            r"coef_gradient must be finite, got nan at",
        ),
        ({"alpha": np.nan}, r"alpha must be in \[0, inf\], got nan"),
        ({"intercept_gradient": np.ones(3)}, r"intercept_gradient must have shape \(3, 2\)"),
    ],
)
def test_bad_arguments(changed: dict[str, Any], message: str) -> None:
    X, y, _ = problem(9, 4, 2)
    arguments = {"alpha": 1.0, "coef_gradient": np.ones((3, 2, 4)), **changed}
    with pytest.raises(ValueError, match=message):
        elltwo.ridge_adjoint(X, y, **arguments)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_bad_data_name_the_problem(bad: float) -> None:
    X, y, _ = problem(9, 4, 2)
    X[1, 2, 3] = bad
    with pytest.raises(ValueError, match=r"X of problem 1 .*row 2"):
        elltwo.ridge_adjoint(X, y, alpha=1.0, coef_gradient=np.ones((3, 2, 4)))


def test_singular_systems_have_no_derivative() -> None:
    X, y, _ = problem(3, 5, 1)
    with pytest.raises(ValueError, match="alpha of problem 0 is too small for a derivative"):
        elltwo.ridge_adjoint(X, y, alpha=0.0, coef_gradient=np.ones((3, 1, 5)))
