"""Rows are matched by position, so labels that say otherwise are refused by every function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import elltwo
from elltwo.linear_model import LogisticRegression, Ridge

if TYPE_CHECKING:
    from collections.abc import Callable

RNG = np.random.default_rng(4)
N = 60
X = RNG.standard_normal((N, 3))
ROWS = pd.Index(RNG.permutation(N), name="row")
FRAME = pd.DataFrame(X, index=ROWS, columns=["a", "b", "c"])
BESIDE: dict[str, pd.Series] = {
    "y": pd.Series((X.sum(1) + RNG.standard_normal(N) > 0).astype(int), index=ROWS),
    "sample_weight": pd.Series(RNG.uniform(0.5, 2.0, N), index=ROWS),
    "groups": pd.Series(np.arange(N) % 3, index=ROWS),
    "offset": pd.Series(RNG.standard_normal(N), index=ROWS),
}


def added(X: Any, y: Any, sample_weight: Any) -> elltwo.Moments:  # noqa: ANN401
    moments = elltwo.Moments(3)
    moments.add(X, y, sample_weight=sample_weight)
    return moments


def _coef(fit: Callable[..., Any], **options: Any) -> Callable[..., Any]:  # noqa: ANN401
    return lambda *data, **beside: fit(*data, **beside, **options).coef


FITS: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {
    "ridge": (_coef(elltwo.ridge, alpha=1.0), ("y", "sample_weight")),
    "ridge_path": (_coef(elltwo.ridge_path, alphas=[1.0]), ("y", "sample_weight")),
    "ridge_cv": (_coef(elltwo.ridge_cv, alphas=[1.0], cv=3), ("y", "sample_weight", "groups")),
    "ridge_grouped": (_coef(elltwo.ridge_grouped, alpha=1.0), ("y", "sample_weight", "groups")),
    "ridge_grouped_cv": (
        _coef(elltwo.ridge_grouped_cv, alphas=[1.0]),
        ("y", "sample_weight", "groups"),
    ),
    "ridge_rolling": (_coef(elltwo.ridge_rolling, window=9, alpha=1.0), ("y", "sample_weight")),
    "ridge_expanding": (_coef(elltwo.ridge_expanding, alpha=1.0), ("y", "sample_weight")),
    "ridge_ewm": (_coef(elltwo.ridge_ewm, half_life=3.0, alpha=1.0), ("y", "sample_weight")),
    "moments": (lambda *data, **more: added(*data, **more).gram, ("y", "sample_weight")),
    "logistic": (_coef(elltwo.logistic, alpha=1.0), ("y", "sample_weight", "offset")),
    "logistic_path": (
        _coef(elltwo.logistic_path, alphas=[1.0]),
        ("y", "sample_weight", "offset"),
    ),
    "logistic_cv": (
        _coef(elltwo.logistic_cv, alphas=[1.0], cv=3),
        ("y", "sample_weight", "groups", "offset"),
    ),
}
CASES = [(name, argument) for name, (_, arguments) in FITS.items() for argument in arguments]


@pytest.mark.parametrize(("name", "argument"), CASES)
def test_other_labels_are_refused(name: str, argument: str) -> None:
    fit, arguments = FITS[name]
    given: dict[str, Any] = {one: BESIDE[one] for one in arguments}
    wanted = fit(X, given["y"].to_numpy(), **{k: v for k, v in given.items() if k != "y"})
    np.testing.assert_array_equal(fit(FRAME, given.pop("y"), **given), wanted)
    given = {one: BESIDE[one] for one in arguments}
    for other in (given[argument].sort_index(), given[argument].reset_index(drop=True)):
        changed = {**given, argument: other}
        with pytest.raises(ValueError, match=f"X and {argument} must have the same index"):
            fit(FRAME, changed.pop("y"), **changed)
    by_position = {**given, argument: given[argument].to_numpy()}
    np.testing.assert_array_equal(fit(FRAME, by_position.pop("y"), **by_position), wanted)


def test_the_message_names_the_first_row_that_differs() -> None:
    labels = ROWS.to_numpy().copy()
    labels[[7, 9]] = labels[[9, 7]]
    y = BESIDE["y"].set_axis(labels)
    text = f"got {ROWS[7]!r} in X and {ROWS[9]!r} in y at row 7; align them, y.reindex"
    with pytest.raises(ValueError, match="same index") as caught:
        elltwo.ridge(FRAME, y, alpha=1.0)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    "labels",
    [
        pd.date_range("2020-01-01", periods=N),
        pd.Index([None, *range(1, N)], dtype=object),
        pd.Index([np.nan, *range(1, N)]),
        pd.Index(pd.array([pd.NA, *range(1, N)], dtype="Int64")),
        pd.MultiIndex.from_product([range(N // 2), ["a", "b"]]),
        pd.Index(["same"] * N),
    ],
    ids=["dates", "none", "nan", "na", "pairs", "equal"],
)
def test_labels_of_every_kind(labels: pd.Index) -> None:
    y = pd.Series(X[:, 0] + X[:, 1], index=labels)
    fit = elltwo.ridge(FRAME.set_axis(labels), y, alpha=1.0)
    wanted = elltwo.ridge(X, y.to_numpy(), alpha=1.0)
    np.testing.assert_allclose(fit.coef, wanted.coef, rtol=1e-12)
    if labels.nunique() > 1:
        with pytest.raises(ValueError, match="same index"):
            elltwo.ridge(FRAME.set_axis(labels), y.iloc[::-1], alpha=1.0)


def test_offsets_and_groups_of_new_rows() -> None:
    fit = elltwo.logistic(FRAME, BESIDE["y"], alpha=1.0)
    grouped = elltwo.ridge_grouped(FRAME, BESIDE["y"], BESIDE["groups"], alpha=1.0)
    for predict, name in ((fit.predict_proba, "offset"), (grouped.predict, "groups")):
        beside = BESIDE[name]
        predict(FRAME, beside)
        with pytest.raises(ValueError, match=f"X and {name} must have the same index"):
            predict(FRAME, beside.sort_index())


@pytest.mark.parametrize("estimator", [Ridge(), LogisticRegression()])
def test_estimators_go_by_position_as_scikit_learn_does(estimator: Any) -> None:  # noqa: ANN401
    y = BESIDE["y"].reset_index(drop=True)
    wanted = estimator.fit(X, y.to_numpy()).coef_.copy()
    np.testing.assert_array_equal(estimator.fit(FRAME, y).coef_, wanted)
