"""What blends of fits with those of their active features return."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.names import Names
from elltwo.functional._base.predict import linear_predictor
from elltwo.functional._base.record_parts import public, write_record
from elltwo.functional._elastic_net.predict import predict_all

if TYPE_CHECKING:
    import os

    import numpy.typing as npt

    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array, FloatArray


@public("elltwo")
class RelaxedFit(NamedTuple):
    """A blend of an elastic net with the unpenalised fit of its active features.

    Parameters
    ----------
    gamma : float
        Share of the elastic net.
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
        Coefficients.
    intercept : float or ndarray of shape (n_targets,)
        Intercepts, zero where none was fitted.
    feature_names : tuple of str or None
        Names of the features.
    """

    gamma: float
    coef: FloatArray
    intercept: float | FloatArray
    feature_names: tuple[str, ...] | None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the record to a file of JSON, which `elltwo.load` reads, see `RidgeFit.save`."""
        write_record(self, path)

    def predict(self, X: npt.ArrayLike | SparseLike) -> FloatArray:
        """Predict the targets of the rows of X, see `ElasticNetFit.predict`."""
        names = None if type(X) is np.ndarray else self.feature_names
        return linear_predictor(X, self.coef, self.intercept, names)

    def score(
        self,
        X: npt.ArrayLike | SparseLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
    ) -> float:
        """Evaluate R^2 of the predictions of rows, see `RidgeFit.score`."""
        from elltwo.functional._base.score import r2_of

        return r2_of(self, X, y, sample_weight)


@public("elltwo")
class RelaxedPath(NamedTuple):
    """Blends of elastic nets with the unpenalised fits of their active features.

    Parameters
    ----------
    gamma : float
        Share of the elastic nets.
    alphas : ndarray of shape (n_alphas,)
        Penalties of the elastic nets.
    coef : ndarray of shape (n_alphas, n_features) or (n_alphas, n_targets, n_features)
        Coefficients.
    intercept : ndarray of shape (n_alphas,) or (n_alphas, n_targets)
        Intercepts, zero where none was fitted.
    rss : ndarray of shape (n_alphas,) or (n_alphas, n_targets)
        Weighted sums of squared residuals.
    feature_names : tuple of str or None
        Names of the features.
    """

    gamma: float
    alphas: Float64Array
    coef: FloatArray
    intercept: FloatArray
    rss: Float64Array
    feature_names: tuple[str, ...] | None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the record to a file of JSON, which `elltwo.load` reads, see `RidgeFit.save`."""
        write_record(self, path)

    def predict(self, X: npt.ArrayLike | SparseLike) -> FloatArray:
        """Predict the targets of the rows of X at every alpha, see `ElasticNetPath.predict`."""
        return predict_all(X, self.coef, self.intercept, Names(self.feature_names))
