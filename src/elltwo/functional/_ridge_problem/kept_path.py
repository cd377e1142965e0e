"""The fits of a path that has left its data behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import numpy as np

from elltwo.functional._base.record_parts import LEFT_BEHIND

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array


class KeptPath:
    """What `_core.RidgePath` answers without its data: what was computed for the alphas of a path.

    Parameters
    ----------
    alphas : ndarray of shape (n_alphas,)
        Penalties.
    fits : tuple of ndarray
        Coefficients (n_alphas, n_targets, n_features) and intercepts (n_alphas, n_targets).
    measured : tuple
        Degrees of freedom (n_alphas,), None where they are not defined, and weighted sums of
        squared residuals (n_alphas, n_targets).
    spectrum : ndarray or None
        Eigenvalues, None where there are none.
    ended : tuple
        How the path was computed, and of iterative fits the relative KKT residuals (n_alphas,).
    n_samples : int
        Number of rows of positive weight.
    """

    def __init__(
        self,
        alphas: Float64Array,
        fits: tuple[Float64Array, Float64Array],
        measured: tuple[Float64Array | None, Float64Array],
        spectrum: Float64Array | None,
        ended: tuple[str, Float64Array | None],
        n_samples: int,
    ) -> None:
        self._alphas = alphas
        self._fits = fits
        self.edf, self.rss = measured
        self._spectrum = spectrum
        self.solver, self.optimality = ended
        self.n_samples = n_samples

    def coefficients(self, alphas: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Return coefficients and intercepts for alphas of the path."""
        coef, intercept = self._fits
        if alphas is self._alphas:
            return coef, intercept
        at = []
        for alpha in alphas:
            found = np.flatnonzero(self._alphas == alpha)
            if not found.size:
                raise ValueError(
                    f"the path has left its data behind, and has no fit at alpha = {alpha:.6g}; "
                    "its alphas are in `alphas`"
                )
            at.append(int(found[0]))
        return coef[at], intercept[at]

    def eigenvalues(self) -> Float64Array:
        """Return the eigenvalues."""
        return self._known(self._spectrum)

    def measures(self, alphas: Float64Array) -> tuple[Float64Array, Float64Array]:  # noqa: ARG002
        """Return degrees of freedom and sums of squared residuals of the path."""
        return self._known(self.edf), self.rss

    def _known(self, values: Float64Array | None) -> Float64Array:
        if values is None:
            raise ValueError(f"not known for a path of fits by {self.solver!r}")
        return values

    def leave_one_out(self, *_: object) -> NoReturn:
        """Raise: the rows are not at hand."""
        raise ValueError(LEFT_BEHIND)

    def leverages(self, *_: object) -> NoReturn:
        """Raise: the rows are not at hand."""
        raise ValueError(LEFT_BEHIND)
