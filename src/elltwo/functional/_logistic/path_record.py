"""The record that `elltwo.logistic_path` returns."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.names import Named, Names
from elltwo.functional._base.options import AUTO
from elltwo.functional._base.record_parts import LEFT_BEHIND, Saved, public
from elltwo.functional._base.validate import one_penalty
from elltwo.functional._logistic.fit import as_fit, shaped_fit, solve
from elltwo.functional._logistic_problem.core import Start
from elltwo.functional._logistic_problem.info import LogisticSource, as_info

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.bounds import Bounds
    from elltwo.functional._base.validate import AnyArray, Float64Array
    from elltwo.functional._logistic.record import LogisticFit
    from elltwo.functional._logistic_problem.core import Fits
    from elltwo.functional._logistic_problem.info import LogisticInfo
    from elltwo.functional._logistic_problem.problem import LogisticOptions, LogisticProblem


@public("elltwo")
class LogisticPath(Named, Saved):
    """Logistic regressions for many penalties, as `elltwo.logistic_path` returns them.

    It keeps X and y, which must not change while it is used; deep copies and pickles take both
    along. `at` returns a record whose copies and pickles do not.

    Attributes
    ----------
    alphas : ndarray of shape (n_alphas,)
        Penalties, in the order they were given.
    info : list of LogisticInfo
        How the fit at every alpha ended.

    See Also
    --------
    elltwo.logistic_path : Makes one.
    """

    def __init__(
        self,
        problem: LogisticProblem,
        options: LogisticOptions | None,
        bounds: Bounds | None,
        alphas: Float64Array,
        fits: Fits,
    ) -> None:
        self._problem = problem
        self._options = options  # None where the data are left behind
        self._bounds = bounds
        self._fits = fits._replace(infos=[])
        self.alphas = alphas
        self.info: list[LogisticInfo] = [
            as_info(info, AUTO if options is None else options.solver) for info in fits.infos
        ]

    @property
    def _names(self) -> Names:  # type: ignore[override]
        return self._problem.names

    @property
    def coef(self) -> Float64Array:
        """Coefficients, (n_alphas, n_features) for two classes, else with an axis of classes."""
        coef = self._fits.coef
        return coef[:, 0] if self._problem.n_outputs == 1 else coef

    @property
    def intercept(self) -> Float64Array:
        """Intercepts, zero where none was fitted, (n_alphas,) or (n_alphas, n_classes)."""
        intercept = self._fits.intercept
        return intercept[:, 0] if self._problem.n_outputs == 1 else intercept

    @property
    def l1_ratio(self) -> float:
        """Share of the absolute values in the penalty."""
        return self._problem.l1_ratio

    @property
    def n_active(self) -> npt.NDArray[np.int64]:
        """Numbers of coefficients that are not zero, of shape (n_alphas,)."""
        return self._fits.n_active

    @property
    def gap(self) -> Float64Array:
        """Relative duality gaps, of shape (n_alphas,), see `LogisticInfo`."""
        return np.array([info.gap for info in self.info])

    @property
    def classes(self) -> AnyArray:
        """Labels, sorted, or in order of appearance where they cannot be sorted."""
        return self._problem.classes

    @property
    def loss(self) -> Float64Array:
        """Sums of weighted losses, of shape (n_alphas,); half the deviance."""
        return np.array([info.loss for info in self.info])

    @property
    def objective(self) -> Float64Array:
        """Losses with the penalties, of shape (n_alphas,)."""
        return np.array([info.objective for info in self.info])

    @property
    def optimality(self) -> Float64Array:
        """Relative gradients that were reached, or violations, of shape (n_alphas,)."""
        return np.array([info.optimality for info in self.info])

    @cached_property
    def edf(self) -> Float64Array:
        """Effective degrees of freedom, (n_alphas,), see `LogisticFit.edf`.

        They come from one decomposition for each alpha.

        Raises
        ------
        ValueError
            If there are bounds without an L1 penalty, or see `LogisticStatistics`.
        """
        return np.array([self.at(alpha).edf for alpha in self.alphas])

    @property
    def aic(self) -> Float64Array:
        """Akaike's criterion, deviance + 2 edf, (n_alphas,).

        The deviance is twice the weighted loss.
        """
        return 2.0 * self.loss + 2.0 * self.edf

    @property
    def bic(self) -> Float64Array:
        """Schwarz's criterion, deviance + log(W) edf, (n_alphas,), for W = sum(w) observations."""
        if self._options is None:
            raise ValueError(LEFT_BEHIND)
        weight = self._problem.sample_weight
        total = self._problem.labels.codes.size if weight is None else weight.sum()
        return 2.0 * self.loss + float(np.log(total)) * self.edf

    def at(self, alpha: float) -> LogisticFit:
        """Fit at any alpha, started from the next larger one of `alphas`.

        Parameters
        ----------
        alpha : float
            Penalty in [0, inf]; the fit of one in `alphas` is at hand.

        Returns
        -------
        LogisticFit
            The fit, as `elltwo.logistic` returns it.

        Warns
        -----
        elltwo.exceptions.ConvergenceWarning
            If the tolerance was not reached by another alpha than those of the path.
        """
        wanted = one_penalty(alpha)
        k = self._next_larger(wanted)
        if self._options is None:
            return self._kept_fit(wanted, k)
        if self.alphas[k] == wanted:
            source = LogisticSource(self._problem, wanted, self._options, self._bounds)
            coef = self._fits.coef_of(k)
            return as_fit(self._problem, coef, self._fits.intercept[k], self.info[k], source)
        start = Start(self._fits.coef_of(k), self._fits.intercept[k])
        return solve(self._problem, wanted, self._options, self._bounds, start)

    def _kept_fit(self, alpha: float, k: int) -> LogisticFit:
        """Return the fit at one of the alphas of a path that has left its data behind."""
        if self.alphas[k] != alpha:
            raise ValueError(
                f"the path has left its data behind, and has no fit at alpha = {alpha:.6g}; "
                "its alphas are in `alphas`"
            )
        intercept = self._fits.intercept[k]
        return shaped_fit(
            self._problem, self._fits.coef_of(k), intercept, self.info[k], self._names
        )

    def _saved(self) -> dict[str, Any]:
        return {
            "alphas": self.alphas,
            "coef": self._fits.kept,
            "intercept": self._fits.intercept,
            "classes": self.classes,
            "info": self.info,
            "l1_ratio": self.l1_ratio,
            "single": self._problem.is_float32,
            "names": self._names,
        }

    def _next_larger(self, alpha: float) -> int:
        """Return the index of the smallest alpha that is not smaller, else of the largest."""
        larger = np.flatnonzero(self.alphas >= alpha)
        if larger.size:
            return int(larger[np.argmin(self.alphas[larger])])
        return int(np.argmax(self.alphas))

    def _repr_html_(self) -> str:
        from elltwo.functional._base.coefficient_table import path_html
        from elltwo.functional._base.text_table import Column

        columns = [
            Column("n_active", "coefficients not zero", self.n_active.astype(np.float64)),
            Column("loss", "loss", self.loss),
            Column("optimality", "optimality", self.optimality),
        ]
        facts = {"classes": self.classes.size, "l1_ratio": self.l1_ratio}
        return path_html(self, facts, columns)

    def __repr__(self) -> str:
        return (
            f"LogisticPath({self.alphas.size} alphas from {self.alphas.min():.3g} to "
            f"{self.alphas.max():.3g}, {self.classes.size} classes)"
        )
