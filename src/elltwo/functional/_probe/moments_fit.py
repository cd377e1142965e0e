"""Probes of squared error fitted to moments, which need no rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.grid import given_grid
from elltwo.functional._base.options import AUTO, MAX_ITER, TOL, read_options
from elltwo.functional._moments.cv import MomentsSplits, moments_cv
from elltwo.functional._moments.path import chosen_fit
from elltwo.functional._probe.layer import SQUARES_LEFT
from elltwo.functional._probe.record import ProbeScore, ProbeScores
from elltwo.functional._probe.rows_fit import Probed, layer_of
from elltwo.functional._probe.task import INTERPOLATED, Task
from elltwo.functional._ridge_cv.scores import scores_of_splits
from elltwo.functional._ridge_problem.decomposition import decompose
from elltwo.functional._ridge_problem.problem import read_moments_problem

if TYPE_CHECKING:
    from elltwo import _core
    from elltwo.functional._base.options import Options
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._moments.moments import Moments
    from elltwo.functional._probe.layer import Layer
    from elltwo.functional._ridge_problem.problem import MomentsProblem


class MomentRows(NamedTuple):
    """Moments of the rows to fit, in one or several folds, and of the rows of validation."""

    folds: list[Moments]
    validation: Moments | None

    @property
    def train(self) -> Moments:
        """Moments of all folds."""
        whole = self.folds[0].copy()
        return whole.merge(*self.folds[1:]) if len(self.folds) > 1 else whole


def fit_moments(rows: MomentRows, task: Task) -> Probed:
    """Fit a layer to moments, as `fit_rows` does to rows."""
    train = rows.train
    prior = None if task.prior is None else task.prior.coef
    options = {**task.options, "prior_mean": prior}
    if task.cv is None and rows.validation is not None:
        fit: Any = _chosen_on_validation(train, rows.validation, task)
        judged = layer_of(train.ridge(fit.alpha, **options))
    else:
        if task.cv == "gcv":
            fit = train.gcv(task.alphas, **options)
        else:
            fit = moments_cv(rows.folds, **task.choice, **options)
        judged = layer_of(fit)
    layer = layer_of(fit)
    validation = None if rows.validation is None else score_moments(judged, rows.validation)
    after = ProbeScores(score_moments(layer, train), validation)
    spread = float(np.mean(train.yty)) / train.weight
    notes = (INTERPOLATED,) if after.train.loss < SQUARES_LEFT * spread else ()
    return Probed(layer, judged, float(fit.alpha), (fit,), after, notes)


def moment_scores(layer: Layer, rows: MomentRows) -> ProbeScores:
    """Return the scores of a layer that is there already."""
    validation = None if rows.validation is None else score_moments(layer, rows.validation)
    return ProbeScores(score_moments(layer, rows.train), validation)


def score_moments(layer: Layer, moments: Moments) -> ProbeScore:
    """Return the mean squared error, over rows and outputs, of the rows behind moments."""
    coef = np.ascontiguousarray(layer.coef)
    squares = moments._core.squared_errors(coef, np.ascontiguousarray(layer.intercept))
    return ProbeScore(max(float(squares.mean()), 0.0) / moments.weight, None)


class _ValidationSplit(MomentsSplits):
    """The one split that trains on some moments and is tested on others."""

    def __init__(
        self, problem: MomentsProblem, options: Options, train: _core.Moments, test: _core.Moments
    ) -> None:
        super().__init__(problem, options, [test])
        self._train = train

    def score(self, alphas: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Return the sums of squared errors (1, n_alphas, n_targets), and the test weight."""
        test = self._folds[0]
        return self._errors(self._train, test, alphas)[np.newaxis], np.array([test.weight])


def _chosen_on_validation(train: Moments, validation: Moments, task: Task) -> Any:  # noqa: ANN401
    whole = train.copy().merge(validation)
    prior = None if task.prior is None else task.prior.coef
    problem = read_moments_problem(whole._core, None, prior, whole._names)
    free, n_threads = task.options["fit_intercept"], task.n_threads
    options = read_options(free, False, AUTO, TOL, MAX_ITER, n_threads)
    split = _ValidationSplit(problem, options, train._core, validation._core)
    grid = None if task.alphas is None else given_grid(task.alphas)
    core = decompose(problem, options, 0.0)

    def scores(alphas: Float64Array) -> Any:  # noqa: ANN401  # CVScores
        return scores_of_splits(alphas, None, split)

    wide = grid is None or grid.size > 1
    return chosen_fit(problem, options, core, grid, scores, "min", False, wide)
