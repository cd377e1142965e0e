"""What dense fits leave out: the certificate without a last look at the data."""

from __future__ import annotations

import numpy as np
import pytest

import elltwo
import reference


@pytest.mark.parametrize("n_targets", [1, 7])
@pytest.mark.parametrize(
    ("spread", "jump"), [(3e-2, 0.0), (1e-2, 0.0), (1e-3, 0.0), (0.3, 10.0), (1.0, 100.0)]
)
def test_the_certificate_holds_without_a_last_look(
    n_targets: int, spread: float, jump: float
) -> None:
    """Also where the first rows misjudge the means, which magnifies rounding."""
    rng = np.random.default_rng(1)
    factors = rng.standard_normal((5000, 3))
    X = factors @ rng.standard_normal((3, 40)) + spread * rng.standard_normal((5000, 40))
    X[:256] += jump
    Y = X @ rng.standard_normal((40, n_targets)) + rng.standard_normal((5000, n_targets))
    fit = elltwo.ridge(X, Y, alpha=1e-6)
    assert fit.info.status == "converged"
    assert fit.info.solver == "cholesky"
    assert fit.info.n_iter >= 1
    assert fit.info.rcond < 1e-4
    worst = max(reference.optimality(X, Y[:, t], fit.coef[t], 1e-6) for t in range(n_targets))
    assert worst <= fit.info.optimality <= fit.info.tolerance


def test_a_tolerance_below_the_bound_is_met_by_a_look_at_the_data() -> None:
    rng = np.random.default_rng(2)
    X = rng.standard_normal((900, 2)) @ rng.standard_normal((2, 40))
    X += 1e-3 * rng.standard_normal((900, 40))
    y = X.sum(axis=1) + rng.standard_normal(900)
    quick = elltwo.ridge(X, y, alpha=1e-3)
    assert quick.info.n_iter >= 1
    strict = elltwo.ridge(X, y, alpha=1e-3, tol=quick.info.optimality / 2)
    assert strict.info.status == "converged"
    assert strict.info.optimality <= quick.info.optimality / 2
