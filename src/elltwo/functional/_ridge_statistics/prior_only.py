"""What the rows leave open in a penalised fit, and the penalty alone determines."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.row_blocks import cross_products

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_problem.problem import Problem
    from elltwo.functional._ridge_statistics.smoother import Smoother

    Mask = npt.NDArray[np.bool_]

_ROUNDING = 1e-26  # square of a coordinate in the null space
_TINY = float(np.finfo(np.float64).tiny)


class PriorOnly(NamedTuple):
    """The penalised coordinates v, and the parameters T v that go with them.

    A^-1 holds, beyond the directions B of the rows, ``(T F^-1 T^T - B B^T) / alpha``.
    """

    penalised: Mask  #: (n_features + 1,), where T has the rows of the identity
    free: Mask  #: (n_features + 1,), where T has the rows of `carried`
    carried: Float64Array  #: (n_free, n_penalised)
    inverse_factor: Float64Array  #: (n_penalised,), the diagonal of F^-1
    directions: slice  #: of B, which belong to eigenvalues
    alpha: float

    def diagonal(self, basis: Float64Array) -> Float64Array:
        """Return its diagonal."""
        outer = np.zeros(basis.shape[0])
        outer[self.penalised] = self.inverse_factor
        outer[self.free] = self.carried**2 @ self.inverse_factor
        own = basis[:, self.directions]
        rest = outer - np.einsum("jk,jk->j", own, own)
        rest[rest < 1e-13 * outer] = 0.0  # rounding
        with np.errstate(over="ignore"):
            result: Float64Array = rest / max(self.alpha, _TINY)
        return result

    def matrix(self, basis: Float64Array) -> Float64Array:
        """Return all of it, (n_features + 1, n_features + 1)."""
        own = basis[:, self.directions]
        result = (self.map() * self.inverse_factor) @ self.map().T - own @ own.T
        np.fill_diagonal(result, 0.0)
        with np.errstate(over="ignore"):
            result /= max(self.alpha, _TINY)
        np.fill_diagonal(result, self.diagonal(basis))
        return result

    def map(self) -> Float64Array:
        """Return T, (n_features + 1, n_penalised)."""
        t = np.zeros((self.penalised.size, self.inverse_factor.size))
        t[self.penalised] = np.eye(self.inverse_factor.size)
        t[self.free] = self.carried
        return t


def extend_by_prior(
    made: Smoother, problem: Problem, factors: Float64Array, penalised: Mask, free: Mask
) -> Smoother:
    """Add what the penalty alone determines, as directions of their own where they are few."""
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
        gain=np.append(made.gain, np.full(m, 1.0 / max(made.alpha, _TINY))),
        square=np.append(made.square, np.zeros(m)),
    )


def _carried(
    made: Smoother, problem: Problem, penalised: Mask, free: Mask, rank: int
) -> Float64Array:
    """Return how free parameters answer to penalised ones where rows do not tell them apart.

    With free directions B_0 free features move by ``-B_0 B_0^T Z_0^T W Z``, and a free intercept by
    what keeps the mean.
    """
    own = made.basis[:-1, :rank]
    products = cross_products(problem.X, problem.sample_weight, made.columns.mean, own, penalised)
    take = -own[free[:-1]] @ products
    if not free[-1]:
        return take
    mean = np.append(made.columns.mean, 0.0)
    level = -mean[penalised] - made.columns.mean[free[:-1]] @ take
    return np.vstack([take, level])
