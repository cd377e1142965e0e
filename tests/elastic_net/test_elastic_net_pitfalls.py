"""What users of other implementations of the elastic net have reported, one test each."""

from __future__ import annotations

import tracemalloc
import warnings
from typing import Any

import numpy as np
import pytest
from scipy import sparse

import elltwo
from elastic_net_problems import linear
from elastic_net_reference import Array, Problem, alpha_max, certificate, certificates, rounding
from elltwo.exceptions import ConvergenceWarning


def make_data(n: int = 40, p: int = 8, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p)) + 1.0
    return X, linear(X, rng, 3, 0.5) + 2.0


def fit_of(problem: Problem) -> elltwo.ElasticNetFit:
    fit = elltwo.elastic_net(problem.X, problem.y, **problem.options)
    assert certificate(problem, fit.coef, fit.intercept).gap <= 1e-12
    return fit


@pytest.mark.parametrize("form", [np.asarray, sparse.csc_array])
def test_constant_column_held_positive(form: Any) -> None:  # noqa: ANN401
    X, y = make_data()
    X[:, 2], X[:, 4] = 0.0, 7.0
    for bounds in (None, (0, None)):
        fit = elltwo.elastic_net(form(X), y, alpha=0.5, l1_ratio=1.0, bounds=bounds)
        assert fit.coef[2] == fit.coef[4] == 0.0
        path = elltwo.elastic_net_path(form(X), y, l1_ratio=1.0, bounds=bounds)
        assert not path.coef[:, [2, 4]].any()


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_array, sparse.csc_array])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("lower", [None, 0.0])
@pytest.mark.parametrize("unpenalised", [False, True])
def test_alpha_max_of_every_option(
    form: Any,  # noqa: ANN401
    fit_intercept: bool,
    weighted: bool,
    lower: float | None,
    unpenalised: bool,
) -> None:
    """The first alpha of the grid makes all zero, and a little less does not."""
    X, y = make_data(seed=3)
    X *= np.abs(X) > 0.5
    factors = np.linspace(0.5, 2.0, 8)
    factors[1] = 0.0 if unpenalised else 1.0
    problem = Problem(
        X,
        y,
        1.0,
        0.8,
        penalty_factors=factors,
        lower=None if lower is None else np.where(factors > 0, lower, -np.inf),
        sample_weight=np.linspace(0.0, 2.0, 40) if weighted else None,
        fit_intercept=fit_intercept,
    )
    path = elltwo.elastic_net_path(form(X), y, **problem.path_options)
    limit = alpha_max(problem)
    assert float(path.alpha_max) == pytest.approx(limit, rel=1e-11)
    penalised = factors > 0
    assert not path.coef[0, penalised].any()
    assert path.coef[0, ~penalised].all()
    below = elltwo.elastic_net(X, y, **problem.at(limit * (1 - 1e-6)).options)
    assert np.count_nonzero(below.coef[penalised]) == 1


def test_copies_of_opposite_sign() -> None:
    X, y = make_data()
    twice = np.hstack([X, -X])
    for ratio in (1.0, 0.5):
        problem = Problem(twice, y, 1.0, ratio)
        path = elltwo.elastic_net_path(twice, y, l1_ratio=ratio)
        found = certificates(problem, path.alphas, path.coef, path.intercept)
        assert max(point.gap for point in found) <= 1e-12
        if ratio == 1.0:
            assert not path.coef[:, 8:].any()


def test_ties_are_broken_alike_in_every_run() -> None:
    X, y = make_data()
    X = np.round(np.hstack([X, X[:, ::-1], X]), 1)
    first = elltwo.elastic_net_path(X, y, l1_ratio=1.0)
    for _ in range(3):
        again = elltwo.elastic_net_path(X, y, l1_ratio=1.0)
        assert np.array_equal(again.coef, first.coef)


@pytest.mark.parametrize("ratio", [1.0, 0.5])
def test_rows_of_weight_zero_are_left_out(ratio: float) -> None:
    X, y = make_data()
    weight = np.r_[np.zeros(10), np.ones(30)]
    y = np.where(weight > 0, y, 1e6)
    X[0, 2] = 1e8
    fit = elltwo.elastic_net(X, y, alpha=2.0, l1_ratio=ratio, sample_weight=weight)
    part = elltwo.elastic_net(X[10:], y[10:], alpha=2.0, l1_ratio=ratio)
    np.testing.assert_allclose(fit.coef, part.coef, rtol=0, atol=1e-13)
    only = np.zeros(40)
    only[7] = 1.0
    alone = elltwo.elastic_net(X, y, alpha=2.0, l1_ratio=ratio, sample_weight=only)
    assert not alone.coef.any()
    assert alone.intercept == y[7]


def test_sparse_data_with_weights_converge_at_the_default_tolerance() -> None:
    X, y = make_data(60, 30)
    X *= np.random.default_rng(1).random(X.shape) < 0.2
    weight = np.linspace(0.1, 3.0, 60)
    problem = Problem(X, y, 0.1, 1.0, sample_weight=weight)
    fit = elltwo.elastic_net(sparse.csc_array(X), y, **problem.options)
    assert certificate(problem, fit.coef, fit.intercept).gap <= 1e-12


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.bool_, np.float16])
def test_integers_and_short_floats(dtype: type) -> None:
    X, y = make_data()
    X = X.round() > 0 if dtype is np.bool_ else X.round()
    fit = elltwo.elastic_net(X.astype(dtype), y, alpha=1.0)
    doubles = elltwo.elastic_net(X.astype(float), y, alpha=1.0)
    assert fit.coef.dtype == np.float64
    assert np.array_equal(fit.coef, doubles.coef)
    whole = elltwo.elastic_net(X.astype(float), np.round(y).astype(int), alpha=1.0)
    assert np.array_equal(whole.coef, elltwo.elastic_net(X * 1.0, np.round(y), alpha=1.0).coef)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("ratio", [1.0, 0.5, 0.0])
def test_one_row(ratio: float, fit_intercept: bool) -> None:
    X, y = np.array([[1.0, -2.0, 0.5]]), np.array([3.0])
    problem = Problem(X, y, 0.5, ratio, fit_intercept=fit_intercept)
    fit = fit_of(problem)
    if fit_intercept:
        assert not fit.coef.any()
        assert fit.intercept == 3.0
        if ratio:
            path = elltwo.elastic_net_path(X, y, l1_ratio=ratio)
            assert not path.coef.any()


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("n", [2, 50])
def test_one_column(n: int, fit_intercept: bool) -> None:
    """soft(x'y, alpha l1_ratio) / (x'x + alpha (1 - l1_ratio))."""
    X, y = make_data(n, 8)
    x = X[:, :1]
    xc = x[:, 0] - x.mean() * fit_intercept
    yc = y - y.mean() * fit_intercept
    for alpha in (0.01, 1.0, 1e3):
        fit = elltwo.elastic_net(x, y, alpha=alpha, l1_ratio=0.6, fit_intercept=fit_intercept)
        product = xc @ yc
        shrunk = np.sign(product) * max(abs(product) - 0.6 * alpha, 0.0)
        assert fit.coef[0] == pytest.approx(shrunk / (xc @ xc + 0.4 * alpha), rel=1e-12)


@pytest.mark.parametrize("form", [np.asarray, sparse.csc_array])
@pytest.mark.parametrize("level", [0.0, 3.0, 1 / 3])
@pytest.mark.parametrize("n", [40, 5])
def test_constant_targets(level: float, n: int, form: Any) -> None:  # noqa: ANN401
    """The tolerance must not be relative to nothing; there is a path, of zeros."""
    X, _ = make_data()
    X = X[:n]
    y = np.full(n, level)
    fit = elltwo.elastic_net(form(X), y, alpha=1.0, l1_ratio=1.0)
    assert np.array_equal(fit.coef, np.zeros(8))
    assert fit.intercept == pytest.approx(level, rel=1e-15)
    assert fit.info.status == "converged"
    path = elltwo.elastic_net_path(form(X), y, l1_ratio=0.5, n_alphas=5)
    assert not path.coef.any()
    assert np.isfinite(path.alphas).all()
    assert path.converged.all()


def test_tolerance_zero_ends() -> None:
    X, y = make_data(60, 20)
    for tol in (0.0, 1e-300):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            fit = elltwo.elastic_net(X, y, alpha=0.5, l1_ratio=1.0, tol=tol)
            path = elltwo.elastic_net_path(X, y, l1_ratio=0.5, tol=tol)
        assert fit.info.gap <= 1e-13
        assert path.gaps.max() <= 1e-13


@pytest.mark.parametrize("shape", [(60, 20), (20, 60)])
@pytest.mark.parametrize("ratio", [1.0, 0.5])
@pytest.mark.parametrize("share", [1e-6, 1e-9, 1e-12])
def test_tiny_alphas_are_right_or_said_not_to_be(
    share: float, ratio: float, shape: tuple[int, int]
) -> None:
    """With more columns than rows the objective falls to zero with alpha, and the gap is of it."""
    X, y = make_data(*shape)
    problem = Problem(X, y, 1.0, ratio)
    problem = problem.at(share * alpha_max(problem))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit = elltwo.elastic_net(X, y, **problem.options)
    found = certificate(problem, fit.coef, fit.intercept)
    free = elltwo.ridge(X, y, alpha=0.0)
    least = 0.5 * float(np.sum((y - free.predict(X)) ** 2))  # no minimum is below it
    gap = min(found.gap, (found.objective - least) / found.objective)
    assert gap <= max(1e-10, 1e3 * fit.info.gap)
    assert (fit.info.status == "converged") == (not caught)
    if share > 1e-7:
        assert gap <= 1e-9


def test_alpha_so_small_that_it_vanishes() -> None:
    X, y = make_data()
    for alpha in (1e-200, 1e-300, 5e-324):
        fit = elltwo.elastic_net(X, y, alpha=alpha, l1_ratio=0.5)
        least = elltwo.ridge(X, y, alpha=0.0)
        np.testing.assert_allclose(fit.coef, least.coef, rtol=0, atol=1e-12)


def test_a_coefficient_is_not_lost_beside_a_large_target() -> None:
    """What is small beside y'y is not zero."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((100, 2))
    X[:, 1] *= 1e-6
    y = 1e3 * X[:, 0] + 0.55 * X[:, 1]
    fit = elltwo.elastic_net(X, y, alpha=1e-15, l1_ratio=1.0)
    assert fit.coef[1] == pytest.approx(0.55, rel=1e-3)


def test_limit_of_rounds_gives_the_best_so_far_and_says_so() -> None:
    rng = np.random.default_rng(0)
    ended_early = 0
    for repeat in range(6):
        X = rng.standard_normal((80, 60)) + rng.standard_normal((80, 1))
        y = X[:, :9].sum(axis=1) + rng.standard_normal(80)
        problem = Problem(X, y, 10.0**-repeat, 1.0)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fit = elltwo.elastic_net(X, y, max_iter=1, **problem.options)
        found = certificate(problem, fit.coef, fit.intercept)
        assert fit.coef.any()
        floor = rounding(fit, problem.alpha, fit.info.objective)
        assert found.gap <= fit.info.gap * (1 + 1e-6) + floor
        assert (fit.info.status == "converged") == (not caught)
        if caught:
            ended_early += 1
            assert fit.info.status == "max_iter_reached"
            assert issubclass(caught[0].category, ConvergenceWarning)
            assert "gap" in str(caught[0].message)
    assert ended_early > 0


def test_the_intercept_is_not_penalised() -> None:
    X, y = make_data()
    for ratio in (1.0, 0.5):
        fit = elltwo.elastic_net(X, y, alpha=3.0, l1_ratio=ratio)
        far = elltwo.elastic_net(X, y + 1e6, alpha=3.0, l1_ratio=ratio)
        np.testing.assert_allclose(far.coef, fit.coef, rtol=0, atol=1e-8)
        assert far.intercept - fit.intercept == pytest.approx(1e6, rel=1e-12)
        path = elltwo.elastic_net_path(X, y, alphas=[3.0, 30.0], l1_ratio=ratio)
        assert path.intercept[0] == pytest.approx(fit.intercept, rel=1e-13)


def test_unpenalised_columns_are_in_the_null_model() -> None:
    X, y = make_data(seed=1)
    factors = np.ones(8)
    factors[:2] = 0.0
    path = elltwo.elastic_net_path(X, y, l1_ratio=1.0, penalty_factors=factors)
    null = elltwo.ridge(X[:, :2], y, alpha=0.0)
    np.testing.assert_allclose(path.coef[0, :2], null.coef, rtol=1e-12)
    assert not path.coef[0, 2:].any()


def test_all_columns_unpenalised_is_least_squares() -> None:
    X, y = make_data()
    for ratio in (1.0, 0.3):
        fit = elltwo.elastic_net(X, y, alpha=5.0, l1_ratio=ratio, penalty_factors=np.zeros(8))
        np.testing.assert_allclose(fit.coef, elltwo.ridge(X, y, alpha=0.0).coef, rtol=1e-12)


def test_factors_are_taken_as_they_are() -> None:
    """They are not rescaled to a sum of p."""
    X, y = make_data()
    fit = elltwo.elastic_net(X, y, alpha=1.0, l1_ratio=1.0, penalty_factors=np.full(8, 3.0))
    same = elltwo.elastic_net(X, y, alpha=3.0, l1_ratio=1.0)
    np.testing.assert_allclose(fit.coef, same.coef, rtol=1e-13)


def test_paths_do_not_stop_where_the_fit_is_good() -> None:
    """A path over data without noise has all its points."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((30, 50))
    y = X[:, :3] @ [3.0, -2.0, 1.0]
    path = elltwo.elastic_net_path(X, y, l1_ratio=1.0, alpha_min_ratio=1e-5)
    assert len(path.alphas) == 100
    problem = Problem(X, y, 1.0, 1.0)
    found = certificates(problem, path.alphas, path.coef, path.intercept)
    assert max(point.gap for point in found) <= 1e-9


def test_folds_share_one_grid() -> None:
    X, y = make_data(60, 8)
    fit = elltwo.elastic_net_cv(X, y, 1.0, cv=5, n_alphas=20)
    assert fit.cv_mse.shape == (20,)
    path = elltwo.elastic_net_path(X, y, l1_ratio=1.0, n_alphas=20)
    np.testing.assert_allclose(fit.alphas, path.alphas, rtol=1e-12)


def test_given_alphas_are_those_that_are_fitted() -> None:
    X, y = make_data()
    path = elltwo.elastic_net_path(X, y, alphas=[2.0], l1_ratio=1.0)
    assert path.alphas.tolist() == [2.0]
    above = elltwo.elastic_net_path(X, y, alphas=[1e9, 1.0, 1e8], l1_ratio=1.0)
    assert np.array_equal(above.n_active > 0, [False, True, False])


def test_squares_beyond_the_range_of_doubles() -> None:
    X, y = make_data()
    fit = elltwo.elastic_net(X, y, alpha=2.0, l1_ratio=1.0)
    big = 2.0**520  # about 1e156
    scaled = elltwo.elastic_net(X * big, y * big, alpha=np.inf, l1_ratio=1.0)
    assert not scaled.coef.any()
    wide = elltwo.elastic_net(X * big, y, alpha=2.0 * big, l1_ratio=1.0)
    np.testing.assert_allclose(wide.coef * big, fit.coef, rtol=1e-12)


def test_neither_a_gram_matrix_nor_a_dense_copy_of_many_sparse_columns() -> None:
    """A million columns with 300 000 values: megabytes, not terabytes."""
    rng = np.random.default_rng(0)
    n, p, k = 100, 1_000_000, 300_000
    places = rng.integers(0, p, k, dtype=np.int32)
    rows = rng.integers(0, n, k, dtype=np.int32)
    X = sparse.csc_array(sparse.coo_array((rng.standard_normal(k), (rows, places)), shape=(n, p)))
    y = rng.standard_normal(n)
    limit = np.abs(X.T @ (y - y.mean())).max()
    tracemalloc.start()
    fit = elltwo.elastic_net(X, y, alpha=0.6 * float(limit), l1_ratio=1.0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert fit.info.status == "converged"
    assert 0 < fit.info.n_active < 100
    assert peak < 200e6


def test_correlated_columns_share_their_effect() -> None:
    """The grouping effect (Zou and Hastie 2005, theorem 1), for centred columns of norm 1.

    |b_i - b_j| <= |y| sqrt(2 (1 - rho_ij)) / (alpha (1 - l1_ratio)), of coefficients of one sign.
    """
    rng = np.random.default_rng(0)
    X = rng.standard_normal((50, 6))
    X[:, 1] = X[:, 0] + 0.1 * rng.standard_normal(50)
    X -= X.mean(axis=0)
    X /= np.linalg.norm(X, axis=0)
    y = 3 * X[:, 0] + X[:, 3] + 0.1 * rng.standard_normal(50)
    y -= y.mean()
    alpha, ratio = 0.5, 0.3
    fit = elltwo.elastic_net(X, y, alpha=alpha, l1_ratio=ratio)
    assert fit.coef[0] * fit.coef[1] > 0
    rho = X[:, 0] @ X[:, 1]
    bound = np.linalg.norm(y) * np.sqrt(2 * (1 - rho)) / (alpha * (1 - ratio))
    assert abs(fit.coef[0] - fit.coef[1]) <= bound
