"""Alphas chosen for every problem of a batch are those that `ridge_cv` chooses for it alone."""

from __future__ import annotations

import pickle
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import elltwo

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

GRID = np.geomspace(1e-3, 1e4, 23)
RULES: list[dict[str, Any]] = [
    {"cv": "gcv"},
    {"cv": "loo"},
    {"cv": "loo", "select": "1se"},
    {"cv": 5},
    {"cv": 3, "select": "1se"},
]


@pytest.fixture(autouse=True)
def _edges_are_fine() -> Iterator[None]:
    """Let choices lie on edges of the grid: they are to be the same ones."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="alpha", category=UserWarning)
        yield


def batch(
    n_problems: int, n: int, p: int, t: int | None = None, *, seed: int = 0, noise: float = 1.0
) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_problems, n, p)) * rng.choice([0.1, 1.0, 30.0], (n_problems, 1, p))
    X += rng.normal(size=(n_problems, 1, p)) * 10.0
    B = rng.normal(size=(n_problems, p, t or 1)) * rng.choice([0.0, 0.1, 1.0], (n_problems, 1, 1))
    Y = X @ B + noise * rng.normal(size=(n_problems, n, t or 1))
    return X, Y if t else Y[:, :, 0]


def assert_same(
    fit: elltwo.BatchCVFit,
    alone: elltwo.RidgeCVFit,
    k: int,
    rtol: float = 1e-9,
) -> None:
    """Hold problem k against `ridge_cv`, whose grid has 0 and infinity only where it tried them."""
    own = fit.alphas.ndim == 2
    order = np.argsort(alone.alphas) if own else slice(None)
    grid = fit.alphas[k] if own else fit.alphas
    tried = np.isin(grid, alone.alphas) | ((grid > 0.0) & np.isfinite(grid))
    np.testing.assert_allclose(grid[tried], alone.alphas[order], rtol=rtol)
    np.testing.assert_allclose(fit.scores[k, tried], alone.cv_mse[order], rtol=rtol, atol=1e-300)
    assert np.isinf(fit.scores[k, ~tried]).all()
    np.testing.assert_allclose(fit.alpha[k], alone.alpha, rtol=rtol)
    np.testing.assert_allclose(fit.best_score[k], alone.cv_mse[alone.alphas == alone.alpha].min())
    size = np.abs(alone.coef).max(initial=1e-300)
    np.testing.assert_allclose(fit.coef[k], alone.coef, rtol=rtol, atol=rtol * size)
    np.testing.assert_allclose(fit.intercept[k], alone.intercept, rtol=rtol, atol=1e-8)
    try:
        errors = alone.cv_se
    except AttributeError:
        with pytest.raises(AttributeError, match="has no score_errors"):
            fit.score_errors  # noqa: B018
    else:
        np.testing.assert_allclose(fit.score_errors[k, tried], errors[order], rtol=rtol, atol=1e-12)


@pytest.mark.parametrize("alphas", [GRID, GRID[::-3], None], ids=["grid", "descending", "own"])
@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("shape", [(40, 5), (65, 32), (12, 30), (90, 40), (30, 3, 2)], ids=str)
def test_choices_are_those_of_ridge_cv(
    shape: tuple[int, ...], rule: dict[str, Any], alphas: Array | None
) -> None:
    X, y = batch(3, *shape, seed=len(rule))
    fit = elltwo.ridge_batch_cv(X, y, alphas=alphas, **rule)
    assert fit.scores.shape == (3, 102 if alphas is None else alphas.size)
    for k in range(3):
        assert_same(fit, elltwo.ridge_cv(X[k], y[k], alphas=alphas, **rule), k)


OPTIONS: dict[str, dict[str, Any]] = {
    "no intercept": {"fit_intercept": False},
    "penalised intercept": {"penalize_intercept": True},
    "factors": {"penalty_factors": [1.0, 0.0, 3.0, np.inf]},
    "prior": {"prior_mean": 0.3},
    "priors": {"prior_mean": [0.3, -1.0, 0.0, 2.0]},
}


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("option", OPTIONS)
def test_options_reach_the_choice(option: str, rule: dict[str, Any]) -> None:
    X, y = batch(2, 25, 4, seed=7)
    kwargs = {**OPTIONS[option], **rule}
    fit = elltwo.ridge_batch_cv(X, y, alphas=GRID, **kwargs)
    for k in range(2):
        assert_same(fit, elltwo.ridge_cv(X[k], y[k], alphas=GRID, **kwargs), k)


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("least", [0.0, 0.5])
def test_weights_count_in_fits_and_scores(rule: dict[str, Any], shared: bool, least: float) -> None:
    X, y = batch(2, 75, 4, seed=8)
    w = least + np.random.default_rng(0).integers(0, 4, (2, 75)).astype(float)
    w[:, ::5] = 1.5
    fit = elltwo.ridge_batch_cv(X, y, sample_weight=w[0] if shared else w, **rule)
    for k in range(2):
        weight = w[0 if shared else k]
        assert_same(fit, elltwo.ridge_cv(X[k], y[k], sample_weight=weight, **rule), k)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_shared_matrix_serves_all_problems(rule: dict[str, Any]) -> None:
    X, y = batch(4, 30, 6, seed=9)
    fit = elltwo.ridge_batch_cv(X[0], y, **rule)
    for k in range(4):
        assert_same(fit, elltwo.ridge_cv(X[0], y[k], **rule), k)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_float32_and_any_strides(rule: dict[str, Any]) -> None:
    X, y = batch(2, 33, 5, seed=10)
    narrow = X.astype(np.float32)
    fit = elltwo.ridge_batch_cv(narrow, y, alphas=GRID, **rule)
    assert fit.coef.dtype == np.float32
    for k in range(2):
        assert_same(fit, elltwo.ridge_cv(narrow[k], y[k], alphas=GRID, **rule), k, rtol=1e-5)
    wide = np.zeros((10, 33, 4, 2))
    wide[::-2, ::-1, :, 1][:2] = X[:, :, :4]
    view = wide[::-2, ::-1, :, 1][:2]
    plain = elltwo.ridge_batch_cv(X[:, :, :4], y, alphas=GRID, **rule)
    strided = elltwo.ridge_batch_cv(view, y[::1], alphas=GRID, **rule)
    np.testing.assert_array_equal(strided.scores, plain.scores)
    np.testing.assert_allclose(strided.coef, plain.coef, rtol=1e-12)


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("alphas", [np.append(GRID, 0.0), None], ids=["grid", "own"])
def test_hard_problems_among_easy_ones(rule: dict[str, Any], alphas: Array | None) -> None:
    """Collinear, constant and duplicated columns, a row that decides alone, y without noise."""
    X, y = batch(6, 24, 4, seed=11)
    X[1, :, 3] = X[1, :, 2] * (1.0 + 1e-9)
    X[2, :, 0] = 5.0
    X[3] = X[3, :, :1]
    X[4, :, 1] = 0.0
    X[4, 7, 1] = 1e3
    y[5] = X[5] @ [1.0, 2.0, 3.0, 4.0]
    fit = elltwo.ridge_batch_cv(X, y, alphas=alphas, **rule)
    for k in range(5):
        alone = elltwo.ridge_cv(X[k], y[k], alphas=alphas, **rule)
        assert_same(fit, alone, k, rtol=1e-6)
    np.testing.assert_allclose(fit.coef[5], [1.0, 2.0, 3.0, 4.0], rtol=1e-2)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_units_and_large_means_cost_no_digits(rule: dict[str, Any]) -> None:
    X, y = batch(3, 40, 4, seed=12)
    units = np.array([[1e-30], [1.0], [1e30]])
    fit = elltwo.ridge_batch_cv(X * units[:, :, np.newaxis], y * units, **rule)
    moved = elltwo.ridge_batch_cv(np.round(X * 1024) / 1024 + 2.0**20, y, alphas=GRID, **rule)
    near = elltwo.ridge_batch_cv(np.round(X * 1024) / 1024, y, alphas=GRID, **rule)
    for k in range(3):
        alone = elltwo.ridge_cv(X[k], y[k], **rule)
        np.testing.assert_allclose(fit.alpha[k], alone.alpha * units[k, 0] ** 2, rtol=1e-9)
        np.testing.assert_allclose(fit.coef[k], alone.coef, rtol=1e-9)
    np.testing.assert_array_equal(moved.alpha, near.alpha)
    np.testing.assert_allclose(moved.scores, near.scores, rtol=1e-9)
    np.testing.assert_allclose(moved.coef, near.coef, rtol=1e-9, atol=1e-11)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
@pytest.mark.filterwarnings("ignore::elltwo.exceptions.ConvergenceWarning")  # ridge_cv's as well
def test_any_shape_and_rule(data: st.DataObject) -> None:
    n = data.draw(st.integers(3, 30))  # one row of two says nothing of alpha
    p = data.draw(st.integers(1, 34))
    seed = data.draw(st.integers(0, 2**32))
    cv = data.draw(st.one_of(st.sampled_from(["gcv", "loo"]), st.integers(2, n)))
    select = "min" if cv == "gcv" else data.draw(st.sampled_from(["min", "1se"]))
    alphas = data.draw(st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=70))
    intercept = data.draw(st.booleans())
    X, y = batch(2, n, p, seed=seed)
    rule: dict[str, Any] = {"cv": cv, "select": select, "fit_intercept": intercept}
    fit = elltwo.ridge_batch_cv(X, y, alphas=alphas, **rule)
    for k in range(2):
        assert_same(fit, elltwo.ridge_cv(X[k], y[k], alphas=alphas, **rule), k, rtol=1e-7)


def test_of_equal_scores_the_largest_alpha_wins() -> None:
    X, y = batch(2, 20, 3, seed=13)
    y[0] = 4.0
    for rule in RULES:
        fit = elltwo.ridge_batch_cv(X, y, alphas=[1.0, 100.0, 10.0], **rule)
        assert fit.alpha[0] == 100.0
        assert elltwo.ridge_batch_cv(X, y, **rule).alpha[0] == np.inf


def test_ends_of_own_grids_are_tried_where_they_may_be_best() -> None:
    X, y = batch(2, 50, 3, seed=14)
    rng = np.random.default_rng(5)
    y[0] = rng.normal(size=50)
    y[1] = X[1] @ [1.0, -1.0, 2.0] + 1e-3 * rng.normal(size=50)
    fit = elltwo.ridge_batch_cv(X, y, cv="gcv")
    assert fit.alphas.shape == (2, 102)
    assert (fit.alphas[:, 0] == 0.0).all()
    assert np.isinf(fit.alphas[:, -1]).all()
    assert fit.alpha[1] == 0.0
    assert fit.best_score[1] == fit.scores[1, 0]
    for k in range(2):
        assert_same(fit, elltwo.ridge_cv(X[k], y[k], cv="gcv"), k)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_bits_do_not_depend_on_threads(rule: dict[str, Any]) -> None:
    X, y = batch(300, 40, 9, seed=15)
    one = elltwo.ridge_batch_cv(X, y, n_threads=1, **rule)
    for n_threads in (2, 5):
        many = elltwo.ridge_batch_cv(X, y, n_threads=n_threads, **rule)
        for name in ("alpha", "alphas", "scores", "coef", "intercept", "optimality"):
            np.testing.assert_array_equal(getattr(many, name), getattr(one, name))


def test_the_record() -> None:
    X, y = batch(3, 20, 2, seed=16)
    fit = elltwo.ridge_batch_cv(X, y, alphas=GRID, cv=4)
    assert (fit.optimality <= 1e-10).all()
    assert fit.info.status == "converged"
    np.testing.assert_allclose(
        fit.predict(X), np.einsum("bnp,bp->bn", X, fit.coef) + fit.intercept[:, np.newaxis]
    )
    again = pickle.loads(pickle.dumps(fit))
    assert type(again) is elltwo.BatchCVFit
    for name in ("alpha", "alphas", "scores", "score_errors", "best_score", "coef", "info"):
        np.testing.assert_array_equal(getattr(again, name), getattr(fit, name))
    assert "3 problems" in repr(fit)
    assert "BatchCVFit" in repr(fit)
