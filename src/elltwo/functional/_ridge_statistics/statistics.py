"""The statistics of a ridge fit."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.options import read_level
from elltwo.functional._base.posterior import IntervalPrediction, target_intervals
from elltwo.functional._base.predict import linear_predictor
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.sparse import feature_matrix
from elltwo.functional._ridge_statistics import collinearity, covariance
from elltwo.functional._ridge_statistics.jackknife import PredictionInterval
from elltwo.functional._ridge_statistics.measures import FitMeasures
from elltwo.functional._ridge_statistics.row_variances import row_variances

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_statistics.target_group import TargetGroup


@public("elltwo")
class StandardErrors(NamedTuple):
    """Standard errors of the parameters of a fit.

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
        Those of the coefficients.
    intercept : float or ndarray of shape (n_targets,)
        Those of the intercepts, zero where none was fitted.
    """

    coef: Float64Array
    intercept: float | Float64Array


@public("elltwo")
class RidgeStatistics(FitMeasures):
    r"""Statistics of a ridge fit, as `RidgeFit.statistics` and `RidgePath.statistics` return them.

    They are computed when first asked for, from a decomposition of the data, which must not have
    changed since the fit; copies and pickles take the data along and compute anew. With
    :math:`A = Z^T W Z + \Lambda` for rows z = (x, 1), fitted values are linear in the targets,
    :math:`\hat y = S y`.

    Weights mean repetition: a row of weight 2 counts as two independent rows in `sigma`, `edf` and
    all errors that follow from them, so there are W = sum(w) observations. Weights that are
    precisions, known up to a factor, should be scaled to a mean of 1. A row is left out with its
    whole weight, and "sandwich" errors take rows, whatever their weight, as independent of each
    other, and what repeats a row as not.

    See Also
    --------
    elltwo.ridge : Makes a fit.
    elltwo.ridge_path : Makes a path.

    References
    ----------
    .. [1] D. W. Marquardt (1970). Generalized inverses, ridge regression, biased linear
       estimation, and nonlinear estimation. Technometrics 12, 591-612.
    .. [2] G. Wahba (1983). Bayesian "confidence intervals" for the cross-validated smoothing
       spline. Journal of the Royal Statistical Society B 45, 133-150.
    .. [3] J. G. MacKinnon and H. White (1985). Some heteroskedasticity-consistent covariance matrix
       estimators with improved finite sample properties. Journal of Econometrics 29, 305-325.
    .. [4] D. A. Belsley, E. Kuh and R. E. Welsch (1980). Regression diagnostics. Wiley. Chapter 3.
    .. [5] R. F. Barber, E. J. Candes, A. Ramdas and R. J. Tibshirani (2021). Predictive inference
       with the jackknife+. Annals of Statistics 49, 486-507. Equation 1.5 and theorem 1.
    """

    #: Whether there are the rows that leverages, residuals and "sandwich" errors need.
    has_rows = True

    def of_target(self, target: int) -> RidgeStatistics:
        """Return the statistics of one target on its own, as of a fit to a 1-D y."""
        index = self._target_index(target)
        if self._problem.one_dimensional:
            return self
        prior = self._problem.prior_mean
        problem = self._problem._replace(
            Y=self._problem.Y[:, [index]],
            prior_mean=None if prior is None else prior[[index]],
            one_dimensional=True,
        )
        alpha = np.atleast_1d(self.alpha)[[index]]
        return RidgeStatistics(problem, self._options, alpha)

    def standard_errors(self, kind: str = "bayesian") -> StandardErrors:
        r"""Standard errors of coefficients and intercept.

        Parameters
        ----------
        kind : {"bayesian", "sampling", "sandwich", "sandwich_hc0"}, default="bayesian"
            "bayesian" is the standard deviation of the posterior under the prior that the penalty
            stands for, :math:`\sigma^2 A^{-1}` [2]_: it allows for the bias as the prior has it.
            "sampling" is the standard deviation of the estimator over new errors of equal variance,
            :math:`\sigma^2 A^{-1} Z^T W Z A^{-1}`, without its bias. "sandwich" is the same for
            errors of unequal variance, :math:`A^{-1} Z^T W diag(e^2) W Z A^{-1}` with leave-one-out
            errors e (HC3 [3]_), and "sandwich_hc0" the same with residuals.

        Returns
        -------
        StandardErrors
            Record with `coef` and `intercept`. Errors of pinned coefficients are 0. Where `sigma`
            is infinite, so are all others; "bayesian" ones are infinite as well where neither X
            nor the penalty determines a coefficient.

        Raises
        ------
        ValueError
            If `kind` is none of these.
        """
        covariance.require_kind(kind)
        errors = np.sqrt(self._per_target(lambda group: covariance.variances(group, kind)))
        coef, intercept = errors[:, :-1], errors[:, -1]
        if self._problem.one_dimensional:
            return StandardErrors(coef[0], float(intercept[0]))
        return StandardErrors(coef, intercept)

    def covariance(self, kind: str = "bayesian", *, target: int = 0) -> Float64Array:
        """Covariance matrix of the coefficients of one target, and last of the intercept.

        Parameters
        ----------
        kind : {"bayesian", "sampling", "sandwich", "sandwich_hc0"}, default="bayesian"
            See `standard_errors`.
        target : int, default=0
            Column of y.

        Returns
        -------
        ndarray of shape (n_features + 1, n_features + 1)
            Of n_features rows and columns where no intercept was fitted.

        Raises
        ------
        ValueError
            If `kind` or `target` is out of range, or neither X nor the penalty determines a
            coefficient whose "bayesian" covariance is asked for.
        """
        covariance.require_kind(kind)
        group, place = self._place(target)
        result = covariance.covariance(group, place, kind)
        return result if self.fit_intercept else result[:-1, :-1]

    def _place(self, target: int) -> tuple[TargetGroup, int]:
        """Return the group of a target, and its place there."""
        index = self._target_index(target)
        group = next(group for group in self._groups if index in group.targets)
        return group, int(np.flatnonzero(group.targets == index)[0])

    @cached_property
    def vif(self) -> Float64Array:
        r"""Variance inflation factors, (n_features,) or (n_targets, n_features).

        The sampling variance of a coefficient over what it would be if its feature were alone and
        without a penalty, :math:`[A^{-1} Z^T W Z A^{-1}]_{jj} \sum w (x_j - \bar x_j)^2`; the means
        are zero without an intercept. With the squared lengths of the columns as factors this is
        the diagonal of :math:`(R + kI)^{-1} R (R + kI)^{-1}` [1]_; without penalty it is
        1 / (1 - R_j^2), and infinite where X does not determine the coefficient, as for a constant
        feature. Penalised constant features have 0.
        """
        problem, options = self._problem, self._options
        return self._array(
            self._shared(
                lambda group: collinearity.inflation_factors(group.smoother, problem, options)
            )
        )

    @property
    def condition_number(self) -> float:
        """Largest of `condition_indices`."""
        return float(self.condition_indices[-1])

    @cached_property
    def condition_indices(self) -> Float64Array:
        """Condition indices of X, whatever alpha is, ascending from 1, (n_features,) [4]_.

        The largest singular value over each, of columns about their means if there is an intercept,
        and of unit length. Infinite for exact collinearity, constant columns included. What
        the penalty makes of it is in `SolveInfo.rcond`.
        """
        return collinearity.condition_indices(self._problem, self._options)

    @cached_property
    def correlations(self) -> Float64Array:
        """Correlations of the features, (n_features, n_features), whatever alpha is.

        Weighted, and about zero if there is no intercept, where they are cosines. A constant
        feature has 0 with all others.
        """
        return collinearity.correlations(self._problem, self._options)

    @cached_property
    def feature_sd(self) -> Float64Array:
        """Standard deviations of the features, (n_features,), weighted and of divisor sum(w).

        About zero if there is no intercept. Coefficients times these are in units of y for one
        standard deviation of each feature.
        """
        return collinearity.standard_deviations(self._problem, self._options)

    @cached_property
    def unpenalised(self) -> RidgeStatistics:
        """Statistics of the fit to the same data without a penalty, prior means and pins."""
        problem = self._problem._replace(penalty_factors=None, prior_mean=None)
        options = self._options._replace(penalize_intercept=False)
        return type(self)(problem, options, np.zeros(1))

    @property
    def least_squares(self) -> Float64Array:
        """Coefficients of `unpenalised`, (n_features,) or (n_targets, n_features).

        NaN where the data do not determine them, as those of equal features.
        """
        return self.unpenalised._array(lambda group: group.determined)

    def prediction_interval(
        self, X: npt.ArrayLike | SparseLike, level: float = 0.9
    ) -> PredictionInterval:
        """Prediction intervals by the jackknife+ [5]_.

        Intervals from the predictions by the fits without each row, and those rows' errors. If rows
        are exchangeable, and alpha was not chosen by looking at them, an interval holds a new
        target with a probability of at least ``1 - 2 * (1 - level)``, whatever the distribution,
        and of about `level` as a rule. Every row of positive weight counts once.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict; columns of a table are found by name, see `RidgeFit.predict`.
        level : float, default=0.9
            Nominal coverage in (0, 1).

        Returns
        -------
        PredictionInterval
            Record with `lower` and `upper`, each of shape (n_samples,) or (n_samples, n_targets);
            infinite where ``level > n / (n + 1)`` for n rows.

        Raises
        ------
        TypeError
            If X does not hold real numbers.
        ValueError
            If X has another number of features than the fit, or holds NaN or infinity, `level` is
            out of range, or the fit has fewer than 2 rows.
        """
        matrix = feature_matrix(X, self._problem.names.features)
        nominal = read_level(level)
        shape = (matrix.shape[0], self._problem.Y.shape[1])
        lower, upper = np.empty(shape), np.empty(shape)
        for group in self._groups:
            centre = linear_predictor(matrix, *group.parameters, self._problem.names.features)
            ends = group.left_out_fits.intervals(matrix, centre, nominal)
            lower[:, group.targets], upper[:, group.targets] = ends
        if self._problem.one_dimensional:
            return PredictionInterval(lower[:, 0], upper[:, 0])
        return PredictionInterval(lower, upper)

    def posterior_prediction(
        self, X: npt.ArrayLike | SparseLike, level: float = 0.95
    ) -> IntervalPrediction:
        r"""Predict new targets with intervals from the posterior predictive distribution [2]_.

        For the prior that the penalty stands for and normal errors, a new target is distributed
        about the prediction as Student's t with `residual_df` degrees of freedom and the scale
        :math:`\sigma \sqrt{1 + z^T A^{-1} z}`, z = (x, 1); for weights, as a row of weight 1.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict; columns of a table are found by name, see `RidgeFit.predict`.
        level : float, default=0.95
            Probability of an interval in (0, 1).

        Returns
        -------
        IntervalPrediction
            Record with `mean`, `lower`, `upper` and `standard_error`, the scales. Intervals are
            infinite where no degrees of freedom are left.

        Raises
        ------
        TypeError
            If X does not hold real numbers.
        ValueError
            If X has another number of features than the fit, or holds NaN or infinity, `level` is
            out of range, or neither X nor the penalty determines a coefficient.
        """
        matrix, nominal = feature_matrix(X, self._problem.names.features), read_level(level)
        parts = np.empty((4, matrix.shape[0], self._problem.Y.shape[1]))
        for group in self._groups:
            mean = linear_predictor(matrix, *group.parameters, self._problem.names.features)
            unit = row_variances(group.smoother, matrix)
            for place, target in enumerate(group.targets):
                variance = covariance.scaled(unit, group.variance[place])
                noise = (float(np.sqrt(group.variance[place])), group.residual_df)
                parts[:, :, target] = target_intervals(mean[:, place], variance, noise, nominal)
        return IntervalPrediction(*(parts[..., 0] if self._problem.one_dimensional else parts))

    def __repr__(self) -> str:
        n, p = self._problem.X.shape
        return f"RidgeStatistics({n} rows, {p} features, alpha={self.alpha})"
