"""The part of a penalised fit that the rows do not determine, and the penalty alone does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.row_blocks import cross_products
from elltwo.functional._ridge_statistics.smoother_record import TINY, PriorOnly

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_problem.problem import Problem
    from elltwo.functional._ridge_statistics.smoother_record import Smoother

    Mask = npt.NDArray[np.bool_]

_ROUNDING = 1e-26  # square of a coordinate in the null space that may be rounding


def extend_by_prior(
    made: Smoother, problem: Problem, factors: Float64Array, penalised: Mask, free: Mask
) -> Smoother:
    """Add the part that the penalty alone determines, as extra directions where they are few."""
    k = made.core.eigenvalues().size
    first = made.core.n_unpenalised - int(free[-1])
    part = PriorOnly(
        penalised,
        free,
        _carried(made, problem, penalised, free, first),
        1.0 / factors[penalised],
        slice(first, first + k),
        made.alpha,
    )
    if part.inverse_factor.size > 2 * k:
        return made._replace(prior_only=part)
    root = np.sqrt(part.inverse_factor)
    own = made.basis[penalised, part.directions] / root[:, np.newaxis]
    null = np.linalg.qr(own, mode="complete")[0][:, k:]
    null[np.einsum("jk,jk->j", null, null) < _ROUNDING] = 0.0
    extra = part.map() @ (root[:, np.newaxis] * null)
    m = extra.shape[1]
    return made._replace(
        basis=np.hstack([made.basis, extra]),
        gain=np.append(made.gain, np.full(m, 1.0 / max(made.alpha, TINY))),
        square=np.append(made.square, np.zeros(m)),
    )


def _carried(
    made: Smoother, problem: Problem, penalised: Mask, free: Mask, rank: int
) -> Float64Array:
    """Return how free parameters respond to penalised ones that rows do not determine.

    With free directions B_0 free features move by ``-B_0 B_0^T Z_0^T W Z``, and a free intercept by
    what keeps the mean.
    """
    own = made.basis[:-1, :rank]
    products = cross_products(problem.X, problem.sample_weight, made.columns.mean, own, penalised)
    moved = -own[free[:-1]] @ products
    if not free[-1]:
        return moved
    mean = np.append(made.columns.mean, 0.0)
    level = -mean[penalised] - made.columns.mean[free[:-1]] @ moved
    return np.vstack([moved, level])
