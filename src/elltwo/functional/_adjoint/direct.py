"""Batches of ridge problems fitted by one factor each, and the derivatives of these fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from elltwo.functional._base.compiled import _core

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array, FloatArray


class DirectProblems(NamedTuple):
    """Problems as the core reads them."""

    X: FloatArray  #: (batch, n_samples, n_features), or (n_samples, n_features) for all
    Y: Float64Array  #: (batch, n_samples, n_targets)
    alpha: Float64Array  #: (1,) or (batch,), contiguous
    fit_intercept: bool
    n_threads: int  #: 0 for the default


class DirectFits(NamedTuple):
    """Fits, and the factors that their derivatives need if they were kept."""

    coef: Float64Array  #: (batch, n_targets, n_features)
    intercept: Float64Array  #: (batch, n_targets)
    kept: Float64Array | None


class DirectGradients(NamedTuple):
    """Gradients of a scalar with respect to the data of every problem."""

    X: FloatArray  #: (batch, n_samples, n_features)
    Y: Float64Array  #: (batch, n_samples, n_targets)
    alpha: Float64Array  #: (batch,)


def fit_direct(problems: DirectProblems, *, keep: bool) -> DirectFits:
    """Fit every problem, and keep what `gradients_of` would compute again."""
    X, Y, alpha, fit_intercept, n_threads = problems
    return DirectFits(*_core.ridge_batch_direct(X, Y, alpha, fit_intercept, keep, n_threads))


def gradients_of(
    problems: DirectProblems,
    coef: Float64Array,
    intercept: Float64Array | None,
    kept: Float64Array | None = None,
) -> DirectGradients:
    """Return gradients, given those with respect to coefficients and intercepts (None: zeros)."""
    X, Y, alpha, fit_intercept, n_threads = problems
    given = (coef, intercept, kept)
    return DirectGradients(*_core.ridge_batch_adjoint(X, Y, alpha, fit_intercept, given, n_threads))
