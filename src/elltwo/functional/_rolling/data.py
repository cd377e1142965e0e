"""What rolling fits were made from, kept by reference for the statistics of single steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.options import AUTO, MAX_ITER, TOL, read_options
from elltwo.functional._ridge.statistics_of import FittedData
from elltwo.functional._ridge_problem.problem import Problem

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.names import Names
    from elltwo.functional._base.validate import Float64Array, FloatArray

_LEAST_DECAY = 1e-250  # below it products with weights would leave the range of float64


class StepData(NamedTuple):
    """A table in time, and how its steps were fitted."""

    X: FloatArray  #: (n_samples, n_features)
    Y: Float64Array  #: (n_samples, n_targets)
    one_dimensional: bool  #: whether y was
    penalty_factors: Float64Array | None
    sample_weight: Float64Array | None
    alpha: float
    fit_intercept: bool
    skips_missing: bool
    window: int | npt.NDArray[np.intp]  #: a number of rows, 0 for all so far, or the first of each
    half_life: float
    times: npt.NDArray[Any] | None  #: (n_samples,), where windows are of a duration

    def of_step(self, step: int, names: Names) -> FittedData:
        """Return the problem whose solution the step's fit is.

        Decaying weights w = s d are multiplied by sum(w) / sum(s d^2), and so is the penalty: their
        sum is then the effective number of rows, which the variance of the errors and Student's
        distribution go by.
        """
        first = self._first(step)
        rows = slice(first, step + 1)
        X, Y = self.X[rows], self.Y[rows]
        weight = None if self.sample_weight is None else self.sample_weight[rows]
        age = np.arange(len(Y) - 1, -1, -1)
        if self.skips_missing:
            whole = ~(np.isnan(X).any(axis=1) | np.isnan(Y).any(axis=1))
            X, Y, age = X[whole], Y[whole], age[whole]
            weight = None if weight is None else weight[whole]
        alpha = self.alpha
        if np.isfinite(self.half_life):
            weight, alpha = self._decayed(age, weight)
        problem = Problem(X, Y, self.penalty_factors, None, weight, self.one_dimensional, names)
        options = read_options(self.fit_intercept, False, AUTO, TOL, MAX_ITER, None)
        return FittedData(problem, np.array([alpha]), options, bounded=False)

    def _decayed(
        self, age: npt.NDArray[np.intp], weight: Float64Array | None
    ) -> tuple[Float64Array, float]:
        """Return the weights and the penalty of rows of some ages."""
        given = np.ones(len(age)) if weight is None else weight
        youngest = age[given > 0.0].min()  # the decay is taken from there, lest it underflow
        decay = np.exp2(np.minimum(youngest - age, 0.0) / self.half_life)
        decay[decay < _LEAST_DECAY] = 0.0
        decayed = given * decay
        factor = float(decayed.sum() / (decayed * decay).sum())
        with np.errstate(over="ignore"):  # to inf, which pins coefficients to zero
            factor_of_penalty = factor * float(np.exp2(youngest / self.half_life))
        penalised = self.alpha > 0.0
        return decayed * factor, self.alpha * factor_of_penalty if penalised else self.alpha

    def _first(self, step: int) -> int:
        if isinstance(self.window, np.ndarray):
            return int(self.window[step])
        return max(0, step + 1 - self.window) if self.window > 0 else 0
