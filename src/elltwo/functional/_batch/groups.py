"""Ridge problems that are groups of rows of one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.names import naming_columns
from elltwo.functional._base.options import TOL
from elltwo.functional._base.progress import telling
from elltwo.functional._base.record_parts import public
from elltwo.functional._batch.groups_data import naming_keys, read_alpha, read_table
from elltwo.functional._batch.groups_keys import shown
from elltwo.functional._batch.groups_record import GroupedFit
from elltwo.functional._batch.options import read_many_options, warn_of_worst
from elltwo.functional._batch.record import BatchFit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import numpy.typing as npt

    from elltwo.functional._base.progress import Show
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._batch.groups_data import Table
    from elltwo.functional._batch.options import ManyOptions


@public("elltwo")
@naming_columns
@telling
def ridge_grouped(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    groups: npt.ArrayLike | None = None,
    *,
    alpha: npt.ArrayLike | Mapping[Any, float],
    starts: npt.ArrayLike | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
    tol: float = TOL,
    n_threads: int | None = None,
    progress: Show = False,  # noqa: ARG001  # read by `telling`
) -> GroupedFit:
    r"""Fit a ridge regression to every group of rows of a table.

    For every group g and every target, minimise over the coefficients b and the intercept b0

    .. math::
        \sum_{i \in g} w_i (y_i - b_0 - x_i \cdot b)^2 + \sum_j \alpha_g f_j (b_j - m_j)^2,

    as `elltwo.ridge` does for the rows of the group alone: the answers agree to rounding. Groups
    may have any number of rows, fewer than features among them. They go over the threads. X is
    not copied: rows that do not stand together are gathered one group at a time by each thread.

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
        Strength of the penalty in [0, inf], in units of ``sum(w * x**2)``: one for all groups,
        one for each in ascending order of the keys, or a mapping from keys, which may hold others
        as well. At 0 a fit is least squares and, where the group's X is rank-deficient, the
        limit of small penalties, see `elltwo.ridge`; at infinity ``b = m``.
    starts : array-like of shape (n_groups + 1,), default=None
        In place of `groups`, of which exactly one is given: group g has the rows from
        ``starts[g]`` to ``starts[g + 1]``, at least one, and its key is g. It begins with 0 and
        ends with n_samples.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of `alpha` in [0, inf], shared by all groups, 1 each by default. 0 leaves a
        coefficient unpenalised and infinity pins it to its prior mean, whatever `alpha` is.
    prior_mean : float or array-like of shape (n_features,), default=None
        Values that the coefficients of all groups shrink to, 0 by default.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, not negative and not all zero in any group. They mean repetition: 2 is the row
        given twice, 0 the row left out.
    fit_intercept : bool, default=True
        Whether there are intercepts.
    penalize_intercept : bool, default=False
        Whether the intercepts are penalised as well, by ``alpha * b0**2``.
    tol : float, default=1e-10
        Relative KKT residual that every fit is held to.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none. The
        answer does not depend on it.
    progress : bool or callable, default=False
        True writes to standard error how far the call is and how long the rest will take, once
        it has worked for two seconds: with the bar of tqdm or rich where that has been imported.
        A function is called with a `Progress` a few times a second; what it raises ends the call.

    Returns
    -------
    GroupedFit
        Record with `groups`, the keys in ascending order, and for each of them `coef`,
        `intercept`, `n_rows`, `alpha`, `optimality` and `rcond`; with `info` and `predict`. `coef`
        and `intercept` are float32 if X is, unless a value is beyond its range, else float64.

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
        If `tol` was not reached in some group; `optimality` tells where.

    See Also
    --------
    ridge_batch : Problems of one shape.
    ridge_grouped_cv : Choose the alpha of every group by cross-validation.

    References
    ----------
    .. [1] A. E. Hoerl and R. W. Kennard (1970). Ridge regression: biased estimation for
       nonorthogonal problems. Technometrics 12, 55-67. Equation 2.1, with alpha for k.

    Examples
    --------
    >>> import elltwo
    >>> X = [[0.0], [5.0], [1.0], [3.0], [2.0], [1.0]]
    >>> y = [1.0, 0.0, 3.0, 1.0, 5.0, 2.0]
    >>> groups = ["b", "a", "b", "a", "b", "a"]
    >>> fit = elltwo.ridge_grouped(X, y, groups, alpha={"a": 0.0, "b": 2.0})
    >>> fit.groups, fit.coef.round(6), fit.intercept.round(6)
    (array(['a', 'b'], dtype='<U1'), array([[-0.5],
           [ 1. ]]), array([2.5, 2. ]))
    >>> fit.predict([[3.0], [3.0]], ["b", "a"]).round(6)
    array([5., 1.])
    """
    table = read_table(X, y, groups, starts, penalty_factors, prior_mean, sample_weight)
    options = read_many_options(fit_intercept, penalize_intercept, tol, n_threads)
    fits = fit_table(table, read_alpha(alpha, table.groups), options)
    return GroupedFit(table.groups.keys, table.groups.n_rows, fits)


def fit_table(table: Table, alpha: Float64Array, options: ManyOptions) -> BatchFit:
    """Fit every group of a table, in the shape and precision of its data."""
    groups = table.groups
    given = table.given(alpha)
    with naming_keys(groups):
        fitted = _core.ridge_batch(table.X, given, groups.starts, groups.order, options)
    coef, intercept, optimality, rcond, info = fitted
    if info.status != "converged":
        group = shown(groups.keys[int(optimality.argmax())])
        warn_of_worst(info, "ridge_grouped", f" in group {group}")
    kept, each = table.kept(coef, intercept), table.alphas(alpha)
    return BatchFit(*kept, optimality, rcond, each, info, table.names)
