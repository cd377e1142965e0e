"""Every constructor parameter of every estimator is checked when the estimator is fitted."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from elltwo import linear_model
from elltwo.linear_model import LogisticRegressionCV, Ridge, RidgeClassifier, RidgeCV

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 2))
Y = X[:, 0] + RNG.normal(size=30)
LABELS = (Y > 0.0).astype(int)
ESTIMATORS = [name for name in linear_model.__all__ if name[0].isupper()]

VALUES: dict[str, Any] = {
    "string": "a",
    "NaN": np.nan,
    "negative": -1,
    "negative float": -0.5,
    "zero": 0,
    "0-d object": np.array(None, dtype=object),
    "0-d string": np.array("a"),
    "mixed list": [1.0, "a"],
    "empty list": [],
    "object": object(),
    "dict": {"a": 1},
    "bytes": b"a",
    "2-D": np.ones((2, 3)),
    "complex": 1j,
    "NaN in a list": [np.nan, 1.0],
    "function": len,
}
# What means something: by parameter, the values above that are valid.
ANY_NUMBER = {"negative", "negative float", "zero"}
VALID: dict[str, set[str]] = {
    "alpha": {"zero"},
    "alphas": {"zero"},
    "l1_ratio": {"zero"},
    "l1_ratios": set(),
    "tol": {"zero"},
    "max_iter": {"zero"},
    "verbose": {"zero"},
    "random_state": {"zero"},
    "n_jobs": {"zero", "negative"},
    "prior_mean": ANY_NUMBER,
    "scoring": set(),
}
# The same of single estimators.
WITHOUT: dict[tuple[str, str], set[str]] = {
    ("ElasticNetCV", "alphas"): set(),
    ("ElasticNetCV", "l1_ratio"): set(),  # 0 has no automatic grid
    ("LassoCV", "alphas"): set(),
    ("MultiTaskElasticNetCV", "alphas"): set(),
    ("MultiTaskElasticNetCV", "l1_ratio"): set(),
    ("MultiTaskLassoCV", "alphas"): set(),
}
AT_LEAST_ONE = ("ElasticNet", "Lasso", "MultiTask")  # of max_iter
CASES = [
    (name, parameter, value)
    for name in ESTIMATORS
    for parameter in inspect.signature(getattr(linear_model, name)).parameters
    for value in VALUES
]


def targets_of(name: str) -> Any:  # noqa: ANN401
    """Return what an estimator is fitted to."""
    if name.startswith("MultiTask"):
        return np.column_stack([Y, Y[::-1]])
    return LABELS if "Class" in name or "Log" in name else Y


@pytest.mark.parametrize(("name", "parameter", "value"), CASES)
def test_value_is_refused_or_means_something(name: str, parameter: str, value: str) -> None:
    model = getattr(linear_model, name)(**{parameter: VALUES[value]})
    y = targets_of(name)
    valid = WITHOUT.get((name, parameter), VALID.get(parameter, set()))
    if parameter == "max_iter" and name.startswith(AT_LEAST_ONE):
        valid = set()
    if value in valid:
        if parameter not in {"max_iter", "tol"}:  # these stop early and warn
            model.fit(X, y)
        return
    with pytest.raises((TypeError, ValueError)) as caught:
        model.fit(X, y)
    if (parameter, value) != ("scoring", "function"):  # which is called, and raises
        assert parameter.split("_", maxsplit=1)[0] in str(caught.value)


@pytest.mark.parametrize("seed", [None, 0, 2**32 - 1, np.int64(3), np.random.RandomState(0)])
def test_random_states_are_accepted(seed: Any) -> None:  # noqa: ANN401
    Ridge(random_state=seed).fit(X, Y)
    linear_model.LogisticRegression(random_state=seed).fit(X, LABELS)


@pytest.mark.parametrize("seed", ["a", -1, 2**32, 1.5, np.random.default_rng(0)])
def test_random_states_are_refused(seed: Any) -> None:  # noqa: ANN401
    for model in (Ridge(random_state=seed), RidgeClassifier(random_state=seed)):
        with pytest.raises(ValueError, match="random_state must be None, an integer"):
            model.fit(X, LABELS)
    with pytest.raises(ValueError, match="random_state"):
        Ridge(random_state=seed).partial_fit(X, Y)


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize(
    ("rows", "labels"),
    [(X[:0], Y[:0]), (X[:0], LABELS[:0]), (X, LABELS[:0]), (X[:0], LABELS), ([], []), (X, [])],
    ids=["none", "no labels", "no y", "no X", "lists", "list"],
)
def test_empty_data_are_refused_in_scikit_learns_words(name: str, rows: Any, labels: Any) -> None:  # noqa: ANN401
    words = "0 sample|inconsistent numbers of samples|Expected 2D array"
    with pytest.raises(ValueError, match=words):
        getattr(linear_model, name)().fit(rows, labels)


@pytest.mark.parametrize("name", [n for n in ESTIMATORS if "Class" in n or "Log" in n])
@pytest.mark.parametrize("as_list", [False, True])
def test_labels_of_two_kinds_are_refused(name: str, as_list: bool) -> None:
    labels = np.array([1, "a", 2.0] * 10, dtype=object)
    with pytest.raises(TypeError, match=r"labels of one kind, .* got 'a' in row 1 and 1 in row 0"):
        getattr(linear_model, name)().fit(X, labels.tolist() if as_list else labels)


@pytest.mark.parametrize("name", [n for n in ESTIMATORS if "Class" in n or "Log" in n])
def test_whole_numbers_may_be_objects(name: str) -> None:
    model = getattr(linear_model, name)
    fitted = model().fit(X, LABELS.astype(object))
    np.testing.assert_array_equal(fitted.coef_, model().fit(X, LABELS).coef_)
    assert fitted.classes_.tolist() == [0, 1]


def test_indices_of_splits_are_checked() -> None:
    for model, y in ((RidgeCV, Y), (LogisticRegressionCV, LABELS)):
        for pair in (([0, 1], [99]), ([0.0], [1.0]), ([], [1])):
            with pytest.raises(ValueError, match="cv must hold"):
                model(cv=[pair]).fit(X, y)
