"""Penalties converted between conventions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo

if TYPE_CHECKING:
    from .data import Problems

QUANTITIES: dict[str, Any] = {
    "n_samples": 120,
    "sum_weight": 97.5,
    "l1_ratio": 0.25,
    "sd_y": 1.7,
    "sd_x": np.array([0.5, 1.0, 3.0]),
    "n_outputs": 2,
    "batch_size": 16,
    "noise_variance": 0.8,
}


def problems() -> Problems:
    """All pairs of conventions from each one, and the arguments of each."""
    conventions = sorted(elltwo.penalty_conventions())
    yield "conventions", lambda: [str(item) for item in elltwo.penalty_conventions().items()]
    for name in conventions:
        yield f"from/{name}", partial(_from, name, conventions)


def _from(name: str, conventions: list[str]) -> object:
    """What can be converted, and what is said of the rest."""
    found: list[object] = []
    for other in conventions:
        for standardize in (True, False):
            given = {**QUANTITIES, "standardize": standardize}
            try:
                values = elltwo.convert_penalty([0.0, 0.3, 5.0], from_=name, to=other, **given)
            except (TypeError, ValueError) as error:
                found.append(str(error))
            else:
                found.append(values)
    try:
        found.append(elltwo.penalty_from(name, 0.3, penalty_factors=[1.0, 0.0, 2.0], **QUANTITIES))
    except (TypeError, ValueError) as error:
        found.append(str(error))
    return found
