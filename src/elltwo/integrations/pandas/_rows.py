"""What the rows of a table of pandas belong to: the target, keys, groups and times."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    _Array: TypeAlias = NDArray[Any]


def features(pandas: Any, X: Any) -> pd.DataFrame:  # noqa: ANN401  # a module, anything
    """Return X as a table."""
    if isinstance(X, pandas.Series):
        X = X.to_frame()
    if not isinstance(X, pandas.DataFrame):
        raise TypeError(f"X must be a DataFrame or a Series, got {type(X).__name__}")
    return cast("pd.DataFrame", X)


def target(pandas: Any, y: Any) -> pd.Series:  # noqa: ANN401  # a module, anything
    """Return y as a column."""
    if isinstance(y, pandas.DataFrame):
        if y.shape[1] != 1:
            raise ValueError(f"y must have one column, got {y.shape[1]}")
        y = y.iloc[:, 0]
    if not isinstance(y, pandas.Series):
        raise TypeError(f"y must be a Series or a DataFrame of one column, got {type(y).__name__}")
    return cast("pd.Series", y)


def keys(pandas: Any, by: Any, X: pd.DataFrame) -> tuple[list[Any], list[str]]:  # noqa: ANN401
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
    return [_named(X, name, "by") for name in names], [name for name in names if name in X.columns]


def _named(X: pd.DataFrame, name: str, argument: str) -> Any:  # noqa: ANN401  # a column or index
    """Return the column of X, or the level of its index, that an argument names."""
    if name not in {*X.columns, *X.index.names}:
        shown = ", ".join(map(repr, X.columns[:20]))
        raise ValueError(
            f"{argument} names no column of X and no level of its index: {name!r}; {shown}"
        )
    found = X[name] if name in X.columns else X.index.get_level_values(name)
    if found.ndim > 1:
        raise ValueError(f"{argument} names {found.shape[1]} columns of X: {name!r}")
    return found


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


def groups(
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


def times(pandas: Any, on: str | None, X: pd.DataFrame) -> tuple[pd.Index, list[str]]:  # noqa: ANN401
    """Return the times of the rows, and the column of X among them.

    Raises
    ------
    TypeError
        If `on` is no text.
    ValueError
        If it names no column of X and no level of its index, or these hold no dates.
    """
    if on is None:
        found: pd.Index = X.index
        where = "the index of X"
    elif isinstance(on, str):
        found = pandas.Index(_named(X, on, "on"))
        where = f"{on!r}"
    else:
        raise TypeError(
            f"on must be the name of a column of X or of a level of its index, got {on!r}"
        )
    if getattr(found.dtype, "kind", "O") not in "mM":
        raise ValueError(
            f"{where} must hold dates where window is a duration, got {found.dtype}; convert them "
            'with pandas.to_datetime, or name another column by on="..."'
        )
    return found, [on] if on is not None and on in X.columns else []
