"""The Fisher information of classes of which some have no row of positive weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.classes import Labels
from elltwo.functional._logistic_statistics.multinomial import MultinomialInformation
from elltwo.functional._logistic_statistics.rows import PresentRows
from elltwo.functional._ridge_statistics.covariance import BAYESIAN

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_problem.problem import LogisticOptions, LogisticProblem
    from elltwo.functional._logistic_statistics.rows import FittedRows

    Classes = npt.NDArray[np.intp]


class PresentInformation:
    """The Hessian of the classes that have rows, and the penalty of those that have none.

    The coefficients of an empty class are its prior, and nothing is known of its intercept. Of two
    classes with one output nothing else is left.
    """

    def __init__(
        self,
        problem: LogisticProblem,
        options: LogisticOptions,
        alpha: float,
        rows: FittedRows,
        present: Classes,
    ) -> None:
        self._problem, self._alpha = problem, alpha
        self._present = present
        self._of_present = None
        if present.size > 1:
            labels = Labels(problem.classes[present], problem.labels.codes)
            some = PresentRows(
                rows.weight, rows.probabilities[:, present], rows.residuals[:, present]
            )
            self._of_present = MultinomialInformation(
                problem._replace(labels=labels), options, alpha, some
            )

    @property
    def edf(self) -> float:
        """Trace of H^-1 F."""
        return 0.0 if self._of_present is None else self._of_present.edf

    @property
    def leverages(self) -> Float64Array:
        """Those of two classes, all 0, (n_samples,)."""
        return np.zeros(self._problem.labels.codes.size)

    def variances(self, kind: str) -> Float64Array:
        """Return those of the coefficients and, last, intercepts, (n_outputs, n_features + 1)."""
        n_outputs = self._problem.n_outputs
        result = np.tile(self._prior_variances(kind), (n_outputs, 1))
        if self._of_present is not None:
            result[self._present] = self._of_present.variances(kind)
        elif n_outputs > 1:
            result[self._present, -1] = 0.0
        return result

    def covariance(self, kind: str) -> Float64Array:
        """Return that of all parameters, by classes, in each coefficients and then intercept."""
        result = np.diag(self.variances(kind).ravel())
        if self._of_present is None:
            return result
        width = self._problem.X.shape[1] + 1
        places = (self._present[:, np.newaxis] * width + np.arange(width)).ravel()
        result[np.ix_(places, places)] = self._of_present.covariance(kind)
        return result

    def _prior_variances(self, kind: str) -> Float64Array:
        """Return 1 / penalty, infinite for the intercept; 0 for what rows have no part in."""
        result = np.zeros(self._problem.X.shape[1] + 1)
        if kind != BAYESIAN:
            return result
        factors = self._problem.penalty_factors
        factors = np.ones(result.size - 1) if factors is None else factors
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            penalty = np.where(factors > 0.0, self._alpha * factors, 0.0)
            penalty[np.isinf(factors)] = np.inf
            result[:-1] = 1.0 / penalty
        result[-1] = np.inf
        return result
