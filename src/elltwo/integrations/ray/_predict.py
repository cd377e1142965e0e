"""Predictions as columns of a Dataset, made when Ray reads its blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import ray.data

from elltwo.functional._base.record_parts import public
from elltwo.integrations._reduce.predicting import (
    n_features_of,
    names_of_features,
    prediction_names,
    require_features,
    require_method,
    require_room,
)
from elltwo.integrations.ray._blocks import Predictor

if TYPE_CHECKING:
    from collections.abc import Sequence


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
        If `dataset` is no Dataset, or `fit` does not predict or holds several fits such as those of
        a path.
    ValueError
        If the fit knows no names of features and none are given, or `dataset` lacks one of them or
        has a column of a prediction's name. A row in which something is missing fails the task
        that reads it; the text names row and column.
    """
    return _added(fit, "predict", dataset, features)


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
    return _added(fit, "predict_proba", dataset, features)


def _added(
    fit: Any,  # noqa: ANN401
    method: str,
    dataset: ray.data.Dataset,
    features: str | Sequence[str] | None,
) -> ray.data.Dataset:
    if not isinstance(dataset, ray.data.Dataset):
        raise TypeError(
            f"dataset must be a ray.data.Dataset, got {type(dataset).__name__}; for data in memory "
            f"call {method} of the fit"
        )
    require_method(fit, method)
    n_features = n_features_of(fit)
    wanted = _wanted(fit, features)
    names = prediction_names(fit, method, getattr(fit, method)(np.zeros((1, n_features))))
    known = dataset.columns(fetch_if_missing=False)
    if known is not None:
        require_features("dataset", known, wanted)
        require_room("dataset", known, names)
    predictor = Predictor(fit, method, wanted, n_features, tuple(names))
    return dataset.map_batches(
        predictor, batch_size=None, batch_format="pyarrow", zero_copy_batch=True
    )


def _wanted(fit: Any, features: str | Sequence[str] | None) -> tuple[str, ...]:  # noqa: ANN401
    """Return the columns that hold the features."""
    if isinstance(features, str):
        return (features,)
    return tuple(names_of_features(fit) if features is None else features)
