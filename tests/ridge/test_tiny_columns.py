"""Columns at the ends of the exponent range: the right coefficients, or an error, never NaN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
import tiny_columns as tiny
from elltwo.linear_model import Ridge, RidgeClassifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiny_columns import Array, Case

N = tiny.ROWS
X = tiny.integers()
y = tiny.target(X)
WEIGHT = np.linspace(0.5, 2.0, N)
FACTORS = np.array([1.0, 2.0, 0.5])
HALF_LIFE = 9.0


def moments_of(rows: Any, target: Array) -> elltwo.Moments:  # noqa: ANN401
    moments = elltwo.Moments(tiny.FEATURES)
    for k in range(3):
        moments.add(rows[k::3], target[k::3])
    return moments


def stream_of(rows: Any, target: Array) -> elltwo.StreamFit:  # noqa: ANN401
    return elltwo.fit_stream([(rows[k::3], target[k::3]) for k in range(3)], alpha=1.0)


class Entry:
    """What an entry point fits, and the reference's options."""

    def __init__(self, fit: Callable[[Any], tuple[Any, Any]], **options: Any) -> None:  # noqa: ANN401
        self.fit = fit
        self.options: dict[str, Any] = {"alpha": 1.0, "target": y} | options


def parts(fit: Any, at: Any = ()) -> tuple[Any, Any]:  # noqa: ANN401
    assert fit.info.status == "converged"
    return np.asarray(fit.coef)[at], np.asarray(fit.intercept)[at]


def estimated(fit: Any) -> tuple[Any, Any]:  # noqa: ANN401
    return fit.coef_, fit.intercept_


ANY_FORM = {
    "ridge": Entry(lambda A: parts(elltwo.ridge(A, y, alpha=1.0))),
    "no_intercept": Entry(
        lambda A: parts(elltwo.ridge(A, y, alpha=1.0, fit_intercept=False)), fit_intercept=False
    ),
    "weights": Entry(
        lambda A: parts(elltwo.ridge(A, y, alpha=1.0, sample_weight=WEIGHT)), sample_weight=WEIGHT
    ),
    "factors": Entry(
        lambda A: parts(elltwo.ridge(A, y, alpha=1.0, penalty_factors=FACTORS)),
        penalty_factors=FACTORS,
    ),
    "prior_mean": Entry(
        lambda A: parts(elltwo.ridge(A, y, alpha=1.0, prior_mean=[0.5, 2.0, -1.0])),
        prior_mean=[0.5, 2.0, -1.0],
    ),
    "bounds": Entry(lambda A: parts(elltwo.ridge(A, y, alpha=1.0, bounds=(-9.0, 9.0)))),
    "small_alpha": Entry(lambda A: parts(elltwo.ridge(A, y, alpha=1e-300)), alpha=1e-300),
    "tiny_y": Entry(
        lambda A: parts(elltwo.ridge(A, np.ldexp(y, -996), alpha=1.0)), target=np.ldexp(y, -996)
    ),
    "svd": Entry(lambda A: parts(elltwo.ridge(A, y, alpha=1.0, solver="svd"))),
    "cholesky": Entry(lambda A: parts(elltwo.ridge(A, y, alpha=1.0, solver="cholesky"))),
    "Ridge": Entry(lambda A: estimated(Ridge(alpha=1.0).fit(A, y))),
}
DENSE = {
    "batch": Entry(lambda A: parts(elltwo.ridge_batch(A[None], y[None], alpha=1.0), 0)),
    "batch_factors": Entry(
        lambda A: parts(
            elltwo.ridge_batch(A[None], y[None], alpha=1.0, penalty_factors=FACTORS), 0
        ),
        penalty_factors=FACTORS,
    ),
    "grouped": Entry(
        lambda A: parts(elltwo.ridge_grouped(A, y, np.zeros(N, int), alpha=1.0), 0),
    ),
    "rolling": Entry(
        lambda A: parts(elltwo.ridge_rolling(A, y, window=N, alpha=1.0, min_periods=20), -1)
    ),
    "expanding": Entry(
        lambda A: parts(elltwo.ridge_expanding(A, y, alpha=1.0, min_periods=20), -1)
    ),
    "ewm": Entry(
        lambda A: parts(elltwo.ridge_ewm(A, y, half_life=HALF_LIFE, alpha=1.0, min_periods=20), -1),
        sample_weight=2.0 ** (-np.arange(N)[::-1] / HALF_LIFE),
    ),
    "moments": Entry(lambda A: parts(moments_of(A, y).ridge(alpha=1.0))),
    "moments_no_intercept": Entry(
        lambda A: parts(moments_of(A, y).ridge(alpha=1.0, fit_intercept=False)),
        fit_intercept=False,
    ),
    "stream": Entry(lambda A: parts(stream_of(A, y))),
}


def check(entry: Entry, case: Case) -> None:
    units = case.units
    scaled = X * units
    options = dict(entry.options)
    alpha, target = options.pop("alpha"), options.pop("target")
    coef, intercept = tiny.ridge(scaled, target, alpha, **options)
    rel = 2e-6 if case.single else 1e-11
    if not np.isfinite(coef).all():
        with pytest.raises(OverflowError, match=r"coef .*is beyond the range of float64"):
            entry.fit(case.shaped(scaled))
        return
    found = entry.fit(case.shaped(scaled))
    least = np.finfo(np.asarray(found[0]).dtype).smallest_subnormal
    tiny.assert_close(found[0], coef, units, rel, least)
    tiny.assert_close(found[1], intercept, rel=rel, least=least)


@pytest.mark.parametrize("case", tiny.cases(), ids=lambda case: case.id)
@pytest.mark.parametrize("entry", ANY_FORM.values(), ids=ANY_FORM.keys())
def test_right_coefficients(entry: Entry, case: Case) -> None:
    check(entry, case)


@pytest.mark.parametrize("case", tiny.cases("dense", "float32"), ids=lambda case: case.id)
@pytest.mark.parametrize("entry", DENSE.values(), ids=DENSE.keys())
def test_right_coefficients_of_dense_functions(entry: Entry, case: Case) -> None:
    check(entry, case)


WIDE = tiny.integers(8, 20, seed=5)
y_wide = np.linspace(-1.0, 2.0, 8) ** 2


@pytest.mark.parametrize("form", ["dense", "csr"])
@pytest.mark.parametrize("exponent", tiny.DOUBLE)
def test_wide(exponent: int, form: str) -> None:
    """Beside a penalty that dwarfs the data, b = X^T (y - mean) / alpha."""
    fit = elltwo.ridge(tiny.FORMS[form](np.ldexp(WIDE, exponent)), y_wide, alpha=2.0)
    found, intercept = parts(fit)
    expected = np.ldexp(WIDE.T @ (y_wide - y_wide.mean()) / 2.0, exponent)
    tiny.assert_close(found, expected, rel=1e-12)
    tiny.assert_close(intercept, y_wide.mean(), rel=1e-12)


@pytest.mark.parametrize("form", ["dense", "csr"])
@pytest.mark.parametrize("exponent", [e for e in tiny.DOUBLE if e > -1000])
@pytest.mark.parametrize("data", [(X, y), (WIDE, y_wide)], ids=["tall", "wide"])
def test_least_squares(data: tuple[Array, Array], exponent: int, form: str) -> None:
    A, target = data
    plain, bias = parts(elltwo.ridge(tiny.FORMS[form](A), target, alpha=0.0))
    scaled = tiny.FORMS[form](np.ldexp(A, exponent))
    found, found_bias = parts(elltwo.ridge(scaled, target, alpha=0.0))
    tiny.assert_close(np.ldexp(found, exponent), plain, rel=1e-11)
    tiny.assert_close(found_bias, bias, rel=1e-11)


@pytest.mark.parametrize("form", ["dense", "csr"])
@pytest.mark.parametrize("exponent", [-1023, -1040, -1063, -1074])
@pytest.mark.parametrize("data", [(X, y), (WIDE, y_wide)], ids=["tall", "wide"])
def test_least_squares_with_targets_as_small(
    data: tuple[Array, Array], exponent: int, form: str
) -> None:
    """The coefficients are of the order of one."""
    A, target = data[0], np.round(8.0 * data[1])
    plain, _ = parts(elltwo.ridge(tiny.FORMS[form](A), target, alpha=0.0))
    scaled = tiny.FORMS[form](np.ldexp(A, exponent))
    found, _ = parts(elltwo.ridge(scaled, np.ldexp(target, exponent), alpha=0.0))
    tiny.assert_close(found, plain, rel=1e-11)


OUT_OF_RANGE: dict[str, Callable[[Any], Any]] = {
    "ridge": lambda A: elltwo.ridge(A, y, alpha=0.0),
    "svd": lambda A: elltwo.ridge(A, y, alpha=0.0, solver="svd"),
    "bounds": lambda A: elltwo.ridge(A, y, alpha=0.0, bounds=(0.0, np.inf)),
    "Ridge": lambda A: Ridge(alpha=0.0).fit(A, y),
    "RidgeClassifier": lambda A: RidgeClassifier(alpha=0.0).fit(A, tiny.labels(X)),
}
DENSE_OUT_OF_RANGE: dict[str, Callable[[Any], Any]] = {
    "batch": lambda A: elltwo.ridge_batch(A[None], y[None], alpha=0.0),
    "grouped": lambda A: elltwo.ridge_grouped(A, y, np.zeros(N, int), alpha=0.0),
    "rolling": lambda A: elltwo.ridge_rolling(A, y, window=N, alpha=0.0, min_periods=20),
    "expanding": lambda A: elltwo.ridge_expanding(A, y, alpha=0.0, min_periods=20),
    "ewm": lambda A: elltwo.ridge_ewm(A, y, half_life=HALF_LIFE, alpha=0.0, min_periods=20),
    "moments": lambda A: moments_of(A, y).ridge(alpha=0.0),
    "stream": lambda A: elltwo.fit_stream([(A, y)], alpha=0.0),
}
MESSAGE = r"coef .*is beyond the range of float64 for feature \d, got (nan|-?inf)"


@pytest.mark.parametrize("form", ["dense", "csr", "csc"])
@pytest.mark.parametrize("exponent", [-1040, -1063, -1074])
@pytest.mark.parametrize("fit", OUT_OF_RANGE.values(), ids=OUT_OF_RANGE.keys())
def test_coefficients_out_of_range(fit: Callable[[Any], Any], exponent: int, form: str) -> None:
    """Least squares would have coefficients of 1e310 and more."""
    with pytest.raises(OverflowError, match=MESSAGE):
        fit(tiny.FORMS[form](np.ldexp(X, exponent)))


@pytest.mark.parametrize("exponent", [-1040, -1063, -1074])
@pytest.mark.parametrize("fit", DENSE_OUT_OF_RANGE.values(), ids=DENSE_OUT_OF_RANGE.keys())
def test_coefficients_of_dense_functions_out_of_range(
    fit: Callable[[Any], Any], exponent: int
) -> None:
    with pytest.raises(OverflowError, match=MESSAGE):
        fit(np.ldexp(X, exponent))


def test_problem_group_and_step_are_named() -> None:
    tiny_half = np.concatenate([X, np.ldexp(X, -1060)])
    both = np.concatenate([y, y])
    with pytest.raises(OverflowError, match=r"coef of problem 1 is beyond"):
        elltwo.ridge_batch(tiny_half.reshape(2, N, -1), both.reshape(2, N), alpha=0.0)
    with pytest.raises(OverflowError, match=r"coef of group 'b' is beyond"):
        elltwo.ridge_grouped(tiny_half, both, ["a"] * N + ["b"] * N, alpha=0.0)
    with pytest.raises(OverflowError, match=r"step 5\d: coef is beyond"):
        elltwo.ridge_rolling(tiny_half, both, window=N, alpha=0.0, min_periods=N)


@pytest.mark.parametrize("alpha", [1e10, 1e25, 1e40, 1e150, 1e300])
@pytest.mark.parametrize(
    ("solver", "form"),
    [(s, f) for s in ("auto", "cholesky", "svd") for f in ("dense", "csr")] + [("cg", "csr")],
)
def test_large_penalties_leave_what_they_should(solver: Any, alpha: float, form: str) -> None:  # noqa: ANN401
    """Coefficients fall as 1 / alpha, and are not the zero at which a solver starts."""
    coef, intercept = tiny.ridge(X, y, alpha)
    found, bias = parts(elltwo.ridge(tiny.FORMS[form](X), y, alpha=alpha, solver=solver))
    tiny.assert_close(found, coef, rel=1e-6 if solver == "cg" else 1e-10)
    tiny.assert_close(bias, intercept, rel=1e-9)
