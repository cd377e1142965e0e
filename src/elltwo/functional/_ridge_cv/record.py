"""What a fit with its penalty chosen returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.record_parts import public, short_text
from elltwo.functional._ridge.record import RidgeFit

if TYPE_CHECKING:
    from elltwo._core import SolveInfo as RawSolveInfo
    from elltwo.functional._base.convergence import SolveInfo
    from elltwo.functional._base.text_table import Columns
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._ridge.statistics_of import FittedData


@public("elltwo")
class RidgeCVFit(RidgeFit):
    """A ridge regression with its alpha chosen, as `elltwo.ridge_cv` returns it; read-only.

    Parameters
    ----------
    coef, intercept, info : ndarray, float or ndarray, SolveInfo
        Of the fit to all rows at the chosen alpha, see `RidgeFit`.
    alpha : float or ndarray of shape (n_targets,)
        The alpha chosen, or that of each target.
    alphas : ndarray of shape (n_alphas,)
        The grid.
    scores : dict
        The arrays behind `cv_mse`, `cv_se`, `cv_score`, `fold_mse` and `cv_predictions`.
    data : object, default=None
        What the fit was made from, see `RidgeFit`.

    See Also
    --------
    elltwo.ridge_cv : Makes one.
    """

    __slots__ = ("_alpha", "_alphas", "_scores")

    def __init__(
        self,
        coef: FloatArray,
        intercept: float | FloatArray,
        info: RawSolveInfo | SolveInfo,
        alpha: float | Float64Array,
        alphas: Float64Array,
        scores: dict[str, Float64Array | None],
        data: FittedData | None = None,
    ) -> None:
        super().__init__(coef, intercept, info, data)
        self._alpha = alpha
        self._alphas = alphas
        self._scores = scores

    @property
    def alpha(self) -> Any:  # noqa: ANN401  # a float, or a vector if each target has its own
        """The alpha chosen, or that of each target; of equally good ones, the largest."""
        return self._alpha

    @property
    def alphas(self) -> Float64Array:
        """Grid of shape (n_alphas,), in the order it was given, then what was added to it."""
        return self._alphas

    def _array(self, name: str) -> Float64Array:
        values = self._scores[name]
        if values is None:
            raise AttributeError(f"this kind of cross-validation has no {name}")
        return values

    @property
    def cv_mse(self) -> Float64Array:
        """Out-of-sample mean squared error of every alpha, by weight, or its estimate by "gcv".

        The mean over targets, of shape (n_alphas,), or (n_alphas, n_targets) if each has its alpha.
        """
        return self._array("cv_mse")

    @property
    def cv_se(self) -> Float64Array:
        """Standard errors of `cv_mse`: over rows for "loo", over splits else; none for "gcv"."""
        return self._array("cv_se")

    @property
    def cv_score(self) -> Float64Array:
        """Values of `scoring`, or else minus `cv_mse`."""
        return self._array("cv_score")

    @property
    def fold_mse(self) -> Float64Array:
        """Mean squared error on each test set, (n_splits, n_alphas) or with targets last.

        Neither "loo" nor "gcv" has them.
        """
        return self._array("fold_mse")

    @property
    def cv_predictions(self) -> Float64Array:
        """Predictions by fits without the row, (n_samples, n_targets, n_alphas), if stored."""
        return self._array("cv_predictions")

    def _curve(self) -> tuple[Float64Array, Columns]:
        from elltwo.functional._base.coefficient_table import curve_columns

        values, errors = self._scores["cv_mse"], self._scores["cv_se"]
        what = "mean squared error"
        if values is None:
            values, errors, what = self.cv_score, None, "score"
        return self._alphas, curve_columns(self, values, errors, what)

    def __reduce__(self) -> tuple[Any, ...]:
        kind, arguments, *state = super().__reduce__()
        return kind, (*arguments, self._alpha, self._alphas, self._scores), *state

    def __repr__(self) -> str:
        name, rest = super().__repr__().split("(", 1)
        alpha = short_text(self._alpha) if np.ndim(self._alpha) else f"{self._alpha:.6g}"
        return f"{name}(alpha={alpha}, {rest}"
