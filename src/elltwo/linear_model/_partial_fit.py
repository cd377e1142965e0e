"""Fits to data that come in portions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from sklearn.utils.validation import _check_sample_weight, validate_data

from elltwo.functional import Moments
from elltwo.functional._base.validate import require_numbers
from elltwo.linear_model._base import RidgeEstimator, is_plain, repeated, reraise

if TYPE_CHECKING:
    import numpy.typing as npt
    from typing_extensions import Self


class PartialFitMixin(RidgeEstimator):
    """An estimator that can be fitted to rows in portions."""

    moments_: Moments

    def partial_fit(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Add rows to those of earlier calls and fit all of them, exactly.

        The rows are not kept: the moments `moments_` of all of them are, see `elltwo.Moments`.
        `fit` and this method know nothing of each other's rows, and either forgets the other's.
        Normal equations are solved, without corrections from the rows.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Features, finite.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Targets, as many as in earlier calls.
        sample_weight : float or array-like of shape (n_samples,), default=None
            Weights, not negative; 2 is the row given twice, 0 the row left out.

        Returns
        -------
        Self
            The estimator itself.

        Raises
        ------
        TypeError
            If an argument does not hold real numbers, or an option has the wrong type.
        ValueError
            If shapes disagree, also with earlier calls, a value is out of its range, the data hold
            NaN or infinity, coefficients are to have bounds, or `solver` is "cg". Then the rows
            are not added.

        Warns
        -----
        elltwo.exceptions.ConvergenceWarning, sklearn.exceptions.ConvergenceWarning
            If `tol` was not reached.
        """
        if self._bounds() is not None:
            raise ValueError("partial_fit does not take bounds or positive=True; use fit")
        self._require_unused()
        first = "moments_" not in self.__dict__
        X, y = self._portion(X, y, first)
        try:
            moments = self._started(X, y) if first else self.moments_.copy()
            moments.add(X, y, sample_weight=repeated(sample_weight, X), n_threads=self.n_threads)
            fitted = moments.ridge(
                self.alpha,
                penalty_factors=self._of_features("penalty_factors"),
                prior_mean=self._of_features("prior_mean"),
                fit_intercept=self.fit_intercept,
                penalize_intercept=self.penalize_intercept,
                solver=self.solver,
                tol=self.tol,
                n_threads=self.n_threads,
            )
        except (TypeError, ValueError) as error:
            check = self._validate_fit if first else self._validate_portion
            reraise(error, partial(check, X, y, sample_weight))
        self.moments_ = moments
        self._set_fit(fitted)
        return self

    def _started(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Moments:
        shape = np.shape(y)
        names = self.__dict__.get("feature_names_in_")
        return Moments(np.shape(X)[1], shape[1] if len(shape) == 2 else None, feature_names=names)

    def _portion(self, X: npt.ArrayLike, y: npt.ArrayLike, first: bool):  # type: ignore[no-untyped-def]  # noqa: ANN202  # two arrays
        """Return X and y, converted where they have to be; X must agree with earlier ones."""
        if first:
            return self._read(X, y, y_is_plain=type(y) is np.ndarray)
        plain = is_plain(X) and type(y) is np.ndarray and "feature_names_in_" not in self.__dict__
        return (X, y) if plain else self._later(X, y, ensure_all_finite=False)

    def _validate_portion(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None
    ) -> None:
        """Let scikit-learn find the fault in the arguments of a later call."""
        _check_sample_weight(sample_weight, self._later(X, y, ensure_all_finite=True)[0])

    def _later(self, X: npt.ArrayLike, y: npt.ArrayLike, ensure_all_finite: bool):  # type: ignore[no-untyped-def]  # noqa: ANN202  # two arrays
        require_numbers(X, "X")
        require_numbers(y, "y")
        return validate_data(
            self,
            X,
            y,
            reset=False,
            multi_output=True,
            y_numeric=True,
            dtype=[np.float64, np.float32],
            ensure_all_finite=ensure_all_finite,
            accept_sparse=("csr", "csc"),
        )
