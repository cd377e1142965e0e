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

    fits: list[Fits]
    scores: Float64Array  #: (n_splits, n_cs)
    best: int

    def start(self) -> Start:
        """Return where a fit to all rows may start."""
        return mean_of(self.fits, self.best)

    def shapes(
        self, legacy: bool, with_ratios: bool, classes: AnyArray, fit_intercept: bool
    ) -> tuple[Any, Any, Any]:
        """Return coefs_paths_, scores_ and n_iter_ of scikit-learn's estimator."""
        coef = np.array([of_fold.coef for of_fold in self.fits])
        if fit_intercept:
            intercept = np.array([of_fold.intercept for of_fold in self.fits])
            coef = np.concatenate([coef, intercept[..., np.newaxis]], axis=-1)
        steps = np.array([[info.n_iter for info in of_fold.infos] for of_fold in self.fits])
        if not legacy:
            return coef[:, np.newaxis], self.scores[:, np.newaxis], steps[:, np.newaxis]
        shown = classes[1:] if classes.size == 2 else classes
        labels = shown.tolist() if shown.dtype == object else list(shown)
        scores = self.scores[:, :, np.newaxis] if with_ratios else self.scores
        paths = coef[:, :, np.newaxis] if with_ratios else coef
        return (
            {label: paths[..., k, :] for k, label in enumerate(labels)},
            dict.fromkeys(labels, scores),
            (steps[:, :, np.newaxis] if with_ratios else steps)[np.newaxis],
        )


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
    fits = fit_folds(problem, options, bounds, 1.0 / estimator.Cs_, splits)
    scorer = _with_labels(estimator._scorer(), estimator.classes_)
    scores = np.array(
        [
            _scores_of_fold(scorer, estimator.classes_, of_fold, task.rows(test), params)
            for of_fold, (_, test) in zip(fits, pairs, strict=True)
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
    fits, predictors = left_out_predictors(problem, options, 1.0 / estimator.Cs_)
    scorer = _with_labels(estimator._scorer(), estimator.classes_)
    echo = _model(estimator.classes_, np.eye(problem.n_outputs), np.zeros(problem.n_outputs))
    score = partial(scorer, **routed.scorer.score)
    scores = np.array([[float(score(echo, z, task.y)) for z in predictors]])
    return Choice([fits], scores, _best(estimator, scores))


def mean_at_best(choice: Choice, grid: Float64Array) -> tuple[float, Start]:
    """Return the means over the splits of the best C of each and of its coefficients."""
    at = [int(best(scores)) for scores in choice.scores]
    starts = [mean_of([fits], a) for fits, a in zip(choice.fits, at, strict=True)]
    return float(np.mean(grid[at])), mean_start(starts)


def _best(estimator: Any, scores: Float64Array) -> int:  # noqa: ANN401  # LogisticRegressionCV
    if estimator.select == "1se":
        return int(within_one_standard_error(scores, 1.0 / estimator.Cs_))
    mean = mean_scores(scores)
    at = int(best(mean))
    return int(np.argmin(np.where(mean == mean[at], estimator.Cs_, np.inf)))


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
