"""How fits ended, and the one way to warn of it."""

from __future__ import annotations

import sys
import warnings
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from elltwo.exceptions import ConvergenceWarning
from elltwo.functional._base.record_parts import public

if TYPE_CHECKING:
    from elltwo._core import SolveInfo as RawSolveInfo


@public("elltwo")
class SolveInfo(NamedTuple):
    """How a fit ended: its certificate.

    Parameters
    ----------
    status : str
        ``"converged"``, or ``"max_iter_reached"`` where `optimality` stayed above `tolerance`.
    solver : str
        ``"closed_form"``, ``"cholesky"``, ``"dual_cholesky"``, ``"qr"``, ``"svd"`` or ``"cg"``, or
        with bounds ``"coordinate_descent"``.
    reason : str
        Why this solver was the first choice.
    fallback : str or None
        Why the first choice was left, None where it was not.
    optimality : float
        Relative KKT residual that was reached, the worst of all targets.
    tolerance : float
        What `optimality` was held to.
    rcond : float
        Reciprocal condition number of the equilibrated system, an estimate.
    rank : int
        Numerical rank of the system solved.
    n_iter : int
        Corrections made with residuals from the original data, or iterations of conjugate
        gradients, or sweeps of coordinate descent.
    n_threads : int
        Threads used.
    """

    status: str
    solver: str
    reason: str
    fallback: str | None
    optimality: float
    tolerance: float
    rcond: float
    rank: int
    n_iter: int
    n_threads: int


_fields_of = attrgetter(*SolveInfo._fields)


def as_info(info: RawSolveInfo | SolveInfo) -> SolveInfo:
    """Translate the record of the core, which does not pickle."""
    return info if isinstance(info, SolveInfo) else SolveInfo(*_fields_of(info))


#: What to do about an early stop of a method that has both options.
RAISE_EITHER = "; raise max_iter, or tol if the optimality is good enough"

# functools: until Python 3.12 a cached_property puts a frame of its own between two of elltwo's.
_PASSED = ("elltwo.", "functools.")


def warn(text: str, category: type[Warning]) -> None:
    """Warn at the line that called elltwo: that of the innermost frame which is not elltwo's."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and f"{frame.f_globals.get('__name__')}.".startswith(_PASSED):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, category, stacklevel=level)


def warn_of_early_stop(
    what: str, optimality: float, tolerance: float, advice: str, where: str = ""
) -> None:
    """Warn of a fit that did not reach its tolerance."""
    warn(
        f"{what} stopped{where} at an optimality of {optimality:.3g}, above the tolerance of "
        f"{tolerance:.3g}{advice}",
        ConvergenceWarning,
    )
