"""Degrees of freedom and the criteria that the points of a path are judged by."""

from __future__ import annotations

from math import lgamma
from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.criteria import CRITERIA
from elltwo.functional._base.names import Named
from elltwo.functional._base.options import one_of
from elltwo.functional._base.validate import float64_array
from elltwo.functional._ridge_problem.criteria import generalised_cv, information_criterion

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._elastic_net_problem.points import TargetPath
    from elltwo.functional._elastic_net_problem.solve import NetData


class PathCriteria(Named):
    """The part of `elltwo.ElasticNetPath` that compares its points.

    Arrays are of shape (n_alphas,), or (n_alphas, n_targets) for a 2-D y. All criteria take alpha
    for given: their minimum over a path is optimistic, as that of an error on the training set is.
    """

    alphas: Float64Array
    _paths: list[TargetPath]
    _order: npt.NDArray[np.intp]
    _one_dimensional: bool

    def _require_data(self) -> NetData:
        raise NotImplementedError

    @property
    def rss(self) -> Float64Array:
        """Weighted sums of squared residuals."""
        raise NotImplementedError

    @property
    def n_active(self) -> npt.NDArray[np.int64]:
        """Numbers of coefficients that are not zero."""
        raise NotImplementedError

    @property
    def edf(self) -> Float64Array:
        """Effective degrees of freedom, an intercept included, see `ElasticNetFit.edf`.

        Computed when first asked for, and kept.
        """
        found: Float64Array | None = self.__dict__.get("_edf")
        if found is None:
            from elltwo.functional._elastic_net.degrees import edf_of_path

            found = edf_of_path(self._require_data(), self._paths)[self._order]
            self.__dict__["_edf"] = found
        return found[:, 0] if self._one_dimensional else found

    @property
    def n_samples(self) -> int:
        """Number of rows of positive weight."""
        return self._require_data().problem.n_weighted

    def gcv(self) -> Float64Array:
        """Generalised cross-validation, n RSS / (n - edf)^2 (Golub, Heath and Wahba 1979, 1.4).

        Infinite where no degrees of freedom are left.
        """
        return generalised_cv(self.n_samples, self.rss, self.edf)

    def aic(self, noise_variance: float | None = None) -> Float64Array:
        """Akaike's criterion for Gaussian errors.

        Parameters
        ----------
        noise_variance : float, default=None
            Variance of y about its expectation, for ``n log(variance) + RSS / variance + 2 edf``;
            None estimates it at every alpha anew, ``n log(RSS / n) + 2 edf``, which favours
            interpolation where features are as many as samples.

        Returns
        -------
        ndarray
            The criterion, up to a constant.
        """
        return self._information(2.0, noise_variance)

    def bic(self, noise_variance: float | None = None) -> Float64Array:
        """Schwarz's criterion for Gaussian errors, with log(n) in the place of 2 in `aic`.

        Parameters
        ----------
        noise_variance : float, default=None
            See `aic`.

        Returns
        -------
        ndarray
            The criterion, up to a constant.
        """
        return self._information(np.log(self.n_samples), noise_variance)

    def ebic(self, gamma: float = 1.0, noise_variance: float | None = None) -> Float64Array:
        """Schwarz's criterion extended to many features (Chen and Chen 2008, equation 1).

        It adds ``2 gamma log(number of sets of so many features)``, which is consistent where
        features are a power of the number of samples.

        Parameters
        ----------
        gamma : float, default=1.0
            Weight of that term in [0, 1]; 0 is `bic`.
        noise_variance : float, default=None
            See `aic`.

        Returns
        -------
        ndarray
            The criterion, up to a constant.
        """
        value = float64_array(gamma, "gamma")
        if value.ndim != 0 or not 0.0 <= value <= 1.0:
            raise ValueError(f"gamma must be in [0, 1], got {gamma!r}")
        p = self._require_data().n_features
        sets = np.vectorize(lambda k: _log_binomial(p, int(k)), otypes=[np.float64])
        extra: Float64Array = 2.0 * float(value) * sets(self.n_active)
        return self.bic(noise_variance) + extra

    def criterion(self, name: str) -> Float64Array:
        """Return a criterion by its name.

        Parameters
        ----------
        name : {"aic", "bic", "ebic", "gcv"}
            Name of a method, whose options have their defaults.

        Returns
        -------
        ndarray
            The criterion.
        """
        values: Float64Array = getattr(self, one_of(CRITERIA, name, "criterion"))()
        return values

    def _information(self, price: float, noise_variance: float | None) -> Float64Array:
        n = self.n_samples
        if noise_variance is None:
            return information_criterion(n, self.rss, self.edf, price)
        variance = float64_array(noise_variance, "noise_variance")
        if variance.ndim != 0 or not 0.0 < variance < np.inf:
            raise ValueError(f"noise_variance must be positive and finite, got {noise_variance!r}")
        return n * np.log(variance) + self.rss / variance + price * self.edf


def _log_binomial(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
