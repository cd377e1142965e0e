"""The choice of C by the scores of a scikit-learn scorer."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.metrics import make_scorer
from sklearn.model_selection import check_cv
from sklearn.utils import _safe_indexing

from elltwo.functional._cv.splits import read_splits
from elltwo.functional._logistic_cv.estimator import (
    fit_folds,
    left_out_predictors,
    mean_of,
    mean_start,
)
from elltwo.linear_model._alphas import best, mean_scores, within_one_standard_error
from elltwo.linear_model._logistic_regression import LogisticRegression

if TYPE_CHECKING:
    from collections.abc import Callable

    from elltwo.functional._base.bounds import Bounds
    from elltwo.functional._base.validate import AnyArray, Float64Array
    from elltwo.functional._logistic.estimator import (
        Fits,
        LogisticOptions,
        LogisticProblem,
        Start,
    )
    from elltwo.linear_model._cross_validated import Task


class Choice(NamedTuple):
    """Fits of training sets, what they scored, and which of the grid is best."""

    fits: list[list[Fits]]  #: for each L1 ratio, and each split
    scores: Float64Array  #: (n_splits, n_l1_ratios, n_cs)
    best: tuple[int, int]  #: L1 ratio and C

    def start(self) -> Start:
        """Return where a fit to all rows may start."""
        ratio, strength = self.best
        return mean_of(self.fits[ratio], strength)

    def shapes(
        self, legacy: bool, with_ratios: bool, classes: AnyArray, fit_intercept: bool
    ) -> tuple[Any, Any, Any]:
        """Return coefs_paths_, scores_ and n_iter_ of scikit-learn's estimator."""
        coef = self._by_split(lambda of_fold: of_fold.coef)
        if fit_intercept:
            intercept = self._by_split(lambda of_fold: of_fold.intercept)
            coef = np.concatenate([coef, intercept[..., np.newaxis]], axis=-1)
        steps = self._by_split(lambda of_fold: [info.n_iter for info in of_fold.infos])
        if not legacy:
            return coef, self.scores, steps
        shown = classes[1:] if classes.size == 2 else classes
        labels = shown.tolist() if shown.dtype == object else list(shown)

        def ordered(values: AnyArray) -> AnyArray:
            """Return values with the L1 ratios behind the Cs, or without them."""
            return np.moveaxis(values, 1, 2) if with_ratios else values[:, 0]

        scores, paths = ordered(self.scores), ordered(coef)
        return (
            {label: paths[..., k, :] for k, label in enumerate(labels)},
            dict.fromkeys(labels, scores),
            ordered(steps)[np.newaxis],
        )

    def _by_split(self, part: Callable[[Fits], Any]) -> AnyArray:
        """Return a part of all fits with axes for splits, L1 ratios and Cs."""
        parts = [[part(of_fold) for of_fold in of_ratio] for of_ratio in self.fits]
        return np.moveaxis(np.array(parts), 0, 1)


def choice_by_folds(
    estimator: Any,  # noqa: ANN401  # LogisticRegressionCV
    problem: LogisticProblem,
    options: LogisticOptions,
    bounds: Bounds | None,
    task: Task,
    routed: Any,  # noqa: ANN401  # Bunch
) -> Choice:
    """Choose by the mean over splits of what a scorer says of the test rows."""
    splitter = check_cv(estimator.cv, task.y, classifier=True)
    pairs = list(splitter.split(task.X, task.y, **routed.splitter.split))
    splits = read_splits(pairs, task.X, task.y, None)
    fits = [
        fit_folds(problem._replace(l1_ratio=ratio), options, bounds, 1.0 / estimator.Cs_, splits)
        for ratio in estimator._ratios
    ]
    scorer = _with_labels(estimator._scorer(), estimator.classes_)
    scores = np.array(
        [
            [
                _scores_of_fold(
                    scorer, estimator.classes_, of_ratio[split], task.rows(test), params
                )
                for of_ratio in fits
            ]
            for split, (_, test) in enumerate(pairs)
            for params in [_rows_of(routed.scorer.score, test)]
        ]
    )
    return Choice(fits, scores, _best(estimator, scores))


def choice_left_out(
    estimator: Any,  # noqa: ANN401  # LogisticRegressionCV
    problem: LogisticProblem,
    options: LogisticOptions,
    bounds: Bounds | None,
    task: Task,
    routed: Any,  # noqa: ANN401  # Bunch
) -> Choice:
    """Choose by what a scorer says of all rows, each predicted without it."""
    if estimator.cv != "alo":
        raise ValueError(f'cv must be None, "alo", folds or splits, got {estimator.cv!r}')
    if bounds is not None:
        raise ValueError('cv="alo" takes no bounds; use folds')
    if estimator.select == "1se":
        raise ValueError('select="1se" needs the standard errors of folds, which cv="alo" lacks')
    if np.any(estimator._ratios):
        raise ValueError('cv="alo" approximates fits without an L1 penalty; use folds')
    fits, predictors, _ = left_out_predictors(problem, options, 1.0 / estimator.Cs_)
    scorer = _with_labels(estimator._scorer(), estimator.classes_)
    echo = _model(estimator.classes_, np.eye(problem.n_outputs), np.zeros(problem.n_outputs))
    score = partial(scorer, **routed.scorer.score)
    scores = np.array([[[float(score(echo, z, task.y)) for z in predictors]]])
    return Choice([[fits]], scores, _best(estimator, scores))


def mean_at_best(
    choice: Choice, ratios: Float64Array, grid: Float64Array
) -> tuple[float, float, Start]:
    """Return the means over the splits of the best C and L1 ratio of each, and of its fit."""
    at = [np.unravel_index(int(best(one.ravel())), one.shape) for one in choice.scores]
    starts = [mean_of([choice.fits[r][split]], int(a)) for split, (r, a) in enumerate(at)]
    chosen = np.array(at)
    mean_ratio = float(np.mean(ratios[chosen[:, 0]]))
    return float(np.mean(grid[chosen[:, 1]])), mean_ratio, mean_start(starts)


def _best(estimator: Any, scores: Float64Array) -> tuple[int, int]:  # noqa: ANN401
    """Return the best L1 ratio and C: of equals the smallest C, then the first ratio."""
    mean = mean_scores(scores)
    top = mean.ravel()[int(best(mean.ravel()))]
    if estimator.select == "1se":
        ratio = int(np.argmax((mean == top).any(axis=1)))
        return ratio, int(within_one_standard_error(scores[:, ratio], 1.0 / estimator.Cs_))
    strengths = np.where(mean == top, estimator.Cs_, np.inf)
    at_ratio, at_strength = np.unravel_index(int(np.argmin(strengths)), mean.shape)
    return int(at_ratio), int(at_strength)


def _scores_of_fold(
    scorer: Callable[..., float],
    classes: AnyArray,
    fits: Fits,
    held_out: Task,
    params: dict[str, Any],
) -> list[float]:
    return [
        float(scorer(_model(classes, coef, intercept), held_out.X, held_out.y, **params))
        for coef, intercept in zip(fits.coef, fits.intercept, strict=True)
    ]


def _rows_of(params: dict[str, Any], rows: AnyArray) -> dict[str, Any]:
    return {name: _safe_indexing(value, rows) for name, value in params.items()}


def _model(classes: AnyArray, coef: Float64Array, intercept: Float64Array) -> LogisticRegression:
    model = LogisticRegression()
    model.classes_, model.coef_, model.intercept_ = classes, coef, intercept
    model.n_features_in_ = coef.shape[1]
    return model


def _with_labels(scorer: Callable[..., float], classes: AnyArray) -> Callable[..., float]:
    """Tell a scorer that asks for labels of all classes, which a test set may lack."""
    function = getattr(scorer, "_score_func", None)
    asked = {} if function is None else inspect.signature(function).parameters
    if "labels" not in asked:
        return scorer
    known = {"labels": classes, **getattr(scorer, "_kwargs", {})}
    if classes.size == 2 and "pos_label" in asked:
        known.setdefault("pos_label", classes[-1])
    made: Callable[..., float] = make_scorer(
        function,
        greater_is_better=scorer._sign == 1,  # type: ignore[attr-defined]
        response_method=scorer._response_method,  # type: ignore[attr-defined]
        **known,
    )
    return made
