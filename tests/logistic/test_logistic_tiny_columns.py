"""Columns at the ends of the exponent range: the right coefficients, or an error, never NaN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
import tiny_columns as tiny
from elltwo.linear_model import LogisticRegression, LogisticRegressionCV

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiny_columns import Array, Case

X = tiny.integers()
TWO, THREE = tiny.labels(X), tiny.labels(X, 3)
WEIGHT = np.linspace(0.5, 2.0, tiny.ROWS)
FACTORS = np.array([1.0, 2.0, 0.5])
PRIOR = np.array([0.5, 2.0, -1.0])
OFFSET = np.linspace(-1.0, 2.0, tiny.ROWS)
BOX = (-9.0, 9.0)


class Entry:
    """What an entry point fits, and the reference's options."""

    def __init__(self, fit: Callable[[Any], tuple[Any, Any]], label: Array, **options: Any) -> None:  # noqa: ANN401
        self.fit, self.label, self.options = fit, label, {"alpha": 1.0} | options


def fitted(label: Array, **options: Any) -> Callable[[Any], tuple[Any, Any]]:  # noqa: ANN401
    return lambda A: parts(elltwo.logistic(A, label, **({"alpha": 1.0} | options)))


def parts(fit: Any) -> tuple[Any, Any]:  # noqa: ANN401
    assert fit.info.status == "converged"
    assert np.isfinite([fit.info.objective, fit.info.loss, fit.info.optimality]).all()
    return np.atleast_2d(fit.coef), np.atleast_1d(fit.intercept)


def estimated(fit: Any) -> tuple[Any, Any]:  # noqa: ANN401
    return fit.coef_, fit.intercept_


ANY_FORM = {
    "two": Entry(fitted(TWO), TWO),
    "three": Entry(fitted(THREE), THREE),
    "no_intercept": Entry(fitted(TWO, fit_intercept=False), TWO, fit_intercept=False),
    "weights": Entry(fitted(TWO, sample_weight=WEIGHT), TWO, sample_weight=WEIGHT),
    "factors": Entry(fitted(TWO, penalty_factors=FACTORS), TWO, penalty_factors=FACTORS),
    "three_factors": Entry(fitted(THREE, penalty_factors=FACTORS), THREE, penalty_factors=FACTORS),
    "prior_mean": Entry(fitted(TWO, prior_mean=PRIOR), TWO, prior_mean=PRIOR[None]),
    "offset": Entry(fitted(TWO, offset=OFFSET), TWO, offset=OFFSET[:, None]),
    "small_alpha": Entry(fitted(TWO, alpha=1e-300), TWO, alpha=1e-300),
    "path": Entry(lambda A: parts(elltwo.logistic_path(A, TWO, [3.0, 1.0]).at(1.0)), TWO),
    "LogisticRegression": Entry(lambda A: estimated(LogisticRegression(C=1.0).fit(A, TWO)), TWO),
}
DENSE = {
    "bounds": Entry(fitted(TWO, bounds=BOX), TWO),
    "three_bounds": Entry(fitted(THREE, bounds=BOX), THREE),
    "newton_cholesky": Entry(fitted(TWO, solver="newton_cholesky"), TWO),
    "quasi_newton": Entry(fitted(TWO, solver="quasi_newton"), TWO),
    "newton_cg": Entry(fitted(TWO, solver="newton_cg"), TWO),
}


def check(entry: Entry, case: Case) -> None:
    scaled = X * case.units
    coef, intercept = tiny.logistic(scaled, entry.label, **entry.options)
    if not np.isfinite(coef).all():
        with pytest.raises(OverflowError, match=r"coef .*is beyond the range of float64"):
            entry.fit(case.shaped(scaled))
        return
    rel = 2e-6 if case.single else 1e-8
    found = entry.fit(case.shaped(scaled))
    least = np.finfo(np.asarray(found[0]).dtype).smallest_subnormal
    tiny.assert_close(found[0], coef, case.units, rel, least)
    tiny.assert_close(found[1], intercept, rel=rel, least=least)


@pytest.mark.parametrize("case", tiny.cases(), ids=lambda case: case.id)
@pytest.mark.parametrize("entry", ANY_FORM.values(), ids=ANY_FORM.keys())
def test_right_coefficients(entry: Entry, case: Case) -> None:
    check(entry, case)


@pytest.mark.parametrize("case", tiny.cases("dense", "float32"), ids=lambda case: case.id)
@pytest.mark.parametrize("entry", DENSE.values(), ids=DENSE.keys())
def test_right_coefficients_of_dense_functions(entry: Entry, case: Case) -> None:
    check(entry, case)


WIDE = tiny.integers(10, 24, seed=5)


@pytest.mark.parametrize("exponent", tiny.DOUBLE)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_wide(n_classes: int, exponent: int) -> None:
    """Beside a penalty that dwarfs the data, b = X^T (y - shares) / alpha."""
    label = np.arange(10) % n_classes
    scaled = np.ldexp(WIDE, exponent)
    fit = elltwo.logistic(scaled, label, alpha=2.0)
    found, _ = parts(fit)
    share = np.bincount(label) / 10
    residual = ((label[:, None] == np.arange(n_classes)) - share)[:, 1 if n_classes == 2 else 0 :]
    expected = np.ldexp(WIDE.T @ residual / 2.0, exponent).T
    tiny.assert_close(found, expected, rel=1e-11)


@pytest.mark.parametrize("exponent", tiny.DOUBLE)
def test_wide_with_one_column_of_its_own_scale(exponent: int) -> None:
    """A column that is too small to matter changes nothing else."""
    label = np.arange(10) % 2
    scaled = WIDE.copy()
    scaled[:, 3] = np.ldexp(scaled[:, 3], exponent)
    found, bias = parts(elltwo.logistic(scaled, label, alpha=1.0))
    rest, bias_of_rest = parts(elltwo.logistic(np.delete(WIDE, 3, axis=1), label, alpha=1.0))
    tiny.assert_close(np.delete(found, 3, axis=1), rest, rel=1e-9)
    tiny.assert_close(bias, bias_of_rest, rel=1e-9)


@pytest.mark.parametrize("form", ["dense", "csr"])
@pytest.mark.parametrize("exponent", [e for e in tiny.DOUBLE if e > -1000])
def test_likelihood_alone(exponent: int, form: str) -> None:
    plain, bias = parts(elltwo.logistic(tiny.FORMS[form](X), TWO, alpha=0.0))
    scaled = tiny.FORMS[form](np.ldexp(X, exponent))
    found, found_bias = parts(elltwo.logistic(scaled, TWO, alpha=0.0))
    tiny.assert_close(np.ldexp(found, exponent), plain)
    tiny.assert_close(found_bias, bias)


@pytest.mark.parametrize("form", ["dense", "csr"])
@pytest.mark.parametrize("label", [TWO, THREE], ids=["two", "three"])
@pytest.mark.parametrize("exponent", [-1040, -1063, -1074])
def test_likelihood_alone_out_of_range(exponent: int, label: Array, form: str) -> None:
    """The coefficients would be 1e310 and more."""
    scaled = tiny.FORMS[form](np.ldexp(X, exponent))
    with pytest.raises(OverflowError, match="coef is beyond the range of float64 for feature"):
        elltwo.logistic(scaled, label, alpha=0.0)


@pytest.mark.parametrize("form", ["dense", "csr"])
@pytest.mark.parametrize("cv", [3, "alo"])
@pytest.mark.parametrize("exponent", tiny.DOUBLE)
def test_cross_validation(exponent: int, cv: Any, form: str) -> None:  # noqa: ANN401
    scaled = tiny.FORMS[form](np.ldexp(X, exponent))
    fit = elltwo.logistic_cv(scaled, TWO, alphas=[1.0], cv=cv)
    found, bias = parts(fit)
    coef, intercept = tiny.logistic(np.ldexp(X, exponent), TWO, fit.alpha)
    tiny.assert_close(found, coef, rel=1e-9)
    tiny.assert_close(bias, intercept)
    assert np.isfinite(fit.predict_proba(scaled)).all()


@pytest.mark.parametrize("exponent", tiny.DOUBLE)
def test_estimator_with_cross_validation(exponent: int) -> None:
    scaled = np.ldexp(X, exponent)
    fit = LogisticRegressionCV(Cs=[1.0], cv=3).fit(scaled, TWO)
    coef, _ = tiny.logistic(scaled, TWO, 1.0 / float(fit.C_[0]))
    tiny.assert_close(fit.coef_, coef)


@pytest.mark.parametrize("form", ["dense", "csr"])
@pytest.mark.parametrize("exponent", tiny.DOUBLE[1:])
def test_no_grid_for_columns_without_squares(exponent: int, form: str) -> None:
    """A grid of alphas is chosen in squares of X, which are zero here."""
    scaled = tiny.FORMS[form](np.ldexp(X, exponent))
    with pytest.raises(ValueError, match="alphas=None needs squares of X within the range"):
        elltwo.logistic_cv(scaled, TWO)


@pytest.mark.parametrize("form", ["dense", "csr"])
@pytest.mark.parametrize("w", [2.0**-1074, 2.0**-1030, 2.0**-996, 2.0**996])
def test_weights_at_the_ends(w: float, form: str) -> None:
    """Weights and penalties in the same unit."""
    A = tiny.FORMS[form](X)
    plain, bias = parts(elltwo.logistic(A, TWO, alpha=4.0, sample_weight=np.full(tiny.ROWS, 2.0)))
    weight = np.full(tiny.ROWS, 2.0 * w)
    found, found_bias = parts(elltwo.logistic(A, TWO, alpha=4.0 * w, sample_weight=weight))
    tiny.assert_close(found, plain)
    tiny.assert_close(found_bias, bias)


@pytest.mark.parametrize("form", ["dense", "csr"])
@pytest.mark.parametrize("exponent", [500, 512, 540, 996, 1020])
@pytest.mark.parametrize("which", ["one", "all"])
def test_huge_columns(which: str, exponent: int, form: str) -> None:
    """The penalty is lost beside columns of 1e150 to 1e307: the likelihood alone remains."""
    case = tiny.Case(exponent, which, form)
    scaled = X * case.units
    free = np.zeros(3) if which == "all" else np.r_[1.0, 0.0, 1.0]
    plain, bias = parts(elltwo.logistic(case.shaped(X), TWO, alpha=1.0, penalty_factors=free))
    found, found_bias = parts(elltwo.logistic(case.shaped(scaled), TWO, alpha=1.0))
    tiny.assert_close(found * case.units, plain)
    tiny.assert_close(found_bias, bias)
