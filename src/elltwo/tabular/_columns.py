"""What a coding reads of a table, wherever its cells are stored."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Float64Array = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Kind = Literal["number", "text", "date", "mixed", "empty"]

EXACT = 2.0**53  # floats represent every integer up to here
_SHOWN = 20  # names in a message
_WHOLE = re.compile(r"-?\d+\.0+")


class Columns(ABC):
    """A table of which columns are read by name.

    Attributes
    ----------
    source : str
        What errors call the table.
    names : tuple of str
        Names of the columns.
    n_rows : int
        Number of rows.
    """

    source: str
    names: tuple[str, ...]
    n_rows: int

    @abstractmethod
    def kind(self, name: str) -> Kind:
        """Tell what a column holds; "mixed" are numbers and some text, "empty" has no value."""

    @abstractmethod
    def numbers(self, name: str) -> Float64Array:
        """Return a column of numbers, NaN where a value is missing, 0 and 1 for booleans.

        Raises
        ------
        ValueError
            Where a cell holds text or infinity; it names row and column.
        """

    @abstractmethod
    def days(self, name: str) -> Float64Array:
        """Return a column of dates as days since 1970-01-01, NaN where one is missing."""

    @abstractmethod
    def texts(self, name: str) -> list[str | None]:
        """Return a column as text, None where a value is missing."""

    @abstractmethod
    def gaps(self, name: str) -> Flags:
        """Return flags of the rows in which the value is missing."""

    @abstractmethod
    def labels(self, name: str) -> NDArray[Any]:
        """Return a column of labels: whole numbers, booleans or text; rows with gaps are undefined.

        Raises
        ------
        ValueError
            If labels are numbers that are not whole.
        """

    @abstractmethod
    def ordered_levels(self, name: str) -> list[str] | None:
        """Return the levels of a column that knows an order of its own, None for any other."""

    @abstractmethod
    def cell(self, i: int, name: str) -> str:
        """Name a cell for an error."""

    @abstractmethod
    def shown(self, i: int, name: str) -> str:
        """Write a missing cell's content in words: "is empty", "is 'NA'"."""

    @abstractmethod
    def take(self, rows: NDArray[np.intp]) -> Columns:
        """Return a table of some rows, which errors call by the numbers that they had."""

    def require(self, columns: Sequence[str]) -> None:
        """Raise ValueError unless there are columns of these names."""
        missing = [repr(name) for name in columns if name not in self.names]
        if missing:
            names = ", ".join(self.names[:_SHOWN]) + (", ..." if len(self.names) > _SHOWN else "")
            raise ValueError(
                f"{self.source} has no column {', '.join(missing)}; its columns are {names}"
            )

    def whole_labels(self, name: str, values: Float64Array, gaps: Flags) -> NDArray[Any]:
        """Turn numbers into integers, or raise ValueError where one is not whole."""
        whole = gaps | (values == np.trunc(values))
        if not whole.all():
            i = int(whole.argmin())
            raise ValueError(
                f"{self.cell(i, name)} holds {values[i]:.17g}, but labels that are numbers must be "
                "whole"
            )
        labels: NDArray[Any] = np.where(gaps, 0.0, values)
        return labels.astype(np.int64) if (np.abs(labels) < EXACT).all() else labels


def level_of(text: str) -> str:
    """Write a level as whole numbers are written whatever stores them: 4.0 as 4."""
    return text.partition(".")[0] if _WHOLE.fullmatch(text) else text


def refuse_infinity(columns: Columns, name: str, values: Float64Array) -> Float64Array:
    """Return numbers, or raise ValueError where one is infinite."""
    infinite = np.isinf(values)
    if infinite.any():
        raise ValueError(f"{columns.cell(int(infinite.argmax()), name)} is infinite")
    return values
