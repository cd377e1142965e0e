"""What displays show of an estimator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from elltwo.functional import ridge_path
from elltwo.functional._base.validate import float64_array
from elltwo.linear_model._alphas import read_alphas
from elltwo.linear_model._base import RidgeEstimator, repeated
from elltwo.linear_model._cross_validated import CrossValidated
from elltwo.linear_model._labels import (
    LabelMixin,
    labels_are_plain,
    one_column,
    read_labels,
    weigh_classes,
)
from elltwo.linear_model._logistic_parameters import PenaltyOf, penalty_of
from elltwo.linear_model._logistic_regression import LogisticRegression
from elltwo.linear_model._logistic_regression_cv import LogisticRegressionCV

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional import LogisticFit, LogisticStatistics, RidgePath, RidgeStatistics
    from elltwo.functional._base.validate import AnyArray, Float64Array


class ShownPath(NamedTuple):
    """The path on which the fit of an estimator lies."""

    path: RidgePath
    alpha: Float64Array  #: (1,) or (n_targets,)
    classes: list[Any] | None  #: of the columns of the targets
    feature_names: list[str] | None

    @property
    def n_targets(self) -> int | None:
        """Number of targets, None if there is but one by the shape of y."""
        return self.path.coef.shape[1] if self.path.coef.ndim == 3 else None

    def number(self, target: object) -> object:
        """Return the number of the column of a class; other targets are numbers already."""
        if self.classes is None or self.n_targets is None:
            return target
        if target not in self.classes:
            raise ValueError(f"target must be one of the classes {self.classes}, got {target!r}")
        return self.classes.index(target)


class ShownScores(NamedTuple):
    """The scores by which an estimator has chosen its alpha."""

    alphas: Float64Array  #: (n_alphas,)
    mean: Float64Array  #: (n_alphas,) or (n_alphas, n_targets)
    se: Float64Array | None  #: of the shape of `mean`
    alpha: Float64Array  #: (1,) or (n_targets,)
    name: str
    greater_is_better: bool


def path_of(
    estimator: object,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    sample_weight: npt.ArrayLike | None,
    alphas: npt.ArrayLike | None,
) -> ShownPath:
    """Return the path of an estimator's problem, and its alpha on it."""
    model = _unfitted(estimator)
    classes = None
    if isinstance(model, LabelMixin):
        data, seen = model._read(X, y, y_is_plain=labels_are_plain(y))
        labels = read_labels(seen)
        sample_weight = weigh_classes(sample_weight, model.class_weight, labels.y)
        targets, classes = labels.targets, labels.classes.tolist()
    else:
        data, targets = model._read(X, y, y_is_plain=type(y) is np.ndarray)
    problem = model._problem(repeated(sample_weight, data))
    path = ridge_path(data, targets, read_alphas(alphas), **problem)
    names = getattr(model, "feature_names_in_", None)
    shown = ShownPath(
        path,
        _alpha_of(estimator),
        classes,
        None if names is None else list(names),
    )
    if shown.alpha.size not in {1, shown.n_targets}:
        raise ValueError(
            f"alpha must be a number, or have shape (n_targets,), got {shown.alpha.size} numbers"
        )
    return shown


def _unfitted(estimator: object) -> Any:  # noqa: ANN401  # one of four estimators
    """Return a copy to read data with, which notes what it reads."""
    if not isinstance(estimator, RidgeEstimator | CrossValidated):
        raise TypeError(
            "estimator must be a ridge regression of elltwo.linear_model, got "
            f"{type(estimator).__name__}"
        )
    if isinstance(estimator, CrossValidated):
        check_is_fitted(estimator, "alpha_")
    if isinstance(estimator, RidgeEstimator) and estimator._bounds() is not None:
        raise ValueError("estimator must have no bounds and not be positive: paths have no bounds")
    return clone(estimator)


def _alpha_of(estimator: Any) -> Float64Array:  # noqa: ANN401  # one of four estimators
    alpha = estimator.alpha_ if isinstance(estimator, CrossValidated) else estimator.alpha
    return float64_array(alpha, "alpha").ravel()


def coefficients_of(estimator: Any) -> tuple[AnyArray, Any, list[str] | None]:  # noqa: ANN401
    """Return coefficients, those of two classes as a vector, labels, and names of features."""
    check_is_fitted(estimator)
    if not hasattr(estimator, "coef_"):
        advice = "; pass its last step" if hasattr(estimator, "named_steps") else ""
        name = type(estimator).__name__
        raise TypeError(f"estimator must have coef_, got {name} without it{advice}")
    coef = estimator.coef_
    coef = coef.toarray() if hasattr(coef, "toarray") else np.asarray(coef)
    classes = getattr(estimator, "classes_", None)
    if classes is not None and coef.ndim == 2 and len(coef) == 1:
        coef = coef[0]
    names = getattr(estimator, "feature_names_in_", None)
    return coef, classes, None if names is None else list(names)


def statistics_of(
    estimator: object,
    X: Any,  # noqa: ANN401  # what `fit` takes
    y: npt.ArrayLike,
    sample_weight: npt.ArrayLike | None,
    target: int | None,
) -> RidgeStatistics | LogisticStatistics | None:
    """Return the statistics of the fit that an estimator made of these data, None if it has none.

    Ridge regressions without bounds have them, and logistic ones without bounds and L1 penalty.
    """
    if isinstance(estimator, LogisticRegression | LogisticRegressionCV):
        fit = _logistic_of(estimator, X, y, sample_weight)
        return None if fit is None else fit.statistics
    if not isinstance(estimator, RidgeEstimator | CrossValidated):
        return None
    if isinstance(estimator, RidgeEstimator) and estimator._bounds() is not None:
        return None
    shown = path_of(estimator, X, y, sample_weight, None)
    column = 0 if target is None else target
    alpha = shown.alpha[0 if shown.alpha.size == 1 else column]
    return shown.path.statistics(alpha).of_target(column)


def _logistic_of(
    estimator: Any,  # noqa: ANN401  # a LogisticRegression or LogisticRegressionCV, fitted
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    sample_weight: npt.ArrayLike | None,
) -> LogisticFit | None:
    """Return the record of the fit that a logistic estimator made of these data."""
    shared = LogisticRegression().get_params().keys() & estimator.get_params(deep=False).keys()
    model = LogisticRegression(**{name: getattr(estimator, name) for name in shared})
    if isinstance(estimator, LogisticRegressionCV):
        strength, ratio = (float(np.ravel(v)[0]) for v in (estimator.C_, estimator.l1_ratio_))
        penalty = PenaltyOf(1.0 / strength, ratio)
    else:
        penalty = penalty_of(model.penalty, model.C, model.l1_ratio)
    if penalty.l1_ratio > 0.0 or model.bounds is not None:
        return None
    data, labels = model._read(X, y, y_is_plain=labels_are_plain(y))
    if np.ndim(labels) != 1:
        labels = one_column(labels)
    return model._solve(data, labels, sample_weight, penalty)


def scores_of(estimator: object) -> ShownScores:
    """Return the scores that a fitted estimator has kept; errors rather than their negatives."""
    if not isinstance(estimator, CrossValidated):
        raise TypeError(
            "estimator must be a RidgeCV or RidgeClassifierCV of elltwo.linear_model, got "
            f"{type(estimator).__name__}"
        )
    check_is_fitted(estimator, "scores_")
    fitted: Any = estimator
    name = _name_of_score(fitted)
    is_error = name.startswith("neg_")
    return ShownScores(
        fitted.alphas_,
        -fitted.scores_ if is_error else fitted.scores_,
        fitted.scores_se_,
        np.ravel(fitted.alpha_),
        name.removeprefix("neg_").replace("_", " "),
        greater_is_better=not is_error,
    )


def _name_of_score(estimator: Any) -> str:  # noqa: ANN401  # CrossValidated
    if isinstance(estimator.scoring, str):
        return estimator.scoring
    if estimator.scoring is not None:
        return getattr(estimator.scoring, "__name__", "score")
    if isinstance(estimator.cv, str | None):
        return "neg_mean_squared_error"
    default: str = estimator._default_scoring
    return default
