"""Every penalty of a ridge problem from one decomposition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.bounds import iterations, read_box
from elltwo.functional._base.grid import N_ALPHAS, given_grid
from elltwo.functional._base.names import naming_columns
from elltwo.functional._base.options import AUTO, TOL, count, read_options
from elltwo.functional._base.progress import telling
from elltwo.functional._base.record_parts import public
from elltwo.functional._ridge.path_record import RidgePath
from elltwo.functional._ridge_problem.decomposition import grid_of, path_core
from elltwo.functional._ridge_problem.problem import read_problem

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._base.progress import Show
    from elltwo.functional._base.sparse import SparseLike


@public("elltwo")
@naming_columns
@telling
def ridge_path(
    X: npt.ArrayLike | SparseLike,
    y: npt.ArrayLike,
    alphas: npt.ArrayLike | None = None,
    *,
    n_alphas: int = N_ALPHAS,
    include_ends: bool = False,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    bounds: BoundsLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
    tol: float = TOL,
    max_iter: int | None = None,
    n_threads: int | None = None,
    progress: Show = False,  # noqa: ARG001  # read by `telling`
) -> RidgePath:
    r"""Fit ridge regressions for many penalties from one decomposition.

    At every alpha, and for every target, the coefficients b and the intercept b0 minimise

    .. math::
        \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \sum_j \alpha_j (b_j - m_j)^2,
        \qquad \alpha_j = \alpha f_j,

    see `ridge`. One eigendecomposition, of the features' Gram matrix, or of the dual kernel where
    there are more features than samples, or singular values where eigenvalues would be too rough
    for the smallest alpha, serves all of them. Only sparse X with more than 6000 samples and more
    than 6000 features is fitted by conjugate gradients at every alpha; then there are no degrees
    of freedom, leverages or leave-one-out errors.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Features, finite. Sparse matrices and arrays of SciPy stay sparse, see `ridge`.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Targets.
    alphas : array-like of shape (n_alphas,), default=None
        Penalties in [0, inf], in any order, which is kept; 0 is the limit of small ones, see
        `ridge`. None stands for a grid from the spectrum, from nearly full rank to nearly no
        degrees of freedom.
    n_alphas : int, default=100
        Size of the automatic grid.
    include_ends : bool, default=False
        Whether the automatic grid also holds 0 and infinity.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of alpha in [0, inf], see `ridge`.
    prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), default=None
        Values that the coefficients shrink to, 0 by default.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients are held to, see `ridge`. Every alpha is then a fit of its
        own, and there are no degrees of freedom or leverages.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, not negative and not all zero.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    penalize_intercept : bool, default=False
        Whether the intercept is penalised as well, by ``alpha * b0**2``.
    tol : float, default=1e-10
        Relative KKT residual that conjugate gradients are held to.
    max_iter : int, default=None
        At most so many corrections, iterations or sweeps in every fit that takes any, see `ridge`.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none.
    progress : bool or callable, default=False
        True writes to standard error how far the call is and how long the rest will take, once
        it has worked for two seconds: with the bar of tqdm or rich where that has been imported.
        A function is called with a `Progress` a few times a second; what it raises ends the call.

    Returns
    -------
    RidgePath
        Coefficients and intercepts at every alpha, effective degrees of freedom, sums of squared
        residuals, GCV, AIC and BIC, and `at` for any other alpha.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or an option has the wrong type.
    ValueError
        If shapes disagree, a value is out of its range, the data hold NaN or infinity, or squares
        of the data leave the range of their type.
    OverflowError
        If a coefficient is beyond the range of float64.

    Warns
    -----
    elltwo.exceptions.ConvergenceWarning
        If conjugate gradients did not reach `tol`.

    See Also
    --------
    ridge : One alpha, with a certificate.
    ridge_cv : Choose alpha by cross-validation.

    References
    ----------
    .. [1] A. E. Hoerl and R. W. Kennard (1970). Ridge regression: biased estimation for
       nonorthogonal problems. Technometrics 12, 55-67. Equation 2.1.
    .. [2] G. H. Golub, M. Heath and G. Wahba (1979). Generalized cross-validation as a method for
       choosing a good ridge parameter. Technometrics 21, 215-223. Equation 1.4.

    Examples
    --------
    >>> import elltwo
    >>> path = elltwo.ridge_path([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], alphas=[0.0, 2.0])
    >>> path.coef.round(6)
    array([[2.],
           [1.]])
    >>> path.edf.round(6)
    array([2. , 1.5])
    """
    problem = read_problem(X, y, penalty_factors, prior_mean, sample_weight)
    box = read_box(bounds, problem.X, problem.names.features)
    max_iter = iterations(max_iter, box)
    options = read_options(fit_intercept, penalize_intercept, AUTO, tol, max_iter, n_threads)
    size = count(n_alphas, "n_alphas", minimum=1)
    if alphas is not None:
        grid = given_grid(alphas)
        smallest = float(grid.min())
        core = path_core(problem, options, smallest, box)
        return RidgePath(problem, options, core, grid, smallest)
    core = path_core(problem, options, 0.0, box)
    grid = grid_of(problem, options, core, size)
    if include_ends:
        grid = np.concatenate([[0.0], grid, [np.inf]])
    return RidgePath(problem, options, core, grid, 0.0)
