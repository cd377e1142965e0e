"""Gram matrices that were computed beforehand are held against the data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import sparse

from elltwo.linear_model import ElasticNet, ElasticNetCV, enet_path

RNG = np.random.default_rng(5)
X = RNG.normal(size=(50, 5)) + 2.0
y = X @ [1.0, -1.0, 0.0, 0.0, 2.0] + RNG.normal(size=50)
WEIGHT = RNG.uniform(0.0, 3.0, size=50)


def gram(data: Any, weight: Any = None) -> Any:  # noqa: ANN401
    w = np.ones(len(data)) if weight is None else weight * len(data) / weight.sum()
    return data.T @ (w[:, np.newaxis] * data)


def centred(weight: Any = None) -> Any:  # noqa: ANN401
    return X - np.average(X, axis=0, weights=weight)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weights"])
@pytest.mark.parametrize("as_sparse", [False, True])
def test_gram_matrix_of_the_centred_data(dtype: type, weight: Any, as_sparse: bool) -> None:  # noqa: ANN401
    matrix = gram(centred(weight), weight).astype(dtype)
    for data in (X, centred(weight)):
        rows: Any = sparse.csr_matrix(data) if as_sparse else data
        model = ElasticNet(alpha=0.1, precompute=matrix).fit(rows, y, weight)
        expected = ElasticNet(alpha=0.1).fit(rows, y, weight)
        np.testing.assert_array_equal(model.coef_, expected.coef_)


def test_gram_matrix_without_an_intercept() -> None:
    model = ElasticNet(alpha=0.1, precompute=gram(X), fit_intercept=False).fit(X, y)
    expected = ElasticNet(alpha=0.1, fit_intercept=False).fit(X, y)
    np.testing.assert_array_equal(model.coef_, expected.coef_)
    with pytest.raises(ValueError, match=r"Gram matrix did not pass validation.*of X, with"):
        ElasticNet(precompute=gram(centred()), fit_intercept=False).fit(X, y)


def test_gram_matrix_made_before_centring_is_worth_a_warning() -> None:
    words = "Gram matrix was provided but X was centered to fit intercept"
    with pytest.warns(UserWarning, match=words):
        model = ElasticNet(alpha=0.1, precompute=gram(X)).fit(X, y)
    np.testing.assert_array_equal(model.coef_, ElasticNet(alpha=0.1).fit(X, y).coef_)


@pytest.mark.parametrize(
    "wrong",
    [
        2.0 * gram(centred()),
        gram(centred()) + np.eye(5),
        gram(RNG.normal(size=(50, 5))),
        gram(centred(), WEIGHT),
        np.zeros((5, 5)),
    ],
    ids=["scaled", "ridge", "other", "weighted", "zeros"],
)
def test_other_matrices_are_refused(wrong: Any) -> None:  # noqa: ANN401
    words = r"precompute: the Gram matrix did not pass validation .* of the centred X"
    for model in (ElasticNet(precompute=wrong), ElasticNetCV(precompute=wrong)):
        with pytest.raises(ValueError, match=words):
            model.fit(X, y)


def test_one_wrong_entry_is_seen() -> None:
    matrix = gram(centred())
    matrix[1, 3] += 1e-4 * matrix[1, 1]
    with pytest.raises(ValueError, match="did not pass validation"):
        ElasticNet(precompute=matrix).fit(X, y)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.eye(4), r"shape \(5, 5\), got shape \(4, 4\)"),
        (np.ones(5), r"shape \(5, 5\), got shape \(5,\)"),
        (np.full((5, 5), np.nan), "precompute is not finite at row 0, column 0"),
        ("always", 'precompute must be "auto", True, False or a matrix'),
        (3, r"shape \(5, 5\), got shape \(\)"),
    ],
)
def test_what_is_no_gram_matrix(value: Any, words: str) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match=words):
        ElasticNet(precompute=value).fit(X, y)


def test_paths_check_it_too() -> None:
    enet_path(X, y, precompute=gram(X), Xy=X.T @ y)
    with pytest.raises(ValueError, match="did not pass validation"):
        enet_path(X, y, precompute=gram(centred()))
