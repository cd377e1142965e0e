"""The compiled fits of logistic regression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.sparse import SparseMatrix
from elltwo.functional._logistic_problem.kept import KeptCoef

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo._core import LogisticInfo as RawLogisticInfo
    from elltwo.functional._base.bounds import Bounds
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_problem.problem import LogisticOptions, LogisticProblem


class Start(NamedTuple):
    """Where a fit starts from."""

    coef: Float64Array  #: (n_outputs, n_features)
    intercept: Float64Array  #: (n_outputs,)


class Fits(NamedTuple):
    """What the core returns, with an entry for each alpha."""

    kept: Float64Array | KeptCoef  #: (n_alphas, n_outputs, n_features), without zeros after L1
    intercept: Float64Array  #: (n_alphas, n_outputs)
    infos: list[RawLogisticInfo]

    @property
    def coef(self) -> Float64Array:
        """Coefficients with zeros, (n_alphas, n_outputs, n_features)."""
        return self.kept.all_fits() if isinstance(self.kept, KeptCoef) else self.kept

    def coef_of(self, a: int) -> Float64Array:
        """Return the coefficients of one alpha, (n_outputs, n_features)."""
        return self.kept.fit(a) if isinstance(self.kept, KeptCoef) else self.kept[a]

    @property
    def n_active(self) -> npt.NDArray[np.int64]:
        """Numbers of coefficients that are not zero, (n_alphas,)."""
        if isinstance(self.kept, KeptCoef):
            return self.kept.n_active
        counts: npt.NDArray[np.int64] = np.count_nonzero(self.kept, axis=(1, 2)).astype(np.int64)
        return counts

    def in_order(self, order: npt.NDArray[np.intp]) -> Fits:
        """Return the fits whose numbers are given."""
        kept = self.kept
        ordered = kept.in_order(order) if isinstance(kept, KeptCoef) else kept[order]
        return Fits(ordered, self.intercept[order], [self.infos[k] for k in order])


_LIMIT = 1e25  # smaller than the intercepts of the core that stand for infinity, and their means


def is_limit(predictor: Float64Array) -> npt.NDArray[np.bool_]:
    """Tell which intercepts, predictors or log-probabilities stand for infinity.

    Those of a class without a row of positive weight do, or of the only class that has one.
    """
    result: npt.NDArray[np.bool_] = np.abs(predictor) >= _LIMIT
    return result


def fit_alphas(
    problem: LogisticProblem,
    alphas: Float64Array,
    options: LogisticOptions,
    bounds: Bounds | None,
    start: Start | None = None,
    rows: npt.NDArray[np.int64] | None = None,
) -> Fits:
    """Fit one alpha after the other, each from the fit before it, to some rows or all."""
    if problem.l1_ratio > 0.0:
        return _fit_l1(problem, alphas, options, bounds, start, rows)
    data = _data(problem, alphas, start, rows)
    X = problem.X
    if isinstance(X, SparseMatrix):
        if bounds is not None:
            return Fits(*_core.logistic_sparse_bounded_path(X, bounds, data, options))
        return Fits(*_core.logistic_sparse_path(X, data, options))
    if bounds is None:
        return Fits(*_core.logistic_path(X, data, options))
    return Fits(*_core.logistic_bounded_path(X, bounds, data, options))


def largest_alpha(
    problem: LogisticProblem, options: LogisticOptions, bounds: Bounds | None
) -> float:
    """Return the smallest alpha at which all penalised coefficients are at their prior means."""
    data = _data(problem, np.array([1.0]), None, None)
    largest = _core.logistic_l1_alpha_max(problem.X, bounds or _NO_BOUNDS, data, options)
    return largest / problem.l1_ratio


_NO_BOUNDS = (None, None)


def _data(
    problem: LogisticProblem,
    alphas: Float64Array,
    start: Start | None,
    rows: npt.NDArray[np.int64] | None,
) -> tuple[Any, ...]:
    return (
        problem.labels.codes,
        problem.classes.size,
        alphas,
        problem.penalty_factors,
        problem.prior_mean,
        problem.sample_weight,
        problem.offset,
        rows,
        None if start is None else np.concatenate([start.coef.ravel(), start.intercept]),
    )


def _fit_l1(
    problem: LogisticProblem,
    alphas: Float64Array,
    options: LogisticOptions,
    bounds: Bounds | None,
    start: Start | None,
    rows: npt.NDArray[np.int64] | None,
) -> Fits:
    """Fit alphas with an L1 part of the penalty; the core takes each once, falling."""
    unique, number = np.unique(-alphas, return_inverse=True)
    data = _data(problem, -unique, start, rows)
    starts, features, values, intercept, _, infos = _core.logistic_l1_path(
        problem.X, bounds or _NO_BOUNDS, data, problem.l1_ratio, options
    )
    outputs, n_features = problem.n_outputs, problem.X.shape[1]
    everyone = np.arange(unique.size)
    kept = KeptCoef(starts, features, values, everyone, outputs, n_features)
    fits = Fits(kept, intercept.reshape(-1, outputs), infos)
    return fits.in_order(number)
