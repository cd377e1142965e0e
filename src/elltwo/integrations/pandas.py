"""Rolling fits of pandas tables: labels in, labels out.

``pip install 'elltwo[pandas]'``
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

import numpy as np

import elltwo
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.tables import read_column, read_table
from elltwo.functional._base.validate import row_weights
from elltwo.integrations._peers import peer

__all__ = ["RollingFrame", "ridge_ewm", "ridge_expanding", "ridge_rolling"]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    _Fit: TypeAlias = Callable[..., elltwo.RollingFit]
    _Array: TypeAlias = NDArray[Any]
    _Keys: TypeAlias = str | ArrayLike | Sequence[str | ArrayLike] | pd.DataFrame


class RollingFrame(NamedTuple):
    """A `RollingFit` with the labels of its table.

    Parameters
    ----------
    coef : DataFrame
        Coefficients, with the index and the columns of X.
    intercept, prediction, residual_variance, n_rows : Series
        As in `elltwo.RollingFit`, with the index of X.
    """

    coef: pd.DataFrame
    intercept: pd.Series
    prediction: pd.Series
    residual_variance: pd.Series
    n_rows: pd.Series


def ridge_rolling(
    X: pd.DataFrame | pd.Series,
    y: pd.Series | pd.DataFrame,
    *,
    window: int,
    alpha: float,
    by: _Keys | None = None,
    sample_weight: ArrayLike | None = None,
    **options: Any,  # noqa: ANN401
) -> RollingFrame:
    """Fit `elltwo.ridge_rolling` to a table, or to each group of its rows.

    Parameters
    ----------
    X : DataFrame or Series
        Features, one column each, in the order of time.
    y : Series or DataFrame of one column
        Target.
    window : int
        Rows in a window, of the same group.
    alpha : float
        Strength of the penalty.
    by : str, array-like of shape (n_samples,), or a list or DataFrame of several, default=None
        Keys of the rows: every group has windows of its own, and rows without a key belong to none.
        A name is that of a column of X, which then is no feature, or of a level of its index.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows.
    **options
        Further options of `elltwo.ridge_rolling`.

    Returns
    -------
    RollingFrame
        The fits of all steps with the labels of the table.

    Raises
    ------
    TypeError
        As `elltwo.ridge_rolling`.
    ValueError
        As `elltwo.ridge_rolling`, and if y, `sample_weight` or `by` have an index that is not that
        of X, in its order. Arrays, which have none, go by position.
    """
    return _fit(
        elltwo.ridge_rolling, X, y, by, sample_weight, window=window, alpha=alpha, **options
    )


def ridge_expanding(
    X: pd.DataFrame | pd.Series,
    y: pd.Series | pd.DataFrame,
    *,
    alpha: float,
    by: _Keys | None = None,
    sample_weight: ArrayLike | None = None,
    **options: Any,  # noqa: ANN401
) -> RollingFrame:
    """Fit `elltwo.ridge_expanding` to a table, or to each group of its rows.

    Parameters
    ----------
    X, y, alpha, by, sample_weight
        As for `ridge_rolling`.
    **options
        Further options of `elltwo.ridge_expanding`.

    Returns
    -------
    RollingFrame
        The fits of all steps with the labels of the table.
    """
    return _fit(elltwo.ridge_expanding, X, y, by, sample_weight, alpha=alpha, **options)


def ridge_ewm(
    X: pd.DataFrame | pd.Series,
    y: pd.Series | pd.DataFrame,
    *,
    half_life: float,
    alpha: float,
    by: _Keys | None = None,
    sample_weight: ArrayLike | None = None,
    **options: Any,  # noqa: ANN401
) -> RollingFrame:
    """Fit `elltwo.ridge_ewm` to a table, or to each group of its rows.

    Parameters
    ----------
    X, y, alpha, by, sample_weight
        As for `ridge_rolling`.
    half_life : float
        Rows of the same group after which a weight has halved.
    **options
        Further options of `elltwo.ridge_ewm`.

    Returns
    -------
    RollingFrame
        The fits of all steps with the labels of the table.
    """
    kind = {"half_life": half_life, "alpha": alpha}
    return _fit(elltwo.ridge_ewm, X, y, by, sample_weight, **kind, **options)


def _fit(
    fit: _Fit,
    X: pd.DataFrame | pd.Series,
    y: pd.Series | pd.DataFrame,
    by: _Keys | None,
    sample_weight: ArrayLike | None,
    **options: Any,  # noqa: ANN401
) -> RollingFrame:
    pandas = peer("pandas")
    table, target = _features(pandas, X), _target(pandas, y)
    keys, used = _keys(pandas, by, table)
    require_same_labels(table, y=target, sample_weight=sample_weight)
    for key in keys:
        require_same_labels(table, by=key)
    table = table.drop(columns=used)
    n = len(table)
    if len(target) != n:
        raise ValueError(f"X and y must have the same number of rows, got {n} and {len(target)}")
    skip = options.get("missing") == "skip"
    features = read_table(table, "X", keep_missing=skip).astype(np.float64, copy=False)
    values = read_column(target, "y", keep_missing=skip).astype(np.float64, copy=False)
    weight = None if sample_weight is None else row_weights(sample_weight, n)
    coef = np.full(features.shape, np.nan)
    steps = np.full((3, n), np.nan)
    n_rows = np.zeros(n, np.int64)
    for rows in _groups(pandas, keys, n):
        part = fit(
            features[rows],
            values[rows],
            sample_weight=None if weight is None else weight[rows],
            **options,
        )
        coef[rows] = part.coef
        steps[:, rows] = part.intercept, part.prediction, part.residual_variance
        n_rows[rows] = part.n_rows
    return RollingFrame(
        pandas.DataFrame(coef, index=table.index, columns=table.columns),
        *(
            pandas.Series(values, index=table.index, name=name)
            for values, name in zip((*steps, n_rows), RollingFrame._fields[1:], strict=True)
        ),
    )


def _features(pandas: Any, X: Any) -> pd.DataFrame:  # noqa: ANN401  # a module, anything
    if isinstance(X, pandas.Series):
        X = X.to_frame()
    if not isinstance(X, pandas.DataFrame):
        raise TypeError(f"X must be a DataFrame or a Series, got {type(X).__name__}")
    return cast("pd.DataFrame", X)


def _target(pandas: Any, y: Any) -> pd.Series:  # noqa: ANN401  # a module, anything
    if isinstance(y, pandas.DataFrame):
        if y.shape[1] != 1:
            raise ValueError(f"y must have one column, got {y.shape[1]}")
        y = y.iloc[:, 0]
    if not isinstance(y, pandas.Series):
        raise TypeError(f"y must be a Series or a DataFrame of one column, got {type(y).__name__}")
    return cast("pd.Series", y)


def _keys(pandas: Any, by: Any, X: pd.DataFrame) -> tuple[list[Any], list[str]]:  # noqa: ANN401
    """Return the keys that `by` names or holds, and the columns of X among them."""
    if by is None:
        return [], []
    if isinstance(by, pandas.DataFrame):
        return [by.iloc[:, j] for j in range(by.shape[1])], []
    known = {*X.columns, *X.index.names}
    if isinstance(by, str):
        names = [by]
    elif isinstance(by, list | tuple) and by and all(_is_name(name, known) for name in by):
        names = list(by)
    else:
        return _key_arrays(pandas, by), []
    keys = []
    for name in names:
        if name not in known:
            shown = ", ".join(map(repr, X.columns[:20]))
            raise ValueError(
                f"by names no column of X and no level of its index: {name!r}; {shown}"
            )
        inside = name in X.columns
        key = X[name] if inside else X.index.get_level_values(name)
        if key.ndim > 1:
            raise ValueError(f"by names {key.shape[1]} columns of X: {name!r}")
        keys.append(key)
    return keys, [name for name in names if name in X.columns]


def _is_name(name: object, known: set[Any]) -> bool:
    return isinstance(name, str) and name in known


def _key_arrays(pandas: Any, by: Any) -> list[Any]:  # noqa: ANN401  # a module, keys
    """Return keys that are no names: one for every row, or several for every row."""
    labelled = (pandas.Series, pandas.Index, pandas.api.extensions.ExtensionArray)
    if isinstance(by, labelled):
        return [by]
    if isinstance(by, list | tuple) and by:
        if all(isinstance(key, (*labelled, np.ndarray, list)) for key in by):
            return [key if isinstance(key, labelled) else np.asarray(key) for key in by]
        keys = np.empty(len(by), dtype=object)
        keys[:] = by
        return [keys]
    keys = np.asarray(by)
    if keys.ndim == 2:
        return list(keys.T)
    if keys.ndim != 1:
        raise TypeError(f"by must name columns or hold keys of the rows, got {by!r}")
    return [keys]


def _groups(
    pandas: Any,  # noqa: ANN401  # a module
    keys: Sequence[Any],
    n: int,
) -> Iterator[slice | _Array]:
    """Rows of each group, in their order."""
    if not keys:
        yield slice(None)
        return
    codes = np.zeros(n, np.int64)
    for key in keys:
        if len(key) != n:
            raise ValueError(f"by must have one key for each of the {n} rows of X, got {len(key)}")
        own, found = pandas.factorize(key)
        missing = (codes < 0) | (own < 0)
        codes, _ = pandas.factorize(codes * len(found) + own)
        codes = np.where(missing, -1, codes)
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(codes.max(initial=-1) + 2))
    for first, last in pairwise(bounds):
        if last > first:
            yield order[first:last]


def __dir__() -> list[str]:
    """Offer the public names to completion, without what is imported."""
    return __all__
