"""Columns of a table as columns of a matrix of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.record_parts import public
from elltwo.tabular._choosing import Complaint, Wishes, choose_columns, complaints_text
from elltwo.tabular._column_codes import (
    AnyColumn,
    CategoryColumn,
    column_of_state,
    column_state,
)
from elltwo.tabular._frame_table import columns_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from elltwo.tabular._columns import Float64Array

MISSING = ("error", "drop", "mean")
UNSEEN = ("error", "ignore")


@public("elltwo.tabular")
class Coding:
    """How the columns of a table become columns of a matrix, learned from one table; read-only.

    A column of numbers or booleans is one column of the matrix, a column of dates the days since
    1970-01-01, and a column of categories has a column of 0 and 1 for each of its levels. Under a
    penalty no level need be left out: the penalty makes the coefficients unique and treats all
    levels alike.

    Parameters
    ----------
    columns : sequence of NumberColumn or CategoryColumn
        The code of each column, as `Coding.of` finds them.
    missing : {"error", "drop", "mean"}, default="error"
        What becomes of rows in which a value is missing. With "mean" it is replaced: by the mean of
        the column in the table that the coding was learned from, or by a level of its own if it is
        a category and was missing there, else by the shares of the levels. Otherwise the rows of
        the matrix are NaN.
    """

    __slots__ = ("_columns", "_missing")

    def __init__(self, columns: Sequence[AnyColumn], missing: str = "error") -> None:
        if missing not in MISSING:
            raise ValueError(f"missing must be one of {', '.join(MISSING)}, got {missing!r}")
        self._columns = tuple(columns)
        self._missing = missing

    @classmethod
    def of(
        cls,
        table: Any,  # noqa: ANN401
        names: Sequence[str] | None = None,
        *,
        numeric: Collection[str] = (),
        categorical: Collection[str] = (),
        missing: str = "error",
        reference: bool = False,
    ) -> Coding:
        """Learn the coding of a table.

        Parameters
        ----------
        table : table of pandas, polars or Arrow
            With text for the names of all columns.
        names : sequence of str, default=None
            Columns to code; None stands for all.
        numeric : collection of str, default=()
            Columns that must be numbers, or dates to be counted in days.
        categorical : collection of str, default=()
            Columns that are categories though they hold numbers, or have many levels.
        missing : {"error", "drop", "mean"}, default="error"
            What becomes of missing values, see the class.
        reference : bool, default=False
            Whether the first level of each category has no column, for fits without a penalty.

        Returns
        -------
        Coding
            It gives the matrix of this table and of others with the same columns.

        Raises
        ------
        ValueError
            If a column holds dates, or both numbers and text, or text of more kinds than 50 or a
            fifth of the rows, and `numeric` or `categorical` do not say what it is; or if it is
            said to be numeric and is not, or has no value at all.
        """
        read = columns_of(table)
        wanted = list(read.names if names is None else names)
        read.require([*wanted, *numeric, *categorical])
        wishes = Wishes(numeric, categorical, missing, reference)
        columns, complaints = choose_columns(read, wanted, wishes)
        if complaints:
            raise ValueError(complaints_text(complaints, read.source, _advise))
        return cls(columns, missing)

    @property
    def columns(self) -> tuple[AnyColumn, ...]:
        """The code of each column of the table."""
        return self._columns

    @property
    def missing(self) -> str:
        """What becomes of rows in which a value is missing: "error", "drop" or "mean"."""
        return self._missing

    @property
    def columns_read(self) -> list[str]:
        """Names of the columns that a table must have."""
        return [column.name for column in self._columns]

    @property
    def names(self) -> list[str]:
        """Names of the columns of the matrix: those of numbers, and ``"region=north"``."""
        return [name for column in self._columns for name in column.names]

    @property
    def terms(self) -> list[str]:
        """Name of the table's column that each column of the matrix comes from."""
        return [column.name for column in self._columns for _ in column.names]

    @property
    def categories(self) -> dict[str, dict[str, int]]:
        """Levels of each category with the rows of the table that they were found in."""
        return {
            column.name: dict(zip(column.levels, column.counts, strict=True))
            for column in self._columns
            if isinstance(column, CategoryColumn)
        }

    def matrix(self, table: Any, *, unseen: str = "error") -> Float64Array:  # noqa: ANN401
        """Code a table.

        Parameters
        ----------
        table : table of pandas, polars or Arrow
            With the columns that were coded, in any order; others are ignored.
        unseen : {"error", "ignore"}, default="error"
            What becomes of a level that the coding does not know: an error, or 0 in the columns of
            all levels.

        Returns
        -------
        ndarray of shape (n_rows, n_columns)
            Rows in which a value is missing are NaN in its columns, unless `missing` is "mean".

        Raises
        ------
        ValueError
            If the table lacks a column, or a cell holds text for a number, infinity or a level that
            is not known; it names row and column.
        """
        if unseen not in UNSEEN:
            raise ValueError(f"unseen must be one of {', '.join(UNSEEN)}, got {unseen!r}")
        read = columns_of(table)
        read.require(self.columns_read)
        widths = [len(column.names) for column in self._columns]
        matrix = np.empty((read.n_rows, sum(widths)))
        start = 0
        for column, width in zip(self._columns, widths, strict=True):
            part = matrix[:, start : start + width]
            column.fill(part, read, unseen, self._missing == "mean")
            start += width
        return matrix

    def state(self) -> dict[str, Any]:
        """Return the coding as plain data, which `from_state` reads."""
        return {"missing": self._missing, "columns": [column_state(one) for one in self._columns]}

    @classmethod
    def from_state(cls, state: Any) -> Coding:  # noqa: ANN401  # of unknown origin
        """Make a coding from what `state` returned.

        Raises
        ------
        ValueError
            If the data do not describe a coding.
        """
        if not isinstance(state, dict) or not isinstance(state.get("columns"), list):
            raise ValueError("a coding has no list of columns")  # noqa: TRY004  # a broken file
        coding = cls([column_of_state(one) for one in state["columns"]], str(state.get("missing")))
        names = coding.columns_read
        if len(set(names)) < len(names):
            raise ValueError("a coding has two columns of the same name")
        return coding

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Coding):
            return NotImplemented
        return self.state() == other.state()

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._columns, self._missing)

    def __repr__(self) -> str:
        n_categories = len(self.categories)
        return (
            f"Coding({len(self._columns)} columns, {n_categories} of them categories, "
            f"as {len(self.names)}; missing={self._missing!r})"
        )


def _advise(complaints: Sequence[Complaint]) -> str:
    ways = sorted({way for one in complaints for way in one.ways} - {"ignore"})
    return " or ".join(["leave them out of names", *(f"list them in {way}" for way in ways)])
