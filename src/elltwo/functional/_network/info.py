"""How the fit of a network ended: its certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from elltwo.exceptions import ConvergenceWarning
from elltwo.functional._base.convergence import warn
from elltwo.functional._base.record_parts import public
from elltwo.functional._network.options import STOCHASTIC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._network.raw import RawInfo

_AT_AN_END = ("converged", "stalled")
CLOSE = 0.01  # of the least objective
_FAR = 0.1  # of the norms of the terms of a gradient: a smooth objective still falls there


@public("elltwo")
class MLPInfo(NamedTuple):
    """How the fit of a network ended: its certificate.

    The objective has many stationary points, and nothing here says that this is the lowest.

    Parameters
    ----------
    status : str
        ``"converged"``: a stationary point to `tolerance`, or for ``"adam"`` and ``"sgd"`` that
        their own rule stopped them. ``"stalled"``: the objective no longer falls, though the
        gradient is above `tolerance`: by rounding, or with ``"relu"`` at a kink, where the gradient
        need not vanish. ``"max_iter_reached"``: neither.
    solver : str
        ``"varpro"``, ``"lbfgs"``, ``"adam"``, ``"sgd"``, or ``"constant"`` where an alpha is
        infinite.
    reason : str
        Why this solver was used.
    ended : str
        Why it stopped.
    objective : float
        Loss and penalty, in sums over the rows.
    loss : float
        The loss alone.
    gradient_norm : float
        Euclidean norm of the gradient of the objective.
    optimality : float
        Norm of the gradient of a layer, relative to the norms of the terms of rows and penalty
        that it is the sum of; the largest of all layers.
    tolerance : float
        What `optimality` was held to; 0 for ``"adam"`` and ``"sgd"``, which do not look at it.
    n_iter : int
        Steps of ``"varpro"`` and ``"lbfgs"``, epochs of ``"adam"`` and ``"sgd"``.
    n_evaluations : int
        Passes over the rows for loss and gradient.
    n_threads : int
        Threads of the last passes.
    alpha : tuple of float
        Penalty of each layer, in sums: ``alpha / 2 * sum(W**2)`` beside the sum of the losses.
    n_starts : int
        Starts that were tried.
    n_close : int
        Those whose objective is within 1 % of the least.
    """

    status: str
    solver: str
    reason: str
    ended: str
    objective: float
    loss: float
    gradient_norm: float
    optimality: float
    tolerance: float
    n_iter: int
    n_evaluations: int
    n_threads: int
    alpha: tuple[float, ...]
    n_starts: int
    n_close: int


def info_of_raw(
    raw: RawInfo, reason: str, alpha: tuple[float, ...], objectives: Sequence[float]
) -> MLPInfo:
    """Translate the record of the core of one fit of those with these objectives."""
    least = min(objectives)
    n_close = sum(value <= least + CLOSE * abs(least) for value in objectives)
    return MLPInfo(
        raw.status,
        raw.solver,
        raw.ended if raw.solver == "constant" else reason,
        raw.ended,
        raw.objective,
        raw.loss,
        raw.gradient_norm,
        raw.optimality,
        raw.tolerance,
        raw.n_iter,
        raw.n_evaluations,
        raw.n_threads,
        alpha,
        len(objectives),
        n_close,
    )


def warn_of_network(info: MLPInfo, what: str, activation: str) -> None:
    """Warn of a fit that was stopped before its end, or ended far from a stationary point."""
    if info.status == "stalled" and info.optimality > _FAR and activation != "relu":
        text = (
            f"{what} ended at an optimality of {info.optimality:.3g}, where its objective no "
            "longer falls but by rounding: units are saturated; bring X, and y for the squared "
            "loss, to a mean of 0 and a scale of 1"
        )
        warn(text, ConvergenceWarning, info.optimality)
        return
    if info.status in _AT_AN_END:
        return
    if info.solver in STOCHASTIC:
        text = f"{what} stopped after {info.n_iter} epochs, before its loss or score had settled"
    else:
        text = (
            f"{what} stopped at an optimality of {info.optimality:.3g}, above the tolerance of "
            f"{info.tolerance:.3g} ({info.ended})"
        )
    warn(f"{text}; raise max_iter or tol", ConvergenceWarning, info.optimality)
