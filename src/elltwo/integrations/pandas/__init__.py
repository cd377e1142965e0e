"""Rolling fits of pandas tables: labels in, labels out.

``pip install 'elltwo[pandas]'``
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

import elltwo
from elltwo.functional._base.gaps import offering_to_skip
from elltwo.functional._base.names import name_column
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.tables import column_names, read_column, read_table
from elltwo.functional._base.validate import row_weights
from elltwo.integrations._peers import peer
from elltwo.integrations.pandas import _rows

__all__ = ["RollingFrame", "ridge_ewm", "ridge_expanding", "ridge_rolling"]

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    window: int | str | timedelta | np.timedelta64 | pd.offsets.BaseOffset,
    alpha: float,
    on: str | None = None,
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
    window : int, str, timedelta, timedelta64 or offset
        Rows in a window, of the same group, or how long it is: "30D", "12h", an offset of fixed
        length. As in ``rolling`` of pandas with ``closed="right"``, a row just as old as that is
        outside, and `min_periods` is 1 then unless it is given.
    alpha : float
        Strength of the penalty.
    on : str, default=None
        Column of X with the times of the rows, which then is no feature, or a level of its index;
        None stands for the index. It is for windows of a duration, and times must not decrease
        within a group.
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
        of X, in its order. Arrays, which have none, go by position. Also if window is a duration
        and the index, or what `on` names, does not hold dates.
    """
    is_offset = hasattr(type(window), "freqstr")
    if not is_offset and not isinstance(window, str | timedelta | np.timedelta64):
        if on is not None:
            raise ValueError(
                f"on is for windows of a duration such as '30D', got window={window!r}"
            )
        return _fit(
            elltwo.ridge_rolling, X, y, by, sample_weight, window=window, alpha=alpha, **options
        )
    pandas = peer("pandas")
    table = _rows.features(pandas, X)
    times, used = _rows.times(pandas, on, table)
    if not isinstance(window, str):  # an offset among them
        window = pandas.Timedelta(window).to_timedelta64()
    options |= {"window": window, "alpha": alpha}
    return _fit(
        elltwo.ridge_rolling, table, y, by, sample_weight, times=times, used=used, **options
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
    kind: dict[str, Any] = {"half_life": half_life, "alpha": alpha}
    return _fit(elltwo.ridge_ewm, X, y, by, sample_weight, **kind, **options)


@offering_to_skip
def _fit(
    fit: _Fit,
    X: pd.DataFrame | pd.Series,
    y: pd.Series | pd.DataFrame,
    by: _Keys | None,
    sample_weight: ArrayLike | None,
    *,
    times: pd.Index | None = None,
    used: Sequence[str] = (),
    **options: Any,  # noqa: ANN401
) -> RollingFrame:
    """Fit the rows of each group; `used` names columns of X that are no features."""
    pandas = peer("pandas")
    table, target = _rows.features(pandas, X), _rows.target(pandas, y)
    keys, named = _rows.keys(pandas, by, table)
    require_same_labels(table, y=target, sample_weight=sample_weight)
    for key in keys:
        require_same_labels(table, by=key)
    table = table.drop(columns=[*used, *named])
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
    names = column_names(table)
    for rows in _rows.groups(pandas, keys, n):
        own: dict[str, Any] = {} if times is None else {"times": times[rows]}
        own["sample_weight"] = None if weight is None else weight[rows]
        try:
            part = fit(features[rows], values[rows], **own, **options)
        except (ValueError, OverflowError) as error:
            _name_place(error, rows, names)
            raise
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


def _name_place(error: Exception, rows: slice | _Array, names: Sequence[str] | None) -> None:
    """Let the error of a group's fit say where in the whole table a value is."""
    if not isinstance(rows, slice):
        text = re.sub(
            r"\b(at row|step) (\d+)", lambda found: f"{found[1]} {rows[int(found[2])]}", str(error)
        )
        error.args = (text,)
    if isinstance(error, ValueError):
        name_column(error, names)


def __dir__() -> list[str]:
    """Offer the public names to completion, without what is imported."""
    return __all__
