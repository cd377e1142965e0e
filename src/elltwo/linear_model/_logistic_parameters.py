"""scikit-learn's parameters of logistic regression, and what they stand for here."""

from __future__ import annotations

from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.convergence import warn
from elltwo.functional._base.l1_ratio import read_l1_ratio
from elltwo.functional._base.options import count
from elltwo.functional._base.validate import float64_array

if TYPE_CHECKING:
    import numpy.typing as npt

DEPRECATED = "deprecated"  # the default of scikit-learn 1.8: the ratio alone says what is meant
_RATIOS = {"l1": 1.0, "l2": 0.0}


class PenaltyOf(NamedTuple):
    """Strength of the penalty, and the share of its L1 part."""

    alpha: float
    l1_ratio: float


def penalty_of(penalty: object, C: object, l1_ratio: object) -> PenaltyOf:
    """Return what the three parameters of scikit-learn stand for."""
    _require_penalty(penalty, (None, DEPRECATED, "l1", "l2", "elasticnet"))
    ratio = 0.0 if l1_ratio is None else read_l1_ratio(l1_ratio)
    strength = _inverse_strength(C)
    if penalty is None:
        if strength != 1.0:
            warn("Setting penalty=None will ignore the C and l1_ratio parameters", UserWarning)
        return PenaltyOf(0.0, 0.0)
    if penalty in _RATIOS:
        if 0.0 < ratio < 1.0:
            _warn_unused("l1_ratio", penalty)
        elif ratio > _RATIOS[penalty]:
            warn(f"Inconsistent values: penalty={penalty} with l1_ratio={l1_ratio}", UserWarning)
        ratio = _RATIOS[penalty]
    return PenaltyOf(1.0 / strength, ratio)


def ratios_of(penalty: object, l1_ratios: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401
    """Return the shares of the L1 part that the parameters of scikit-learn stand for."""
    _require_penalty(penalty, (DEPRECATED, "l1", "l2", "elasticnet"))
    given = None if isinstance(l1_ratios, str) and l1_ratios == "warn" else l1_ratios
    if penalty in _RATIOS:
        if given is not None and np.any(np.not_equal(given, _RATIOS[penalty])):
            _warn_unused("l1_ratios", penalty)
        return np.array([_RATIOS[penalty]])
    if given is None:
        if penalty == "elasticnet":
            raise ValueError(
                "l1_ratios must be an array-like of numbers between 0 and 1 where penalty is "
                '"elasticnet", got None'
            )
        return np.zeros(1)
    if np.ndim(given) != 1 or np.size(given) == 0 or isinstance(given, str | bytes):
        raise ValueError(
            "l1_ratios must be an array-like of numbers between 0 and 1, got "
            f"(l1_ratios={l1_ratios!r})"
        )
    for value in given:
        if not isinstance(value, Real) or not 0.0 <= float(value) <= 1.0:
            raise ValueError(
                "l1_ratios must be an array-like of numbers between 0 and 1; got "
                f"(l1_ratios={l1_ratios!r})"
            )
    return np.array([float(value) for value in given])


def _warn_unused(name: str, penalty: object) -> None:
    warn(
        f"{name} parameter is only used when penalty is 'elasticnet'. Got (penalty={penalty})",
        UserWarning,
    )


def _require_penalty(penalty: object, names: tuple[str | None, ...]) -> None:
    if penalty is None and None in names:
        return
    if not (isinstance(penalty, str) and penalty in names):
        shown = ", ".join("None" if name is None else f'"{name}"' for name in names)
        raise ValueError(f"penalty must be one of {shown}, got {penalty!r}")


def _inverse_strength(C: object) -> float:
    if isinstance(C, bool) or not isinstance(C, Real):
        raise TypeError(f"C must be a number, got {C!r}")
    value = float(C)
    if not value > 0.0:
        raise ValueError(f"C must be in (0, inf], got {C!r}")
    return value


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
