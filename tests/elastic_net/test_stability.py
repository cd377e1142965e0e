"""How stable selections are: frequencies of complementary pairs, the bound, bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import elltwo

RNG = np.random.default_rng(8)
N, P = 80, 30
X = RNG.normal(size=(N, P))
Y = X[:, 3] - 2.0 * X[:, 7] + RNG.normal(size=N)


def test_frequencies_are_those_of_single_fits() -> None:
    stability = elltwo.selection_stability(X, Y, 20.0, n_pairs=6, seed=5)
    generator = np.random.default_rng(5)
    chosen = np.zeros((6, 2, P), dtype=bool)
    for pair in range(6):
        order = generator.permutation(N)
        for half in range(2):
            rows = np.sort(order[half * (N // 2) : (half + 1) * (N // 2)])
            chosen[pair, half] = elltwo.elastic_net(X[rows], Y[rows], 10.0, 1.0).coef != 0.0
    np.testing.assert_array_equal(stability.frequency, chosen.mean(axis=(0, 1)))
    np.testing.assert_array_equal(stability.simultaneous, chosen.all(axis=1).mean(axis=0))
    assert stability.n_chosen == chosen.sum(axis=2).mean()
    q, p = stability.n_chosen, P
    assert stability.error_bound(0.9) == pytest.approx(q**2 / (p * 0.8))


def test_a_number_of_features_instead_of_alpha() -> None:
    frame = pd.DataFrame(X, columns=[f"c{j}" for j in range(P)])
    stability = elltwo.selection_stability(frame, Y, max_features=3, n_pairs=10)
    assert stability.n_chosen <= 3.0
    assert stability.selected(0.9).tolist() == [3, 7]
    assert stability.feature_names == tuple(frame.columns)
    assert stability.n_pairs == 10
    again = elltwo.selection_stability(X, Y, max_features=3, n_pairs=10)
    np.testing.assert_array_equal(again.frequency, stability.frequency)
    other = elltwo.selection_stability(X, Y, max_features=3, n_pairs=10, seed=1)
    assert not np.array_equal(other.frequency, stability.frequency)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "pass either alpha or max_features"),
        ({"alpha": 1.0, "max_features": 2}, "pass either alpha or max_features"),
        ({"alpha": -1.0}, r"alpha must be in \[0, inf\], got -1"),
        ({"alpha": 1.0, "l1_ratio": 0.0}, r"l1_ratio must be in \(0, 1\]"),
        ({"alpha": 1.0, "n_pairs": 0}, "n_pairs must be an integer in"),
        ({"alpha": 1.0, "y": np.column_stack([Y, Y])}, "y must have one column, got 2"),
        ({"alpha": 1.0, "X": X[:3], "y": Y[:3]}, "halves of it need at least 4"),
    ],
)
def test_bad_input(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        elltwo.selection_stability(**{"X": X, "y": Y, **options})


@pytest.mark.parametrize("threshold", [0.5, 1.1, np.nan])
def test_bad_thresholds(threshold: float) -> None:
    stability = elltwo.selection_stability(X, Y, 20.0, n_pairs=2)
    for ask in (stability.selected, stability.error_bound):
        with pytest.raises(ValueError, match="threshold must be in"):
            ask(threshold)
