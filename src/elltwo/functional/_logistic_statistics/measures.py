"""How well a logistic regression describes its data: degrees of freedom, deviance, residuals."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from elltwo.functional._logistic_statistics.binary import BinaryInformation
from elltwo.functional._logistic_statistics.empty_classes import PresentInformation
from elltwo.functional._logistic_statistics.multinomial import MultinomialInformation
from elltwo.functional._logistic_statistics.rows import FittedRows, null_deviance

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_problem.problem import LogisticOptions, LogisticProblem


class LogisticMeasures:
    """The part of `LogisticStatistics` that is about fitted probabilities."""

    def __init__(
        self,
        problem: LogisticProblem,
        options: LogisticOptions,
        alpha: float,
        coef: Float64Array,
        intercept: Float64Array,
    ) -> None:
        self._problem, self._options = problem, options
        self._coef, self._intercept = coef, intercept  # (n_outputs, n_features), (n_outputs,)
        self._rows = FittedRows(problem, coef, intercept)
        self.alpha = alpha

    def __reduce__(self) -> tuple[Any, ...]:
        # Decompositions do not pickle; data do.
        given = (self._problem, self._options, self.alpha, self._coef, self._intercept)
        return type(self), given

    @cached_property
    def _information(self) -> BinaryInformation | MultinomialInformation | PresentInformation:
        what = (self._problem, self._options, self.alpha, self._rows)
        if self.fit_intercept and self._present.size < self._problem.classes.size:
            return PresentInformation(*what, self._present)
        made = BinaryInformation if self._problem.n_outputs == 1 else MultinomialInformation
        return made(*what)

    @cached_property
    def _present(self) -> npt.NDArray[np.intp]:
        """The classes with a row of positive weight."""
        return np.unique(self._problem.labels.codes[self._rows.weight > 0.0])

    @property
    def fit_intercept(self) -> bool:
        """Whether there is an intercept."""
        return self._options.fit_intercept

    @property
    def n_samples(self) -> int:
        """Number of rows of positive weight."""
        return int(np.count_nonzero(self._rows.weight))

    @property
    def n_observations(self) -> float:
        """Sum of the weights, the number of rows where there are none."""
        return float(self._rows.weight.sum())

    @property
    def is_unpenalised(self) -> bool:
        """Whether the penalty of every coefficient is 0, or pins it: then this is likelihood's."""
        factors = self._problem.penalty_factors
        if factors is None or np.any((factors > 0.0) & (factors < np.inf)):
            return self.alpha == 0.0
        return True

    @property
    def row_weights(self) -> Float64Array:
        """Weights of the rows, (n_samples,), ones where there are none."""
        return self._rows.weight

    @cached_property
    def edf(self) -> float:
        """Effective degrees of freedom, tr(H^-1 F), those of free intercepts among them [1]_.

        K classes without a penalty have K - 1 for each parameter.
        """
        return self._information.edf

    @cached_property
    def deviance(self) -> float:
        """Twice the weighted loss, -2 sum w log p of the rows' own classes."""
        return self._rows.deviance

    @cached_property
    def null_deviance(self) -> float:
        """Deviance of the fit without features: by intercept, if there is one, and offset."""
        return null_deviance(self._problem, self._options)

    @property
    def log_likelihood(self) -> float:
        """Logarithm of the likelihood, without the penalty."""
        return -0.5 * self.deviance

    @property
    def r_squared_mcfadden(self) -> float:
        """McFadden's R^2, 1 - deviance / null_deviance [4]_; 0 where that is 0."""
        null = self.null_deviance
        return 1.0 - self.deviance / null if null > 0.0 else 0.0

    @property
    def r_squared_nagelkerke(self) -> float:
        """Nagelkerke's R^2 [5]_, which is 1 for a perfect fit; W = sum(w) observations."""
        w, null = self.n_observations, self.null_deviance
        most = -np.expm1(-null / w)
        return float(-np.expm1((self.deviance - null) / w) / most) if most > 0.0 else 0.0

    @property
    def r_squared_tjur(self) -> float:
        """Tjur's R^2 [6]_: how much larger the mean probability of the second class is in it.

        0 where a class has no row of positive weight.

        Raises
        ------
        ValueError
            If there are more than two classes.
        """
        self._require_two("r_squared_tjur is")
        if self._present.size < 2:
            return 0.0
        codes, p = self._problem.labels.codes, self._rows.probabilities[:, 1]
        first, second = (
            np.average(p, weights=self._rows.weight * (codes == code)) for code in (0, 1)
        )
        return float(second - first)

    @property
    def aic(self) -> float:
        """Akaike's criterion, deviance + 2 edf."""
        return self.deviance + 2.0 * self.edf

    @property
    def bic(self) -> float:
        """Schwarz's criterion, deviance + log(W) edf for W = sum(w) observations."""
        return self.deviance + float(np.log(self.n_observations)) * self.edf

    @cached_property
    def leverages(self) -> Float64Array:
        """Leverages of two classes, (n_samples,), which sum to `edf` [7]_.

        w p (1 - p) z^T H^-1 z of every row.

        Raises
        ------
        ValueError
            If there are more than two classes.
        """
        self._require_two("leverages are")
        return cast("BinaryInformation", self._information).leverages

    @property
    def fitted_values(self) -> Float64Array:
        """Probabilities of the classes of the rows of the fit, (n_samples, n_classes)."""
        return self._rows.probabilities

    @property
    def pearson_residuals(self) -> Float64Array:
        """Residuals of two classes over their standard deviations, (n_samples,).

        sqrt(w) (y - p) / sqrt(p (1 - p)) for y of 0 and 1; infinite beyond the range of float64.

        Raises
        ------
        ValueError
            If there are more than two classes.
        """
        self._require_two("pearson_residuals are")
        side = self._signs
        with np.errstate(over="ignore", invalid="ignore"):
            odds: Float64Array = np.exp(-0.5 * side * self._rows.linear_predictor)
            residuals = side * np.sqrt(self._rows.weight) * odds
        return np.where(self._rows.weight > 0.0, residuals, 0.0)

    @property
    def deviance_residuals(self) -> Float64Array:
        """Signed roots of the rows' parts in the deviance of two classes, (n_samples,).

        Raises
        ------
        ValueError
            If there are more than two classes.
        """
        self._require_two("deviance_residuals are")
        loss = -2.0 * self._rows.weight * self._rows.log_likelihoods
        result: Float64Array = self._signs * np.sqrt(loss)
        return result

    @property
    def _signs(self) -> Float64Array:
        """1 for rows of the second of two classes, -1 for the others."""
        return np.where(self._problem.labels.codes == 1, 1.0, -1.0)

    def _require_two(self, what: str) -> None:
        n_classes = self._problem.classes.size
        if n_classes > 2:
            raise ValueError(f"{what} defined for two classes, the fit has {n_classes}")
