"""Paths of problems whose coefficients have bounds."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from elltwo.exceptions import ConvergenceWarning
from elltwo.functional._compiled import _core

if TYPE_CHECKING:
    from elltwo.functional._bounds import Bounds
    from elltwo.functional._options import Options
    from elltwo.functional._problem import Problem
    from elltwo.functional._validate import Float64Array


class BoundedPath:
    """Stands for `_core.RidgePath` where every alpha is a fit of its own.

    What needs a linear smoother raises ValueError; X is dense.
    """

    solver = "coordinate_descent"

    def __init__(self, problem: Problem, options: Options, bounds: Bounds) -> None:
        self._problem = problem
        self._options = options
        self._bounds = bounds
        self.optimality: Float64Array | None = None  #: of every alpha last fitted, the worst

    def coefficients(self, alphas: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Return coefficients and intercepts as `_core.RidgePath` does; warn if `tol` is missed."""
        problem = self._problem
        n_targets, n_features = problem.Y.shape[1], problem.dense.shape[1]
        coef = np.empty((alphas.size, n_targets, n_features))
        intercept = np.empty((alphas.size, n_targets))
        worst = 0.0
        for t in range(n_targets):
            coef[:, t], intercept[:, t], optimality = self._of_target(t, alphas)
            worst = max(worst, optimality)
        self.optimality = np.full(alphas.size, worst)
        if not worst <= self._options.tol:
            warnings.warn(
                f"coordinate descent stopped at an optimality of {worst:.3g}, above the tolerance "
                f"of {self._options.tol:.3g}; raise max_iter, or tol if the optimality is good "
                "enough",
                ConvergenceWarning,
                stacklevel=5,
            )
        return coef, intercept

    def _of_target(self, t: int, alphas: Float64Array) -> tuple[Float64Array, Float64Array, float]:
        """Fit one target at every alpha; all share one Gram matrix, and y is not copied."""
        problem, options = self._problem, self._options
        prior = problem.prior_mean
        if prior is not None:
            prior = np.ascontiguousarray(np.broadcast_to(prior[t], (alphas.size, prior.shape[1])))
        coef, intercept, info = _core.ridge_bounded(
            problem.dense,
            np.broadcast_to(problem.Y[:, t : t + 1], (problem.Y.shape[0], alphas.size)),
            self._bounds.lower,
            self._bounds.upper,
            alphas,
            problem.penalty_factors,
            prior,
            problem.sample_weight,
            *options,
        )
        return coef, intercept, info.optimality

    def residual_squares(self, coef: Float64Array, intercept: Float64Array) -> Float64Array:
        """Return weighted sums of squared residuals of fits, of shape (n_alphas, n_targets)."""
        problem = self._problem
        w = problem.sample_weight
        sums = []
        for b, b0 in zip(coef, intercept, strict=True):
            squares = (problem.Y - problem.dense @ b.T - b0) ** 2
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
        for i in range(problem.n_samples):
            others = w.copy()
            others[i] = 0.0
            rest = BoundedPath(problem._replace(sample_weight=others), self._options, self._bounds)
            coef, intercept = rest.coefficients(alphas)
            predictions[i] = (coef @ problem.dense[i] + intercept).T
        squares = (problem.Y[:, :, np.newaxis] - predictions) ** 2
        return np.tensordot(w, squares, axes=1).T, predictions

    def leverages(self, *_: object) -> NoReturn:
        """Raise: leverages are those of a linear smoother."""
        self._refuse("leverages")

    def _refuse(self, what: str) -> NoReturn:
        raise ValueError(f"{what} are not defined for fits with bounds")
