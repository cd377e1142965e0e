"""The elastic net for one penalty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from elltwo.functional._base.bounds import read_box
from elltwo.functional._base.compiled import _core
from elltwo.functional._base.names import naming_columns
from elltwo.functional._base.options import TOL
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.validate import penalties
from elltwo.functional._elastic_net.record import ElasticNetFit
from elltwo.functional._elastic_net_problem.info import CONVERGED, info_of, warn_of_gap
from elltwo.functional._elastic_net_problem.options import (
    Penalty,
    read_elastic_net_options,
    read_group_targets,
    read_l1_ratio,
    read_start,
)
from elltwo.functional._elastic_net_problem.quick import PlainData, quick_data
from elltwo.functional._elastic_net_problem.solve import NetData, solve_paths, solve_raw
from elltwo.functional._ridge_problem.problem import read_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo._core import ElasticNetPath as RawPath
    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._elastic_net_problem.points import Call, Point

_elastic_net_small = _core.elastic_net_small


@public("elltwo")
@naming_columns
def elastic_net(
    X: npt.ArrayLike | SparseLike,
    y: npt.ArrayLike,
    alpha: npt.ArrayLike = 1.0,
    l1_ratio: float = 0.5,
    *,
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
) -> ElasticNetFit:
    r"""Fit an elastic net, with its exact zeros and a certificate.

    For every target, minimise over the coefficients b and the intercept b0

    .. math::
        \tfrac12 \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \alpha \sum_j f_j \Bigl( \rho |b_j - m_j|
        + \frac{1 - \rho}{2} (b_j - m_j)^2 \Bigr),

    with rho for `l1_ratio`, weights w (`sample_weight`), factors f (`penalty_factors`) and prior
    means m (`prior_mean`). ``l1_ratio=1`` is the lasso [1]_, a value in between the elastic net
    [2]_ in its "naive" form, and ``l1_ratio=0`` exactly `ridge` with the same alpha. The loss is a
    sum, not a mean: scikit-learn's ``ElasticNet(alpha=a)`` is ``alpha = a * sum(w)`` here, and
    `convert_penalty` knows the scale of other packages. The intercept is free.

    The minimum is found by solving its linear system on the active features, so that coefficients
    are exact to rounding and zeros are exactly zero, and certified by its duality gap.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Features, finite, see `ridge`. They are taken as they are: scale them, or give
        `penalty_factors`, where one penalty should not treat all units alike.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Targets; each has a problem of its own.
    alpha : float or array-like of shape (n_targets,), default=1.0
        Strength of the penalty in [0, inf]. At 0 the fit is least squares, see `ridge`; from
        ``info.alpha_max`` on all penalised coefficients are zero.
    l1_ratio : float, default=0.5
        Share rho of the absolute values in the penalty, in [0, 1].
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of `alpha` in [0, inf], 1 each by default. 0 leaves a coefficient unpenalised and
        infinity pins it to its prior mean. The adaptive lasso [3]_ is
        ``penalty_factors=1 / abs(b)`` with the coefficients b of a first fit; where they are zero
        the infinity leaves the feature out.
    prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), default=None
        Values that the coefficients shrink to, 0 by default.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients are held to, see `ridge`: ``(0, None)`` is the non-negative
        lasso.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, not negative and not all zero. They mean repetition: 2 is the row given twice, 0
        the row left out.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    tol : float, default=1e-10
        Relative duality gap that the fit is held to.
    max_iter : int, default=None
        At most so many rounds of the active set, None standing for 1000.
    start : ElasticNetFit or array-like, default=None
        A fit, or coefficients, to begin with. They change the time, not the answer.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none. The
        answer does not depend on it.
    group_targets : bool, default=False
        Whether the targets share their features (multi-task): in the place of ``|b_j - m_j|``
        stands the Euclidean norm of the feature's coefficients of all targets, so that they are
        zero together, and all targets are one problem [4]_. There are no bounds then.

    Returns
    -------
    ElasticNetFit
        Record with `coef`, `intercept`, `active`, `info`, `predict`, `edf`, `relaxed` and
        `summary`. `coef` and `intercept` are float32 if X is, unless a value is beyond its range,
        else float64.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or an option has the wrong type.
    ValueError
        If shapes disagree, a value is out of its range, the data hold NaN or infinity, `bounds`
        cross, or they leave out the prior mean of a coefficient that `alpha` or a factor pins.
    OverflowError
        If a coefficient is beyond the range of float64.

    Warns
    -----
    elltwo.exceptions.ConvergenceWarning
        If `tol` was not reached.

    See Also
    --------
    elastic_net_path : Fits for many alphas.
    elastic_net_cv : Choose `alpha` and `l1_ratio` by cross-validation.
    selection_stability : How often halves of the rows choose the same features.

    Notes
    -----
    Of linearly dependent features, as equal columns are, a minimum of the lasso need not have all:
    the one that is returned has independent active features, of equal columns the first.

    References
    ----------
    .. [1] R. Tibshirani (1996). Regression shrinkage and selection via the lasso. Journal of the
       Royal Statistical Society B 58, 267-288. Equation 2, in Lagrangian form.
    .. [2] H. Zou and T. Hastie (2005). Regularization and variable selection via the elastic net.
       Journal of the Royal Statistical Society B 67, 301-320. Equation 3, with
       ``lambda1 = 2 alpha rho`` and ``lambda2 = alpha (1 - rho)``.
    .. [3] H. Zou (2006). The adaptive lasso and its oracle properties. Journal of the American
       Statistical Association 101, 1418-1429. Equation 4.
    .. [4] G. Obozinski, B. Taskar and M. I. Jordan (2010). Joint covariate selection and joint
       subspace selection for multiple classification problems. Statistics and Computing 20,
       231-252. Equation 2.

    Examples
    --------
    >>> import elltwo
    >>> X = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]]
    >>> fit = elltwo.elastic_net(X, [2.0, 0.1, 2.1, 0.0], alpha=0.5, l1_ratio=1.0)
    >>> fit.coef.round(6), fit.active
    (array([1.5, 0. ]), array([0]))
    >>> fit.info.status
    'converged'
    """
    if (
        penalty_factors is None
        and prior_mean is None
        and bounds is None
        and sample_weight is None
        and tol is TOL
        and max_iter is None
        and start is None
        and n_threads is None
        and group_targets is False
    ):
        small = _elastic_net_small(X, y, alpha, l1_ratio, fit_intercept)
        if small is not None:
            coef, intercept, path, info = small
            given: Any = (X, y, l1_ratio, fit_intercept)  # plain, or the core had declined
            strength = cast("float", alpha)
            raw = ([path], info)
            return ElasticNetFit(coef, intercept, raw, strength, l1_ratio, PlainData(*given))
        quick = quick_data(X, y, alpha, l1_ratio) if fit_intercept is True else None
        if quick is not None:
            return fit_at(quick, np.array([alpha], dtype=np.float64), None)
    problem = read_problem(X, y, penalty_factors, prior_mean, sample_weight)
    box = read_box(bounds, problem.X, problem.names.features)
    options = read_elastic_net_options(fit_intercept, tol, max_iter, n_threads)
    grouped = read_group_targets(group_targets, bounds)
    data = NetData(problem, box, read_l1_ratio(l1_ratio), options, grouped)
    each = read_alphas(alpha, 1 if grouped else data.n_targets)
    return fit_at(data, each, read_start(start, data.n_targets, data.n_features))


def read_alphas(alpha: npt.ArrayLike, n_targets: int) -> Float64Array:
    """Return alpha, or one for each target, in [0, inf]."""
    each = penalties(alpha, n_targets)
    bad = ~(each >= 0.0)
    if bad.any():
        where = "" if each.size == 1 else f" for target {int(bad.argmax())}"
        raise ValueError(f"alpha must be in [0, inf], got {float(each[bad][0]):.17g}{where}")
    return each


def fit_at(data: NetData, alpha: Float64Array, start: Float64Array | None) -> ElasticNetFit:
    """Fit every target at one alpha, or each at its own."""
    penalty = Penalty(data.l1_ratio, start=start)
    if alpha.size > 1:
        return _fit_each(data, alpha, penalty)
    fitted = solve_raw(data, alpha, penalty)
    coef = [_coef(path, data.n_features) for path in fitted[0]]
    shown: tuple[FloatArray, float | FloatArray]
    if data.problem.one_dimensional:
        shown = data.kept(coef[0]), float(fitted[0][0].intercept[0])
    else:
        shown = _shaped(data, np.array(coef), np.array([p.intercept[0] for p in fitted[0]]))
    fit = ElasticNetFit(*shown, fitted, float(alpha[0]), data.l1_ratio, data)
    if fitted[1].status != CONVERGED:
        warn_of_gap(fit.info.gap, fit.info.tolerance)
    return fit


def _coef(path: RawPath, n_features: int) -> Float64Array:
    """Return the coefficients of a path of one point."""
    coef = np.zeros(n_features)
    coef[path.features] = path.values
    return coef


def _fit_each(data: NetData, alpha: Float64Array, penalty: Penalty) -> ElasticNetFit:
    paths, call = solve_paths(data, alpha, penalty)
    points = [path.point(path.place(a)) for path, a in zip(paths, alpha, strict=True)]
    fit = fit_of(data, points, call, alpha, data.l1_ratio)
    if fit.info.status != CONVERGED:
        warn_of_gap(fit.info.gap, fit.info.tolerance)
    return fit


def fit_of(
    data: NetData,
    points: Sequence[Point],
    call: Call,
    alpha: float | Float64Array,
    l1_ratio: float | Float64Array,
) -> ElasticNetFit:
    """Return points, one of each target, as a fit in the shape and precision of the data."""
    coef = np.array([point.coef(data.n_features) for point in points])
    shown = _shaped(data, coef, np.array([point.intercept for point in points]))
    return ElasticNetFit(*shown, info_of(call, points), alpha, l1_ratio, data)


def _shaped(
    data: NetData, coef: Float64Array, intercept: Float64Array
) -> tuple[FloatArray, float | FloatArray]:
    """Return coefficients and intercepts in the shape and precision of the data."""
    if data.problem.one_dimensional:
        return data.kept(coef[0]), float(intercept[0])
    return data.kept(coef), data.kept(intercept)
