"""How fits ended, and the one way to warn of it."""

from __future__ import annotations

import sys
import warnings
from contextvars import ContextVar
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from elltwo.exceptions import ConvergenceWarning
from elltwo.functional._base.options import AUTO, StandIn
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


def as_info(info: RawSolveInfo | SolveInfo, solver: str = AUTO) -> SolveInfo:
    """Translate the record of the core, which does not pickle, of a fit by a solver."""
    if isinstance(info, SolveInfo):
        return info
    ended = SolveInfo(*_fields_of(info))
    return solver.named_in(ended) if isinstance(solver, StandIn) else ended


#: What to do about an early stop of a method that has both options.
RAISE_EITHER = "; raise max_iter, or tol if the optimality is good enough"

# functools: until Python 3.12 a cached_property puts a frame of its own between two of elltwo's.
_PASSED = ("elltwo.", "functools.")
_ESTIMATORS = ("elltwo.linear_model.", "elltwo.neural_network.")


#: What estimators warn with in the place of a category, filled where scikit-learn is imported.
ESTIMATORS_OWN: dict[type[Warning], type[Warning]] = {}

_Held: TypeAlias = dict[type[Warning], tuple[float, str, int]]  # badness, text and number of each
_held: ContextVar[_Held | None] = ContextVar("_held", default=None)


def warn(text: str, category: type[Warning], badness: float = 0.0, number: int = 1) -> None:
    """Warn at the line that called elltwo: that of the innermost frame which is not elltwo's.

    Within `WorstWarning` the text is held back, and given if no other of its category is worse.
    It stands for a `number` of warnings, of which it is the worst.
    """
    held = _held.get()
    if held is None:
        _issue(text if number == 1 else f"{text} (the worst of {number} of this call)", category)
        return
    worst, worst_text, count = held.get(category, (badness, text, 0))
    if badness > worst:
        worst, worst_text = badness, text
    held[category] = worst, worst_text, count + number


class WorstWarning:
    """A block of several fits, which ends with the worst warning of each category alone.

    Parameters
    ----------
    drop : type, default=None
        Category of which there is to be no warning.
    """

    def __init__(self, drop: type[Warning] | None = None) -> None:
        self._drop = drop

    def __enter__(self) -> None:
        """Hold warnings back."""
        self._mine: _Held = {}
        self._token = _held.set(self._mine)

    def __exit__(self, kind: object, *_: object) -> None:
        """Warn, unless the block ends in an error."""
        _held.reset(self._token)
        if kind is None:
            for category, (badness, text, number) in self._mine.items():
                if category is not self._drop:
                    warn(text, category, badness, number)


def _issue(text: str, category: type[Warning]) -> None:
    level, frame, estimators = 1, sys._getframe(), False
    while frame.f_back is not None:
        name = f"{frame.f_globals.get('__name__')}."
        if not name.startswith(_PASSED):
            break
        estimators = estimators or name.startswith(_ESTIMATORS)
        level, frame = level + 1, frame.f_back
    if estimators:
        category = ESTIMATORS_OWN.get(category, category)
    warnings.warn(text, category, stacklevel=level)


def warn_of_early_stop(
    what: str, optimality: float, tolerance: float, advice: str, where: str = ""
) -> None:
    """Warn of a fit that did not reach its tolerance."""
    warn(
        f"{what} stopped{where} at an optimality of {optimality:.3g}, above the tolerance of "
        f"{tolerance:.3g}{advice}",
        ConvergenceWarning,
        optimality,
    )
