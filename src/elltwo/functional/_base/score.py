"""How well a fit predicts rows: the coefficient of determination, and the accuracy of classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.classes import find_labels
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.validate import row_weights, targets

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray


def r2(
    predicted: FloatArray,
    y: npt.ArrayLike,
    sample_weight: npt.ArrayLike | None,
    names: Sequence[str] | None,
) -> float:
    """Return the mean over targets of ``1 - sum(w (y - p)^2) / sum(w (y - mean)^2)``.

    A target without variation counts 1 if it is predicted exactly, else 0, as in scikit-learn.

    Raises
    ------
    ValueError
        If shapes disagree, y holds NaN or infinity, weights are negative or all zero, or there is
        one row only.
    """
    values = targets(y, len(predicted), names)
    if values.shape not in {predicted.shape, (*predicted.shape, 1)}:
        raise ValueError(
            f"y must have the shape of the predictions, {predicted.shape}, got shape {values.shape}"
        )
    if len(predicted) < 2:
        raise ValueError(f"R^2 needs two rows or more, got {len(predicted)}")
    if not np.isfinite(values).all():
        row = int(np.argwhere(~np.isfinite(values))[0][0])
        raise ValueError(f"y must be finite, got {values[row]} at row {row}")
    weight = _weights(sample_weight, len(predicted))
    left = values.reshape(predicted.shape) - predicted
    mean = np.average(values, axis=0, weights=weight)
    unexplained = np.atleast_1d(weight @ left**2)
    total = np.atleast_1d(weight @ (values - mean) ** 2)
    varies = total > 0.0
    ratio = np.divide(unexplained, total, out=(unexplained > 0.0).astype(np.float64), where=varies)
    return float(np.mean(1.0 - ratio))


def accuracy(
    predicted: AnyArray,
    y: Any,  # noqa: ANN401  # whatever has labels
    sample_weight: npt.ArrayLike | None,
) -> float:
    """Return the share of rows, by weight, whose predicted class is that of y."""
    n_rows = len(predicted)
    labels = find_labels(y, n_rows)
    if not n_rows:
        raise ValueError("accuracy needs a row or more, got 0")
    right = labels.classes.astype(object)[labels.codes] == predicted.astype(object)
    return float(np.average(np.asarray(right, dtype=bool), weights=_weights(sample_weight, n_rows)))


def _weights(sample_weight: npt.ArrayLike | None, n_rows: int) -> Float64Array:
    weight = row_weights(sample_weight, n_rows)
    if weight is None:
        return np.ones(n_rows)
    bad = ~(np.isfinite(weight) & (weight >= 0.0))
    if bad.any():
        row = int(bad.argmax())
        raise ValueError(
            f"sample_weight must be finite and not negative, got {weight[row]} at row {row}"
        )
    if not weight.any():
        raise ValueError(f"sample_weight must not be all zero, got {n_rows} zeros")
    return weight


def r2_of(
    fit: Any,  # noqa: ANN401  # a record that predicts numbers
    X: Any,  # noqa: ANN401  # dense or sparse
    y: npt.ArrayLike,
    sample_weight: npt.ArrayLike | None,
) -> float:
    """Return `r2` of what a fit predicts for rows."""
    require_same_labels(X, y=y, sample_weight=sample_weight)
    return r2(fit.predict(X), y, sample_weight, getattr(fit, "target_names", None))
