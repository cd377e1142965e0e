"""Linear layers on features, with alpha chosen on other rows."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import elltwo

RNG = np.random.default_rng(11)
W = RNG.normal(size=(4, 6))
X = RNG.normal(size=(240, 6)).astype(np.float32)
Z = X @ W.T + RNG.gumbel(size=(240, 4))
LABELS = np.array(["a", "b", "c", "d"])[Z.argmax(axis=1)]
ONES = (Z > 0.0).astype(float)
TRAIN, REST = slice(160), slice(160, None)


def log_loss(probe: elltwo.LinearProbe, rows: slice) -> float:
    """Mean log loss of a probe with a softmax, row by row."""
    z = X[rows].astype(float) @ probe.coef.T + probe.intercept
    z = z - z.max(axis=1, keepdims=True)
    logs = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    assert probe.classes is not None
    return -float(np.mean(logs[LABELS[rows][:, np.newaxis] == probe.classes]))


def test_softmax_is_logistic_cv() -> None:
    probe = elltwo.linear_probe(X, LABELS, cv="alo")
    fit = elltwo.logistic_cv(X, LABELS, cv="alo")
    np.testing.assert_array_equal(probe.coef, fit.coef)
    np.testing.assert_array_equal(probe.intercept, fit.intercept)
    assert probe.alpha == fit.alpha
    assert probe.info.status == "converged"
    assert probe.after.train.loss == pytest.approx(log_loss(probe, slice(None)), rel=1e-12)


def test_validation_chooses_and_all_rows_are_fitted() -> None:
    held_out = X[REST], LABELS[REST]
    probe = elltwo.linear_probe(X[TRAIN], LABELS[TRAIN], validation=held_out)
    pairs = [(np.arange(160), np.arange(160, 240))]
    fit = elltwo.logistic_cv(X, LABELS, cv=pairs)
    assert probe.alpha == fit.alpha
    np.testing.assert_allclose(probe.coef, fit.coef, rtol=1e-6)
    judge = elltwo.logistic(X[TRAIN], LABELS[TRAIN], alpha=probe.alpha)
    logs = np.log(judge.predict_proba(X[REST].astype(float)))
    loss = -np.mean(logs[LABELS[REST][:, np.newaxis] == judge.classes])
    assert probe.after.validation is not None
    assert probe.after.validation.loss == pytest.approx(loss, rel=1e-6)


def test_validation_beside_cv_only_judges() -> None:
    held_out = X[REST], LABELS[REST]
    probe = elltwo.linear_probe(X[TRAIN], LABELS[TRAIN], cv=4, validation=held_out)
    fit = elltwo.logistic_cv(X[TRAIN], LABELS[TRAIN], cv=4)
    np.testing.assert_allclose(probe.coef, fit.coef, rtol=1e-6)
    assert probe.after.validation is not None
    assert probe.after.validation.loss == pytest.approx(log_loss(probe, REST), rel=1e-12)


def test_two_classes_are_one_row() -> None:
    two = LABELS < "c"
    probe = elltwo.linear_probe(X, two, cv="alo", alphas=[0.01, 1.0, 100.0])
    fit = elltwo.logistic_cv(X, two, cv="alo", alphas=[0.01, 1.0, 100.0])
    np.testing.assert_array_equal(probe.coef, [fit.coef])
    p = fit.predict_proba(X.astype(float))[np.arange(240), two.astype(int)]
    assert probe.after.train.loss == pytest.approx(-np.log(p).mean(), rel=1e-6)
    assert probe.after.train.accuracy == pytest.approx(np.mean(fit.predict(X) == two))


def test_sigmoid_outputs_are_separate_fits() -> None:
    probe = elltwo.linear_probe(X, ONES, loss="sigmoid", cv="alo")
    losses = []
    for k in range(4):
        fit = elltwo.logistic_cv(X, ONES[:, k].astype(int), cv="alo")
        assert probe.alpha[k] == fit.alpha
        np.testing.assert_array_equal(probe.coef[k], fit.coef)
        p = fit.predict_proba(X.astype(float))[np.arange(240), ONES[:, k].astype(int)]
        losses.append(-np.log(p).mean())
    assert len(probe.info) == 4
    assert probe.after.train.loss == pytest.approx(np.mean(losses), rel=1e-6)


@pytest.mark.parametrize("cv", ["loo", "gcv", 5])
def test_squared_error_is_ridge_cv(cv: str | int) -> None:
    probe = elltwo.linear_probe(X, Z, loss="squared_error", cv=cv)
    fit = elltwo.ridge_cv(X, Z, cv=cv)
    np.testing.assert_array_equal(probe.coef, fit.coef)
    errors = Z - X.astype(float) @ probe.coef.T - probe.intercept
    assert probe.after.train.loss == pytest.approx(np.mean(errors**2), rel=1e-12)
    assert probe.after.train.accuracy is None


def test_squared_error_with_validation() -> None:
    held_out = X[REST], Z[REST, 0]
    probe = elltwo.linear_probe(X[TRAIN], Z[TRAIN, 0], loss="squared_error", validation=held_out)
    fit = elltwo.ridge_cv(X, Z[:, 0], cv=[(np.arange(160), np.arange(160, 240))])
    assert probe.alpha == fit.alpha
    np.testing.assert_allclose(probe.coef[0], fit.coef, rtol=1e-6)


@pytest.mark.parametrize("loss", ["softmax", "sigmoid", "squared_error"])
def test_infinite_alpha_returns_the_prior(loss: str) -> None:
    y = {"softmax": LABELS, "sigmoid": ONES, "squared_error": Z}[loss]
    coef, intercept = W.astype(np.float32), np.array([0.5, -1.0, 2.0, 0.25], np.float32)
    probe = elltwo.linear_probe(
        X[TRAIN],
        y[TRAIN],
        loss=loss,
        validation=(X[REST], y[REST]),
        alphas=[np.inf],
        prior=(coef, intercept),
    )
    np.testing.assert_array_equal(probe.coef, coef)
    np.testing.assert_array_equal(probe.intercept, intercept)
    assert probe.before is not None
    assert probe.before == probe.after


def test_a_grid_is_continued() -> None:
    probe = elltwo.linear_probe(X, LABELS, cv="alo", alphas=[1e4, 1e5])
    assert probe.alpha < 1e4
    one = elltwo.linear_probe(X, LABELS, cv="alo", alphas=[1e4])
    assert one.alpha == 1e4


def test_prior_penalises_biases_too() -> None:
    prior = W, np.array([0.5, -1.0, 2.0, 0.25])
    probe = elltwo.linear_probe(X, Z, loss="squared_error", cv="loo", alphas=[50.0], prior=prior)
    ones = np.concatenate([X, np.ones((240, 1))], axis=1)
    both = np.concatenate([prior[0], prior[1][:, np.newaxis]], axis=1)
    wanted = (
        both + np.linalg.solve(ones.T @ ones + 50.0 * np.eye(7), ones.T @ (Z - ones @ both.T)).T
    )
    np.testing.assert_allclose(probe.coef, wanted[:, :-1], rtol=1e-5)
    np.testing.assert_allclose(probe.intercept, wanted[:, -1], rtol=1e-5)


@pytest.mark.parametrize("loss", ["softmax", "sigmoid", "squared_error"])
def test_weights_mean_repetition(loss: str) -> None:
    y = {"softmax": LABELS, "sigmoid": ONES, "squared_error": Z}[loss]
    weight = RNG.integers(0, 3, size=240)
    again = np.repeat(np.arange(240), weight)
    one: dict[str, Any] = {"loss": loss, "alphas": [2.0], "cv": [(np.arange(240), np.arange(240))]}
    weighted = elltwo.linear_probe(X, y, sample_weight=weight, **one)
    one["cv"] = [(np.arange(len(again)), np.arange(len(again)))]
    repeated = elltwo.linear_probe(X[again], y[again], **one)
    np.testing.assert_allclose(weighted.coef, repeated.coef, rtol=1e-5, atol=1e-6)
    assert weighted.after.train.loss == pytest.approx(repeated.after.train.loss, rel=1e-6)
    assert weighted.after.train.accuracy == (
        None if loss == "squared_error" else pytest.approx(repeated.after.train.accuracy)
    )


def test_without_biases() -> None:
    probe = elltwo.linear_probe(X, LABELS, cv="alo", fit_intercept=False)
    assert not probe.intercept.any()
    prior = W, np.zeros(4)
    shrunk = elltwo.linear_probe(X, LABELS, cv="alo", fit_intercept=False, prior=prior)
    assert not shrunk.intercept.any()
    with pytest.raises(ValueError, match="intercepts of 0"):
        elltwo.linear_probe(X, LABELS, cv="alo", fit_intercept=False, prior=(W, np.ones(4)))


def test_interpolated_features_are_named() -> None:
    labels = np.arange(120) % 3
    features = 50.0 * np.eye(3)[labels] + RNG.normal(size=(120, 3))
    probe = elltwo.linear_probe(features, labels, cv="alo", alphas=[1.0])
    assert any(note.startswith("interpolated") for note in probe.notes)
    assert not elltwo.linear_probe(X, LABELS, cv="alo").notes


@pytest.mark.parametrize("loss", ["sigmoid", "squared_error"])
def test_interpolated_outputs_are_named(loss: str) -> None:
    values = np.sign(X[:, :2].astype(float) - 0.5) / 2.0 + 0.5 if loss == "sigmoid" else X @ W.T
    features = 1e3 * (values - 0.5) if loss == "sigmoid" else X
    arguments: dict[str, Any] = {"loss": loss, "cv": 4, "alphas": [1e-6]}
    probe = elltwo.linear_probe(features, values, **arguments)
    assert any(note.startswith("interpolated") for note in probe.notes)
    y = ONES if loss == "sigmoid" else Z
    assert not elltwo.linear_probe(X, y, **arguments).notes


def test_data_are_not_changed_and_records_pickle() -> None:
    before = X.copy(), LABELS.copy()
    probe = elltwo.linear_probe(X[TRAIN], LABELS[TRAIN], validation=(X[REST], LABELS[REST]))
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(LABELS, before[1])
    again = pickle.loads(pickle.dumps(probe))
    np.testing.assert_array_equal(again.coef, probe.coef)
    assert again.after == probe.after


BAD = np.where(np.arange(240)[:, np.newaxis] == 7, np.nan, X)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({}, ValueError, "alpha needs rows to be chosen on.*cv='alo'"),
        ({"cv": "gcv"}, ValueError, "cv must be 'alo' or folds for loss='softmax'"),
        ({"cv": "alo", "loss": "squared_error"}, ValueError, "cv must be 'loo' or 'gcv' or folds"),
        ({"cv": "alo", "loss": "hinge"}, ValueError, "loss must be 'softmax'"),
        ({"cv": "alo", "loss": "sigmoid", "y": Z}, ValueError, "y must be 0 or 1 .*row 0, output"),
        (
            {"cv": "alo", "loss": "sigmoid", "y": np.ones((240, 2))},
            ValueError,
            "output 0 holds one of them",
        ),
        ({"validation": (X[:, :5], LABELS)}, ValueError, "validation must have the 6 feature"),
        ({"validation": X}, TypeError, "validation must be a tuple"),
        ({"validation": (BAD, LABELS)}, ValueError, "validation features hold nan at row 7"),
        ({"validation": (X, LABELS[:3])}, ValueError, "features and y must have the same rows"),
        (
            {"validation": (X[:3], [LABELS[0], "new", LABELS[1]])},
            ValueError,
            "validation y holds 'new' in row 1, which y does not hold",
        ),
        ({"cv": "alo", "features": BAD}, ValueError, "^features hold nan at row 7"),
        ({"cv": "alo", "prior": (W[:3], np.zeros(3))}, ValueError, "prior must have shapes"),
        ({"cv": "alo", "prior": W}, TypeError, "prior must be a tuple"),
        ({"cv": "alo", "prior": (W * np.inf, np.zeros(4))}, ValueError, "prior must be finite"),
        ({"cv": "alo", "sample_weight": -np.ones(240)}, ValueError, "sample_weight"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    given = {"features": X, "y": LABELS, **arguments}
    if "validation" in given and given["validation"] is not X:
        given |= {"features": X[TRAIN], "y": LABELS[TRAIN]}
    with pytest.raises(error, match=message):
        elltwo.linear_probe(given.pop("features"), given.pop("y"), **given)
