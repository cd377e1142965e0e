"""Errors of elastic nets on the test sets of a cross-validation."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.row_blocks import fitted_values, take_rows
from elltwo.functional._elastic_net_problem.info import warn_of_gap
from elltwo.functional._elastic_net_problem.points import as_solved, as_target_path
from elltwo.functional._elastic_net_problem.solve import NO_BOUNDS, asked_of, core_problem, falling
from elltwo.functional._ridge_cv.scores import score_predictions, scores_of_splits

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._cv.splits import Splits
    from elltwo.functional._elastic_net_problem.options import Penalty
    from elltwo.functional._elastic_net_problem.points import Solved, TargetPath
    from elltwo.functional._elastic_net_problem.solve import NetData
    from elltwo.functional._ridge_cv.scores import CVScores, Scoring
    from elltwo.functional._ridge_problem.problem import Problem


class Tested(NamedTuple):
    """The rows that a split is tested on, and their weights."""

    split: int
    problem: Problem
    weight: Float64Array


class NetSplits:
    """A `SplitCore` of elastic nets; all alphas of a call are fitted to all rows as well."""

    def __init__(
        self, data: NetData, penalty: Penalty, splits: Splits, scoring: Scoring | None
    ) -> None:
        self._data = data
        self._penalty = penalty
        self._splits = splits
        self.scoring = scoring  #: a function or its name in the place of squared errors
        self._split_paths: list[list[TargetPath]] = []
        self.solved: Solved  #: paths of all rows at the alphas last fitted

    def first_grid(self) -> Float64Array:
        """Fit on the core's own grid and return it."""
        self._fit(None)
        return self.solved.paths[0].alphas.copy()

    def score(self, alphas: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Return sums of squared errors (n_splits, n_alphas, n_targets), and test weights."""
        wanted = falling(alphas)
        if not self._split_paths or not np.array_equal(self.solved.paths[0].alphas, wanted):
            self._fit(wanted)
        return self._sse[:, self._places(alphas)], self._weight

    def cv_scores(self, alphas: Float64Array) -> CVScores:
        """Return errors, and values of the scoring function where there is one."""
        self.score(alphas)
        return scores_of_splits(alphas, self._scores(alphas), self)

    def _scores(self, alphas: Float64Array) -> tuple[Float64Array, Float64Array] | None:
        """Return means of the scoring function's values over the splits."""
        if self.scoring is None:
            return None
        every = [self._of_split(s, alphas) for s in range(len(self._splits.train))]
        single = np.array([one for one, _ in every]).mean(axis=0)
        pooled: Float64Array = np.array([both for _, both in every]).mean(axis=0)
        return single, pooled

    def _fit(self, alphas: Float64Array | None) -> None:
        data = self._data
        given = core_problem(data.problem, alphas)
        bounds = NO_BOUNDS if data.bounds is None else data.bounds
        paths, info, of_splits, self._sse, self._weight = _core.elastic_net_splits(
            data.problem.X,
            bounds,
            given,
            asked_of(data, self._penalty),
            self._splits[:4],
            data.options,
        )
        self.solved = as_solved(paths, info)
        self._split_paths = [[as_target_path(path) for path in one] for one in of_splits]
        self._warn(info.tolerance)

    def _warn(self, tolerance: float) -> None:
        worst = 0.0
        for path in (path for one in self._split_paths for path in one):
            worst = max(worst, float(path.gap[path.converged == 0].max(initial=0.0)))
        if worst > 0.0:
            warn_of_gap(worst, tolerance, " in a training set")

    def _places(self, alphas: Float64Array) -> npt.NDArray[np.intp]:
        places: npt.NDArray[np.intp] = np.searchsorted(-self.solved.paths[0].alphas, -alphas)
        return places

    def _of_split(self, split: int, alphas: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Scores on one test set, for each target alone and for all together."""
        assert self.scoring is not None
        test, totals = self._tested(split), []
        for at in range(alphas.size):  # one alpha at a time: memory does not grow with the grid
            coef, intercept = self.fits(split, alphas[at : at + 1])
            fitted = fitted_values(test.problem.X, coef[0], intercept[0])
            totals.append(
                score_predictions(test.problem, self.scoring, fitted[:, :, np.newaxis], test.weight)
            )
        single = np.array([one[0] for one, _ in totals])
        return single, np.array([both[0] for _, both in totals])

    def _weights(self) -> Float64Array:
        w = self._data.problem.sample_weight
        return np.ones(self._data.problem.n_samples) if w is None else w

    def tested(self) -> Iterator[Tested]:
        """Yield the test sets."""
        for split in range(len(self._splits.test)):
            yield self._tested(split)

    def _tested(self, split: int) -> Tested:
        problem, splits = self._data.problem, self._splits
        rows = splits.test_rows(split)
        weight = (self._weights() * splits.test[split][splits.group])[rows]
        if isinstance(self.scoring, str) and np.count_nonzero(weight) < 2:
            raise ValueError(
                f"scoring={self.scoring!r} needs two rows of positive weight in every test set, "
                f"got {np.count_nonzero(weight)} in that of split {split}"
            )
        tested = problem._replace(X=take_rows(problem.X, rows), Y=problem.Y[rows])
        return Tested(split, tested, weight)

    def training(self, split: int) -> NetData:
        """Return the problem that a split is fitted to."""
        w = self._weights() * self._splits.train[split][self._splits.group]
        problem = self._data.problem._replace(sample_weight=w)
        return self._data._replace(problem=problem)

    def fits(self, split: int, alphas: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Return coefficients (n_alphas, n_targets, n_features) and intercepts of one split."""
        places, paths = self._places(alphas), self._split_paths[split]
        points = [[path.point(int(at)) for path in paths] for at in places]
        coef = [[point.coef(self._data.n_features) for point in row] for row in points]
        return np.array(coef), np.array([[point.intercept for point in row] for row in points])


def weighted_splits(splits: Splits, problem: Problem, mean_loss: bool) -> Splits:
    """Return splits with tables, whose training sets weigh as much as all rows do if `mean_loss`.

    A set with its weights divided by its share of all weight has the same minimum as one with its
    share of alpha.
    """
    if splits.each_row:
        test = np.eye(splits.n_groups)
        splits = splits._replace(train=1.0 - test, test=test, each_row=False)
    if not mean_loss:
        return splits
    w = np.ones(problem.n_samples) if problem.sample_weight is None else problem.sample_weight
    of_groups = np.bincount(splits.group, w, splits.n_groups)
    totals = splits.train @ of_groups
    with np.errstate(divide="ignore", invalid="ignore"):
        larger = np.where(totals > 0.0, w.sum() / totals, 1.0)
    return splits._replace(train=np.ascontiguousarray(splits.train * larger[:, np.newaxis]))
