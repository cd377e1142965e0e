"""Derivatives through ridge regressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._adjoint.direct import DirectProblems, gradients_of
from elltwo.functional._base.options import flag, threads
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.validate import float64_array
from elltwo.functional._batch.data import read_batch

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array, FloatArray


@public("elltwo")
class RidgeAdjoint(NamedTuple):
    """Gradients of a scalar with respect to the data of ridge regressions.

    Attributes
    ----------
    X : ndarray of the shape of X
        Gradient with respect to the features; summed over the problems where they share them.
    y : ndarray of the shape of y
        Gradient with respect to the targets.
    alpha : float or ndarray of shape (batch,)
        Gradient with respect to alpha; summed over the problems where they share it.

    See Also
    --------
    elltwo.ridge_adjoint : Makes one.
    """

    X: FloatArray
    y: Float64Array
    alpha: Any  # a float, or a vector


@public("elltwo")
def ridge_adjoint(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    alpha: npt.ArrayLike,
    coef_gradient: npt.ArrayLike,
    intercept_gradient: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    n_threads: int | None = None,
) -> RidgeAdjoint:
    r"""Differentiate through `ridge_batch`: from gradients of its answers to those of its data.

    For a scalar L of which the gradients with respect to coefficients and intercepts are given, by
    implicit differentiation of the normal equations. With centred X and Y, H = X^T X + alpha I,
    B = H^-1 X^T Y and R = Y - X B,

    .. math::
        V = H^{-1} \frac{\partial L}{\partial B}, \quad
        \frac{\partial L}{\partial X} = R V^T - X V B^T, \quad
        \frac{\partial L}{\partial Y} = X V, \quad
        \frac{\partial L}{\partial \alpha} = -\langle V, B \rangle,

    by one factor of the smaller of the primal and the dual system, in float64.

    Parameters
    ----------
    X : array-like of shape (batch, n_samples, n_features) or (n_samples, n_features)
        Features, finite; a matrix is shared by all problems.
    y : array-like of shape (batch, n_samples) or (batch, n_samples, n_targets)
        Targets.
    alpha : float or array-like of shape (batch,)
        Strength of the penalty, finite; positive where a system would be singular without it.
    coef_gradient : array-like of the shape of ``ridge_batch(X, y, alpha=alpha).coef``
        Gradient of the scalar with respect to the coefficients.
    intercept_gradient : array-like of the shape of the intercepts, default=None
        Gradient with respect to the intercepts; None stands for zeros.
    fit_intercept : bool, default=True
        Whether there are intercepts.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`. The answer does not depend
        on it.

    Returns
    -------
    RidgeAdjoint
        Record with `X`, `y` and `alpha`. `X` is float32 if the features are, else float64.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or an option has the wrong type.
    ValueError
        If shapes disagree, the data or gradients hold NaN or infinity, alpha is infinite, or a
        system is singular to working precision.
    OverflowError
        If a gradient is beyond the range of its type.

    See Also
    --------
    ridge_batch : The fits.

    References
    ----------
    .. [1] L. Bertinetto, J. F. Henriques, P. H. S. Torr and A. Vedaldi (2019). Meta-learning with
       differentiable closed-form solvers. ICLR. Section 3.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> X = np.array([[[0.0], [1.0], [2.0]]])
    >>> y = np.array([[1.0, 3.0, 5.0]])
    >>> gradient = elltwo.ridge_adjoint(X, y, alpha=2.0, coef_gradient=[[1.0]])
    >>> gradient.y.round(6)
    array([[-0.25,  0.  ,  0.25]])
    >>> gradient.alpha
    -0.25
    """
    batch = read_batch(X, y, alpha, None, None, None)
    if np.isposinf(batch.alpha).any():
        raise ValueError("alpha must be finite where it is differentiated, got inf")
    problems = DirectProblems(
        batch.X, batch.Y, batch.alpha, flag(fit_intercept, "fit_intercept"), threads(n_threads)
    )
    coef = _gradient(coef_gradient, "coef_gradient", batch.coef_shape)
    intercept = None
    if intercept_gradient is not None:
        intercept = _gradient(intercept_gradient, "intercept_gradient", batch.shape)
    found = gradients_of(problems, coef, intercept)
    shared = np.ndim(alpha) == 0
    return RidgeAdjoint(
        found.X.sum(axis=0) if batch.X.ndim == 2 else found.X,
        found.Y[:, :, 0] if batch.one_dimensional else found.Y,
        float(found.alpha.sum()) if shared else found.alpha,
    )


def _gradient(values: npt.ArrayLike, name: str, shape: tuple[int, ...]) -> Float64Array:
    array = float64_array(values, name)
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got shape {array.shape}")
    bad = ~np.isfinite(array)
    if bad.any():
        place = tuple(map(int, np.argwhere(bad)[0]))
        raise ValueError(f"{name} must be finite, got {array[place]} at {place}")
    return np.ascontiguousarray(array)
