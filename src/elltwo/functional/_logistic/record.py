"""What a logistic regression for one penalty returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.names import NAMELESS, Named, Names
from elltwo.functional._base.record_parts import Saved, public, short_text
from elltwo.functional._base.shown import ShownInNotebooks
from elltwo.functional._logistic.predictions import ClassPredictions
from elltwo.functional._logistic_problem.info import LogisticSource, as_info

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo._core import LogisticInfo as RawLogisticInfo
    from elltwo.functional._base.validate import AnyArray, FloatArray
    from elltwo.functional._logistic.summary import LogisticSummary
    from elltwo.functional._logistic_problem.info import LogisticInfo
    from elltwo.functional._logistic_statistics.statistics import LogisticStatistics


@public("elltwo")
class LogisticFit(ClassPredictions, Named, ShownInNotebooks, Saved):
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
        penalty, one that was pickled, or one of very many parameters, has the coefficients alone.

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
