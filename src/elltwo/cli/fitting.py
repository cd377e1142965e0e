"""Fits to the columns of a table, always told in the table's own units."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import elltwo
from elltwo.cli.errors import CommandError, in_options
from elltwo.functional._base.posterior import Posterior
from elltwo.tabular._table_fit import Choice, Scaling

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from elltwo.cli.tabular import CodedTable, RowCounts
    from elltwo.tabular import Coding

    Array = NDArray[np.float64]
    Splits = Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]]
    AnyFit = elltwo.RidgeFit | elltwo.ElasticNetFit | elltwo.LogisticFit

MAX_POSTERIOR = 1000  # parameters of which a model holds the covariances
LIKE_UNITS = 3.0  # ratio of deviations up to which one grid of alphas suits all columns
_DECADES = 1e-3  # smallest over largest alpha of a grid for columns in like units
_LEAST_REACH = 1e-12


class Request(NamedTuple):
    """What is to be fitted; alpha is chosen by cross-validation where it is None."""

    model: str = "ridge"
    alpha: float | None = None
    cv: int | None = None
    l1_ratio: float = 0.0
    standardize: bool = False
    seed: int | None = None  # of folds of rows in random order; None: in their order

    @property
    def has_absolute_values(self) -> bool:
        """Whether the penalty has absolute values, whose units are not those of squares."""
        return self.model == "elastic_net" or self.l1_ratio > 0.0


class Fitted(NamedTuple):
    """A fit, how its penalty was chosen, and what it was made with.

    Parameters
    ----------
    fit : RidgeFit, ElasticNetFit or LogisticFit
        To columns after `scaling`.
    choice : Choice
        The penalty.
    scaling : Scaling or None
        What the columns were moved and divided by; None for nothing.
    options : dict
        Keywords of the fit beside the penalty.
    """

    fit: AnyFit
    choice: Choice
    scaling: Scaling | None
    options: dict[str, Any]

    @property
    def coef(self) -> Array:
        """Coefficients in the units of the table."""
        coef = np.asarray(self.fit.coef, dtype=float)
        return coef if self.scaling is None else coef / self.scaling.unit

    @property
    def intercept(self) -> float | Array:
        """Intercepts in the units of the table."""
        intercept = np.asarray(self.fit.intercept, dtype=float)
        if self.scaling is not None:
            intercept = intercept - self.coef @ self.scaling.mean
        return intercept if intercept.ndim else float(intercept)


class Done(NamedTuple):
    """What a command has fitted."""

    fitted: Fitted
    coding: Coding
    rows: RowCounts
    notes: list[str]
    table: CodedTable | None = None  # None for tables that were read in passes


def request_of(arguments: argparse.Namespace, model: str) -> Request:
    """Read what is to be fitted; an elastic net's share of absolute values is 0.5 by default."""
    ratio = arguments.l1_ratio
    if model == "ridge" and ratio is not None:
        raise CommandError("--l1-ratio is for --model elastic_net and --model logistic")
    if ratio is None:
        ratio = 0.5 if model == "elastic_net" else 0.0
    if arguments.alpha is not None and arguments.shuffle:
        raise CommandError("--shuffle is for a choice of alpha, and --alpha gives it")
    seed = arguments.seed if arguments.shuffle else None
    return Request(model, arguments.alpha, arguments.cv, ratio, arguments.standardize, seed)


def deviations(X: Array) -> Array:
    """Return the standard deviation of each column, 1 for a constant one."""
    centred = X - X.mean(0)
    # The largest deviation comes out first so that its square can neither over- nor underflow.
    largest = np.abs(centred).max(0)
    largest[largest == 0] = 1.0
    deviation = largest * np.std(centred / largest, axis=0)
    deviation[deviation == 0] = 1.0
    return np.asarray(deviation)


def fit_table(X: Array, y: NDArray[Any], request: Request, weights: Array | None = None) -> Fitted:
    """Fit with a given alpha or, if that is None, with the one that cross-validation chooses.

    A penalty on standardised columns is one on the columns themselves with their variances as
    factors if it has squares alone, so that the fit is in the units of the table. With absolute
    values the columns are scaled.
    """
    options: dict[str, Any] = {} if weights is None else {"sample_weight": weights}
    scaling = None
    if request.standardize and request.has_absolute_values:
        scaling = Scaling(X.mean(0), deviations(X))
        X = scaling.apply(X)
    elif request.standardize:
        options["penalty_factors"] = deviations(X) ** 2
    fit: AnyFit
    error = None
    try:
        if request.alpha is None:
            fit = _chosen(X, y, request, options)
            alpha = float(fit.alpha)
            error = left_out_error(fit, alpha)
        else:
            fit, alpha = _given(X, y, request, options), request.alpha
    except (TypeError, ValueError) as problem:
        raise CommandError(in_options(str(problem))) from problem
    return Fitted(
        fit, Choice(alpha, request.l1_ratio, request.standardize, error), scaling, options
    )


def left_out_error(fit: Any, alpha: float) -> float:  # noqa: ANN401  # of any model
    """Return the error over left-out rows of a choice of alpha.

    It is the root of the mean squared error, or for classes the mean of the logarithms of the
    reciprocal probabilities.
    """
    if isinstance(fit, elltwo.RidgeCVFit | elltwo.ElasticNetCVFit):
        return math.sqrt(fit.cv_mse.min())
    chosen = np.flatnonzero(np.asarray(fit.alphas) == alpha)[0]
    return float(-fit.cv_score[chosen])


def posterior_of(fit: AnyFit) -> Posterior | None:
    """Return what intervals of predictions need, None where there are none."""
    n_parameters = np.size(fit.coef) + np.size(fit.intercept)
    if n_parameters > MAX_POSTERIOR or isinstance(fit, elltwo.ElasticNetFit):
        return None
    try:
        statistics: Any = fit.statistics
        covariance = statistics.covariance()
        if isinstance(fit, elltwo.LogisticFit):
            found = Posterior(covariance)
        else:
            found = Posterior(covariance, float(statistics.sigma), float(statistics.residual_df))
    except ValueError:  # absolute values in the penalty, or coefficients that nothing determines
        return None
    usable = np.isfinite(found.covariance).all() and math.isfinite(found.sigma)
    return found if usable else None


def _given(X: Array, y: NDArray[Any], request: Request, options: dict[str, Any]) -> AnyFit:
    alpha, ratio = request.alpha or 0.0, request.l1_ratio
    if request.model == "logistic":
        return elltwo.logistic(X, y, alpha=alpha, l1_ratio=ratio, **options)
    if request.model == "elastic_net":
        return elltwo.elastic_net(X, y, alpha=alpha, l1_ratio=ratio, **options)
    return elltwo.ridge(X, y, alpha=alpha, **options)


def _chosen(
    X: Array, y: NDArray[Any], request: Request, options: dict[str, Any]
) -> elltwo.RidgeCVFit | elltwo.ElasticNetCVFit | elltwo.LogisticCVFit:
    n_folds = default_folds(y) if request.cv is None else request.cv
    folds: Any = n_folds
    if request.seed is not None:
        by_class = request.model == "logistic"
        folds = random_folds(y, n_folds, seed=request.seed, by_class=by_class)
    how = {"cv": folds, "progress": True, **options}  # shown of what takes more than two seconds
    if request.model == "logistic":
        # The grid for squares alone goes from no effect to nearly none as it is.
        return elltwo.logistic_cv(
            X, y, l1_ratio=request.l1_ratio, extend=request.l1_ratio > 0.0, **how
        )
    if request.model == "elastic_net":
        return elltwo.elastic_net_cv(
            X, y, request.l1_ratio, alpha_min_ratio=_reach(X), extend=True, **how
        )
    return elltwo.ridge_cv(X, y, **how)


def _reach(X: Array) -> float | None:
    """Return how far below the largest alpha a grid goes; None stands for three decades or two.

    The largest alpha is that of the column with the largest deviation. Columns in small units come
    in at alphas that are less by the square of the deviations' ratio, and a grid that ends before
    them has its best point in a valley where one column predicts alone.
    """
    deviation = np.std(X, axis=0)
    deviation = deviation[deviation > 0.0]
    ratio = float(deviation.max() / deviation.min()) if deviation.size else 1.0
    return None if ratio <= LIKE_UNITS else max(_DECADES / ratio**2, _LEAST_REACH)


def default_folds(y: NDArray[Any]) -> int:
    """Return 5, or the number of rows where that is less."""
    return min(5, len(y))


def random_folds(y: NDArray[Any], n_folds: int, *, seed: int, by_class: bool) -> Splits:
    """Divide rows at random into folds of nearly equal size, the rows of each class too."""
    if not 2 <= n_folds <= len(y):
        raise ValueError(f"cv must be from 2 to the number of rows, {len(y)}, got {n_folds}")
    order = np.random.default_rng(seed).permutation(len(y))
    if by_class:
        order = order[np.argsort(y[order], kind="stable")]
    fold = np.empty(len(y), dtype=int)
    fold[order] = np.arange(len(y)) % n_folds
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(n_folds)]
