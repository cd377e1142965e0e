"""Predictions for collections, computed when they are asked for, block by block where these are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.record_parts import public
from elltwo.integrations._reduce.encode import Encoding
from elltwo.integrations._reduce.options import levels_of
from elltwo.integrations._reduce.predicting import (
    n_features_of,
    prediction_names,
    require_features,
    require_method,
)
from elltwo.integrations.dask._arrays import is_array, known, require_rows
from elltwo.integrations.dask._frames import is_frame, require_table, schema_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from elltwo.integrations._reduce.task import Level

    AnyArray = npt.NDArray[Any]


@public("elltwo.integrations.dask")
def predict(
    fit: Any,  # noqa: ANN401
    X: Any,  # noqa: ANN401
    *,
    encode: str | Mapping[str, Sequence[Level]] | None = None,
) -> Any:  # noqa: ANN401
    """Predict the rows of a collection, lazily.

    Parameters
    ----------
    fit : RidgeFit, LogisticFit, or another record or estimator with ``predict``
        What predicts.
    X : dask Array or DataFrame
        Rows to predict; of a DataFrame the columns are found by the names of the fit's features.
    encode : "one-hot" or dict of {column: levels}, default=None
        As in the fit.

    Returns
    -------
    dask Array, Series or DataFrame
        What ``fit.predict`` returns, with the chunks or partitions of X: an Array for an Array, and
        for a DataFrame a Series named ``prediction``, or where there are several targets a
        DataFrame with a column for each, such as ``prediction_y``, with the index of X.

    Raises
    ------
    TypeError
        If X is no such collection, or `fit` does not predict or holds several fits such as those of
        a path.
    ValueError
        If X lacks features or has several chunks of columns; when it is computed, if it holds NaN
        or infinity.

    Examples
    --------
    >>> import dask.array as da
    >>> import elltwo
    >>> from elltwo.integrations import dask as ed
    >>> fit = elltwo.ridge([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], alpha=0.0)
    >>> predicted = ed.predict(fit, da.ones((6, 1), chunks=(2, 1)))
    >>> predicted.chunks, predicted.compute().round(6)
    (((2, 2, 2),), array([3., 3., 3., 3., 3., 3.]))
    """
    return lazily(fit, "predict", X, encode)


@public("elltwo.integrations.dask")
def predict_proba(
    fit: Any,  # noqa: ANN401
    X: Any,  # noqa: ANN401
    *,
    encode: str | Mapping[str, Sequence[Level]] | None = None,
) -> Any:  # noqa: ANN401
    """Predict the probabilities of the classes for the rows of a collection, lazily.

    Parameters
    ----------
    fit : LogisticFit, or another record or estimator with ``predict_proba``
        What predicts.
    X : dask Array or DataFrame
        Rows to predict, see `predict`.
    encode : "one-hot" or dict of {column: levels}, default=None
        As in the fit.

    Returns
    -------
    dask Array of shape (n_samples, n_classes), or DataFrame
        Probabilities, in a DataFrame with columns such as ``probability_yes``.

    Raises
    ------
    TypeError, ValueError
        See `predict`.
    """
    return lazily(fit, "predict_proba", X, encode)


def lazily(fit: Any, method: str, X: Any, encode: Any = None) -> Any:  # noqa: ANN401
    """Return what a method of a fit gives for a collection."""
    require_method(fit, method)
    if is_array(X):
        if encode is not None:
            raise TypeError("encode names columns, which an Array has not")
        return _of_array(fit, method, X)
    if not is_frame(X):
        raise TypeError(
            f"X must be an Array or a DataFrame of dask, got {type(X).__name__}; for data in "
            f"memory call {method} of the fit"
        )
    return _of_frame(fit, method, X, encode)


def _of_array(fit: Any, method: str, X: Any) -> Any:  # noqa: ANN401
    require_rows(X)
    n_features = known(X.shape[1])
    like = _answer(fit, method, n_features or n_features_of(fit), X.dtype)
    prediction_names(fit, method, like)
    shape = {} if like.ndim == 1 else {"chunks": (X.chunks[0], (like.shape[1],))}
    axes: dict[str, Any] = {"drop_axis": 1} if like.ndim == 1 else {}
    return X.map_blocks(
        block_answer, fit, method, like[:0], dtype=like.dtype, meta=like[:0], **axes, **shape
    )


def _of_frame(fit: Any, method: str, X: Any, encode: Any) -> Any:  # noqa: ANN401
    require_table(X)
    schema = schema_of(X._meta, encode=encode is not None)
    features = _named(fit)
    encoding = None
    if encode is not None:
        wanted = [one.name for one in schema.columns or () if _is_wanted(one.name, features)]
        encoding = Encoding(wanted, levels_of(encode, schema, wanted) or {})
    present = list(X.columns) if encoding is None else encoding.names
    require_features("X", present, features or ())
    like = _answer(fit, method, len(features or present), np.dtype(np.float64))
    names = prediction_names(fit, method, like)
    meta = _labelled(like[:0], X._meta.index[:0], names[0] if like.ndim == 1 else names)
    if encoding is None and features is not None and present != features:
        X = X[features]  # other columns are not read
    return X.map_partitions(frame_answer, fit, method, meta, encoding, features, meta=meta)


def block_answer(block: Any, fit: Any, method: str, empty: AnyArray) -> AnyArray:  # noqa: ANN401
    """Return what a method of the fit gives for a block of rows, which may be none."""
    if len(block.shape) < 2 or block.shape[0] == 0:
        return empty
    rows = block.tocsr() if hasattr(type(block), "tocsr") else block
    answer: AnyArray = getattr(fit, method)(rows)
    return answer


def frame_answer(
    table: Any,  # noqa: ANN401
    fit: Any,  # noqa: ANN401
    method: str,
    empty: Any,  # noqa: ANN401
    encoding: Encoding | None,
    features: Sequence[str] | None,
) -> Any:  # noqa: ANN401
    """Return what a method of the fit gives for a table, labelled as `empty` and by its index."""
    if len(table) == 0:
        return empty
    rows = table
    if encoding is not None:
        order = [encoding.names.index(name) for name in features or encoding.names]
        rows = encoding.matrix(table, "X")[:, order]
    columns = empty.name if empty.ndim == 1 else list(empty.columns)
    return _labelled(getattr(fit, method)(rows), table.index, columns)


def _labelled(answer: AnyArray, index: Any, columns: Any) -> Any:  # noqa: ANN401
    import pandas as pd

    if answer.ndim == 1:
        return pd.Series(answer, index=index, name=columns)
    return pd.DataFrame(answer, index=index, columns=columns)


def _answer(fit: Any, method: str, n_features: int, dtype: np.dtype[Any]) -> AnyArray:  # noqa: ANN401
    """Return the answer for one row of zeros, whose shape and type those of all rows have."""
    kept = dtype if dtype in {np.dtype(np.float32), np.dtype(np.float64)} else np.float64
    answer: AnyArray = getattr(_nameless(fit), method)(np.zeros((1, n_features), kept))
    return answer


def _named(fit: Any) -> list[str] | None:  # noqa: ANN401
    """Return the names of the features of a record or an estimator."""
    names = getattr(fit, "feature_names", None)
    if names is None and hasattr(fit, "feature_names_in_"):
        names = list(fit.feature_names_in_)
    return None if names is None else list(names)


def _is_wanted(name: str, features: Sequence[str] | None) -> bool:
    """Whether a column is a feature, or one of the levels of a feature is of it."""
    return features is None or any(
        feature == name or feature.startswith(f"{name}_") for feature in features
    )


def _nameless(fit: Any) -> Any:  # noqa: ANN401
    """Return an estimator without the names by which it would warn of an array."""
    if not hasattr(fit, "feature_names_in_"):
        return fit
    from copy import copy

    twin = copy(fit)
    del twin.feature_names_in_
    return twin
