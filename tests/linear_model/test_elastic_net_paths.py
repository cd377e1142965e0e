"""enet_path and lasso_path: the same as scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.linear_model as reference
from scipy import sparse

import elltwo
from elltwo.linear_model import ElasticNet, Lasso, enet_path, lasso_path

RNG = np.random.default_rng(31)
X = RNG.normal(size=(30, 5)) + 0.5
y = X @ [2.0, 0.0, -1.0, 0.0, 0.5] + RNG.normal(size=30)
EXACT: dict[str, Any] = {"tol": 1e-14, "max_iter": 100_000}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"alphas": 7, "eps": 0.1},
        {"alphas": [0.01, 1.0, 0.1, 0.1]},
        {"alphas": [0.2]},
        {"positive": True, "alphas": 20},
        {"alphas": 1, "eps": 1.0},
        {"alphas": 5, "eps": 2.0},
    ],
    ids=str,
)
@pytest.mark.parametrize("as_sparse", [False, True])
def test_same_as_scikit_learn(options: dict[str, Any], as_sparse: bool) -> None:
    data: Any = sparse.csc_matrix(X) if as_sparse else X
    for ours, theirs in ((enet_path, reference.enet_path), (lasso_path, reference.lasso_path)):
        alphas, coefs, gaps, n_iters = ours(data, y, **options, return_n_iter=True)
        expected = theirs(data, y, **options, **EXACT)
        np.testing.assert_allclose(alphas, expected[0], rtol=1e-12)
        np.testing.assert_allclose(coefs, expected[1], rtol=1e-8, atol=1e-10)
        assert coefs.shape == expected[1].shape
        assert gaps.shape == alphas.shape == (len(n_iters),)
        assert (gaps >= 0.0).all()
        assert gaps.max() < 1e-9


@pytest.mark.parametrize("l1_ratio", [1e-5, 1e-3, 0.4, 1.0])
def test_grids_of_any_ratio(l1_ratio: float) -> None:
    alphas, coefs, _ = enet_path(X, y, l1_ratio=l1_ratio, alphas=4)
    expected, theirs, _ = reference.enet_path(X, y, l1_ratio=l1_ratio, alphas=4, **EXACT)
    np.testing.assert_allclose(alphas, expected, rtol=1e-12)
    np.testing.assert_allclose(coefs, theirs, rtol=1e-8, atol=1e-10)


def test_points_are_fits() -> None:
    alphas, coefs, gaps = lasso_path(X, y, alphas=5)
    for k, alpha in enumerate(alphas):
        model = Lasso(alpha, fit_intercept=False).fit(X, y)
        np.testing.assert_allclose(coefs[:, k], model.coef_, rtol=1e-11, atol=1e-12)
    assert Lasso.path is lasso_path
    assert ElasticNet.path is enet_path
    assert gaps.max() < 1e-10


def test_types_weights_and_starts() -> None:
    single = lasso_path(X.astype(np.float32), y)[1]
    assert single.dtype == np.float32
    weight = RNG.uniform(size=30)
    _, coefs, _ = enet_path(X, y, alphas=[0.1], sample_weight=weight)
    fit = elltwo.elastic_net(X, y, 0.1 * weight.sum(), sample_weight=weight, fit_intercept=False)
    np.testing.assert_allclose(coefs[:, 0], fit.coef, rtol=1e-12)
    begun = enet_path(X, y, alphas=[0.1], coef_init=np.ones(5), n_threads=1)[1]
    np.testing.assert_allclose(begun, enet_path(X, y, alphas=[0.1])[1], rtol=1e-12)


def test_names_of_older_versions() -> None:
    np.testing.assert_array_equal(lasso_path(X, y, n_alphas=7)[0], lasso_path(X, y, alphas=7)[0])
    np.testing.assert_array_equal(lasso_path(X, y, alphas=None)[0], lasso_path(X, y)[0])


def test_constant_target() -> None:
    alphas, coefs, gaps = lasso_path(X, np.zeros(30), alphas=3)
    np.testing.assert_array_equal(alphas, [np.finfo(float).resolution] * 3)
    assert not coefs.any()
    assert not gaps.any()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"normalize": True}, "Unexpected parameters in params: normalize"),
        ({"l1_ratio": 0}, "Automatic alpha grid generation is not supported for l1_ratio=0"),
        ({"eps": 0.0}, "eps must be positive"),
        ({"alphas": 0}, "alphas must be an integer in"),
        ({"alphas": []}, "alphas must be"),
        ({"alphas": [[1.0]]}, "alphas must be"),
        ({"alphas": [-1.0]}, r"alphas\[0\] == -1.0, must be >= 0"),
        ({"n_alphas": 0}, "n_alphas must be an integer in"),
        ({"Xy": np.ones(4)}, "Xy must have shape"),
        ({"coef_init": np.ones(4)}, "start must be"),
        ({"selection": "greedy"}, "selection must be one of"),
        ({"random_state": "a"}, "random_state must be"),
    ],
    ids=str,
)
def test_bad_options_are_named(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        enet_path(X, y, **options)


@pytest.mark.parametrize(
    "options",
    [
        {"copy_X": 1},
        {"check_input": None},
        {"verbose": "a"},
        {"return_n_iter": 1},
        {"positive": 0},
        {"do_screening": "yes"},
        {"eps": "a"},
        {"alphas": ["a"]},
        {"l1_ratio": "a"},
    ],
    ids=str,
)
def test_options_of_another_type_are_named(options: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=next(iter(options))):
        enet_path(X, y, **options)
