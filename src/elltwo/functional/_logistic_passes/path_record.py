"""What a path over passes returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.names import NAMELESS, Named, Names
from elltwo.functional._base.record_parts import Saved, public
from elltwo.functional._base.validate import one_penalty

if TYPE_CHECKING:
    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray
    from elltwo.functional._logistic_passes.record import PassesFit, PassInfo
    from elltwo.functional._logistic_problem.info import LogisticInfo


@public("elltwo")
class PassesPath(Named, Saved):
    """Logistic regressions for many penalties, of rows that were read in passes; read-only.

    Parameters
    ----------
    alphas : ndarray of shape (n_alphas,)
        Penalties, in the order they were given.
    fits : list of PassesFit
        The fit at each alpha.
    names : object, default=None
        Names of the features.

    See Also
    --------
    elltwo.logistic_path : The same of arrays.
    """

    _names_apart = False

    def __init__(
        self, alphas: Float64Array, fits: list[PassesFit], names: Names | None = None
    ) -> None:
        self._alphas = alphas
        self._names = NAMELESS if names is None else names
        self._fits = [fit.with_names(self._names) for fit in fits]

    @property
    def alphas(self) -> Float64Array:
        """Penalties, in the order they were given."""
        return self._alphas

    @property
    def coef(self) -> FloatArray:
        """Coefficients, (n_alphas, n_features) or (n_alphas, n_classes, n_features)."""
        return np.array([fit.coef for fit in self._fits])

    @property
    def intercept(self) -> FloatArray:
        """Intercepts, (n_alphas,) or (n_alphas, n_classes)."""
        return np.array([fit.intercept for fit in self._fits])

    @property
    def classes(self) -> AnyArray:
        """Labels, sorted, or in order of appearance where they cannot be sorted."""
        return self._fits[0].classes

    @property
    def info(self) -> list[LogisticInfo]:
        """How the fit at every alpha ended."""
        return [fit.info for fit in self._fits]

    @property
    def passes(self) -> PassInfo:
        """How often the rows were read, and what that took, for all alphas together."""
        return self._fits[0].passes

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
        """Relative gradients that were reached, of shape (n_alphas,)."""
        return np.array([info.optimality for info in self.info])

    def at(self, alpha: float) -> PassesFit:
        """Return the fit at one of `alphas`.

        Raises
        ------
        ValueError
            If the path has no such alpha: another takes passes over the rows.
        """
        wanted = one_penalty(alpha)
        found = np.flatnonzero(self._alphas == wanted)
        if found.size == 0:
            raise ValueError(
                f"the path has no fit at alpha = {wanted:.6g}, which would take more passes over "
                "the rows; its alphas are in `alphas`"
            )
        return self._fits[int(found[0])]

    def with_names(self, names: Names) -> PassesPath:
        """Return the same path with the names of its features."""
        return PassesPath(self._alphas, self._fits, names)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._alphas, self._fits, self._names)

    def __repr__(self) -> str:
        return (
            f"PassesPath({self.alphas.size} alphas from {self.alphas.min():.3g} to "
            f"{self.alphas.max():.3g}, {self.classes.size} classes)"
        )
