"""Logistic regressions for many penalties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.bounds import read_box
from elltwo.functional._base.grid import given_grid
from elltwo.functional._base.l1_ratio import read_l1_ratio
from elltwo.functional._base.names import naming_columns
from elltwo.functional._base.options import AUTO, TOL
from elltwo.functional._base.progress import telling
from elltwo.functional._base.record_parts import public
from elltwo.functional._logistic.fit import warn_unless_converged
from elltwo.functional._logistic.path_record import LogisticPath
from elltwo.functional._logistic_problem.core import fit_alphas
from elltwo.functional._logistic_problem.grid import automatic, read_grid_shape
from elltwo.functional._logistic_problem.problem import (
    MAX_ITER,
    read_logistic_options,
    read_logistic_problem,
    weighed_by_class,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._base.progress import Show
    from elltwo.functional._base.sparse import SparseLike


@public("elltwo")
@naming_columns
@telling
def logistic_path(
    X: npt.ArrayLike | SparseLike,
    y: Any,  # noqa: ANN401  # whatever has labels
    alphas: npt.ArrayLike | None = None,
    *,
    l1_ratio: float = 0.0,
    n_alphas: int | None = None,
    alpha_min_ratio: float | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    bounds: BoundsLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    class_weight: Mapping[Any, float] | str | None = None,
    offset: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    solver: str = AUTO,
    tol: float = TOL,
    max_iter: int = MAX_ITER,
    n_threads: int | None = None,
    progress: Show = False,  # noqa: ARG001  # read by `telling`
) -> LogisticPath:
    r"""Fit logistic regressions for many penalties, each started from that of the next larger one.

    At every alpha, with linear predictors :math:`z_i = o_i + b_0 + x_i \cdot b`, the coefficients b
    and the intercept b0 minimise

    .. math::
        \sum_i w_i \log(1 + e^{-s_i z_i}) + \frac12 \sum_j \alpha_j (b_j - m_j)^2,
        \qquad \alpha_j = \alpha f_j,

    or the multinomial objective for more than two classes, see `logistic`. The penalty carries the
    factor 1/2: ``alpha = 1 / C`` for the C of scikit-learn.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Features, finite, see `logistic`.
    y : array-like of shape (n_samples,)
        Labels of two or more classes, of any hashable kind, see `logistic`.
    alphas : array-like of shape (n_alphas,), default=None
        Penalties in [0, inf], in any order, which is kept. None stands for a descending grid from
        100 times the trace of the Fisher information of the penalised coefficients, taken where
        they are 0, to 1e-4 of its mean eigenvalue: from 0.01 effective degrees of freedom to
        nearly no penalty, whatever the units of X. With an L1 penalty the grid begins at the
        smallest alpha at which all penalised coefficients are zero.
    l1_ratio : float, default=0.0
        Share of the absolute values in the penalty, in [0, 1], see `logistic`. Of coefficients that
        it makes zero the path keeps none.
    n_alphas : int, default=None
        Size of the automatic grid; None stands for 20, with an L1 penalty 100.
    alpha_min_ratio : float, default=None
        Last alpha of the automatic grid of an L1 penalty, in parts of its first; None stands for
        1e-3, or 1e-2 where there are more features than rows.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of alpha in [0, inf], see `logistic`.
    prior_mean : float or array-like of shape (n_features,) or (n_classes, n_features), default=None
        Values that the coefficients shrink to, 0 by default; one row for two classes.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients of every output are held to, see `logistic`.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, not negative and not all zero, see `logistic`.
    class_weight : dict or "balanced", default=None
        Weights of classes by their labels, 1 for those that a dict leaves out, which multiply the
        weights of their rows. "balanced" gives every class the
        same total: ``W / (n_classes * W_c)`` for the sums W of all weights and W_c of the class's
        own.
    offset : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
        Known part of the linear predictor; 1-D for two classes.
    fit_intercept : bool, default=True
        Whether there is an intercept, which is free.
    solver : {"auto", "newton_cholesky", "quasi_newton", "newton_cg"}, default="auto"
        See `logistic`.
    tol : float, default=1e-10
        Relative gradient that every fit is held to, or its gap, see `logistic`.
    max_iter : int, default=100
        At most so many steps in every fit.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none.
    progress : bool or callable, default=False
        True writes to standard error how far the call is and how long the rest will take, once
        it has worked for two seconds: with the bar of tqdm or rich where that has been imported.
        A function is called with a `Progress` a few times a second; what it raises ends the call.

    Returns
    -------
    LogisticPath
        Coefficients, intercepts and losses at every alpha, and `at` for any other alpha.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, labels are not hashable, or an option has the
        wrong type.
    ValueError
        If shapes disagree, a value is out of its range, the data hold NaN or infinity, labels are
        missing, or there is one class only.
    OverflowError
        If a coefficient is beyond the range of float64.

    Warns
    -----
    elltwo.exceptions.ConvergenceWarning
        If `tol` was not reached for some alpha.
    elltwo.exceptions.SeparationWarning
        If there is no minimum for some alpha, see `logistic`.

    See Also
    --------
    logistic : One alpha.

    References
    ----------
    .. [1] J. Friedman, T. Hastie and R. Tibshirani (2010). Regularization paths for generalized
       linear models via coordinate descent. Journal of Statistical Software 33 (1). Section 2.5,
       on warm starts.

    Examples
    --------
    >>> import elltwo
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "yes", "no", "yes"]
    >>> path = elltwo.logistic_path(X, y, alphas=[1.0, 0.0])
    >>> path.coef.round(4)
    array([[0.4529],
           [0.9082]])
    >>> path.at(1.0).predict_proba([[1.5]]).round(6)
    array([[0.5, 0.5]])
    """
    problem = read_logistic_problem(X, y, penalty_factors, prior_mean, sample_weight, offset)
    problem = weighed_by_class(problem, class_weight)
    problem = problem._replace(l1_ratio=read_l1_ratio(l1_ratio))
    box = read_box(bounds, problem.X, problem.names.features)
    options = read_logistic_options(fit_intercept, solver, tol, max_iter, n_threads)
    shape = read_grid_shape(n_alphas, alpha_min_ratio, problem)
    grid = automatic(problem, options, box, shape) if alphas is None else given_grid(alphas)
    order = np.argsort(-grid, kind="stable")
    fits = fit_alphas(problem, grid[order], options, box)
    warn_unless_converged(fits.infos, grid[order], options.max_iter)
    return LogisticPath(problem, options, box, grid, fits.in_order(np.argsort(order)))
