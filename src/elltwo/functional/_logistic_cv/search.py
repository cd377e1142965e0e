"""The search for the best alpha, for each of one or several L1 ratios."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._cv.choice import search
from elltwo.functional._logistic_cv.record import CVResults
from elltwo.functional._logistic_cv.scores import by_approximation, by_splits
from elltwo.functional._logistic_problem.grid import automatic, read_grid_shape

if TYPE_CHECKING:
    from elltwo.functional._base.bounds import Bounds
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._cv.splits import Splits
    from elltwo.functional._logistic_cv.row_scores import Scoring
    from elltwo.functional._logistic_cv.scores import LogisticScores
    from elltwo.functional._logistic_problem.problem import LogisticOptions, LogisticProblem

_WEAKEST = 1e-12  # least alpha that is tried, relative to the smallest of the automatic grid


class Task(NamedTuple):
    """What is searched for, and how."""

    options: LogisticOptions
    box: Bounds | None
    splits: Splits | None
    scoring: Scoring
    select: str
    extend: bool


class Searched(NamedTuple):
    """The best alpha of one l1_ratio."""

    problem: LogisticProblem
    grid: Float64Array
    scores: LogisticScores
    alpha: float

    @property
    def chosen_score(self) -> float:
        return float(self.scores.score[int(np.argmax(self.grid == self.alpha))])


def search_alpha(problem: LogisticProblem, task: Task, given: Float64Array | None) -> Searched:
    """Score the grid of one l1_ratio, and choose from it."""
    options, box = task.options, task.box

    def scores_of(some: Float64Array) -> LogisticScores:
        if task.splits is None:
            return by_approximation(problem, options, some, task.scoring)
        return by_splits(problem, options, box, some, task.splits, task.scoring)

    shape = read_grid_shape(None, None, problem)
    grid = automatic(problem, options, box, shape) if given is None else given
    wide = task.extend or (given is None and problem.l1_ratio == 0.0)
    limits = partial(_reach, problem, options, box)
    grid, scores, alpha = search(grid, scores_of, task.select, False, wide, limits)
    return Searched(problem, grid, scores, float(alpha[0]))


def results_of(searched: list[Searched], best: Searched, several: bool) -> CVResults:
    """Return the scores of one l1_ratio, or of several, where shorter grids end in NaN."""
    ratios = np.array([one.problem.l1_ratio for one in searched])

    def of(one: Searched) -> tuple[Float64Array | None, ...]:
        return one.grid, one.scores.score, one.scores.se, one.scores.folds

    parts = of(best) if not several else tuple(map(_stacked, zip(*map(of, searched), strict=True)))
    grid, score, se, folds = parts
    assert grid is not None and score is not None  # noqa: PT018  # scores always have both
    return CVResults(
        best.alpha, grid, score, se, folds, best.problem.l1_ratio, ratios, best.scores.hessian
    )


def _stacked(arrays: tuple[Float64Array | None, ...]) -> Float64Array | None:
    kept = [array for array in arrays if array is not None]
    if len(kept) < len(arrays):
        return None
    width = max(array.shape[-1] for array in kept)
    stacked = np.full((len(kept), *kept[0].shape[:-1], width), np.nan)
    for row, array in zip(stacked, kept, strict=True):
        row[..., : array.shape[-1]] = array
    return stacked


def _reach(
    problem: LogisticProblem, options: LogisticOptions, bounds: Bounds | None
) -> Float64Array:
    """Return the alphas beyond which coefficients hardly differ from those of 0 or infinity."""
    grid = automatic(problem, options, bounds, read_grid_shape(None, None, problem))
    return np.array([_WEAKEST * grid.min(), grid.max()])
