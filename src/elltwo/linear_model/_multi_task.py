"""What the estimators for several tasks share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.linear_model._elastic_net_base import ElasticNetEstimator, OneAlpha
from elltwo.linear_model._elastic_net_solved import grouped

if TYPE_CHECKING:
    import numpy.typing as npt
    from sklearn.utils import Tags
    from typing_extensions import Self

    from elltwo.functional._base.validate import FloatArray
    from elltwo.functional._elastic_net.estimator import NetData, Solved


class MultiTask(ElasticNetEstimator):
    """Parameters that estimators for several tasks do not have, and how they read y."""

    precompute = False
    positive = False
    bounds = None
    _one_row_is_flat = False

    def __sklearn_tags__(self) -> Tags:
        """Return scikit-learn's tags; there are several targets."""
        tags: Tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.target_tags.single_output = False
        return tags

    def _targets(self, y: Any) -> Any:  # noqa: ANN401  # whatever has been read
        """Return y, which has a column for each target."""
        if np.ndim(y) == 1:
            name = type(self).__name__.removeprefix("MultiTask")
            raise ValueError(f"For mono-task outputs, use {name}")
        return y

    def _mixed(self, net: NetData, l1_ratio: object) -> NetData:
        return grouped(super()._mixed(net, l1_ratio))

    def _set_coefficients(self, coef: FloatArray, intercept: float | FloatArray) -> None:
        """Set them with a row for each target, also if there is one."""
        self.coef_, self.intercept_ = coef, intercept


class MultiTaskOneAlpha(MultiTask, OneAlpha):
    """An elastic net of several tasks for an alpha that is given."""

    def fit(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Features, finite.
        y : array-like of shape (n_samples, n_targets)
            Targets.
        sample_weight : float or array-like of shape (n_samples,), default=None
            Weights, not negative and not all zero; a number has no effect.

        Returns
        -------
        object
            The estimator itself.

        Raises
        ------
        TypeError
            If an argument does not hold real numbers, or an option has the wrong type.
        ValueError
            If shapes disagree, a value is out of its range, or the data hold NaN or infinity.

        Warns
        -----
        elltwo.exceptions.ConvergenceWarning, sklearn.exceptions.ConvergenceWarning
            If `tol` was not reached.
        """
        self._fit(X, y, sample_weight)
        return self

    def _set_points(self, net: NetData, solved: Solved, at: int, unit: float) -> None:
        super()._set_points(net, solved, at, unit)
        squares = 2.0 * self.info_.null_objective * net.problem.n_samples / unit
        self.eps_ = self.tol * squares
