"""What the displays ask of their arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.validate import float64_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from elltwo.functional._base.validate import Float64Array


def checked_alpha(alpha: float | None) -> float | None:
    """Return the penalty to mark as a number in [0, inf], if there is one."""
    if alpha is None:
        return None
    number = float64_array(alpha, "alpha")
    if number.size != 1 or not number.item() >= 0.0:
        raise ValueError(f"alpha must be a number in [0, inf], got {alpha!r}")
    return number.item()


def for_each_alpha(values: ArrayLike, name: str, n_alphas: int) -> Float64Array:
    """Return one number for each of alphas."""
    array = float64_array(values, name)
    if array.shape != (n_alphas,):
        raise ValueError(
            f"{name} must have one entry for each of the {n_alphas} alphas, got shape {array.shape}"
        )
    return array


def one_target(target: object, n_targets: int | None, what: str) -> int | None:
    """Check which target is to be shown; `n_targets` is None where there is no choice."""
    if n_targets is None:
        if target is not None:
            raise ValueError(f"target must be None, since {what} has one curve, got {target!r}")
        return None
    if target is None and n_targets == 1:
        return 0
    if not isinstance(target, int | np.integer) or not 0 <= target < n_targets:
        raise ValueError(
            f"target must be a number from 0 to {n_targets - 1}, since {what} has {n_targets} "
            f"targets, got {target!r}"
        )
    return int(target)


def target_of(values: ArrayLike, target: int | None) -> float:
    """Return the number that belongs to a target, of one for all targets or one for each."""
    each = np.ravel(values)
    return float(each[0 if target is None or each.size == 1 else target])


def checked_coef(coef: ArrayLike, n_alphas: int) -> Float64Array:
    """Return the coefficients as a matrix with a row for each of alphas."""
    array = float64_array(coef, "coef")
    if array.ndim != 2 or len(array) != n_alphas or not array.shape[1]:
        raise ValueError(
            f"coef must have shape ({n_alphas}, n_features), one row for each of alphas, "
            f"got {array.shape}"
        )
    if not np.isfinite(array).all():
        raise ValueError("coef must be finite")
    return array


def checked_names(names: Sequence[str] | None, n_features: int) -> Sequence[str] | None:
    """Return the names of features, one for each, or None."""
    if names is not None and len(names) != n_features:
        raise ValueError(
            f"feature_names must have one entry for each of the {n_features} features, "
            f"got {len(names)}"
        )
    return names


def checked_ends(ends: ArrayLike | None, name: str, n_features: int) -> Float64Array | None:
    """Return lower and upper ends of intervals, which may be infinite, or None."""
    if ends is None:
        return None
    array = float64_array(ends, name)
    if array.shape != (2, n_features):
        raise ValueError(
            f"{name} must have shape (2, {n_features}), lower and upper ends for each of the "
            f"coefficients, got {array.shape}"
        )
    if not (array[0] <= array[1]).all():
        at = int(np.flatnonzero(~(array[0] <= array[1]))[0])
        raise ValueError(
            f"{name} must have lower ends that are not above the upper ones, got {array[0, at]} "
            f"and {array[1, at]} for feature {at}"
        )
    return array
