"""Paths of sparse problems that are too large for a decomposition."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, TypeGuard

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.convergence import RAISE_EITHER, warn_of_early_stop
from elltwo.functional._base.sparse import SparseMatrix

if TYPE_CHECKING:
    from elltwo.functional._base.options import Options
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_problem.problem import Problem

LIMIT = _core.sparse_decomposition_limit


def is_beyond_decomposition(X: object) -> TypeGuard[SparseMatrix]:
    """Whether X is sparse and has more rows and more columns than a decomposition may have."""
    return isinstance(X, SparseMatrix) and min(X.shape) > LIMIT


class IteratedPath:
    """A path with the methods of `_core.RidgePath`, fitted by conjugate gradients at every alpha.

    Methods that need a decomposition raise ValueError.
    """

    solver = "cg"

    def __init__(self, problem: Problem, X: SparseMatrix, options: Options) -> None:
        self._problem = problem
        self._X = X
        self._options = options
        self.optimality: Float64Array | None = None  #: of each alpha last fitted

    def coefficients(self, alphas: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Return coefficients and intercepts as `_core.RidgePath` does; warn if `tol` is missed."""
        given = (self._problem.Y, alphas, *self._problem.beside)
        coef, intercept, self.optimality = _core.sparse_path(self._X, given, self._options)
        warn_unless_reached(float(self.optimality.max()), self._options.tol)
        return coef, intercept

    def residual_squares(self, coef: Float64Array, intercept: Float64Array) -> Float64Array:
        """Return weighted sums of squared residuals of fits, of shape (n_alphas, n_targets)."""
        w = self._problem.sample_weight
        sums = []
        for b, b0 in zip(coef, intercept, strict=True):
            fitted = _core.predict_sparse(self._X, b, b0, self._options.n_threads)
            squares = (self._problem.Y - fitted) ** 2
            sums.append(squares.sum(axis=0) if w is None else w @ squares)
        return np.array(sums)

    def spectrum(self) -> tuple[float, float]:
        """Return the largest eigenvalue, an estimate, and the sum of all."""
        return _core.sparse_spectrum(
            self._X,
            self._problem.Y,
            self._problem.penalty_factors,
            self._problem.sample_weight,
            self._options.fit_intercept,
            self._options.penalize_intercept,
            self._options.n_threads,
        )

    def eigenvalues(self) -> NoReturn:
        """Raise: there are none."""
        self._refuse("eigenvalues")

    def measures(self, *_: object) -> NoReturn:
        """Raise: degrees of freedom are a trace."""
        self._refuse("effective degrees of freedom, and with them GCV, AIC and BIC,")

    def leave_one_out(self, *_: object) -> NoReturn:
        """Raise: leverages are a diagonal."""
        self._refuse("leave-one-out errors")

    def leverages(self, *_: object) -> NoReturn:
        """Raise: leverages are a diagonal."""
        self._refuse("leverages")

    def _refuse(self, what: str) -> NoReturn:
        refuse_beyond(what, self._X, "; ridge_cv takes it with folds, as in cv=5")


def refuse_beyond(what: str, X: SparseMatrix, advice: str = "") -> NoReturn:
    """Raise ValueError: `what` needs a decomposition."""
    n, p = X.shape
    raise ValueError(
        f"{what} need a decomposition, which sparse X has only with at most {LIMIT} samples or at "
        f"most {LIMIT} features, got {n} x {p}{advice}"
    )


def warn_unless_reached(optimality: float, tol: float) -> None:
    """Warn of fits by conjugate gradients that stopped early."""
    if not optimality <= tol:
        warn_of_early_stop("conjugate gradients", optimality, tol, RAISE_EITHER)
