"""What the estimators of the elastic net share: data to the core, and its points to attributes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.bounds import read_box
from elltwo.functional._base.options import flag
from elltwo.functional._elastic_net.estimator import (
    NetData,
    Penalty,
    info_of,
    read_elastic_net_options,
    read_l1_ratio,
    read_problem,
    read_start,
    solve_paths,
)
from elltwo.linear_model._base import RegressionMixin, reraise
from elltwo.linear_model._elastic_net_parameters import (
    bounds_of,
    number,
    require_unused,
    total,
    weights,
)
from elltwo.linear_model._elastic_net_solved import dual_gap, joined, warn_unless_converged
from elltwo.linear_model._gram_check import check_precompute
from elltwo.linear_model._sparse_coefficients import SparseCoefficients

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._elastic_net.estimator import Solved


class ElasticNetEstimator(SparseCoefficients):
    """An estimator with a penalty on absolute values and squares."""

    def _net(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weight: Float64Array | None,
    ) -> NetData:
        """Read data and penalty, but for its share of absolute values, as the core takes them."""
        problem = read_problem(
            X,
            y,
            self._of_features("penalty_factors"),
            self._of_features("prior_mean"),
            sample_weight,
        )
        options = read_elastic_net_options(
            self.fit_intercept, self.tol, self.max_iter, self.n_threads
        )
        box = read_box(self._bounds(), problem.X)
        return NetData(problem, box, 1.0, options)

    def _mixed(self, net: NetData, l1_ratio: object) -> NetData:
        """Return the problem with a share of absolute values in its penalty."""
        return net._replace(l1_ratio=read_l1_ratio(l1_ratio))

    def _targets(self, y: Any) -> Any:  # noqa: ANN401  # whatever has been read
        """Return y in the shape of the targets, or refuse its shape."""
        return y

    def _bounds(self) -> BoundsLike | None:
        return bounds_of(self.positive, self._labelled_bounds())

    def _start(self, net: NetData) -> Float64Array | None:
        """Return the coefficients of the fit before, if they are of the shape of the problem."""
        if "coef_" not in self.__dict__:
            return None
        before = self._dense_coef()
        if before.size != net.n_targets * net.n_features or not np.isfinite(before).all():
            return None
        return read_start(before, net.n_targets, net.n_features)

    def _set_points(self, net: NetData, solved: Solved, at: int, unit: float) -> None:
        """Set what scikit-learn's estimators have, of one alpha."""
        points = [path.point(at) for path in solved.paths]
        coef, intercept = joined(net, points)
        if net.problem.one_dimensional:
            self._set_coefficients(coef[0], intercept[0])
        else:
            self._set_coefficients(coef, intercept)
        certified = solved.call.certified(points)
        gaps = [dual_gap(point, unit) for point in certified]
        rounds = [point.n_iter for point in certified]
        several = len(certified) > 1
        self.dual_gap_ = np.array(gaps) if several else gaps[0]
        self.n_iter_ = rounds if several else rounds[0]
        self.info_ = info_of(solved.call, points)
        warn_unless_converged(certified, net.options.tol)


class OneAlpha(RegressionMixin, ElasticNetEstimator):
    """An elastic net for an alpha that is given."""

    def _fit(self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None) -> None:
        require_unused(self)
        X, y = self._read(X, y, y_is_plain=type(y) is np.ndarray)
        try:
            self._fit_to(X, self._targets(y), sample_weight)
        except (TypeError, ValueError) as error:
            reraise(error, partial(self._validate_fit, X, y, sample_weight))

    def _fit_to(
        self,
        X: Any,  # noqa: ANN401  # an array or a sparse matrix
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None,
    ) -> None:
        weight = weights(sample_weight, X.shape[0])
        unit = total(weight, X.shape[0])
        alpha = number(self.alpha, "alpha", 0.0, np.inf)
        net = self._mixed(self._net(X, y, weight), self.l1_ratio)
        check_precompute(self.precompute, X, weight, net.options.fit_intercept)
        start = self._start(net) if flag(self.warm_start, "warm_start") else None
        penalty = Penalty(net.l1_ratio, start=start)
        self._set_points(net, solve_paths(net, np.array([alpha * unit]), penalty), 0, unit)
