"""Ridge regression for one penalty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.bounds import Bounds, iterations, read_box
from elltwo.functional._base.compiled import _core
from elltwo.functional._base.names import name_column, names_of
from elltwo.functional._base.options import AUTO, TOL, Options, StandIn, read_options, ridge_solver
from elltwo.functional._base.record_parts import as_float32, public
from elltwo.functional._base.sparse import SparseMatrix
from elltwo.functional._base.validate import penalties
from elltwo.functional._ridge.record import RidgeFit
from elltwo.functional._ridge.statistics_of import FittedData
from elltwo.functional._ridge_problem.problem import Problem, read_problem

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo._core import SolveInfo as RawSolveInfo
    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array

_ridge_small = _core.ridge_small


@public("elltwo")
def ridge(
    X: npt.ArrayLike | SparseLike,
    y: npt.ArrayLike,
    *,
    alpha: npt.ArrayLike,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    bounds: BoundsLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
    solver: str = AUTO,
    tol: float = TOL,
    max_iter: int | None = None,
    n_threads: int | None = None,
) -> RidgeFit:
    r"""Fit a ridge regression.

    For every target, minimise over the coefficients b and the intercept b0

    .. math::
        \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \sum_j \alpha_j (b_j - m_j)^2,
        \qquad \alpha_j = \alpha f_j,

    with weights w (`sample_weight`), factors f (`penalty_factors`) and prior means m
    (`prior_mean`). The loss is a sum, not a mean, and carries no 1/2, as in
    ``sklearn.linear_model.Ridge``. The intercept is free unless `penalize_intercept` adds
    ``alpha * b0**2``. Texts that penalise a mean of squares, ``mean((y - X b - b0)**2) + l *
    (b0**2 + sum(b**2))``, mean ``alpha = n_samples * l`` with ``penalize_intercept=True``.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Features, finite. float64 and float32 arrays of any memory order are read in place;
        integers, booleans and other floats are converted to float64. Sparse matrices and arrays of
        SciPy stay sparse: CSR is read in place, CSC copied by rows, other formats converted. Tables
        of pandas, polars, Arrow and others are read by column: numbers and booleans however they
        are stored, with no missing values and nothing else. The names of the columns, if all of
        them have text for a name, are kept as `feature_names`, by which new rows are matched.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Targets; the name of a Series, or those of the columns of a table, become `target_names`.
    alpha : float or array-like of shape (n_targets,)
        Strength of the penalty in [0, inf], in units of ``sum(w * x**2)``. At infinity ``b = m``.
        At 0 the fit is least squares and, where X is rank-deficient, the limit of small penalties:
        of all solutions the one with the least ``sum(f * (b - m)**2)``, in which a penalised
        intercept counts as a feature with f = 1, and of those that differ only where f = 0 the
        one with the least ``sum((b - m)**2)``.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of `alpha` in [0, inf], 1 each by default. 0 leaves a coefficient unpenalised and
        infinity pins it to its prior mean, whatever `alpha` is. A Series that is labelled by the
        features' names is matched by them, here, in `prior_mean` and in `bounds`.
    prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), default=None
        Values that the coefficients shrink to, 0 by default.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients are held to, each a number, an array of shape (n_features,) or
        None for none, and infinite where there is none: ``(0, None)`` asks for coefficients that
        are not negative. Both ends belong to the range, and where they are equal the coefficient
        is fixed. The intercept has no bounds. At `alpha` 0 of many minima within the bounds the
        limit of small penalties is taken as well.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, not negative and not all zero. They mean repetition: 2 is the row given twice, 0
        the row left out.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    penalize_intercept : bool, default=False
        Whether the intercept is penalised as well, by ``alpha * b0**2``.
    solver : {"auto", "cholesky", "svd", "cg"}, default="auto"
        "auto" chooses from shape and conditioning. "cholesky" insists on normal equations, of
        features or samples, with corrections. "svd" insists on an orthogonal factorisation of X.
        With `bounds` this is how the coefficients between them are solved for. "cg" insists on
        conjugate gradients; X must be sparse. A hyphen stands for an underscore. scikit-learn's
        iterative solvers "lsqr", "sparse_cg", "sag", "saga" and "lbfgs" stand for "auto", as
        ``info.reason`` says: every fit here is held to `tol`.
    tol : float, default=1e-10
        Relative KKT residual that the fit is held to.
    max_iter : int, default=None
        At most so many corrections with residuals from the original data, None standing for 10, or
        100 times as many iterations of conjugate gradients, or with `bounds` so many sweeps of
        coordinate descent, None standing for 1000.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none. The
        answer does not depend on it.

    Returns
    -------
    RidgeFit
        Record with `coef`, `intercept`, `info` and `predict`. `coef` and `intercept` are float32
        if X is, unless a value is beyond its range, else float64.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, as dates, durations, text, complex numbers, None
        and NA are none, or an option has the wrong type; the message names column, row and value.
    ValueError
        If shapes disagree, a value is out of its range, the data hold NaN or infinity, labels are
        not the features' names, `bounds` cross, or they leave out the prior mean of a coefficient
        that `alpha` or a factor pins.
    OverflowError
        If a coefficient is beyond the range of float64.

    Warns
    -----
    elltwo.exceptions.ConvergenceWarning
        If `tol` was not reached.

    See Also
    --------
    ridge_cv : Choose `alpha` by cross-validation.
    elltwo.linear_model.Ridge : The same as a scikit-learn estimator.

    References
    ----------
    .. [1] A. E. Hoerl and R. W. Kennard (1970). Ridge regression: biased estimation for
       nonorthogonal problems. Technometrics 12, 55-67. Equation 2.1, with alpha for k.
    .. [2] P. B. Stark and R. L. Parker (1995). Bounded-variable least-squares: an algorithm and
       applications. Computational Statistics 10, 129-141.

    Examples
    --------
    >>> import elltwo
    >>> fit = elltwo.ridge([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], alpha=2.0)
    >>> fit.coef.round(6), round(fit.intercept, 6)
    (array([1.]), 2.0)
    >>> fit.predict([[3.0]]).round(6)
    array([5.])

    Coefficients that must not be negative:

    >>> X, y = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [2.0, -1.0, 1.0]
    >>> fit = elltwo.ridge(X, y, alpha=1.0, fit_intercept=False, bounds=(0.0, None))
    >>> fit.coef, fit.info.solver
    (array([1., 0.]), 'coordinate_descent')
    """
    if (
        penalty_factors is None
        and prior_mean is None
        and bounds is None
        and sample_weight is None
        and penalize_intercept is False
        and solver is AUTO
        and tol is TOL
        and max_iter is None
        and n_threads is None
    ):
        fitted = _ridge_small(X, y, alpha, fit_intercept)
        if fitted is not None:
            fit = RidgeFit(*fitted)
            fit._data = (X, y, alpha, fit_intercept)  # cheaper than one more argument of the core
            return fit
    if isinstance(name := ridge_solver(solver), StandIn):
        fit = ridge(
            X,
            y,
            alpha=alpha,
            penalty_factors=penalty_factors,
            prior_mean=prior_mean,
            bounds=bounds,
            sample_weight=sample_weight,
            fit_intercept=fit_intercept,
            penalize_intercept=penalize_intercept,
            tol=tol,
            max_iter=max_iter,
            n_threads=n_threads,
        )
        fit._info = name.named_in(fit.info)
        return fit
    try:
        problem = read_problem(X, y, penalty_factors, prior_mean, sample_weight)
        box = read_box(bounds, problem.X, problem.names.features)
        max_iter = iterations(max_iter, box)
        options = read_options(fit_intercept, penalize_intercept, solver, tol, max_iter, n_threads)
        return solve(problem, penalties(alpha, problem.Y.shape[1]), options, box)
    except ValueError as error:  # not by the decorator, which would cost small fits their time
        name_column(error, names_of(X).features)
        raise


def solve(
    problem: Problem,
    alpha: Float64Array,
    options: Options,
    bounds: Bounds | None = None,
) -> RidgeFit:
    """Fit a problem that has been read, in the shape and precision of its data."""
    X, Y, prior = problem.X, problem.Y, problem.prior_mean
    if bounds is not None:
        from elltwo.functional._ridge_problem.bounded_path import bounded_fit

        fitted = bounded_fit(problem, bounds, Y, alpha, prior, options)
        return as_fit(problem, fitted, alpha, options, bounded=True)
    given = (Y, alpha, *problem.beside)
    if isinstance(X, SparseMatrix):
        return as_fit(problem, _core.ridge_sparse(X, given, options), alpha, options)
    return as_fit(problem, _core.ridge(X, given, options), alpha, options)


def as_fit(
    problem: Problem,
    fitted: tuple[Float64Array, Float64Array, RawSolveInfo],
    alpha: Float64Array,
    options: Options,
    bounded: bool = False,
) -> RidgeFit:
    """Return what the core fitted in the shape and precision of the problem's data."""
    coef, intercept, info = fitted
    warn_unless_converged(info)
    dtype = problem.X.data.dtype if isinstance(problem.X, SparseMatrix) else problem.X.dtype
    data = FittedData(problem, alpha, options, bounded)
    keep = as_float32 if dtype == np.float32 else np.asarray
    if problem.one_dimensional:
        return RidgeFit(keep(coef[0]), float(intercept[0]), info, data)
    return RidgeFit(keep(coef), keep(intercept), info, data)


def warn_unless_converged(info: RawSolveInfo) -> None:
    """Warn of a fit that did not reach its tolerance."""
    if info.status != "converged":
        from elltwo.functional._base.convergence import RAISE_EITHER, warn_of_early_stop

        effort = f", after {info.n_iter} iteration(s) with solver {info.solver!r}"
        warn_of_early_stop("ridge", info.optimality, info.tolerance, effort + RAISE_EITHER)
