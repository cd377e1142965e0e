"""What cross-validation asks of the scores of any model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from typing import Self

    from elltwo.functional._base.validate import Float64Array


_SQUARES_IN_RANGE = 400  # exponents of means up to which deviations from them have squares


class SplitCore(Protocol):
    """A problem set up for cross-validation: the rows of its splits, or sums over them."""

    def score(self, alphas: Float64Array, /) -> tuple[Float64Array, Float64Array]:
        """Return sums of squared errors (n_splits, n_alphas, n_targets), and test weights."""


class AlphaScores(Protocol):
    """Scores of the alphas of a grid, of which one is to be chosen."""

    def error(self, per_target: bool, /) -> Float64Array:
        """Return what is minimised, of shape (n_alphas, n_targets) or (n_alphas, 1)."""

    def spread(self, per_target: bool, /) -> Float64Array | None:
        """Return standard errors in the shape of `error`, if there are any."""

    def joined(self, other: Self, /) -> Self:
        """Return these scores followed by those of other alphas."""


def standard_error(values: Float64Array, mean: Float64Array, share: Float64Array) -> Float64Array:
    """Standard error of a weighted mean over the first axis, by independence of the rows."""
    n = int(np.count_nonzero(share))
    deviations = values - mean
    exponent = np.frexp(mean)[1]
    extreme = np.abs(exponent).max(initial=0) > _SQUARES_IN_RANGE
    if extreme:
        deviations = np.ldexp(deviations, -exponent)
    np.square(deviations, out=deviations)
    deviations = np.tensordot(share**2, deviations, axes=1)
    result: Float64Array = np.sqrt(deviations * n / max(n - 1, 1))
    return np.ldexp(result, exponent) if extreme else result
