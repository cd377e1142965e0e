"""The statistics of a logistic regression."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.names import Names
from elltwo.functional._base.options import AUTO, read_level
from elltwo.functional._base.posterior import Posterior, probability_intervals
from elltwo.functional._base.record_parts import HAS_BOUNDS, LEFT_BEHIND, public
from elltwo.functional._base.row_blocks import column_moments
from elltwo.functional._base.sparse import feature_matrix
from elltwo.functional._logistic_problem.core import fit_alphas
from elltwo.functional._logistic_statistics.binary import BinaryInformation
from elltwo.functional._logistic_statistics.measures import LogisticMeasures
from elltwo.functional._ridge_statistics.covariance import BAYESIAN, SANDWICH, require_kind, scaled
from elltwo.functional._ridge_statistics.statistics import StandardErrors

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.posterior import IntervalPrediction
    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._logistic_problem.info import LogisticSource

_NOTHING_LEFT = 1e-10  # of the rows: fewer residual degrees of freedom would be rounding


@public("elltwo")
class ZValues(NamedTuple):
    """Parameters over their standard errors.

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_classes, n_features)
        Those of the coefficients, NaN where one is pinned.
    intercept : float or ndarray of shape (n_classes,)
        Those of the intercepts, NaN where none was fitted.
    """

    coef: Float64Array
    intercept: float | Float64Array


@public("elltwo")
class LogisticStatistics(LogisticMeasures):
    r"""Statistics of a logistic regression, as `LogisticFit.statistics` returns them.

    They are computed when first asked for, from the data, which must not have changed since the
    fit; copies and pickles take the data along and compute anew. With rows z = (x, 1),
    probabilities p and weights w, the Fisher information is
    :math:`F = \sum_i w_i (diag(p_i) - p_i p_i^T) \otimes z_i z_i^T`, for two classes
    :math:`\sum_i w_i p_i (1 - p_i) z_i z_i^T`, and :math:`H = F + \Lambda` is the Hessian of the
    objective, :math:`\Lambda` holding the penalties.

    Coefficients of more than two classes are those of the symmetric parametrisation, whose classes
    sum to zero: a constant added to all classes is not estimated, and :math:`H^{-1}` is the inverse
    on the rest, the pseudo-inverse at ``alpha = 0``.

    With intercepts, a class without a row of positive weight takes no part: its coefficients are
    distributed as their prior, and nothing is known of its intercept, which stands for minus
    infinity.

    Weights mean repetition: a row of weight 2 counts as two independent rows, in all but the
    sandwich, which takes what repeats a row as not independent of it.

    See Also
    --------
    elltwo.logistic : Makes a fit.

    References
    ----------
    .. [1] R. J. Gray (1992). Flexible methods for analyzing survival data using splines, with
       applications to breast cancer prognosis. Journal of the American Statistical Association 87,
       942-951. (Degrees of freedom and covariances of penalised likelihood.)
    .. [2] G. Wahba (1983). Bayesian "confidence intervals" for the cross-validated smoothing
       spline. Journal of the Royal Statistical Society B 45, 133-150.
    .. [3] H. White (1982). Maximum likelihood estimation of misspecified models. Econometrica 50,
       1-25. (The sandwich.)
    .. [4] D. McFadden (1974). Conditional logit analysis of qualitative choice behavior. Frontiers
       in Econometrics, 105-142. Equation 29.
    .. [5] N. J. D. Nagelkerke (1991). A note on a general definition of the coefficient of
       determination. Biometrika 78, 691-692.
    .. [6] T. Tjur (2009). Coefficients of determination in logistic regression models. The American
       Statistician 63, 366-372.
    .. [7] D. Pregibon (1981). Logistic regression diagnostics. Annals of Statistics 9, 705-724.
    """

    def standard_errors(self, kind: str = BAYESIAN) -> StandardErrors:
        r"""Standard errors of coefficients and intercepts.

        Parameters
        ----------
        kind : {"bayesian", "sampling", "sandwich", "sandwich_hc0"}, default="bayesian"
            "bayesian" is the standard deviation of the posterior, in its normal approximation,
            under the prior that the penalty stands for, :math:`H^{-1}` [2]_. "sampling" is the
            standard deviation of the estimator over new labels if the model holds,
            :math:`H^{-1} F H^{-1}` [1]_, without its bias; both are the classical standard error
            without a penalty. "sandwich_hc0" is the same if the model need not hold,
            :math:`H^{-1} (\sum s_i s_i^T) H^{-1}` with scores :math:`s_i = w_i (y_i - p_i) z_i`
            [3]_, and "sandwich" is that times m / (m - edf), where m is the number of rows (HC1),
            for K classes times K - 1.

        Returns
        -------
        StandardErrors
            Record with `coef` and `intercept`. Errors of pinned coefficients are 0; "bayesian" ones
            are infinite where neither X nor the penalty determines a coefficient.

        Raises
        ------
        ValueError
            If `kind` is none of these, sparse X is too large, or more than two classes have more
            than 4000 parameters.
        """
        require_kind(kind)
        errors = np.sqrt(scaled(self._information.variances(kind), self._correction(kind)))
        if not self.fit_intercept:
            errors[:, -1] = 0.0
        return StandardErrors(*self._shaped(errors))

    def z_values(self, kind: str = BAYESIAN) -> ZValues:
        """Coefficients and intercepts over their standard errors.

        Parameters
        ----------
        kind : {"bayesian", "sampling", "sandwich", "sandwich_hc0"}, default="bayesian"
            See `standard_errors`.

        Returns
        -------
        ZValues
            Record with `coef` and `intercept`; NaN where a standard error is 0.

        Raises
        ------
        ValueError
            See `standard_errors`.
        """
        errors = self.standard_errors(kind)
        below = np.column_stack([np.atleast_2d(errors.coef), np.atleast_1d(errors.intercept)])
        above = np.column_stack([self._coef, self._intercept])
        z = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0.0)
        return ZValues(*self._shaped(z))

    def covariance(self, kind: str = BAYESIAN) -> Float64Array:
        """Covariance matrix of all parameters: class by class the coefficients, then the intercept.

        Parameters
        ----------
        kind : {"bayesian", "sampling", "sandwich", "sandwich_hc0"}, default="bayesian"
            See `standard_errors`.

        Returns
        -------
        ndarray of shape (m, m)
            For m = n_features + 1 with an intercept, else n_features, times the number of classes
            if these are more than two.

        Raises
        ------
        ValueError
            See `standard_errors`, or if neither X nor the penalty determines a coefficient whose
            "bayesian" covariance is asked for.
        """
        require_kind(kind)
        result = scaled(self._information.covariance(kind), self._correction(kind))
        if self.fit_intercept:
            return result
        kept = np.arange(len(result)) % (self._coef.shape[1] + 1) < self._coef.shape[1]
        return result[np.ix_(kept, kept)]

    @cached_property
    def feature_sd(self) -> Float64Array:
        """Standard deviations of the features, see `RidgeStatistics.feature_sd`."""
        problem, centred = self._problem, self.fit_intercept
        columns = column_moments(problem.X, problem.sample_weight, centred)
        result: Float64Array = np.sqrt(columns.square / columns.weight)
        return result

    @cached_property
    def maximum_likelihood(self) -> Float64Array:
        """Coefficients of the same data without a penalty, of the shape of those of the fit.

        NaN where the data do not determine them, as those of equal features, and all of them where
        features separate the classes, so that there is no maximum.
        """
        problem = self._problem._replace(penalty_factors=None, prior_mean=None)
        fits = fit_alphas(problem, np.zeros(1), self._options._replace(solver=AUTO), None)
        coef, intercept = fits.coef_of(0), fits.intercept[0]
        known = np.zeros(coef.shape, dtype=bool)
        if fits.infos[0].status == "converged":
            plain = LogisticStatistics(problem, self._options, 0.0, coef, intercept)
            known = np.isfinite(plain.standard_errors().coef).reshape(coef.shape)
        return self._shaped(np.column_stack([np.where(known, coef, np.nan), intercept]))[0]

    def probability_intervals(
        self, X: npt.ArrayLike | SparseLike, z: FloatArray, level: float = 0.95
    ) -> IntervalPrediction:
        """Intervals of probabilities, as `LogisticFit.predict_proba` returns them.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.
        z : ndarray of shape (n_samples,) or (n_samples, n_classes)
            Their linear predictors, offsets included, see `LogisticFit.linear_predictor`.
        level : float, default=0.95
            Probability of an interval in (0, 1).

        Returns
        -------
        IntervalPrediction
            Record with `mean`, `lower`, `upper` and `standard_error`, each of shape (n_samples,
            n_classes).

        Raises
        ------
        ValueError
            If `level` is out of range, a class has no row of positive weight, or neither X nor the
            penalty determines a coefficient.
        """
        nominal = read_level(level)
        if self._present.size < self._problem.classes.size:
            raise ValueError("intervals of probabilities need a row of every class")
        matrix = feature_matrix(X, self._problem.names.features)
        if isinstance(self._information, BinaryInformation):
            variance = self._information.row_variances(matrix)
            return probability_intervals(z, variance[:, np.newaxis, np.newaxis], nominal)
        return Posterior(self.covariance()).of_probabilities(matrix, z, nominal)

    def _correction(self, kind: str) -> float:
        """Return what variances are multiplied by: for HC1 by 1 / (1 - mean leverage)."""
        if kind != SANDWICH:
            return 1.0
        n = self.n_samples * max(self._present.size - 1, 1)
        return n / (n - self.edf) if n - self.edf > _NOTHING_LEFT * n else np.inf

    def _shaped(self, values: Float64Array) -> tuple[Float64Array, float | Float64Array]:
        """Split values of shape (n_outputs, n_features + 1) as the fit does."""
        if self._problem.n_outputs == 1:
            return values[0, :-1], float(values[0, -1])
        return values[:, :-1], values[:, -1]

    def __repr__(self) -> str:
        n, p = self._problem.X.shape
        return (
            f"LogisticStatistics({n} rows, {p} features, {self._problem.classes.size} classes, "
            f"alpha={self.alpha})"
        )


def statistics_of(
    source: LogisticSource | Names | None, coef: FloatArray, intercept: float | FloatArray
) -> LogisticStatistics:
    """Return the statistics of a fit from what it was made from, and its parameters."""
    if source is None or isinstance(source, Names):
        raise ValueError(LEFT_BEHIND)
    if source.bounds is not None:
        raise ValueError(HAS_BOUNDS)
    if source.problem.l1_ratio > 0.0:
        raise ValueError(
            "there are no standard errors, z values or intervals of coefficients that an L1 "
            "penalty has selected, nor a summary of them: the choice is part of what is random; "
            "`edf` and a path's `aic` and `bic` are known"
        )
    return LogisticStatistics(
        source.problem,
        source.options,
        source.alpha,
        np.atleast_2d(np.asarray(coef, dtype=np.float64)),
        np.atleast_1d(np.asarray(intercept, dtype=np.float64)),
    )
