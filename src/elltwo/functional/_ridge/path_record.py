"""The record that `elltwo.ridge_path` returns."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.names import Named, Names
from elltwo.functional._base.record_parts import LEFT_BEHIND, Saved, public
from elltwo.functional._base.validate import one_penalty
from elltwo.functional._ridge.statistics_of import FittedData, statistics_of
from elltwo.functional._ridge_problem.bounded_path import BoundedPath
from elltwo.functional._ridge_problem.criteria import generalised_cv, information_criterion
from elltwo.functional._ridge_problem.decomposition import PathCore, decompose
from elltwo.functional._ridge_problem.iterated_path import IteratedPath
from elltwo.functional._ridge_problem.kept_path import KeptPath

if TYPE_CHECKING:
    from typing import Self

    from elltwo.functional._base.options import Options
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_problem.problem import Problem
    from elltwo.functional._ridge_statistics.statistics import RidgeStatistics


@public("elltwo")
class PathPoint(NamedTuple):
    """The fit at one alpha of a path.

    Parameters
    ----------
    alpha : float
        Penalty.
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
        Coefficients.
    intercept : float or ndarray of shape (n_targets,)
        Intercepts, zero where none was fitted.
    """

    alpha: float
    coef: Float64Array
    intercept: float | Float64Array


@public("elltwo")
class RidgePath(Named, Saved):
    """Ridge regressions for many penalties, as `elltwo.ridge_path` returns them.

    It keeps X and y, which must not change while it is used. Deep copies and pickles take both
    along, with what has been computed, and decompose X again when they are asked for more; `at`
    returns a record without them.

    Attributes
    ----------
    alphas : ndarray of shape (n_alphas,)
        Penalties, in the order they were given.
    optimality : ndarray of shape (n_alphas,) or None
        Relative KKT residuals of conjugate gradients or, with bounds, of coordinate descent; None
        where a decomposition served.

    See Also
    --------
    elltwo.ridge_path : Makes one.
    """

    def __init__(
        self,
        problem: Problem,
        options: Options,
        core: PathCore,
        alphas: Float64Array,
        smallest_alpha: float,
    ) -> None:
        self._problem = problem
        self._options = options
        self._decomposed = core
        self._smallest = smallest_alpha  # that the decomposition is accurate for
        self._solver = core.solver
        self.alphas = alphas
        self.optimality: Float64Array | None = None
        if not isinstance(
            core, _core.RidgePath
        ):  # iterative fits run here, so that their warnings come at once
            self._fits  # noqa: B018
            self.optimality = core.optimality

    @property
    def _names(self) -> Names:  # type: ignore[override]
        return self._problem.names

    def _shaped(self, values: Float64Array) -> Float64Array:
        """Drop the axis of targets if y had none."""
        return values[:, 0] if self._problem.one_dimensional else values

    @cached_property
    def _fits(self) -> tuple[Float64Array, Float64Array]:
        return self._decomposed.coefficients(self.alphas)

    @property
    def coef(self) -> Float64Array:
        """Coefficients, (n_alphas, n_features) or (n_alphas, n_targets, n_features).

        Computed when they or the intercepts are first asked for, and kept.
        """
        return self._shaped(self._fits[0])

    @property
    def intercept(self) -> Float64Array:
        """Intercepts, zero where none was fitted, (n_alphas,) or (n_alphas, n_targets)."""
        return self._shaped(self._fits[1])

    @property
    def solver(self) -> str:
        """Decomposition, "eigen", "dual_eigen" or "svd", else "cg" or "coordinate_descent"."""
        return self._solver

    @cached_property
    def eigenvalues(self) -> Float64Array:
        """Positive eigenvalues of the penalised features' Gram matrix, in units of alpha.

        Of features over the square roots of their factors, beyond what is unpenalised; descending.
        """
        return self._decomposed.eigenvalues()

    @cached_property
    def _measures(self) -> tuple[Float64Array, Float64Array]:
        return self._decomposed.measures(self.alphas)

    @property
    def edf(self) -> Float64Array:
        """Effective degrees of freedom, the trace of the smoother, of shape (n_alphas,)."""
        return self._measures[0]

    @property
    def rss(self) -> Float64Array:
        """Weighted sums of squared residuals, (n_alphas,) or (n_alphas, n_targets)."""
        core = self.__dict__.get("_decomposed")
        if isinstance(core, IteratedPath | BoundedPath):
            return self._shaped(core.residual_squares(*self._fits))
        if isinstance(core, KeptPath):
            return self._shaped(core.rss)
        return self._shaped(self._measures[1])

    @property
    def n_samples(self) -> int:
        """Number of rows of positive weight."""
        core = self.__dict__.get("_decomposed")
        return core.n_samples if isinstance(core, KeptPath) else self._problem.n_weighted

    def _per_alpha(self, values: Float64Array) -> Float64Array:
        return values if self._problem.one_dimensional else values[:, np.newaxis]

    @property
    def gcv(self) -> Float64Array:
        """Generalised cross-validation, n RSS / (n - edf)^2 (Golub, Heath and Wahba 1979, 1.4)."""
        return generalised_cv(self.n_samples, self.rss, self._per_alpha(self.edf))

    @property
    def aic(self) -> Float64Array:
        """Akaike's criterion, n log(RSS / n) + 2 edf, for Gaussian errors."""
        return self._criterion(2.0)

    @property
    def bic(self) -> Float64Array:
        """Schwarz's criterion, n log(RSS / n) + log(n) edf, for Gaussian errors."""
        return self._criterion(np.log(self.n_samples))

    def _criterion(self, price: float) -> Float64Array:
        edf = self._per_alpha(self.edf)
        return information_criterion(self.n_samples, self.rss, edf, price)

    def at(self, alpha: float) -> PathPoint:
        """Fit at any alpha, from the decomposition at hand.

        Parameters
        ----------
        alpha : float
            Penalty in [0, inf]. The first one below all of `alphas` decomposes the data again, so
            that it comes out in full digits.

        Returns
        -------
        PathPoint
            Record with `alpha`, `coef` and `intercept`.
        """
        grid = np.array([one_penalty(alpha)])
        coef, intercept = self._core_for(grid).coefficients(grid)
        if self._problem.one_dimensional:
            return PathPoint(float(grid[0]), coef[0, 0], float(intercept[0, 0]))
        return PathPoint(float(grid[0]), coef[0], intercept[0])

    def leverages(self, alpha: float) -> Float64Array:
        """Leverages of the rows at one alpha, the diagonal of the smoother; their sum is edf."""
        grid = np.array([one_penalty(alpha)])
        h: Float64Array = self._core_for(grid).leverages(grid)[0]
        return h

    def loo_residuals(self, alpha: float) -> Float64Array:
        """Return y minus the prediction of the fit without the row, of y's shape."""
        grid = np.array([one_penalty(alpha)])
        _, predictions = self._core_for(grid).leave_one_out(grid, True)
        residuals: Float64Array = self._problem.Y - predictions[:, :, 0]
        return residuals[:, 0] if self._problem.one_dimensional else residuals

    def statistics(self, alpha: float) -> RidgeStatistics:
        """Return the statistics of the fit at one alpha: errors of its parameters, and more.

        Parameters
        ----------
        alpha : float
            Penalty in [0, inf].

        Returns
        -------
        RidgeStatistics
            Record whose entries are computed when they are first asked for.
        """
        grid = np.array([one_penalty(alpha)])
        core = self._core_for(grid)
        if isinstance(core, KeptPath):
            raise ValueError(LEFT_BEHIND)  # noqa: TRY004  # the data are at fault, not a type
        decomposed = core if isinstance(core, _core.RidgePath) else None
        data = FittedData(self._problem, grid, self._options, isinstance(core, BoundedPath))
        return statistics_of(data, decomposed)

    def _core_for(self, alpha: Float64Array) -> PathCore:
        """Return a decomposition that is accurate at an alpha below the grid, too."""
        if alpha[0] < self._smallest and isinstance(self._decomposed, _core.RidgePath):
            return self._core_of_any_alpha
        return self._decomposed

    @cached_property
    def _decomposed(self) -> PathCore:
        """What answers, made again where a deep copy or a pickle lacks it."""
        return decompose(self._problem, self._options, self._smallest)

    @cached_property
    def _core_of_any_alpha(self) -> _core.RidgePath:
        return decompose(self._problem, self._options, 0.0)

    def __copy__(self) -> Self:
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        return twin

    def __getstate__(self) -> dict[str, Any]:
        """Return all but decompositions, and what takes less room than the data once computed."""
        problem = self._problem
        if isinstance(self.__dict__.get("_decomposed"), _core.RidgePath):
            n_targets, n_features = problem.Y.shape[1], problem.X.shape[1]
            n_coefficients = self.alphas.size * n_targets * n_features
            if n_coefficients <= problem.n_samples * (n_features + n_targets):
                self._fits  # noqa: B018
            self._measures, self.eigenvalues  # noqa: B018
        held = ("_decomposed", "_core_of_any_alpha")
        return {
            name: value
            for name, value in self.__dict__.items()
            if not (name in held and isinstance(value, _core.RidgePath))
        }

    def _saved(self) -> dict[str, Any]:
        coef, intercept = self._fits
        core = self._decomposed
        smooth = isinstance(core, _core.RidgePath) or (
            isinstance(core, KeptPath) and core.edf is not None
        )
        return {
            "alphas": self.alphas,
            "coef": coef,
            "intercept": intercept,
            "solver": self._solver,
            "optimality": self.optimality,
            "edf": self.edf if smooth else None,
            "rss": self.rss.reshape(intercept.shape),
            "eigenvalues": self.eigenvalues if smooth else None,
            "n_samples": self.n_samples,
            "one_dimensional": self._problem.one_dimensional,
            "names": self._names,
        }

    def _repr_html_(self) -> str:
        from elltwo.functional._base.coefficient_table import path_html
        from elltwo.functional._base.text_table import Column

        if self.optimality is not None:
            columns = [Column("optimality", "optimality", self.optimality)]
        else:
            columns = [Column("edf", "effective degrees of freedom", self.edf)]
            if self._problem.one_dimensional:
                columns += [Column("rss", "RSS", self.rss), Column("gcv", "GCV", self.gcv)]
        return path_html(self, {"solver": self.solver, "rows": self.n_samples}, columns)

    def __repr__(self) -> str:
        return (
            f"RidgePath({self.alphas.size} alphas from {self.alphas.min():.3g} to "
            f"{self.alphas.max():.3g}, solver={self.solver!r})"
        )
