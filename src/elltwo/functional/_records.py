"""What a fit returns."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._predict import linear_predictor

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo._core import SolveInfo as RawSolveInfo
    from elltwo.functional._sparse import SparseLike
    from elltwo.functional._validate import Float64Array, FloatArray


class SolveInfo(NamedTuple):
    """How a fit ended: its certificate.

    Parameters
    ----------
    status : str
        ``"converged"``, or ``"max_iter_reached"`` where `optimality` stayed above `tolerance`.
    solver : str
        ``"closed_form"``, ``"cholesky"``, ``"dual_cholesky"``, ``"qr"``, ``"svd"`` or ``"cg"``, or
        with bounds ``"coordinate_descent"``.
    reason : str
        Why this solver was the first choice.
    fallback : str or None
        Why the first choice was left, None where it was not.
    optimality : float
        Relative KKT residual that was reached, the worst of all targets.
    tolerance : float
        What `optimality` was held to.
    rcond : float
        Reciprocal condition number of the equilibrated system, an estimate.
    rank : int
        Numerical rank of the system solved.
    n_iter : int
        Corrections made with residuals from the original data, or iterations of conjugate
        gradients, or sweeps of coordinate descent.
    n_threads : int
        Threads used.
    """

    status: str
    solver: str
    reason: str
    fallback: str | None
    optimality: float
    tolerance: float
    rcond: float
    rank: int
    n_iter: int
    n_threads: int


_fields_of = attrgetter(*SolveInfo._fields)


class RidgeFit:
    """A fitted ridge regression, as `elltwo.ridge` returns it; read-only.

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
        Coefficients.
    intercept : float or ndarray of shape (n_targets,)
        Intercepts, zero where none was fitted.
    info : SolveInfo
        How the fit ended.

    See Also
    --------
    elltwo.ridge : Makes one.
    """

    __slots__ = ("_coef", "_info", "_intercept")

    def __init__(
        self, coef: FloatArray, intercept: float | FloatArray, info: RawSolveInfo | SolveInfo
    ) -> None:
        self._coef = coef
        self._intercept = intercept
        self._info = info

    @property
    def coef(self) -> FloatArray:
        """Coefficients of shape (n_features,), or (n_targets, n_features) for a 2-D y."""
        return self._coef

    @property
    def intercept(self) -> float | FloatArray:
        """Intercept, or one for each target of a 2-D y; zero where none was fitted."""
        return self._intercept

    @property
    def info(self) -> SolveInfo:
        """How the fit ended; the core's own record is translated when first read."""
        if not isinstance(self._info, SolveInfo):
            self._info = SolveInfo(*_fields_of(self._info))
        return self._info

    def predict(self, X: npt.ArrayLike | SparseLike) -> FloatArray:
        """Predict the targets of the rows of X.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_targets)
            ``X @ coef.T + intercept``, float32 if X and `coef` are, else float64.

        Raises
        ------
        ValueError
            If X has another number of features than the fit, or holds NaN or infinity, or if a
            prediction overflows.
        TypeError
            If X does not hold real numbers.
        """
        return linear_predictor(X, self._coef, self._intercept)

    def __reduce__(self) -> tuple[Any, ...]:
        # The core's record does not pickle, `info` does.
        return type(self), (self._coef, self._intercept, self.info)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(coef={_short(self._coef)}, "
            f"intercept={_short(self._intercept)}, "
            f"solver={self.info.solver!r}, status={self.info.status!r})"
        )


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
    ) -> None:
        super().__init__(coef, intercept, info)
        self._alpha = alpha
        self._alphas = alphas
        self._scores = scores

    @property
    def alpha(self) -> Any:  # noqa: ANN401  # a float, or a vector if each target has its own
        """The alpha chosen, or that of each target; of equally good ones, the largest."""
        return self._alpha

    @property
    def alphas(self) -> Float64Array:
        """Grid of shape (n_alphas,), in the order it was given, then ends that were added."""
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

    def __reduce__(self) -> tuple[Any, ...]:
        kind, arguments = super().__reduce__()
        return kind, (*arguments, self._alpha, self._alphas, self._scores)

    def __repr__(self) -> str:
        name, rest = super().__repr__().split("(", 1)
        alpha = _short(self._alpha) if np.ndim(self._alpha) else f"{self._alpha:.6g}"
        return f"{name}(alpha={alpha}, {rest}"


def _short(value: float | FloatArray) -> str:
    return np.array2string(
        np.asarray(value), precision=6, separator=", ", threshold=8, edgeitems=3
    ).replace("\n", "")
