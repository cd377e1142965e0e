"""Ridge regressions over moving windows of time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from elltwo.functional._base.names import naming_columns
from elltwo.functional._base.options import count, positive
from elltwo.functional._base.record_parts import public
from elltwo.functional._rolling.durations import is_duration
from elltwo.functional._rolling.steps import fit_steps
from elltwo.functional._rolling.timed import TimedWindow

if TYPE_CHECKING:
    from datetime import timedelta

    import numpy as np
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._rolling.record import RollingFit


@public("elltwo")
@naming_columns
def ridge_rolling(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    window: float | str | timedelta | np.timedelta64,
    alpha: float,
    times: npt.ArrayLike | None = None,
    min_periods: int | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    missing: str = "raise",
    n_threads: int | None = None,
    out: Float64Array | None = None,
) -> RollingFit:
    r"""Fit a ridge regression to the last rows at every row of a table.

    Step i minimises, over the coefficients b and the intercept b0,

    .. math::
        \sum_{k = i - m + 1}^{i} s_k (y_k - b_0 - x_k \cdot b)^2 + \alpha \sum_j f_j b_j^2

    with m = `window`, weights s (`sample_weight`) and factors f (`penalty_factors`): `elltwo.ridge`
    of the rows in the window; where `times` t are given, of the rows k <= i with
    :math:`t_k > t_i - m`. No window inherits rounding from rows that have left it: sums over
    the end of one block of rows and the beginning of the next are merged [1]_, never subtracted.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Features, in the order of time. float64 and float32 arrays of any memory order are read in
        place.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Targets.
    window : int, float, str, timedelta or timedelta64
        Rows in a window, of which the last is the step's own; the first steps have fewer. With
        `times`, its length in time: a number in their unit, or where they are dates a duration of
        Python, NumPy or pandas, or text such as "30d", "12h", "90min" or "1d12h" (w, d, h, min, s,
        ms, us, ns). A row that is just as old as the window is long is outside.
    alpha : float
        Strength of the penalty in [0, inf], in units of ``sum(s * x**2)`` over a window. At 0 the
        fits are least squares and, where a window does not determine them, the limit of small
        penalties, see `elltwo.ridge`.
    times : array-like of shape (n_samples,), default=None
        Times of the rows, which do not decrease: dates (datetime64, `datetime.datetime`, columns
        of dates) or numbers. Of rows of equal time, each has those before it in its window.
    min_periods : int, default=None
        Steps with fewer rows than that hold NaN. None stands for `window`, or with `times` for 1,
        as in pandas. Rows that are missing or of weight zero do not count.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of `alpha` in [0, inf], 1 each by default. Infinity pins a coefficient to zero.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, not negative and not all zero. They mean repetition: 2 is the row given twice, 0
        the row left out.
    fit_intercept : bool, default=True
        Whether there is an intercept, which is not penalised.
    missing : {"raise", "skip"}, default="raise"
        What to do with rows that hold NaN in X or y: refuse them, or leave them out of all windows,
        in which they still take a place.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`. The answer does not
        depend on it.
    out : ndarray, default=None
        C-contiguous float64 array of the shape of `coef` to write the coefficients to.

    Returns
    -------
    RollingFit
        Record with `coef`, `intercept`, `prediction`, `residual_variance` and `n_rows` of each
        step.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or an option has the wrong type.
    ValueError
        If shapes disagree, a value is out of its range, or the data hold infinity, or NaN where
        that is refused; the message names the row.
    OverflowError
        If a coefficient is beyond the range of float64; the message names the step.

    Warns
    -----
    elltwo.exceptions.ConvergenceWarning
        If a window did not reach the tolerance of `elltwo.ridge`.

    See Also
    --------
    ridge_expanding : Windows of all rows so far.
    ridge_ewm : Weights that decay with age.

    References
    ----------
    .. [1] T. F. Chan, G. H. Golub and R. J. LeVeque (1983). Algorithms for computing the sample
       variance: analysis and recommendations. The American Statistician 37, 242-247. Equation 2.1.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> x, y = [[0.0], [1.0], [2.0], [3.0], [4.0]], [0.0, 1.0, 2.0, 1.0, 0.0]
    >>> fit = elltwo.ridge_rolling(x, y, window=3, alpha=0.0)
    >>> fit.coef[:, 0].round(6) + 0.0
    array([nan, nan,  1.,  0., -1.])
    >>> fit.prediction.round(6)
    array([     nan,      nan,      nan, 3.      , 1.333333])
    >>> days = ["2024-03-01", "2024-03-02", "2024-03-03", "2024-03-08", "2024-03-09"]
    >>> days = np.array(days, dtype="datetime64[D]")
    >>> elltwo.ridge_rolling(x, y, window="3d", times=days, alpha=0.0).n_rows
    array([1, 2, 3, 1, 2])
    """
    shared = (penalty_factors, sample_weight, fit_intercept, missing, n_threads, out)
    if times is not None:
        periods = 1 if min_periods is None else count(min_periods, "min_periods", minimum=1)
        return fit_steps(X, y, alpha, TimedWindow(window, times), math.inf, periods, *shared)
    if is_duration(window):
        raise ValueError(
            f"times must be given where window is a duration, got window={str(window)!r} alone; "
            "with a table that may be times=table.index or a column"
        )
    window = count(window, "window", minimum=1)
    periods = window if min_periods is None else count(min_periods, "min_periods", minimum=1)
    if periods > window:
        raise ValueError(f"min_periods must not exceed window ({window}), got {periods}")
    return fit_steps(X, y, alpha, window, math.inf, periods, *shared)


@public("elltwo")
@naming_columns
def ridge_expanding(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    alpha: float,
    min_periods: int | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    missing: str = "raise",
    n_threads: int | None = None,
    out: Float64Array | None = None,
) -> RollingFit:
    """Fit a ridge regression to all rows so far at every row of a table.

    As `ridge_rolling` with a window that begins with the first row.

    Parameters
    ----------
    X, y : array-like
        As for `ridge_rolling`.
    alpha : float
        Strength of the penalty in [0, inf], the same for all steps.
    min_periods : int, default=None
        Steps with fewer rows than that hold NaN. None stands for 1, as in pandas.
    penalty_factors, sample_weight, fit_intercept, missing, n_threads, out : optional
        As for `ridge_rolling`.

    Returns
    -------
    RollingFit
        Record with `coef`, `intercept`, `prediction`, `residual_variance` and `n_rows` of each
        step.

    Raises
    ------
    TypeError, ValueError, OverflowError
        As for `ridge_rolling`.

    Examples
    --------
    >>> import elltwo
    >>> fit = elltwo.ridge_expanding([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], alpha=2.0)
    >>> fit.coef[-1].round(6), fit.intercept[-1].round(6)
    (array([1.]), np.float64(2.0))
    """
    periods = 1 if min_periods is None else count(min_periods, "min_periods", minimum=1)
    shared = (penalty_factors, sample_weight, fit_intercept, missing, n_threads, out)
    return fit_steps(X, y, alpha, 0, math.inf, periods, *shared)


@public("elltwo")
@naming_columns
def ridge_ewm(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    half_life: float,
    alpha: float,
    min_periods: int | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    missing: str = "raise",
    n_threads: int | None = None,
    out: Float64Array | None = None,
) -> RollingFit:
    r"""Fit a ridge regression with exponentially decaying weights at every row of a table.

    Step i minimises, over the coefficients b and the intercept b0,

    .. math::
        \sum_{k \le i} 2^{-(i - k) / h} s_k (y_k - b_0 - x_k \cdot b)^2 + \alpha \sum_j f_j b_j^2

    with h = `half_life`. The weights are not normalised: with many rows they add up to
    ``1 / (1 - 2**(-1 / h))``, about 1.44 h, so that `alpha` is as strong as in a window of that
    many rows.

    Parameters
    ----------
    X, y : array-like
        As for `ridge_rolling`.
    half_life : float
        Rows after which a weight has halved, positive. Rows that are left out age the others, too.
    alpha : float
        Strength of the penalty in [0, inf], in units of the weighted ``sum(x**2)``.
    min_periods : int, default=None
        Steps with fewer rows so far than that hold NaN. None stands for 1.
    penalty_factors, sample_weight, fit_intercept, missing, n_threads, out : optional
        As for `ridge_rolling`.

    Returns
    -------
    RollingFit
        Record with `coef`, `intercept`, `prediction`, `residual_variance` and `n_rows` of each
        step.

    Raises
    ------
    TypeError, ValueError, OverflowError
        As for `ridge_rolling`.

    See Also
    --------
    ridge_rolling : Windows of a fixed length.

    Examples
    --------
    >>> import elltwo
    >>> x, y = [[0.0], [1.0], [2.0], [3.0]], [0.0, 1.0, 1.0, 1.0]
    >>> elltwo.ridge_ewm(x, y, half_life=1.0, alpha=0.0).coef[:, 0].round(6)
    array([0.      , 1.      , 0.384615, 0.175258])
    """
    periods = 1 if min_periods is None else count(min_periods, "min_periods", minimum=1)
    shared = (penalty_factors, sample_weight, fit_intercept, missing, n_threads, out)
    return fit_steps(X, y, alpha, 0, positive(half_life, "half_life"), periods, *shared)
