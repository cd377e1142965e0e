"""Codings of formulas as the plain data of a file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from elltwo.formula._expressions import (
    UnsafeExpressionError,
    expressions_of,
    largest_width,
    require_known,
)

if TYPE_CHECKING:
    from elltwo.formula._coding import Coding

_MOST_FACTORS = 8  # of a term
_SPARE = 8  # columns that a factor may seem to have for each that it has


def written_coding(coding: Coding) -> dict[str, Any]:
    """Return a coding as plain data.

    Raises
    ------
    TypeError
        If its terms need more than columns, numbers and known functions.
    """
    if coding.context:
        raise TypeError(
            f"the formula uses {', '.join(map(repr, coding.context))} of its context, which a file "
            "that runs nothing cannot hold; pickle the fit"
        )
    try:
        require_bounded(coding)
    except UnsafeExpressionError as error:
        raise TypeError(
            f"the formula {coding.formula!r} has an expression that a file cannot hold: {error}; "
            "put what it computes into a column, or pickle the fit"
        ) from None
    return {
        "formula": coding.formula,
        "full": coding.side.full,
        "intercept": coding.side.intercept,
        "terms": [[list(factor) for factor in term] for term in coding.side.terms],
        "columns": [
            [name, kind, None if levels is None else list(levels)]
            for name, kind, levels in coding.columns
        ],
        "transforms": [[expr, state] for expr, state in coding.states.transforms.items()],
        "encodings": [
            [expr, kind, state] for expr, (kind, state) in coding.states.encodings.items()
        ],
        "names": list(coding.names),
        "spans": [list(span) for span in coding.spans],
        "package": coding.package,
    }


def require_bounded(coding: Coding) -> None:
    """Refuse terms that compute more than their columns account for, or what is not known."""
    for expression in expressions_of(coding.side.terms):
        require_known(expression)
    levels = {column.name: len(column.levels or ()) for column in coding.columns}
    for term, (first, end) in zip(coding.side.terms, coding.spans, strict=False):
        most = math.prod(_width(expr, method, coding, levels) for expr, method in term)
        if len(term) > _MOST_FACTORS or most > (end - first + 1) * _SPARE ** len(term):
            raise UnsafeExpressionError("a term has far more columns than coefficients")


def _width(expression: str, method: str, coding: Coding, levels: dict[str, int]) -> int:
    """Return more than the number of columns of a factor can be."""
    known = len(coding.states.levels(expression) or ())
    if method == "lookup":
        return max(1, known, levels.get(expression, 0))
    return max(1, known, largest_width(expression))
