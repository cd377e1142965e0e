"""The compiled fits of logistic regression."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.sparse import SparseMatrix

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

    coef: Float64Array  #: (n_alphas, n_outputs, n_features)
    intercept: Float64Array  #: (n_alphas, n_outputs)
    infos: list[RawLogisticInfo]

    def in_order(self, order: npt.NDArray[np.intp]) -> Fits:
        """Return the fits whose numbers are given."""
        return Fits(self.coef[order], self.intercept[order], [self.infos[k] for k in order])


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
    data = (
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
    X = problem.X
    if isinstance(X, SparseMatrix) and bounds is not None:
        raise TypeError("bounds are not supported for sparse X here; pass a dense array")
    if isinstance(X, SparseMatrix):
        return Fits(*_core.logistic_sparse_path(X, data, options))
    if bounds is None:
        return Fits(*_core.logistic_path(X, data, options))
    return Fits(*_core.logistic_bounded_path(X, bounds, data, options))
