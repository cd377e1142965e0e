"""Bins of predicted probabilities, and what became of them."""

from __future__ import annotations

from collections.abc import Sized
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.classes import read_labels
from elltwo.functional._base.options import count, one_of, read_level
from elltwo.functional._base.validate import float64_array, vector

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from elltwo.functional._base.validate import Float64Array

UNIFORM = "uniform"
QUANTILE = "quantile"


class Reliability(NamedTuple):
    """Bins with rows, in the order of their probabilities."""

    prob_true: Float64Array  #: shares of the class
    prob_pred: Float64Array  #: mean probabilities
    lower: Float64Array  #: ends of the confidence bars
    upper: Float64Array
    counts: Float64Array  #: sums of the weights


def read_reliability(
    prob_true: ArrayLike,
    prob_pred: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    counts: ArrayLike,
) -> Reliability:
    """Check numbers that come from elsewhere."""
    share = float64_array(prob_true, "prob_true")
    if share.ndim != 1 or not share.size:
        raise ValueError(f"prob_true must have shape (n_bins,), got shape {share.shape}")
    beside = {"prob_pred": prob_pred, "lower": lower, "upper": upper, "counts": counts}
    named = f"{share.size} bin(s) of prob_true"
    read = {name: vector(value, name, share.size, named) for name, value in beside.items()}
    result = Reliability(prob_true=share, **read)
    for name, values in zip(Reliability._fields[:-1], result[:-1], strict=True):
        require_probabilities(values, name)
    if not ((result.counts > 0.0) & (result.counts < np.inf)).all():
        raise ValueError(f"counts must be positive and finite, got {result.counts.tolist()}")
    return result


def require_probabilities(values: Float64Array, name: str) -> None:
    """Refuse what is not in [0, 1]."""
    wrong = ~((values >= 0.0) & (values <= 1.0))
    if wrong.any():
        raise ValueError(f"{name} must be in [0, 1], got {values[wrong][0]}")


def read_predictions(
    y_true: ArrayLike, y_prob: ArrayLike, pos_label: object
) -> tuple[NDArray[np.bool_], Float64Array, object]:
    """Return where the class is, its probabilities, and its label."""
    prob = float64_array(y_prob, "y_prob")
    n = len(y_true) if isinstance(y_true, Sized) else 0
    if prob.shape != (n,):
        raise ValueError(
            f"y_prob must have shape ({n},), one probability for each of {n} label(s), got shape "
            f"{prob.shape}"
        )
    require_probabilities(prob, "y_prob")
    labels = read_labels(y_true, n)
    place, label = class_of(labels.classes.tolist(), pos_label)
    return labels.codes == place, prob, label


def class_of(classes: list[Any], pos_label: object) -> tuple[int, Any]:
    """Return the number and the label of the class that is shown."""
    if pos_label is None and len(classes) == 2:
        return 1, classes[1]
    if pos_label not in classes:
        raise ValueError(f"pos_label must be one of the classes {classes}, got {pos_label!r}")
    return classes.index(pos_label), pos_label


def reliability(
    hit: NDArray[np.bool_],
    prob: Float64Array,
    sample_weight: ArrayLike | None,
    n_bins: int,
    strategy: str,
    level: float,
) -> Reliability:
    """Count how often the class is hit in every bin, with Wilson's intervals."""
    n, number = hit.size, count(n_bins, "n_bins", minimum=1)
    weight = np.ones(n)
    if sample_weight is not None:
        weight = vector(sample_weight, "sample_weight", n, f"{n} label(s)")
        if not ((weight >= 0.0) & (weight < np.inf)).all() or not weight.any():
            raise ValueError("sample_weight must be finite, not negative, and not all zero")
    q = NormalDist().inv_cdf(0.5 + read_level(level) / 2.0)
    inner = np.arange(1, number) / number
    if one_of((UNIFORM, QUANTILE), strategy, "strategy") == QUANTILE:
        inner = _quantiles(prob, weight, inner)
    at = np.searchsorted(inner, prob)
    total, first, hits = (
        np.bincount(at, weight * values, minlength=number) for values in (1.0, prob, hit)
    )
    used = total > 0.0
    m = total[used].astype(np.float64)
    mean, share = first[used] / m, hits[used] / m
    centre = (share + q * q / (2.0 * m)) / (1.0 + q * q / m)
    half = q / (1.0 + q * q / m) * np.sqrt(share * (1.0 - share) / m + (q / (2.0 * m)) ** 2)
    lower = np.clip(centre - half, 0.0, share)  # rounding at the ends
    upper = np.clip(centre + half, share, 1.0)
    return Reliability(share, np.clip(mean, 0.0, 1.0), lower, upper, m)


def _quantiles(prob: Float64Array, weight: Float64Array, shares: Float64Array) -> Float64Array:
    """Return the least values that at least these shares of the weights do not exceed."""
    order = np.argsort(prob, kind="stable")
    reached = np.cumsum(weight[order])
    places = np.searchsorted(reached, shares * reached[-1] * (1.0 - 1e-12))
    result: Float64Array = prob[order][places]
    return result
