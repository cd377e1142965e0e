"""Sparse X in logistic regression: the answers of the dense one, from every format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
import scipy.sparse as sp

import elltwo
from elltwo.linear_model import LogisticRegression

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

Input: TypeAlias = Any  # sparse data, of which annotations of estimators do not know

RNG = np.random.default_rng(12)
n, p = 80, 5
X = RNG.normal(size=(n, p)) * (RNG.random((n, p)) < 0.4)
TWO = X @ RNG.normal(size=p) + RNG.logistic(size=n) > 0.0
THREE = np.array(list("abc"))[np.argmax(X[:, :3] + RNG.gumbel(size=(n, 3)), axis=1)]
each_y = pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])


@each_y
@pytest.mark.parametrize("form", ["csr_array", "csc_matrix", "coo_array"])
def test_every_format_has_the_answer_of_the_dense_array(y: Array, form: str) -> None:
    data = getattr(sp, form)(X)
    outputs = 1 if y is TWO else 3
    options: dict[str, Any] = {
        "alpha": 0.5,
        "penalty_factors": [0.0, 1.0, 2.0, 1.0, np.inf],
        "prior_mean": np.outer(np.arange(outputs) - 1.0, [0.5, 0.1, 0.2, 0.3, -0.4]),
        "sample_weight": RNG.integers(0, 3, n),
        "offset": RNG.normal(size=(n, outputs)),
    }
    fit, dense = elltwo.logistic(data, y, **options), elltwo.logistic(X, y, **options)
    assert fit.info.status == "converged"
    np.testing.assert_allclose(fit.coef, dense.coef, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(fit.intercept, dense.intercept, rtol=1e-7, atol=1e-9)
    for method in ("linear_predictor", "predict_proba", "predict_log_proba"):
        mine, other = getattr(fit, method)(data), getattr(dense, method)(X)
        assert mine.shape == other.shape
        np.testing.assert_allclose(mine, other, rtol=1e-6, atol=1e-8)
    np.testing.assert_array_equal(fit.predict(data), dense.predict(X))


@each_y
def test_path(y: Array) -> None:
    path, dense = elltwo.logistic_path(sp.csr_array(X), y), elltwo.logistic_path(X, y)
    np.testing.assert_allclose(path.alphas, dense.alphas, rtol=1e-9)
    np.testing.assert_allclose(path.coef, dense.coef, rtol=1e-6, atol=1e-8)
    fit = path.at(2.0)
    np.testing.assert_allclose(fit.coef, elltwo.logistic(X, y, alpha=2.0).coef, atol=1e-8)


@each_y
def test_float32(y: Array) -> None:
    data = sp.csr_array(X.astype(np.float32))
    fit = elltwo.logistic(data, y)
    assert fit.coef.dtype == fit.predict_proba(data).dtype == np.float32
    np.testing.assert_allclose(fit.coef, elltwo.logistic(X, y).coef, atol=1e-6)


@each_y
def test_estimator(y: Array) -> None:
    data: Input = sp.csr_matrix(X)
    model, dense = LogisticRegression().fit(data, y), LogisticRegression().fit(X, y)
    np.testing.assert_allclose(model.coef_, dense.coef_, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(model.predict_proba(data), dense.predict_proba(X), atol=1e-8)
    assert model.score(data, y) == dense.score(X, y)


def test_what_is_refused() -> None:
    data: Input = sp.csr_array(X)
    bad = data.copy()
    bad.data[3] = np.nan
    for function in (elltwo.logistic, elltwo.logistic_path):
        with pytest.raises(ValueError, match="X contains NaN"):
            function(bad, TWO)
    with pytest.raises(ValueError, match="X has 4 features"):
        elltwo.logistic(data, TWO).predict_proba(data[:, :4])
