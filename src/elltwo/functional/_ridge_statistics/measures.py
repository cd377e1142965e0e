"""How well a fit describes its data: degrees of freedom, residuals, criteria."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.options import require_target
from elltwo.functional._ridge_problem.criteria import generalised_cv, information_criterion
from elltwo.functional._ridge_statistics.target_group import TargetGroup

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    import numpy.typing as npt

    from elltwo._core import RidgePath as Core
    from elltwo.functional._base.options import Options
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_problem.problem import Problem

    PerTarget: TypeAlias = float | Float64Array


class FitMeasures:
    """The part of `RidgeStatistics` that is about fitted values."""

    _target_group: type[TargetGroup] = TargetGroup

    def __init__(
        self, problem: Problem, options: Options, alpha: Float64Array, core: Core | None = None
    ) -> None:
        self._problem = problem
        self._options = options
        n_targets = problem.Y.shape[1]
        each = np.broadcast_to(alpha, (n_targets,))
        self._groups = [
            self._target_group(problem, options, float(value), np.flatnonzero(each == value), core)
            for value in np.unique(each)
        ]

    def __reduce__(self) -> tuple[Any, ...]:
        # Decompositions do not pickle; data do.
        return type(self), (self._problem, self._options, np.atleast_1d(self.alpha))

    def _per_target(self, values: Callable[[TargetGroup], npt.ArrayLike]) -> Float64Array:
        """Gather arrays whose first axis is that of a group's targets."""
        parts = [np.asarray(values(group), dtype=np.float64) for group in self._groups]
        result = np.empty((self._problem.Y.shape[1], *parts[0].shape[1:]))
        for group, part in zip(self._groups, parts, strict=True):
            result[group.targets] = part
        return result

    def _number(self, values: Callable[[TargetGroup], npt.ArrayLike]) -> PerTarget:
        result = self._per_target(values)
        return float(result[0]) if self._problem.one_dimensional else result

    def _array(self, values: Callable[[TargetGroup], npt.ArrayLike]) -> Float64Array:
        result = self._per_target(values)
        return result[0] if self._problem.one_dimensional else result

    def _shared(self, value: Callable[[TargetGroup], npt.ArrayLike]) -> Callable[..., Float64Array]:
        """Repeat what a group's targets have in common."""

        def repeated(group: TargetGroup) -> Float64Array:
            values = np.asarray(value(group), dtype=np.float64)
            return np.broadcast_to(values, (group.targets.size, *values.shape))

        return repeated

    def _target_index(self, target: int) -> int:
        return require_target(target, self._problem.Y.shape[1])

    @property
    def fit_intercept(self) -> bool:
        """Whether there is an intercept."""
        return self._options.fit_intercept

    @property
    def n_samples(self) -> int:
        """Number of rows of positive weight."""
        return self._problem.n_weighted

    @property
    def n_observations(self) -> float:
        """Sum of the weights, the number of rows where there are none."""
        w = self._problem.sample_weight
        return float(self._problem.X.shape[0] if w is None else w.sum())

    @property
    def row_weights(self) -> Float64Array:
        """Weights of the rows, (n_samples,), ones where there are none."""
        w = self._problem.sample_weight
        return np.ones(self._problem.n_samples) if w is None else w

    @property
    def alpha(self) -> PerTarget:
        """Penalty, a float or of shape (n_targets,), as are all numbers below."""
        return self._number(self._shared(lambda group: group.alpha[0]))

    @property
    def edf(self) -> PerTarget:
        """Effective degrees of freedom, tr S, those of an intercept among them."""
        return self._number(self._shared(lambda group: group.edf))

    @property
    def residual_df(self) -> PerTarget:
        """Residual degrees of freedom, W - tr S."""
        return self._number(self._shared(lambda group: group.residual_df))

    @property
    def rss(self) -> PerTarget:
        """Weighted sum of squared residuals."""
        return self._number(lambda group: group.rss)

    @property
    def sigma(self) -> PerTarget:
        """Residual standard deviation, sqrt(RSS / (W - tr S)); infinite where W - tr S is 0."""
        return self._number(lambda group: np.sqrt(group.variance))

    @property
    def r_squared(self) -> PerTarget:
        """1 - RSS / TSS, TSS about the mean if there is an intercept.

        For a target without any variation 1 if the fit is perfect, else 0.
        """

        def share(group: TargetGroup) -> Float64Array:
            total, rss = group.total_squares, group.rss
            perfect = np.where(rss > 0.0, 0.0, 1.0)
            return np.where(total > 0.0, 1.0 - rss / np.where(total > 0.0, total, 1.0), perfect)

        return self._number(share)

    @property
    def gcv(self) -> PerTarget:
        """Generalised cross-validation, as in `RidgePath.gcv`, which counts rows, not weights."""
        n = self.n_samples
        return self._number(lambda group: generalised_cv(n, group.rss, group.edf))

    @property
    def aic(self) -> PerTarget:
        """Akaike's criterion, as in `RidgePath.aic`, which counts rows, not weights."""
        return self._criterion(2.0)

    @property
    def bic(self) -> PerTarget:
        """Schwarz's criterion, as in `RidgePath.bic`, which counts rows, not weights."""
        return self._criterion(float(np.log(self.n_samples)))

    def _criterion(self, price: float) -> PerTarget:
        n = self.n_samples
        return self._number(lambda group: information_criterion(n, group.rss, group.edf, price))

    @property
    def log_likelihood(self) -> PerTarget:
        """Logarithm of the likelihood of Gaussian errors of variance RSS / W, without the penalty.

        -W / 2 (log(2 pi RSS / W) + 1); infinite for a perfect fit.
        """
        w = self.n_observations
        with np.errstate(divide="ignore"):
            return self._number(
                lambda group: -0.5 * w * (np.log(2.0 * np.pi * group.rss / w) + 1.0)
            )

    @property
    def is_unpenalised(self) -> bool:
        """Whether the penalty of every coefficient is 0 or pins it: least squares, then."""
        factors = self._problem.penalty_factors
        if factors is None or np.any((factors > 0.0) & (factors < np.inf)):
            return not np.any(self.alpha)
        return not (self._options.penalize_intercept and np.any(self.alpha))

    @property
    def leverages(self) -> Float64Array:
        """Diagonal of S, of y's shape."""
        return self._rows(self._shared(lambda group: group.leverages))

    @property
    def fitted_values(self) -> Float64Array:
        """Predictions of the rows of the fit, of y's shape."""
        return self._rows(lambda group: group.fitted_values.T)

    @property
    def residuals(self) -> Float64Array:
        """Y minus fitted values, of y's shape."""
        return self._rows(lambda group: group.residuals.T)

    @property
    def loo_residuals(self) -> Float64Array:
        """Y minus the prediction of the fit without the row, of y's shape."""
        return self._rows(lambda group: group.loo_residuals.T)

    def _rows(self, values: Callable[[TargetGroup], npt.ArrayLike]) -> Float64Array:
        return self._array(values).T
