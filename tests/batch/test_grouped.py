"""Fits of groups of rows are those of `ridge` and `ridge_cv` for the rows of each group alone."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import elltwo

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


def table(n: int, p: int, n_groups: int, seed: int = 0) -> tuple[Array, Array, npt.NDArray[Any]]:
    """Return rows whose groups differ in size, level and scale."""
    rng = np.random.default_rng(seed)
    names = np.array([f"g{number:05d}" for number in rng.permutation(n_groups)])
    number = np.concatenate([np.arange(n_groups), rng.integers(0, n_groups, n - n_groups) ** 2])
    number = rng.permutation(number % n_groups)
    X = (
        rng.normal(size=(n, p)) * 10.0 ** (number % 5)[:, np.newaxis]
        + 100.0 * number[:, np.newaxis]
    )
    y = np.einsum("np,np->n", X, rng.normal(size=(n_groups, p))[number]) + rng.normal(size=n)
    return X, y, names[number]


def close(actual: npt.NDArray[Any], desired: npt.NDArray[Any], rtol: float = 1e-11) -> None:
    np.testing.assert_allclose(actual, desired, rtol, rtol * np.abs(desired).max(initial=1e-300))


@pytest.mark.parametrize("alpha", [0.0, 0.5, 100.0, np.inf])
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("p", [2, 7, 40])
def test_every_group_is_fitted_as_if_alone(alpha: float, intercept: bool, p: int) -> None:
    X, y, names = table(300, p, 12)
    fit = elltwo.ridge_grouped(X, y, names, alpha=alpha, fit_intercept=intercept)
    assert (fit.optimality <= 1e-10).all()
    assert fit.n_rows.min() < 40  # some groups have fewer rows than features
    for g, name in enumerate(fit.groups):
        rows = names == name
        alone = elltwo.ridge(X[rows], y[rows], alpha=alpha, fit_intercept=intercept)
        close(fit.coef[g], alone.coef, 1e-9)
        close(X[rows] @ fit.coef[g] + fit.intercept[g], alone.predict(X[rows]), 1e-11)
        assert fit.n_rows[g] == rows.sum()


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_table(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 60))
    p = data.draw(st.integers(1, 6))
    t = data.draw(st.integers(0, 2))
    keys = np.array(data.draw(st.lists(st.integers(0, 6), min_size=n, max_size=n)))
    alpha = data.draw(st.floats(1e-2, 1e4))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    X, y = rng.normal(size=(n, p)), rng.normal(size=(n, t) if t else n)
    w = rng.integers(1, 4, n).astype(float) if data.draw(st.booleans()) else None
    fit = elltwo.ridge_grouped(X, y, keys, alpha=alpha, sample_weight=w)
    assert fit.coef.shape == ((len(fit), t, p) if t else (len(fit), p))
    for g, key in enumerate(fit.groups):
        rows = keys == key
        weight = None if w is None else w[rows]
        alone = elltwo.ridge(X[rows], y[rows], alpha=alpha, sample_weight=weight)
        close(fit.coef[g], alone.coef)
        close(fit.intercept[g], np.asarray(alone.intercept))
        close(fit.predict(X[rows], keys[rows]), alone.predict(X[rows]))


def test_order_of_rows_and_starts_do_not_matter() -> None:
    X, y, names = table(400, 4, 20, seed=1)
    order = np.argsort(names, kind="stable")
    mixed = elltwo.ridge_grouped(X, y, names, alpha=1.0)
    sorted_ = elltwo.ridge_grouped(X[order], y[order], names[order], alpha=1.0)
    first = np.flatnonzero(np.append(True, names[order][1:] != names[order][:-1]))
    cut = elltwo.ridge_grouped(X[order], y[order], starts=np.append(first, 400), alpha=1.0)
    for other in (sorted_, cut):
        np.testing.assert_array_equal(other.coef, mixed.coef)
        np.testing.assert_array_equal(other.intercept, mixed.intercept)
        np.testing.assert_array_equal(other.n_rows, mixed.n_rows)
    assert cut.groups.tolist() == list(range(20))
    np.testing.assert_array_equal(
        cut.predict(X[order], np.repeat(np.arange(20), cut.n_rows)),
        sorted_.predict(X[order], names[order]),
    )


def test_one_group_and_groups_of_one_row() -> None:
    X, y, _ = table(30, 3, 4, seed=2)
    whole = elltwo.ridge_grouped(X, y, np.zeros(30, dtype=int), alpha=1.0)
    close(whole.coef[0], elltwo.ridge(X, y, alpha=1.0).coef)
    single = elltwo.ridge_grouped(X, y, np.arange(30), alpha=0.0)
    np.testing.assert_array_equal(single.coef, np.zeros((30, 3)))
    np.testing.assert_allclose(single.intercept, y, rtol=1e-15)
    alone = elltwo.ridge_grouped(X, y, np.arange(30), alpha=0.0, fit_intercept=False)
    np.testing.assert_allclose(alone.coef, X * (y / (X**2).sum(1))[:, np.newaxis], rtol=1e-13)


def test_alpha_for_each_group() -> None:
    X, y, names = table(100, 3, 5, seed=3)
    keys = np.unique(names)
    alphas = np.array([0.1, 1.0, np.inf, 0.0, 5.0])
    fit = elltwo.ridge_grouped(X, y, names, alpha=alphas)
    mapping = dict(zip(keys[::-1].tolist(), alphas[::-1].tolist(), strict=True)) | {"other": -1.0}
    same = elltwo.ridge_grouped(X, y, names, alpha=mapping)
    np.testing.assert_array_equal(same.coef, fit.coef)
    np.testing.assert_array_equal(fit.alpha, alphas)
    for g, name in enumerate(keys):
        close(fit.coef[g], elltwo.ridge(X[names == name], y[names == name], alpha=alphas[g]).coef)


OPTIONS: list[dict[str, Any]] = [
    {"penalize_intercept": True},
    {"penalty_factors": [1.0, 0.0, np.inf]},
    {"prior_mean": [1.0, 2.0, 3.0]},
    {"prior_mean": 0.5},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_options(options: dict[str, Any]) -> None:
    X, y, names = table(90, 3, 5, seed=4)
    fit = elltwo.ridge_grouped(X, y, names, alpha=2.0, **options)
    for g, name in enumerate(fit.groups):
        rows = names == name
        close(fit.coef[g], elltwo.ridge(X[rows], y[rows], alpha=2.0, **options).coef)


@pytest.mark.parametrize(
    "rule", [{"cv": "gcv"}, {"cv": "loo", "select": "1se"}, {"cv": 4}], ids=str
)
@pytest.mark.parametrize("alphas", [np.geomspace(1e-2, 1e2, 9), None], ids=["grid", "own"])
@pytest.mark.filterwarnings("ignore:alpha:UserWarning")
def test_choices_are_those_of_ridge_cv(rule: dict[str, Any], alphas: Array | None) -> None:
    rng = np.random.default_rng(5)
    X, y = rng.normal(size=(200, 3)), rng.normal(size=200)
    keys = rng.permutation(np.repeat([3, 1, 7, 9], [4, 6, 90, 100]))
    y += X @ [1.0, 0.2, 0.0] * (keys != 7)
    fit = elltwo.ridge_grouped_cv(X, y, keys, alphas=alphas, **rule)
    assert fit.groups.tolist() == [1, 3, 7, 9]
    for g, key in enumerate(fit.groups):
        rows = keys == key
        alone = elltwo.ridge_cv(X[rows], y[rows], alphas=alphas, **rule)
        np.testing.assert_allclose(fit.alpha[g], alone.alpha, rtol=1e-9)
        np.testing.assert_allclose(
            fit.best_score[g],
            alone.cv_mse.min()
            if "select" not in rule
            else alone.cv_mse[alone.alphas == alone.alpha].min(),
            rtol=1e-9,
        )
        close(fit.coef[g], alone.coef, 1e-9)
    again = pickle.loads(pickle.dumps(fit))
    assert type(again) is elltwo.GroupedCVFit
    np.testing.assert_array_equal(again.scores, fit.scores)
    np.testing.assert_array_equal(again.predict(X, keys), fit.predict(X, keys))


def test_float32_stays() -> None:
    X, y, names = table(60, 3, 4, seed=6)
    fit = elltwo.ridge_grouped(X.astype(np.float32), y, names, alpha=1.0)
    assert fit.coef.dtype == np.float32
    assert fit.predict(X.astype(np.float32), names).dtype == np.float32
    assert fit.predict(X, names).dtype == np.float64


def test_bits_do_not_depend_on_threads() -> None:
    X, y, names = table(20_000, 6, 3000, seed=8)
    one = elltwo.ridge_grouped(X, y, names, alpha=1.0, n_threads=1)
    many = elltwo.ridge_grouped(X, y, names, alpha=1.0, n_threads=3)
    np.testing.assert_array_equal(one.coef, many.coef)
    np.testing.assert_array_equal(one.intercept, many.intercept)


MEASURE = """
import resource, sys
import numpy as np
import elltwo
rng = np.random.default_rng(0)
n, p = 200_000, 50
X, y, keys = rng.standard_normal((n, p)), rng.standard_normal(n), rng.integers(0, 200, n)
elltwo.ridge_grouped_cv(X[:900], y[:900], keys[:900] % 2, alphas=[1.0], cv=2)
unit = 1 if sys.platform == "darwin" else 1024
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
elltwo.ridge_grouped(X, y, keys, alpha=1.0)
elltwo.ridge_grouped_cv(X, y, keys, alphas=[1.0], cv=2)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit / X.nbytes)
"""


@pytest.mark.skipif(os.name == "nt", reason="peaks of memory are told on Unix only")
@pytest.mark.filterwarnings("ignore")
def test_the_table_is_not_copied() -> None:
    told = subprocess.run([sys.executable, "-c", MEASURE], check=True, capture_output=True)
    assert float(told.stdout) < 0.3  # of 80 MB


@pytest.mark.alone
@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.skipif(os.name == "nt", reason="no SIGINT for a single process")
@pytest.mark.parametrize("n_threads", [1, 2])
def test_ctrl_c_stops_a_choice(n_threads: int) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(400, 120)), rng.normal(size=(4000, 400))
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    started = time.monotonic()
    try:
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            elltwo.ridge_batch_cv(X, y, n_threads=n_threads)
    finally:
        timer.cancel()
    assert time.monotonic() - started < 15.0  # of minutes
