"""Errors on the test sets of a cross-validation, for sparse problems and those with bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.row_blocks import take_rows
from elltwo.functional._base.sparse import SparseMatrix
from elltwo.functional._ridge_problem.bounded_path import BoundedPath
from elltwo.functional._ridge_problem.iterated_path import warn_unless_reached

if TYPE_CHECKING:
    from elltwo.functional._base.bounds import Bounds
    from elltwo.functional._base.options import Options
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._cv.scoring import SplitCore
    from elltwo.functional._cv.splits import Splits
    from elltwo.functional._ridge_problem.problem import Problem


class SparseSplits:
    """A `SplitCore` of sparse X."""

    def __init__(self, problem: Problem, X: SparseMatrix, options: Options, splits: Splits) -> None:
        self._problem = problem
        self._X = X
        self._options = options
        self._splits = splits

    def score(self, alphas: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Return sums of squared errors (n_splits, n_alphas, n_targets), and test weights."""
        problem, options = self._problem, self._options
        sse, weight, optimality = _core.sparse_splits(
            self._X, (problem.Y, alphas, *problem.beside), self._splits[:4], options
        )
        warn_unless_reached(optimality, options.tol)
        return sse, weight


class BoundedSplits:
    """A `SplitCore` of coefficients with bounds."""

    def __init__(self, problem: Problem, options: Options, splits: Splits, bounds: Bounds) -> None:
        self._problem = problem
        self._options = options
        self._splits = splits
        self._bounds = bounds

    def score(self, alphas: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Return sums of squared errors (n_splits, n_alphas, n_targets), and test weights."""
        scored = [self._of_split(s, alphas) for s in range(len(self._splits.train))]
        return np.array([sse for sse, _ in scored]), np.array([weight for _, weight in scored])

    def _of_split(self, split: int, alphas: Float64Array) -> tuple[Float64Array, float]:
        problem, splits = self._problem, self._splits
        w = np.ones(problem.n_samples) if problem.sample_weight is None else problem.sample_weight
        train = w * splits.train[split][splits.group]
        rows = splits.test_rows(split)
        test = (w * splits.test[split][splits.group])[rows]
        for weight, kind in ((train, "training"), (test, "test")):
            if not weight.sum() > 0.0:
                raise ValueError(
                    f"sample_weight must not be all zero on a {kind} set, got zeros for every row "
                    f"of that of split {split}"
                )
        path = BoundedPath(problem._replace(sample_weight=train), self._options, self._bounds)
        coef, intercept = path.coefficients(alphas)
        tested = problem._replace(
            X=take_rows(problem.X, rows), Y=problem.Y[rows], sample_weight=test
        )
        of_test = BoundedPath(tested, self._options, self._bounds)
        return of_test.residual_squares(coef, intercept), float(test.sum())


def prepare_splits(
    problem: Problem, options: Options, splits: Splits, bounds: Bounds | None = None
) -> SplitCore:
    """Set a problem up for cross-validation by splits."""
    if bounds is not None:
        return BoundedSplits(problem, options, splits, bounds)
    if isinstance(problem.X, SparseMatrix):
        return SparseSplits(problem, problem.X, options, splits)
    given = (problem.Y, None, *problem.beside)
    return _core.RidgeSplits(problem.X, given, splits[:4], options)
