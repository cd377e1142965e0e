"""Moments of some columns of a problem, from which their coefficients are fitted again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.sparse import SparseMatrix
from elltwo.functional._ridge_problem.problem import MomentsProblem

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._elastic_net_problem.solve import NetData

    Columns = npt.NDArray[np.intp]

_VALUES = 1 << 22  # numbers of a block


def moments_of_columns(data: NetData, columns: Columns) -> _core.Moments:
    """Return the moments of some columns, at least one, and all targets."""
    problem = data.problem
    if isinstance(problem, MomentsProblem):
        return problem.X.select(columns)
    X, w = problem.X, problem.sample_weight
    moments = _core.Moments(columns.size, data.n_targets, False)
    if isinstance(X, SparseMatrix):
        X = sparse_columns(X, columns)
    step = max(1, _VALUES // columns.size)
    for first in range(0, problem.n_samples, step):
        rows = slice(first, min(first + step, problem.n_samples))
        weight = None if w is None else np.ascontiguousarray(w[rows])
        block = _block(X, rows, columns)
        moments.add(block, problem.Y[rows], weight, data.options.n_threads, False)
    return moments


def _block(X: FloatArray | SparseMatrix, rows: slice, columns: Columns) -> FloatArray:
    if isinstance(X, SparseMatrix):
        return X.take(np.arange(rows.start, rows.stop)).toarray()
    return X[rows][:, columns]


def sparse_columns(X: SparseMatrix, columns: Columns) -> SparseMatrix:
    """Return some columns, ascending, in CSR form, of a matrix that the core has checked."""
    X = X.by_row()
    place = np.full(X.n_features, -1, dtype=np.intp)
    place[columns] = np.arange(columns.size)
    taken = place[X.indices]
    kept = taken >= 0
    before = np.concatenate([[0], np.cumsum(kept)])
    return SparseMatrix(
        X.data[kept], taken[kept], before[X.indptr], X.n_samples, columns.size, True
    )


def gram_of(moments: _core.Moments, fit_intercept: bool) -> Float64Array:
    """Return the products of the features, about their means where there is an intercept."""
    k = moments.n_features
    gram: Float64Array = moments.products()[:, :k]
    if fit_intercept:
        return gram
    mean = moments.means()[:k]
    return gram + moments.weight * np.outer(mean, mean)
