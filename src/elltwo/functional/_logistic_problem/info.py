"""How a logistic regression ended, and what it was made from."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from elltwo.functional._base.options import AUTO, StandIn
from elltwo.functional._base.record_parts import public

if TYPE_CHECKING:
    from elltwo._core import LogisticInfo as RawLogisticInfo
    from elltwo.functional._base.bounds import Bounds
    from elltwo.functional._logistic_problem.problem import LogisticOptions, LogisticProblem


@public("elltwo")
class LogisticInfo(NamedTuple):
    """How a logistic regression ended: its certificate.

    Parameters
    ----------
    status : str
        ``"converged"``; ``"max_iter_reached"`` where `optimality`, or with an L1 penalty `gap`,
        stayed above `tolerance`; or
        ``"separable"`` where features that no penalty holds back tell the classes apart, so that
        there is no minimum.
    solver : str
        Solver used: ``"newton_cholesky"``, ``"quasi_newton"`` or ``"newton_cg"``; with an L1
        penalty ``"prox_newton"``.
    reason : str
        Why this solver was the first choice.
    fallback : str or None
        Why the first choice was left, None where it was not.
    optimality : float
        Largest ``|g_j| / (d_j |r|)`` over the features and outputs: g is the gradient of the
        objective in a coefficient, d_j the norm of its feature, centred if there is an intercept,
        and |r| that of the residuals, both weighted. It does not depend on units. With an L1
        penalty it is the largest violation of the optimality conditions, relative to
        ``alpha * l1_ratio * f_j``.
    tolerance : float
        What `optimality` was held to, or with an L1 penalty `gap`.
    rcond : float
        Reciprocal condition number of the equilibrated Hessian, an estimate.
    rank : int
        Numerical rank of the system solved; with an L1 penalty the number of coefficients away from
        their prior means.
    n_iter : int
        Steps taken.
    n_threads : int
        Threads used.
    objective : float
        Loss and penalty.
    loss : float
        Sum of the weighted losses.
    gap : float
        Upper bound of (objective - minimum) / objective, but for rounding, by duality from
        probabilities near the fitted ones; objective and minimum are those of coefficients in
        double. It is 1 where nothing better is known, since the minimum is not negative, as after
        few steps or for a loose `tolerance` and a weak penalty. It is infinite where features have
        no penalty and there are more than 32 such coefficients, or their gradient is too large.
    n_passes : int
        Passes over the data for loss and gradient.
    n_hessians : float
        Passes with a Hessian, in parts of the data.
    n_empty_classes : int
        Classes without a row of positive weight, see `logistic`.
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
    objective: float
    loss: float
    gap: float
    n_passes: int
    n_hessians: float
    n_empty_classes: int


class LogisticSource(NamedTuple):
    """What a fit was made from, kept by reference."""

    problem: LogisticProblem
    alpha: float
    options: LogisticOptions
    bounds: Bounds | None


_fields_of = attrgetter(*LogisticInfo._fields)


def as_info(info: RawLogisticInfo | LogisticInfo, solver: str = AUTO) -> LogisticInfo:
    """Translate the record of the core, which does not pickle, of a fit by a solver."""
    if isinstance(info, LogisticInfo):
        return info
    ended = LogisticInfo(*_fields_of(info))
    return solver.named_in(ended) if isinstance(solver, StandIn) else ended
