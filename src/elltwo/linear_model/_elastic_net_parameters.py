"""scikit-learn's parameters of the elastic net, and what they stand for here."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.options import count, flag, one_of
from elltwo.functional._base.validate import vector
from elltwo.linear_model._parameters import require_random_state

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._base.validate import Float64Array

MAX_ROUNDS = 1000  # default of `max_iter`
SELECTIONS = ("cyclic", "random")


def require_unused(estimator: Any) -> None:  # noqa: ANN401  # one of the estimators
    """Refuse values that scikit-learn refuses of parameters without a meaning here."""
    if estimator.copy_X is not True:
        flag(estimator.copy_X, "copy_X")
    if estimator.random_state is not None:
        require_random_state(estimator.random_state)
    one_of(SELECTIONS, estimator.selection, "selection")


def require_workers(estimator: Any) -> None:  # noqa: ANN401  # one of the estimators
    """Refuse values that scikit-learn refuses of `n_jobs` and `verbose`."""
    require_verbose(estimator.verbose)
    n_jobs = estimator.n_jobs
    if n_jobs is not None and (
        isinstance(n_jobs, bool) or not isinstance(n_jobs, int | np.integer)
    ):
        raise TypeError(f"n_jobs must be an integer or None, got {n_jobs!r}")


def require_verbose(verbose: object) -> None:
    """Refuse values that scikit-learn refuses of `verbose`."""
    if not isinstance(verbose, bool | np.bool_):
        count(verbose, "verbose", minimum=0)


def number(value: Any, name: str, low: float, high: float) -> float:  # noqa: ANN401  # anything
    """Return a real number in a closed range."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number in [{low:g}, {high:g}], got {value!r}")
    if not low <= float(value) <= high:
        raise ValueError(f"{name} must be a number in [{low:g}, {high:g}], got {value!r}")
    return float(value)


def bounds_of(positive: object, bounds: BoundsLike | None) -> BoundsLike | None:
    """Return the bounds of the coefficients, or None."""
    if not flag(positive, "positive"):
        return bounds
    if bounds is not None:
        raise ValueError(f"positive=True means bounds=(0, None), got bounds={bounds!r} too")
    return 0.0, None


def weights(sample_weight: npt.ArrayLike | None, n_samples: int) -> Float64Array | None:
    """Return one weight for each row, or None where all are equal.

    What all weights are multiplied by has no effect, as the loss is their weighted mean.
    """
    if sample_weight is None:
        return None
    if isinstance(sample_weight, int | float | np.integer | np.floating):
        if not 0.0 < float(sample_weight) < np.inf:
            raise ValueError(f"sample_weight must be positive and finite, got {sample_weight!r}")
        return None
    return vector(sample_weight, "sample_weight", n_samples, f"{n_samples} row(s) of X")


def total(weight: Float64Array | None, n_samples: int) -> float:
    """Return the sum of the weights, by which the core's alpha is scikit-learn's multiplied.

    It is 1 where the sum is none to divide by, for the core to refuse the weights.
    """
    if weight is None:
        return float(n_samples)
    with np.errstate(all="ignore"):
        summed = float(weight.sum())
    return summed if 0.0 < summed < np.inf else 1.0
