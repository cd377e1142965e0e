"""Some alphas of a path, which are fitted side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.functional._logistic_passes.curvatures import Curvatures
from elltwo.functional._logistic_passes.path_lanes import path_lanes
from elltwo.functional._logistic_passes.scaled import Scaled
from elltwo.functional._logistic_passes.side_by_side import SideBySide

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.problem import PassProblem
    from elltwo.functional._logistic_passes.sums import PassSums
    from elltwo.functional._logistic_passes.task import Folds, PassTask


class PathChunk:
    """Alphas that are fitted to all rows side by side.

    Parameters
    ----------
    problem : PassProblem
        Penalty and options.
    first : FirstSums
        The sums of the first pass.
    alphas : ndarray of shape (n_alphas,)
        Penalties, falling.
    """

    plain: tuple[str, ...] = ()  #: attributes that a state keeps as they are

    def __init__(self, problem: PassProblem, first: FirstSums, alphas: Float64Array) -> None:
        self.problem = problem
        self.first = first
        self.alphas = alphas
        self.side = SideBySide([], Curvatures())

    def begin(self, n_threads: int) -> None:
        """Start the fits; `n_threads` are those of the fits of the sample."""
        scaled = [self.scaled(alpha) for alpha in self.alphas.tolist()]
        self.side = path_lanes(self.first, scaled, self.problem.tol, 1, n_threads)

    @property
    def is_done(self) -> bool:
        """Whether all fits have ended."""
        return not self.side.going

    def scaled(self, alpha: float, fold: int = -1) -> Scaled:
        """Return the problem of an alpha and the rows outside a fold, -1 for all rows."""
        return Scaled(self.problem._replace(alpha=alpha), self.first, alpha, fold)

    def task(self, folds: Folds) -> PassTask:
        """Return the points of the next pass."""
        return self.side.task(self.first, folds)

    def take(self, sums: PassSums) -> None:
        """Take the sums of the pass."""
        self.side.take(sums)
