"""The printed report on a logistic regression."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import elltwo

RNG = np.random.default_rng(2)
X = RNG.standard_normal((40, 2))
NAMES = ["age", "dose"]


def cells(summary: elltwo.LogisticSummary) -> dict[str, list[str]]:
    """Cells of the table by the name of the row."""
    _, body, _ = [part.strip("\n") for part in str(summary).split("-" * 20) if part.strip("-")]
    rows = [line.rsplit(maxsplit=8) for line in body.lstrip("-\n").splitlines()]
    return {name: values for name, *values in rows}


MAIN = [0, 1, 4, 7]  # the columns beside the ends of intervals


def test_two_classes() -> None:
    fit = elltwo.logistic(X, RNG.choice(["no", "yes"], 40), alpha=2.0)
    summary, s = fit.summary(NAMES), fit.statistics
    rows = cells(summary)
    assert list(rows) == [*NAMES, "intercept"]
    columns: list[Any] = [fit, s.standard_errors(), s.standard_errors("sandwich"), s.z_values()]
    for j, name in enumerate(NAMES):
        expected = [column.coef[j] for column in columns]
        np.testing.assert_allclose(np.array(rows[name], float)[MAIN], expected, rtol=1e-3)
    expected = [column.intercept for column in columns]
    np.testing.assert_allclose(np.array(rows["intercept"], float)[MAIN], expected, rtol=1e-3)
    for name, value in summary.facts.items():
        assert name in str(summary)
        assert (value if isinstance(value, str) else f"{value:.6g}") in str(summary)
    assert summary.facts["class modelled"] == "yes"
    assert summary.facts["deviance"] == s.deviance
    assert repr(summary) == str(summary)


def test_more_classes_follow_each_other() -> None:
    fit = elltwo.logistic(X, RNG.choice(["a", "b", "c"], 40), fit_intercept=False)
    summary = fit.summary(NAMES)
    assert summary.names == tuple(f"{label}: {name}" for label in "abc" for name in NAMES)
    np.testing.assert_array_equal(summary.coef, fit.coef.ravel())
    np.testing.assert_array_equal(summary.z, fit.statistics.z_values().coef.ravel())
    assert "class modelled" not in summary.facts
    text = str(fit.summary(max_rows=3))
    assert "... 3 more" in text
    assert "a: x1" in text
    assert "b: x0" not in text


def test_pinned_coefficients_have_no_z() -> None:
    fit = elltwo.logistic(X, np.arange(40) % 2, penalty_factors=[np.inf, 1.0])
    summary = fit.summary()
    assert np.isnan(summary.z[0])
    assert "nan" not in str(summary)


def test_refusals() -> None:
    fit = elltwo.logistic(X, np.arange(40) % 2)
    with pytest.raises(ValueError, match="names must have length 2"):
        fit.summary(["age"])
    with pytest.raises(ValueError, match="max_rows"):
        fit.summary(max_rows=1)
