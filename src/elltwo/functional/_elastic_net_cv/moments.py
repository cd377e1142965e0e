"""The penalty of an elastic net of moments, chosen by cross-validation over folds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.bounds import read_box
from elltwo.functional._base.convergence import WorstWarning
from elltwo.functional._base.grid import N_ALPHAS, given_grid
from elltwo.functional._base.options import TOL, flag
from elltwo.functional._base.record_parts import public
from elltwo.functional._cv.choice import read_select
from elltwo.functional._elastic_net_cv.candidates import Candidate, Rule, compare
from elltwo.functional._elastic_net_cv.chosen import chosen_fit
from elltwo.functional._elastic_net_cv.criteria import NetCriterion, require_criterion
from elltwo.functional._elastic_net_cv.fit import read_l1_ratios
from elltwo.functional._elastic_net_problem.info import warn_of_gap
from elltwo.functional._elastic_net_problem.options import (
    read_elastic_net_options,
    read_path_penalty,
)
from elltwo.functional._elastic_net_problem.solve import NetData, falling, solve_paths
from elltwo.functional._moments.cv import left_out, read_folds
from elltwo.functional._ridge_cv.scores import scores_of_splits
from elltwo.functional._ridge_problem.problem import read_moments_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo import _core
    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._elastic_net_cv.candidates import Scored
    from elltwo.functional._elastic_net_cv.record import ElasticNetCVFit
    from elltwo.functional._elastic_net_problem.options import Penalty
    from elltwo.functional._elastic_net_problem.points import Solved
    from elltwo.functional._moments.moments import Moments
    from elltwo.functional._ridge_cv.scores import CVScores


@public("elltwo")
def elastic_net_moments_cv(
    folds: Sequence[Moments],
    l1_ratio: float | npt.ArrayLike = 0.5,
    *,
    alphas: npt.ArrayLike | None = None,
    n_alphas: int = N_ALPHAS,
    alpha_min_ratio: float | None = None,
    select: str = "min",
    per_target: bool = False,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    bounds: BoundsLike | None = None,
    fit_intercept: bool = True,
    tol: float = TOL,
    max_iter: int | None = None,
    n_threads: int | None = None,
    extend: bool = False,
    cv: str | None = None,
) -> ElasticNetCVFit:
    r"""Fit an elastic net to moments of folds, with its penalty chosen by cross-validation.

    Every fold is predicted by fits to the others, whose moments are added (and never subtracted),
    see `moments_cv`. Up to rounding the result is that of `elastic_net_cv` with the same folds.

    Parameters
    ----------
    folds : sequence of Moments
        Moments of disjoint sets of rows, at least two, none without rows; for a criterion also one.
    l1_ratio : float or sequence of float, default=0.5
        Share of the absolute values in the penalty, or several to choose from.
    alphas, n_alphas, alpha_min_ratio, select, per_target : optional
        The grid and the choice from it, see `elastic_net_cv`.
    penalty_factors, prior_mean, bounds, fit_intercept, tol, max_iter, n_threads : optional
        The penalty and the model, see `Moments.elastic_net`.
    extend : bool, default=False
        Whether to continue the grid, see `elastic_net_cv`.
    cv : {"gcv", "aic", "bic", "ebic"}, default=None
        A criterion of the path of all rows in the place of folds, see `ElasticNetPath`, which needs
        no more than their moments.

    Returns
    -------
    ElasticNetCVFit
        The fit to all folds, and `alpha`, `alphas`, `cv_mse`, `cv_se`, `cv_score` and `fold_mse`.

    Raises
    ------
    TypeError
        If `folds` holds anything but Moments, or an option has the wrong type.
    ValueError
        If there are fewer than two folds or one has no rows, shapes disagree, or a value is out
        of its range.

    Warns
    -----
    UserWarning
        If the choice is at an edge of the grid, see `elastic_net_cv`.
    elltwo.exceptions.ConvergenceWarning
        If a fit did not reach `tol`.

    See Also
    --------
    elastic_net_cv : The same for rows at hand.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(60, 4))
    >>> y = X @ [1.0, 0.0, -1.0, 0.5] + rng.normal(size=60)
    >>> folds = [elltwo.Moments(4).add(X[i : i + 20], y[i : i + 20]) for i in (0, 20, 40)]
    >>> fit = elltwo.elastic_net_moments_cv(folds, 1.0, alphas=[10.0, 1.0, 0.1])
    >>> fit.alpha == elltwo.elastic_net_cv(X, y, 1.0, alphas=[10.0, 1.0, 0.1], cv=3).alpha
    True
    """
    rule = Rule(read_select(select), flag(per_target, "per_target"), flag(extend, "extend"))
    if cv is not None:
        require_criterion(cv, rule)
    cores, names = read_folds(folds, 2 if cv is None else 1)
    options = read_elastic_net_options(fit_intercept, tol, max_iter, n_threads)
    whole = cores[0].copy()
    for fold in cores[1:]:
        whole.merge(fold)
    problem = read_moments_problem(whole, penalty_factors, prior_mean, names)
    box = read_box(bounds, problem.X, names.features)  # type: ignore[arg-type]  # has a shape
    ratios = read_l1_ratios(l1_ratio)
    grid = None if alphas is None else given_grid(alphas)
    candidates = []
    with WorstWarning():
        for ratio in np.ravel(ratios).tolist():
            own = grid is not None
            penalty = read_path_penalty(ratio, n_alphas, alpha_min_ratio, None, own)
            data = NetData(problem, box, ratio, options)
            scored: Scored[CVScores] = (
                MomentsNetSplits(data, penalty, cores)
                if cv is None
                else NetCriterion(data, penalty, cv)
            )
            candidates.append(Candidate(*compare(data, penalty, grid, scored, rule)))
        return chosen_fit(data, ratios, candidates, rule)


class MomentsNetSplits:
    """Scores of grids of which the test sets are folds, each with all others to be fitted to."""

    def __init__(self, data: NetData, penalty: Penalty, folds: list[_core.Moments]) -> None:
        self._data = data
        self._penalty = penalty
        self._folds = folds
        self.solved: Solved  #: paths of all rows at the alphas last fitted

    def first_grid(self) -> Float64Array:
        """Fit on the core's own grid and return it."""
        self.solved = solve_paths(self._data, None, self._penalty)
        return self.solved.paths[0].alphas.copy()

    def cv_scores(self, alphas: Float64Array) -> CVScores:
        """Return errors at every alpha."""
        wanted = falling(alphas)
        if not hasattr(self, "solved") or not np.array_equal(self.solved.paths[0].alphas, wanted):
            self.solved = solve_paths(self._data, wanted, self._penalty)
        return scores_of_splits(alphas, None, self)

    def score(self, alphas: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Return sums of squared errors (n_splits, n_alphas, n_targets), and test weights."""
        sse = [self._errors(train, test, alphas) for train, test in left_out(self._folds)]
        return np.array(sse), np.array([fold.weight for fold in self._folds])

    def _errors(
        self, train: _core.Moments, test: _core.Moments, alphas: Float64Array
    ) -> Float64Array:
        problem = self._data.problem._replace(X=train)  # type: ignore[arg-type]
        paths, call = solve_paths(self._data._replace(problem=problem), alphas, self._penalty)
        missed = max(float(path.gap[path.converged == 0].max(initial=0.0)) for path in paths)
        if missed > 0.0:
            warn_of_gap(missed, call.tolerance, " in a training set")
        points = [[path.point(path.place(alpha)) for path in paths] for alpha in alphas.tolist()]
        coef = np.array([[one.coef(self._data.n_features) for one in row] for row in points])
        intercept = np.array([[one.intercept for one in row] for row in points])
        return test.squared_errors(coef, intercept).reshape(alphas.size, -1)
