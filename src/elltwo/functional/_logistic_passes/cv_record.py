"""What a choice of alpha over passes returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.record_parts import public
from elltwo.functional._logistic_cv.record import LogisticCVFit
from elltwo.functional._logistic_passes.record import PassesFit

if TYPE_CHECKING:
    from elltwo.functional._base.names import Names
    from elltwo.functional._logistic_cv.record import CVResults
    from elltwo.functional._logistic_passes.record import PassInfo
    from elltwo.functional._logistic_statistics.statistics import LogisticStatistics


@public("elltwo")
class PassesCVFit(LogisticCVFit):
    """A logistic regression with its alpha chosen, of rows that were read in passes; read-only.

    `alpha`, `alphas`, `cv_score`, `cv_se` and `fold_scores` are those of `LogisticCVFit`. The rows
    are not at hand, so that there are no `statistics`.

    Parameters
    ----------
    fit : PassesFit
        The fit to all rows at the chosen alpha.
    results : tuple
        What is behind `alpha`, `alphas`, `cv_score`, `cv_se` and `fold_scores`.

    See Also
    --------
    elltwo.logistic_cv : The same of arrays.
    """

    __slots__ = ("_passes",)

    def __init__(self, fit: PassesFit, results: CVResults) -> None:
        super().__init__(fit, results)
        self._passes = fit.passes

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
        return self._final(self._names).statistics

    def with_names(self, names: Names) -> PassesCVFit:
        """Return the same fit with the names of its features."""
        return PassesCVFit(self._final(names), self._results)

    def _final(self, names: Names) -> PassesFit:
        coef, intercept, classes = self._coef, self._intercept, self._classes
        return PassesFit(coef, intercept, classes, self.info, self._passes, names)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._final(self._names), self._results)
