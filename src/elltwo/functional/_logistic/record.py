"""What a logistic regression for one penalty returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

import numpy as np

from elltwo.functional._base.names import NAMELESS, Named, Names
from elltwo.functional._base.options import read_level
from elltwo.functional._base.predict import linear_predictor, require_representable
from elltwo.functional._base.probability import log_probabilities, probabilities, winners
from elltwo.functional._base.record_parts import Saved, public, short_text
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.shown import ShownInNotebooks
from elltwo.functional._logistic_problem.info import LogisticSource, as_info
from elltwo.functional._logistic_problem.problem import offsets, outputs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo._core import LogisticInfo as RawLogisticInfo
    from elltwo.functional._base.posterior import IntervalPrediction
    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import AnyArray, FloatArray
    from elltwo.functional._logistic.summary import LogisticSummary
    from elltwo.functional._logistic_problem.info import LogisticInfo
    from elltwo.functional._logistic_statistics.statistics import LogisticStatistics


@public("elltwo")
class LogisticFit(Named, ShownInNotebooks, Saved):
    """A fitted logistic regression, as `elltwo.logistic` returns it; read-only.

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_classes, n_features)
        Coefficients: of the second of two classes, else of every class.
    intercept : float or ndarray of shape (n_classes,)
        Intercepts, zero where none was fitted.
    classes : ndarray of shape (n_classes,)
        Labels of the classes.
    info : LogisticInfo
        How the fit ended.
    source : object, default=None
        What the fit was made from; copies and pickles of a fit leave all but names behind.

    See Also
    --------
    elltwo.logistic : Makes one.
    """

    __slots__ = ("_classes", "_coef", "_info", "_intercept", "_l1_edf", "_source", "_statistics")

    def __init__(
        self,
        coef: FloatArray,
        intercept: float | FloatArray,
        classes: AnyArray,
        info: RawLogisticInfo | LogisticInfo,
        source: LogisticSource | Names | None = None,
    ) -> None:
        self._coef = coef
        self._intercept = intercept
        self._classes = classes
        self._info = info
        self._source = source

    @property
    def coef(self) -> FloatArray:
        """Coefficients, (n_features,) for two classes, else (n_classes, n_features)."""
        return self._coef

    @property
    def intercept(self) -> float | FloatArray:
        """Intercept, or one for each of more than two classes; zero where none was fitted."""
        return self._intercept

    @property
    def classes(self) -> AnyArray:
        """Labels, sorted, or in order of appearance where they cannot be sorted."""
        return self._classes

    @property
    def info(self) -> LogisticInfo:
        """How the fit ended; the core's own record is translated when first read."""
        self._info = as_info(self._info)
        return self._info

    @property
    def n_active(self) -> int:
        """Number of coefficients that are not zero."""
        return int(np.count_nonzero(self._coef))

    @property
    def statistics(self) -> LogisticStatistics:
        """Degrees of freedom, deviance, standard errors and more, see there.

        They come from X and y, which the fit refers to and which must not have changed. A copy of a
        fit, or one that was pickled, has left them behind.

        Raises
        ------
        ValueError
            If the fit has left its data behind, or has bounds or an L1 penalty.
        """
        try:
            return self._statistics
        except AttributeError:
            from elltwo.functional._logistic_statistics.statistics import statistics_of

            self._statistics: LogisticStatistics = statistics_of(
                self._source, self._coef, self._intercept
            )
            return self._statistics

    @property
    def edf(self) -> float:
        """Effective degrees of freedom, see `LogisticStatistics.edf`.

        With an L1 penalty they are those at a given alpha, tr(F_A (F_A + alpha (1 - l1_ratio)
        D)^-1) for the Fisher information F_A of the coefficients that are neither at their prior
        means nor at a bound, and of the intercepts: with `l1_ratio=1` the number of them (Zou,
        Hastie and Tibshirani 2007, for squared loss; Park and Hastie 2007, section 3.4, for
        generalised linear models). That alpha was chosen is not accounted for.
        """
        source = self._source
        if not isinstance(source, LogisticSource) or source.problem.l1_ratio == 0.0:
            return self.statistics.edf
        try:
            return self._l1_edf
        except AttributeError:
            from elltwo.functional._logistic_statistics.l1_degrees import edf_of_l1

            self._l1_edf: float = edf_of_l1(
                source, np.atleast_2d(self._coef), np.atleast_1d(self._intercept)
            )
            return self._l1_edf

    def summary(
        self,
        names: Sequence[str] | None = None,
        *,
        max_rows: int | None = 30,
        level: float = 0.95,
    ) -> LogisticSummary:
        """Report the fit as a table that can be printed.

        Parameters
        ----------
        names : sequence of str of length n_features, default=None
            Names of the features; None stands for `feature_names`, or else x0, x1, and so on.
        max_rows : int, default=30
            Longer tables are cut in the middle; None shows all parameters.
        level : float, default=0.95
            Level in (0, 1) of the intervals: credible ones under the prior that the penalty stands
            for, and those of "sandwich" errors, which leave out the bias.

        Returns
        -------
        LogisticSummary
            Its text is the report, its fields and properties hold the numbers, and `to_frame`,
            `to_html` and `to_latex` pass them on. Where nothing is penalised, as at ``alpha=0``,
            there are p-values as well.

        Raises
        ------
        ValueError
            If `names` has another length, `level` is out of range, or there are no `statistics`.
        """
        from elltwo.functional._logistic.summary import summarise

        return summarise(self, names, max_rows, level)

    def coef_table(self, level: float = 0.95, *, kind: str | None = None) -> Any:  # noqa: ANN401  # a frame of whichever package
        """Return the coefficients as a frame, with standard errors and intervals.

        That is `summary` as a frame. A fit without `statistics`, such as one with bounds or an L1
        penalty, or one that was pickled, has the coefficients alone.

        Parameters
        ----------
        level : float, default=0.95
            Level of the intervals, see `summary`.
        kind : {"pandas", "polars", "pyarrow"}, default=None
            Package of the frame, see `LogisticSummary.to_frame`; None stands for that of X.

        Returns
        -------
        pandas.DataFrame, polars.DataFrame or pyarrow.Table
            A row for each feature, and one for the intercept; of more than two classes, those of
            each in turn.

        Raises
        ------
        ValueError
            If `level` or `kind` is out of range.
        ImportError
            If the package is not installed.
        """
        from elltwo.functional._logistic.summary import coefficients

        return coefficients(self, level).to_frame(kind)

    def score(
        self,
        X: npt.ArrayLike | SparseLike,
        y: Any,  # noqa: ANN401  # whatever has labels
        sample_weight: npt.ArrayLike | None = None,
    ) -> float:
        """Evaluate the accuracy of the predicted classes of rows, as scikit-learn's `score` does.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict, as for `predict`.
        y : array-like of shape (n_samples,)
            Labels of their classes; one that is none of `classes` is predicted wrongly.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, not negative and not all zero.

        Returns
        -------
        float
            Share of the rows, by weight, whose class is predicted.

        Raises
        ------
        ValueError
            If shapes disagree, X holds NaN or infinity, or a label is missing.
        TypeError
            If X or weights do not hold real numbers, or labels are not hashable.
        """
        from elltwo.functional._base.score import accuracy

        require_same_labels(X, y=y, sample_weight=sample_weight)
        return accuracy(self.predict(X), y, sample_weight)

    def linear_predictor(
        self, X: npt.ArrayLike | SparseLike, offset: npt.ArrayLike | None = None
    ) -> FloatArray:
        """Return ``X @ coef.T + intercept + offset``: of two classes, log-odds of the second.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict. If the fit has `feature_names` and X is a table with names, its
            columns are those of these names, whatever their order, and others are ignored.
        offset : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
            What is added, of the shape of the result; None stands for zeros, also where the fit
            had an offset.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            One column for two classes, else one for each: logarithms of the probabilities up to a
            constant of each row. float32 if X and `coef` are and there is no offset, else float64.

        Raises
        ------
        ValueError
            If X has another number of features than the fit, or lacks one by name, or holds NaN or
            infinity, if `offset` does or has another shape, or if a sum overflows.
        TypeError
            If X or `offset` does not hold real numbers.
        """
        names = None if type(X) is np.ndarray else self._names.features
        z = linear_predictor(X, self._coef, self._intercept, names)
        if offset is None:
            return z
        require_same_labels(X, offset=offset)
        shift = offsets(offset, z.shape[0], outputs_of(self._classes.size)).reshape(z.shape)
        with np.errstate(over="ignore"):
            z = z + shift
        require_representable(z)
        return z

    def predict(
        self, X: npt.ArrayLike | SparseLike, offset: npt.ArrayLike | None = None
    ) -> AnyArray:
        """Predict the classes of the rows of X.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.
        offset : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
            See `linear_predictor`.

        Returns
        -------
        ndarray of shape (n_samples,)
            The most probable of `classes` for every row, of equals the first.

        Raises
        ------
        ValueError, TypeError
            See `linear_predictor`.
        """
        predicted: AnyArray = self._classes.take(winners(self.linear_predictor(X, offset)))
        return predicted

    @overload
    def predict_proba(
        self,
        X: npt.ArrayLike | SparseLike,
        offset: npt.ArrayLike | None = None,
        *,
        interval: None = None,
    ) -> FloatArray: ...
    @overload
    def predict_proba(
        self,
        X: npt.ArrayLike | SparseLike,
        offset: npt.ArrayLike | None = None,
        *,
        interval: float,
    ) -> IntervalPrediction: ...
    def predict_proba(
        self,
        X: npt.ArrayLike | SparseLike,
        offset: npt.ArrayLike | None = None,
        *,
        interval: float | None = None,
    ) -> FloatArray | IntervalPrediction:
        """Predict the probabilities of the classes for the rows of X.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.
        offset : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
            See `linear_predictor`.
        interval : float, default=None
            Level in (0, 1) of intervals for the probabilities, from the posterior under the prior
            that the penalty stands for, in its normal approximation; None stands for probabilities
            alone. Log-odds have normal intervals, whose ends are transformed; standard errors of
            the probabilities are those of the delta method.

        Returns
        -------
        ndarray of shape (n_samples, n_classes) or IntervalPrediction
            Probabilities, in the order of `classes`; rows sum to 1. With `interval` a record of
            them as `mean`, `lower`, `upper` and `standard_error`.

        Raises
        ------
        ValueError, TypeError
            See `linear_predictor`; ValueError as well if `interval` is out of range, or intervals
            are asked for and there are no `statistics`, a class has no row, or neither X nor the
            penalty determines a coefficient.
        """
        if interval is None:
            return probabilities(self.linear_predictor(X, offset))
        level = read_level(interval, "interval")
        statistics, z = self.statistics, self.linear_predictor(X, offset)
        return statistics.probability_intervals(X, z, level)

    def predict_log_proba(
        self, X: npt.ArrayLike | SparseLike, offset: npt.ArrayLike | None = None
    ) -> FloatArray:
        """Predict the logarithms of the probabilities, which are finite where those round to 0.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.
        offset : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
            See `linear_predictor`.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Logarithms, in the order of `classes`.

        Raises
        ------
        ValueError, TypeError
            See `linear_predictor`.
        """
        return log_probabilities(self.linear_predictor(X, offset))

    @property
    def _names(self) -> Names:  # type: ignore[override]  # looked for when asked for
        if isinstance(self._source, Names):
            return self._source
        return NAMELESS if self._source is None else self._source.problem.names

    def __reduce__(self) -> tuple[Any, ...]:
        arguments = (self._coef, self._intercept, self._classes, self.info)
        return type(self), arguments, *self._state()

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._source = Names(*state)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(classes={short_text(self._classes)}, "
            f"coef={short_text(self._coef)}, intercept={short_text(self._intercept)}, "
            f"solver={self.info.solver!r}, status={self.info.status!r})"
        )
