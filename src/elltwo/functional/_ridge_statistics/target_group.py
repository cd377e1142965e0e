"""The targets of a problem that share one alpha, and what their statistics are made of."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.row_blocks import column_moments, fitted_values
from elltwo.functional._ridge_statistics.jackknife import LeftOutFits
from elltwo.functional._ridge_statistics.smoother import smoother

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo._core import RidgePath as Core
    from elltwo.functional._base.options import Options
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_problem.problem import Problem
    from elltwo.functional._ridge_statistics.smoother_record import Smoother

_NOTHING_LEFT = 1e-10  # of the sum of weights: fewer residual degrees of freedom are rounding


class TargetGroup:
    """One decomposition and what follows from it, computed when it is asked for."""

    def __init__(
        self,
        problem: Problem,
        options: Options,
        alpha: float,
        targets: npt.NDArray[np.intp],
        core: Core | None,
    ) -> None:
        if targets.size < problem.Y.shape[1]:
            prior = problem.prior_mean
            problem = problem._replace(
                Y=problem.Y[:, targets],
                prior_mean=None if prior is None else np.ascontiguousarray(prior[targets]),
            )
        self.problem = problem._replace(one_dimensional=False)
        self.options = options
        self.alpha = np.array([alpha])
        self.targets = targets
        self._path = core

    @cached_property
    def smoother(self) -> Smoother:
        return smoother(self.problem, self.options, float(self.alpha[0]), self._path)

    @cached_property
    def _grid(self) -> Float64Array:
        return np.array([self.smoother.alpha])

    @cached_property
    def _measures(self) -> tuple[Float64Array, Float64Array]:
        return self.smoother.core.measures(self._grid)

    @property
    def edf(self) -> float:
        return float(self._measures[0][0])

    @cached_property
    def rss(self) -> Float64Array:
        """Weighted sums of squared residuals, (n_targets,).

        Those of a Gram matrix are a difference of squares, and computed from residuals instead.
        """
        if self.smoother.core.solver != "eigen":
            rss: Float64Array = self._measures[1][0]
            return rss
        w = self.problem.sample_weight
        root = 1.0 if w is None else np.sqrt(w)[:, np.newaxis]
        result: Float64Array = ((root * self.residuals) ** 2).sum(axis=0)
        return result

    @property
    def residual_df(self) -> float:
        return self.smoother.columns.weight - self.edf

    @property
    def variance(self) -> Float64Array:
        """Residual variances, infinite where no degrees of freedom are left."""
        if self.residual_df <= _NOTHING_LEFT * self.smoother.columns.weight:
            return np.full(self.targets.size, np.inf)
        result: Float64Array = self.rss / self.residual_df
        return result

    @cached_property
    def parameters(self) -> tuple[Float64Array, Float64Array]:
        """Coefficients (n_targets, n_features) and intercepts (n_targets,)."""
        coef, intercept = self.smoother.core.coefficients(self._grid)
        return coef[0], intercept[0]

    @property
    def determined(self) -> Float64Array:
        """Coefficients (n_targets, n_features), NaN where rows and penalty do not fix them."""
        known = self.smoother.known
        return (
            self.parameters[0]
            if known is None
            else np.where(known[:-1], self.parameters[0], np.nan)
        )

    @property
    def fitted_values(self) -> Float64Array:
        return fitted_values(self.problem.X, *self.parameters)

    @cached_property
    def residuals(self) -> Float64Array:
        result: Float64Array = self.problem.Y - self.fitted_values
        return result

    @cached_property
    def leverages(self) -> Float64Array:
        h: Float64Array = self.smoother.core.leverages(self._grid)[0]
        return h

    @cached_property
    def loo_residuals(self) -> Float64Array:
        if self.problem.n_weighted < 2:
            raise ValueError("leaving a row out needs at least 2 rows of positive weight")
        _, predictions = self.smoother.core.leave_one_out(self._grid, True)
        result: Float64Array = self.problem.Y - predictions[:, :, 0]
        return result

    @property
    def total_squares(self) -> Float64Array:
        """Weighted squares of the targets about their means, or zero without an intercept."""
        w, centred = self.problem.sample_weight, self.options.fit_intercept
        return column_moments(self.problem.Y, w, centred).square

    @cached_property
    def left_out_fits(self) -> LeftOutFits:
        return LeftOutFits(self.smoother, self.problem, self.loo_residuals)
