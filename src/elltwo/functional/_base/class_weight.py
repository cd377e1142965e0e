"""Weights of classes as weights of rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from elltwo.functional._base.classes import Labels
    from elltwo.functional._base.validate import Float64Array


def weigh_rows(
    sample_weight: Float64Array | None,
    class_weight: object,
    labels: Labels,
) -> Float64Array | None:
    """Return the weight of every row times that of its class, None standing for ones.

    Parameters
    ----------
    sample_weight : ndarray of shape (n_samples,) or None
        Weights of the rows.
    class_weight : dict or "balanced" or None
        Weights of the classes, 1 for those that a dict leaves out; "balanced" stands for
        ``sum_weight / (n_classes * sum_weight_of_the_class)``.
    labels : Labels
        Classes, and that of every row.

    Raises
    ------
    TypeError
        If `class_weight` is of another type.
    ValueError
        If it leaves out a class and names what is none, or a weight is negative or not finite.
    """
    if class_weight is None:
        return sample_weight
    by_row: Float64Array = class_factors(sample_weight, class_weight, labels)[labels.codes]
    return by_row if sample_weight is None else by_row * sample_weight


def class_factors(
    sample_weight: Float64Array | None, class_weight: object, labels: Labels
) -> Float64Array:
    """Return the weight of every class, (n_classes,), see `weigh_rows`."""
    if isinstance(class_weight, Mapping):
        return _given(class_weight, labels)
    if isinstance(class_weight, str) and class_weight == "balanced":
        return _balanced(sample_weight, labels)
    raise TypeError(f'class_weight must be a dict, "balanced" or None, got {class_weight!r}')


def _given(class_weight: Mapping[Any, float], labels: Labels) -> Float64Array:
    classes = labels.classes.tolist()
    missing = [label for label in classes if label not in class_weight]
    if missing and len(classes) - len(missing) != len(class_weight):  # a name may be misspelt
        raise ValueError(f"The classes, {missing}, are not in class_weight")
    factors = np.array([class_weight.get(label, 1.0) for label in classes], dtype=np.float64)
    if not (np.isfinite(factors).all() and (factors >= 0.0).all()):
        raise ValueError(f"class_weight must be finite and not negative, got {class_weight!r}")
    return factors


def _balanced(sample_weight: Float64Array | None, labels: Labels) -> Float64Array:
    sums = np.bincount(labels.codes, weights=sample_weight, minlength=labels.classes.size)
    with np.errstate(divide="ignore", invalid="ignore"):  # empty classes are refused later
        factors: Float64Array = sums.sum() / (labels.classes.size * sums)
    return np.where(np.isfinite(factors), factors, 0.0)
