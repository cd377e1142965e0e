"""Two ways to one answer agree to 1e-9, for random problems with every option (Hypothesis)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import elltwo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

RTOL = 1e-9

pytestmark = pytest.mark.filterwarnings("ignore:alpha = .* lies on")


def examples(count: int) -> settings:
    """Run the same `count` examples every time."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )


@dataclass(frozen=True)
class Problem:
    """A regression with correlated columns, and every option of ridge but alpha."""

    X: Array
    Y: Array
    options: dict[str, Any]

    def fit(self, alpha: float, **more: Any) -> elltwo.RidgeFit:  # noqa: ANN401
        return elltwo.ridge(self.X, self.Y, alpha=alpha, **{**self.options, **more})

    def path(self, alphas: Array | list[float]) -> elltwo.RidgePath:
        return elltwo.ridge_path(self.X, self.Y, alphas, **self.options)

    def with_idle_rows(self) -> Problem:
        """Rows of zero weight, until there are more rows than columns: the same problem."""
        n, p = self.X.shape
        idle = max(0, p + 2 - n)
        weight = self.options["sample_weight"]
        weight = np.ones(n) if weight is None else weight
        return Problem(
            np.vstack([self.X, np.ones((idle, p))]),
            np.vstack([self.Y, np.ones((idle, self.Y.shape[1]))]),
            {**self.options, "sample_weight": np.r_[weight, np.zeros(idle)]},
        )


@st.composite
def problems(
    draw: st.DrawFn,
    samples: tuple[int, int] = (8, 40),
    features: tuple[int, int] = (2, 40),
    free: bool = True,
) -> Problem:
    """Columns with condition numbers up to 1e5, some constant or given twice."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, p = draw(st.integers(*samples)), draw(st.integers(*features))
    small = min(n, p)
    left = np.linalg.qr(rng.standard_normal((n, small)))[0]
    right = np.linalg.qr(rng.standard_normal((p, small)))[0]
    condition = draw(st.sampled_from([1.0, 1e2, 1e5]))
    X = np.sqrt(n) * (left * np.geomspace(1.0, 1.0 / condition, small)) @ right.T
    X += draw(st.sampled_from([0.0, 1.0])) * rng.standard_normal(p)
    if draw(st.booleans()):
        X[:, 0] = 0.7
    if draw(st.booleans()):
        X[:, -1] = X[:, 0]
    factors = None
    if draw(st.booleans()):
        factors = rng.choice([0.25, 1.0, 4.0, np.inf], p)
        factors[p // 2] = 1.0
        if free and draw(st.booleans()):
            factors[rng.integers(p)] = 0.0
    targets = draw(st.integers(1, 3))
    intercept = draw(st.booleans())
    weight = rng.uniform(0.2, 3.0, n)
    weight[0] = 0.0
    return Problem(
        X,
        X @ rng.standard_normal((p, targets)) + rng.standard_normal((n, targets)) + 2.0,
        {
            "penalty_factors": factors,
            "prior_mean": rng.standard_normal((targets, p)) if draw(st.booleans()) else None,
            "sample_weight": weight if draw(st.booleans()) else None,
            "fit_intercept": intercept,
            "penalize_intercept": intercept and draw(st.booleans()),
        },
    )


def assert_agree(a: Any, b: Any) -> None:  # noqa: ANN401
    """Coefficients of each target to RTOL of their largest, intercepts of what they are made of."""
    size = np.abs(b.coef).max(axis=-1)
    assert (np.abs(a.coef - b.coef).max(axis=-1) <= RTOL * size + 1e-13).all()
    whole = size.max() * a.coef.shape[-1] + np.abs(b.intercept).max()
    assert np.abs(a.intercept - b.intercept).max() <= RTOL * whole


ALPHAS = [1e-3, 1.0, 1e3]


@examples(60)
@given(problems(), st.sampled_from(ALPHAS))
def test_primal_and_dual(problem: Problem, alpha: float) -> None:
    """Rows of zero weight make samples exceed features."""
    assert_agree(problem.fit(alpha), problem.with_idle_rows().fit(alpha))


@examples(60)
@given(problems(), st.sampled_from(ALPHAS))
def test_cholesky_and_orthogonal_factors(problem: Problem, alpha: float) -> None:
    cholesky, svd = problem.fit(alpha, solver="cholesky"), problem.fit(alpha, solver="svd")
    assert cholesky.info.solver != svd.info.solver or svd.info.solver == "closed_form"
    assert_agree(cholesky, svd)


@examples(60)
@given(problems(), st.sampled_from(ALPHAS))
def test_bounds_that_nothing_reaches(problem: Problem, alpha: float) -> None:
    bounded = problem.fit(alpha, bounds=(-1e9, 1e9))
    assert bounded.info.solver == "coordinate_descent"
    assert_agree(bounded, problem.fit(alpha))


def assert_same_path(a: elltwo.RidgePath, b: elltwo.RidgePath, problem: Problem) -> None:
    """Coefficients, degrees of freedom and errors at every alpha that `b` has."""
    for k, alpha in enumerate(b.alphas):
        assert_agree(a.at(alpha), b.at(alpha))
        total = b.rss.max() + np.square(problem.Y).sum()
        np.testing.assert_allclose(a.edf[k], b.edf[k], rtol=RTOL)
        np.testing.assert_allclose(a.rss[k], b.rss[k], rtol=RTOL, atol=1e-13 * total)


@examples(60)
@given(problems(free=False))
def test_path_through_tridiagonal_form_and_singular_vectors(problem: Problem) -> None:
    """Beside singular systems a tiny alpha sends all of them through singular values."""
    n, p = problem.X.shape
    weight = problem.options["sample_weight"]
    weight = np.ones(n) if weight is None else weight.copy()
    weight[0] = 0.0
    factors = problem.options["penalty_factors"]
    factors = np.ones(p) if factors is None else factors.copy()
    factors[[0, -1]] = 1.0
    X = problem.X.copy()
    X[:, -1] = X[:, 0]
    options = problem.options | {"sample_weight": weight, "penalty_factors": factors}
    singular = Problem(X, problem.Y, options)
    grid = [3.0, 1e3]
    eigen, svd = singular.path(grid), singular.path([*grid, 1e-9])
    assume(eigen.eigenvalues.size > 0)
    assume(svd.solver == "svd")  # not where the copied column is constant, and out of the problem
    assert eigen.solver in {"eigen", "dual_eigen"}
    assert_same_path(svd, eigen, singular)


@examples(40)
@given(problems())
def test_path_in_primal_and_dual(problem: Problem) -> None:
    padded = problem.with_idle_rows()
    n = len(problem.Y)
    wide, tall = problem.path(ALPHAS), padded.path(ALPHAS)
    assert_same_path(wide, tall, problem)
    for alpha in ALPHAS:
        np.testing.assert_allclose(
            wide.leverages(alpha), tall.leverages(alpha)[:n], rtol=0, atol=RTOL
        )


@examples(40)
@given(problems(samples=(8, 20), features=(21, 60)))
def test_few_and_many_targets_of_wide_data(problem: Problem) -> None:
    """Many fits go through X^T U, and are scored in the directions; few by their dual variables."""
    n, targets = problem.Y.shape
    prior, weight = problem.options["prior_mean"], problem.options["sample_weight"]
    few_options = problem.options | {"sample_weight": None if weight is None else weight + 0.1}
    few = replace(problem, options=few_options)
    repeated = None if prior is None else np.tile(prior, (n, 1))
    many = Problem(problem.X, np.tile(problem.Y, n), few_options | {"prior_mean": repeated})
    wanted, got = few.path([0.5]), many.path([0.5])
    wide, tall = wanted.coef[0], got.coef[0]
    size = np.abs(wide).max()
    np.testing.assert_allclose(tall, np.tile(wide, (n, 1)), rtol=0, atol=RTOL * size)
    intercept = np.tile(wanted.intercept[0], n)
    atol = RTOL * (size * wide.shape[1] + np.abs(intercept).max())
    np.testing.assert_allclose(got.intercept[0], intercept, rtol=0, atol=atol)
    mse = [
        elltwo.ridge_cv(one.X, one.Y, alphas=[0.5], cv=3, per_target=True, **one.options).fold_mse
        for one in (few, many)
    ]
    assert mse[0].shape == (3, 1, targets)
    np.testing.assert_allclose(mse[1], np.tile(mse[0], n), rtol=RTOL)


@examples(40)
@given(problems(features=(2, 20)), st.booleans())
def test_leave_one_out_and_as_many_folds_as_rows(problem: Problem, as_pairs: bool) -> None:
    weight = problem.options["sample_weight"]
    n = len(problem.Y)
    options = {**problem.options, "alphas": ALPHAS}
    if weight is not None:
        options["sample_weight"] = weight + 0.1
    closed = elltwo.ridge_cv(problem.X, problem.Y, cv="loo", per_target=True, **options)
    rows = np.arange(n)
    # One more split, with a training set of its own kind, keeps this from being leave-one-out.
    pairs = [(np.delete(rows, i), rows[i : i + 1]) for i in range(n)]
    if as_pairs:
        pairs.append((np.r_[rows, rows], rows[:1]))
    folds = elltwo.ridge_cv(problem.X, problem.Y, cv=pairs, per_target=True, **options)
    w = np.ones(n) if weight is None else options["sample_weight"]
    mse = np.einsum("i,iat->at", w / w.sum(), folds.fold_mse[:n])
    np.testing.assert_allclose(closed.cv_mse, mse, rtol=RTOL)


@examples(40)
@given(problems(samples=(24, 60), features=(6, 18)), st.integers(-3, 3))
def test_splits_by_gram_matrices_and_paths_of_their_training_rows(
    problem: Problem, more: int
) -> None:
    """Of which some take the dual: as many training rows as features, a few less or more."""
    X, Y, options = problem.X, problem.Y, problem.options
    n, p = X.shape
    w = np.ones(n) if options["sample_weight"] is None else options["sample_weight"] + 0.1
    rows = np.random.default_rng(n).permutation(n)
    pairs = [(rows[: p + more], rows[p + more :]), (rows[: n - 4], rows[n - 4 :])]
    options = options | {"sample_weight": w}
    fit = elltwo.ridge_cv(X, Y, alphas=ALPHAS, cv=pairs, per_target=True, **options)
    for mse, (train, test) in zip(fit.fold_mse, pairs, strict=True):
        path = elltwo.ridge_path(
            X[train], Y[train], ALPHAS, **{**options, "sample_weight": w[train]}
        )
        predicted = np.einsum("ij,atj->ait", X[test], path.coef) + path.intercept[:, np.newaxis]
        wanted = np.average((Y[test] - predicted) ** 2, axis=1, weights=w[test])
        np.testing.assert_allclose(mse, wanted, rtol=RTOL)
