"""Classes without a row of positive weight: they stay, with a probability of zero."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import elltwo
from elltwo.linear_model import LogisticRegression, LogisticRegressionCV, RidgeClassifier

sparse = pytest.importorskip("scipy.sparse")

Array = npt.NDArray[Any]

N = 60
X = np.random.default_rng(0).normal(size=(N, 4))
WIDE = np.random.default_rng(1).normal(size=(N, 90))
KINDS = ["dense", "sparse", "float32", "wide", "bounded"]
on_any_grid = pytest.mark.filterwarnings("ignore:.*edge of the grid:UserWarning")
each_kind = pytest.mark.parametrize("kind", KINDS)


def features(kind: str) -> tuple[Any, dict[str, Any]]:
    """Return X of a kind, and the options that go with it."""
    if kind == "sparse":
        return sparse.csr_array(X), {}
    if kind == "float32":
        return X.astype(np.float32), {}
    if kind == "wide":
        return WIDE, {}
    return X, {"bounds": (-0.2, 0.3)} if kind == "bounded" else {}


def labels(n_classes: int, empty: int) -> tuple[Array, Array, Array]:
    """Return labels, weights without those of a class, and labels of the other rows."""
    y = np.arange(N) % n_classes
    weight = np.random.default_rng(2).integers(1, 3, N).astype(float)
    weight[y == empty] = 0.0
    return y, weight, y[y != empty]


@each_kind
@pytest.mark.parametrize("empty", [0, 2, 3])
@pytest.mark.parametrize("alpha", [1.0, 0.01])
def test_the_other_classes_are_fitted_without_it(kind: str, empty: int, alpha: float) -> None:
    """Probabilities and coefficients of the others are those of their rows alone."""
    A, options = features(kind)
    y, weight, others = labels(4, empty)
    prior = np.full((4, A.shape[1]), 0.05)
    prior[empty] = 0.1
    options |= {"alpha": alpha}
    fit = elltwo.logistic(A, y, sample_weight=weight, prior_mean=prior, **options)
    rest = np.arange(4) != empty
    rows = np.flatnonzero(weight > 0.0)
    alone = elltwo.logistic(
        A[rows], others, sample_weight=weight[rows], prior_mean=prior[rest], **options
    )
    assert fit.info.status == "converged"
    assert fit.info.n_empty_classes == 1
    assert fit.classes.tolist() == [0, 1, 2, 3]
    tolerance = 1e-5 if kind == "float32" else 1e-9
    np.testing.assert_allclose(fit.coef[rest], alone.coef, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(
        np.asarray(fit.intercept)[rest], alone.intercept, rtol=tolerance, atol=tolerance
    )
    np.testing.assert_allclose(fit.coef[empty], prior[empty], rtol=1e-6)
    assert np.asarray(fit.intercept)[empty] == np.float32(-1e30) if kind == "float32" else True
    p = fit.predict_proba(A)
    assert (p[:, empty] == 0.0).all()
    np.testing.assert_allclose(p[:, rest], alone.predict_proba(A), rtol=1e-4, atol=tolerance)
    assert np.isfinite(fit.predict_log_proba(A)).all()
    assert np.isfinite(fit.linear_predictor(A)).all()
    assert not (fit.predict(A) == empty).any()
    assert fit.info.objective == pytest.approx(alone.info.objective, rel=1e-6)


@each_kind
def test_two_classes_left_of_three(kind: str) -> None:
    """Both have an output, whose penalties count: two classes at half the alpha."""
    A, options = features(kind)
    y, weight, others = labels(3, 1)
    fit = elltwo.logistic(A, y, sample_weight=weight, **options)
    p = fit.predict_proba(A)
    assert (p[:, 1] == 0.0).all()
    if kind == "bounded":
        assert (fit.coef >= -0.2).all()
        assert (fit.coef <= 0.3).all()
        return
    np.testing.assert_allclose(fit.coef[0], -fit.coef[2], rtol=1e-5, atol=1e-7)
    rows = np.flatnonzero(weight > 0.0)
    alone = elltwo.logistic(
        A[rows], others, alpha=0.5, sample_weight=weight[rows], **options
    ).predict_proba(A)
    np.testing.assert_allclose(p[:, [0, 2]], alone, atol=1e-5 if kind == "float32" else 1e-8)


@each_kind
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("alpha", [1.0, 0.0])
def test_one_class_left(kind: str, n_classes: int, alpha: float) -> None:
    """It has all the probability, and coefficients are prior means."""
    A, options = features(kind)
    y = np.arange(N) % n_classes
    weight = (y == 1).astype(float)
    fit = elltwo.logistic(A, y, alpha=alpha, sample_weight=weight, prior_mean=0.1, **options)
    assert fit.info[:3] == ("converged", "closed_form", "all weight is in one class")
    assert fit.info.n_empty_classes == n_classes - 1
    assert (fit.predict_proba(A)[:, 1] == 1.0).all()
    assert np.isfinite(fit.predict_log_proba(A)).all()
    np.testing.assert_allclose(fit.coef, 0.1, rtol=1e-6)
    assert fit.info.loss == 0.0


@pytest.mark.parametrize("n_classes", [2, 3])
def test_without_an_intercept_nothing_is_at_a_limit(n_classes: int) -> None:
    """The objective has an ordinary minimum, at which the class keeps some probability."""
    y = np.arange(N) % n_classes
    weight = (y > 0).astype(float)
    for A in (X, sparse.csr_array(X)):
        fit = elltwo.logistic(A, y, sample_weight=weight, fit_intercept=False)
        assert fit.info.status == "converged"
        assert (fit.predict_proba(A)[:, 0] > 0.0).all()


def test_offsets_and_prior_means_are_those_of_the_classes() -> None:
    """Offsets of the empty class change nothing, however large."""
    y, weight, others = labels(3, 2)
    rows = weight > 0.0
    offset = np.random.default_rng(3).normal(size=(N, 3))
    offset[:, 2] = 1e200
    fit = elltwo.logistic(X, y, sample_weight=weight, offset=offset)
    difference = offset[rows, 1] - offset[rows, 0]
    alone = elltwo.logistic(
        X[rows], others, alpha=0.5, sample_weight=weight[rows], offset=difference
    )
    np.testing.assert_allclose(fit.coef[1] - fit.coef[0], alone.coef, rtol=1e-8)
    assert (fit.predict_proba(X, offset)[:, 2] == 0.0).all()


def test_a_box_that_excludes_the_prior_mean() -> None:
    """The coefficients of the empty class are at the bound nearest to it."""
    y, weight, _ = labels(3, 2)
    fit = elltwo.logistic(X, y, sample_weight=weight, prior_mean=0.5, bounds=(None, 0.2))
    np.testing.assert_array_equal(fit.coef[2], 0.2)
    penalty = 0.5 * np.sum((fit.coef - 0.5) ** 2)
    assert fit.info.objective == pytest.approx(fit.info.loss + penalty)


def test_rows_that_are_not_finite_are_refused_if_they_count() -> None:
    """Whether or not there is anything to fit."""
    y = np.arange(N) % 2
    weight = (y == 0).astype(float)
    bad = X.copy()
    bad[1, 2] = np.nan
    assert elltwo.logistic(bad, y, sample_weight=weight).info.n_empty_classes == 1
    bad[2, 2] = np.nan
    with pytest.raises(ValueError, match="X"):
        elltwo.logistic(bad, y, sample_weight=weight)
    with pytest.raises(ValueError, match="sample_weight must not be all zero"):
        elltwo.logistic(X, y, sample_weight=np.zeros(N))


@on_any_grid
@pytest.mark.parametrize("n_classes", [2, 3, 4])
def test_paths_and_scores(n_classes: int) -> None:
    """Paths, folds and approximate leave-one-out have finite numbers and no warning."""
    y = np.arange(N) % n_classes
    weight = (y > 0).astype(float)
    for A in (X, sparse.csr_array(X)):
        path = elltwo.logistic_path(A, y, [10.0, 1.0, 0.1], sample_weight=weight)
        assert {info.n_empty_classes for info in path.info} == {1}
        assert path.at(0.5).info.status == "converged"
        for cv in (3, "alo"):
            fit = elltwo.logistic_cv(A, y, alphas=[1.0, np.inf], cv=cv, sample_weight=weight)
            assert np.isfinite(fit.cv_score).all()
            assert (fit.predict_proba(A)[:, 0] == 0.0).all()
    rows = np.flatnonzero(weight)
    if n_classes > 3:
        got = elltwo.logistic_cv(X, y, alphas=[1.0, 5.0], cv="alo", sample_weight=weight)
        alone = elltwo.logistic_cv(X[rows], y[rows], alphas=[1.0, 5.0], cv="alo")
        np.testing.assert_allclose(got.cv_score, alone.cv_score, rtol=1e-9)


@on_any_grid
def test_a_training_set_without_a_class() -> None:
    """Its row in the test set has a logarithm of log(2**-52), as in scikit-learn's log_loss."""
    y = np.arange(N) % 2
    y[0] = 2
    pairs = [(np.arange(1, N), np.arange(10)), (np.arange(50), np.arange(50, N))]
    fit = elltwo.logistic_cv(X, y, alphas=[1.0, 10.0], cv=pairs)
    trained = elltwo.logistic(X[1:], y[1:], alpha=0.5)
    seen = trained.predict_log_proba(X[1:10])[np.arange(9), y[1:10]]
    expected = (seen.sum() + np.log(2.0**-52)) / 10.0
    assert fit.fold_scores[0, 0] == pytest.approx(expected, rel=1e-6)
    assert fit.info.n_empty_classes == 0
    assert fit.info.status == "converged"
    for scoring in ("accuracy", "brier"):
        scores = elltwo.logistic_cv(X, y, alphas=[1.0], cv=pairs, scoring=scoring).cv_score
        assert np.isfinite(scores).all()
    two = (np.arange(N) < 10).astype(int)
    score = elltwo.logistic_cv(X, two, alphas=[1.0], cv=pairs).fold_scores[0, 0]
    assert np.isfinite(score)
    weight = (np.arange(N) < 10).astype(float)
    with pytest.raises(ValueError, match="training set of split 0 of cv has no row of positive"):
        elltwo.logistic_cv(
            X, y, alphas=[1.0], sample_weight=weight, cv=[(range(10, 20), range(10))]
        )


def test_statistics_are_those_of_the_other_classes() -> None:
    """The empty class is its prior, and nothing is known of its intercept."""
    y, weight, others = labels(4, 1)
    rows, rest = weight > 0.0, [0, 2, 3]
    got = elltwo.logistic(X, y, alpha=2.0, sample_weight=weight).statistics
    want = elltwo.logistic(X[rows], others, alpha=2.0, sample_weight=weight[rows]).statistics
    for name in ("edf", "deviance", "null_deviance", "aic", "bic", "r_squared_nagelkerke"):
        assert getattr(got, name) == pytest.approx(getattr(want, name), rel=1e-8), name
    for kind in ("bayesian", "sampling", "sandwich", "sandwich_hc0"):
        errors, expected = got.standard_errors(kind), want.standard_errors(kind)
        np.testing.assert_allclose(errors.coef[rest], expected.coef, rtol=1e-7)
        intercepts = np.asarray(errors.intercept)
        np.testing.assert_allclose(intercepts[rest], expected.intercept, rtol=1e-7)
        prior = np.sqrt(0.5) if kind == "bayesian" else 0.0
        np.testing.assert_allclose(errors.coef[1], prior)
        assert intercepts[1] == (np.inf if kind == "bayesian" else 0.0)
        covariance = got.covariance(kind).reshape(4, 5, 4, 5)
        assert not np.isnan(covariance).any()
        part = covariance[np.ix_(rest, range(5), rest, range(5))].reshape(15, 15)
        np.testing.assert_allclose(part, want.covariance(kind), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_statistics_of_one_class(n_classes: int) -> None:
    """A perfect fit that nothing was estimated for."""
    y = np.arange(N) % n_classes
    fit = elltwo.logistic(X, y, sample_weight=(y == 1).astype(float))
    statistics = fit.statistics
    assert statistics.edf == statistics.deviance == statistics.null_deviance == 0.0
    assert not np.isnan(statistics.standard_errors("sandwich").coef).any()
    assert "classes without rows" in str(fit.summary())
    if n_classes == 2:
        assert statistics.r_squared_tjur == 0.0
        assert (statistics.leverages == 0.0).all()
        assert (statistics.pearson_residuals == 0.0).all()
        assert (statistics.deviance_residuals == 0.0).all()


def test_records_are_copied_with_it() -> None:
    """Pickles keep the intercept and the count."""
    y, weight, _ = labels(3, 0)
    fit = elltwo.logistic(X, y, sample_weight=weight)
    for other in (copy.copy(fit), pickle.loads(pickle.dumps(fit))):
        np.testing.assert_array_equal(other.predict_proba(X), fit.predict_proba(X))
        assert other.info == fit.info


def test_a_bag_of_classifiers_with_a_class_of_two_rows() -> None:
    """Draws without the class are fitted, as scikit-learn fits them."""
    ensemble = pytest.importorskip("sklearn.ensemble")
    reference = pytest.importorskip("sklearn.linear_model")
    for y in (np.where(np.arange(N) < 2, 2, 0), np.where(np.arange(N) < 2, 2, np.arange(N) % 2)):
        bags = [
            ensemble.BaggingClassifier(model, n_estimators=20, random_state=0).fit(X, y)
            for model in (LogisticRegression(), reference.LogisticRegression(tol=1e-8))
        ]
        ours, theirs = (bag.predict_proba(X) for bag in bags)
        np.testing.assert_allclose(ours, theirs, atol=2e-3)


@on_any_grid
def test_estimators_of_scikit_learn() -> None:
    """Cross-validation with a rare class, and weights of zero for a class."""
    selection = pytest.importorskip("sklearn.model_selection")
    y = np.where(np.arange(N) == 0, "c", np.where(X[:, 0] > 0.0, "a", "b"))
    folds = selection.KFold(5)
    scores = selection.cross_val_score(LogisticRegression(), X, y, cv=folds)
    assert (scores > 0.6).all()
    codes = np.where(y == "c", 2, np.where(y == "b", 1, 0))
    for model in (
        LogisticRegression(class_weight={0: 1.0, 1: 1.0, 2: 0.0}),
        LogisticRegressionCV(Cs=[0.1, 1.0], cv=3, class_weight={0: 1.0, 1: 1.0, 2: 0.0}),
        LogisticRegressionCV(Cs=[0.1, 1.0], cv="alo", class_weight={0: 1.0, 1: 1.0, 2: 0.0}),
    ):
        assert (
            model.fit(X, np.where(np.arange(N) < 6, 2, codes)).predict_proba(X)[:, 2] == 0
        ).all()
        assert model.info_.n_empty_classes == 1
    pairs = list(folds.split(X))
    means = LogisticRegressionCV(Cs=[1.0], cv=pairs, refit=False).fit(X, codes)
    assert (np.abs(means.intercept_) < 100.0).all()
    weight = (codes != 2).astype(float)
    assert not (RidgeClassifier().fit(X, codes, sample_weight=weight).predict(X) == 2).any()


def test_a_warm_start_from_the_limit() -> None:
    """The intercept of a class that was empty is no start for a fit in which it is not."""
    y, weight, _ = labels(3, 0)
    model = LogisticRegression(warm_start=True).fit(X, y, sample_weight=weight)
    again = model.fit(X, y).coef_
    np.testing.assert_allclose(again, LogisticRegression().fit(X, y).coef_, rtol=1e-7, atol=1e-9)
