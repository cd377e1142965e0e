"""Elastic nets of groups of rows of one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.functional._base.names import naming_columns
from elltwo.functional._base.options import TOL
from elltwo.functional._base.progress import telling
from elltwo.functional._base.record_parts import public
from elltwo.functional._batch.groups_data import naming_keys, read_alpha, read_table
from elltwo.functional._batch.groups_keys import shown
from elltwo.functional._elastic_net_batch.fit import read_nets
from elltwo.functional._elastic_net_batch.record import (
    ElasticNetBatchFit,
    ElasticNetGroupedFit,
    as_net_info,
)
from elltwo.functional._elastic_net_problem.info import CONVERGED, warn_of_gap
from elltwo.functional._elastic_net_problem.options import read_elastic_net_options

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import numpy.typing as npt

    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._base.progress import Show


@public("elltwo")
@naming_columns
@telling
def elastic_net_grouped(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    groups: npt.ArrayLike | None = None,
    *,
    alpha: npt.ArrayLike | Mapping[Any, float],
    l1_ratio: float = 0.5,
    starts: npt.ArrayLike | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    bounds: BoundsLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    tol: float = TOL,
    max_iter: int | None = None,
    n_threads: int | None = None,
    progress: Show = False,  # noqa: ARG001  # read by `telling`
) -> ElasticNetGroupedFit:
    r"""Fit an elastic net to every group of rows of a table.

    For every group g and every target, minimise over the coefficients b and the intercept b0

    .. math::
        \tfrac12 \sum_{i \in g} w_i (y_i - b_0 - x_i \cdot b)^2 + \alpha_g \sum_j f_j \Bigl(
        \rho |b_j - m_j| + \frac{1 - \rho}{2} (b_j - m_j)^2 \Bigr),

    as `elltwo.elastic_net` does for the rows of the group alone, with the same bits. Groups may
    have any number of rows, fewer than features among them. They go over the threads. X is not
    copied: rows that do not stand together are gathered one group at a time by each thread.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Features, finite. float64 and float32 arrays of any strides are read in place; integers,
        booleans and other floats are converted to float64.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Targets.
    groups : array-like of shape (n_samples,), default=None
        Key of every row: integers, strings, bytes, dates, booleans, floats, or objects that sort
        and hash, in any order. Rows that are sorted by it are taken as they stand.
    alpha : float, array-like of shape (n_groups,) or mapping
        Strength of the penalty in [0, inf], see `elastic_net`: one for all groups, one for each in
        ascending order of the keys, or a mapping from keys, which may hold others as well.
    l1_ratio : float, default=0.5
        Share rho of the absolute values in the penalty, in [0, 1].
    starts : array-like of shape (n_groups + 1,), default=None
        In place of `groups`, of which exactly one is given: group g has the rows from
        ``starts[g]`` to ``starts[g + 1]``, at least one, and its key is g. It begins with 0 and
        ends with n_samples.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of `alpha` in [0, inf], shared by all groups, 1 each by default. 0 leaves a
        coefficient unpenalised and infinity pins it to its prior mean, whatever `alpha` is.
    prior_mean : float or array-like of shape (n_features,), default=None
        Values that the coefficients of all groups shrink to, 0 by default.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients of all groups are held to, see `ridge`.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, not negative and not all zero in any group. They mean repetition: 2 is the row
        given twice, 0 the row left out.
    fit_intercept : bool, default=True
        Whether there are intercepts.
    tol : float, default=1e-10
        Relative duality gap that every fit is held to.
    max_iter : int, default=None
        At most so many rounds of the active set in each fit, None standing for 1000.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none. The
        answer does not depend on it.
    progress : bool or callable, default=False
        True writes to standard error how far the call is and how long the rest will take, once
        it has worked for two seconds: with the bar of tqdm or rich where that has been imported.
        A function is called with a `Progress` a few times a second; what it raises ends the call.

    Returns
    -------
    ElasticNetGroupedFit
        Record with `groups`, the keys in ascending order, and for each of them `coef`,
        `intercept`, `n_rows`, `alpha`, `gap`, `violation` and `n_active`; with `l1_ratio`, `info`
        and `predict`. `coef` and `intercept` are float32 if X is, unless a value is beyond its
        range, else float64.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, keys cannot be sorted, an option has the wrong
        type, or not exactly one of `groups` and `starts` is given.
    ValueError
        If shapes disagree, a value is out of its range, a key is missing (None, NaN, NaT), or the
        data hold NaN or infinity; the message names the group and the row.
    OverflowError
        If a coefficient is beyond the range of float64.

    Warns
    -----
    elltwo.exceptions.ConvergenceWarning
        If `tol` was not reached in some group; `gap` tells where.

    See Also
    --------
    elastic_net_batch : Problems of one shape.

    References
    ----------
    .. [1] H. Zou and T. Hastie (2005). Regularization and variable selection via the elastic net.
       Journal of the Royal Statistical Society B 67, 301-320. Equation 3, with
       ``lambda1 = 2 alpha rho`` and ``lambda2 = alpha (1 - rho)``.

    Examples
    --------
    >>> import elltwo
    >>> X = [[0.0], [5.0], [1.0], [3.0], [2.0], [1.0]]
    >>> y = [1.0, 0.0, 3.0, 1.0, 5.0, 2.0]
    >>> groups = ["b", "a", "b", "a", "b", "a"]
    >>> fit = elltwo.elastic_net_grouped(X, y, groups, alpha={"a": 5.0, "b": 1.0}, l1_ratio=1.0)
    >>> fit.groups, fit.coef.round(6), fit.n_active
    (array(['a', 'b'], dtype='<U1'), array([[0. ],
           [1.5]]), array([0, 1]))
    >>> fit.predict([[3.0], [3.0]], ["b", "a"]).round(6)
    array([6., 1.])
    """
    table = read_table(X, y, groups, starts, penalty_factors, prior_mean, sample_weight)
    each = read_alpha(alpha, table.groups)
    options = read_elastic_net_options(fit_intercept, tol, max_iter, n_threads)
    nets = read_nets(l1_ratio, bounds, table.X.shape[1], table.names.features, options)
    given, found = table.given(each), table.groups
    with naming_keys(found):
        fitted = nets.solve(table.X, given, found.starts, found.order)
    coef, intercept, certificates, info = fitted
    if info.status != CONVERGED:
        warn_of_gap(info.gap, info.tolerance, f" in group {shown(found.keys[info.worst])}")
    fits = ElasticNetBatchFit(
        *table.kept(coef, intercept),
        table.alphas(each),
        nets.l1_ratio,
        certificates,
        as_net_info(info),
        table.names,
    )
    return ElasticNetGroupedFit(found.keys, found.n_rows, fits)
