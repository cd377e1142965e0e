"""`score` of records: R^2 and accuracy, held against scikit-learn's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.metrics import accuracy_score, r2_score

import elltwo

if TYPE_CHECKING:
    from collections.abc import Callable

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 3))
Y = X[:, 0] + RNG.normal(size=50)
MANY = np.stack([Y, Y**2, np.ones(50)], axis=1)
NEW = RNG.normal(size=(20, 3))
WEIGHT = RNG.uniform(size=20)
FITS: dict[str, Callable[[Any], Any]] = {
    "ridge": lambda y: elltwo.ridge(X, y, alpha=1.0),
    "ridge_cv": lambda y: elltwo.ridge_cv(X, y),
    "elastic net": lambda y: elltwo.elastic_net(X, y, 0.5),
    "relaxed": lambda y: elltwo.elastic_net(X, y, 0.5).relaxed(0.5),
    "moments": lambda y: elltwo.Moments(3, None if y.ndim == 1 else 3).add(X, y).ridge(1.0),
    "stream": lambda y: elltwo.fit_stream((X, y), alpha=1.0),
    "network": lambda y: elltwo.mlp(X, y, 2, tol=1.0),
}


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["unit", "weighted"])
@pytest.mark.parametrize("many", [False, True], ids=["one", "many"])
@pytest.mark.parametrize("name", FITS)
def test_r2_is_scikit_learns(name: str, many: bool, weight: Any) -> None:  # noqa: ANN401
    fit = FITS[name](MANY if many else Y)
    y = NEW[:, 0] + 0.1 if not many else np.stack([NEW[:, 0], NEW[:, 1], np.ones(20)], axis=1)
    expected = r2_score(y, fit.predict(NEW), sample_weight=weight)
    assert fit.score(NEW, y, weight) == pytest.approx(expected, rel=1e-11)
    assert isinstance(fit.score(NEW, y, weight), float)


def test_r2_of_a_column_and_of_a_constant() -> None:
    fit = elltwo.ridge(X, Y, alpha=1.0)
    assert fit.score(NEW, NEW[:, :1]) == fit.score(NEW, NEW[:, 0])
    assert fit.score(NEW, np.ones(20)) == 0.0
    constant = elltwo.ridge(X, np.ones(50), alpha=np.inf)
    assert constant.score(NEW, np.ones(20)) == 1.0


LABELS: dict[str, Any] = {
    "text": np.where(Y > 0.0, "yes", "no"),
    "three": np.digitize(Y, [-1.0, 1.0]),
    "floats": np.digitize(Y, [-1.0, 1.0]).astype(float),
    "bool": Y > 0.0,
    "categories": pd.Series(np.where(Y > 0.0, "yes", "no"), dtype="category"),
    "list": np.where(Y > 0.0, "yes", "no").tolist(),
    "objects": np.array(["a", 1], dtype=object)[(Y > 0.0).astype(int)],
}


@pytest.mark.parametrize("weight", [None, np.tile([0.5, 2.0], 25)], ids=["unit", "weighted"])
@pytest.mark.parametrize("kind", LABELS)
def test_accuracy_is_that_of_the_predicted_classes(kind: str, weight: Any) -> None:  # noqa: ANN401
    y = LABELS[kind]
    fit = elltwo.logistic(X, y)
    right = np.array([a == b for a, b in zip(list(y), fit.predict(X).tolist(), strict=True)])
    assert fit.score(X, y, weight) == pytest.approx(np.average(right, weights=weight), rel=1e-12)
    if kind != "objects":
        shown = accuracy_score(np.asarray(y), fit.predict(X), sample_weight=weight)
        assert fit.score(X, y, weight) == pytest.approx(shown, rel=1e-12)


def test_labels_that_are_no_class_are_predicted_wrongly() -> None:
    fit = elltwo.logistic(X, LABELS["text"])
    assert fit.score(X[:2], ["perhaps", fit.predict(X[1:2])[0]]) == 0.5
    assert fit.score(X, np.arange(50)) == 0.0


def test_sparse_rows_and_tables_are_scored() -> None:
    frame = pd.DataFrame(X, columns=list("abc"))
    fit = elltwo.ridge(frame, Y, alpha=1.0)
    assert fit.score(frame[["c", "b", "a"]], Y) == fit.score(X, Y)
    assert fit.score(sparse.csr_matrix(X), Y) == pytest.approx(fit.score(X, Y), rel=1e-12)
    with pytest.raises(ValueError, match="y"):
        fit.score(frame, pd.Series(Y, index=np.arange(50)[::-1]))


@pytest.mark.parametrize(
    ("y", "weight", "word"),
    [
        (MANY[:20], None, r"y must have the shape of the predictions, \(20,\)"),
        (Y, None, "same number of rows"),
        (np.where(np.arange(20) == 3, np.nan, 1.0), None, "y must be finite, got nan at row 3"),
        (Y[:20], np.zeros(20), "must not be all zero"),
        (Y[:20], np.where(np.arange(20) == 2, -1.0, 1.0), "not negative, got -1.0 at row 2"),
        (Y[:20], np.ones(3), r"sample_weight must have shape \(20,\)"),
    ],
)
def test_bad_input_is_named(y: Any, weight: Any, word: str) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match=word):
        elltwo.ridge(X, Y, alpha=1.0).score(NEW, y, weight)


def test_one_row_has_no_r2() -> None:
    with pytest.raises(ValueError, match="needs two rows"):
        elltwo.ridge(X, Y, alpha=1.0).score(NEW[:1], Y[:1])


def test_networks_of_classes_say_what_to_do() -> None:
    fit = elltwo.mlp(X, (Y > 0.0).astype(float), 2, loss="logistic", tol=1.0)
    with pytest.raises(ValueError, match="predict returns its probabilities"):
        fit.score(X, Y > 0.0)
