"""A ridge fit at one alpha as a linear map from targets to parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.row_blocks import column_moments
from elltwo.functional._ridge_problem.decomposition import decompose
from elltwo.functional._ridge_statistics.identified import identified, unit_columns
from elltwo.functional._ridge_statistics.prior_only import extend_by_prior
from elltwo.functional._ridge_statistics.smoother_record import Smoother

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo._core import RidgePath as Core
    from elltwo.functional._base.options import Options
    from elltwo.functional._base.row_blocks import Columns
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_problem.problem import Problem


def smoother(
    problem: Problem, options: Options, alpha: float, core: Core | None = None
) -> Smoother:
    """Decompose a problem at one alpha; `core` may hold a decomposition of it as a path."""
    shrinks = options.fit_intercept and options.penalize_intercept
    centred = options.fit_intercept and not (shrinks and alpha > 0.0)
    columns = column_moments(problem.X, problem.sample_weight, centred)
    factors = _factors(problem)
    kept = _unpenalised(factors, options, alpha)
    if kept is not None:
        if shrinks and np.isinf(alpha):
            options = options._replace(fit_intercept=False)
        plain = options._replace(penalize_intercept=False)
        unit = unit_columns(problem, plain, columns, kept)
        if unit.full_rank:
            return _least_squares(unit.core, columns, plain.fit_intercept)
        determined = identified(unit, columns.mean)
        shares = shrinks and alpha == 0.0  # with the features, in what is to be small
        if shares:
            columns = column_moments(problem.X, problem.sample_weight, False)
        decide = problem._replace(penalty_factors=_deciding_factors(factors, kept, shares))
        core = decompose(decide, options if shares else plain, 0.0)
        made = _least_squares(core, columns, plain.fit_intercept and not shares)
        return made._replace(known=determined)
    if core is None:
        core = decompose(problem, options, alpha)
    basis, offset, rank = _basis(core, columns, centred)
    s = core.eigenvalues()
    gain = _gains(rank, 1.0 / (s + alpha), centred)
    square = _gains(rank, s, centred)
    penalised = np.append((factors > 0.0) & np.isfinite(factors), shrinks)
    free = np.append(factors == 0.0, centred)
    made = Smoother(core, alpha, columns, basis, gain, square, offset, None, None)
    known = None
    if rank < np.count_nonzero(factors == 0.0):
        plain = options._replace(fit_intercept=centred)
        unit = unit_columns(problem, plain, columns, factors == 0.0)
        known = identified(unit, columns.mean) | penalised
    if s.size < np.count_nonzero(penalised):
        made = extend_by_prior(made, problem, np.append(factors, 1.0), penalised, free)
    return made._replace(known=known)


def _factors(problem: Problem) -> Float64Array:
    given = problem.penalty_factors
    return np.ones(problem.X.shape[1]) if given is None else given


def _unpenalised(
    factors: Float64Array, options: Options, alpha: float
) -> npt.NDArray[np.bool_] | None:
    """Return the features that are fitted if the fit is plain least squares, else None."""
    free: npt.NDArray[np.bool_] = factors == 0.0
    if np.isinf(alpha):
        return free
    finite = np.isfinite(factors)
    penalised = (options.fit_intercept and options.penalize_intercept) or factors[finite].any()
    return finite if alpha == 0.0 or not penalised else None


def _deciding_factors(
    factors: Float64Array, kept: npt.NDArray[np.bool_], shares: bool
) -> Float64Array:
    """Return factors whose norm decides among least-squares solutions of the features kept."""
    decide = np.where(kept, factors, np.inf)
    if shares or ((decide > 0.0) & np.isfinite(decide)).any():
        return decide
    return np.where(kept, 1.0, np.inf)


def _least_squares(core: Core, columns: Columns, centred: bool) -> Smoother:
    """Return the smoother of least squares from a decomposition for alpha = 0."""
    basis, offset, rank = _basis(core, columns, centred)
    s = core.eigenvalues()
    gain = _gains(rank, 1.0 / s, centred)
    square = _gains(rank, s, centred)
    return Smoother(core, 0.0, columns, basis, gain, square, offset, None, None)


def _basis(core: Core, columns: Columns, centred: bool) -> tuple[Float64Array, Float64Array, int]:
    """Return B with a free intercept's direction last, offsets, and the rank of free features."""
    basis = core.basis()
    offset = basis[-1].copy()
    if centred:
        basis = np.column_stack([basis, np.zeros(basis.shape[0])])
        basis[-1] = -columns.mean @ basis[:-1]
        basis[-1, -1] = columns.weight**-0.5
        offset = np.append(offset, columns.weight**-0.5)
    return basis, offset, core.n_unpenalised - centred


def _gains(rank: int, values: Float64Array, centred: bool) -> Float64Array:
    return np.concatenate([np.ones(rank), values, np.ones(int(centred))])
