"""Warnings that elltwo emits, and its one error that is not a plain `ValueError` or `TypeError`."""

# typing.TYPE_CHECKING without the price of importing typing
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

del TYPE_CHECKING

__all__ = ["ConvergenceWarning", "SeparationWarning", "StreamError"]


class ConvergenceWarning(UserWarning):
    """A fit stopped before its optimality reached the tolerance; the message holds both numbers."""


class SeparationWarning(ConvergenceWarning):
    """Features that no penalty holds back tell classes apart, so that no finite fit is the best."""


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
