"""The statistics of a ridge fit to moments."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from elltwo.functional._base.row_blocks import target_squares
from elltwo.functional._ridge_statistics.statistics import RidgeStatistics
from elltwo.functional._ridge_statistics.target_group import TargetGroup

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo._core import RidgePath as Core
    from elltwo.functional._base.options import Options
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_problem.problem import MomentsProblem

NO_ROWS = (
    "leverages, residuals, sandwich errors and prediction intervals need the rows, which Moments "
    "do not keep"
)


class MomentsTargetGroup(TargetGroup):
    """Targets that share one alpha, given by moments."""

    def __init__(
        self,
        problem: MomentsProblem,
        options: Options,
        alpha: float,
        targets: npt.NDArray[np.intp],
        core: Core | None,
    ) -> None:
        if targets.size < problem.Y.shape[1]:
            problem, core = targets_of(problem, targets), None
        self._moments = problem.X
        super().__init__(problem, options, alpha, targets, core)

    @cached_property
    def rss(self) -> Float64Array:
        """Weighted sums of squared residuals, (n_targets,): differences of squares."""
        return self._moments.squared_errors(*map(np.ascontiguousarray, self.parameters))

    @property
    def total_squares(self) -> Float64Array:
        """Squares of the targets about their means, or zero without an intercept."""
        return target_squares(self._moments, self.options.fit_intercept)

    def _refuse(self) -> NoReturn:
        raise ValueError(NO_ROWS)

    fitted_values = residuals = leverages = loo_residuals = left_out_fits = property(_refuse)


def targets_of(problem: MomentsProblem, targets: npt.NDArray[np.intp]) -> MomentsProblem:
    """Return the problem of some targets."""
    prior = problem.prior_mean
    return problem._replace(
        X=problem.X.of_targets(targets),  # type: ignore[arg-type]
        Y=problem.Y[:, targets],
        prior_mean=None if prior is None else np.ascontiguousarray(prior[targets]),
    )


class MomentsStatistics(RidgeStatistics):
    """The statistics that moments suffice for; the others raise ValueError.

    These are all but leverages, residuals, "sandwich" errors and prediction intervals. `rss` is a
    difference of squares, with an error of about 1e-16 of the target's own.
    """

    _target_group = MomentsTargetGroup
    _problem: MomentsProblem
    has_rows = False

    @property
    def row_weights(self) -> NoReturn:
        """Refuse: moments do not keep the rows."""
        raise ValueError(NO_ROWS)

    def of_target(self, target: int) -> RidgeStatistics:
        """Return the statistics of one target on its own, as of a fit to a 1-D y."""
        index = self._target_index(target)
        if self._problem.one_dimensional:
            return self
        problem = targets_of(self._problem, np.array([index]))._replace(one_dimensional=True)
        alpha = np.atleast_1d(self.alpha)[[index]]
        return MomentsStatistics(problem, self._options, alpha)

    @property
    def n_observations(self) -> float:
        """Sum of the weights."""
        return self._problem.X.weight
