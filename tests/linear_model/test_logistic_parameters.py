"""Parameters of `LogisticRegression`: scikit-learn's, what they stand for, and their refusal."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression as Reference

import elltwo
from elltwo.linear_model import LogisticRegression

Input: TypeAlias = Any  # what an estimator takes for an argument

RNG = np.random.default_rng(21)
n, p = 40, 4
X = RNG.normal(size=(n, p))
TWO = np.where(X[:, 0] + RNG.logistic(size=n) > 0.0, "yes", "no")
THREE = np.argmax(X[:, :3] + RNG.gumbel(size=(n, 3)), axis=1) * 10
each_y = pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])


@pytest.mark.parametrize(
    "parameters",
    [
        {"penalty": "l2"},
        {"penalty": "elasticnet", "l1_ratio": 0},
        {"l1_ratio": None},
        {"random_state": 0, "verbose": 1, "n_jobs": 2},
        {"dual": True, "intercept_scaling": 10.0, "solver": "liblinear"},
        *({"solver": solver} for solver in ("lbfgs", "sag", "saga")),
    ],
    ids=str,
)
def test_calls_written_for_scikit_learn(parameters: dict[str, Any]) -> None:
    model = LogisticRegression(max_iter=1000, **parameters).fit(X, THREE)
    np.testing.assert_array_equal(model.coef_, LogisticRegression().fit(X, THREE).coef_)
    assert clone(model).get_params() == model.get_params()


def test_parameters_of_scikit_learns_class() -> None:
    theirs = Reference().get_params()
    assert set(theirs) <= set(LogisticRegression().get_params()) | {"multi_class"}
    theirs = {name: theirs[name] for name in theirs if name != "multi_class"}
    model = LogisticRegression(**{**theirs, "tol": 1e-10}).fit(X, TWO)
    np.testing.assert_array_equal(model.coef_, LogisticRegression().fit(X, TWO).coef_)


@pytest.mark.parametrize("solver", ["lbfgs", "liblinear"])
def test_foreign_solvers_say_what_they_stand_for(solver: str) -> None:
    model, auto = LogisticRegression(solver=solver).fit(X, TWO), LogisticRegression().fit(X, TWO)
    free = ", with a free intercept" if solver == "liblinear" else ""
    reason = f'solver="{solver}" stands for "auto" here{free}: {auto.info_.reason}'
    assert model.info_.reason == reason


@each_y
def test_no_penalty(y: Input) -> None:
    expected = elltwo.logistic(X, y, alpha=0.0)
    for model in (LogisticRegression(C=np.inf), LogisticRegression(None)):
        coef = model.fit(X, y).coef_
        np.testing.assert_array_equal(coef, np.atleast_2d(expected.coef))
    with pytest.warns(UserWarning, match="penalty=None will ignore the C"):
        LogisticRegression(None, C=0.1).fit(X, y)


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"C": 0.0}, ValueError, r"C must be in \(0, inf\], got 0.0"),
        ({"C": -1}, ValueError, r"C must be in \(0, inf\], got -1"),
        ({"C": np.nan}, ValueError, r"C must be in \(0, inf\], got nan"),
        ({"C": "1"}, TypeError, "C must be a number, got '1'"),
        ({"C": True}, TypeError, "C must be a number, got True"),
        ({"penalty": "l3"}, ValueError, "penalty must be one of .* got 'l3'"),
        ({"l1_ratio": 1.5}, ValueError, r"l1_ratio must be a number in \[0, 1\], got 1.5"),
        ({"solver": "sgd"}, ValueError, "solver must be one of .* got 'sgd'"),
        ({"tol": -1.0}, ValueError, "tol must be finite and not negative"),
        ({"max_iter": 1.5}, TypeError, "max_iter must be an integer"),
        ({"warm_start": 1}, TypeError, "warm_start must be True or False"),
        ({"class_weight": "even"}, TypeError, 'class_weight must be a dict, "balanced" or None'),
        ({"class_weight": {"yes": -1.0}}, ValueError, "class_weight must be finite and not neg"),
        ({"class_weight": {"yes": np.nan}}, ValueError, "class_weight must be finite and not neg"),
        ({"class_weight": {"other": 2.0}}, ValueError, "are not in class_weight"),
    ],
    ids=str,
)
def test_parameters_that_are_refused(
    parameters: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        LogisticRegression(**parameters).fit(X, TWO)
