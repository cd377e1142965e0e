"""Labels of rows: what belongs to the same rows has to have the same index, in the same order."""

from __future__ import annotations

from typing import Any

from elltwo.functional._base.lazy import refuse_lazy
from elltwo.functional._base.validate import WITHOUT_COLUMNS


def require_same_labels(X: object, **others: object) -> None:
    """Refuse columns whose rows have other labels than those of X.

    Objects of pandas have labels; whatever else is passed goes by position.

    Parameters
    ----------
    X : object
        Features, whose rows are labelled if they are a DataFrame or a Series.
    **others : object
        What belongs to the rows of X, by the names of the arguments.

    Raises
    ------
    ValueError
        If one of `others` has as many rows as X and other labels, or the same in another order.
    """
    index = None if isinstance(X, WITHOUT_COLUMNS) else _labels(X)
    if index is None:
        return
    for name, value in others.items():
        refuse_lazy(value, name)
        other = _labels(value)
        if other is None or len(other) != len(index) or index.equals(other):
            continue
        pairs = enumerate(zip(index, other, strict=True))
        row = next((i for i, (a, b) in pairs if not _same(a, b)), None)
        if row is None:  # two types of index with the same labels
            continue
        raise ValueError(
            f"X and {name} must have the same index, got {index[row]!r} in X and {other[row]!r} in "
            f"{name} at row {row}; align them, {name}.reindex(X.index), or pass {name}.to_numpy() "
            "if its rows are in the order of those of X"
        )


def _labels(value: object) -> Any:  # noqa: ANN401  # an index of pandas, or None
    """Return the index of an object of pandas."""
    if not hasattr(type(value), "iloc"):
        return None
    return getattr(value, "index", None)


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401
    try:
        return bool(one == other or (one != one and other != other))  # noqa: PLR0124  # NaN and NaT
    except (TypeError, ValueError):  # pandas.NA has no truth value
        return one is other
