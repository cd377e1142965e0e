"""Predictions as columns of a Dataset, made when Ray reads its blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import ray.data

from elltwo.functional._base.record_parts import public
from elltwo.integrations.ray._blocks import Predictor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@public("elltwo.integrations.ray")
def predict(
    fit: Any,  # noqa: ANN401
    dataset: ray.data.Dataset,
    *,
    features: str | Sequence[str] | None = None,
) -> ray.data.Dataset:
    """Add the predictions of a fit to a Dataset.

    Nothing is read before Ray is asked for rows.

    Parameters
    ----------
    fit : record of a fit
        With a method ``predict``: of ridge regression, an elastic net or logistic regression, from
        this module or from `elltwo`.
    dataset : ray.data.Dataset
        With the columns of the features; others are kept as well.
    features : str or sequence of str, default=None
        Columns that hold the features in the order of the fit, or the one column of tensors that
        does. By default they go by the names that the fit knows.

    Returns
    -------
    ray.data.Dataset
        `dataset` with a further column ``prediction``, or for several targets a column for each,
        such as ``prediction_y``.

    Raises
    ------
    TypeError
        If `dataset` is no Dataset, or `fit` does not predict.
    ValueError
        If the fit knows no names of features and none are given, or `dataset` lacks one of them or
        has a column of a prediction's name. A row in which something is missing fails the task
        that reads it; the text names row and column.
    """
    targets = getattr(fit, "target_names", None)
    return _added(
        fit, "predict", dataset, features, lambda j: f"prediction_{targets[j] if targets else j}"
    )


@public("elltwo.integrations.ray")
def predict_proba(
    fit: Any,  # noqa: ANN401
    dataset: ray.data.Dataset,
    *,
    features: str | Sequence[str] | None = None,
) -> ray.data.Dataset:
    """Add the probabilities of classes to a Dataset.

    Nothing is read before Ray is asked for rows.

    Parameters
    ----------
    fit : record of a fit
        Of logistic regression, from this module or from `elltwo`.
    dataset : ray.data.Dataset
        With the columns of the features; others are kept as well.
    features : str or sequence of str, default=None
        As in `predict`.

    Returns
    -------
    ray.data.Dataset
        `dataset` with a further column for each class, such as ``probability_yes``.

    Raises
    ------
    TypeError, ValueError
        See `predict`.
    """
    return _added(
        fit, "predict_proba", dataset, features, lambda j: f"probability_{fit.classes[j]}"
    )


def _added(
    fit: Any,  # noqa: ANN401
    method: str,
    dataset: ray.data.Dataset,
    features: str | Sequence[str] | None,
    name_of: Callable[[int], str],
) -> ray.data.Dataset:
    if not isinstance(dataset, ray.data.Dataset):
        raise TypeError(
            f"dataset must be a ray.data.Dataset, got {type(dataset).__name__}; for data in memory "
            f"call {method} of the fit"
        )
    if not hasattr(fit, method):
        raise TypeError(f"fit must have a method {method}, got {type(fit).__name__}")
    n_features = int(np.shape(fit.coef)[-1])
    wanted = _wanted(fit, features)
    names = _names(getattr(fit, method)(np.zeros((1, n_features))), name_of)
    known = dataset.columns(fetch_if_missing=False)
    for name in wanted if known is not None else ():
        if name not in known:
            raise ValueError(f"dataset has no column {name!r}, which the fit predicts from")
    for name in names if known is not None else ():
        if name in known:
            raise ValueError(f"dataset has a column {name!r} already; rename or drop it")
    predictor = Predictor(fit, method, wanted, n_features, names)
    return dataset.map_batches(
        predictor, batch_size=None, batch_format="pyarrow", zero_copy_batch=True
    )


def _wanted(fit: Any, features: str | Sequence[str] | None) -> tuple[str, ...]:  # noqa: ANN401
    """Return the columns that hold the features."""
    if isinstance(features, str):
        return (features,)
    names = getattr(fit, "feature_names", None) if features is None else features
    if names is None:
        raise ValueError("features must name columns, since the fit knows no names of features")
    return tuple(names)


def _names(probe: Any, name_of: Callable[[int], str]) -> tuple[str, ...]:  # noqa: ANN401
    """Return the columns of predictions such as those of one row."""
    values = np.asarray(probe)
    if values.ndim > 2 or len(values) != 1:
        raise ValueError("fit must predict one row for each row; take one alpha of a path first")
    if values.ndim == 1:
        return ("prediction",)
    return tuple(name_of(j) for j in range(values.shape[1]))
