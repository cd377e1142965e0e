"""Predictions as columns of a DataFrame, made when Spark reads them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.record_parts import public
from elltwo.integrations._reduce.predicting import (
    n_features_of,
    names_of_features,
    prediction_names,
    require_features,
    require_method,
    require_room,
    require_width,
)
from elltwo.integrations.spark._frames import quiet, quoted, require_frame
from elltwo.integrations.spark._leaf import with_predictions
from elltwo.integrations.spark._vectors import element_names, is_number, is_vector, pack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ARRAY = "__elltwo_array"  # begins the names of the columns that features are packed into
_TYPES = {"f": "double", "i": "long", "u": "long", "b": "boolean", "U": "string", "O": "string"}


@public("elltwo.integrations.spark")
def predict(
    fit: Any,  # noqa: ANN401
    df: Any,  # noqa: ANN401  # a DataFrame
    *,
    features: str | Sequence[str] | None = None,
) -> Any:  # noqa: ANN401  # a DataFrame
    """Add the predictions of a fit to a DataFrame.

    Nothing is read before Spark is asked for rows.

    Parameters
    ----------
    fit : record of a fit
        With a method ``predict``: of ridge regression, an elastic net or logistic regression, from
        this module or from `elltwo`.
    df : pyspark.sql.DataFrame
        With the columns of the features; others are kept as well.
    features : str or sequence of str, default=None
        Columns that hold the features, vectors among them. By default they go by the names that the
        fit knows.

    Returns
    -------
    pyspark.sql.DataFrame
        `df` with a further column ``prediction``, or for several targets a column for each, such as
        ``prediction_y``. Predictions of classes have the type of the classes.

    Raises
    ------
    TypeError
        If `df` is not a DataFrame of a classic session, `fit` does not predict or holds several
        fits such as those of a path, or a feature is not a column of numbers.
    ValueError
        If `df` lacks a feature, or has a column of a prediction's name. A row in which something is
        missing fails the job of Spark that reads it, with partition, row and column.
    """
    return _added(fit, "predict", df, features)


@public("elltwo.integrations.spark")
def predict_proba(
    fit: Any,  # noqa: ANN401
    df: Any,  # noqa: ANN401  # a DataFrame
    *,
    features: str | Sequence[str] | None = None,
) -> Any:  # noqa: ANN401  # a DataFrame
    """Add the probabilities of classes to a DataFrame.

    Nothing is read before Spark is asked for rows.

    Parameters
    ----------
    fit : record of a fit
        Of logistic regression, from this module or from `elltwo`.
    df : pyspark.sql.DataFrame
        With the columns of the features; others are kept as well.
    features : str or sequence of str, default=None
        Columns that hold the features, vectors among them. By default they go by the names that the
        fit knows.

    Returns
    -------
    pyspark.sql.DataFrame
        `df` with a further column for each class, such as ``probability_yes``.

    Raises
    ------
    TypeError
        If `df` is not a DataFrame of a classic session, `fit` does not predict or holds several
        fits such as those of a path, or a feature is not a column of numbers.
    ValueError
        If `df` lacks a feature, or has a column of a probability's name. A row in which something
        is missing fails the job of Spark that reads it, with partition, row and column.
    """
    return _added(fit, "predict_proba", df, features)


def _added(
    fit: Any,  # noqa: ANN401
    method: str,
    df: Any,  # noqa: ANN401
    features: str | Sequence[str] | None,
) -> Any:  # noqa: ANN401
    from pyspark.sql.types import StructType

    require_frame(df, "df")
    require_method(fit, method)
    n_features = n_features_of(fit)
    vectors, numbers, order = _features(fit, n_features, df, features)
    packed, packing = pack(df, vectors, numbers)
    probe = np.asarray(getattr(fit, method)(np.zeros((1, n_features))))
    added = dict.fromkeys(prediction_names(fit, method, probe), _TYPES[probe.dtype.kind])
    require_room("df", df.columns, added)
    schema = StructType(list(df.schema.fields))
    for name, kind in added.items():
        schema = schema.add(name, kind)
    function = partial(
        with_predictions,
        predict=partial(getattr(type(fit), method), fit),
        packing=packing,
        features=order,
        names=list(added),
    )
    held = [column.alias(f"{ARRAY}{j}") for j, column in enumerate(packed)]
    with quiet():
        return df.select(*held, *map(quoted, df.columns)).mapInArrow(function, schema)


def _features(
    fit: Any,  # noqa: ANN401
    n_features: int,
    df: Any,  # noqa: ANN401
    features: str | Sequence[str] | None,
) -> tuple[dict[str, tuple[str, ...]], list[str], list[str]]:
    """Return vectors with their elements, columns of numbers, and all features in order."""
    fields = {field.name: field for field in df.schema.fields}
    known = fit.feature_names
    if features is not None:
        chosen = [features] if isinstance(features, str) else list(features)
    else:
        chosen = _holders(names_of_features(fit), fields)
    require_features("df", fields, chosen)
    vectors = {
        name: element_names(df, fields[name]) for name in chosen if is_vector(fields[name].dataType)
    }
    numbers = [name for name in chosen if name not in vectors]
    for name in numbers:
        if not is_number(fields[name].dataType):
            kind = fields[name].dataType.simpleString()
            raise TypeError(f"column {name!r} holds {kind} values, not numbers")
    order = [one for name in chosen for one in vectors.get(name, (name,))]
    require_width(len(order), n_features)
    if known is not None and sorted(order) == sorted(known):
        order = list(known)
    return vectors, numbers, order


def _holders(known: Sequence[str], fields: Mapping[str, Any]) -> list[str]:
    """Return the columns that hold features by their names, vectors among them, each once."""
    holders: dict[str, None] = {}
    for name in known:
        vector, bracket, _ = name.rpartition("[")
        inside = name not in fields and bracket and vector in fields
        holders[vector if inside else name] = None
    return list(holders)
