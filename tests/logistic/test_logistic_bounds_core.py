"""Logistic regression in a box, as the compiled core gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from scipy.optimize import minimize

from logistic_box import CONVERGED, Problem, check, draw, residuals, solve, with_options

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

SHAPES = pytest.mark.parametrize(
    ("n", "p", "n_classes"), [(90, 8, 2), (90, 8, 4), (20, 50, 2), (20, 50, 3)]
)


@SHAPES
@pytest.mark.parametrize("solver", ["auto", "newton_cg"])
@pytest.mark.parametrize("box", ["both", "lower", "upper"])
def test_gradient_vanishes_but_at_bounds(
    n: int, p: int, n_classes: int, box: str, solver: str
) -> None:
    plain = draw(n, p, n_classes, seed=n + n_classes)
    lower = None if box == "upper" else plain.lower
    upper = None if box == "lower" else plain.upper
    problem = Problem(plain.X, plain.label, n_classes, lower, upper)
    alphas = [100.0, 1.0, 1e-2]
    found = solve(problem, alphas, solver=solver)
    check(problem, found, alphas)
    low, high = problem.sides
    assert ((found.coef == low) | (found.coef == high)).any()


@SHAPES
def test_options(n: int, p: int, n_classes: int) -> None:
    problem = with_options(draw(n, p, n_classes, seed=7), seed=8)
    alphas = [10.0, 0.1]
    found = solve(problem, alphas)
    check(problem, found, alphas)
    assert problem.prior is not None
    np.testing.assert_array_equal(found.coef[..., 0], [problem.prior[:, 0]] * 2)
    assert (found.coef[..., 1] != problem.prior[:, 1]).any()


@pytest.mark.parametrize("n_classes", [2, 3])
def test_infinite_alpha_between_finite_ones(n_classes: int) -> None:
    problem = with_options(draw(60, 5, n_classes, seed=9), seed=10)
    found = solve(problem, [1.0, np.inf, 0.0, 1.0])
    assert problem.prior is not None
    np.testing.assert_array_equal(np.delete(found.coef[1], 1, 1), np.delete(problem.prior, 1, 1))
    np.testing.assert_allclose(found.coef[3], found.coef[0], rtol=0, atol=1e-9)
    assert [info.status for info in found.infos] == ["converged"] * 4


@pytest.mark.parametrize("n_classes", [2, 3])
def test_float32_is_the_same_problem(n_classes: int) -> None:
    plain = draw(80, 6, n_classes, seed=11)
    narrow = plain.X.astype(np.float32)
    box = plain.lower, plain.upper
    found = solve(Problem(narrow, plain.label, n_classes, *box))  # type: ignore[arg-type]
    wanted = solve(Problem(narrow.astype(float), plain.label, n_classes, *box))
    np.testing.assert_allclose(found.coef, wanted.coef, rtol=0, atol=1e-9)


def test_rows_are_a_smaller_problem() -> None:
    plain = draw(80, 6, 3, seed=12)
    rows = np.r_[np.arange(3), np.arange(5, 80, 2)]
    found = solve(plain, rows=rows)
    part = Problem(plain.X[rows], plain.label[rows], 3, plain.lower, plain.upper)
    np.testing.assert_allclose(found.coef, solve(part).coef, rtol=0, atol=1e-9)


@SHAPES
def test_bits_do_not_depend_on_threads(n: int, p: int, n_classes: int) -> None:
    problem = with_options(draw(n, p, n_classes, seed=13), seed=14)
    one = solve(problem, n_threads=1)
    for n_threads in (2, 3):
        many = solve(problem, n_threads=n_threads)
        assert one.coef.tobytes() == many.coef.tobytes()
        assert one.intercept.tobytes() == many.intercept.tobytes()


@pytest.mark.parametrize("n_classes", [2, 3])
def test_against_lbfgsb(n_classes: int) -> None:
    problem = draw(100, 6, n_classes, seed=15)
    found = solve(problem)
    outputs, p = problem.outputs, problem.X.shape[1]

    def objective(theta: Array) -> tuple[float, Array]:
        coef, intercept = theta[: outputs * p].reshape(outputs, p), theta[outputs * p :]
        z = problem.X @ coef.T + intercept
        full = np.column_stack([np.zeros(len(z)), z]) if outputs == 1 else z
        loss = np.logaddexp.reduce(full, axis=1) - full[np.arange(len(z)), problem.label]
        r = residuals(problem, coef, intercept)
        gradient = np.concatenate([(coef - r.T @ problem.X).ravel(), -r.sum(axis=0)])
        return float(loss.sum() + (coef**2).sum() / 2), gradient

    peer = minimize(
        objective,
        np.zeros(outputs * (p + 1)),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-0.1, 0.2)] * (outputs * p) + [(None, None)] * outputs,
        options={"maxiter": 10000, "maxfun": 20000, "ftol": 0.0, "gtol": 1e-10},
    )
    mine, _ = objective(np.concatenate([found.coef[0].ravel(), found.intercept[0]]))
    assert mine <= peer.fun * (1 + 1e-13)
    assert found.infos[0].objective == pytest.approx(mine, rel=1e-13)
    np.testing.assert_allclose(found.coef[0].ravel(), peer.x[: outputs * p], rtol=0, atol=1e-5)


def test_separable_classes_end_at_a_bound_or_are_named() -> None:
    x = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    label = np.array([0, 0, 1, 1], np.int32)
    bounded = Problem(x, label, 2, np.array([0.0]), np.array([5.0]), alpha=0.0)
    found = solve(bounded)
    assert found.infos[0].status == "converged"
    np.testing.assert_array_equal(found.coef, [[[5.0]]])
    endless = Problem(x, label, 2, np.array([0.0]), None, alpha=0.0)
    assert solve(endless).infos[0].status == "separable"
    against = Problem(x, label, 2, None, np.array([0.0]), alpha=0.0)
    np.testing.assert_array_equal(solve(against).coef, [[[0.0]]])


def test_constant_feature_goes_to_the_bound_next_to_its_mean() -> None:
    plain = draw(50, 3, 3, seed=16)
    plain.X[:, 1] = 7.0
    problem = Problem(
        plain.X, plain.label, 3, plain.lower, plain.upper, prior=np.full((3, 3), 0.15) * [1, 4, 1]
    )
    found = solve(problem)
    np.testing.assert_array_equal(found.coef[0][:, 1], 0.2)
    check(problem, found, [1.0])


def test_no_room_at_all() -> None:
    plain = draw(50, 3, 2, seed=17)
    at = np.array([0.1, -0.3, 0.0])
    found = solve(Problem(plain.X, plain.label, 2, at, at))
    np.testing.assert_array_equal(found.coef, [[at]])
    assert found.infos[0].status == "converged"


def test_infinite_bounds_are_none() -> None:
    plain = draw(50, 3, 2, seed=18)
    none = solve(Problem(plain.X, plain.label, 2, None, None))
    infinite = solve(Problem(plain.X, plain.label, 2, np.full(3, -np.inf), np.full(3, np.inf)))
    assert none.coef.tobytes() == infinite.coef.tobytes()


def test_steps_that_run_out_are_not_silent() -> None:
    found = solve(draw(90, 8, 4, seed=19), max_iter=1)
    assert found.infos[0].status == "max_iter_reached"
    assert found.infos[0].optimality > CONVERGED
    assert np.isfinite(found.coef).all()


@pytest.mark.parametrize(
    ("lower", "upper", "prior", "message"),
    [
        ([0.0, 2.0, 0.0], [1.0, 1.0, 1.0], 0.5, "lower <= upper, got 2 and 1 at feature 1"),
        ([0.0, np.nan, 0.0], [1.0, 1.0, 1.0], 0.5, "must not be NaN, got NaN at feature 1"),
        ([0.0], [1.0, 1.0, 1.0], 0.5, "bounds must have 3 values a side, got 1"),
        ([np.inf] * 3, None, 0.5, "must leave finite values between them"),
        ([0.0, 1.0, 0.0], None, 0.5, "around a prior_mean of 0.5 at feature 1"),
    ],
)
@pytest.mark.parametrize("alphas", [[1.0], [1.0, np.inf]])
def test_impossible_bounds(
    lower: list[float],
    upper: list[float] | None,
    prior: float,
    message: str,
    alphas: list[float],
) -> None:
    plain = draw(20, 3, 2, seed=20)
    problem = Problem(
        plain.X,
        plain.label,
        2,
        np.array(lower),
        None if upper is None else np.array(upper),
        factors=np.array([1.0, np.inf, 1.0]),
        prior=np.full((1, 3), prior),
    )
    with pytest.raises(ValueError, match=message):
        solve(problem, alphas)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(4, 30),
    p=st.integers(1, 12),
    n_classes=st.integers(2, 4),
    log_alpha=st.floats(-3, 3),
    width=st.sampled_from([0.0, 1e-12, 1e-3, 0.1, 1.0]),
    correlation=st.sampled_from([0.0, 0.9, 0.99]),
    solver=st.sampled_from(["auto", "newton_cg"]),
)
def test_any_small_problem(
    seed: int,
    n: int,
    p: int,
    n_classes: int,
    log_alpha: float,
    width: float,
    correlation: float,
    solver: str,
) -> None:
    plain = draw(n, p, n_classes, seed, correlation)
    rng = np.random.default_rng(seed)
    lower = rng.normal(size=p) * width
    upper = lower + np.where(rng.random(p) < 0.2, np.inf, width * rng.random(p))
    problem = Problem(plain.X, plain.label, n_classes, lower, upper)
    alpha = 10.0**log_alpha
    check(problem, solve(problem, [alpha], solver=solver), [alpha])
