"""The choice of the penalty of an elastic net by cross-validation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import check_cv
from sklearn.utils import column_or_1d
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    _raise_for_params,
    _routing_enabled,
    process_routing,
)

from elltwo.functional._base.convergence import WorstWarning
from elltwo.functional._base.progress import telling_if_verbose
from elltwo.functional._cv.choice import OWN_GRID, read_select, warn_at_edge
from elltwo.functional._cv.splits import read_splits
from elltwo.linear_model._alphas import rises_to_edge, standard_errors
from elltwo.linear_model._base import RegressionMixin, reraise
from elltwo.linear_model._elastic_net_base import ElasticNetEstimator
from elltwo.linear_model._elastic_net_grid import read_grid
from elltwo.linear_model._elastic_net_parameters import (
    require_unused,
    require_workers,
    total,
    weights,
)
from elltwo.linear_model._elastic_net_splits import Curve, curves_of, of_equal_weight
from elltwo.linear_model._gram_check import check_precompute
from elltwo.linear_model._parameters import require_splitter

if TYPE_CHECKING:
    import numpy.typing as npt
    from sklearn.utils import Tags
    from typing_extensions import Self

    from elltwo.functional._base.validate import AnyArray, Float64Array
    from elltwo.functional._cv.splits import Splits


class ElasticNetChoice(RegressionMixin, ElasticNetEstimator):
    """An elastic net whose alpha, and perhaps `l1_ratio`, is chosen."""

    def __sklearn_tags__(self) -> Tags:
        """Return scikit-learn's tags; there is one target."""
        tags: Tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = False
        return tags

    @telling_if_verbose
    def fit(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
        **params: Any,  # noqa: ANN401  # for the splitter
    ) -> Self:
        """Choose the penalty and fit the model.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Features, finite.
        y : array-like of shape (n_samples,), for several tasks (n_samples, n_targets)
            Targets.
        sample_weight : float or array-like of shape (n_samples,), default=None
            Weights, not negative and not all zero on a training or test set; a number has no
            effect. They count in fits and in the error of a test set, not in the mean over these.
        **params : dict
            Arguments for the splitter, ``groups`` for one; only with scikit-learn's metadata
            routing, see `get_metadata_routing`.

        Returns
        -------
        object
            The estimator itself.

        Raises
        ------
        TypeError
            If an argument does not hold real numbers, or an option has the wrong type.
        ValueError
            If shapes disagree, a value is out of its range, options exclude each other, or the data
            hold NaN or infinity.

        Warns
        -----
        UserWarning
            If the choice is the smallest or largest of several alphas that were given; for an
            automatic grid only if the smallest is better by more than a standard error.
        elltwo.exceptions.ConvergenceWarning, sklearn.exceptions.ConvergenceWarning
            If `tol` was not reached.
        """
        _raise_for_params(params, self, "fit")
        self._require_valid_options()
        X, y = self._read(X, y, y_is_plain=type(y) is np.ndarray)
        try:
            with WorstWarning():
                self._choose(X, self._targets(y), sample_weight, params)
        except (TypeError, ValueError) as error:
            reraise(error, partial(self._validate_fit, X, y, sample_weight))
        return self

    def get_metadata_routing(self) -> Any:  # noqa: ANN401  # sklearn.utils.metadata_routing
        """Say which arguments of `fit` go to the splitter.

        Returns
        -------
        sklearn.utils.metadata_routing.MetadataRouter
            Arguments requested by the splitter's `split`.
        """
        router = MetadataRouter(owner=self.__class__.__name__).add_self_request(self)
        return router.add(
            splitter=check_cv(self.cv),
            method_mapping=MethodMapping().add(caller="fit", callee="split"),
        )

    def _require_valid_options(self) -> None:
        require_unused(self)
        require_workers(self)
        read_select(self.select)
        require_splitter(self.cv, ())

    def _targets(self, y: Any) -> Any:  # noqa: ANN401  # whatever has been read
        """Return one target for each row."""
        if np.ndim(y) > 1 and np.shape(y)[1] > 1:
            raise ValueError(f"For multi-task outputs, use MultiTask{type(self).__name__}")
        return column_or_1d(y, warn=True)

    def _ratios(self) -> list[Any]:
        """Return the values of `l1_ratio`."""
        if np.ndim(self.l1_ratio) == 0:
            return [self.l1_ratio]
        ratios = list(self.l1_ratio)
        if not ratios or np.ndim(self.l1_ratio) > 1:
            raise ValueError(f"l1_ratio must be 1-D and not empty, got {self.l1_ratio!r}")
        return ratios

    def _choose(
        self,
        X: Any,  # noqa: ANN401  # an array or a sparse matrix
        y: Any,  # noqa: ANN401  # an array
        sample_weight: npt.ArrayLike | None,
        params: dict[str, Any],
    ) -> None:
        weight = weights(sample_weight, X.shape[0])
        unit = total(weight, X.shape[0])
        grid = read_grid(self.alphas, self.n_alphas, self.eps)
        net = self._net(X, y, weight)
        nets = [self._mixed(net, ratio) for ratio in self._ratios()]
        check_precompute(self.precompute, X, weight, net.options.fit_intercept)
        splits = of_equal_weight(self._splits(X, y, weight, params), weight, unit)
        curves = curves_of(nets, grid, unit, splits)
        self._set_choice(curves, is_given=grid.values is not None)

    def _splits(
        self,
        X: Any,  # noqa: ANN401  # an array or a sparse matrix
        y: AnyArray,
        weight: Float64Array | None,
        params: dict[str, Any],
    ) -> Splits:
        split_params = {}
        if _routing_enabled():
            routed = process_routing(self, "fit", sample_weight=weight, **params)
            split_params = routed.splitter.split
        pairs = list(check_cv(self.cv).split(X, y, **split_params))
        return read_splits(pairs, X, y, None)

    def _set_choice(self, curves: list[Curve], *, is_given: bool) -> None:
        """Set the first of the best points, and what scikit-learn's estimators have beside it."""
        best = min(curves, key=lambda curve: float(curve.mean.min()))
        at = chosen(best, self.select)
        path = best.path
        self.alpha_ = float(path.alphas[at])
        if "l1_ratio" in self.get_params():
            self.l1_ratio_ = path.net.l1_ratio
        alphas = np.array([curve.path.alphas for curve in curves])
        self.alphas_ = alphas[0] if is_given or len(curves) == 1 else alphas
        self.mse_path_ = np.squeeze(np.array([curve.errors for curve in curves]))
        self._set_points(path.net, path.solved, path.at[at], path.unit)
        self._warn_at_edge(best, at, is_given=is_given)

    def _warn_at_edge(self, curve: Curve, at: int, *, is_given: bool) -> None:
        """Warn of a choice at an edge, unless all is zero there or an automatic grid ends there."""
        where = np.array([at])
        if not np.any(self._dense_coef()):
            return
        if is_given:
            warn_at_edge(curve.path.alphas[where], curve.path.alphas, OWN_GRID)
        elif rises_to_edge(-curve.mean, standard_errors(curve.errors.T), where):
            warn_at_edge(curve.path.alphas[where], curve.path.alphas, "")


def chosen(curve: Curve, select: str) -> int:
    """Return where the alpha is, the largest of equals."""
    mean = curve.mean
    at = int(np.argmin(mean))
    if select == "min":
        return at
    errors = standard_errors(curve.errors.T)
    if errors is None:
        raise ValueError(f'select="1se" needs at least 2 splits, got {curve.errors.shape[1]}')
    return int(np.argmax(mean <= mean[at] + errors[at]))
