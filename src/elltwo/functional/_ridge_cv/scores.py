"""Out-of-sample errors of ridge over a grid of penalties."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.row_blocks import fitted_values, take_rows
from elltwo.functional._cv.scorers import NAMED, read_name
from elltwo.functional._cv.scoring import standard_error
from elltwo.functional._ridge_problem.criteria import generalised_cv
from elltwo.functional._ridge_problem.decomposition import PathCore, path_core

if TYPE_CHECKING:
    from collections.abc import Callable

    from elltwo.functional._base.bounds import Bounds
    from elltwo.functional._base.options import Options
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._cv.scoring import SplitCore
    from elltwo.functional._cv.splits import Splits
    from elltwo.functional._ridge_problem.problem import Problem

    Scoring = Callable[[Float64Array, Float64Array], float] | str

_MOST_PREDICTIONS = 1 << 24  # predictions held at a time for standard errors


class CVScores(NamedTuple):
    """Errors and scores of each alpha on test sets, for every target."""

    mse: Float64Array  #: (n_alphas, n_targets)
    se: Float64Array | None  #: (n_alphas, n_targets), standard errors of mse; None for gcv
    fold_mse: Float64Array | None  #: (n_splits, n_alphas, n_targets); None for loo and gcv
    pooled_se: Float64Array | None  #: (n_alphas,), of the mean over targets
    score: Float64Array | None  #: (n_alphas, n_targets), of a scoring function
    pooled_score: Float64Array | None  #: (n_alphas,)
    predictions: Float64Array | None  #: (n_samples, n_targets, n_alphas)

    def error(self, per_target: bool) -> Float64Array:
        """Return what is minimised, of shape (n_alphas, n_targets) or (n_alphas, 1)."""
        if self.score is not None and self.pooled_score is not None:
            return -self.score if per_target else -self.pooled_score[:, np.newaxis]
        return self.mse if per_target else self.mse.mean(axis=1, keepdims=True)

    def spread(self, per_target: bool) -> Float64Array | None:
        """Return standard errors in the shape of `error`."""
        if self.se is None or self.pooled_se is None:
            return None
        return self.se if per_target else self.pooled_se[:, np.newaxis]

    def joined(self, other: CVScores) -> CVScores:
        """Return these scores followed by those of other alphas."""
        return CVScores(
            np.concatenate([self.mse, other.mse]),
            _joined(self.se, other.se),
            _joined(self.fold_mse, other.fold_mse, axis=1),
            _joined(self.pooled_se, other.pooled_se),
            _joined(self.score, other.score),
            _joined(self.pooled_score, other.pooled_score),
            _joined(self.predictions, other.predictions, axis=2),
        )

    def for_targets(self, per_target: bool) -> dict[str, Float64Array | None]:
        """Return the arrays that the record shows."""
        fold = self.fold_mse
        if per_target:
            score = -self.mse if self.score is None else self.score
            shown = {"cv_mse": self.mse, "cv_se": self.se, "cv_score": score, "fold_mse": fold}
        else:
            mse = self.mse.mean(axis=1)
            shown = {
                "cv_mse": mse,
                "cv_se": self.pooled_se,
                "cv_score": -mse if self.pooled_score is None else self.pooled_score,
                "fold_mse": None if fold is None else fold.mean(axis=2),
            }
        return {**shown, "cv_predictions": self.predictions}


def _joined(
    first: Float64Array | None, second: Float64Array | None, axis: int = 0
) -> Float64Array | None:
    return None if first is None or second is None else np.concatenate([first, second], axis)


def read_scoring(scoring: object) -> Scoring | None:
    """Check a scoring function or the name of one."""
    if scoring is None or callable(scoring):
        return scoring
    if not isinstance(scoring, str):
        raise TypeError(f"scoring must be a callable or a name, got {scoring!r}")
    return read_name(scoring)


def score_alphas(
    problem: Problem,
    options: Options,
    grid: Float64Array,
    method: str,
    splits: Splits | None,
    scoring: Scoring | None,
    store: bool,
    bounds: Bounds | None,
    core: PathCore | SplitCore,
) -> CVScores:
    """Score every alpha by leave-one-out ("loo"), generalised cross-validation or splits.

    `core` is a decomposition of all rows that serves the smallest alpha, or what prepares splits.
    """
    if splits is not None and not isinstance(core, PathCore):
        if store:
            raise ValueError("store_cv keeps the predictions of cv='loo' only")
        scores = None
        if scoring is not None:
            scores = _split_scores(problem, options, grid, splits, scoring, bounds)
        return scores_of_splits(grid, scores, core)
    assert isinstance(core, PathCore)
    if method != "gcv":
        return _leave_one_out(problem, core, grid, scoring, store, splits is not None)
    if scoring is not None:
        raise ValueError("scoring needs out-of-sample predictions, which 'gcv' does not have")
    if store:
        raise ValueError("store_cv keeps the predictions of cv='loo' only")
    return generalised_scores(problem, core, grid)


def generalised_scores(problem: Problem, core: PathCore, grid: Float64Array) -> CVScores:
    """Score every alpha by generalised cross-validation."""
    edf, rss = core.measures(grid)
    gcv = generalised_cv(problem.n_weighted, rss, edf[:, np.newaxis])
    return CVScores(gcv, None, None, None, None, None, None)


def _leave_one_out(
    problem: Problem,
    core: PathCore,
    grid: Float64Array,
    scoring: Scoring | None,
    store: bool,
    show_folds: bool,
) -> CVScores:
    n, n_targets = problem.Y.shape
    w = np.ones(n) if problem.sample_weight is None else problem.sample_weight
    share = w / w.sum()
    at_once = grid.size if store else max(1, _MOST_PREDICTIONS // (n * n_targets))
    parts = []
    predictions = None
    for first in range(0, grid.size, at_once):
        some = np.ascontiguousarray(grid[first : first + at_once])
        sse, predictions = core.leave_one_out(some, True)
        mse = sse / w.sum()
        squares = problem.Y[:, :, np.newaxis] - predictions  # rows x targets x alphas
        np.square(squares, out=squares)
        se = standard_error(squares, mse.T, share).T
        pooled = se[:, 0]
        if n_targets > 1:
            pooled = standard_error(squares.mean(axis=1), mse.mean(axis=1), share)
        scores = None if scoring is None else score_predictions(problem, scoring, predictions, w)
        folds = squares.transpose(0, 2, 1) if show_folds else None
        parts.append((mse, se, pooled, scores, folds))
    return CVScores(
        np.concatenate([p[0] for p in parts]),
        np.concatenate([p[1] for p in parts]),
        np.concatenate([p[4] for p in parts if p[4] is not None], axis=1) if show_folds else None,
        np.concatenate([p[2] for p in parts]),
        None if scoring is None else np.concatenate([p[3][0] for p in parts if p[3]]),
        None if scoring is None else np.concatenate([p[3][1] for p in parts if p[3]]),
        predictions if store else None,
    )


def score_predictions(
    problem: Problem, scoring: Scoring, predictions: Float64Array, weight: Float64Array
) -> tuple[Float64Array, Float64Array]:
    """Scores of every alpha, for each target alone and for all together."""
    Y = problem.Y
    if isinstance(scoring, str):
        of_targets = NAMED[scoring](Y, predictions, weight)
        return of_targets, of_targets.mean(axis=1)
    n_targets, n_alphas = predictions.shape[1:]
    single = [
        [float(scoring(Y[:, t], predictions[:, t, a])) for t in range(n_targets)]
        for a in range(n_alphas)
    ]
    if n_targets == 1 or problem.one_dimensional:
        return np.array(single), np.array(single)[:, 0]
    return np.array(single), np.array(
        [float(scoring(Y, predictions[:, :, a])) for a in range(n_alphas)]
    )


def scores_of_splits(
    grid: Float64Array,
    scores: tuple[Float64Array, Float64Array] | None,
    core: SplitCore,
) -> CVScores:
    """Score every alpha by the errors on the test sets of splits."""
    sse, weight = core.score(grid)
    fold_mse = sse / weight[:, np.newaxis, np.newaxis]
    share = weight / weight.sum()
    mse = np.tensordot(share, fold_mse, axes=1)
    se = standard_error(fold_mse, mse, share)
    pooled = se[:, 0]
    if mse.shape[1] > 1:
        pooled = standard_error(fold_mse.mean(axis=2), mse.mean(axis=1), share)
    single, all_targets = scores or (None, None)
    return CVScores(mse, se, fold_mse, pooled, single, all_targets, None)


def _split_scores(
    problem: Problem,
    options: Options,
    grid: Float64Array,
    splits: Splits,
    scoring: Scoring,
    bounds: Bounds | None,
) -> tuple[Float64Array, Float64Array]:
    """Means over the splits of a scoring function's values on their test sets."""
    w = np.ones(problem.n_samples) if problem.sample_weight is None else problem.sample_weight
    totals = []
    for split, train in enumerate(splits.train):
        part = problem._replace(sample_weight=w * train[splits.group])
        core = path_core(part, options, float(grid.min()), bounds)
        rows = splits.test_rows(split)
        weight = (w * splits.test[split][splits.group])[rows]
        if isinstance(scoring, str) and np.count_nonzero(weight) < 2:
            raise ValueError(
                f"scoring={scoring!r} needs two rows of positive weight in every test set, got "
                f"{np.count_nonzero(weight)} in that of split {split}"
            )
        tested = problem._replace(Y=problem.Y[rows])
        for at in range(grid.size):  # one alpha at a time: memory does not grow with the grid
            coef, intercept = core.coefficients(grid[at : at + 1])
            fitted = fitted_values(take_rows(problem.X, rows), coef[0], intercept[0])
            totals.append(score_predictions(tested, scoring, fitted[:, :, np.newaxis], weight))
    shape = (len(splits.train), grid.size, -1)
    single, pooled = (np.reshape([t[i] for t in totals], shape).mean(axis=0) for i in (0, 1))
    return single, pooled[:, 0]
