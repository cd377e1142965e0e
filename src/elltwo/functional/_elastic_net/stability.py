"""How stable the choice of features is, by pairs of half the rows that complement each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.bounds import read_box
from elltwo.functional._base.convergence import WorstWarning
from elltwo.functional._base.names import naming_columns
from elltwo.functional._base.options import TOL, count
from elltwo.functional._base.progress import telling
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.row_blocks import take_rows
from elltwo.functional._elastic_net.fit import fit_at, read_alphas
from elltwo.functional._elastic_net.path import path_of
from elltwo.functional._elastic_net.stability_record import SelectionStability
from elltwo.functional._elastic_net_problem.options import (
    Penalty,
    read_elastic_net_options,
    read_l1_ratio,
)
from elltwo.functional._elastic_net_problem.solve import NetData
from elltwo.functional._ridge_problem.problem import read_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._base.progress import Show
    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array

    Rows = npt.NDArray[np.intp]

_LEAST_RATIO = 1e-3  # of alpha_max, down to which the first features are looked for


@public("elltwo")
@naming_columns
@telling
def selection_stability(
    X: npt.ArrayLike | SparseLike,
    y: npt.ArrayLike,
    alpha: float | None = None,
    l1_ratio: float = 1.0,
    *,
    max_features: int | None = None,
    n_pairs: int = 50,
    seed: int = 0,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    bounds: BoundsLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    tol: float = TOL,
    max_iter: int | None = None,
    n_threads: int | None = None,
    progress: Show = False,  # noqa: ARG001  # read by `telling`
) -> SelectionStability:
    r"""Count how often random halves of the rows choose each feature.

    Rows are divided by lot into two halves, again and again; both halves of a division are fitted
    by elastic nets, see `elastic_net`, and choose the features whose coefficients are not zero.
    Features that most of the halves choose are stable, and the number of others among them is
    bounded without a model of the data [1]_.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Features, finite, at least four rows.
    y : array-like of shape (n_samples,)
        Target.
    alpha : float, default=None
        Strength of the penalty for all rows; halves are fitted with half of it. None where
        `max_features` is given.
    l1_ratio : float, default=1.0
        Share of the absolute values in the penalty, in (0, 1].
    max_features : int, default=None
        In the place of `alpha`: every half chooses the features at the smallest alpha, of 100 down
        to a thousandth of that at which there are none, up to which there are no more than so many.
    n_pairs : int, default=50
        Number of divisions.
    seed : int, default=0
        Seed of the generator that divides; the same seed gives the same answer.
    penalty_factors, prior_mean, bounds, sample_weight, fit_intercept : optional
        The penalty and the model, see `elastic_net`. Features without a penalty are in every
        choice, and count for `max_features`.
    tol, max_iter, n_threads : optional
        The effort, see `elastic_net`.
    progress : bool or callable, default=False
        True writes to standard error how far the call is and how long the rest will take, once
        it has worked for two seconds: with the bar of tqdm or rich where that has been imported.
        A function is called with a `Progress` a few times a second; what it raises ends the call.

    Returns
    -------
    SelectionStability
        Record with `frequency`, `selected` and `error_bound`.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or an option has the wrong type.
    ValueError
        If neither or both of `alpha` and `max_features` are given, y has several columns, shapes
        disagree, a value is out of its range, or the data hold NaN or infinity.

    References
    ----------
    .. [1] R. D. Shah and R. J. Samworth (2013). Variable selection with error control: another look
       at stability selection. Journal of the Royal Statistical Society B 75, 55-80. Section 2.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(100, 20))
    >>> y = X[:, 3] - X[:, 7] + rng.normal(size=100)
    >>> stability = elltwo.selection_stability(X, y, max_features=4)
    >>> stability.selected(0.9)
    array([3, 7])
    """
    problem = read_problem(X, y, penalty_factors, prior_mean, sample_weight)
    box = read_box(bounds, problem.X, problem.names.features)
    options = read_elastic_net_options(fit_intercept, tol, max_iter, n_threads)
    data = NetData(problem, box, read_l1_ratio(l1_ratio), options)
    if data.n_targets > 1:
        raise ValueError(f"y must have one column, got {data.n_targets}")
    if data.l1_ratio == 0.0:
        raise ValueError("l1_ratio must be in (0, 1], since ridge chooses all features, got 0")
    if problem.n_samples < 4:
        raise ValueError(f"X has {problem.n_samples} sample(s), while halves of it need at least 4")
    if (alpha is None) == (max_features is None):
        raise ValueError("pass either alpha or max_features, which say how much a half chooses")
    penalty = Penalty(data.l1_ratio, alpha_min_ratio=_LEAST_RATIO)
    each = None
    if max_features is not None:
        limit = count(max_features, "max_features", minimum=1)
        penalty = penalty._replace(max_features=limit)
    elif alpha is not None:
        each = read_alphas(alpha, 1) / 2.0
    pairs, generator = count(n_pairs, "n_pairs", minimum=1), count(seed, "seed", minimum=0)
    chosen = np.zeros((pairs, 2, data.n_features), dtype=np.bool_)
    with WorstWarning():
        for pair, half, rows in _halves(problem.n_samples, pairs, generator):
            chosen[pair, half, _choice(_rows_of(data, rows), each, penalty)] = True
    return SelectionStability(
        chosen.mean(axis=(0, 1)),
        chosen.all(axis=1).mean(axis=0),
        float(chosen.sum(axis=2).mean()),
        pairs,
        problem.names.features,
    )


def _halves(n: int, n_pairs: int, seed: int) -> Iterator[tuple[int, int, Rows]]:
    """Yield the numbers of pair and half, and the rows, ascending; of odd n one row is left out."""
    generator = np.random.default_rng(seed)
    for pair in range(n_pairs):
        order = generator.permutation(n)
        yield pair, 0, np.sort(order[: n // 2])
        yield pair, 1, np.sort(order[n // 2 : 2 * (n // 2)])


def _rows_of(data: NetData, rows: Rows) -> NetData:
    problem = data.problem
    w = problem.sample_weight
    part = problem._replace(
        X=take_rows(problem.X, rows),
        Y=problem.Y[rows],
        sample_weight=None if w is None else w[rows],
    )
    return data._replace(problem=part)


def _choice(data: NetData, alpha: Float64Array | None, penalty: Penalty) -> Rows:
    """Return the features that some rows choose."""
    if alpha is not None:
        chosen: Rows = fit_at(data, alpha, None).active
        return chosen
    path = path_of(data, None, penalty)
    _, features, starts = path.csr()
    return features[starts[-2] :]
