"""Rolling fits of pandas tables: labels in, labels out.

``pip install 'elltwo[pandas]'``
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

import elltwo
from elltwo.integrations._peers import peer

__all__ = ["RollingFrame", "ridge_ewm", "ridge_expanding", "ridge_rolling"]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    _Fit: TypeAlias = Callable[..., elltwo.RollingFit]
    _Array: TypeAlias = NDArray[Any]


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
    X: pd.DataFrame,
    y: pd.Series,
    *,
    window: int,
    alpha: float,
    by: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    **options: Any,  # noqa: ANN401
) -> RollingFrame:
    """Fit `elltwo.ridge_rolling` to a table, or to each group of its rows.

    Parameters
    ----------
    X : DataFrame
        Features, one column each, in the order of time.
    y : Series
        Target, with the index of X.
    window : int
        Rows in a window, of the same group.
    alpha : float
        Strength of the penalty.
    by : array-like of shape (n_samples,), default=None
        Keys of the rows: every group has windows of its own. Rows without a key belong to none.
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
    TypeError, ValueError
        As `elltwo.ridge_rolling`, and if the labels of X and y differ.
    """
    return _fit(
        elltwo.ridge_rolling, X, y, by, sample_weight, window=window, alpha=alpha, **options
    )


def ridge_expanding(
    X: pd.DataFrame,
    y: pd.Series,
    *,
    alpha: float,
    by: ArrayLike | None = None,
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
    X: pd.DataFrame,
    y: pd.Series,
    *,
    half_life: float,
    alpha: float,
    by: ArrayLike | None = None,
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
    X: pd.DataFrame,
    y: pd.Series,
    by: ArrayLike | None,
    sample_weight: ArrayLike | None,
    **options: Any,  # noqa: ANN401
) -> RollingFrame:
    pandas = peer("pandas")
    _require_same_labels(pandas, X, y)
    features = X.to_numpy(dtype=np.float64, na_value=np.nan)
    target = y.to_numpy(dtype=np.float64, na_value=np.nan)
    weight = None if sample_weight is None else np.asarray(sample_weight)
    n = len(X)
    coef = np.full(features.shape, np.nan)
    steps = np.full((3, n), np.nan)
    n_rows = np.zeros(n, np.int64)
    for rows in _groups(pandas, by, n):
        part = fit(
            features[rows],
            target[rows],
            sample_weight=None if weight is None else weight[rows],
            **options,
        )
        coef[rows] = part.coef
        steps[:, rows] = part.intercept, part.prediction, part.residual_variance
        n_rows[rows] = part.n_rows
    return RollingFrame(
        pandas.DataFrame(coef, index=X.index, columns=X.columns),
        *(
            pandas.Series(values, index=X.index, name=name)
            for values, name in zip((*steps, n_rows), RollingFrame._fields[1:], strict=True)
        ),
    )


def _require_same_labels(pandas: Any, X: object, y: object) -> None:  # noqa: ANN401  # a module
    if not isinstance(X, pandas.DataFrame):
        raise TypeError(f"X must be a DataFrame, got {type(X).__name__}")
    if not isinstance(y, pandas.Series):
        raise TypeError(f"y must be a Series, got {type(y).__name__}")
    if not X.index.equals(y.index):
        raise ValueError("X and y must have the same index; align them first: y.reindex(X.index)")


def _groups(
    pandas: Any,  # noqa: ANN401  # a module
    by: ArrayLike | None,
    n: int,
) -> Iterator[slice | _Array]:
    """Rows of each group, in their order."""
    if by is None:
        yield slice(None)
        return
    codes, groups = pandas.factorize(np.asarray(by))
    if len(codes) != n:
        raise ValueError(f"by must have one key for each of the {n} rows of X, got {len(codes)}")
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(groups) + 1))
    for first, last in pairwise(bounds):
        yield order[first:last]


def __dir__() -> list[str]:
    """Offer the public names to completion, without what is imported."""
    return __all__
