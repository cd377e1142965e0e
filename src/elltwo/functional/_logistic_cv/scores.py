"""Out-of-sample scores of logistic regression over a grid of penalties."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.predict import linear_predictor
from elltwo.functional._base.progress import current
from elltwo.functional._base.sparse import SparseMatrix, as_dense
from elltwo.functional._cv.scoring import standard_error
from elltwo.functional._logistic.fit import warn_unless_converged
from elltwo.functional._logistic_cv.folds import fit_folds, mean_of, of_positive_weight, test_rows
from elltwo.functional._logistic_cv.row_scores import called, row_scores
from elltwo.functional._logistic_problem.core import fit_alphas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

    from elltwo.functional._base.bounds import Bounds
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._cv.splits import Splits
    from elltwo.functional._logistic_cv.row_scores import Scoring
    from elltwo.functional._logistic_problem.core import Fits, Start
    from elltwo.functional._logistic_problem.problem import LogisticOptions, LogisticProblem

    Rows = npt.NDArray[np.int64]

_BLOCK_ROWS = 4096


class LogisticScores(NamedTuple):
    """Scores of each alpha on test sets; greater scores are better."""

    score: Float64Array  #: (n_alphas,)
    se: Float64Array | None  #: (n_alphas,), None for a function of all rows at once
    folds: Float64Array | None  #: (n_splits, n_alphas), None for "alo"
    start: Callable[[int], Start]  #: of the fit to all rows at an alpha of the grid, by its number
    hessian: str | None = None  #: of "alo": "exact" or "kronecker"

    def error(self, per_target: bool) -> Float64Array:  # noqa: ARG002  # there is one target
        """Return what is minimised, of shape (n_alphas, 1)."""
        return -self.score[:, np.newaxis]

    def spread(self, per_target: bool) -> Float64Array | None:  # noqa: ARG002
        """Return standard errors in the shape of `error`."""
        return None if self.se is None else self.se[:, np.newaxis]

    def joined(self, more: LogisticScores) -> LogisticScores:
        """Return the scores of these alphas and more."""

        def start(number: int) -> Start:
            own = self.score.size
            return self.start(number) if number < own else more.start(number - own)

        def both(mine: Float64Array | None, other: Float64Array | None) -> Float64Array | None:
            if mine is None or other is None:
                return None
            joined: Float64Array = np.concatenate([mine, other], axis=-1)
            return joined

        score = np.concatenate([self.score, more.score])
        se, folds = both(self.se, more.se), both(self.folds, more.folds)
        return LogisticScores(score, se, folds, start, self.hessian)


def by_splits(
    problem: LogisticProblem,
    options: LogisticOptions,
    bounds: Bounds | None,
    grid: Float64Array,
    splits: Splits,
    scoring: Scoring,
) -> LogisticScores:
    """Fit each training set along the grid, and score its fits on the test set."""
    tests = [test_rows(problem, splits, split) for split in range(len(splits.test))]
    fits = fit_folds(problem, options, bounds, grid, splits)
    scores = np.array(
        [
            _scores_of_test_rows(problem, of_fold, test, scoring)
            for of_fold, test in zip(fits, tests, strict=True)
        ]
    )
    weight = np.array([_weight(problem, test).sum() for test in tests])
    share = weight / weight.sum()
    mean = share @ scores
    return LogisticScores(mean, standard_error(scores, mean, share), scores, partial(mean_of, fits))


def by_approximation(
    problem: LogisticProblem,
    options: LogisticOptions,
    grid: Float64Array,
    scoring: Scoring,
) -> LogisticScores:
    """Score each row by one Newton step from the fit of all rows towards that without it."""
    fits, predictors, hessian = left_out_predictors(problem, options, grid)
    rows = of_positive_weight(problem, np.arange(problem.X.shape[0]))
    weight = _weight(problem, rows)
    share = weight / weight.sum()
    score, se = np.empty(grid.size), np.empty(grid.size)
    for a, left_out in enumerate(predictors):
        z = left_out[rows] if problem.n_outputs > 1 else left_out[rows, 0]
        if callable(scoring):
            score[a] = _called(problem, scoring, z, rows)
            continue
        values = row_scores(scoring, z, problem.labels.codes[rows])
        score[a] = share @ values
        se[a] = standard_error(values, score[a], share)

    start = partial(mean_of, [fits])
    return LogisticScores(score, None if callable(scoring) else se, None, start, hessian)


def left_out_predictors(
    problem: LogisticProblem, options: LogisticOptions, grid: Float64Array
) -> tuple[Fits, Float64Array, str]:
    """Fit all rows, and predict each without it: (n_alphas, n_samples, n_outputs).

    The last value says by which Hessian: "exact" or "kronecker".
    """
    X = as_dense(problem.X) if isinstance(problem.X, SparseMatrix) else problem.X
    problem = problem._replace(X=X)
    order = np.argsort(-grid, kind="stable")
    fits = fit_alphas(problem, grid[order], options, None).in_order(np.argsort(order))
    current().ended()
    warn_unless_converged(fits.infos, grid, options.max_iter)
    data = (
        problem.labels.codes,
        problem.classes.size,
        np.ascontiguousarray(grid),
        problem.penalty_factors,
        problem.prior_mean,
        problem.sample_weight,
        problem.offset,
        None,
        None,
    )
    predictors, hessian = _core.logistic_left_out(X, data, fits.coef, fits.intercept, options)
    return fits, predictors, hessian


def _weight(problem: LogisticProblem, rows: Rows) -> Float64Array:
    if problem.sample_weight is None:
        return np.ones(rows.size)
    return problem.sample_weight[rows]


def _scores_of_test_rows(
    problem: LogisticProblem, fits: Fits, test: Rows, scoring: Scoring
) -> Float64Array:
    """Return the mean score of every fit on the rows it is tested on."""
    n_alphas = fits.intercept.shape[0]
    if callable(scoring):
        z = np.concatenate([z for _, z in _predictors(problem, fits, test)], axis=1)
        return np.array([_called(problem, scoring, z[a], test) for a in range(n_alphas)])
    total = np.zeros(n_alphas)
    for rows, z in _predictors(problem, fits, test):
        weight = _weight(problem, rows)
        codes = problem.labels.codes[rows]
        total += [weight @ row_scores(scoring, z[a], codes) for a in range(n_alphas)]
    mean: Float64Array = total / _weight(problem, test).sum()
    return mean


def _predictors(
    problem: LogisticProblem, fits: Fits, test: Rows
) -> Iterable[tuple[Rows, Float64Array]]:
    """Yield some rows at a time, and their linear predictors by every fit, alphas first."""
    coef = fits.coef
    n_alphas, n_outputs, n_features = coef.shape
    coef = coef.reshape(-1, n_features)
    intercept = fits.intercept.ravel()
    X = problem.X
    for first in range(0, test.size, test.size if isinstance(X, SparseMatrix) else _BLOCK_ROWS):
        if isinstance(X, SparseMatrix):
            rows = test
            flat = _core.predict_sparse(X, np.ascontiguousarray(coef), intercept, 1)[rows]
        else:
            rows = test[first : first + _BLOCK_ROWS]
            flat = np.asarray(linear_predictor(X[rows], coef, intercept), dtype=np.float64)
        z = flat.reshape(rows.size, n_alphas, n_outputs)
        if problem.offset is not None:
            z = z + problem.offset[rows][:, np.newaxis]
        yield rows, (z[:, :, 0].T if n_outputs == 1 else z.transpose(1, 0, 2))


def _called(
    problem: LogisticProblem, scoring: Callable[..., float], z: Float64Array, rows: Rows
) -> float:
    weight = None if problem.sample_weight is None else problem.sample_weight[rows]
    return called(scoring, z, problem.classes[problem.labels.codes[rows]], weight)
