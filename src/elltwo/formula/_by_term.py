"""Factors, prior means and bounds by term."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.formula._terms import same_term

if TYPE_CHECKING:
    from elltwo.formula._coding import Coding

_BOUNDS = (-np.inf, np.inf)


def by_column(value: Any, argument: str, coding: Coding, default: float) -> Any:  # noqa: ANN401
    """Return what a mapping says of terms as an array with an entry for each column of X.

    Keys are terms, however they are spaced, or names of columns of X; what comes later counts.
    Anything but a mapping is returned as it is.

    Raises
    ------
    ValueError
        If a key is neither.
    """
    if not isinstance(value, Mapping):
        return value
    result = np.full(len(coding.names), default)
    for key, entry in value.items():
        try:
            result[_places(key, argument, coding)] = float(entry)
        except TypeError:
            raise TypeError(
                f"{argument} must map terms to numbers, got {entry!r} for {key!r}"
            ) from None
    return result


def bounds_by_column(bounds: Any, coding: Coding) -> Any:  # noqa: ANN401
    """Return bounds of which each may map terms to numbers, see `by_column`."""
    if not (isinstance(bounds, tuple | list) and len(bounds) == 2):
        return bounds
    pairs = zip(bounds, _BOUNDS, strict=True)
    return tuple(by_column(one, "bounds", coding, default) for one, default in pairs)


def _places(key: object, argument: str, coding: Coding) -> slice:
    if key in coding.names:
        place = coding.names.index(str(key))
        return slice(place, place + 1)
    names = list(coding.terms)
    place_of_term = same_term(str(key), coding.side.terms) if isinstance(key, str) else None
    if key in names:
        place_of_term = names.index(str(key))
    if place_of_term is None:
        raise ValueError(
            f"{argument} names {key!r}, which is no term; the terms are {', '.join(names)}"
        )
    return slice(*coding.spans[place_of_term])
