"""Statistics of logistic regressions against explicit Hessians and closed forms."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo
import logistic_statistics_reference as slow
from reference import relative_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

KINDS = ("bayesian", "sampling", "sandwich_hc0", "sandwich")


def data(n_classes: int = 2, n: int = 30, p: int = 3, seed: int = 0) -> tuple[Array, Array]:
    """Columns of other levels and sizes, and labels that overlap."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p)) * np.geomspace(0.1, 10.0, p) + 2.0
    label = rng.integers(0, n_classes, n)
    label[:n_classes] = np.arange(n_classes)
    return X, label


def parameters(fit: elltwo.LogisticFit) -> Array:
    return np.column_stack([np.atleast_2d(fit.coef), np.atleast_1d(fit.intercept)])


def errors(statistics: elltwo.LogisticStatistics, kind: str) -> Array:
    """Standard errors, flat, class by class and intercepts last in each."""
    coef, intercept = statistics.standard_errors(kind)
    return np.column_stack([np.atleast_2d(coef), np.atleast_1d(intercept)]).ravel()


@pytest.mark.parametrize("n_classes", [2, 3, 4])
@pytest.mark.parametrize("alpha", [0.0, 1e-9, 1.5])
@pytest.mark.parametrize("weighted", [False, True])
def test_against_explicit_hessians(n_classes: int, alpha: float, weighted: bool) -> None:
    X, label = data(n_classes)
    rng = np.random.default_rng(1)
    outputs = 1 if n_classes == 2 else n_classes
    given: dict[str, Any] = {}
    if weighted:
        given = {"weight": rng.uniform(0.0, 3.0, 30), "offset": rng.normal(size=(30, outputs))}
    fit = elltwo.logistic(
        X,
        label,
        alpha=alpha,
        penalty_factors=[1.0, 0.5, 0.0],
        sample_weight=given.get("weight"),
        offset=given.get("offset"),
    )
    expected = slow.statistics(
        X, label, parameters(fit), alpha * np.array([1.0, 0.5, 0.0]), **given
    )
    s = fit.statistics
    assert fit.edf == s.edf == pytest.approx(expected.edf, rel=1e-10)
    for kind in KINDS[:3]:
        matrix = getattr(expected, kind)
        scale = np.sqrt(np.outer(np.diag(matrix), np.diag(matrix)))
        assert np.abs((s.covariance(kind) - matrix) / scale).max() < 1e-9, kind
        assert relative_error(errors(s, kind), np.sqrt(np.diag(matrix))) < 1e-9, kind
    m = np.count_nonzero(given.get("weight", np.ones(30))) * (n_classes - 1)
    hc1 = errors(s, "sandwich_hc0") * np.sqrt(m / (m - s.edf))
    assert relative_error(errors(s, "sandwich"), hc1) < 1e-12
    weight = given.get("weight", np.ones(30))
    chance = expected.probabilities[np.arange(30), label]
    assert s.deviance == pytest.approx(-2.0 * weight @ np.log(chance), rel=1e-12)
    assert s.aic == pytest.approx(s.deviance + 2.0 * expected.edf, rel=1e-12)
    assert s.bic == pytest.approx(s.deviance + np.log(weight.sum()) * expected.edf, rel=1e-12)
    assert s.log_likelihood == -s.deviance / 2.0
    if n_classes == 2:
        assert relative_error(s.leverages, expected.leverages) < 1e-9
        p = expected.probabilities[:, 1]
        pearson = np.sqrt(weight) * (label - p) / np.sqrt(p * (1.0 - p))
        assert relative_error(s.pearson_residuals, pearson) < 1e-11
        r = s.deviance_residuals
        assert r @ r == pytest.approx(s.deviance, rel=1e-12)
        np.testing.assert_array_equal(r > 0.0, label == 1)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_without_an_intercept(n_classes: int) -> None:
    X, label = data(n_classes)
    s = elltwo.logistic(X, label, alpha=2.0, fit_intercept=False).statistics
    outputs = 1 if n_classes == 2 else 3
    tight = elltwo.logistic(
        np.column_stack([X, np.zeros(30)]), label, alpha=2.0, fit_intercept=False
    ).statistics
    assert s.covariance().shape == (3 * outputs, 3 * outputs)
    assert not np.any(s.standard_errors().intercept)
    assert np.isnan(s.z_values().intercept).all()
    assert s.null_deviance == pytest.approx(60.0 * np.log(n_classes), rel=1e-12)
    assert tight.edf == pytest.approx(s.edf, rel=1e-10)  # a column of zeros tells nothing
    prior = np.sqrt((1.0 - (1.0 / 3.0 if outputs == 3 else 0.0)) / 2.0)
    np.testing.assert_allclose(np.atleast_2d(tight.standard_errors().coef)[:, 3], prior, rtol=1e-12)
    np.testing.assert_allclose(
        np.atleast_2d(tight.standard_errors().coef)[:, :3],
        np.atleast_2d(s.standard_errors().coef),
        rtol=1e-10,
    )


def test_two_by_two_table() -> None:
    """The log odds ratio of a table has the variance 1/a + 1/b + 1/c + 1/d."""
    a, b, c, d = 12.0, 5.0, 7.0, 16.0
    X, y = [[1.0], [1.0], [0.0], [0.0]], [1, 0, 1, 0]
    fit = elltwo.logistic(X, y, alpha=0.0, sample_weight=[a, b, c, d])
    s = fit.statistics
    for kind in ("bayesian", "sampling"):
        coef, intercept = s.standard_errors(kind)
        assert coef[0] == pytest.approx(np.sqrt(1 / a + 1 / b + 1 / c + 1 / d), rel=1e-10)
        assert intercept == pytest.approx(np.sqrt(1 / c + 1 / d), rel=1e-10)
    z = s.z_values()
    assert z.coef[0] == pytest.approx(np.log(a * d / (b * c)) / s.standard_errors().coef[0])
    assert s.edf == pytest.approx(2.0, rel=1e-12)
    assert (s.n_samples, s.n_observations) == (4, 40.0)
    ones = a + c
    null = -2.0 * (ones * np.log(ones / 40.0) + (40.0 - ones) * np.log(1.0 - ones / 40.0))
    parts = [(a, a + b), (b, a + b), (c, c + d), (d, c + d)]
    deviance = -2.0 * sum(n * np.log(n / total) for n, total in parts)
    assert s.null_deviance == pytest.approx(null, rel=1e-12)
    assert s.deviance == pytest.approx(deviance, rel=1e-12)
    assert s.r_squared_mcfadden == pytest.approx(1.0 - deviance / null, rel=1e-11)
    cox_snell = 1.0 - np.exp((deviance - null) / 40.0)
    assert s.r_squared_nagelkerke == pytest.approx(cox_snell / (1.0 - np.exp(-null / 40.0)))
    second = (a * a / (a + b) + c * c / (c + d)) / ones
    first = (b * a / (a + b) + d * c / (c + d)) / (40.0 - ones)
    assert s.r_squared_tjur == pytest.approx(second - first, rel=1e-10)


def test_saturated_table_of_three_classes() -> None:
    """Intercepts alone: log shares about their mean, by the delta method."""
    counts = np.array([10.0, 20.0, 30.0])
    s = elltwo.logistic(
        np.zeros((3, 1)), ["a", "b", "c"], alpha=1.0, sample_weight=counts
    ).statistics
    centre = np.eye(3) - 1.0 / 3.0
    expected = np.sqrt(np.diag(centre @ np.diag(1.0 / counts) @ centre))
    np.testing.assert_allclose(s.standard_errors().intercept, expected, rtol=1e-10)
    assert s.edf == pytest.approx(2.0, rel=1e-12)
    assert s.deviance == pytest.approx(s.null_deviance, rel=1e-12)
    assert abs(s.r_squared_mcfadden) < 1e-12


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("alpha", [0.0, 0.7])
def test_integer_weights_are_repeated_rows(n_classes: int, alpha: float) -> None:
    X, label = data(n_classes, n=40)
    weight = np.random.default_rng(3).integers(0, 4, 40)
    weight[:n_classes] = 1
    rows = np.repeat(np.arange(40), weight)
    a = elltwo.logistic(X, label, alpha=alpha, sample_weight=weight).statistics
    b = elltwo.logistic(X[rows], label[rows], alpha=alpha).statistics
    names = ["edf", "deviance", "null_deviance", "aic", "bic", "n_observations"]
    names += ["r_squared_mcfadden", "r_squared_nagelkerke"]
    names += ["r_squared_tjur"] if n_classes == 2 else []
    for name in names:
        assert getattr(a, name) == pytest.approx(getattr(b, name), rel=1e-8), name
    for kind in KINDS[:2]:
        assert relative_error(errors(a, kind), errors(b, kind)) < 1e-8
    if n_classes == 2:
        sums = np.bincount(rows, b.leverages, minlength=40)
        np.testing.assert_allclose(a.leverages, sums, rtol=1e-8, atol=1e-14)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_rows_without_weight_do_not_count(n_classes: int) -> None:
    X, label = data(n_classes)
    weight = np.ones(30)
    weight[[7, 9]] = 0.0
    X[7] = 1e6
    kept = weight > 0.0
    a = elltwo.logistic(X, label, alpha=1.0, sample_weight=weight).statistics
    b = elltwo.logistic(X[kept], label[kept], alpha=1.0).statistics
    assert a.n_samples == 28
    assert a.edf == pytest.approx(b.edf, rel=1e-9)
    for kind in KINDS:
        assert relative_error(errors(a, kind), errors(b, kind)) < 1e-8


@pytest.mark.parametrize("p", [4, 60])
def test_three_classes_of_which_two_are_alike(p: int) -> None:
    """Wide and tall: two outputs agree with each other when their classes mirror each other."""
    X, _ = data(3, n=30, p=p)
    X, label = np.vstack([X, X]), np.r_[np.zeros(30, int), np.ones(30, int)]
    both = elltwo.logistic(np.vstack([X, X]), np.r_[label, np.full(60, 2)], alpha=1.0).statistics
    first, second, _ = both.standard_errors().coef
    np.testing.assert_allclose(first, second, rtol=1e-8)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("p", [3, 50])
def test_sparse_is_dense(n_classes: int, p: int) -> None:
    sparse = pytest.importorskip("scipy.sparse")
    X, label = data(n_classes, p=p)
    X[np.abs(X) < 2.0] = 0.0
    a = elltwo.logistic(X, label, alpha=1.0).statistics
    for convert in (sparse.csr_array, sparse.csc_array):
        b = elltwo.logistic(convert(X), label, alpha=1.0).statistics
        assert a.edf == pytest.approx(b.edf, rel=1e-8)
        for kind in KINDS:
            assert relative_error(errors(a, kind), errors(b, kind)) < 1e-8


def test_float32_takes_the_coefficients_as_they_are() -> None:
    X, label = data(3)
    X = X.astype(np.float32)
    fit = elltwo.logistic(X, label, alpha=1.0)
    expected = slow.statistics(X.astype(float), label, parameters(fit), np.ones(3))
    got = errors(fit.statistics, "bayesian")
    assert relative_error(got**2, np.diag(expected.bayesian)) < 1e-9


def test_refusals() -> None:
    X, label = data(3)
    fit = elltwo.logistic(X, label)
    for name in ("leverages", "pearson_residuals", "deviance_residuals", "r_squared_tjur"):
        with pytest.raises(ValueError, match=f"{name} (is|are) defined for two classes, .* has 3"):
            getattr(fit.statistics, name)
    with pytest.raises(ValueError, match=r"kind must be one of 'bayesian'.*got 'hc3'"):
        fit.statistics.standard_errors("hc3")
    with pytest.raises(ValueError, match="left its data behind"):
        _ = pickle.loads(pickle.dumps(fit)).statistics
    with pytest.raises(ValueError, match="not defined for a fit with bounds"):
        _ = elltwo.logistic(X, label, bounds=(0.0, None)).edf
    wide = elltwo.logistic(np.zeros((3, 1400)), [0, 1, 2])
    with pytest.raises(ValueError, match=r"at most 4000, got 1401 \* 3"):
        _ = wide.edf
    assert "30 rows, 3 features, 3 classes, alpha=1.0" in repr(fit.statistics)
    assert fit.statistics is fit.statistics


def test_saturated_rows_have_no_information() -> None:
    """An offset that leaves nothing to explain: the prior is all there is."""
    for n_classes, offset in ((2, [-1e4, 1e4]), (3, np.eye(3) * 1e4)):
        X = np.random.default_rng(4).standard_normal((n_classes, 2)) * 1e3
        fit = elltwo.logistic(X, np.arange(n_classes), alpha=0.25, offset=offset)
        s = fit.statistics
        assert (s.deviance, s.null_deviance, s.r_squared_mcfadden) == (0.0, 0.0, 0.0)
        assert s.r_squared_nagelkerke == 0.0
        prior = 2.0 * np.sqrt(1.0 if n_classes == 2 else 2.0 / 3.0)
        np.testing.assert_allclose(s.standard_errors().coef, prior, rtol=1e-12)
        assert not np.any(s.standard_errors("sandwich").coef)


def test_fits_of_a_path_have_statistics() -> None:
    X, label = data()
    path = elltwo.logistic_path(X, label, alphas=[10.0, 1.0])
    expected = {alpha: elltwo.logistic(X, label, alpha=alpha).edf for alpha in (10.0, 1.0, 3.0)}
    np.testing.assert_allclose(path.edf, [expected[10.0], expected[1.0]], rtol=1e-8)
    assert path.at(3.0).edf == pytest.approx(expected[3.0], rel=1e-8)
