"""Columns of categories as columns of zeros and ones, one for each level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.exceptions import StreamError
from elltwo.functional._base.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from elltwo.integrations._reduce.task import Level
    from elltwo.stream._blocks import Array

MISSING = -1


class Encoding:
    """Features with a column for each level of those that are categories, at their places.

    None is dropped: with a penalty no level has to serve as the reference of the others. The
    column of a level is named after both, as ``color_red``.
    """

    def __init__(self, features: Sequence[str], levels: Mapping[str, Sequence[Level]]) -> None:
        self.names: list[str] = []
        self._numbers: list[tuple[str, int]] = []
        self._categories: list[tuple[str, int, Sequence[Level]]] = []
        for name in features:
            if name in levels:
                self._categories.append((name, len(self.names), levels[name]))
                self.names += [f"{name}_{level}" for level in levels[name]]
            else:
                self._numbers.append((name, len(self.names)))
                self.names.append(name)
        twice = next((name for name in self.names if self.names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"encode makes two columns named {twice!r}; rename one of the columns")

    def require_complete(self, table: Any, source: str) -> None:  # noqa: ANN401
        """Raise StreamError if a category is missing, naming its own column."""
        for name, _, levels in self._categories:
            missing = _codes(column_of(table, name), levels, source, name) == MISSING
            if missing.any():
                row = int(missing.argmax())
                raise StreamError(f"{source}, row {row}, column {name!r} is missing or NaN")

    def matrix(self, table: Any, source: str) -> Array:  # noqa: ANN401
        """Return the columns of a table; in those of a missing category there is NaN.

        Raises
        ------
        StreamError
            If a category is none of the levels.
        """
        numbers = [name for name, _ in self._numbers]
        matrix: Array = np.zeros((len(table), len(self.names)), order="F")
        if numbers:
            values = read_table(table, source, numbers, keep_missing=True)
            matrix[:, [place for _, place in self._numbers]] = values
        for name, place, levels in self._categories:
            codes = _codes(column_of(table, name), levels, source, name)
            rows = np.flatnonzero(codes != MISSING)
            matrix[rows, place + codes[rows]] = 1.0
            matrix[codes == MISSING, place : place + len(levels)] = np.nan
        return matrix


def column_of(table: Any, name: str) -> Any:  # noqa: ANN401
    """Return a column of a table."""
    return table.column(name) if hasattr(type(table), "column_names") else table[name]


def _codes(
    column: Any,  # noqa: ANN401
    levels: Sequence[Level],
    source: str,
    name: str,
) -> npt.NDArray[np.intp]:
    """Return the place of every value among the levels."""
    places = {level: place for place, level in enumerate(levels)}
    values, own = _coded(column)
    kept = [places.get(value, MISSING) for value in values]
    table = np.array([*kept, MISSING], dtype=np.intp)
    codes = table[own]
    unknown = (codes == MISSING) & (own != MISSING)
    if unknown.any():
        row = int(unknown.argmax())
        value = values[own[row]]
        shown = ", ".join(map(repr, levels[:20])) + (", ..." if len(levels) > 20 else "")
        raise StreamError(
            f"{source}, row {row}, column {name!r} holds {value!r}, which is none of its levels "
            f"{shown}"
        )
    return codes


def _coded(column: Any) -> tuple[list[Any], npt.NDArray[np.intp]]:  # noqa: ANN401
    """Return the values that may occur, and the number of each row's, -1 where it is missing."""
    kind = getattr(column, "dtype", None)
    if hasattr(kind, "categories") and hasattr(column, "cat"):
        if hasattr(column.cat, "codes"):  # of pandas
            return list(column.cat.categories), np.asarray(column.cat.codes, dtype=np.intp)
        return _numbered(column.to_list())
    if hasattr(column, "to_pylist"):
        return _numbered(column.to_pylist())
    return _numbered(column.tolist() if hasattr(column, "tolist") else list(column))


def _numbered(items: list[Any]) -> tuple[list[Any], npt.NDArray[np.intp]]:
    values: dict[Any, int] = {}
    own = np.empty(len(items), dtype=np.intp)
    for row, item in enumerate(items):
        missing = item is None or item != item  # noqa: PLR0124  # NaN
        own[row] = MISSING if missing else values.setdefault(item, len(values))
    return list(values), own
