"""scikit-learn's function for paths of the elastic net."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.bounds import read_box
from elltwo.functional._base.options import TOL, flag, one_of
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.sparse import is_sparse
from elltwo.functional._base.validate import design_matrix, float64_array
from elltwo.functional._elastic_net.estimator import (
    NetData,
    read_elastic_net_options,
    read_l1_ratio,
    read_problem,
    read_start,
    solve_paths,
)
from elltwo.linear_model._elastic_net_grid import read_grid
from elltwo.linear_model._elastic_net_parameters import (
    MAX_ROUNDS,
    SELECTIONS,
    bounds_of,
    require_verbose,
    total,
    weights,
)
from elltwo.linear_model._elastic_net_solved import (
    dual_gap,
    grouped,
    solve_grid,
    warn_unless_converged,
)
from elltwo.linear_model._gram_check import check_precompute
from elltwo.linear_model._parameters import require_random_state

if TYPE_CHECKING:
    import numpy.typing as npt

# scikit-learn's further keywords, with their defaults here
_KEYWORDS: dict[str, Any] = {
    "tol": TOL,
    "max_iter": MAX_ROUNDS,
    "random_state": None,
    "selection": "cyclic",
    "sample_weight": None,
    "do_screening": True,
    "n_threads": None,
}


@public("elltwo.linear_model")
def enet_path(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    l1_ratio: float = 0.5,
    eps: float = 1e-3,
    n_alphas: int | None = None,
    alphas: int | npt.ArrayLike | None = 100,
    precompute: Any = "auto",  # noqa: ANN401  # bool, word or matrix
    Xy: npt.ArrayLike | None = None,
    copy_X: bool = True,
    coef_init: npt.ArrayLike | None = None,
    verbose: bool | int = False,
    return_n_iter: bool = False,
    positive: bool = False,
    check_input: bool = True,
    **params: Any,  # noqa: ANN401  # scikit-learn's further keywords
) -> tuple[Any, ...]:
    """Fit the elastic net at many alphas, in place of ``sklearn.linear_model.enet_path``.

    Minimises the objective of `ElasticNet`, or for y with several targets that of
    `MultiTaskElasticNet`, at every alpha, without an intercept.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Features, finite.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Targets.
    l1_ratio : float, default=0.5
        Share of the absolute values in the penalty, in [0, 1]; an automatic grid needs more than 0.
    eps : float, default=1e-3
        Smallest over largest alpha of an automatic grid.
    n_alphas : int, default=None
        Size of an automatic grid, as it was given before scikit-learn 1.9; None stands for
        `alphas`.
    alphas : int or array-like of shape (n_alphas,), default=100
        Size of an automatic grid, from the smallest alpha at which all coefficients are zero
        downwards, or the alphas.
    precompute : bool, "auto" or array-like of shape (n_features, n_features), default="auto"
        A Gram matrix is compared with X, and refused if it is not that of X; none of the values
        changes the answer.
    Xy : array-like of shape (n_features,) or (n_features, n_targets), default=None
        Accepted so that calls written for scikit-learn keep working; ``X.T @ y`` is computed.
    copy_X : bool, default=True
        Accepted so that calls written for scikit-learn keep working. X is never modified.
    coef_init : array-like of shape (n_features,) or (n_targets, n_features), default=None
        Coefficients to start from at the largest alpha; the answer is the same.
    verbose : bool or int, default=False
        Accepted so that calls written for scikit-learn keep working; nothing is printed.
    return_n_iter : bool, default=False
        Whether to return `n_iters` too.
    positive : bool, default=False
        Whether coefficients must not be negative; only for one target.
    check_input : bool, default=True
        Accepted so that calls written for scikit-learn keep working. Input is always checked.
    **params : dict
        `tol` (1e-10, the relative duality gap that every fit is held to), `max_iter` (1000 rounds
        of the active set at an alpha), `sample_weight`, and `n_threads`; `random_state`,
        `selection` and `do_screening` have no effect.

    Returns
    -------
    alphas : ndarray of shape (n_alphas,)
        The alphas, falling.
    coefs : ndarray of shape (n_features, n_alphas) or (n_targets, n_features, n_alphas)
        Coefficients, float32 if X is, else float64.
    dual_gaps : ndarray of shape (n_alphas,)
        Duality gaps in the units of the objective.
    n_iters : list of int
        Rounds of the active set at every alpha; only with `return_n_iter`.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or an option has the wrong type.
    ValueError
        If shapes disagree, a value is out of its range, the data hold NaN or infinity, or there are
        unknown keywords.

    See Also
    --------
    elltwo.elastic_net_path : A path with an intercept, criteria and pictures.

    Examples
    --------
    >>> from elltwo.linear_model import enet_path
    >>> alphas, coefs, gaps = enet_path([[-1.0], [0.0], [1.0]], [-1.0, 0.0, 1.0], alphas=[0.5, 0.1])
    >>> alphas, coefs.round(6)
    (array([0.5, 0.1]), array([[0.454545, 0.860465]]))
    """
    keywords = _read_keywords(params)
    flag(copy_X, "copy_X")
    flag(check_input, "check_input")
    require_verbose(verbose)
    options = (keywords["tol"], keywords["max_iter"], keywords["n_threads"])
    rows: Any = X if is_sparse(X) else design_matrix(X)
    weight = weights(keywords["sample_weight"], rows.shape[0])
    problem = read_problem(rows, y, None, None, weight)
    if not problem.one_dimensional and flag(positive, "positive"):
        raise ValueError("positive=True is not allowed for multi-output (y.ndim != 1)")
    box = read_box(bounds_of(positive, None), problem.X)
    net = NetData(problem, box, read_l1_ratio(l1_ratio), read_elastic_net_options(False, *options))
    net = net if problem.one_dimensional else grouped(net)
    check_precompute(precompute, rows, weight, False)
    _require_products(Xy, net.n_features, net.n_targets)
    start = read_start(coef_init, net.n_targets, net.n_features)
    unit = total(weight, problem.n_samples)
    path = solve_grid(net, read_grid(alphas, n_alphas, eps), unit, solve_paths, start)
    points = [path.points(k)[0] for k in range(path.alphas.size)]
    warn_unless_converged(points, net.options.tol)
    gaps = np.array([dual_gap(point, unit) for point in points])
    result = path.alphas, path.coefs(), gaps, [point.n_iter for point in points]
    return result if flag(return_n_iter, "return_n_iter") else result[:3]


def _read_keywords(params: dict[str, Any]) -> dict[str, Any]:
    """Return scikit-learn's further keywords, completed."""
    if unknown := sorted(params.keys() - _KEYWORDS.keys()):
        raise ValueError(f"Unexpected parameters in params: {', '.join(unknown)}")
    options = _KEYWORDS | params
    one_of(SELECTIONS, options["selection"], "selection")
    require_random_state(options["random_state"])
    flag(options["do_screening"], "do_screening")
    return options


def _require_products(Xy: npt.ArrayLike | None, n_features: int, n_targets: int) -> None:
    """Refuse products of features and targets of another shape."""
    if Xy is None:
        return
    shape = float64_array(Xy, "Xy").shape
    if shape != (n_features, n_targets) and (n_targets > 1 or shape != (n_features,)):
        raise ValueError(f"Xy must have shape ({n_features}, {n_targets}), got shape {shape}")
