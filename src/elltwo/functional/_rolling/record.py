"""What fits over moving windows return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.convergence import SolveInfo, as_info
from elltwo.functional._base.names import NAMELESS, Named, Names
from elltwo.functional._base.options import read_level
from elltwo.functional._base.predict import linear_predictor
from elltwo.functional._base.record_parts import Saved, public
from elltwo.functional._ridge.record import RidgeFit

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo._core import SolveInfo as RawSolveInfo
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._ridge_statistics.statistics import RidgeStatistics
    from elltwo.functional._rolling.data import StepData


@public("elltwo")
class RollingFit(Named, Saved):
    """Ridge regressions at every row of a table, as `elltwo.ridge_rolling` returns them; read-only.

    Steps with fewer rows than `min_periods` hold NaN.

    Parameters
    ----------
    coef : ndarray of shape (n_samples, n_features) or (n_samples, n_targets, n_features)
        Coefficients of each step.
    intercept, prediction, residual_variance : ndarray of shape (n_samples,) or \
(n_samples, n_targets)
        Intercepts, one-step-ahead predictions and residual variances.
    n_rows : ndarray of shape (n_samples,)
        Rows in each window.
    info : SolveInfo
        The worst of all steps.
    names : tuple
        Names of features and targets.
    data : object, default=None
        What the fits were made from, which the statistics of steps need.

    See Also
    --------
    elltwo.ridge_rolling, elltwo.ridge_expanding, elltwo.ridge_ewm : Make one.
    """

    __slots__ = (
        *("_coef", "_data", "_info", "_intercept", "_n_rows", "_names", "_prediction"),
        "_residual_variance",
    )

    def __init__(
        self,
        coef: Float64Array,
        intercept: Float64Array,
        prediction: Float64Array,
        residual_variance: Float64Array,
        n_rows: npt.NDArray[np.int64],
        info: RawSolveInfo | SolveInfo,
        names: Names = NAMELESS,
        data: StepData | None = None,
    ) -> None:
        self._coef = coef
        self._intercept = intercept
        self._prediction = prediction
        self._residual_variance = residual_variance
        self._n_rows = n_rows
        self._info = info
        self._names = names
        self._data = data

    @property
    def coef(self) -> Float64Array:
        """Coefficients, (n_samples, n_features), or (n_samples, n_targets, n_features)."""
        return self._coef

    @property
    def intercept(self) -> Float64Array:
        """Intercept of each step, zero where none was fitted."""
        return self._intercept

    @property
    def prediction(self) -> Float64Array:
        """Of each row, by the coefficients of the step before it; NaN for the first.

        A row that is missing from all windows is predicted as well where its features are there.
        """
        return self._prediction

    @property
    def residual_variance(self) -> Float64Array:
        r"""Estimated variance of the errors at each step.

        .. math::
            \frac{\sum_k w_k r_k^2 / \sum_k w_k}{1 - d / n_e},
            \qquad n_e = \frac{(\sum_k s_k \delta_k)^2}{\sum_k s_k \delta_k^2}

        with weights :math:`w_k = s_k \delta_k`, of which :math:`\delta_k` is the decay, residuals r
        and effective degrees of freedom d, the trace of the hat matrix, intercept included. In a
        window without decay this is the weighted sum of squares over :math:`\sum_k s_k - d`, at
        alpha = 0 statsmodels' ``mse_resid``; with decay and no features it is pandas'
        ``ewm().var()``. NaN where no degrees of freedom are left.
        """
        return self._residual_variance

    @property
    def n_rows(self) -> npt.NDArray[np.int64]:
        """Rows of positive weight without missing values in each window."""
        return self._n_rows

    @property
    def times(self) -> npt.NDArray[Any] | None:
        """Times of the rows where windows are of a duration; None for others, copies and pickles.

        Dates are in UTC.
        """
        return None if self._data is None else self._data.times

    @property
    def info(self) -> SolveInfo:
        """The worst of all steps; its `optimality` and `rcond` are bounds."""
        self._info = as_info(self._info)
        return self._info

    def at(self, step: int) -> RidgeFit:
        """Return the fit of one step, with its statistics and its summary.

        These come from X and y, which the fit refers to and which must not have changed. A copy of
        a fit, or one that was pickled, has left them behind. With a `half_life` they are of weights
        (and the penalty) multiplied so that the weights add up to the effective number of rows,
        ``sum(w)**2 / sum(w * decay)``.

        Parameters
        ----------
        step : int
            Row at which the window ends; negative ones count from the end.

        Returns
        -------
        RidgeFit
            Its coefficients and intercept; `sigma` of its statistics is the square root of
            `residual_variance`.

        Raises
        ------
        IndexError
            If there is no such row.
        ValueError
            If the step had too few rows for a fit.
        """
        self._require_fit(step)
        coef, intercept = self._coef[step], self._intercept[step]
        level = float(intercept) if coef.ndim == 1 else intercept
        if self._data is None:
            return RidgeFit(coef, level, self.info, self._names)
        place = range(len(self._n_rows))[step]
        return RidgeFit(coef, level, self.info, self._data.of_step(place, self._names))

    def coef_interval(
        self, steps: npt.ArrayLike | None = None, *, level: float = 0.95
    ) -> tuple[Float64Array, Float64Array]:
        r"""Return credible intervals of the coefficients of some steps.

        They are those of each window by itself, ``coef -+ t * standard_errors("bayesian")`` of its
        `statistics`, with t the quantile of Student's distribution for the residual degrees of
        freedom. Each step takes a decomposition of its window, some tenths of a millisecond.

        Parameters
        ----------
        steps : array-like of int, default=None
            Rows at which the windows end; None stands for all.
        level : float, default=0.95
            Level of the intervals.

        Returns
        -------
        lower, upper : ndarray of shape (n_steps, n_features) or (n_steps, n_targets, n_features)
            Ends of the intervals. NaN where a step has no fit; infinite where its window leaves no
            degrees of freedom, or does not determine a coefficient.

        Raises
        ------
        IndexError
            If there is no such row.
        ValueError
            If the fit has left its data behind, or `level` is out of range.
        """
        from elltwo.functional._rolling.intervals import coef_intervals

        def statistics_at(step: int) -> RidgeStatistics:
            return self.at(step).statistics

        return coef_intervals(self._coef, statistics_at, steps, read_level(level))

    def predict(self, X: npt.ArrayLike, *, step: int = -1) -> FloatArray:
        """Predict the targets of the rows of X by the fit of one step, the last by default.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to predict; columns of a table are found by name, see `RidgeFit.predict`.
        step : int, default=-1
            Row at which the window of the fit ends.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_targets)
            ``X @ coef[step].T + intercept[step]``.

        Raises
        ------
        ValueError
            If X has another number of features, or holds NaN or infinity, or the step has no fit.
        """
        self._require_fit(step)
        level = self._intercept[step]
        return linear_predictor(X, self._coef[step], level, self.feature_names)

    def _require_fit(self, step: int) -> None:
        if np.isnan(self._coef[step]).any():
            raise ValueError(
                f"step {step} has no fit: its window holds {self._n_rows[step]} row(s), fewer than "
                "min_periods"
            )

    def __reduce__(self) -> tuple[Any, ...]:
        # The core's record does not pickle, `info` does.
        state = (self._coef, self._intercept, self._prediction, self._residual_variance)
        return type(self), (*state, self._n_rows, self.info), *self._state()

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._names = Names(*state)

    def __repr__(self) -> str:
        fitted = int(
            np.count_nonzero(~np.isnan(self._intercept.reshape(len(self._n_rows), -1)[:, 0]))
        )
        return (
            f"{type(self).__name__}(n_steps={len(self._n_rows)}, n_fitted={fitted}, "
            f"n_features={self._coef.shape[-1]}, status={self.info.status!r})"
        )
