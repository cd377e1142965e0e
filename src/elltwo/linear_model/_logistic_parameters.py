"""scikit-learn's parameters of logistic regression, and what they stand for here."""

from __future__ import annotations

from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.convergence import warn
from elltwo.functional._base.options import count
from elltwo.functional._base.validate import float64_array

if TYPE_CHECKING:
    import numpy.typing as npt

_PENALTIES = ("l2", "elasticnet", "deprecated")  # "deprecated" is scikit-learn 1.8's default


def alpha_of(penalty: object, C: object, l1_ratio: object) -> float:
    """Return the strength of the penalty, refusing any but L2."""
    if not _is_penalty(penalty):
        raise ValueError(
            f'penalty must be "l2" or None, got {penalty!r}: there is no L1 penalty here'
        )
    if l1_ratio is not None and (np.ndim(l1_ratio) != 0 or l1_ratio != 0):  # type: ignore[arg-type]
        raise ValueError(f"l1_ratio must be 0, got {l1_ratio!r}: there is no L1 penalty here")
    strength = _inverse_strength(C)
    if penalty is not None:
        return 1.0 / strength
    if strength != 1.0:
        warn("Setting penalty=None will ignore the C and l1_ratio parameters", UserWarning)
    return 0.0


def _is_penalty(penalty: object) -> bool:
    return penalty is None or (isinstance(penalty, str) and penalty in _PENALTIES)


def _inverse_strength(C: object) -> float:
    if isinstance(C, bool) or not isinstance(C, Real):
        raise TypeError(f"C must be a number, got {C!r}")
    value = float(C)
    if not value > 0.0:
        raise ValueError(f"C must be in (0, inf], got {C!r}")
    return value


def refuse_what_is_not_l2(penalty: object, l1_ratios: Any) -> None:  # noqa: ANN401
    """Refuse any penalty but L2."""
    if penalty is None or not _is_penalty(penalty):
        raise ValueError(f'penalty must be "l2", got {penalty!r}: there is no L1 penalty here')
    if l1_ratios is None or (isinstance(l1_ratios, str) and l1_ratios == "warn"):
        return
    if np.ndim(l1_ratios) != 1 or np.size(l1_ratios) != 1 or np.any(np.not_equal(l1_ratios, 0)):
        raise ValueError(
            f"l1_ratios must be None or [0], got {l1_ratios!r}: there is no L1 penalty"
        )


def grid_of_strengths(Cs: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401  # whatever was passed
    """Return a grid of C: the one given, or so many values from 1e-4 to 1e4."""
    if isinstance(Cs, Integral):
        n_values = count(Cs, "Cs", minimum=1)
        grid: npt.NDArray[np.float64] = np.logspace(-4.0, 4.0, n_values)
        return grid
    grid = float64_array(Cs, "Cs")
    if grid.ndim != 1 or grid.size == 0:
        raise ValueError(f"Cs must be a number of values or 1-D and not empty, got {Cs!r}")
    if not (grid > 0.0).all():
        raise ValueError(f"Cs must be in (0, inf], got {Cs!r}")
    return grid.copy()
