"""Weights of classes are weights of their rows, in all logistic fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo.linear_model import LogisticRegression

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.filterwarnings("ignore:alpha.* lies on:UserWarning")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
TWO = np.where(X[:, 0] + RNG.normal(size=60) > 1.0, "rare", "often")
THREE = np.digitize(X[:, 1] + RNG.normal(size=60), [-1.0, 1.5])
WEIGHT = RNG.uniform(0.5, 2.0, size=60)
GIVEN: dict[str, tuple[Any, dict[Any, float]]] = {
    "two": (TWO, {"rare": 3.0}),
    "three": (THREE, {0: 0.5, 1: 2.0, 2: 4.0}),
}
FITS: dict[str, Callable[..., Any]] = {
    "logistic": lambda y, **weights: elltwo.logistic(X, y, alpha=0.5, **weights),
    "l1": lambda y, **weights: elltwo.logistic(X, y, alpha=0.5, l1_ratio=0.5, **weights),
    "path": lambda y, **weights: elltwo.logistic_path(X, y, [2.0, 0.5], **weights),
    "cv": lambda y, **weights: elltwo.logistic_cv(X, y, alphas=[9.0, 0.5, 0.01], **weights),
    "probe": lambda y, **weights: elltwo.linear_probe(
        X, y, cv="alo", alphas=[9.0, 0.5, 0.01], **weights
    ),
}


def balanced(y: Any, weight: Any) -> Any:  # noqa: ANN401
    """Return weights by the formula, the slow way."""
    classes = sorted(set(y.tolist()))
    sums = {c: sum(w for label, w in zip(y, weight, strict=True) if label == c) for c in classes}
    total = sum(sums.values())
    return np.array(
        [
            w * total / (len(classes) * sums[label])
            for label, w in zip(y.tolist(), weight, strict=True)
        ]
    )


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["unit", "weighted"])
@pytest.mark.parametrize("kind", GIVEN)
@pytest.mark.parametrize("name", FITS)
def test_a_dict_multiplies_the_weights_of_rows(name: str, kind: str, weight: Any) -> None:  # noqa: ANN401
    y, class_weight = GIVEN[kind]
    by_row = np.array([class_weight.get(label, 1.0) for label in y.tolist()])
    fit = FITS[name](y, class_weight=class_weight, sample_weight=weight)
    same = FITS[name](y, sample_weight=by_row if weight is None else by_row * weight)
    np.testing.assert_array_equal(fit.coef, same.coef)
    np.testing.assert_array_equal(fit.intercept, same.intercept)
    other = FITS[name](y, sample_weight=weight)
    assert np.abs(fit.coef - other.coef).max() > 1e-3


@pytest.mark.parametrize("weight", [np.ones(60), WEIGHT], ids=["unit", "weighted"])
@pytest.mark.parametrize("kind", GIVEN)
@pytest.mark.parametrize("name", FITS)
def test_balanced_gives_classes_the_same_total(name: str, kind: str, weight: Any) -> None:  # noqa: ANN401
    y = GIVEN[kind][0]
    fit = FITS[name](y, class_weight="balanced", sample_weight=weight)
    same = FITS[name](y, sample_weight=balanced(y, weight))
    np.testing.assert_allclose(fit.coef, same.coef, rtol=1e-7, atol=1e-9)


def test_scores_of_a_choice_have_the_weights() -> None:
    fit = FITS["cv"](TWO, class_weight={"rare": 3.0})
    same = FITS["cv"](TWO, sample_weight=np.where(TWO == "rare", 3.0, 1.0))
    np.testing.assert_array_equal(fit.cv_score, same.cv_score)


def test_estimator_reads_them_alike() -> None:
    for y, class_weight in GIVEN.values():
        for given in (class_weight, "balanced"):
            model = LogisticRegression(C=2.0, class_weight=given).fit(X, y)
            fit = elltwo.logistic(X, y, alpha=0.5, class_weight=given)
            np.testing.assert_allclose(np.atleast_2d(fit.coef), model.coef_, rtol=1e-12)


def test_rows_of_validation_have_them_too() -> None:
    by_row = np.where(TWO == "rare", 3.0, 1.0)
    fit = elltwo.linear_probe(
        X[:40], TWO[:40], validation=(X[40:], TWO[40:]), class_weight={"rare": 3.0}
    )
    same = elltwo.linear_probe(
        X[:40], TWO[:40], validation=(X[40:], TWO[40:], by_row[40:]), sample_weight=by_row[:40]
    )
    assert fit.after == same.after
    assert fit.alpha == same.alpha


@pytest.mark.parametrize(
    ("given", "error", "word"),
    [
        ({"seldom": 1.0, "rare": 2.0}, ValueError, r"\['often'\], are not in class_weight"),
        ({"rare": -1.0}, ValueError, "must be finite and not negative"),
        ({"rare": np.nan}, ValueError, "must be finite and not negative"),
        ("equal", TypeError, 'must be a dict, "balanced" or None'),
        ({"rare": 0.0, "often": 0.0}, ValueError, "all zero|no row of positive weight"),
    ],
)
@pytest.mark.parametrize("name", FITS)
def test_bad_weights_are_named(name: str, given: Any, error: type[Exception], word: str) -> None:  # noqa: ANN401
    with pytest.raises(error, match=word):
        FITS[name](TWO, class_weight=given)


@pytest.mark.parametrize("loss", ["sigmoid", "squared_error"])
def test_a_probe_without_classes_refuses_them(loss: str) -> None:
    y = (TWO == "rare").astype(float)
    with pytest.raises(ValueError, match="class_weight must be None unless loss is 'softmax'"):
        elltwo.linear_probe(X, y, loss=loss, cv=3, class_weight="balanced")
