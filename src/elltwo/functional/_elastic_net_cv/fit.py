"""The elastic net with its penalty chosen by cross-validation or a criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.bounds import read_box
from elltwo.functional._base.convergence import WorstWarning
from elltwo.functional._base.grid import N_ALPHAS, given_grid
from elltwo.functional._base.names import naming_columns
from elltwo.functional._base.options import TOL, flag
from elltwo.functional._base.progress import telling
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.sparse import is_sparse
from elltwo.functional._cv.choice import read_select
from elltwo.functional._cv.splits import read_splits, require_rows
from elltwo.functional._elastic_net_cv.candidates import Rule
from elltwo.functional._elastic_net_cv.chosen import chosen_fit, relaxed_fit
from elltwo.functional._elastic_net_cv.criteria import require_criterion
from elltwo.functional._elastic_net_cv.relaxed import read_relax
from elltwo.functional._elastic_net_cv.shared import FirstFits
from elltwo.functional._elastic_net_cv.splits import weighted_splits
from elltwo.functional._elastic_net_cv.ways import Way
from elltwo.functional._elastic_net_problem.options import (
    read_elastic_net_options,
    read_group_targets,
    read_l1_ratio,
    read_path_penalty,
)
from elltwo.functional._elastic_net_problem.solve import NetData
from elltwo.functional._ridge_cv.scores import read_scoring
from elltwo.functional._ridge_problem.problem import read_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._base.progress import Show
    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._cv.splits import Splits
    from elltwo.functional._elastic_net_cv.record import ElasticNetCVFit
    from elltwo.functional._ridge_cv.scores import Scoring

_N_FOLDS = 5


@public("elltwo")
@naming_columns
@telling
def elastic_net_cv(
    X: npt.ArrayLike | SparseLike,
    y: npt.ArrayLike,
    l1_ratio: float | npt.ArrayLike = 0.5,
    *,
    alphas: npt.ArrayLike | None = None,
    n_alphas: int = N_ALPHAS,
    alpha_min_ratio: float | None = None,
    cv: Any = _N_FOLDS,  # noqa: ANN401  # a name, a number, a splitter or pairs of indices
    select: str = "min",
    scoring: Callable[[Float64Array, Float64Array], float] | str | None = None,
    per_target: bool = False,
    groups: npt.ArrayLike | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    bounds: BoundsLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    tol: float = TOL,
    max_iter: int | None = None,
    n_threads: int | None = None,
    extend: bool = False,
    mean_loss: bool = False,
    group_targets: bool = False,
    relax: bool | npt.ArrayLike = False,
    progress: Show = False,  # noqa: ARG001  # read by `telling`
) -> ElasticNetCVFit:
    r"""Fit an elastic net with alpha, and l1_ratio, chosen by cross-validation.

    Every row is predicted, at every alpha of the grid, by a fit that has not seen it; the alpha
    with the smallest mean of squared errors wins, of equals the largest. The fit to all rows at
    that alpha, a point of the path of all rows, minimises

    .. math::
        \tfrac12 \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \alpha \sum_j f_j \Bigl( \rho |b_j - m_j|
        + \frac{1 - \rho}{2} (b_j - m_j)^2 \Bigr),

    for every target, see `elastic_net`.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Features, finite, at least two rows. Sparse matrices and arrays of SciPy stay sparse, see
        `ridge`.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Targets.
    l1_ratio : float or sequence of float, default=0.5
        Share rho of the absolute values in the penalty, in [0, 1]; of several, the one with the
        smallest error is chosen, of equals the first.
    alphas : array-like of shape (n_alphas,), default=None
        Grid of penalties in [0, inf], in any order, which is kept. None stands for a grid for each
        `l1_ratio`, see `elastic_net_path`.
    n_alphas : int, default=100
        Size of the automatic grid.
    alpha_min_ratio : float, default=None
        Smallest over largest alpha of the automatic grid, see `elastic_net_path`.
    cv : int, splitter, list or {"gcv", "aic", "bic", "ebic"}, default=5
        A number stands for that many contiguous blocks of rows, as scikit-learn's ``KFold(cv)``;
        shuffle sorted rows before the call. A splitter has a method ``split(X, y, groups)`` that
        yields pairs of training and test indices; a list holds such pairs. A name stands for a
        criterion of the path of all rows, see `ElasticNetPath`, in the place of errors.
    select : {"min", "1se"}, default="min"
        "1se" takes the largest alpha whose error is within one standard error of the smallest.
    scoring : {"r2", "correlation"} or callable, default=None
        ``scoring(y_true, y_pred)``, greater is better, in place of the mean squared error, see
        `ridge_cv`. It sees the predictions of each test set, over which its values are averaged.
    per_target : bool, default=False
        Whether every target has an alpha, and an `l1_ratio`, of its own.
    groups : array-like of shape (n_samples,), default=None
        Passed on to the splitter.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of alpha in [0, inf], see `elastic_net`.
    prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), default=None
        Values that the coefficients shrink to, 0 by default.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients are held to, see `ridge`.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, not negative, and not all zero in any set; they count in fits and scores alike.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    tol : float, default=1e-10
        Relative duality gap that every fit is held to.
    max_iter : int, default=None
        At most so many rounds of the active set at each alpha, None standing for 1000.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none.
    extend : bool, default=False
        Whether to continue the grid downwards, and a given one also upwards, where the best of it,
        or the choice, is at its edge: geometrically, at the mean ratio of neighbours, until it lies
        inside. Below a millionth of the smallest alpha at which all coefficients are zero only 0 is
        tried.
    mean_loss : bool, default=False
        Whether alpha is meant relative to the sum of the weights, as by scikit-learn and glmnet: a
        training set then has its share of alpha. By default all have the same.
    group_targets : bool, default=False
        Whether the targets share their features (multi-task): in the place of ``|b_j - m_j|``
        stands the Euclidean norm of the feature's coefficients of all targets, so that they are
        zero together, and all targets are one problem, see `elastic_net`. There are no bounds
        and no alphas of their own then.
    relax : bool or array-like of shape (n_gammas,), default=False
        Whether to choose a blend as well: ``gamma * b + (1 - gamma) * r`` of the elastic net b with
        the fit r of its active features without a penalty, see `ElasticNetFit.relaxed`. The
        blend is made anew in every training set. True stands for gamma in (1, 0.75, 0.5, 0.25, 0),
        and shares in [0, 1] for themselves. The `l1_ratio` and the gamma with the smallest error
        are taken together, of equal gammas the largest, and alpha by `select` at both. Criteria
        have no blends.
    progress : bool or callable, default=False
        True writes to standard error how far the call is and how long the rest will take, once
        it has worked for two seconds: with the bar of tqdm or rich where that has been imported.
        A function is called with a `Progress` a few times a second; what it raises ends the call.

    Returns
    -------
    ElasticNetCVFit
        What `elastic_net` returns, and `alphas`, `l1_ratios`, `cv_mse`, `cv_se`, `cv_score`,
        `fold_mse` and `paths`. With `relax` a `RelaxedCVFit`, whose coefficients are those of the
        blend, with `gamma`, `gammas` and `net` as well.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or an option has the wrong type.
    ValueError
        If shapes disagree, a value is out of its range, or the data hold NaN or infinity.
    OverflowError
        If a coefficient is beyond the range of float64.

    Warns
    -----
    UserWarning
        If the choice is the smallest of several alphas and not 0, or the largest and not all
        coefficients are zero there, since a wider grid may hold a better one.
    elltwo.exceptions.ConvergenceWarning
        If a fit did not reach `tol`.

    See Also
    --------
    elastic_net : Fit for a given alpha.
    elastic_net_path : Fits for many alphas.

    References
    ----------
    .. [1] J. Friedman, T. Hastie and R. Tibshirani (2010). Regularization paths for generalized
       linear models via coordinate descent. Journal of Statistical Software 33(1). Section 2.6.
    .. [2] N. Meinshausen (2007). Relaxed lasso. Computational Statistics and Data Analysis 52,
       374-393.
    .. [3] T. Hastie, R. Tibshirani and R. J. Tibshirani (2020). Best subset, forward stepwise or
       lasso? Statistical Science 35, 579-592. Equation 3, the blend.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(60, 8))
    >>> y = X[:, 0] - 2.0 * X[:, 3] + rng.normal(size=60)
    >>> fit = elltwo.elastic_net_cv(X, y, [0.5, 1.0], select="1se")
    >>> fit.l1_ratio, fit.active, fit.cv_mse.shape
    (1.0, array([0, 3, 4]), (2, 100))
    >>> blend = elltwo.elastic_net_cv(X, y, 1.0, relax=True)
    >>> blend.gamma, blend.active, blend.cv_mse.shape
    (0.0, array([0, 3]), (5, 100))
    """
    require_same_labels(X, groups=groups)
    problem = read_problem(X, y, penalty_factors, prior_mean, sample_weight)
    box = read_box(bounds, problem.X, problem.names.features)
    options = read_elastic_net_options(fit_intercept, tol, max_iter, n_threads)
    rule = Rule(read_select(select), flag(per_target, "per_target"), flag(extend, "extend"))
    grouped = read_group_targets(group_targets, bounds)
    if grouped and rule.per_target:
        raise ValueError("per_target must be False with group_targets=True")
    ratios = read_l1_ratios(l1_ratio)
    grid = None if alphas is None else given_grid(alphas)
    penalties = [
        read_path_penalty(ratio, n_alphas, alpha_min_ratio, None, grid is not None)
        for ratio in np.ravel(ratios).tolist()
    ]
    scorer, relative = read_scoring(scoring), flag(mean_loss, "mean_loss")
    gammas = read_relax(relax)
    by: Splits | str = cv
    if isinstance(cv, str):
        _require_bare_criterion(cv, scorer, rule, gammas)
    else:
        require_rows(problem.n_samples)
        shown = X if is_sparse(X) else problem.X  # what splitters see
        by = weighted_splits(read_splits(cv, shown, y, groups), problem, relative)
    data = NetData(problem, box, penalties[0].l1_ratio, options, grouped)
    several = FirstFits(np.ravel(ratios).tolist()) if ratios.size > 1 else None
    way = Way(rule, grid, by, scorer, gammas, several)
    with WorstWarning():
        candidates = []
        for penalty in penalties:
            candidates += way.candidates(data._replace(l1_ratio=penalty.l1_ratio), penalty)
        chosen = chosen_fit if gammas is None else relaxed_fit
        return chosen(data, ratios, candidates, rule)


def _require_bare_criterion(
    cv: str, scorer: Scoring | None, rule: Rule, gammas: Float64Array | None
) -> None:
    """Refuse a name that is no criterion, and what criteria do not have."""
    require_criterion(cv, rule)
    if scorer is not None:
        raise ValueError(f"scoring needs out-of-sample predictions, which {cv!r} does not have")
    if gammas is not None:
        raise ValueError(f"relax must be False with cv={cv!r}, which is not known for blends")


def read_l1_ratios(l1_ratio: float | npt.ArrayLike) -> Float64Array:
    """Return one share, or a vector of several, in [0, 1]."""
    if np.ndim(l1_ratio) == 0:
        return np.array(read_l1_ratio(l1_ratio))
    values = np.array([read_l1_ratio(one) for one in np.ravel(np.asarray(l1_ratio, dtype=object))])
    if np.ndim(l1_ratio) != 1 or not values.size:
        raise ValueError(
            f"l1_ratio must be a number or 1-D and not empty, got shape {np.shape(l1_ratio)}"
        )
    return values
