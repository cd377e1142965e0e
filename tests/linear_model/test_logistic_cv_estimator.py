"""`LogisticRegressionCV` against scikit-learn's, and what is its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn
import sklearn.linear_model
from sklearn.datasets import load_iris
from sklearn.metrics import get_scorer
from sklearn.model_selection import GroupKFold, StratifiedKFold
from sklearn.utils.estimator_checks import parametrize_with_checks

import elltwo
from elltwo.linear_model import LogisticRegression, LogisticRegressionCV

pytestmark = pytest.mark.filterwarnings("ignore:(C|alpha) = .* lies on the:UserWarning")

CS = [0.01, 1.0, 0.1]
X, Y = load_iris(return_X_y=True)
TWO, THREE = np.array(["no", "yes"])[(Y == 1).astype(int)], np.array(["a", "c", "b"])[Y]
each_y = pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])


def theirs(y: Any, **options: Any) -> Any:  # noqa: ANN401
    """scikit-learn's estimator, converged, with the attributes it has in all versions."""
    model = sklearn.linear_model.LogisticRegressionCV(
        Cs=CS, tol=1e-10, max_iter=10_000, cv=4, solver="newton-cholesky", **options
    )
    names = model.get_params()
    model.set_params(
        **({"use_legacy_attributes": True} if "use_legacy_attributes" in names else {})
    )
    model.set_params(**({"l1_ratios": None} if names.get("l1_ratios") == "warn" else {}))
    return model.fit(X, y)


@parametrize_with_checks([LogisticRegressionCV(cv=3)])  # type: ignore[untyped-decorator]
def test_scikit_learns_contract(estimator: Any, check: Any) -> None:  # noqa: ANN401
    check(estimator)


@each_y
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("scoring", ["accuracy", "neg_log_loss", "roc_auc_ovr"])
def test_attributes_are_scikit_learns(y: Any, scoring: str) -> None:  # noqa: ANN401
    """Same choices, scores and paths."""
    model = LogisticRegressionCV(CS, cv=4, scoring=scoring).fit(X, y)
    other = theirs(y, scoring=scoring)
    np.testing.assert_array_equal(model.C_, other.C_)
    np.testing.assert_allclose(model.coef_, other.coef_, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(model.intercept_, other.intercept_, rtol=1e-5, atol=1e-6)
    assert list(model.scores_) == list(other.scores_)
    for label in other.scores_:
        np.testing.assert_allclose(model.scores_[label], other.scores_[label], rtol=1e-6)
        np.testing.assert_allclose(
            model.coefs_paths_[label], other.coefs_paths_[label], rtol=1e-4, atol=1e-6
        )
    assert model.n_iter_.shape == other.n_iter_.shape
    assert model.score(X, y) == pytest.approx(get_scorer(scoring)(model, X, y))
    assert model.info_.status == "converged"


@each_y
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_without_refit_means_over_the_splits(y: Any) -> None:  # noqa: ANN401
    model = LogisticRegressionCV(CS, cv=4, scoring="neg_log_loss", refit=False).fit(X, y)
    other = theirs(y, scoring="neg_log_loss", refit=False)
    np.testing.assert_allclose(model.C_, other.C_)
    np.testing.assert_allclose(model.coef_, other.coef_, rtol=1e-5, atol=1e-7)
    assert not hasattr(model, "info_")


def test_shapes_without_legacy_attributes() -> None:
    model = LogisticRegressionCV(CS, cv=4, use_legacy_attributes=False, l1_ratios=(0,))
    model.fit(X, THREE)
    assert isinstance(model.C_, float)
    assert model.coefs_paths_.shape == (4, 1, 3, 3, 5)
    assert model.scores_.shape == model.n_iter_.shape == (4, 1, 3)


@each_y
def test_weights_classes_and_the_rule(y: Any) -> None:  # noqa: ANN401
    """Weights count in fits and scores, class weights in fits; 1se takes a smaller C."""
    weight = np.random.default_rng(0).integers(1, 4, len(y)).astype(float)
    model = LogisticRegressionCV(CS, cv=3, scoring="neg_log_loss", class_weight="balanced")
    model.fit(X, y, weight)
    pairs = list(StratifiedKFold(3).split(X, y))
    unit = LogisticRegression(class_weight="balanced").fit(X, y, weight)
    sums = {label: weight[y == label].sum() for label in unit.classes_}
    by_row = weight * np.array([weight.sum() / (len(sums) * sums[label]) for label in y])
    for split, (train, test) in enumerate(pairs):
        fold = LogisticRegression(C=0.1).fit(X[train], y[train], by_row[train])
        score = get_scorer("neg_log_loss")(fold, X[test], y[test], sample_weight=weight[test])
        assert next(iter(model.scores_.values()))[split, 2] == pytest.approx(score, rel=1e-7)
    grid = np.geomspace(1e-3, 1e3, 9)
    least, rule = (
        LogisticRegressionCV(grid, cv=5, scoring="neg_log_loss", select=select).fit(X, y)
        for select in ("min", "1se")
    )
    assert rule.C_[0] < least.C_[0]


@each_y
def test_approximate_leave_one_out_takes_any_scorer(y: Any) -> None:  # noqa: ANN401
    """A scorer sees all rows at once; log-loss is that of the function."""
    model = LogisticRegressionCV(CS, cv="alo", scoring="neg_log_loss").fit(X, y)
    fit = elltwo.logistic_cv(X, y, alphas=[1.0 / C for C in CS], cv="alo")
    np.testing.assert_allclose(next(iter(model.scores_.values()))[0], fit.cv_score, rtol=1e-10)
    assert model.C_[0] == pytest.approx(1.0 / fit.alpha)
    assert LogisticRegressionCV(CS, cv="alo", scoring="f1_macro").fit(X, y).score(X, y) > 0.5


def test_groups_through_metadata_routing() -> None:
    groups = np.arange(150) % 5
    with sklearn.config_context(enable_metadata_routing=True):
        model = LogisticRegressionCV(CS, cv=GroupKFold(5)).fit(X, THREE, groups=groups)
    pairs = list(GroupKFold(5).split(X, THREE, groups))
    expected = LogisticRegressionCV(CS, cv=pairs).fit(X, THREE)
    np.testing.assert_array_equal(model.scores_["a"], expected.scores_["a"])


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"Cs": 0}, r"Cs must be an integer in \[1, .*got 0"),
        ({"Cs": [1.0, -1.0]}, r"Cs must be in \(0, inf\]"),
        ({"Cs": []}, "Cs must be a number of values or 1-D and not empty"),
        ({"cv": "loo"}, 'cv must be None, "alo", a number of folds, .* got'),
        ({"cv": "alo", "select": "1se"}, 'select="1se" needs the standard errors of folds'),
        ({"cv": "alo", "bounds": (0, None)}, 'cv="alo" takes no bounds'),
        ({"select": "best"}, "select must be one of 'min', '1se'"),
        ({"penalty": None}, "penalty must be one of .* got None"),
        ({"l1_ratios": [1.5]}, "l1_ratios must be an array-like of numbers between 0 and 1"),
        ({"penalty": "elasticnet"}, "l1_ratios must be an array-like of numbers between 0 and 1"),
        ({"cv": "alo", "penalty": "l1"}, 'cv="alo" approximates fits without an L1 penalty'),
    ],
)
def test_refusals(options: dict[str, Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        LogisticRegressionCV(**options).fit(X, TWO)


def test_one_split_has_no_standard_error() -> None:
    with pytest.raises(ValueError, match='select="1se" needs at least 2 splits, got 1'):
        LogisticRegressionCV(cv=[(range(0, 150, 2), range(1, 150, 2))], select="1se").fit(X, TWO)
