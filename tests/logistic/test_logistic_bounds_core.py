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

KINDS = pytest.mark.parametrize("is_sparse", [False, True], ids=["dense", "sparse"])
SHAPES = pytest.mark.parametrize(
    ("n", "p", "n_classes"), [(90, 8, 2), (90, 8, 4), (20, 50, 2), (20, 50, 3)]
)


@KINDS
@SHAPES
@pytest.mark.parametrize("solver", ["auto", "newton_cg"])
@pytest.mark.parametrize("box", ["both", "lower", "upper"])
def test_gradient_vanishes_but_at_bounds(
    n: int, p: int, n_classes: int, box: str, solver: str, is_sparse: bool
) -> None:
    plain = draw(n, p, n_classes, seed=n + n_classes)
    lower = None if box == "upper" else plain.lower
    upper = None if box == "lower" else plain.upper
    problem = Problem(plain.X, plain.label, n_classes, lower, upper)
    alphas = [100.0, 1.0, 1e-2]
    found = solve(problem, alphas, solver=solver, is_sparse=is_sparse)
    check(problem, found, alphas)
    low, high = problem.sides
    assert ((found.coef == low) | (found.coef == high)).any()


@KINDS
@SHAPES
def test_options(n: int, p: int, n_classes: int, is_sparse: bool) -> None:
    problem = with_options(draw(n, p, n_classes, seed=7), seed=8)
    alphas = [10.0, 0.1]
    found = solve(problem, alphas, is_sparse=is_sparse)
    check(problem, found, alphas)
    assert problem.prior is not None
    np.testing.assert_array_equal(found.coef[..., 0], [problem.prior[:, 0]] * 2)
    assert (found.coef[..., 1] != problem.prior[:, 1]).any()


@KINDS
@pytest.mark.parametrize("n_classes", [2, 3])
def test_infinite_alpha_between_finite_ones(n_classes: int, is_sparse: bool) -> None:
    problem = with_options(draw(60, 5, n_classes, seed=9), seed=10)
    found = solve(problem, [1.0, np.inf, 0.0, 1.0], is_sparse=is_sparse)
    assert problem.prior is not None
    np.testing.assert_array_equal(np.delete(found.coef[1], 1, 1), np.delete(problem.prior, 1, 1))
    np.testing.assert_allclose(found.coef[3], found.coef[0], rtol=0, atol=1e-9)
    assert [info.status for info in found.infos] == ["converged"] * 4


@KINDS
@pytest.mark.parametrize("n_classes", [2, 3])
def test_float32_is_the_same_problem(n_classes: int, is_sparse: bool) -> None:
    plain = draw(80, 6, n_classes, seed=11)
    narrow = plain.X.astype(np.float32)
    box = plain.lower, plain.upper
    found = solve(Problem(narrow, plain.label, n_classes, *box), is_sparse=is_sparse)  # type: ignore[arg-type]
    wanted = solve(Problem(narrow.astype(float), plain.label, n_classes, *box), is_sparse=is_sparse)
    np.testing.assert_allclose(found.coef, wanted.coef, rtol=0, atol=1e-9)


@KINDS
def test_rows_are_a_smaller_problem(is_sparse: bool) -> None:
    plain = draw(80, 6, 3, seed=12)
    rows = np.r_[np.arange(3), np.arange(5, 80, 2)]
    found = solve(plain, rows=rows, is_sparse=is_sparse)
    part = Problem(plain.X[rows], plain.label[rows], 3, plain.lower, plain.upper)
    np.testing.assert_allclose(found.coef, solve(part, is_sparse=is_sparse).coef, rtol=0, atol=1e-9)


@KINDS
@SHAPES
def test_bits_do_not_depend_on_threads(n: int, p: int, n_classes: int, is_sparse: bool) -> None:
    problem = with_options(draw(n, p, n_classes, seed=13), seed=14)
    one = solve(problem, n_threads=1, is_sparse=is_sparse)
    for n_threads in (2, 3):
        many = solve(problem, n_threads=n_threads, is_sparse=is_sparse)
        assert one.coef.tobytes() == many.coef.tobytes()
        assert one.intercept.tobytes() == many.intercept.tobytes()


@KINDS
@pytest.mark.parametrize("n_classes", [2, 3])
def test_against_lbfgsb(n_classes: int, is_sparse: bool) -> None:
    problem = draw(100, 6, n_classes, seed=15)
    found = solve(problem, is_sparse=is_sparse)
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


@KINDS
def test_separable_classes_end_at_a_bound_or_are_named(is_sparse: bool) -> None:
    x = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    label = np.array([0, 0, 1, 1], np.int32)
    bounded = Problem(x, label, 2, np.array([0.0]), np.array([5.0]), alpha=0.0)
    found = solve(bounded, is_sparse=is_sparse)
    assert found.infos[0].status == "converged"
    np.testing.assert_array_equal(found.coef, [[[5.0]]])
    endless = Problem(x, label, 2, np.array([0.0]), None, alpha=0.0)
    assert solve(endless, is_sparse=is_sparse).infos[0].status == "separable"
    against = Problem(x, label, 2, None, np.array([0.0]), alpha=0.0)
    np.testing.assert_array_equal(solve(against, is_sparse=is_sparse).coef, [[[0.0]]])


@KINDS
def test_constant_feature_goes_to_the_bound_next_to_its_mean(is_sparse: bool) -> None:
    plain = draw(50, 3, 3, seed=16)
    plain.X[:, 1] = 7.0
    problem = Problem(
        plain.X, plain.label, 3, plain.lower, plain.upper, prior=np.full((3, 3), 0.15) * [1, 4, 1]
    )
    found = solve(problem, is_sparse=is_sparse)
    np.testing.assert_array_equal(found.coef[0][:, 1], 0.2)
    check(problem, found, [1.0])


@KINDS
def test_no_room_at_all(is_sparse: bool) -> None:
    plain = draw(50, 3, 2, seed=17)
    at = np.array([0.1, -0.3, 0.0])
    found = solve(Problem(plain.X, plain.label, 2, at, at), is_sparse=is_sparse)
    np.testing.assert_array_equal(found.coef, [[at]])
    assert found.infos[0].status == "converged"


@KINDS
def test_infinite_bounds_are_none(is_sparse: bool) -> None:
    plain = draw(50, 3, 2, seed=18)
    none = solve(Problem(plain.X, plain.label, 2, None, None), is_sparse=is_sparse)
    infinite = solve(
        Problem(plain.X, plain.label, 2, np.full(3, -np.inf), np.full(3, np.inf)),
        is_sparse=is_sparse,
    )
    assert none.coef.tobytes() == infinite.coef.tobytes()


@KINDS
def test_steps_that_run_out_are_not_silent(is_sparse: bool) -> None:
    found = solve(draw(90, 8, 4, seed=19), max_iter=1, is_sparse=is_sparse)
    assert found.infos[0].status == "max_iter_reached"
    assert found.infos[0].optimality > CONVERGED
    assert np.isfinite(found.coef).all()


@KINDS
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
    is_sparse: bool,
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
        solve(problem, alphas, is_sparse=is_sparse)


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
    is_sparse=st.booleans(),
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
    is_sparse: bool,
) -> None:
    plain = draw(n, p, n_classes, seed, correlation)
    rng = np.random.default_rng(seed)
    lower = rng.normal(size=p) * width
    upper = lower + np.where(rng.random(p) < 0.2, np.inf, width * rng.random(p))
    problem = Problem(plain.X, plain.label, n_classes, lower, upper)
    alpha = 10.0**log_alpha
    found = solve(problem, [alpha], solver=solver, is_sparse=is_sparse)
    check(problem, found, [alpha])
