"""What a logistic regression of rows that were seen in passes returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from elltwo.functional._base.record_parts import public
from elltwo.functional._logistic.record import LogisticFit

if TYPE_CHECKING:
    from elltwo.functional._base.names import Names
    from elltwo.functional._base.validate import AnyArray, FloatArray
    from elltwo.functional._logistic_problem.info import LogisticInfo
    from elltwo.functional._logistic_statistics.statistics import LogisticStatistics


@public("elltwo")
class PassInfo(NamedTuple):
    """How often the rows were read, and what that took.

    Parameters
    ----------
    n_passes : int
        Passes over the rows, the first one included.
    n_hessian_passes : int
        Those of them that formed a Hessian.
    seconds : tuple of float or None
        What each pass took; None where it was not measured.
    n_bytes : int or None
        Bytes of sums that were moved between processes; None where there are none, or unknown.
    """

    n_passes: int
    n_hessian_passes: int
    seconds: tuple[float, ...] | None
    n_bytes: int | None


@public("elltwo")
class PassesFit(LogisticFit):
    """A logistic regression of rows that were read in passes; read-only.

    It predicts as every `LogisticFit` does. The rows are not at hand, so that there are no
    `statistics`.

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_classes, n_features)
        Coefficients: of the second of two classes, else of every class.
    intercept : float or ndarray of shape (n_classes,)
        Intercepts, zero where none was fitted.
    classes : ndarray of shape (n_classes,)
        Labels of the classes.
    info : LogisticInfo
        How the fit ended. `n_passes` counts the first pass, `n_iter` steps, and `gap` is a bound
        by self-concordance (Bach 2010, proposition 1) from the last gradient and Hessian.
    passes : PassInfo
        How often the rows were read.
    names : object, default=None
        Names of the features.

    See Also
    --------
    elltwo.fit_stream : Makes one of files.
    elltwo.logistic : The same of arrays.
    """

    __slots__ = ("_passes",)

    def __init__(
        self,
        coef: FloatArray,
        intercept: float | FloatArray,
        classes: AnyArray,
        info: LogisticInfo,
        passes: PassInfo,
        names: Names | None = None,
    ) -> None:
        super().__init__(coef, intercept, classes, info, names)
        self._passes = passes

    @property
    def passes(self) -> PassInfo:
        """How often the rows were read, and what that took."""
        return self._passes

    @property
    def statistics(self) -> LogisticStatistics:
        """Not known: degrees of freedom and standard errors need the rows.

        Raises
        ------
        ValueError
            Always; the message says what would give them.
        """
        raise ValueError(
            "a fit of rows that were read in passes has left its data behind: "
            "elltwo.logistic of the rows in memory has statistics"
        )

    def with_names(self, names: Names) -> PassesFit:
        """Return the same fit with the names of its features."""
        return PassesFit(self._coef, self._intercept, self._classes, self.info, self._passes, names)

    def __reduce__(self) -> tuple[Any, ...]:
        arguments = (self._coef, self._intercept, self._classes, self.info, self._passes)
        return type(self), arguments, *self._state()
