"""What the objective looks like around a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.options import count
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.thread_number import default_threads
from elltwo.functional._network.problem import require_problem

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._network.model import NetworkModel


@public("elltwo")
class MLPCurvature(NamedTuple):
    """What the objective of a network looks like around its fit.

    The Gauss-Newton matrix is ``J.T @ W @ J + A``, with J the derivatives of the outputs by all
    parameters, W the weights of the rows and A the penalty's diagonal. It is what remains of the
    Hessian where the residuals are small.

    Parameters
    ----------
    smallest : float
        Smallest eigenvalue of the Gauss-Newton matrix; 0 where it is singular to working precision:
        the data and the penalty leave some direction of the parameters open.
    largest : float
        Its largest eigenvalue.
    effective_parameters : float
        ``trace(J @ inv(J.T @ W @ J + A) @ J.T @ W)``: how many parameters the data determine.
    hessian : float or None
        Smallest eigenvalue of the Hessian of the objective; None unless it was asked for. If it is
        negative by more than `hessian_error`, the fit is at no minimum.
    hessian_error : float or None
        An eigenvalue lies within this of `hessian`.
    """

    smallest: float
    largest: float
    effective_parameters: float
    hessian: float | None
    hessian_error: float | None


def curvature_at(
    model: NetworkModel, parameters: Float64Array, data: object, hessian_products: int
) -> MLPCurvature:
    """Evaluate the curvature of the objective of these data."""
    problem = require_problem(data)
    most = count(hessian_products, "hessian_products", minimum=0)
    threads = default_threads()
    _, smallest, largest, effective = _core.network_curvature(
        model, problem.rows, parameters, threads
    )
    hessian, error = None, None
    if most > 0:
        _, hessian, error, _ = _core.network_hessian_eigenvalue(
            model, problem.rows, parameters, most, threads
        )
    return MLPCurvature(smallest, largest, effective, hessian, error)
