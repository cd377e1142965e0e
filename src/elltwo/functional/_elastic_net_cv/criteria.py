"""Criteria in the place of test sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.criteria import CRITERIA
from elltwo.functional._cv.choice import NO_STANDARD_ERRORS
from elltwo.functional._elastic_net.path_record import ElasticNetPath
from elltwo.functional._elastic_net_problem.solve import solve_paths
from elltwo.functional._ridge_cv.scores import CVScores

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._elastic_net_cv.candidates import Rule
    from elltwo.functional._elastic_net_problem.options import Penalty
    from elltwo.functional._elastic_net_problem.points import Solved
    from elltwo.functional._elastic_net_problem.solve import NetData


def require_criterion(cv: str, rule: Rule) -> None:
    """Refuse a name that is no criterion, and what criteria do not have."""
    if cv not in CRITERIA:
        names = ", ".join(map(repr, CRITERIA))
        raise ValueError(f"cv must be one of {names}, or folds, a splitter or pairs, got {cv!r}")
    if rule.select == "1se":
        raise ValueError(NO_STANDARD_ERRORS)


class NetCriterion:
    """Scores of paths by a criterion, "gcv", "aic", "bic" or "ebic"."""

    def __init__(self, data: NetData, penalty: Penalty, name: str) -> None:
        self._data = data
        self._penalty = penalty
        self._name = name
        self.solved: Solved  #: paths of all rows at the alphas last fitted

    def first_grid(self) -> Float64Array:
        """Fit on the core's own grid and return it."""
        self.solved = solve_paths(self._data, None, self._penalty)
        return self.solved.paths[0].alphas.copy()

    def cv_scores(self, alphas: Float64Array) -> CVScores:
        """Return the criterion at every alpha for every target."""
        self.solved = solve_paths(self._data, alphas, self._penalty)
        path = ElasticNetPath(self._data, self.solved, alphas)
        values = path.criterion(self._name).reshape(alphas.size, -1)
        return CVScores(np.asarray(values), None, None, None, None, None, None)
