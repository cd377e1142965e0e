"""Paths of problems whose coefficients have bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.convergence import RAISE_EITHER, WorstWarning, warn_of_early_stop
from elltwo.functional._base.row_blocks import fitted_values, take_rows
from elltwo.functional._base.sparse import SparseMatrix

if TYPE_CHECKING:
    from elltwo._core import SolveInfo
    from elltwo.functional._base.bounds import Bounds
    from elltwo.functional._base.options import Options
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_problem.problem import Problem


_MOST_TARGETS = 1 << 24  # values of y held at a time


class BoundedPath:
    """A path with the methods of `_core.RidgePath`, of which every alpha is a fit of its own.

    Methods that need a linear smoother raise ValueError.
    """

    solver = "coordinate_descent"

    def __init__(self, problem: Problem, options: Options, bounds: Bounds) -> None:
        self._problem = problem
        self._options = options
        self._bounds = bounds
        self.optimality: Float64Array | None = (
            None  #: the worst over the alphas last fitted, once for each
        )

    def coefficients(self, alphas: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Return coefficients and intercepts as `_core.RidgePath` does; warn if `tol` is missed."""
        problem = self._problem
        n_targets, n_features = problem.Y.shape[1], problem.X.shape[1]
        coef = np.empty((alphas.size, n_targets, n_features))
        intercept = np.empty((alphas.size, n_targets))
        worst = 0.0
        for t in range(n_targets):
            coef[:, t], intercept[:, t], optimality = self._of_target(t, alphas)
            worst = max(worst, optimality)
        self.optimality = np.full(alphas.size, worst)
        if not worst <= self._options.tol:
            tol = self._options.tol
            warn_of_early_stop("coordinate descent", worst, tol, RAISE_EITHER)
        return coef, intercept

    def _of_target(self, t: int, alphas: Float64Array) -> tuple[Float64Array, Float64Array, float]:
        """Fit one target at every alpha; all share one Gram matrix.

        For sparse X the core keeps a y for each alpha, so the alphas are fitted in portions.
        """
        problem = self._problem
        n, prior = problem.n_samples, problem.prior_mean
        is_sparse = isinstance(problem.X, SparseMatrix)
        step = max(8, _MOST_TARGETS // n) if is_sparse else alphas.size
        fits = []
        for first in range(0, alphas.size, step):
            some = np.ascontiguousarray(alphas[first : first + step])
            means = None if prior is None else np.tile(prior[t], (some.size, 1))
            Y = np.broadcast_to(problem.Y[:, t : t + 1], (n, some.size))
            fits.append(bounded_fit(problem, self._bounds, Y, some, means, self._options))
        coefs, intercepts, infos = zip(*fits, strict=True)
        worst = max(info.optimality for info in infos)
        return np.concatenate(coefs), np.concatenate(intercepts), worst

    def residual_squares(self, coef: Float64Array, intercept: Float64Array) -> Float64Array:
        """Return weighted sums of squared residuals of fits, of shape (n_alphas, n_targets)."""
        problem = self._problem
        w = problem.sample_weight
        sums = []
        for b, b0 in zip(coef, intercept, strict=True):
            squares = (problem.Y - fitted_values(problem.X, b, b0)) ** 2
            sums.append(squares.sum(axis=0) if w is None else w @ squares)
        return np.array(sums)

    def eigenvalues(self) -> NoReturn:
        """Raise: there are none."""
        self._refuse("eigenvalues")

    def measures(self, *_: object) -> NoReturn:
        """Raise: degrees of freedom are those of a linear smoother."""
        self._refuse("effective degrees of freedom, and with them GCV, AIC and BIC,")

    def leave_one_out(self, alphas: Float64Array, _: bool) -> tuple[Float64Array, Float64Array]:
        """Return what `_core.RidgePath` does, from a fit without each row in turn."""
        problem = self._problem
        w = np.ones(problem.n_samples) if problem.sample_weight is None else problem.sample_weight
        predictions = np.empty((*problem.Y.shape, alphas.size))
        with WorstWarning():
            for i in range(problem.n_samples):
                others = w.copy()
                others[i] = 0.0
                part = problem._replace(sample_weight=others)
                rest = BoundedPath(part, self._options, self._bounds)
                coef, intercept = rest.coefficients(alphas)
                row = take_rows(problem.X, np.array([i]))
                every = fitted_values(row, coef.reshape(-1, coef.shape[-1]), intercept.ravel())
                predictions[i] = every.reshape(intercept.shape).T
        squares = (problem.Y[:, :, np.newaxis] - predictions) ** 2
        return np.tensordot(w, squares, axes=1).T, predictions

    def leverages(self, *_: object) -> NoReturn:
        """Raise: leverages are those of a linear smoother."""
        self._refuse("leverages")

    def _refuse(self, what: str) -> NoReturn:
        raise ValueError(f"{what} are not defined for fits with bounds")


def bounded_fit(
    problem: Problem,
    bounds: Bounds,
    Y: Float64Array,
    alpha: Float64Array,
    prior_mean: Float64Array | None,
    options: Options,
) -> tuple[Float64Array, Float64Array, SolveInfo]:
    """Fit targets with bounds to the features, factors and weights of a problem."""
    X, factors, weight = problem.X, problem.penalty_factors, problem.sample_weight
    given = (Y, alpha, factors, prior_mean, weight)
    if isinstance(X, SparseMatrix):
        return _core.ridge_sparse_bounded(X, bounds, given, options)
    return _core.ridge_bounded(X, bounds, given, options)
