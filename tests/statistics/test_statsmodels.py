"""Without a penalty the reports are those of statsmodels: least squares, Logit and MNLogit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Array: TypeAlias = NDArray[Any]

sm: Any = pytest.importorskip("statsmodels.api")

RTOL = 1e-8


def agree(got: ArrayLike, expected: ArrayLike) -> None:
    np.testing.assert_allclose(np.asarray(got), np.asarray(expected), rtol=RTOL, atol=1e-300)


def regression() -> tuple[Array, Array]:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(60, 4)) * [1.0, 20.0, 0.1, 3.0] + [0.0, 50.0, 1.0, -2.0]
    return X, X @ [1.0, 0.1, 5.0, 0.0] + rng.normal(size=60) * (1.0 + np.abs(X[:, 0]))


def last(values: ArrayLike) -> Array:
    """The constant is the first parameter there, the intercept the last one here."""
    return np.roll(np.asarray(values), -1, axis=0)


def agree_in_table(
    summary: Any,  # noqa: ANN401  # of either kind
    results: Any,  # noqa: ANN401
    level: float,
    statistic: str,
) -> None:
    """Hold estimates, errors, tests and intervals against results of statsmodels."""
    agree(summary.coef, last(results.params))
    agree(summary.bayesian_se, last(results.bse))
    agree(summary.t_values if statistic == "t" else summary.z, last(results.tvalues))
    agree(summary.p_values, last(results.pvalues))
    agree(np.transpose(summary.bayesian_interval), last(results.conf_int(1.0 - level)))
    frame = summary.to_frame("pandas")
    agree(frame[["coef", "bayesian_se", statistic, "p"]].values[:, 3], last(results.pvalues))


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_least_squares(level: float) -> None:
    X, y = regression()
    results = sm.OLS(y, sm.add_constant(X)).fit()
    summary = elltwo.ridge(X, y, alpha=0.0).summary(level=level)
    agree_in_table(summary, results, level, "t")
    facts = summary.facts
    for name, value in [
        ("log-likelihood", results.llf),
        ("AIC", results.aic),
        ("BIC", results.bic),
        ("residual sum of squares", results.ssr),
        ("R^2", results.rsquared),
        ("residual degrees of freedom", results.df_resid),
        ("sigma", np.sqrt(results.scale)),
    ]:
        agree(facts[name], value)


def test_robust_errors_of_least_squares() -> None:
    X, y = regression()
    fit = elltwo.ridge(X, y, alpha=0.0)
    for kind, name in [("sandwich", "HC3"), ("sandwich_hc0", "HC0")]:
        results = sm.OLS(y, sm.add_constant(X)).fit(cov_type=name, use_t=True)
        errors = fit.statistics.standard_errors(kind)
        agree([*errors.coef, errors.intercept], last(results.bse))
        if kind == "sandwich":
            agree(np.transpose(fit.summary().sandwich_interval), last(results.conf_int()))


def test_weights_of_mean_one_are_those_of_weighted_least_squares() -> None:
    X, y = regression()
    w = np.random.default_rng(4).uniform(0.2, 3.0, 60)
    w /= w.mean()
    model = sm.WLS(y, sm.add_constant(X), weights=w)
    results, robust = model.fit(), model.fit(cov_type="HC3", use_t=True)
    summary = elltwo.ridge(X, y, alpha=0.0, sample_weight=w).summary()
    agree_in_table(summary, results, 0.95, "t")
    agree(summary.sandwich_se, last(robust.bse))
    # Weights mean repetition: the likelihood has no variances that differ by row.
    agree(summary.facts["log-likelihood"], results.llf - 0.5 * np.log(w).sum())


def test_weights_that_count_are_repeated_rows() -> None:
    X, y = regression()
    w = np.arange(60) % 4
    rows = np.repeat(np.arange(60), w)
    results = sm.OLS(y[rows], sm.add_constant(X[rows])).fit()
    summary = elltwo.ridge(X, y, alpha=0.0, sample_weight=w).summary()
    agree_in_table(summary, results, 0.95, "t")
    for name, value in [("log-likelihood", results.llf), ("AIC", results.aic)]:
        agree(summary.facts[name], value)
    agree(summary.facts["BIC"], results.bic)


@pytest.mark.parametrize("name", ["stackloss", "ccard", "scotland", "engel", "copper", "longley"])
def test_tables_that_come_with_statsmodels(name: str) -> None:
    data = getattr(sm.datasets, name).load_pandas()
    X = data.exog.drop(columns="const", errors="ignore")
    results = sm.OLS(data.endog, sm.add_constant(X)).fit()
    robust = sm.OLS(data.endog, sm.add_constant(X)).fit(cov_type="HC3", use_t=True)
    summary = elltwo.ridge(X, data.endog, alpha=0.0).summary()
    agree_in_table(summary, results, 0.95, "t")
    agree(summary.sandwich_se, last(robust.bse))
    agree(summary.facts["AIC"], results.aic)
    agree(summary.facts["BIC"], results.bic)


def test_longley_without_an_intercept() -> None:
    data = sm.datasets.longley.load_pandas()
    results = sm.OLS(data.endog, data.exog).fit()
    summary = elltwo.ridge(data.exog, data.endog, alpha=0.0, fit_intercept=False).summary()
    agree(summary.coef, results.params)
    agree(summary.bayesian_se, results.bse)
    agree(summary.p_values, results.pvalues)
    agree(np.transpose(summary.bayesian_interval), results.conf_int())


@pytest.mark.parametrize(("name", "level"), [("spector", 0.95), ("spector", 0.99), ("fair", 0.9)])
def test_logit(name: str, level: float) -> None:
    data = getattr(sm.datasets, name).load_pandas()
    y = (data.endog > 0).astype(float)
    results = sm.Logit(y, sm.add_constant(data.exog)).fit(disp=0, tol=1e-12)
    fit = elltwo.logistic(data.exog, y, alpha=0.0, tol=1e-12)
    summary = fit.summary(level=level)
    agree_in_table(summary, results, level, "z")
    for fact, value in [
        ("deviance", -2.0 * results.llf),
        ("null deviance", -2.0 * results.llnull),
        ("log-likelihood", results.llf),
        ("AIC", results.aic),
        ("BIC", results.bic),
        ("R^2 (McFadden)", results.prsquared),
    ]:
        agree(summary.facts[fact], value)


def test_robust_errors_of_logit() -> None:
    """There HC0 stands for all names; HC1 is n / (n - k) of it."""
    data = sm.datasets.spector.load_pandas()
    model = sm.Logit(data.endog, sm.add_constant(data.exog))
    robust = model.fit(disp=0, tol=1e-12, cov_type="HC0")
    statistics = elltwo.logistic(data.exog, data.endog, alpha=0.0, tol=1e-12).statistics
    for kind, factor in [("sandwich_hc0", 1.0), ("sandwich", robust.nobs / robust.df_resid)]:
        errors = statistics.standard_errors(kind)
        agree([*errors.coef, errors.intercept], np.sqrt(factor) * last(robust.bse))


def three_classes() -> tuple[Array, Array]:
    rng = np.random.default_rng(5)
    X = rng.normal(size=(150, 3))
    return X, (X @ rng.normal(size=(3, 3)) + rng.gumbel(size=(150, 3))).argmax(axis=1)


def voters() -> tuple[Array, Array]:
    """Party identification in seven classes, 944 voters."""
    data = sm.datasets.anes96.load_pandas()
    return data.exog.to_numpy(), data.endog.to_numpy().astype(int)


@pytest.mark.parametrize("made", [three_classes, voters])
def test_mnlogit_by_differences_from_the_first_class(
    made: Callable[[], tuple[Array, Array]],
) -> None:
    X, y = made()
    results = sm.MNLogit(y, sm.add_constant(X)).fit(disp=0, method="newton", tol=1e-13)
    fit = elltwo.logistic(X, y, alpha=0.0, tol=1e-12)
    others, width = fit.classes.size - 1, X.shape[1] + 1
    estimates = np.column_stack([fit.coef, fit.intercept])
    agree(estimates[1:] - estimates[0], last(results.params).T)
    contrast = np.kron(np.column_stack([-np.ones(others), np.eye(others)]), np.eye(width))
    covariance = contrast @ fit.statistics.covariance() @ contrast.T
    agree(np.sqrt(np.diag(covariance)).reshape(others, width), last(results.bse).T)
    facts = fit.summary().facts
    for name, value in [
        ("deviance", -2.0 * results.llf),
        ("AIC", results.aic),
        ("BIC", results.bic),
        ("null deviance", -2.0 * results.llnull),
    ]:
        agree(facts[name], value)


def test_intervals_of_new_targets() -> None:
    X, y = regression()
    new = X[:5] + 0.5
    results = sm.OLS(y, sm.add_constant(X)).fit()
    expected = results.get_prediction(sm.add_constant(new, has_constant="add"))
    got = elltwo.ridge(X, y, alpha=0.0).predict(new, interval=0.9, method="bayesian")
    agree(np.column_stack([got.lower, got.upper]), expected.conf_int(obs=True, alpha=0.1))
    agree(got.standard_error, expected.se_obs)


def test_standard_errors_of_probabilities() -> None:
    data = sm.datasets.spector.load_pandas()
    exog = sm.add_constant(data.exog)
    results = sm.Logit(data.endog, exog).fit(disp=0, tol=1e-12)
    expected = results.get_prediction(exog)
    fit = elltwo.logistic(data.exog, data.endog, alpha=0.0, tol=1e-12)
    got = fit.predict_proba(data.exog, interval=0.95)
    agree(got.mean[:, 1], expected.predicted)
    agree(got.standard_error, np.column_stack([expected.se, expected.se]))
