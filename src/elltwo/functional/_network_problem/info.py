"""How the fit of a network ended."""

from __future__ import annotations

from typing import NamedTuple

from elltwo.functional._base.record_parts import public


@public("elltwo")
class MLPInfo(NamedTuple):
    """How the fit of a network ended.

    Parameters
    ----------
    status : str
        ``"converged"`` at a stationary point, which need not be a minimum, or where the rule of
        `solver` stopped it; ``"max_iter_reached"`` where it was not to go on.
    solver : str
        ``"lbfgs"``, ``"varpro"``, ``"adam"``, ``"sgd"``, or ``"constant"`` where the penalty leaves
        no weights.
    reason : str
        Why it ended.
    objective : float
        Value of what is minimised, ``sum(w * loss) + sum(alpha / 2 * |W|**2)``, of adam and sgd
        that of the last epoch.
    loss : float
        The sum of the losses in it.
    gradient_norm : float
        Euclidean norm of the gradient of the objective.
    optimality : float
        The same relative to what it is the sum of, the largest of the layers.
    tolerance : float
        What `optimality` was to reach.
    n_iter : int
        Steps, or epochs.
    n_evaluations : int
        Passes over the rows for loss and gradient.
    in_double : bool
        Whether the last of them were in double precision.
    n_threads : int
        Threads used.
    alpha : tuple of float
        Penalties of the layers in the objective above.
    """

    status: str
    solver: str
    reason: str
    objective: float
    loss: float
    gradient_norm: float
    optimality: float
    tolerance: float
    n_iter: int
    n_evaluations: int
    in_double: bool
    n_threads: int
    alpha: tuple[float, ...]
