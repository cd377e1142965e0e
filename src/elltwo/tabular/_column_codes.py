"""How single columns of a table become columns of a matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from elltwo.tabular._columns import Columns, Float64Array

MISSING_LEVEL = "missing"
_SHOWN = 10  # levels in a message


class NumberColumn(NamedTuple):
    """A column of numbers, or of dates as days since 1970-01-01.

    Parameters
    ----------
    name : str
        The column.
    mean : float
        Mean of the values that are there, which may stand for those that are not.
    dates : bool, default=False
        Whether it holds dates.
    """

    name: str
    mean: float
    dates: bool = False

    @property
    def names(self) -> list[str]:
        """Names of the columns of the matrix."""
        return [self.name]

    def fill(self, out: Float64Array, table: Columns, _unseen: str, impute: bool) -> None:
        """Write the column of the matrix, NaN where a value is missing and not imputed."""
        values = table.days(self.name) if self.dates else table.numbers(self.name)
        out[:, 0] = np.where(np.isnan(values), self.mean, values) if impute else values


class CategoryColumn(NamedTuple):
    """A column of categories, coded as one column of 0 and 1 for each level.

    Parameters
    ----------
    name : str
        The column.
    levels : tuple of str
        The levels, of which one may stand for missing values.
    counts : tuple of int
        Rows of each level in the table that the coding was made from.
    missing_level : bool, default=False
        Whether the last level stands for missing values.
    reference : bool, default=False
        Whether the first level has no column.
    """

    name: str
    levels: tuple[str, ...]
    counts: tuple[int, ...]
    missing_level: bool = False
    reference: bool = False

    @property
    def names(self) -> list[str]:
        """Names of the columns of the matrix."""
        return [f"{self.name}={level}" for level in self.levels[int(self.reference) :]]

    def fill(self, out: Float64Array, table: Columns, unseen: str, impute: bool) -> None:
        """Write the columns of the matrix.

        Rows in which the value is missing are NaN, or if they are imputed belong to the level of
        missing values, or hold the shares of the levels where there is no such level.
        """
        places = {level: k for k, level in enumerate(self.levels)}
        if self.missing_level:
            del places[self.levels[-1]]
        texts = table.texts(self.name)
        codes = np.array([-1 if text is None else places.get(text, -2) for text in texts], int)
        if unseen == "error" and (codes == -2).any():
            i = int((codes == -2).argmax())
            raise ValueError(f"{table.cell(i, self.name)} is {texts[i]!r}, {self._known()}")
        gaps = codes == -1
        if impute and self.missing_level:
            codes[gaps] = len(self.levels) - 1
        first = int(self.reference)
        out[:] = codes[:, np.newaxis] == np.arange(first, len(self.levels))
        if not (impute and self.missing_level):
            shares = np.asarray(self.counts, float)[first:] / max(sum(self.counts), 1)
            out[gaps] = shares if impute else np.nan

    def _known(self) -> str:
        levels = list(map(repr, self.levels[:_SHOWN]))
        more = ", ..." if len(self.levels) > _SHOWN else ""
        return f"which is none of the levels of the fit: {', '.join(levels)}{more}"


AnyColumn = NumberColumn | CategoryColumn


def number_column(table: Columns, name: str, *, dates: bool = False) -> NumberColumn:
    """Make the code of a column of numbers or dates."""
    values = table.days(name) if dates else table.numbers(name)
    there = values[~np.isnan(values)]
    return NumberColumn(name, float(there.mean()) if there.size else 0.0, dates)


def category_column(
    table: Columns, name: str, *, missing_level: bool, reference: bool
) -> CategoryColumn:
    """Make the code of a column of categories, levels in order of numbers or the alphabet."""
    counts: dict[str | None, int] = {}
    for text in table.texts(name):
        counts[text] = counts.get(text, 0) + 1
    n_missing = counts.pop(None, 0)
    found = [level for level in counts if level is not None]
    own = table.ordered_levels(name)
    levels = sorted(found, key=_order) if own is None else [one for one in own if one in counts]
    numbers = [counts[level] for level in levels]
    if missing_level and n_missing:
        # A level of this name that the table has already keeps it.
        levels.append(MISSING_LEVEL if MISSING_LEVEL not in counts else f"({MISSING_LEVEL})")
        numbers.append(n_missing)
    return CategoryColumn(
        name, tuple(levels), tuple(numbers), missing_level and n_missing > 0, reference
    )


def _order(level: str) -> tuple[int, float, str]:
    try:
        return 0, float(level), level
    except ValueError:
        return 1, 0.0, level


def column_state(column: AnyColumn) -> dict[str, Any]:
    """Return a column's code as plain data."""
    if isinstance(column, NumberColumn):
        kind = "date" if column.dates else "number"
        return {"type": kind, "name": column.name, "mean": column.mean}
    return {
        "type": "category",
        "name": column.name,
        "levels": list(column.levels),
        "counts": list(column.counts),
        "missing_level": column.missing_level,
        "reference": column.reference,
    }


def column_of_state(state: Any) -> AnyColumn:  # noqa: ANN401  # of unknown origin
    """Make a column's code from plain data.

    Raises
    ------
    ValueError
        If the data do not describe one.
    """
    if not isinstance(state, dict) or not isinstance(state.get("name"), str):
        raise ValueError("a column of the coding has no name")  # noqa: TRY004  # a broken file
    name, kind = state["name"], state.get("type")
    if kind in ("number", "date"):
        mean = state.get("mean")
        if isinstance(mean, bool) or not isinstance(mean, int | float) or not np.isfinite(mean):
            raise ValueError(f"column {name!r} of the coding has the mean {mean!r}")
        return NumberColumn(name, float(mean), kind == "date")
    if kind != "category":
        raise ValueError(f"column {name!r} of the coding is of kind {kind!r}")
    levels, counts = state.get("levels"), state.get("counts")
    missing_level, reference = state.get("missing_level"), state.get("reference")
    if not (
        isinstance(levels, list)
        and levels
        and all(isinstance(level, str) for level in levels)
        and len(set(levels)) == len(levels)
    ):
        raise ValueError(f"column {name!r} of the coding has no list of levels")
    if not (
        isinstance(counts, list)
        and len(counts) == len(levels)
        and all(type(count) is int and count >= 0 for count in counts)
    ):
        raise ValueError(f"column {name!r} of the coding needs a count for each level")
    if not (isinstance(missing_level, bool) and isinstance(reference, bool)):
        text = f"column {name!r} of the coding lacks missing_level or reference"
        raise ValueError(text)  # noqa: TRY004  # a broken file
    return CategoryColumn(name, tuple(levels), tuple(counts), missing_level, reference)
