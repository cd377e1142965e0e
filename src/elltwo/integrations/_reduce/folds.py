"""The argument `cv`, where rows are divided by their place in a partition."""

from __future__ import annotations

from operator import index
from typing import Any


def number_of_folds(cv: Any, criteria: tuple[str, ...]) -> int:  # noqa: ANN401
    """Return the number of folds, 1 for one of some criteria.

    Raises
    ------
    TypeError, ValueError
        If `cv` is neither.
    """
    if isinstance(cv, str) and cv in criteria:
        return 1
    known = f" or {', '.join(map(repr, criteria))}" if criteria else ""
    try:
        folds = index(cv)
    except TypeError as error:
        raise TypeError(
            f"cv must be a number of folds{known}, got {cv!r}; other splits need the rows"
        ) from error
    if isinstance(cv, bool) or folds < 2:
        raise ValueError(f"cv must be at least 2 folds{known}, got {cv!r}")
    return folds
