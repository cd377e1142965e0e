"""The short way into a fit: arrays that need no conversion, and no options."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.options import TOL
from elltwo.functional._base.thread_number import default_threads
from elltwo.functional._elastic_net_problem.options import MAX_ROUNDS, ElasticNetOptions
from elltwo.functional._elastic_net_problem.solve import NetData
from elltwo.functional._ridge_problem.problem import Problem

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array

_DOUBLE = np.dtype(np.float64)


class PlainData(NamedTuple):
    """The data of a fit to plain arrays of float64 without options, read when asked for."""

    X: Float64Array
    y: Float64Array
    l1_ratio: float
    fit_intercept: bool

    def read(self) -> NetData:
        """Return them as those of any other fit."""
        options = ElasticNetOptions(self.fit_intercept, TOL, MAX_ROUNDS, default_threads())
        problem = Problem(self.X, self.y[:, np.newaxis], None, None, None, True)
        return NetData(problem, None, self.l1_ratio, options)


def quick_data(X: object, y: object, alpha: object, l1_ratio: object) -> NetData | None:
    """Return the problem of two plain arrays of float64, None where there is more to check."""
    if type(X) is not np.ndarray or type(y) is not np.ndarray:
        return None
    if type(alpha) is not float or type(l1_ratio) is not float or not alpha >= 0.0:
        return None
    if not (X.dtype is y.dtype is _DOUBLE and X.ndim == 2 and y.ndim == 1 and X.size > 0):
        return None
    if y.size != X.shape[0] or not (X.flags.aligned and y.flags.aligned):
        return None
    if not 0.0 <= l1_ratio <= 1.0:
        return None
    return PlainData(X, y, l1_ratio, True).read()
