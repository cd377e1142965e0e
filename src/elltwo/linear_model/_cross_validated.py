"""The choice of a penalty by cross-validation, for regressors and classifiers alike."""

from __future__ import annotations

from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.base import is_classifier
from sklearn.metrics import check_scoring, get_scorer
from sklearn.model_selection import check_cv
from sklearn.utils import Bunch, _safe_indexing
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    _raise_for_params,
    _routing_enabled,
    process_routing,
)

from elltwo.functional import ridge, ridge_cv, ridge_path
from elltwo.functional._base.convergence import WorstWarning
from elltwo.functional._base.validate import vector
from elltwo.functional._cv.choice import OWN_GRID, read_select, warn_at_edge
from elltwo.functional._cv.scorers import r2
from elltwo.functional._cv.splits import read_splits
from elltwo.linear_model._alphas import (
    DEFAULT_ALPHAS,
    best,
    mean_scores,
    picked,
    position,
    read_alphas,
    rises_to_edge,
    standard_errors,
    within_one_standard_error,
)
from elltwo.linear_model._base import LinearEstimator, repeated
from elltwo.linear_model._parameters import require_bools, require_scoring, require_splitter

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from elltwo.functional import RidgeCVFit, RidgeFit
    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray


class Task(NamedTuple):
    """The data of a fit, and the form in which scorers and splitters see them."""

    X: Any  #: (n_samples, n_features), an array or a sparse matrix
    targets: Float64Array  #: (n_samples,) or (n_samples, n_targets)
    y: AnyArray  #: targets, or labels
    sample_weight: Float64Array | None  #: (n_samples,)

    def rows(self, chosen: AnyArray) -> Task:
        """Return the same for some of the rows."""
        weight = None if self.sample_weight is None else self.sample_weight[chosen]
        return Task(self.X[chosen], self.targets[chosen], self.y[chosen], weight)


class CrossValidated(LinearEstimator):
    """An estimator that chooses its penalty.

    Subclasses have `_as_model`, which makes an estimator of coefficients for a scorer to look at,
    and `_default_scoring`, the name of what their `score` is.
    """

    _default_scoring: str
    _as_model: Callable[[FloatArray, FloatArray], Any]

    def get_metadata_routing(self) -> Any:  # noqa: ANN401  # sklearn.utils.metadata_routing
        """Say which arguments of `fit` go to the scorer, and which to the splitter.

        Returns
        -------
        sklearn.utils.metadata_routing.MetadataRouter
            Arguments of `fit` requested by the scorer's `score` and the splitter's `split`.
        """
        return (
            MetadataRouter(owner=self.__class__.__name__)
            .add_self_request(self)
            .add(
                scorer=self._scorer(),
                method_mapping=MethodMapping().add(caller="fit", callee="score"),
            )
            .add(
                splitter=self.cv,
                method_mapping=MethodMapping().add(caller="fit", callee="split"),
            )
        )

    def _choose(self, task: Task, params: dict[str, Any]) -> None:
        """Choose alpha, fit all rows with it, and set what scikit-learn's estimators have."""
        self._require_agreeing_options()
        _raise_for_params(params, self, "fit")
        grid = read_alphas(self.alphas)
        with WorstWarning(drop=UserWarning):  # what ridge_cv advises at an edge is not had here
            if not isinstance(self.cv, str | None):
                fit = self._by_folds(task, grid, params)
            elif self.scoring is None:
                fit = self._by_squared_errors(task, grid)
            else:
                fit = self._by_left_out_scores(task, grid, params)
        self._set_coefficients(fit.coef, fit.intercept)
        self.info_ = fit.info
        if grid is not None:
            self._warn_at_edge(grid)

    def _warn_at_edge(self, grid: Float64Array) -> None:
        """Warn of a choice at an edge; at one of the default grid, only if that tells much."""
        chosen = np.atleast_1d(self.alpha_)
        at = np.atleast_1d(position(grid, chosen))
        is_default = isinstance(self.alphas, tuple) and self.alphas == DEFAULT_ALPHAS
        if not is_default or rises_to_edge(self.scores_, self.scores_se_, at):
            warn_at_edge(chosen, grid, OWN_GRID)

    def _by_squared_errors(self, task: Task, grid: Float64Array | None) -> RidgeFit:
        fit = self._ridge_cv(task, grid, self.select, store_cv=self.store_cv_results)
        at = position(fit.alphas, fit.alpha)
        weight = np.ones(1) if task.sample_weight is None else task.sample_weight
        unit = weight.mean()  # scikit-learn's mean is over rows, whatever they weigh
        errors = None if self.cv == "gcv" else fit.cv_se * unit
        self._set_choice(fit.alphas, at, -fit.cv_mse * unit, errors)
        if self.store_cv_results:
            residuals = task.targets.reshape(task.X.shape[0], -1, 1) - fit.cv_predictions
            self._set_results(weight.reshape(-1, 1, 1) * residuals**2, task)
        return fit

    def _by_left_out_scores(
        self, task: Task, grid: Float64Array | None, params: dict[str, Any]
    ) -> RidgeFit:
        """Choose by a scorer that sees each row predicted by the fit without it."""
        routed = self._routed(params, task)
        fit = self._ridge_cv(task, grid, "min", store_cv=True)
        score = partial(self._scorer(), **routed.scorer.score)
        predictions = np.moveaxis(fit.cv_predictions, -1, 0)  # (n_alphas, n_samples, n_targets)
        if self._one_alpha_per_target(task) and self._means_r2(routed.scorer.score):
            weight = routed.scorer.score.get("sample_weight", np.ones(len(task.targets)))
            scores = r2(task.targets, fit.cv_predictions, weight)
        elif self._one_alpha_per_target(task):
            echo = self._as_model(np.ones(1), np.zeros(()))
            scores = np.array(
                [
                    [score(echo, left_out[:, [t]], y) for t, y in enumerate(task.y.T)]
                    for left_out in predictions
                ]
            )
        else:
            identity = np.ones(1) if task.targets.ndim == 1 else np.eye(task.targets.shape[1])
            echo = self._as_model(identity, np.zeros(()))
            scores = np.array([score(echo, left_out, task.y) for left_out in predictions])
        at = best(scores)
        self._set_choice(fit.alphas, at, scores, None)
        if self.store_cv_results:
            self._set_results(fit.cv_predictions, task)
        return self._ridge(task, fit.alphas[at])

    def _by_folds(self, task: Task, grid: Float64Array | None, params: dict[str, Any]) -> RidgeFit:
        """Choose by the mean over splits of what a scorer says of the test rows."""
        routed = self._routed(params, task)
        splitter = check_cv(self.cv, task.y, classifier=is_classifier(self))
        splits = list(splitter.split(task.X, task.y, **routed.splitter.split))
        read_splits(splits, task.X, task.y, None)  # checks the indices
        if grid is None:
            grid = self._ridge_cv(task, None, "min", cv="gcv").alphas
        scores = np.array(
            [
                self._scores_of_split(task, grid, train, test, routed.scorer.score)
                for train, test in splits
            ]
        )
        undefined = np.isnan(scores).reshape(len(scores), -1).all(axis=1)
        scores = scores[~undefined]  # R^2 of a single row, for one
        mean = mean_scores(scores)
        at = best(mean)
        if self.select == "1se":
            at = within_one_standard_error(scores, grid)
        self._set_choice(grid, at, mean, standard_errors(scores))
        return self._ridge(task, grid[at])

    def _scores_of_split(
        self,
        task: Task,
        grid: Float64Array,
        train: AnyArray,
        test: AnyArray,
        score_params: dict[str, Any],
    ) -> Float64Array:
        """Return scores of shape (n_alphas,), or (n_alphas, n_targets) if each has its alpha."""
        seen, held_out = task.rows(train), task.rows(test)
        path = ridge_path(seen.X, seen.targets, grid, **self._problem(seen.sample_weight))
        params = {name: _safe_indexing(value, test) for name, value in score_params.items()}
        score = partial(self._scorer(), **params)
        fits = zip(path.coef, path.intercept, strict=True)
        scores: list[Any]
        if not self._one_alpha_per_target(task):
            scores = [score(self._as_model(b, b0), held_out.X, held_out.y) for b, b0 in fits]
        elif self._means_r2(params) and test.size > 1:
            weight = np.broadcast_to(params.get("sample_weight", 1.0), test.shape)
            predicted = (self._as_model(b, b0).predict(held_out.X) for b, b0 in fits)
            scores = [r2(held_out.targets, p[:, :, np.newaxis], weight)[0] for p in predicted]
        else:
            scores = [
                [
                    score(self._as_model(b[t], b0[t]), held_out.X, y)
                    for t, y in enumerate(held_out.y.T)
                ]
                for b, b0 in fits
            ]
        return np.array(scores, dtype=np.float64)

    def _means_r2(self, params: dict[str, Any]) -> bool:
        """Whether folds are scored by R^2, which is computed for all targets at once."""
        by_name = self.scoring is None or (isinstance(self.scoring, str) and self.scoring == "r2")
        return by_name and params.keys() <= {"sample_weight"}

    def _ridge(self, task: Task, alpha: npt.ArrayLike) -> RidgeFit:
        return ridge(task.X, task.targets, alpha=alpha, **self._problem(task.sample_weight))

    def _ridge_cv(
        self,
        task: Task,
        grid: Float64Array | None,
        select: str,
        *,
        cv: str | None = None,
        store_cv: bool = False,
    ) -> RidgeCVFit:
        return ridge_cv(
            task.X,
            task.targets,
            alphas=grid,
            cv=cv or self.cv or "loo",
            select=select,
            per_target=self._one_alpha_per_target(task),
            store_cv=store_cv,
            **self._problem(task.sample_weight),
        )

    def _one_alpha_per_target(self, task: Task) -> bool:
        return bool(self.alpha_per_target) and task.targets.ndim == 2 and task.targets.shape[1] > 1

    def _set_choice(
        self,
        grid: Float64Array,
        at: npt.NDArray[np.intp] | np.intp,
        scores: Float64Array,
        errors: Float64Array | None,
    ) -> None:
        alpha, score = grid[at], picked(scores, at)
        self.alpha_ = float(alpha) if np.ndim(alpha) == 0 else alpha
        self.best_score_ = float(score) if np.ndim(score) == 0 else score
        self.alphas_ = grid
        self.scores_ = scores
        self.scores_se_ = errors

    def _set_results(self, values: Float64Array, task: Task) -> None:
        one_dimensional = task.targets.ndim == 1 and not is_classifier(self)
        self.cv_results_ = values[:, 0] if one_dimensional else values

    def _routed(self, params: dict[str, Any], task: Task) -> Any:  # noqa: ANN401  # Bunch
        """Return what goes to the scorer and to the splitter."""
        weight = {} if task.sample_weight is None else {"sample_weight": task.sample_weight}
        if _routing_enabled():
            return process_routing(self, "fit", **weight, **params)
        score = weight if takes_weights(self._scorer()) else {}
        return Bunch(scorer=Bunch(score=score), splitter=Bunch(split={}))

    def _scorer(self) -> Callable[..., float]:
        if self.scoring is None and _routing_enabled():
            weighted: Callable[..., float] = get_scorer(self._default_scoring).set_score_request(
                sample_weight=True
            )
            return weighted
        scorer: Callable[..., float] = check_scoring(self, scoring=self.scoring)
        return scorer

    def _require_agreeing_options(self) -> None:
        read_select(self.select)
        require_bools(self, "store_cv_results", "alpha_per_target")
        require_scoring(self.scoring)
        require_splitter(self.cv, ("loo", "gcv"))
        if not isinstance(self.cv, str | None):
            if self.store_cv_results:
                raise ValueError(
                    "cv!=None and store_cv_results=True are incompatible: only cv=None leaves one "
                    "row out at a time"
                )
        elif self.cv == "gcv" and (self.scoring is not None or self.store_cv_results):
            raise ValueError(
                'cv="gcv" predicts no rows, which scoring and store_cv_results need; use cv="loo"'
            )
        elif self.scoring is not None and self.select == "1se":
            raise ValueError(
                'select="1se" needs a standard error, and a score of all rows at once has none; '
                "leave scoring at None, or set cv to a number of folds"
            )


def takes_weights(scorer: Callable[..., float]) -> bool:
    """Whether a scorer has an argument `sample_weight`, as scikit-learn's grid search asks."""
    if hasattr(scorer, "_accept_sample_weight"):
        return bool(scorer._accept_sample_weight())
    return "sample_weight" in signature(scorer).parameters


def weights_of_rows(sample_weight: npt.ArrayLike | None, X: FloatArray) -> Float64Array | None:
    """Return one weight for each row of X, or None for ones."""
    weight = repeated(sample_weight, X)
    if weight is None:
        return None
    return vector(weight, "sample_weight", X.shape[0], f"{X.shape[0]} row(s) of X")
