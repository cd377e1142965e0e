"""Decisions and probabilities of a classifier with log-odds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn.base import ClassifierMixin

from elltwo.functional._base.probability import log_probabilities, probabilities, winners

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import AnyArray, FloatArray


class ProbabilityMixin(ClassifierMixin):  # type: ignore[misc]  # untyped base
    """Predictions from ``coef_``, ``intercept_`` and ``classes_``."""

    _y_numeric = False

    def decision_function(self, X: npt.ArrayLike) -> FloatArray:
        """Predict the log-odds of the classes for the rows of X.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            ``X @ coef_.T + intercept_``, float32 if X and `coef_` are, else float64. With two
            classes these are the log-odds of ``classes_[1]``, with more the logarithms of the
            probabilities up to a constant of each row.

        Raises
        ------
        ValueError
            If X has another number of features than `fit` saw, or holds NaN or infinity, or if a
            prediction overflows.
        TypeError
            If X does not hold real numbers.
        sklearn.exceptions.NotFittedError
            Before `fit`.
        """
        scores: FloatArray = self._linear_predictor(X)
        return scores[:, 0] if scores.shape[1] == 1 else scores

    def predict(self, X: npt.ArrayLike) -> AnyArray:
        """Predict the classes of the rows of X.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.

        Returns
        -------
        ndarray of shape (n_samples,)
            The most probable of `classes_` for every row, of equals the first.

        Raises
        ------
        ValueError, TypeError, sklearn.exceptions.NotFittedError
            See `decision_function`.
        """
        winner = winners(self.decision_function(X))
        predicted: AnyArray = self.classes_.take(winner)
        return predicted

    def predict_proba(self, X: npt.ArrayLike) -> FloatArray:
        """Predict the probabilities of the classes for the rows of X.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities, in the order of `classes_`; rows sum to 1.

        Raises
        ------
        ValueError, TypeError, sklearn.exceptions.NotFittedError
            See `decision_function`.
        """
        return probabilities(self.decision_function(X))

    def predict_log_proba(self, X: npt.ArrayLike) -> FloatArray:
        """Predict the logarithms of the probabilities, which are finite where those round to 0.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Logarithms, in the order of `classes_`.

        Raises
        ------
        ValueError, TypeError, sklearn.exceptions.NotFittedError
            See `decision_function`.
        """
        return log_probabilities(self.decision_function(X))
