"""Paths and cross-validation of sparse features: the answers of their dense twins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.model_selection import ShuffleSplit

from elltwo import ridge_cv, ridge_path
from sparse_data import DENSE, X, Y, y

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

pytestmark = pytest.mark.filterwarnings("ignore:alpha = .* lies on")

ALPHAS = np.array([1.0, 0.01, np.inf, 100.0])


class Twin(NamedTuple):
    """A sparse problem with every option, and the same matrix dense."""

    X: Any
    dense: Array
    y: Array
    options: dict[str, Any]


@st.composite
def twins(draw: st.DrawFn) -> Twin:
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    n, p, targets = draw(st.integers(4, 14)), draw(st.integers(1, 17)), draw(st.integers(0, 2))
    dense = np.where(rng.random((n, p)) < draw(st.floats(0.0, 1.0)), rng.normal(1.0, 1.0, (n, p)), 0)
    if draw(st.booleans()):
        dense[:, 0] = 3.0
    if p > 1 and draw(st.booleans()):
        dense[:, -1] = dense[:, 0]
    if draw(st.booleans()):
        dense[:, p // 2] = 0.0
    if draw(st.booleans()):
        dense[n // 2] = 0.0
    if draw(st.booleans()):
        dense = dense.astype(np.float32)
    factors = None
    if draw(st.booleans()):
        factors = rng.choice([0.0, 0.5, 1.0, 2.0, np.inf], p)
        factors[np.flatnonzero(factors == 0.0)[2:]] = 1.0
    intercept = draw(st.booleans())
    options = {
        "penalty_factors": factors,
        "prior_mean": rng.normal(size=p) if draw(st.booleans()) else None,
        "sample_weight": rng.uniform(0.5, 2.0, n) if draw(st.booleans()) else None,
        "fit_intercept": intercept,
        "penalize_intercept": intercept and draw(st.booleans()),
    }
    form = draw(st.sampled_from([sparse.csr_array, sparse.csc_matrix, sparse.coo_array]))
    return Twin(form(dense), dense, rng.normal(size=(n, targets) if targets else n), options)


def assert_close(values: Array, expected: Array, tol: float = 1e-10) -> None:
    """Equal to `tol` of the largest number, the infinite ones equal."""
    values, expected = np.asarray(values), np.asarray(expected)
    assert values.shape == expected.shape
    finite = np.isfinite(expected)
    np.testing.assert_array_equal(np.isfinite(values), finite)
    scale = np.abs(expected[finite]).max(initial=1e-3)
    np.testing.assert_allclose(values[finite], expected[finite], rtol=0, atol=tol * scale)


STRICT = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


@STRICT
@given(twins(), st.booleans())
def test_path_is_that_of_the_dense_twin(twin: Twin, least_squares: bool) -> None:
    alphas = np.append(ALPHAS, 0.0) if least_squares else ALPHAS
    path = ridge_path(twin.X, twin.y, alphas, **twin.options)
    expected = ridge_path(twin.dense.astype(np.float64), twin.y, alphas, **twin.options)
    for k in range(alphas.size):
        tol = 1e-10 if alphas[k] > 0.0 else 1e-8
        assert_close(path.coef[k], expected.coef[k], tol)
        assert_close(path.intercept[k], expected.intercept[k], tol)
    assert_close(path.edf, expected.edf)
    np.testing.assert_allclose(path.rss, expected.rss, rtol=0, atol=1e-10 * (twin.y**2).sum())
    assert_close(path.leverages(0.3), expected.leverages(0.3))
    assert_close(path.loo_residuals(0.3), expected.loo_residuals(0.3))
    assert path.n_samples == expected.n_samples


@STRICT
@given(twins(), st.sampled_from(["loo", "gcv", 3, "pairs", "splitter"]), st.booleans())
def test_choice_is_that_of_the_dense_twin(twin: Twin, cv: Any, per_target: bool) -> None:
    rows = np.arange(len(twin.y))
    if cv == "pairs":
        cv = [(rows[1:], rows[:2]), (rows[[0, 0, *rows[2:]]], rows[[1, 1, 2]])]
    elif cv == "splitter":
        cv = ShuffleSplit(2, test_size=2, random_state=0)
    options = {"alphas": ALPHAS, "cv": cv, "per_target": per_target, **twin.options}
    fit = ridge_cv(twin.X, twin.y, **options)
    expected = ridge_cv(twin.dense, twin.y, **options)
    assert_close(fit.cv_mse, expected.cv_mse)
    assert fit.coef.dtype == twin.dense.dtype
    if np.array_equal(fit.alpha, expected.alpha):  # else there are ties
        assert_close(fit.coef, expected.coef, 1e-9 if fit.coef.dtype == np.float64 else 1e-6)
    if cv != "gcv":
        assert_close(fit.cv_se, expected.cv_se)
    if cv not in ("loo", "gcv"):
        assert_close(fit.fold_mse, expected.fold_mse)
