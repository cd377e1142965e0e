"""Streams fitted by elastic nets."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import elltwo

RNG = np.random.default_rng(12)
X = RNG.normal(size=(90, 7))
Y = X @ [1.0, 0.0, -2.0, 0.0, 0.0, 0.0, 0.3] + RNG.normal(size=90)


def chunks() -> list[tuple[Any, Any]]:
    return [(X[i : i + 30], Y[i : i + 30]) for i in (0, 30, 60)]


def test_a_given_penalty() -> None:
    fit = elltwo.fit_stream(chunks(), alpha=5.0, l1_ratio=0.8)
    rows = elltwo.elastic_net(X, Y, 5.0, 0.8)
    np.testing.assert_allclose(fit.coef, rows.coef, rtol=1e-11, atol=1e-13)
    assert isinstance(fit.fit, elltwo.ElasticNetFit)
    assert (fit.alpha, fit.scores) == (5.0, None)
    assert fit.fit.active.tolist() == rows.active.tolist()
    np.testing.assert_allclose(fit.predict(X), rows.predict(X), rtol=1e-10)
    assert pickle.loads(pickle.dumps(fit)).fit.l1_ratio == 0.8


@pytest.mark.parametrize("criterion", ["gcv", "aic", "bic", "ebic"])
def test_a_choice_by_a_criterion(criterion: str) -> None:
    w = RNG.uniform(0.5, 2.0, 90)
    w[7] = 0.0  # rows without weight do not count
    weighted = [(X[i : i + 30], Y[i : i + 30], w[i : i + 30]) for i in (0, 30, 60)]
    options: dict[str, Any] = {"l1_ratio": [0.5, 1.0], "cv": criterion}
    fit = elltwo.fit_stream(weighted, **options)
    rows = elltwo.elastic_net_cv(X, Y, sample_weight=w, **options)
    assert isinstance(fit.scores, elltwo.ElasticNetCVFit)
    np.testing.assert_allclose(fit.scores.alphas, rows.alphas, rtol=1e-11)
    np.testing.assert_allclose(fit.scores.cv_mse, rows.cv_mse, rtol=1e-9)
    assert fit.alpha == pytest.approx(rows.alpha, rel=1e-11)
    assert fit.scores.l1_ratio == rows.l1_ratio
    np.testing.assert_allclose(fit.coef, rows.coef, rtol=1e-9, atol=1e-11)
    assert fit.scores.edf == pytest.approx(rows.edf, rel=1e-9)
    assert len(fit.fold_moments) == 1


def test_criteria_of_moments() -> None:
    halves = [elltwo.Moments(7).add(X[i : i + 45], Y[i : i + 45]) for i in (0, 45)]
    whole = elltwo.elastic_net_cv(X, Y, 1.0, cv="bic")
    for folds in (halves, [halves[0].copy().merge(halves[1])]):
        fit = elltwo.elastic_net_moments_cv(folds, 1.0, cv="bic")
        assert fit.alpha == pytest.approx(whole.alpha, rel=1e-11)
        np.testing.assert_allclose(fit.cv_mse, whole.cv_mse, rtol=1e-9)
    with pytest.raises(ValueError, match="folds must hold at least 2 Moments, got 1"):
        elltwo.elastic_net_moments_cv(halves[:1], 1.0)
    with pytest.raises(ValueError, match="cv must be one of 'aic', 'bic', 'ebic', 'gcv'"):
        elltwo.elastic_net_moments_cv(halves, 1.0, cv="loo")
    with pytest.raises(ValueError, match="select='1se' needs standard errors"):
        elltwo.elastic_net_moments_cv(halves, 1.0, cv="gcv", select="1se")


def test_a_choice_by_folds() -> None:
    options: dict[str, Any] = {"alphas": [100.0, 10.0, 1.0, 0.0], "l1_ratio": [0.5, 1.0]}
    fit = elltwo.fit_stream(chunks(), cv=3, fold_rows=10, **options)
    fold = (np.arange(90) // 10) % 3
    pairs = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(3)]
    rows = elltwo.elastic_net_cv(X, Y, cv=pairs, **options)
    assert isinstance(fit.scores, elltwo.ElasticNetCVFit)
    np.testing.assert_allclose(fit.scores.cv_mse, rows.cv_mse, rtol=1e-9)
    assert (fit.alpha, fit.scores.l1_ratio) == (rows.alpha, rows.l1_ratio)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": 1.0, "l1_ratio": 2.0}, r"l1_ratio must hold numbers in \[0, 1\], got 2.0"),
        ({"alpha": 1.0, "l1_ratio": [0.5, 1.0]}, "l1_ratio must be a number, or cv must say"),
        ({"cv": 3, "l1_ratio": 0.0}, "l1_ratio=0 needs alphas"),
        (
            {"cv": "loo", "l1_ratio": 0.5},
            "cv must be 'aic', 'bic', 'ebic', 'gcv', a number",
        ),
        ({"cv": "bic"}, "cv must be 'gcv', a number of folds or None, got 'bic'"),
        (
            {"alpha": 1.0, "l1_ratio": 0.5, "penalize_intercept": True},
            "penalize_intercept is for ridge",
        ),
    ],
)
def test_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        elltwo.fit_stream(chunks(), **options)
