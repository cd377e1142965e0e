"""What a fit for one penalty returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, overload

import numpy as np

from elltwo.functional._base.convergence import SolveInfo, as_info
from elltwo.functional._base.names import Named, Names
from elltwo.functional._base.options import one_of, read_level
from elltwo.functional._base.predict import linear_predictor
from elltwo.functional._base.record_parts import Saved, ScoredByR2, public, short_text
from elltwo.functional._base.shown import ShownInNotebooks

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo._core import SolveInfo as RawSolveInfo
    from elltwo.functional._base.posterior import IntervalPrediction
    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import FloatArray
    from elltwo.functional._ridge.statistics_of import Kept
    from elltwo.functional._ridge.summary import RidgeSummary
    from elltwo.functional._ridge_statistics.statistics import RidgeStatistics


JACKKNIFE: Final = "jackknife+"
BAYESIAN: Final = "bayesian"


@public("elltwo")
class RidgeFit(Named, ScoredByR2, ShownInNotebooks, Saved):
    """A fitted ridge regression, as `elltwo.ridge` returns it; read-only.

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
        Coefficients.
    intercept : float or ndarray of shape (n_targets,)
        Intercepts, zero where none was fitted.
    info : SolveInfo
        How the fit ended.
    data : object, default=None
        What the fit was made from, which its statistics need.

    See Also
    --------
    elltwo.ridge : Makes one.
    """

    __slots__ = ("_coef", "_data", "_info", "_intercept", "_statistics")

    def __init__(
        self,
        coef: FloatArray,
        intercept: float | FloatArray,
        info: RawSolveInfo | SolveInfo,
        data: Kept = None,
    ) -> None:
        self._coef = coef
        self._intercept = intercept
        self._info = info
        self._data = data

    @property
    def coef(self) -> FloatArray:
        """Coefficients of shape (n_features,), or (n_targets, n_features) for a 2-D y."""
        return self._coef

    @property
    def intercept(self) -> float | FloatArray:
        """Intercept, or one for each target of a 2-D y; zero where none was fitted."""
        return self._intercept

    @property
    def info(self) -> SolveInfo:
        """How the fit ended; the core's own record is translated when first read."""
        if not isinstance(self._info, SolveInfo):
            self._info = as_info(self._info)
        return self._info

    @property
    def statistics(self) -> RidgeStatistics:
        """Degrees of freedom, standard errors, prediction intervals and more, see there.

        They come from X and y, which the fit refers to and which must not have changed. A copy of a
        fit, or one that was pickled, has left them behind.

        Raises
        ------
        ValueError
            If the fit has left its data behind, has bounds, or has sparse X with more than 6000
            samples and more than 6000 features.
        """
        try:
            return self._statistics
        except AttributeError:
            from elltwo.functional._ridge.statistics_of import statistics_of

            self._statistics: RidgeStatistics = statistics_of(self._data)
            return self._statistics

    def summary(
        self,
        names: Sequence[str] | None = None,
        *,
        target: int = 0,
        max_rows: int | None = 30,
        level: float = 0.95,
    ) -> RidgeSummary:
        """Report the fit of one target as a table that can be printed.

        Parameters
        ----------
        names : sequence of str of length n_features, default=None
            Names of the features; None stands for `feature_names`, or else x0, x1, and so on.
        target : int, default=0
            Column of y.
        max_rows : int, default=30
            Longer tables are cut in the middle; None shows all features.
        level : float, default=0.95
            Level in (0, 1) of the intervals: credible ones under the prior that the penalty stands
            for, and those of "sandwich" errors, which leave out the bias.

        Returns
        -------
        RidgeSummary
            Its text is the report, its fields and properties hold the numbers, and `to_frame`,
            `to_html` and `to_latex` pass them on. Where nothing is penalised, as at ``alpha=0``,
            there are t and p values as well, log-likelihood, AIC and BIC.

        Raises
        ------
        ValueError
            If `names` has another length, `target` or `level` is out of range, or there are no
            `statistics`.
        """
        from elltwo.functional._ridge.summary import summarise

        return summarise(self, names, target, max_rows, level)

    def coef_table(self, level: float = 0.95, *, target: int = 0, kind: str | None = None) -> Any:  # noqa: ANN401  # a frame of whichever package
        """Return the coefficients of one target as a frame, with errors and intervals.

        That is `summary` as a frame. A fit without `statistics`, such as one with bounds or one
        that was pickled, has the coefficients alone.

        Parameters
        ----------
        level : float, default=0.95
            Level of the intervals, see `summary`.
        target : int, default=0
            Column of y.
        kind : {"pandas", "polars", "pyarrow"}, default=None
            Package of the frame, see `RidgeSummary.to_frame`; None stands for that of X.

        Returns
        -------
        pandas.DataFrame, polars.DataFrame or pyarrow.Table
            A row for each feature, and one for the intercept.

        Raises
        ------
        ValueError
            If `level`, `target` or `kind` is out of range.
        ImportError
            If the package is not installed.
        """
        from elltwo.functional._ridge.summary import coefficients

        return coefficients(self, target, level).to_frame(kind)

    @overload
    def predict(
        self, X: npt.ArrayLike | SparseLike, *, interval: None = None, method: str = JACKKNIFE
    ) -> FloatArray: ...
    @overload
    def predict(
        self, X: npt.ArrayLike | SparseLike, *, interval: float, method: str = JACKKNIFE
    ) -> IntervalPrediction: ...
    def predict(
        self,
        X: npt.ArrayLike | SparseLike,
        *,
        interval: float | None = None,
        method: str = JACKKNIFE,
    ) -> FloatArray | IntervalPrediction:
        """Predict the targets of the rows of X.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict. If the fit has `feature_names` and X is a table with names, its
            columns are those of these names, whatever their order, and others are ignored.
        interval : float, default=None
            Level in (0, 1) of intervals for new targets; None stands for predictions alone.
        method : {"jackknife+", "bayesian"}, default="jackknife+"
            What intervals are from: the fits without each row, which hold whatever the
            distribution (`RidgeStatistics.prediction_interval`), or the posterior under the prior
            that the penalty stands for (`RidgeStatistics.posterior_prediction`).

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_targets), or IntervalPrediction
            ``X @ coef.T + intercept``, float32 if X and `coef` are, else float64; with `interval` a
            record of them as `mean`, `lower`, `upper` and `standard_error`.

        Raises
        ------
        ValueError
            If X has another number of features than the fit, or lacks one by name, or holds NaN or
            infinity, or if a prediction overflows; if `interval` or `method` is out of range, or
            intervals are asked for and there are no `statistics`.
        TypeError
            If X does not hold real numbers.
        """
        names = None if type(X) is np.ndarray else self._names.features
        if interval is None:
            return linear_predictor(X, self._coef, self._intercept, names)
        level = read_level(interval, "interval")
        bayesian = one_of((JACKKNIFE, BAYESIAN), method, "method") == BAYESIAN
        statistics, mean = self.statistics, self.predict(X)
        if bayesian:
            return statistics.posterior_prediction(X, level)._replace(mean=mean)
        from elltwo.functional._base.posterior import IntervalPrediction

        return IntervalPrediction(mean, *statistics.prediction_interval(X, level), None)

    @property
    def _names(self) -> Names:  # type: ignore[override]  # looked for when asked for
        from elltwo.functional._ridge.statistics_of import names_in

        return names_in(self._data)

    def __reduce__(self) -> tuple[Any, ...]:
        # The core's record does not pickle, `info` does.
        return type(self), (self._coef, self._intercept, self.info), *self._state()

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._data = Names(*state)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(coef={short_text(self._coef)}, "
            f"intercept={short_text(self._intercept)}, "
            f"solver={self.info.solver!r}, status={self.info.status!r})"
        )
