"""partial_fit of the scikit-learn estimator: chunk by chunk the same as all rows at once."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sklearn.base import clone

from elltwo.linear_model import Ridge

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array

RNG = np.random.default_rng(9)
X = RNG.normal(size=(200, 5)) + 3.0
Y = X @ RNG.normal(size=(5, 2)) + RNG.normal(size=(200, 2))
y = np.ascontiguousarray(Y[:, 0])
WEIGHT = RNG.integers(0, 4, 200).astype(np.float64)


def in_chunks(
    model: Ridge,
    X: Float64Array | pd.DataFrame,
    y: Float64Array,
    weight: Float64Array | None = None,
) -> Ridge:
    for i in range(0, 200, 30):
        part = None if weight is None else weight[i : i + 30]
        model.partial_fit(X[i : i + 30], y[i : i + 30], part)
    return model


@pytest.mark.parametrize(
    ("options", "target"),
    [
        ({}, y),
        ({"alpha": 0.0}, Y),
        ({"alpha": [0.5, 5.0]}, Y),
        ({"fit_intercept": False}, y),
        ({"solver": "svd"}, y),
        ({"penalize_intercept": True, "solver": "lsqr"}, Y),
        ({"penalty_factors": [0, 1, 2, 3, np.inf], "prior_mean": 0.5}, y),
    ],
)
@pytest.mark.parametrize("weight", [None, WEIGHT])
def test_chunks_give_the_fit_to_all_rows(
    options: dict[str, Any], target: Float64Array, weight: Float64Array | None
) -> None:
    model = in_chunks(Ridge(**options), X, target, weight)
    expected = Ridge(**options).fit(X, target, weight)
    np.testing.assert_allclose(model.coef_, expected.coef_, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(model.intercept_, expected.intercept_, rtol=1e-12, atol=1e-12)
    assert model.n_features_in_ == 5
    assert model.moments_.n_rows == (200 if weight is None else np.count_nonzero(weight))


def test_fit_begins_anew() -> None:
    model = in_chunks(Ridge(), X, y).fit(X[:50], y[:50])
    assert not hasattr(model, "moments_")
    np.testing.assert_allclose(model.coef_, Ridge().fit(X[:50], y[:50]).coef_, rtol=1e-13)
    model.partial_fit(X[50:100], y[50:100])
    np.testing.assert_allclose(model.coef_, Ridge().fit(X[50:100], y[50:100]).coef_, rtol=1e-12)


def test_data_frames_keep_their_names() -> None:
    frame = pd.DataFrame(X, columns=list("abcde"))
    model = in_chunks(Ridge(), frame, y)
    assert list(model.feature_names_in_) == list("abcde")
    with pytest.raises(ValueError, match="feature names"):
        model.partial_fit(frame.rename(columns={"a": "z"}), y)


def test_sparse_rows_and_weights_as_a_number() -> None:
    Z: Any = scipy.sparse.csr_array(np.where(X > 3.0, X, 0.0))
    model = Ridge().partial_fit(Z[:120], y[:120], 2.0).partial_fit(Z[120:], y[120:], 2.0)
    expected = Ridge(alpha=0.5).fit(Z.toarray(), y)
    np.testing.assert_allclose(model.coef_, expected.coef_, rtol=1e-11)


def test_bad_chunks_leave_the_model_as_it_was() -> None:
    model = in_chunks(Ridge(), X, y)
    before, coef = model.moments_.to_bytes(), model.coef_.copy()
    bad = X[:10].copy()
    bad[3, 1] = np.nan
    for args in ((bad, y[:10]), (X[:10, :3], y[:10]), (X[:10], y[:9]), (X[:10], Y[:10])):
        with pytest.raises(ValueError, match=r"."):
            model.partial_fit(*args)
    with pytest.raises(ValueError, match="expecting 5 features"):
        model.partial_fit(X[:10, :3], y[:10])
    model.set_params(alpha=-1.0)
    with pytest.raises(ValueError, match="alpha"):
        model.partial_fit(X[:10], y[:10])
    assert model.moments_.to_bytes() == before
    np.testing.assert_array_equal(model.coef_, coef)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"positive": True}, "bounds or positive"),
        ({"bounds": (0.0, None)}, "bounds or positive"),
        ({"solver": "cg"}, "solver must be"),
        ({"solver": "nonsense"}, "solver must be"),
    ],
)
def test_what_partial_fit_does_not_do(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Ridge(**options).partial_fit(X, y)


def test_models_pickle_and_go_on() -> None:
    model = in_chunks(Ridge(), X[:200], y)
    again = pickle.loads(pickle.dumps(model)).partial_fit(X, y)
    np.testing.assert_array_equal(again.coef_, model.partial_fit(X, y).coef_)
    assert not hasattr(clone(model), "moments_")
