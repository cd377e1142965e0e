"""Scores of predicted classes and probabilities, for many fits at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.probability import probabilities, winners
from elltwo.functional._logistic_problem.core import is_limit

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from elltwo.functional._base.validate import AnyArray, Float64Array

    Scoring = str | Callable[..., float]

_LOG_OF_UNSEEN = float(np.log(np.finfo(np.float64).eps))

NAMES = ("log_loss", "accuracy", "brier")


def read_scoring(scoring: Any) -> Scoring:  # noqa: ANN401  # whatever was passed
    """Return a name of a score, or a function."""
    if callable(scoring):
        return scoring  # type: ignore[no-any-return]  # callable
    if not (isinstance(scoring, str) and scoring in NAMES):
        raise ValueError(
            f"scoring must be 'log_loss', 'accuracy', 'brier' or callable, got {scoring!r}"
        )
    return scoring


def row_scores(name: str, z: Float64Array, codes: npt.NDArray[np.int32]) -> Float64Array:
    """Return what every row adds to a score of the given name, greater being better.

    Parameters
    ----------
    name : {"log_loss", "accuracy", "brier"}
        The score.
    z : ndarray of shape (n_samples,) or (n_samples, n_classes)
        Linear predictors.
    codes : ndarray of shape (n_samples,)
        Classes.

    Returns
    -------
    ndarray of shape (n_samples,)
        The logarithm of the probability of the class, which of a class that the fit has seen no
        row of counts as log(2**-52), as in scikit-learn's ``log_loss``; 1 where
        the most probable class is the class, else 0; or minus the sum of squared differences
        between probabilities and the class's indicator, half of it for two classes [1]_.

    References
    ----------
    .. [1] G. W. Brier (1950). Verification of forecasts expressed in terms of probability.
       Monthly Weather Review 78, 1-3.
    """
    if name == "accuracy":
        hits: Float64Array = (winners(z) == codes).astype(np.float64)
        return hits
    if name == "log_loss":
        return _log_probability(z, codes)
    p = probabilities(z)
    off: Float64Array = p - np.eye(p.shape[1])[codes]
    squares: Float64Array = np.einsum("ij,ij->i", off, off)
    squares *= -0.5 if z.ndim == 1 else -1.0
    return squares


def _log_probability(z: Float64Array, codes: npt.NDArray[np.int32]) -> Float64Array:
    """Return the logarithm of the probability of the class of every row, finite."""
    if z.ndim == 1:
        own: Float64Array = -np.logaddexp(0.0, np.where(codes == 1, -z, z))
    else:
        shifted = z - z.max(axis=1, keepdims=True)
        own = shifted[np.arange(codes.size), codes]
        own -= np.log(np.exp(shifted).sum(axis=1))
    own[is_limit(own)] = _LOG_OF_UNSEEN
    return own


def called(
    scoring: Callable[..., float],
    z: Float64Array,
    y: AnyArray,
    sample_weight: Float64Array | None,
) -> float:
    """Return a function's score of the probabilities of some rows."""
    weight = () if sample_weight is None else (sample_weight,)
    score = float(scoring(y, probabilities(z), *weight))
    if np.isnan(score):
        raise ValueError("scoring must return a number, got nan")
    return score
