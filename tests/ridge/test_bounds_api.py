"""Bounds: the estimator beside scikit-learn's, bad values, and fits that end early."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from sklearn.linear_model import Ridge as ReferenceRidge
from sklearn.linear_model import RidgeClassifier as ReferenceClassifier

import elltwo
import reference
from elltwo.exceptions import ConvergenceWarning
from elltwo.linear_model import Ridge, RidgeClassifier

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]


def data(n: int, p: int, seed: int) -> tuple[Array, Array]:
    """Columns with means, and a target with a mean."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p)) + rng.standard_normal(p)
    return X, X[:, : min(3, p)].sum(axis=1) + rng.standard_normal(n) + 2.0


@pytest.mark.parametrize("shape", [(60, 12), (12, 60), (200, 100)])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_estimator_is_no_worse_than_scikit_learn(
    shape: tuple[int, int], fit_intercept: bool
) -> None:
    X, y = data(*shape, 11)
    ours = Ridge(alpha=0.5, positive=True, fit_intercept=fit_intercept).fit(X, y)
    theirs = ReferenceRidge(alpha=0.5, positive=True, fit_intercept=fit_intercept, tol=1e-8)
    theirs.fit(X, y)
    assert ours.coef_.min() >= 0.0
    value = [reference.objective(X, y, m.coef_, float(m.intercept_), 0.5) for m in (ours, theirs)]
    assert value[0] <= value[1] * (1 + 1e-9)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-3)
    by_bounds = Ridge(alpha=0.5, bounds=(0, None), fit_intercept=fit_intercept).fit(X, y)
    np.testing.assert_array_equal(by_bounds.coef_, ours.coef_)


def test_estimator_options() -> None:
    X, y = data(10, 3, 12)
    with pytest.raises(ValueError, match=r"positive=True means bounds=\(0, None\), got bounds"):
        Ridge(positive=True, bounds=(0, 1)).fit(X, y)
    with pytest.raises(TypeError, match="positive must be True or False, got 1"):
        Ridge(positive=1).fit(X, y)  # type: ignore[arg-type]  # the point
    np.testing.assert_array_equal(
        Ridge(bounds=(-0.1, 0.1)).fit(X, y).coef_,
        elltwo.ridge(X, y, alpha=1.0, bounds=(-0.1, 0.1)).coef,
    )


@pytest.mark.parametrize("n_classes", [2, 3])
def test_classifier_is_no_worse_than_scikit_learn(n_classes: int) -> None:
    X, y = data(60, 8, 17)
    labels = np.digitize(y, np.quantile(y, np.arange(1, n_classes) / n_classes))
    ours = RidgeClassifier(alpha=0.5, positive=True).fit(X, labels)
    theirs = ReferenceClassifier(alpha=0.5, positive=True, tol=1e-8).fit(X, labels)
    assert ours.coef_.min() == 0.0
    columns = range(n_classes) if n_classes > 2 else [1]
    for c, b, b0, rival, rival0 in zip(
        columns,
        np.atleast_2d(ours.coef_),
        ours.intercept_,
        np.atleast_2d(theirs.coef_),
        theirs.intercept_,
        strict=True,
    ):
        target = np.where(labels == c, 1.0, -1.0)
        value = reference.objective(X, target, b, b0, 0.5)
        assert value <= reference.objective(X, target, rival, rival0, 0.5) * (1 + 1e-9)
    np.testing.assert_allclose(ours.coef_.ravel(), theirs.coef_.ravel(), atol=1e-3)
    by_bounds = RidgeClassifier(alpha=0.5, bounds=(0, None)).fit(X, labels)
    np.testing.assert_array_equal(by_bounds.coef_, ours.coef_)
    with pytest.raises(ValueError, match=r"positive=True means bounds=\(0, None\), got bounds"):
        RidgeClassifier(positive=True, bounds=(0, 1)).fit(X, labels)


@pytest.mark.parametrize(
    ("bounds", "error", "message"),
    [
        (0.5, TypeError, "bounds must be a pair .lower, upper., got 0.5"),
        ("01", TypeError, "bounds must be a pair .lower, upper., got '01'"),
        ((0, 1, 2), ValueError, "bounds must be a pair .lower, upper., got 3"),
        (([0.0, 1.0], 3), ValueError, r"bounds\[0\] must be a number or have shape \(3,\)"),
        ((0, "x"), TypeError, r"bounds\[1\] must hold real numbers"),
        ((None, [1, np.nan, 1]), ValueError, "bounds must not be NaN, got NaN at feature 1"),
        (([0, 0, 2], 1.5), ValueError, "lower <= upper, got 2 and 1.5 at feature 2"),
        ((np.inf, None), ValueError, "finite values between them, got inf and inf at feature 0"),
        ((None, -np.inf), ValueError, "finite values between them, got -inf and -inf at feature 0"),
    ],
)
def test_bad_bounds(
    bounds: tuple[object, ...] | float | str, error: type[Exception], message: str
) -> None:
    X, y = data(10, 3, 13)
    with pytest.raises(error, match=message):
        elltwo.ridge(X, y, alpha=1.0, bounds=bounds)  # type: ignore[arg-type]  # the point


@pytest.mark.parametrize("shape", [(10, 3), (3, 10)])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_data_must_be_finite(shape: tuple[int, int], bad: float) -> None:
    X, y = data(*shape, 14)
    X[1, 2] = bad
    with pytest.raises(ValueError, match=r"X contains .* at row 1, column 2"):
        elltwo.ridge(X, y, alpha=1.0, bounds=(0, None))


@pytest.mark.parametrize("shape", [(300, 100), (30, 100)])
def test_too_few_iterations_are_not_silent(shape: tuple[int, int]) -> None:
    X, y = data(*shape, 15)
    with pytest.warns(ConvergenceWarning, match="after 0 iteration"):
        fit = elltwo.ridge(X, y, alpha=0.1, bounds=(0, None), max_iter=0)
    assert fit.info.status == "max_iter_reached"
    assert fit.coef.min() >= 0.0
    assert elltwo.ridge(X, y, alpha=0.1, bounds=(0, None)).info.n_iter > 0


def test_arguments_are_not_modified_and_threads_change_nothing() -> None:
    X, y = data(400, 90, 16)
    lower, upper = np.zeros(90), np.full(90, 0.5)
    kept = [a.copy() for a in (X, y, lower, upper)]
    one = elltwo.ridge(X, y, alpha=0.1, bounds=(lower, upper), n_threads=1)
    two = elltwo.ridge(X, y, alpha=0.1, bounds=(lower, upper), n_threads=2)
    np.testing.assert_array_equal(one.coef, two.coef)
    for before, after in zip(kept, (X, y, lower, upper), strict=True):
        np.testing.assert_array_equal(before, after)
