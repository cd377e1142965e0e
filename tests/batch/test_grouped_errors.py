"""What `ridge_grouped` and `ridge_grouped_cv` refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import elltwo
from elltwo.exceptions import ConvergenceWarning


@pytest.mark.parametrize(
    ("kwargs", "error", "message"),
    [
        ({}, TypeError, "give either groups, a key for each row, or starts, got neither"),
        ({"groups": [1, 1, 2], "starts": [0, 3]}, TypeError, "got both"),
        ({"groups": [1, 1, 2], "alpha": [1.0, 2.0, 3.0]}, ValueError, r"each of the 2 group\(s\)"),
        (
            {"groups": [1, 1, 2], "alpha": -1.0},
            ValueError,
            r"alpha must be in \[0, inf\], got -1",
        ),
        ({"groups": [1, 1, 2], "alpha": [1.0, np.nan]}, ValueError, "got nan for group 2"),
        ({"groups": ["a", "a", "b"], "alpha": {"a": 1.0}}, ValueError, "no entry for group 'b'"),
        ({"groups": [1, 1, 2], "alpha": "gcv"}, TypeError, "alpha must hold real numbers"),
        ({"groups": [1, 1, 2], "prior_mean": [1.0, 2.0]}, ValueError, "prior_mean must have shape"),
        (
            {"groups": [1, 1, 2], "sample_weight": [1.0]},
            ValueError,
            "sample_weight must have shape",
        ),
        ({"groups": [1, 1, 2], "sample_weight": [1.0, 1.0, 0.0]}, ValueError, "of group 2"),
    ],
)
def test_bad_arguments(kwargs: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        elltwo.ridge_grouped(np.ones((3, 1)), np.ones(3), **{"alpha": 1.0, **kwargs})


@pytest.mark.parametrize("shape", [(0, 2), (3, 0)])
def test_an_empty_table(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"X has 0 (sample|feature)\(s\)"):
        elltwo.ridge_grouped(np.ones(shape), np.ones(shape[0]), np.ones(shape[0]), alpha=1.0)


@pytest.mark.parametrize("n_threads", [1, 3])
def test_bad_values_name_group_and_row(n_threads: int) -> None:
    rng = np.random.default_rng(7)
    X, y = rng.normal(size=(500, 3)), rng.normal(size=500)
    names = rng.permutation(np.repeat([f"g{g}" for g in range(50)], 10))
    bad = np.flatnonzero(names == names[333])[-1]
    X[bad, 2] = np.nan
    message = f"X of group '{names[bad]}' contains NaN at row {bad}, column 2"
    with pytest.raises(ValueError, match=message):
        elltwo.ridge_grouped(X, y, names, alpha=1.0, n_threads=n_threads)
    with pytest.raises(ValueError, match=message):
        elltwo.ridge_grouped_cv(X, y, names, alphas=[1.0], cv="gcv", n_threads=n_threads)


def test_groups_too_small_to_choose_are_named() -> None:
    X, y = np.ones((5, 1)), np.arange(5.0)
    with pytest.raises(ValueError, match="X of group 'b' has 1 sample, while cross-validation"):
        elltwo.ridge_grouped_cv(X, y, list("aaaab"))
    with pytest.raises(ValueError, match="rows of X of group 'b', which is 2, got 3"):
        elltwo.ridge_grouped_cv(X, y, list("aaabb"), cv=3)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (["a", "z"], "groups holds 'z' at row 1, a group that was not fitted"),
        (["0", "a"], "'0' at row 0"),
        ([1, 2], "groups holds 1 at row 0"),
        ([None, "a"], "groups holds None at row 0"),
        (["a"], r"groups must have shape \(2,\)"),
    ],
)
def test_predictions_of_unknown_groups(groups: list[Any], message: str) -> None:
    fit = elltwo.ridge_grouped(np.ones((4, 2)), np.ones(4), list("aabb"), alpha=1.0)
    with pytest.raises(ValueError, match=message):
        fit.predict(np.ones((2, 2)), groups)


def test_bad_rows_to_predict() -> None:
    fit = elltwo.ridge_grouped(np.ones((4, 2)), np.ones(4), list("aabb"), alpha=1.0)
    with pytest.raises(ValueError, match="X has 3 features, but the fit is expecting 2"):
        fit.predict(np.ones((2, 3)), ["a", "b"])
    with pytest.raises(ValueError, match="X contains infinity at row 1, column 0"):
        fit.predict([[1.0, 1.0], [np.inf, 1.0]], ["a", "b"])


def test_a_tolerance_out_of_reach_warns_once_and_names_the_worst_group() -> None:
    rng = np.random.default_rng(8)
    X, y = rng.normal(size=(40, 3)), rng.normal(size=40)
    with pytest.warns(ConvergenceWarning, match="ridge_grouped stopped in group '[ab]'") as told:
        fit = elltwo.ridge_grouped(X, y, list("ab") * 20, alpha=1.0, tol=0.0)
    assert [warning.filename for warning in told] == [__file__]
    assert fit.info.status == "max_iter_reached"
    assert fit.info.optimality == fit.optimality.max()
