"""What a fit to moments returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.functional._base.convergence import as_info
from elltwo.functional._base.options import StandIn
from elltwo.functional._base.record_parts import public
from elltwo.functional._ridge.fit import warn_unless_converged
from elltwo.functional._ridge.record import RidgeFit
from elltwo.functional._ridge.statistics_of import FittedData

if TYPE_CHECKING:
    from elltwo._core import SolveInfo as RawSolveInfo
    from elltwo.functional._base.options import Options
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_problem.problem import MomentsProblem
    from elltwo.functional._ridge_statistics.measures import PerTarget
    from elltwo.functional._ridge_statistics.statistics import StandardErrors


@public("elltwo")
class MomentsFit(RidgeFit):
    """A ridge regression fitted to moments, as `elltwo.Moments.ridge` returns it; read-only.

    It keeps the moments as they were, which later changes do not reach, for `edf`, `rss`, `stderr`
    and `statistics`. Those that need rows raise ValueError.

    See Also
    --------
    elltwo.Moments.ridge : Makes one.
    """

    __slots__ = ()

    @property
    def edf(self) -> PerTarget:
        """Effective degrees of freedom, a float or of shape (n_targets,)."""
        return self.statistics.edf

    @property
    def rss(self) -> PerTarget:
        """Weighted sum of squared residuals, a float or of shape (n_targets,)."""
        return self.statistics.rss

    def stderr(self, kind: str = "bayesian") -> StandardErrors:
        """Standard errors of coefficients and intercept.

        Parameters
        ----------
        kind : {"bayesian", "sampling"}, default="bayesian"
            See `RidgeStatistics.standard_errors`.

        Returns
        -------
        StandardErrors
            Record with `coef` and `intercept`.

        Raises
        ------
        ValueError
            If `kind` is none of these, or needs rows.
        """
        return self.statistics.standard_errors(kind)


def as_moments_fit(
    problem: MomentsProblem,
    fitted: tuple[Float64Array, Float64Array, RawSolveInfo],
    alpha: Float64Array,
    options: Options,
) -> MomentsFit:
    """Return what the core fitted in the shape of the targets."""
    coef, intercept, info = fitted
    warn_unless_converged(info)
    ended = as_info(info, options.solver) if isinstance(options.solver, StandIn) else info
    data = FittedData(problem, alpha, options, False)
    if problem.one_dimensional:
        return MomentsFit(coef[0], float(intercept[0]), ended, data)
    return MomentsFit(coef, intercept, ended, data)
