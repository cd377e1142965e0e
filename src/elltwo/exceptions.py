"""Warnings that elltwo emits, and its errors that are not plain ones of Python."""

# typing.TYPE_CHECKING without the price of importing typing
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

del TYPE_CHECKING

__all__ = ["ConvergenceWarning", "MissingValueError", "SeparationWarning", "StreamError"]


class ConvergenceWarning(UserWarning):
    """A fit stopped before its optimality reached the tolerance; the message holds both numbers."""


class SeparationWarning(ConvergenceWarning):
    """Features that no penalty holds back tell classes apart, so that no finite fit is the best."""


class MissingValueError(ValueError, TypeError):
    """A value is missing: NaN in a column, None, or the NA, NaT and null of tables.

    The message names argument, column and row. It is a ValueError, as for NaN in an array, and a
    TypeError, as Python's own where NA or None stands for a number.
    """


class StreamError(ValueError):
    """A stream that ended at rows which cannot be used; the message names them.

    Parameters
    ----------
    message : str
        What is wrong where.
    moments : Moments, default=None
        Those of the rows read before, which a fit can still be made from; None if there are none.
    n_rows : int, default=0
        Rows read before.
    """

    def __init__(self, message: str, moments: "Any" = None, n_rows: int = 0) -> None:  # noqa: ANN401
        super().__init__(message)
        self.moments = moments
        self.n_rows = n_rows
