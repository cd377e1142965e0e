"""Whether a likelihood without a penalty has a maximum: answers are those of a linear program."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest

import elltwo
from elltwo.exceptions import SeparationWarning
from elltwo.linear_model import LogisticRegression

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    Codes = npt.NDArray[np.intp]

sparse = pytest.importorskip("scipy.sparse")
optimize = pytest.importorskip("scipy.optimize")

LEVEL = np.array([[0.0], [0.0], [0.0], [1.0], [1.0]])
LEVEL_Y = np.array([0, 1, 1, 1, 1])  # rows of the level are all of class 1


@pytest.fixture(autouse=True)
def _no_warning() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SeparationWarning)
        yield


class Case(NamedTuple):
    """A problem, of which some features and the intercept have no penalty."""

    X: Array
    y: Codes
    free: npt.NDArray[np.bool_]
    lower: Array
    upper: Array
    options: dict[str, Any]

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return int(self.y.max()) + 1


def drawn(seed: int) -> Case:
    """Draw rows on a small grid, often with ties, and labels from a model that may be strong."""
    rng = np.random.default_rng(seed)
    n, p = (int(v) for v in rng.integers([8, 1], [60, 5]))
    n_classes = int(rng.choice([2, 2, 3, 4]))
    kind = rng.choice(["normal", "grid", "level"])
    X = rng.normal(size=(n, p))
    if kind == "grid":
        X = rng.integers(0, 4, size=(n, p)).astype(float)
    elif kind == "level":
        X = (rng.integers(0, p + 1, size=n)[:, np.newaxis] == np.arange(p)).astype(float)
    z = X @ rng.normal(size=(p, n_classes)) * rng.choice([0.3, 1.0, 10.0])
    y = (z + rng.gumbel(size=z.shape)).argmax(axis=1)
    y[:n_classes] = np.arange(n_classes)
    options: dict[str, Any] = {"alpha": 0.0, "fit_intercept": bool(rng.random() < 0.8)}
    free = np.ones(p, dtype=bool)
    if rng.random() < 0.4:
        free = rng.random(p) < 0.5
        options |= {"alpha": 0.1, "penalty_factors": np.where(free, 0.0, 1.0)}
    if rng.random() < 0.3:
        weight = rng.integers(0, 3, n).astype(float)
        weight[:n_classes] = 1.0
        options["sample_weight"] = weight
    if rng.random() < 0.3:
        options["offset"] = 3.0 * rng.normal(size=n if n_classes == 2 else (n, n_classes))
    lower = np.where(rng.random(p) < 0.3, -2.0, -np.inf)
    upper = np.where(rng.random(p) < 0.3, 2.0, np.inf)
    return Case(X, y, free, lower, upper, options)


def is_separable(case: Case, bounded: bool) -> bool:
    """Maximise the sum of margins of directions that leave none negative (Konis 2007)."""
    rows = case.options.get("sample_weight", np.ones(len(case.y))) > 0.0
    X, y = case.X[rows][:, case.free], case.y[rows]
    below, above = np.full(X.shape[1], -1.0), np.ones(X.shape[1])
    if bounded:
        below[np.isfinite(case.lower[case.free])] = 0.0
        above[np.isfinite(case.upper[case.free])] = 0.0
    if case.options["fit_intercept"]:
        X = np.column_stack([X, np.ones(len(X))])
        below, above = np.append(below, -1.0), np.append(above, 1.0)
    if not case.free.any():
        return False
    n_classes = case.n_classes
    if n_classes == 2:
        margins = X * np.where(y == 1, 1.0, -1.0)[:, np.newaxis]
    else:
        differences = np.eye(n_classes)[y][:, np.newaxis] - np.eye(n_classes)  # (n, k, class)
        margins = np.einsum("nkc,nj->nkcj", differences, X).reshape(-1, n_classes * X.shape[1])
        below, above = np.tile(below, n_classes), np.tile(above, n_classes)
    found = optimize.linprog(
        -margins.sum(axis=0),
        A_ub=-margins,
        b_ub=np.zeros(len(margins)),
        bounds=np.column_stack([below, above]),
    )
    return bool(-found.fun > 1e-7)


def statuses(X: Array, y: Codes, **options: Any) -> dict[str, str]:  # noqa: ANN401
    """Fit dense and sparse X."""
    return {
        "dense": elltwo.logistic(X, y, **options).info.status,
        "sparse": elltwo.logistic(sparse.csr_array(X), y, **options).info.status,
    }


@pytest.mark.parametrize("first", range(0, 240, 40))
def test_every_solver_agrees_with_a_linear_program(first: int) -> None:
    """Ties, levels of factors, classes, zero factors, weights of zero, offsets and bounds."""
    for seed in range(first, first + 40):
        case = drawn(seed)
        got = statuses(case.X, case.y, **case.options)
        expected = "separable" if is_separable(case, bounded=False) else "converged"
        assert set(got.values()) == {expected}, (seed, got, expected)
        box = (case.lower, case.upper)
        inside = elltwo.logistic(case.X, case.y, bounds=box, **case.options).info.status
        expected = "separable" if is_separable(case, bounded=True) else "converged"
        assert inside == expected, (seed, inside, expected)


def test_a_level_of_one_class_alone() -> None:
    """The coefficient of the level has no finite estimate."""
    assert set(statuses(LEVEL, LEVEL_Y, alpha=0.0).values()) == {"separable"}
    single = elltwo.logistic(LEVEL.astype(np.float32), LEVEL_Y, alpha=0.0)
    assert single.info.status == "separable"
    assert np.isfinite(single.coef).all()
    for box, expected in (((0.0, None), "separable"), ((None, 5.0), "converged")):
        fit = elltwo.logistic(LEVEL, LEVEL_Y, alpha=0.0, bounds=box)
        assert fit.info.status == expected
    with pytest.warns(SeparationWarning):
        LogisticRegression(C=np.inf).fit(LEVEL, LEVEL_Y)
    assert set(statuses(LEVEL, LEVEL_Y, alpha=1e-8).values()) == {"converged"}


@pytest.mark.parametrize("tol", [1e-3, 1e-6, 1e-10])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_rare_level(n_classes: int, tol: float) -> None:
    """Two of sixty rows have a level of a factor, both of one class, at any tolerance."""
    rng = np.random.default_rng(4)
    X = np.column_stack([rng.normal(size=60), np.arange(60) < 2])
    y = np.append([1, 1], np.arange(58) % n_classes)
    options: dict[str, Any] = {"alpha": 0.0, "tol": tol}
    assert set(statuses(X, y, **options).values()) == {"separable"}
    y[0] = 0
    if n_classes == 2:  # of three classes the level would exclude the third
        assert set(statuses(X, y, **options).values()) == {"converged"}
    else:
        assert set(statuses(X, y, **options).values()) == {"separable"}
    y[1] = 1
    weight = np.ones(60)
    weight[0] = 0.0
    assert set(statuses(X, y, sample_weight=weight, **options).values()) == {"separable"}
    weight[1] = 0.0
    assert set(statuses(X, y, sample_weight=weight, **options).values()) == {"converged"}


@pytest.mark.parametrize("p", [3, 90])
def test_a_covariate_without_a_penalty(p: int) -> None:
    """It separates whatever the penalty of the others is, and in wide data too."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(40, p))
    X[:, 0] = np.arange(40) < 3
    y = np.append([1, 1, 1], rng.integers(0, 2, 37))
    factors = np.append(0.0, np.ones(p - 1))
    options: dict[str, Any] = {"alpha": 1.0, "penalty_factors": factors}
    assert set(statuses(X, y, **options).values()) == {"separable"}
    y[1] = 0
    assert set(statuses(X, y, **options).values()) == {"converged"}


def test_paths_and_cross_validation() -> None:
    """The fits at alpha = 0 say so, started from others or not."""
    rng = np.random.default_rng(6)
    X = np.column_stack([rng.normal(size=80), np.arange(80) % 20 == 0])
    y = np.where(np.arange(80) % 20 == 0, 1, rng.integers(0, 2, 80))
    for A in (X, sparse.csr_array(X)):
        path = elltwo.logistic_path(A, y, [1.0, 1e-4, 0.0])
        assert [info.status for info in path.info] == ["converged", "converged", "separable"]
        with pytest.warns(SeparationWarning):
            fit = elltwo.logistic_cv(A, y, alphas=[0.0], cv=4)
        assert fit.info.status == "separable"


@pytest.mark.parametrize("n", [12, 300])
def test_more_features_than_rows(n: int) -> None:
    """Generic rows are separable; rows that come with both labels are not."""
    X = np.random.default_rng(7).normal(size=(n, 2 * n + 5))
    y = np.arange(n) % 2
    assert set(statuses(X, y, alpha=0.0).values()) == {"separable"}
    twice = np.repeat(X[: n // 2], 2, axis=0)
    assert set(statuses(twice, y, alpha=0.0).values()) == {"converged"}


@pytest.mark.parametrize("overlap", [1e-1, 1e-3, 1e-5, 1e-8])
def test_a_small_overlap_is_no_separation(overlap: float) -> None:
    """Two rows beyond each other by a little keep coefficients finite, however large."""
    half = np.random.default_rng(1).uniform(size=30)
    X = np.concatenate([-half, half, [overlap, -overlap]])[:, np.newaxis]
    y = np.repeat([0, 1], 30)
    for ends, expected in (([0, 1], "converged"), ([1, 0], "separable")):
        labels = np.append(y, ends)
        assert set(statuses(X, labels, alpha=0.0).values()) == {expected}
        inside = elltwo.logistic(X, labels, alpha=0.0, bounds=(0.0, None))
        assert inside.info.status == expected


def test_strong_signals_and_near_collinearity_converge() -> None:
    """Most rows are saturated, or columns differ by 1e-6, but classes overlap."""
    rng = np.random.default_rng(2)
    a = rng.normal(size=2000)
    X = np.column_stack([a, a + 1e-6 * rng.normal(size=2000), rng.normal(size=(2000, 3))])
    y = (rng.random(2000) < 1.0 / (1.0 + np.exp(-30.0 * a))).astype(int)
    assert set(statuses(X, y, alpha=0.0).values()) == {"converged"}
    assert set(statuses(X[:, [0, 2]], y + (a > 1.0), alpha=1e-9).values()) == {"converged"}


def test_threads_do_not_matter() -> None:
    """Bits of a fit that ends in a search for a direction."""
    rng = np.random.default_rng(3)
    X = np.column_stack([rng.normal(size=(30_000, 8)), np.arange(30_000) < 5])
    y = (rng.random(30_000) < 1.0 / (1.0 + np.exp(-X[:, 0]))).astype(int)
    y[:5] = 1
    one, two = (elltwo.logistic(X, y, alpha=0.0, n_threads=k) for k in (1, 2))
    assert one.info.status == two.info.status == "separable"
    np.testing.assert_array_equal(one.coef, two.coef)
