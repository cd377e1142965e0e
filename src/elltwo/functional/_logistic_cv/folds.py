"""Logistic regressions of training sets, in parallel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.progress import NOBODY, PAUSE, current
from elltwo.functional._base.thread_number import thread_share
from elltwo.functional._base.workers import Workers
from elltwo.functional._logistic.fit import warn_unless_converged
from elltwo.functional._logistic_problem.core import Start, fit_alphas, is_limit

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from elltwo.functional._base.bounds import Bounds
    from elltwo.functional._base.progress import Nobody
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._base.workers import Ended
    from elltwo.functional._cv.splits import Splits
    from elltwo.functional._logistic_problem.core import Fits
    from elltwo.functional._logistic_problem.problem import LogisticOptions, LogisticProblem

    Rows = npt.NDArray[np.int64]

_FOLD_TOL = (
    1e-7  # tolerance of fits to training sets: changes scores by far less than another split would
)
_WORTH_THREADS = 1 << 21  # numbers in X times alphas, from which on threads pay


def fit_folds(
    problem: LogisticProblem,
    options: LogisticOptions,
    bounds: Bounds | None,
    grid: Float64Array,
    splits: Splits,
) -> list[Fits]:
    """Fit each training set along the grid, of which the order is kept."""
    trains = [_training_rows(problem, splits, split) for split in range(len(splits.train))]
    order = np.argsort(-grid, kind="stable")
    back = np.argsort(order)

    def run(rows: Rows, n_threads: int) -> Fits:
        mine = options._replace(n_threads=n_threads, tol=max(options.tol, _FOLD_TOL))
        return fit_alphas(problem, grid[order], mine, bounds, rows=rows).in_order(back)

    size = problem.X.shape[0] * problem.X.shape[1] * grid.size * problem.n_outputs
    fits = _side_by_side(run, trains, options.n_threads, size >= _WORTH_THREADS)
    infos = [info for of_fold in fits for info in of_fold.infos]
    warn_unless_converged(infos, np.tile(grid, len(fits)), options.max_iter)
    return fits


def mean_of(fits: list[Fits], at: int) -> Start:
    """Return the mean of several fits at an alpha, given by its index in the grid."""
    return mean_start([Start(of_fold.coef_of(at), of_fold.intercept[at]) for of_fold in fits])


def mean_start(starts: list[Start]) -> Start:
    """Return the mean of several fits, for each class of those that had rows of it."""
    coef = np.array([start.coef for start in starts])
    intercept = np.array([start.intercept for start in starts])
    counts = ~is_limit(intercept)
    if counts.all():
        return Start(coef.mean(axis=0), intercept.mean(axis=0))
    counts |= ~counts.any(axis=0)
    share = counts / counts.sum(axis=0)
    return Start(
        np.einsum("ik,ikj->kj", share, coef), np.where(counts, share * intercept, 0.0).sum(axis=0)
    )


def test_rows(problem: LogisticProblem, splits: Splits, split: int) -> Rows:
    """Return the rows of positive weight that a split is tested on, as often as it is."""
    rows = of_positive_weight(problem, _repeated(splits.test[split][splits.group]))
    if rows.size == 0:
        raise ValueError(f"the test set of split {split} of cv has no row{_weighted(problem)}")
    return rows


def of_positive_weight(problem: LogisticProblem, rows: Rows) -> Rows:
    """Return those of the rows that have a positive weight."""
    return rows if problem.sample_weight is None else rows[problem.sample_weight[rows] > 0.0]


def _training_rows(problem: LogisticProblem, splits: Splits, split: int) -> Rows:
    rows = _repeated(splits.train[split][splits.group])
    if of_positive_weight(problem, rows).size == 0:
        raise ValueError(f"the training set of split {split} of cv has no row{_weighted(problem)}")
    return rows


def _repeated(counts: Float64Array) -> Rows:
    return np.repeat(np.arange(counts.size), counts.astype(np.int64))


def _weighted(problem: LogisticProblem) -> str:
    return "" if problem.sample_weight is None else " of positive weight"


def _side_by_side(
    run: Callable[[Rows, int], Fits], trains: list[Rows], n_threads: int, worth: bool
) -> list[Fits]:
    """Run folds on one thread each, as many as there are threads, and the rest on all threads.

    The core gives the same bits for any number of threads.
    """
    threads = n_threads or thread_share()
    together = len(trains) // threads * threads if threads > 1 and worth else 0
    watch = current()
    fits: dict[int, Fits] = {}
    if together > 0:
        workers: Workers[int, Fits] = Workers(lambda fold: run(trains[fold], 1))
        try:
            workers.start(threads)
            for fold in range(together):
                workers.begin(fold)
            while len(fits) < together:
                ended = _next_ended(workers, watch)
                fits[ended.task] = ended.result()
                watch.ended()
        finally:
            workers.close()
    for i in range(together, len(trains)):
        fits[i] = run(trains[i], n_threads)
        watch.ended()
    return [fits[i] for i in range(len(trains))]


def _next_ended(workers: Workers[int, Fits], watch: Nobody) -> Ended[int, Fits]:
    """Wait for a fold to end, looking up for whoever watches."""
    if watch is NOBODY:
        return workers.ended()
    while (ended := workers.ended_within(PAUSE)) is None:
        watch.look()
    return ended
