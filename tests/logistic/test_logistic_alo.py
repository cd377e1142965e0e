"""Approximate leave-one-out of logistic regression: its equation, and true leave-one-out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

import elltwo
from elltwo import _core

Array = npt.NDArray[np.float64]


def data(n: int, p: int, n_classes: int, seed: int = 0) -> tuple[Array, npt.NDArray[np.int32]]:
    """Correlated features about 3, classes that depend on them."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p)) + rng.standard_normal((n, 1)) + 3.0
    z = X @ rng.standard_normal((p, n_classes)) / np.sqrt(p) + rng.gumbel(size=(n, n_classes))
    codes = z.argmax(axis=1).astype(np.int32)
    codes[:n_classes] = np.arange(n_classes)
    return X, codes


def left_out(
    X: npt.NDArray[np.floating],
    codes: npt.NDArray[np.int32],
    alphas: Array,
    *,
    weight: Array | None = None,
    factors: Array | None = None,
    offset: Array | None = None,
    fit_intercept: bool = True,
    scale: float = 1.0,
    n_threads: int = 1,
) -> tuple[Array, Array, Array]:
    """Coefficients by chance, and the predictors one step from them without each row."""
    n_classes = int(codes.max()) + 1
    n_outputs = 1 if n_classes == 2 else n_classes
    size = (len(alphas), n_outputs, X.shape[1])
    rng = np.random.default_rng(7)
    coef = scale * rng.standard_normal(size) / np.sqrt(X.shape[1])
    intercept = rng.standard_normal(size[:2]) * fit_intercept
    shift = None if offset is None else np.ascontiguousarray(offset.reshape(len(X), n_outputs))
    z, _ = _core.logistic_left_out(
        X,
        (codes, n_classes, alphas, factors, None, weight, shift, None, None),
        coef,
        intercept,
        (fit_intercept, "auto", 1e-10, 100, n_threads),
    )
    return coef, intercept, z


def by_equation(
    X: Array, codes: npt.NDArray[np.int32], penalty: Array, weight: Array, z: Array, ones: bool
) -> Array:
    """Equation 7 of Rad and Maleki (2020) with dense blocks; z is n x outputs."""
    n, n_outputs = z.shape
    rows = np.column_stack([X, np.ones(n)]) if ones else X
    penalty = np.append(penalty, 0.0) if ones else penalty
    full = np.column_stack([np.zeros(n), z]) if n_outputs == 1 else z
    p = np.exp(full - full.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    gradient = weight[:, np.newaxis] * (p - np.eye(p.shape[1])[codes])
    W = [w * (np.diag(q) - np.outer(q, q)) for w, q in zip(weight, p, strict=True)]
    if n_outputs == 1:
        gradient, W = gradient[:, 1:], [w[1:, 1:] for w in W]
    H = np.kron(np.eye(n_outputs), np.diag(penalty))
    for w, x in zip(W, rows, strict=True):
        H += np.kron(w, np.outer(x, x))
    if n_outputs > 1:  # what no loss sees
        H += np.kron(np.ones((n_outputs, n_outputs)), np.diag((penalty == 0.0).astype(float)))
    inverse = np.linalg.inv(H)
    out = z.copy()
    for i, x in enumerate(rows):
        A = np.kron(np.eye(n_outputs), x[:, np.newaxis])
        M = A.T @ inverse @ A
        out[i] += np.linalg.solve(np.eye(n_outputs) - M @ W[i], M @ gradient[i])
    return out


def centred(z: Array) -> Array:
    """Predictors up to what softmax does not see."""
    return z if z.shape[-1] == 1 else z - z.mean(axis=-1, keepdims=True)


@pytest.mark.parametrize(
    ("n", "p", "n_classes", "rtol"),
    [
        (60, 5, 2, 1e-11),
        (80, 4, 3, 1e-11),
        (40, 90, 2, 1e-9),  # more features than samples
        (30, 50, 3, 1e-7),
        (300, 60, 2, 1e-5),  # products in float
        (160, 50, 3, 1e-4),
    ],
)
@pytest.mark.parametrize("ones", [True, False])
def test_the_equation_with_weights_factors_and_offsets(
    n: int, p: int, n_classes: int, rtol: float, ones: bool
) -> None:
    """Dense Hessians and one solve for each row give the same predictors."""
    X, codes = data(n, p, n_classes)
    rng = np.random.default_rng(1)
    weight = 0.7 * rng.integers(1, 4, n).astype(np.float64)
    factors = rng.uniform(0.5, 2.0, p)
    offset = rng.standard_normal((n, 1 if n_classes == 2 else n_classes))
    alphas = np.array([5.0, 1.0])
    coef, intercept, got = left_out(
        X, codes, alphas, weight=weight, factors=factors, offset=offset, fit_intercept=ones
    )
    for a, alpha in enumerate(alphas):
        z = X @ coef[a].T + intercept[a] + offset
        expected = by_equation(X, codes, alpha * factors, weight, z, ones)
        scale = np.abs(expected).max()
        np.testing.assert_allclose(centred(got[a]), centred(expected), rtol=0, atol=rtol * scale)


def test_float32_gives_the_predictors_of_the_same_numbers() -> None:
    """X in float32 and its conversion to float64 agree, in any memory order."""
    X, codes = data(120, 6, 2)
    narrow = X.astype(np.float32)
    alphas = np.array([1.0])
    _, _, of_float = left_out(np.asfortranarray(narrow), codes, alphas)
    _, _, of_double = left_out(narrow.astype(np.float64), codes, alphas)
    np.testing.assert_allclose(of_float, of_double, rtol=1e-6)


def test_weight_zero_keeps_the_predictor_and_others_ignore_the_row() -> None:
    """Rows of weight 0 are predicted by the fit, whatever they hold."""
    X, codes = data(50, 3, 2)
    weight = np.ones(50)
    weight[[7, 30]] = 0.0
    alphas = np.array([2.0])
    coef, intercept, got = left_out(X, codes, alphas, weight=weight)
    np.testing.assert_allclose(got[0, 7], X[7] @ coef[0].T + intercept[0], rtol=1e-12)
    kept = weight > 0.0
    _, _, without = left_out(X[kept], codes[kept], alphas)
    np.testing.assert_allclose(got[0, kept], without[0], rtol=1e-10)


@pytest.mark.filterwarnings("ignore:alpha = 30 lies on the upper edge")
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("p", [5, 20])
def test_within_one_percent_of_true_leave_one_out(n_classes: int, p: int) -> None:
    """Refits without each row give a log-loss within 1 % of the approximation's."""
    n = 160
    rng = np.random.default_rng(p)
    X = rng.standard_normal((n, p)) + rng.standard_normal((n, 1))
    z = X @ rng.standard_normal((p, n_classes)) / p + rng.gumbel(size=(n, n_classes))
    codes = z.argmax(axis=1)
    alphas = np.array([30.0, 3.0])
    fit = elltwo.logistic_cv(X, codes, alphas=alphas, cv="alo", tol=1e-8, select="1se")
    true = np.zeros(2)
    for i in range(n):
        others = np.arange(n) != i
        path = elltwo.logistic_path(X[others], codes[others], alphas, tol=1e-8)
        for a, alpha in enumerate(alphas):
            true[a] += path.at(alpha).predict_log_proba(X[[i]])[0, codes[i]] / n
    np.testing.assert_allclose(fit.cv_score, true, rtol=0.01)


def test_leverages_between_the_nodes_of_a_path() -> None:
    """Of many rows the leverages of most alphas are interpolated: scores hardly differ."""
    X, codes = data(40_000, 30, 2)
    X -= X.mean(axis=0)
    alphas = np.geomspace(1e4, 1e-2, 31)
    path = elltwo.logistic_path(X, codes, alphas, tol=1e-6)
    coef, intercept = path.coef[:, np.newaxis].copy(), path.intercept[:, np.newaxis].copy()

    def of(some: slice) -> Array:
        data = (codes, 2, alphas[some], None, None, None, None, None, None)
        options = (True, "auto", 1e-10, 100, 1)
        return _core.logistic_left_out(X, data, coef[some], intercept[some], options)[0]

    got = of(slice(None))
    for a in (4, 17, 29):
        z = X @ coef[a].T + intercept[a]
        moved = of(slice(a, a + 1))[0] - z
        np.testing.assert_allclose(got[a] - z, moved, rtol=0.03, atol=1e-7)
        assert np.abs(moved).max() > 1e-4


def test_bits_do_not_depend_on_threads() -> None:
    """Two threads give the bits of one."""
    X, codes = data(6_000, 60, 2)
    alphas = np.array([10.0, 1.0])
    one = left_out(X, codes, alphas, n_threads=1)[2]
    two = left_out(X, codes, alphas, n_threads=2)[2]
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("alpha", [0.0, 1e-300, 1e300, np.inf])
def test_degenerate_rows_stay_finite(alpha: float) -> None:
    """A row that alone has a feature, or alone is of its class, gets a finite predictor."""
    rng = np.random.default_rng(5)
    X = rng.standard_normal((40, 3))
    X[:, 2] = 0.0
    X[3, 2] = 1.0
    codes = rng.integers(0, 2, 40).astype(np.int32)
    for labels in (codes, np.where(np.arange(40) == 8, 2, codes).astype(np.int32)):
        n_outputs = 1 if labels.max() == 1 else 3
        coef = rng.standard_normal((1, n_outputs, 3))
        z, _ = _core.logistic_left_out(
            X,
            (labels, int(labels.max()) + 1, np.array([alpha]), None, None, None, None, None, None),
            coef,
            np.zeros((1, n_outputs)),
            (True, "auto", 1e-10, 100, 1),
        )
        assert np.isfinite(z).all()


def test_too_many_features_are_refused() -> None:
    """A matrix of all features is not formed where it would not fit."""
    X = np.ones((8200, 8200), dtype=np.float32)
    codes = np.arange(8200, dtype=np.int32) % 3
    with pytest.raises(ValueError, match=r"all features or rows, fewer than 8192, got 8200"):
        left_out(X, codes, np.array([np.inf]))


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_any_scale(scale: float) -> None:
    """X and the alphas in other units, and weights of 1e-300, give the same predictors."""
    X, codes = data(60, 4, 2)
    _, _, plain = left_out(X, codes, np.array([1.0]))
    _, _, scaled = left_out(X * scale, codes, np.array([scale**2]), scale=1.0 / scale)
    np.testing.assert_allclose(scaled, plain, rtol=1e-7)
    weight = np.full(60, 1e-300)
    _, _, light = left_out(X, codes, np.array([1e-300]), weight=weight)
    np.testing.assert_allclose(light, plain, rtol=1e-7)
