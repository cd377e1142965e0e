"""The core's pass over rows at given coefficients, against its definition in long double."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from elltwo import _core

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]
    # A matrix as the core takes it: dense, or the arrays of a sparse one.
    Matrix: TypeAlias = Array | tuple[Array, Array, Array, int, int, bool]

NAMES = ("weight", "loss", "gradient", "residual", "hessian", "held")
KINDS = ("rows", "columns", "strided", "csr", "csc")


@dataclass
class Rows:
    X: Array
    codes: Array
    weight: Array | None
    offset: Array | None
    fold: Array | None

    def part(self, begin: int, end: int) -> Rows:
        given = (self.weight, self.offset, self.fold)
        rest = (None if values is None else values[begin:end] for values in given)
        return Rows(self.X[begin:end], self.codes[begin:end], *rest)


@dataclass
class Points:
    theta: Array
    left_out: Array
    shift: Array
    scale: Array
    n_classes: int
    hessian: Array

    def start(self, in_float32: bool = False) -> _core.LogisticPass:
        return _core.LogisticPass(
            self.theta,
            self.left_out,
            self.shift,
            self.scale,
            self.n_classes,
            self.hessian,
            in_float32,
        )


def problem(
    seed: int, n: int, p: int, n_classes: int, *, given: bool = True
) -> tuple[Rows, Points]:
    """Rows with zeros among their values and weights, and four points, two with a Hessian."""
    rng = np.random.default_rng(seed)
    outputs = 1 if n_classes == 2 else n_classes
    X = rng.normal(1.0, 2.0, size=(n, p))
    X[rng.random((n, p)) < 0.3] = 0.0
    rows = Rows(
        X,
        rng.integers(0, n_classes, n).astype(np.int32),
        rng.gamma(1.0, size=n) * (rng.random(n) < 0.9) if given else None,
        rng.normal(size=(n, outputs)) if given else None,
        rng.integers(0, 3, n).astype(np.int32) if given else None,
    )
    points = Points(
        rng.normal(size=(4, outputs, p + 1)) / np.sqrt(p),
        np.array([-1, 0, 2, 0], dtype=np.int32),
        rng.normal(1.0, size=p),
        2.0 ** rng.integers(-2, 3, p),
        n_classes,
        np.array([True, False, True, False]),
    )
    return rows, points


def as_kind(X: Array, kind: str) -> Matrix:
    if kind == "columns":
        return np.asfortranarray(X)
    if kind == "strided":
        wide = np.full((2 * X.shape[0], 3 * X.shape[1]), np.nan, dtype=X.dtype)
        wide[::2, 1::3] = X
        return wide[::2, 1::3]
    if kind in ("csr", "csc"):
        m = sparse.csr_matrix(X) if kind == "csr" else sparse.csc_matrix(X)
        return (m.data, m.indices, m.indptr, *X.shape, kind == "csr")
    return X


def add(
    target: _core.LogisticPass, rows: Rows, X: Matrix | None = None, n_threads: int = 1
) -> None:
    X = rows.X if X is None else X
    target.add(X, rows.codes, rows.weight, rows.offset, rows.fold, n_threads)


def definition(rows: Rows, points: Points) -> dict[str, Array]:
    """All sums, and the sum of the sizes of the gradient's terms, in long double."""
    n, K = len(rows.codes), points.n_classes
    wide = np.longdouble
    Z = np.column_stack([(rows.X.astype(wide) - points.shift) * points.scale, np.ones(n, wide)])
    w = np.ones(n) if rows.weight is None else rows.weight
    fold = np.zeros(n) if rows.fold is None else rows.fold
    sums: dict[str, list[Array]] = {name: [] for name in (*NAMES, "size")}
    for k, theta in enumerate(points.theta):
        z = Z @ theta.astype(wide).T
        if rows.offset is not None:
            z = z + rows.offset
        if K == 2:
            z = np.column_stack([np.zeros(n, wide), z[:, 0]])
        e = np.exp(z - z.max(axis=1, keepdims=True))
        P = e / e.sum(axis=1, keepdims=True)
        loss = np.log(np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1)) + z.max(axis=1)
        loss -= z[np.arange(n), rows.codes]
        off = P - np.eye(K)[rows.codes]
        fitted, held = w * (fold != points.left_out[k]), w * (fold == points.left_out[k])
        of = slice(1, 2) if K == 2 else slice(None)
        R, Q = off[:, of], P[:, of]
        sums["weight"].append(fitted.sum())
        sums["loss"].append(fitted @ loss)
        sums["gradient"].append((fitted[:, None] * R).T @ Z)
        sums["size"].append((fitted[:, None] * abs(R)).T @ abs(Z))
        sums["residual"].append(fitted @ R**2)
        brier = (off**2).sum(axis=1) * (0.5 if K == 2 else 1.0)
        right = z.argmax(axis=1) == rows.codes
        sums["held"].append(np.array([held.sum(), held @ loss, held @ right, held @ brier]))
        if points.hessian[k]:
            blocks = [
                [(fitted * Q[:, a] * ((a == b) - Q[:, b]) * Z.T) @ Z for b in range(Q.shape[1])]
                for a in range(Q.shape[1])
            ]
            sums["hessian"].append(np.block(blocks))
    return {name: np.array(values) for name, values in sums.items()}


def assert_sums(got: tuple[Any, ...], wanted: dict[str, Array], of_hessian: float) -> None:
    for name, values in zip(NAMES, got[:6], strict=True):
        assert values.shape == wanted[name].shape
        tolerance = of_hessian if name == "hessian" else 1e-14
        size = wanted["size"] if name == "gradient" else np.abs(wanted[name]).max(initial=1e-300)
        assert (np.abs(values - wanted[name]) <= tolerance * size).all(), name


def bits(sums: tuple[Any, ...]) -> bytes:
    return b"".join(values.tobytes() for values in sums[:6]) + str(sums[6]).encode()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_sums_are_those_of_the_definition(n_classes: int, kind: str, dtype: type) -> None:
    rows, points = problem(1, 700, 6, n_classes)
    rows.X = rows.X.astype(dtype)
    target = points.start()
    add(target, rows, as_kind(rows.X, kind))
    got = target.sums()
    assert_sums(got, definition(rows, points), 1e-13)
    assert rows.weight is not None
    assert got[6] == np.count_nonzero(rows.weight)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_no_weights_offsets_and_folds_are_ones_and_zeros(n_classes: int) -> None:
    rows, points = problem(2, 90, 3, n_classes, given=False)
    target = points.start()
    add(target, rows)
    assert_sums(target.sums(), definition(rows, points), 1e-13)


@pytest.mark.parametrize("p", [60, 150])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_products_in_float32_are_good_to_single_precision(n_classes: int, p: int) -> None:
    rows, points = problem(3, 600, p, n_classes)
    wanted = definition(rows, points)
    for in_float32, tolerance in ((False, 1e-13), (True, 1e-6)):
        target = points.start(in_float32)
        add(target, rows)
        assert_sums(target.sums(), wanted, tolerance)
        hessian = target.sums()[4]
        np.testing.assert_array_equal(hessian, hessian.transpose(0, 2, 1))
        assert (abs(hessian - wanted["hessian"]).max() > 1e-10) == in_float32


@pytest.mark.parametrize("kind", ["rows", "csr"])
@pytest.mark.parametrize("in_float32", [False, True])
@pytest.mark.parametrize("p", [30, 140])
def test_bits_do_not_depend_on_the_number_of_threads(p: int, in_float32: bool, kind: str) -> None:
    rows, points = problem(4, 30_000 if p == 30 else 4000, p, 2)
    answers = set()
    for n_threads in (1, 2, 3):
        target = points.start(in_float32)
        for begin, end in pairwise((0, 500, 501, len(rows.codes))):
            part = rows.part(begin, end)
            add(target, part, as_kind(part.X, kind), n_threads)
        answers.add(bits(target.sums()))
    assert len(answers) == 1


def test_a_million_rows_in_a_hundred_portions_keep_their_digits() -> None:
    """The residuals of a fit cancel, so that errors show beside the sum of the terms' sizes."""
    rng = np.random.default_rng(5)
    n, p = 1_000_000, 3
    X = rng.normal(size=(n, p))
    codes = (X.sum(axis=1) + rng.logistic(size=n) > 0).astype(np.int32)
    rows = Rows(X, codes, None, None, None)
    points = Points(
        np.ones((1, 1, p + 1)) * [1, 1, 1, 0],
        np.array([-1], dtype=np.int32),
        np.zeros(p),
        np.ones(p),
        2,
        np.array([False]),
    )
    wanted = definition(rows, points)
    target = points.start()
    for begin in range(0, n, n // 100):
        add(target, rows.part(begin, begin + n // 100))
    _, loss, gradient, *_ = target.sums()
    assert (abs(gradient - wanted["gradient"]) <= 3e-16 * wanted["size"]).all()
    assert abs(loss - wanted["loss"]) <= 3e-16 * wanted["loss"]


@given(st.lists(st.integers(0, 60), max_size=6), st.sampled_from([2, 3]))
@settings(max_examples=40, deadline=None)
def test_any_portions_give_the_same_digits(cuts: list[int], n_classes: int) -> None:
    rows, points = problem(6, 60, 4, n_classes)
    target = points.start()
    for begin, end in pairwise([0, *sorted(cuts), 60]):
        add(target, rows.part(begin, end))
    assert_sums(target.sums(), definition(rows, points), 1e-13)


def test_predictors_far_out_are_saturated_and_finite() -> None:
    rows, points = problem(7, 40, 2, 3)
    points.theta *= 1e5
    target = points.start()
    add(target, rows)
    sums = target.sums()
    assert all(np.isfinite(values).all() for values in sums[:6])
    np.testing.assert_allclose(sums[1], definition(rows, points)["loss"].astype(float), rtol=1e-13)


BAD = {
    "X contains NaN at row 7, column 1": ("X", (7, 1), np.nan),
    "X contains infinity at row 8, column 0": ("X", (8, 0), np.inf),
    "X contains infinity at row 0, column 2": ("X", (0, 2), -np.inf),
    "sample_weight must be finite and not negative, got nan at row 3": ("weight", 3, np.nan),
    "sample_weight must be finite and not negative, got inf at row 2": ("weight", 2, np.inf),
    "sample_weight must be finite and not negative, got -1 at row 0": ("weight", 0, -1.0),
    "offset must be finite, got nan at row 4": ("offset", (4, 2), np.nan),
    "offset must be finite, got -inf at row 5": ("offset", (5, 0), -np.inf),
    r"label must be in \[0, 3\), got 3 at row 6": ("codes", 6, 3),
    r"label must be in \[0, 3\), got -1 at row 6": ("codes", 6, -1),
}


@pytest.mark.parametrize("kind", ["rows", "csc"])
@pytest.mark.parametrize("message", BAD)
def test_bad_values_are_named_and_change_nothing(message: str, kind: str) -> None:
    rows, points = problem(8, 50, 4, 3)
    target = points.start()
    add(target, rows, as_kind(rows.X, kind))
    before = bits(target.sums())
    name, place, value = BAD[message]
    getattr(rows, name)[place] = value
    with pytest.raises(ValueError, match=message):
        add(target, rows, as_kind(rows.X, kind))
    assert bits(target.sums()) == before


@pytest.mark.parametrize("name", ["codes", "weight", "offset", "fold"])
def test_wrong_lengths_are_refused(name: str) -> None:
    rows, points = problem(9, 50, 4, 3)
    target = points.start()
    setattr(rows, name, getattr(rows, name)[:-1].copy())
    with pytest.raises(ValueError, match=r"must have \d+ values, got \d+"):
        add(target, rows)
    assert target.sums()[6] == 0


def test_points_that_do_not_fit_are_refused() -> None:
    rows, points = problem(10, 20, 4, 3)
    with pytest.raises(ValueError, match="X must have 4 columns, got 3"):
        add(points.start(), rows, rows.X[:, :3])
    for name, value, message in (
        ("n_classes", 2, "points x outputs"),
        ("n_classes", 1, "points x outputs"),
        ("theta", points.theta[:2], "points x outputs"),
        ("theta", np.full_like(points.theta, np.nan), "theta must be finite, got nan"),
        ("shift", points.shift[:3].copy(), "shift must have 4 values, got 3"),
        ("scale", -points.scale, "scale must be positive"),
        ("hessian", points.hessian[:1].copy(), "hessian must have 4 values, got 1"),
        ("hessian", points.hessian.astype(float), "array of bool"),
    ):
        _, changed = problem(10, 20, 4, 3)
        setattr(changed, name, value)
        with pytest.raises(ValueError, match=message):
            changed.start()


@pytest.mark.parametrize("kind", ["rows", "csr"])
def test_inputs_are_not_modified(kind: str) -> None:
    rows, points = problem(11, 300, 5, 3)
    rows.offset = None
    given = [rows.X, rows.codes, rows.weight, rows.fold, points.theta, points.shift]
    copies = [np.array(values) for values in given]
    X = as_kind(rows.X, kind)
    add(points.start(), rows, X, 2)
    for values, copy in zip(given, copies, strict=True):
        np.testing.assert_array_equal(values, copy)
