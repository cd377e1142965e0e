"""Coefficients of many problems of one shape, and their predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.in_pieces import stacked_product
from elltwo.functional._base.names import NAMELESS, Named, Names
from elltwo.functional._base.predict import require_finite_rows
from elltwo.functional._base.validate import float_array, matched

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array, FloatArray


class Batched(Named):
    """What records of batches have in common."""

    __slots__ = ("_alpha", "_coef", "_intercept", "_names")

    def __init__(
        self,
        coef: FloatArray,
        intercept: FloatArray,
        alpha: Float64Array,
        names: Names = NAMELESS,
    ) -> None:
        self._coef = coef
        self._intercept = intercept
        self._alpha = alpha
        self._names = names

    @property
    def coef(self) -> FloatArray:
        """Coefficients of shape (batch, n_features) or (batch, n_targets, n_features)."""
        return self._coef

    @property
    def intercept(self) -> FloatArray:
        """Intercepts of shape (batch,) or (batch, n_targets); zero where none was fitted."""
        return self._intercept

    @property
    def alpha(self) -> Float64Array:
        """Penalty of each problem."""
        return self._alpha

    @property
    def info(self) -> Any:  # noqa: ANN401  # a record of the family's own
        """How the fits ended: the worst of all."""
        raise NotImplementedError

    def predict(self, X: npt.ArrayLike) -> FloatArray:
        """Predict the targets of rows for each problem.

        Parameters
        ----------
        X : array-like of shape (batch, n_samples, n_features) or (n_samples, n_features)
            Rows to predict, each problem's own or shared by all; columns of a table are found by
            name, see `RidgeFit.predict`.

        Returns
        -------
        ndarray of shape (batch, n_samples) or (batch, n_samples, n_targets)
            ``X @ coef.T + intercept`` of each problem, float32 if X and `coef` are, else float64.

        Raises
        ------
        ValueError
            If X has another number of problems or features than the fit, or holds NaN or
            infinity, or if a prediction overflows.
        TypeError
            If X does not hold real numbers.
        """
        rows = float_array(matched(X, "X", self.feature_names), "X")
        n_problems, n_features = len(self._coef), self._coef.shape[-1]
        if rows.ndim not in {2, 3} or rows.shape[-1] != n_features:
            raise ValueError(
                f"X must have shape (n_samples, {n_features}) or ({n_problems}, n_samples, "
                f"{n_features}), got shape {rows.shape}"
            )
        if rows.ndim == 3 and len(rows) != n_problems:
            raise ValueError(f"X has {len(rows)} problems, but the fit has {n_problems}")
        coef = self._coef if self._coef.ndim == 3 else self._coef[:, np.newaxis, :]
        with np.errstate(all="ignore"):  # overflow and NaN are looked for below
            predicted: FloatArray = stacked_product(rows, np.swapaxes(coef, 1, 2))
            predicted += self._intercept.reshape(n_problems, 1, -1)
        _require_finite(rows, predicted, self.feature_names)
        return predicted if self._coef.ndim == 3 else predicted[:, :, 0]

    def __len__(self) -> int:
        return len(self._coef)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._names = Names(*state)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({len(self)} problems, coef of shape {self._coef.shape}, "
            f"status={self.info.status!r})"
        )


def _require_finite(X: FloatArray, predicted: FloatArray, names: tuple[str, ...] | None) -> None:
    if not np.isfinite(X).all():
        place = tuple(map(int, np.argwhere(~np.isfinite(X))[0]))
        if names is not None and X.ndim == 2:
            require_finite_rows(X, 0, names)
        raise ValueError(f"X contains NaN or infinity at {place}")
    if not np.isfinite(predicted).all():
        place = tuple(map(int, np.argwhere(~np.isfinite(predicted))[0]))
        raise ValueError(f"the prediction at {place} overflows {predicted.dtype}")
