"""Paths of the elastic net: points, order, threads, and the same answer from every form of data."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import sparse

import elltwo
from elastic_net_problems import linear
from elastic_net_reference import Problem, alpha_max, certificates
from elltwo.exceptions import ConvergenceWarning

if TYPE_CHECKING:
    from collections.abc import Callable

    from elastic_net_reference import Array

SHAPES = {"tall": (120, 20), "wide": (30, 200), "square": (40, 40), "small": (12, 3)}
each_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
each_ratio = pytest.mark.parametrize("ratio", [1.0, 0.5])


def make_data(shape: tuple[int, int], seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal(shape) + 0.5 * rng.standard_normal((shape[0], 1)) + 1.0
    return X, linear(X, rng, min(3, shape[1]), 0.5) + 2.0


def assert_same_path(a: elltwo.ElasticNetPath, b: elltwo.ElasticNetPath, rel: float) -> None:
    """Coefficients and intercepts agree, relative to the largest coefficient of each alpha."""
    assert a.coef.shape == b.coef.shape
    scale = np.abs(b.coef).max(axis=1, keepdims=True)
    assert np.all(np.abs(a.coef - b.coef) <= rel * scale)
    np.testing.assert_allclose(a.intercept, b.intercept, rtol=rel, atol=rel)


def bits(path: elltwo.ElasticNetPath) -> bytes:
    arrays = (path.alphas, path.coef, path.intercept, path.gaps, path.objective, path.n_active)
    return b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)


@each_ratio
@each_shape
def test_points_equal_single_fits(shape: tuple[int, int], ratio: float) -> None:
    X, y = make_data(shape)
    path = elltwo.elastic_net_path(X, y, l1_ratio=ratio, n_alphas=30)
    for at in range(0, 30, 4):
        fit = elltwo.elastic_net(X, y, alpha=float(path.alphas[at]), l1_ratio=ratio)
        scale = np.abs(fit.coef).max(initial=0.0)
        assert np.abs(path.coef[at] - fit.coef).max() <= 1e-10 * scale
        assert np.array_equal(path.coef[at] != 0, fit.coef != 0)
        assert path.intercept[at] == pytest.approx(fit.intercept, rel=1e-10)


@each_ratio
@each_shape
def test_all_points_are_certified(shape: tuple[int, int], ratio: float) -> None:
    X, y = make_data(shape, seed=1)
    path = elltwo.elastic_net_path(X, y, l1_ratio=ratio)
    problem = Problem(X, y, 1.0, ratio)
    assert float(path.alpha_max) == pytest.approx(alpha_max(problem), rel=1e-12)
    assert path.alphas[0] == pytest.approx(float(path.alpha_max), rel=1e-8)
    least = 1e-3 if shape[0] >= shape[1] else 1e-2
    assert path.alphas[-1] == pytest.approx(least * path.alpha_max, rel=1e-8)
    ratios = path.alphas[1:] / path.alphas[:-1]
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-10)
    assert np.count_nonzero(path.coef[0]) == 0
    assert np.count_nonzero(path.coef[1]) >= 1
    found = certificates(problem, path.alphas, path.coef, path.intercept)
    assert max(point.gap for point in found) <= 1e-12
    assert max(point.violation for point in found) <= 1e-9


@each_ratio
@each_shape
def test_from_moments(shape: tuple[int, int], ratio: float) -> None:
    X, y = make_data(shape)
    rows = elltwo.elastic_net_path(X, y, l1_ratio=ratio, n_alphas=30)
    moments = elltwo.Moments(shape[1]).add(X, y)
    summed = moments.elastic_net_path(rows.alphas, l1_ratio=ratio)
    assert_same_path(summed, rows, 1e-10)
    halves = elltwo.Moments(shape[1]).add(X[:7], y[:7])
    halves.merge(elltwo.Moments(shape[1]).add(X[7:], y[7:]))
    merged = halves.elastic_net_path(rows.alphas, l1_ratio=ratio)
    assert_same_path(merged, rows, 1e-10)


def with_long_indices(X: Any) -> Any:  # noqa: ANN401
    X.indices, X.indptr = X.indices.astype(np.int64), X.indptr.astype(np.int64)
    return X


def unsorted(X: Any) -> Any:  # noqa: ANN401
    for start, stop in zip(X.indptr[:-1], X.indptr[1:], strict=True):
        X.indices[start:stop] = X.indices[start:stop][::-1].copy()
        X.data[start:stop] = X.data[start:stop][::-1].copy()
    X.has_sorted_indices = False
    return X


def repeated(X: Array) -> Any:  # noqa: ANN401
    """Every value in two entries that add up to it."""
    whole = sparse.csc_array(X)
    indices, data = np.repeat(whole.indices, 2), np.repeat(whole.data / 2, 2)
    return sparse.csc_array((data, indices, 2 * whole.indptr), shape=X.shape)


FORMS: dict[str, Callable[[Array], Any]] = {
    "fortran": np.asfortranarray,
    "strided": lambda X: np.repeat(np.repeat(X, 2, axis=0), 3, axis=1)[::2, ::3],
    "reversed": lambda X: np.ascontiguousarray(X[::-1, ::-1])[::-1, ::-1],
    "csr": sparse.csr_array,
    "csc": sparse.csc_array,
    "coo": sparse.coo_array,
    "csr_64": lambda X: with_long_indices(sparse.csr_array(X)),
    "csc_64": lambda X: with_long_indices(sparse.csc_array(X)),
    "csc_unsorted": lambda X: unsorted(sparse.csc_array(X)),
    "csc_repeated": repeated,
}


@each_ratio
@each_shape
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_data(form: str, shape: tuple[int, int], ratio: float) -> None:
    X, y = make_data(shape)
    X = X * (np.abs(X) > 0.8)
    dense = elltwo.elastic_net_path(X, y, l1_ratio=ratio, n_alphas=30)
    other = elltwo.elastic_net_path(FORMS[form](X), y, alphas=dense.alphas, l1_ratio=ratio)
    assert_same_path(other, dense, 1e-10)
    assert np.array_equal(other.n_active, dense.n_active)


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_array, sparse.csc_array])
@each_ratio
@each_shape
def test_float32(shape: tuple[int, int], ratio: float, form: Callable[[Array], Any]) -> None:
    """The answer is that of the same numbers as doubles, rounded."""
    X, y = make_data(shape)
    X = X.astype(np.float32)
    double = elltwo.elastic_net_path(X.astype(np.float64), y, l1_ratio=ratio, n_alphas=20)
    single = elltwo.elastic_net_path(form(X), y, alphas=double.alphas, l1_ratio=ratio)
    assert single.coef.dtype == np.float32
    assert single.converged.all()
    assert_same_path(single, double, 2e-7)


@each_ratio
@each_shape
def test_order_of_alphas_is_kept(shape: tuple[int, int], ratio: float) -> None:
    X, y = make_data(shape)
    falling = elltwo.elastic_net_path(X, y, l1_ratio=ratio, n_alphas=12)
    order = [5, 0, 11, 5, 3, 3, 8, 1, 10, 2, 9, 4, 6, 7]
    mixed = elltwo.elastic_net_path(X, y, alphas=falling.alphas[order], l1_ratio=ratio)
    assert np.array_equal(mixed.alphas, falling.alphas[order])
    assert np.array_equal(mixed.coef, falling.coef[order])
    assert np.array_equal(mixed.intercept, falling.intercept[order])
    rising = elltwo.elastic_net_path(X, y, alphas=falling.alphas[::-1], l1_ratio=ratio)
    assert np.array_equal(rising.coef, falling.coef[::-1])


@each_shape
def test_one_alpha_is_one_fit(shape: tuple[int, int]) -> None:
    X, y = make_data(shape)
    path = elltwo.elastic_net_path(X, y, alphas=[3.0], l1_ratio=1.0)
    assert path.coef.shape == (1, shape[1])
    fit = elltwo.elastic_net(X, y, alpha=3.0, l1_ratio=1.0)
    assert np.array_equal(path.coef[0], fit.coef)


@pytest.mark.parametrize(
    "shape", [(5000, 40), (900, 300), (300, 2000), (100, 6000)], ids=lambda s: "x".join(map(str, s))
)
@each_ratio
def test_threads_change_no_bit(shape: tuple[int, int], ratio: float) -> None:
    X, y = make_data(shape)
    options: dict[str, Any] = {"l1_ratio": ratio, "n_alphas": 25, "alpha_min_ratio": 0.03}
    for form in (np.asarray, sparse.csc_array):
        data = form(X * (X > 1.5)) if form is not np.asarray else X
        one, two = (elltwo.elastic_net_path(data, y, n_threads=k, **options) for k in (1, 2))
        assert bits(one) == bits(two)
        again = elltwo.elastic_net_path(data, y, n_threads=2, **options)
        assert bits(again) == bits(two)


@each_shape
def test_several_targets_are_single_ones(shape: tuple[int, int]) -> None:
    X, y = make_data(shape)
    Y = np.column_stack([y, y**2 - 3 * X[:, 0], np.full(len(y), 2.0)])
    together = elltwo.elastic_net_path(X, Y, l1_ratio=0.9, n_alphas=10)
    for t in range(2):
        alone = elltwo.elastic_net_path(X, Y[:, t], alphas=together.alphas, l1_ratio=0.9)
        np.testing.assert_allclose(
            together.coef[:, t], alone.coef, rtol=0, atol=1e-11 * np.abs(alone.coef).max()
        )
    assert np.array_equal(together.coef[:, 2], np.zeros((10, shape[1])))
    each = elltwo.elastic_net(X, Y, alpha=[1.0, 5.0, 2.0], l1_ratio=0.9)
    single = elltwo.elastic_net(X, Y[:, 1], alpha=5.0, l1_ratio=0.9)
    np.testing.assert_allclose(each.coef[1], single.coef, rtol=0, atol=1e-11)


@each_ratio
def test_inputs_are_not_modified(ratio: float) -> None:
    X, y = make_data((30, 60))
    weight, factors, prior = np.ones(30), np.linspace(0.5, 2.0, 60), np.zeros(60)
    lower, upper, alphas = np.full(60, -1.0), np.full(60, 1.0), np.array([1.0, 9.0, 3.0])
    given = [X, y, weight, factors, prior, lower, upper, alphas]
    copies = [array.copy() for array in given]
    for array in given:
        array.flags.writeable = False
    for form in (np.asarray, np.asfortranarray, sparse.csr_array, sparse.csc_array):
        data = form(X)
        before = data.copy()
        elltwo.elastic_net_path(
            data,
            y,
            alphas,
            ratio,
            sample_weight=weight,
            penalty_factors=factors,
            prior_mean=prior,
            bounds=(lower, upper),
        )
        difference = data - before
        assert (
            np.count_nonzero(
                difference if isinstance(difference, np.ndarray) else difference.toarray()
            )
            == 0
        )
    for array, copy in zip(given, copies, strict=True):
        assert np.array_equal(array, copy)


@each_shape
def test_max_features_stops_and_says_so(shape: tuple[int, int]) -> None:
    X, y = make_data(shape)
    whole = elltwo.elastic_net_path(X, y, l1_ratio=1.0, n_alphas=50)
    part = elltwo.elastic_net_path(X, y, l1_ratio=1.0, n_alphas=50, max_features=2)
    assert not whole.stopped_early
    assert len(whole.alphas) == 50
    assert part.stopped_early
    assert part.n_active.max() <= 2
    reached = len(part.alphas)
    assert whole.n_active[reached] > 2
    assert np.array_equal(part.alphas, whole.alphas[:reached])
    assert_same_path(part, elltwo.elastic_net_path(X, y, part.alphas, 1.0), 1e-11)


def test_a_path_that_ends_for_want_of_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = make_data(SHAPES["wide"])
    module = sys.modules["elltwo.functional._elastic_net.path"]
    solve: Any = module.solve_paths
    monkeypatch.setattr(
        module, "solve_paths", lambda data, alphas, given: solve(data, alphas, limited(given))
    )

    def limited(penalty: Any) -> Any:  # noqa: ANN401  # a record of the private options
        return penalty._replace(max_features=2)

    with pytest.warns(ConvergenceWarning, match=r"the path ends at alpha=.*memory \(20000\)"):
        path = elltwo.elastic_net_path(X, y, l1_ratio=1.0, n_alphas=50)
    assert path.stopped_early
    assert 0 < len(path.alphas) < 50
    assert path.gaps.max() <= 1e-10


@each_ratio
@each_shape
def test_warm_starts_change_no_answer(shape: tuple[int, int], ratio: float) -> None:
    X, y = make_data(shape)
    cold = elltwo.elastic_net(X, y, alpha=1.0, l1_ratio=ratio)
    starts = (
        elltwo.elastic_net(X, y, alpha=3.0, l1_ratio=ratio),
        cold,
        -cold.coef,
        np.ones(shape[1]),
    )
    for start in starts:
        warm = elltwo.elastic_net(X, y, alpha=1.0, l1_ratio=ratio, start=start)
        assert np.array_equal(warm.coef != 0, cold.coef != 0)
        scale = np.abs(cold.coef).max()
        np.testing.assert_allclose(warm.coef, cold.coef, rtol=0, atol=1e-10 * scale)
