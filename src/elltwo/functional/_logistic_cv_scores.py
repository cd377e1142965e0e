"""Out-of-sample scores of logistic regression over a grid of penalties."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._choice import standard_error
from elltwo.functional._compiled import _core
from elltwo.functional._logistic_core import Start, fit_alphas, warn_unless_converged
from elltwo.functional._logistic_scoring import called, row_scores
from elltwo.functional._predict import linear_predictor
from elltwo.functional._sparse import SparseMatrix, as_dense

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

    from elltwo.functional._bounds import Bounds
    from elltwo.functional._logistic_core import Fits
    from elltwo.functional._logistic_problem import LogisticOptions, LogisticProblem
    from elltwo.functional._logistic_scoring import Scoring
    from elltwo.functional._splits import Splits
    from elltwo.functional._validate import Float64Array

    Rows = npt.NDArray[np.int64]

_WORTH_THREADS = 1 << 21  # numbers of X times alphas in a fold
_BLOCK_ROWS = 4096


class LogisticScores(NamedTuple):
    """What cross-validation says of each alpha; greater scores are better."""

    score: Float64Array  #: (n_alphas,)
    se: Float64Array | None  #: (n_alphas,), None for a function of all rows at once
    folds: Float64Array | None  #: (n_splits, n_alphas), None for "alo"
    start: Callable[[int], Start]  #: of the fit to all rows at an alpha of the grid, by its number


class _Fold(NamedTuple):
    train: Rows
    test: Rows  #: those of positive weight, as often as they are tested on


def by_splits(
    problem: LogisticProblem,
    options: LogisticOptions,
    bounds: Bounds | None,
    grid: Float64Array,
    splits: Splits,
    scoring: Scoring,
) -> LogisticScores:
    """Fit each training set along the grid, and score its fits on the test set."""
    folds = [_fold(problem, splits, split) for split in range(len(splits.train))]
    order = np.argsort(-grid, kind="stable")
    back = np.argsort(order)

    def run(fold: _Fold, n_threads: int) -> tuple[Fits, Float64Array]:
        mine = options._replace(n_threads=n_threads)
        fits = fit_alphas(problem, grid[order], mine, bounds, rows=fold.train).in_order(back)
        return fits, _scores_of_test_rows(problem, fits, fold.test, scoring)

    results = _side_by_side(run, folds, options.n_threads, problem, grid.size)
    infos = [info for fits, _ in results for info in fits.infos]
    warn_unless_converged(infos, np.tile(grid, len(folds)), options.max_iter)
    scores = np.array([score for _, score in results])
    weight = np.array([_weight(problem, fold.test).sum() for fold in folds])
    share = weight / weight.sum()
    mean = share @ scores
    fits_of_folds = [fits for fits, _ in results]

    def start(at: int) -> Start:
        return Start(
            np.mean([fits.coef[at] for fits in fits_of_folds], axis=0),
            np.mean([fits.intercept[at] for fits in fits_of_folds], axis=0),
        )

    return LogisticScores(mean, standard_error(scores, mean, share), scores, start)


def by_approximation(
    problem: LogisticProblem,
    options: LogisticOptions,
    grid: Float64Array,
    scoring: Scoring,
) -> LogisticScores:
    """Score each row by one Newton step from the fit of all rows towards that without it."""
    X = as_dense(problem.X) if isinstance(problem.X, SparseMatrix) else problem.X
    problem = problem._replace(X=X)
    order = np.argsort(-grid, kind="stable")
    fits = fit_alphas(problem, grid[order], options, None).in_order(np.argsort(order))
    warn_unless_converged(fits.infos, grid, options.max_iter)
    predictors = _core.logistic_left_out(
        X,
        problem.labels.codes,
        problem.classes.size,
        np.ascontiguousarray(grid),
        problem.penalty_factors,
        problem.prior_mean,
        problem.sample_weight,
        problem.offset,
        fits.coef,
        fits.intercept,
        options.fit_intercept,
        options.n_threads,
    )
    rows = _of_positive_weight(problem, np.arange(X.shape[0]))
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

    def start(at: int) -> Start:
        return Start(fits.coef[at], fits.intercept[at])

    return LogisticScores(score, None if callable(scoring) else se, None, start)


def _fold(problem: LogisticProblem, splits: Splits, split: int) -> _Fold:
    """Return the rows of a split, checked."""
    every = np.arange(problem.X.shape[0])
    train = np.repeat(every, splits.train[split][splits.group].astype(np.int64))
    trained = problem.labels.codes[_of_positive_weight(problem, train)]
    counts = np.bincount(trained, minlength=problem.classes.size)
    weighted = "" if problem.sample_weight is None else " of positive weight"
    if not counts.all():
        missing = problem.classes.tolist()[int(np.argmin(counts))]
        raise ValueError(
            f"the training set of split {split} of cv has no row{weighted} of class {missing!r}; "
            "use fewer folds, or splits with rows of every class"
        )
    test = np.repeat(every, splits.test[split][splits.group].astype(np.int64))
    test = _of_positive_weight(problem, test)
    if test.size == 0:
        raise ValueError(f"the test set of split {split} of cv has no row{weighted}")
    return _Fold(train, test)


def _of_positive_weight(problem: LogisticProblem, rows: Rows) -> Rows:
    return rows if problem.sample_weight is None else rows[problem.sample_weight[rows] > 0.0]


def _weight(problem: LogisticProblem, rows: Rows) -> Float64Array:
    if problem.sample_weight is None:
        return np.ones(rows.size)
    return problem.sample_weight[rows]


def _side_by_side(
    run: Callable[[_Fold, int], tuple[Fits, Float64Array]],
    folds: list[_Fold],
    n_threads: int,
    problem: LogisticProblem,
    n_alphas: int,
) -> list[tuple[Fits, Float64Array]]:
    """Run folds one thread each, as many as there are threads, and the rest with all threads.

    The core gives the same bits for any number of threads.
    """
    threads = n_threads or _cores()
    work = problem.X.shape[0] * problem.X.shape[1] * n_alphas * problem.n_outputs
    together = 0
    if threads > 1 and work >= _WORTH_THREADS:
        together = len(folds) // threads * threads
    alone = [run(fold, n_threads) for fold in folds[together:]]
    if together == 0:
        return alone
    with ThreadPoolExecutor(threads) as pool:
        tasks = [pool.submit(run, fold, 1) for fold in folds[:together]]
        try:
            return [task.result() for task in tasks] + alone
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
    n_alphas, n_outputs, n_features = fits.coef.shape
    coef = fits.coef.reshape(-1, n_features)
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
