"""The certificate of fits that are corrected by residuals from the rows."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import elltwo
from elastic_net_reference import Problem, certificate


@pytest.mark.parametrize("l1_ratio", [1.0, 0.9])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_no_gap_is_reported_below_the_true_one(l1_ratio: float, seed: int) -> None:
    """R^2 near one, and alpha so small that the rounding of coefficients is most of the gap."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(200, 30)) + rng.normal(size=(200, 1))
    y = X @ rng.normal(size=30) + 1e-7 * rng.normal(size=200)
    top = elltwo.elastic_net_path(X, y, l1_ratio=l1_ratio, n_alphas=1).alpha_max
    alphas = top * np.geomspace(1e-6, 1e-9, 4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the rounding of coefficients is no failure
        path = elltwo.elastic_net_path(X, y, alphas, l1_ratio)
    assert path.converged.all()
    assert path.info.n_passes > 1  # the rows were asked
    lengths = np.linalg.norm(X - X.mean(axis=0), axis=0)
    for at, alpha in enumerate(path.alphas):
        true = certificate(Problem(X, y, float(alpha), l1_ratio), path.coef[at], path.intercept[at])
        assert true.gap <= path.gaps[at] + 1e-13
        size = float(np.abs(path.coef[at]) @ lengths)
        assert path.gaps[at] * true.objective <= np.finfo(float).eps * size**2
