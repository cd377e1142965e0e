"""Many ridge problems of one shape in a single call."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.names import naming_columns
from elltwo.functional._base.options import TOL
from elltwo.functional._base.progress import telling
from elltwo.functional._base.record_parts import public
from elltwo.functional._batch.data import Batch, Written, read_batch, read_out, write_out
from elltwo.functional._batch.options import (
    ManyOptions,
    read_many_options,
    warn_of_worst,
)
from elltwo.functional._batch.record import BatchFit

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.progress import Show
    from elltwo.functional._base.validate import AnyArray

    Out: TypeAlias = AnyArray | tuple[AnyArray, AnyArray]


@public("elltwo")
@naming_columns
@telling
def ridge_batch(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    alpha: npt.ArrayLike,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
    tol: float = TOL,
    n_threads: int | None = None,
    out: Out | None = None,
    progress: Show = False,  # noqa: ARG001  # read by `telling`
) -> BatchFit:
    r"""Fit many ridge regressions of one shape at once.

    For every problem k and every target of it, minimise over the coefficients b and the intercept
    b0

    .. math::
        \sum_i w_{ki} (y_{ki} - b_0 - x_{ki} \cdot b)^2 + \sum_j \alpha_k f_j (b_j - m_j)^2,

    as `elltwo.ridge` does for one: the answers agree to rounding. Problems go over the threads,
    and small well-conditioned ones are solved without leaving the processor's cache.

    Parameters
    ----------
    X : array-like of shape (batch, n_samples, n_features) or (n_samples, n_features)
        Features, finite; a matrix is shared by all problems. float64 and float32 arrays of any
        strides are read in place; integers, booleans and other floats are converted to float64.
    y : array-like of shape (batch, n_samples) or (batch, n_samples, n_targets)
        Targets.
    alpha : float or array-like of shape (batch,)
        Strength of the penalty in [0, inf], in units of ``sum(w * x**2)``. At 0 a fit is least
        squares and, where its X is rank-deficient, the limit of small penalties, see
        `elltwo.ridge`; at infinity ``b = m``.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of `alpha` in [0, inf], shared by all problems, 1 each by default. 0 leaves a
        coefficient unpenalised and infinity pins it to its prior mean, whatever `alpha` is.
    prior_mean : float or array-like of shape (n_features,), default=None
        Values that the coefficients of all problems shrink to, 0 by default.
    sample_weight : array-like of shape (batch, n_samples) or (n_samples,), default=None
        Weights, not negative and not all zero in any problem; a vector is shared by all problems.
        They mean repetition: 2 is the row given twice, 0 the row left out.
    fit_intercept : bool, default=True
        Whether there are intercepts.
    penalize_intercept : bool, default=False
        Whether the intercepts are penalised as well, by ``alpha * b0**2``.
    tol : float, default=1e-10
        Relative KKT residual that every fit is held to.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none. The
        answer does not depend on it.
    out : ndarray or tuple (coef, intercept) of ndarray, default=None
        Where to write the coefficients, or coefficients and intercepts: C-contiguous arrays of
        their shapes in float64, or in float32 if X is. The fit refers to them. Nothing is written
        where an error is raised.
    progress : bool or callable, default=False
        True writes to standard error how far the call is and how long the rest will take, once
        it has worked for two seconds: with the bar of tqdm or rich where that has been imported.
        A function is called with a `Progress` a few times a second; what it raises ends the call.

    Returns
    -------
    BatchFit
        Record with `coef`, `intercept`, `optimality`, `rcond`, `alpha`, `info` and `predict`.
        `coef` and `intercept` are float32 if X is, unless a value is beyond its range, else
        float64.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or an option has the wrong type.
    ValueError
        If shapes disagree, a value is out of its range, or the data hold NaN or infinity; the
        message names the first problem where they do.
    OverflowError
        If a coefficient is beyond the range of float64; the message names the problem.

    Warns
    -----
    elltwo.exceptions.ConvergenceWarning
        If `tol` was not reached in some problem; `optimality` tells where.

    See Also
    --------
    ridge : One problem.

    References
    ----------
    .. [1] A. E. Hoerl and R. W. Kennard (1970). Ridge regression: biased estimation for
       nonorthogonal problems. Technometrics 12, 55-67. Equation 2.1, with alpha for k.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> X = np.array([[[0.0], [1.0], [2.0]], [[5.0], [3.0], [1.0]]])
    >>> y = np.array([[1.0, 3.0, 5.0], [0.0, 1.0, 2.0]])
    >>> fit = elltwo.ridge_batch(X, y, alpha=[2.0, 0.0])
    >>> fit.coef.round(6)
    array([[ 1. ],
           [-0.5]])
    >>> fit.intercept.round(6)
    array([2. , 2.5])
    >>> fit.predict([[3.0]]).round(6)
    array([[5.],
           [1.]])
    """
    batch = read_batch(X, y, alpha, penalty_factors, prior_mean, sample_weight)
    written = read_out(out, batch)
    options = read_many_options(fit_intercept, penalize_intercept, tol, n_threads)
    return fit_batch(batch, options, written)


def fit_batch(batch: Batch, options: ManyOptions, written: Written = (None, None)) -> BatchFit:
    """Fit every problem of a batch, in the shape and precision of its data."""
    fitted = _core.ridge_batch(batch.X, batch.given, None, None, options)
    coef, intercept, optimality, rcond, info = fitted
    if info.status != "converged":
        warn_of_worst(info, "ridge_batch", " in its worst problem")
    held = write_out(written, batch.kept(coef, intercept))
    return BatchFit(*held, optimality, rcond, batch.alphas, info, batch.names)
