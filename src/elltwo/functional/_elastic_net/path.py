"""The elastic net for many penalties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.exceptions import ConvergenceWarning
from elltwo.functional._base.bounds import read_box
from elltwo.functional._base.convergence import warn
from elltwo.functional._base.grid import N_ALPHAS, given_grid
from elltwo.functional._base.names import naming_columns
from elltwo.functional._base.options import TOL
from elltwo.functional._base.progress import telling
from elltwo.functional._base.record_parts import public
from elltwo.functional._elastic_net.path_record import ElasticNetPath
from elltwo.functional._elastic_net_problem.info import warn_of_gap
from elltwo.functional._elastic_net_problem.options import (
    read_elastic_net_options,
    read_group_targets,
    read_l1_ratio,
    read_path_penalty,
    read_start,
)
from elltwo.functional._elastic_net_problem.solve import NetData, solve_paths
from elltwo.functional._ridge_problem.problem import read_problem

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._base.progress import Show
    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._elastic_net.record import ElasticNetFit
    from elltwo.functional._elastic_net_problem.options import Penalty


@public("elltwo")
@naming_columns
@telling
def elastic_net_path(
    X: npt.ArrayLike | SparseLike,
    y: npt.ArrayLike,
    alphas: npt.ArrayLike | None = None,
    l1_ratio: float = 0.5,
    *,
    n_alphas: int = N_ALPHAS,
    alpha_min_ratio: float | None = None,
    max_features: int | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    bounds: BoundsLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    tol: float = TOL,
    max_iter: int | None = None,
    start: npt.ArrayLike | ElasticNetFit | None = None,
    n_threads: int | None = None,
    group_targets: bool = False,
    progress: Show = False,  # noqa: ARG001  # read by `telling`
) -> ElasticNetPath:
    r"""Fit elastic nets for many penalties, every one of them to its own certificate.

    At every alpha, and for every target, the coefficients b and the intercept b0 minimise

    .. math::
        \tfrac12 \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \alpha \sum_j f_j \Bigl( \rho |b_j - m_j|
        + \frac{1 - \rho}{2} (b_j - m_j)^2 \Bigr),

    see `elastic_net`. They are found by falling alpha, each from the one before, whatever the
    order in which they are given.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Features, finite. Sparse matrices and arrays of SciPy stay sparse, see `ridge`.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Targets; each has a path of its own, at the same alphas.
    alphas : array-like of shape (n_alphas,), default=None
        Penalties in [0, inf], in any order, which is kept, also repeated. None stands for a
        geometric grid from the smallest alpha at which all penalised coefficients are zero, of all
        targets the largest, downwards.
    l1_ratio : float, default=0.5
        Share rho of the absolute values in the penalty, in [0, 1]. A grid for less than 0.001 is
        that for 0.001, and for 0 there is none.
    n_alphas : int, default=100
        Size of the automatic grid.
    alpha_min_ratio : float, default=None
        Smallest over largest alpha of the automatic grid; None stands for 0.001, or 0.01 where
        there are more features than samples.
    max_features : int, default=None
        Stop before an alpha with more coefficients that are not zero; None stops nowhere. Alphas
        that were not reached, for any target, are left out of the record, which says so.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of alpha in [0, inf], see `elastic_net`.
    prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), default=None
        Values that the coefficients shrink to, 0 by default.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients are held to, see `ridge`.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, not negative and not all zero.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    tol : float, default=1e-10
        Relative duality gap that every fit is held to.
    max_iter : int, default=None
        At most so many rounds of the active set at each alpha, None standing for 1000.
    start : ElasticNetFit or array-like, default=None
        A fit, or coefficients, to begin with at the largest alpha.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none.
    group_targets : bool, default=False
        Whether the targets share their features (multi-task): in the place of ``|b_j - m_j|``
        stands the Euclidean norm of the feature's coefficients of all targets, so that they are
        zero together, and all targets are one problem, see `elastic_net`. There are no bounds
        then.
    progress : bool or callable, default=False
        True writes to standard error how far the call is and how long the rest will take, once
        it has worked for two seconds: with the bar of tqdm or rich where that has been imported.
        A function is called with a `Progress` a few times a second; what it raises ends the call.

    Returns
    -------
    ElasticNetPath
        Coefficients, intercepts and certificates at every alpha, degrees of freedom, criteria,
        `at` for any other alpha, `relaxed` and `predict`.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or an option has the wrong type.
    ValueError
        If shapes disagree, a value is out of its range, the data hold NaN or infinity, or
        ``l1_ratio=0`` comes without `alphas`.
    OverflowError
        If a coefficient is beyond the range of float64.

    Warns
    -----
    elltwo.exceptions.ConvergenceWarning
        If `tol` was not reached at an alpha, or the path ends because a smaller alpha takes more
        than 20000 features of wide X at a time.

    See Also
    --------
    elastic_net : One alpha.
    elastic_net_cv : Choose alpha by cross-validation.

    References
    ----------
    .. [1] J. Friedman, T. Hastie and R. Tibshirani (2010). Regularization paths for generalized
       linear models via coordinate descent. Journal of Statistical Software 33(1). Section 2.5,
       the grid.

    Examples
    --------
    >>> import elltwo
    >>> X = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]]
    >>> path = elltwo.elastic_net_path(X, [2.0, 0.1, 2.1, 0.0], [0.5, 3.0, 0.0], l1_ratio=1.0)
    >>> path.coef.round(6)
    array([[1.5, 0. ],
           [0. , 0. ],
           [2. , 0.1]])
    >>> path.n_active
    array([1, 0, 2])
    """
    problem = read_problem(X, y, penalty_factors, prior_mean, sample_weight)
    box = read_box(bounds, problem.X, problem.names.features)
    options = read_elastic_net_options(fit_intercept, tol, max_iter, n_threads)
    grouped = read_group_targets(group_targets, bounds)
    data = NetData(problem, box, read_l1_ratio(l1_ratio), options, grouped)
    grid = None if alphas is None else given_grid(alphas)
    penalty = read_path_penalty(
        data.l1_ratio, n_alphas, alpha_min_ratio, max_features, grid is not None
    )
    begin = read_start(start, data.n_targets, data.n_features)
    return path_of(data, grid, penalty._replace(start=begin))


def path_of(data: NetData, alphas: Float64Array | None, penalty: Penalty) -> ElasticNetPath:
    """Fit at the alphas, or on the core's own grid, and warn of points that are not exact."""
    path = ElasticNetPath(data, solve_paths(data, alphas, penalty), alphas)
    warn_of_points(path)
    if path.stopped_early and not penalty.max_features:
        warn_of_early_end(path)
    return path


def warn_of_early_end(path: ElasticNetPath) -> None:
    """Warn of a path that ends where its next point takes too many features at a time."""
    reached = float(path.alphas.min())
    warn(
        f"the path ends at alpha={reached:.6g}: a smaller one takes more features of X at a time "
        "than their Gram matrix has room for in memory (20000); the points before are complete",
        ConvergenceWarning,
    )


def warn_of_points(path: ElasticNetPath) -> None:
    """Warn of the points of a path that did not reach their tolerance, with the worst of them."""
    missed = path.gaps > path.info.tolerance
    if path.info.status != "converged" and missed.any():
        worst = missed.reshape(len(missed), -1).any(axis=1)
        where = f" at {worst.sum()} of {worst.size} alphas, at worst"
        warn_of_gap(float(path.gaps[missed].max()), path.info.tolerance, where)
