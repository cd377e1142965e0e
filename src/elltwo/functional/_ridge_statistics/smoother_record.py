"""Records of a ridge fit at one alpha as a linear map from targets to parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.in_pieces import product

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo._core import RidgePath as Core
    from elltwo.functional._base.row_blocks import Columns
    from elltwo.functional._base.validate import Float64Array

    Mask = npt.NDArray[np.bool_]

TINY = float(np.finfo(np.float64).tiny)


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
            result: Float64Array = rest / max(self.alpha, TINY)
        return result

    def matrix(self, basis: Float64Array) -> Float64Array:
        """Return all of it, (n_features + 1, n_features + 1)."""
        own = basis[:, self.directions]
        spread = self.map() * self.inverse_factor
        result: Float64Array = product(spread, self.map().T) - product(own, own.T)
        np.fill_diagonal(result, 0.0)
        with np.errstate(over="ignore"):
            result /= max(self.alpha, TINY)
        np.fill_diagonal(result, self.diagonal(basis))
        return result

    def map(self) -> Float64Array:
        """Return T, (n_features + 1, n_penalised)."""
        t = np.zeros((self.penalised.size, self.inverse_factor.size))
        t[self.penalised] = np.eye(self.inverse_factor.size)
        t[self.free] = self.carried
        return t


class Smoother(NamedTuple):
    """The system of a fit, in the directions B of its decomposition.

    With rows z = (x - mean, 1), parameters (b, b0) and A = Z^T W Z + Lambda, the inverse of A on
    the rows' own space is ``B diag(gain) B^T`` and B^T Z^T W Z B is ``diag(square)``. Parameters
    count in units of x, so the last row of B carries the means.
    """

    core: Core
    alpha: float  #: 0 where the fit is plain least squares
    columns: Columns
    basis: Float64Array  #: (n_features + 1, n_directions), last the intercept
    gain: Float64Array  #: (n_directions,)
    square: Float64Array  #: (n_directions,)
    offset: Float64Array  #: (n_directions,), coordinates of a row at the mean
    prior_only: PriorOnly | None  #: the part that only the penalty determines
    known: npt.NDArray[np.bool_] | None  #: parameters that rows and penalty determine; None: all

    def coordinates(self, rows: Float64Array) -> Float64Array:
        """Return B^T z of some rows."""
        k = self.offset.size
        result: Float64Array = (rows - self.columns.mean) @ self.basis[:-1, :k] + self.offset
        return result
