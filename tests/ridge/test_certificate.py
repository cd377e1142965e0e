"""What dense fits leave out: the certificate without a last look at the data."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
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


def _many(
    spread: float, jump: float = 0.0, n_targets: int = 150
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    rng = np.random.default_rng(3)
    factors = rng.standard_normal((2000, 3))
    X = factors @ rng.standard_normal((3, 40)) + spread * rng.standard_normal((2000, 40))
    X[:256] += jump
    Y = X @ rng.standard_normal((40, n_targets)) + rng.standard_normal((2000, n_targets))
    return X, Y


def _errors(
    X: npt.NDArray[np.float64], Y: npt.NDArray[np.float64], fit: elltwo.RidgeFit
) -> tuple[float, float]:
    """Return the worst optimality of all targets, and the error of the first few coefficients."""
    few = range(0, Y.shape[1], 30)
    single = [elltwo.ridge(X, Y[:, t], alpha=1e-6).coef for t in few]
    size = np.sqrt(((X - X.mean(axis=0)) ** 2).sum(axis=0))
    error = np.linalg.norm(size * (fit.coef[few] - single)) / np.linalg.norm(size * single)
    worst = max(reference.optimality(X, y, b, 1e-6) for y, b in zip(Y.T, fit.coef, strict=True))
    return worst, float(error)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("spread", [0.1, 0.05])
def test_many_targets_are_corrected_only_where_it_matters(
    spread: float, order: Literal["C", "F"]
) -> None:
    X, Y = _many(spread)
    fit = elltwo.ridge(X, np.asarray(Y, order=order), alpha=1e-6)
    assert fit.info.n_iter == 0
    assert fit.info.rcond < 1e-4
    worst, error = _errors(X, Y, fit)
    assert worst <= fit.info.optimality < 1e-12
    assert error <= 1e-11


@pytest.mark.parametrize(("spread", "jump"), [(3e-3, 0.0), (0.05, 100.0)])
def test_many_targets_are_corrected_where_a_sketch_tells_that_it_matters(
    spread: float, jump: float
) -> None:
    """In the second case since the first rows misjudge the means, which magnifies rounding."""
    X, Y = _many(spread, jump)
    fit = elltwo.ridge(X, Y, alpha=1e-6)
    assert fit.info.n_iter >= 1
    worst, error = _errors(X, Y, fit)
    assert worst < 1e-14
    assert error <= 1e-12


def test_a_sketch_counts_weights_factors_priors_and_scales() -> None:
    """None of them may appear as an error of the fit."""
    X, Y = _many(0.1)
    rng = np.random.default_rng(4)
    scales = np.exp(rng.uniform(-5, 5, 40))
    fit = elltwo.ridge(
        X * scales * 1e90,
        Y * 1e-90,
        alpha=1e170,
        sample_weight=rng.uniform(0, 3, 2000),
        penalty_factors=rng.uniform(0, 2, 40),
        prior_mean=rng.standard_normal((150, 40)) / scales * 1e-180,
        penalize_intercept=True,
    )
    assert fit.info.n_iter == 0
    assert fit.info.optimality < 1e-12


def test_a_sketch_of_many_targets_can_be_repeated() -> None:
    X, Y = _many(0.1)
    fits = [elltwo.ridge(X, Y, alpha=1e-6, n_threads=n) for n in (1, 2, 3)]
    assert len({fit.info.optimality for fit in fits}) == 1
    assert len({fit.coef.tobytes() for fit in fits}) == 1
