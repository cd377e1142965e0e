"""What a logistic regression predicts for rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

import numpy as np

from elltwo.functional._base.options import read_level
from elltwo.functional._base.predict import linear_predictor, require_representable
from elltwo.functional._base.probability import log_probabilities, probabilities, winners
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._logistic_problem.problem import offsets, outputs_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.names import Names
    from elltwo.functional._base.posterior import IntervalPrediction
    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import AnyArray, FloatArray
    from elltwo.functional._logistic_statistics.statistics import LogisticStatistics


class ClassPredictions:
    """Classes and probabilities from coefficients; subclasses hold these and the labels."""

    __slots__ = ()

    _coef: FloatArray
    _intercept: float | FloatArray
    _classes: AnyArray
    _names: Names

    @property
    def statistics(self) -> LogisticStatistics:
        """What intervals of probabilities are made from."""
        raise NotImplementedError

    def score(
        self,
        X: npt.ArrayLike | SparseLike,
        y: Any,  # noqa: ANN401  # whatever has labels
        sample_weight: npt.ArrayLike | None = None,
    ) -> float:
        """Evaluate the accuracy of the predicted classes of rows, as scikit-learn's `score` does.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict, as for `predict`.
        y : array-like of shape (n_samples,)
            Labels of their classes; one that is none of `classes` is predicted wrongly.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, not negative and not all zero.

        Returns
        -------
        float
            Share of the rows, by weight, whose class is predicted.

        Raises
        ------
        ValueError
            If shapes disagree, X holds NaN or infinity, or a label is missing.
        TypeError
            If X or weights do not hold real numbers, or labels are not hashable.
        """
        from elltwo.functional._base.score import accuracy

        require_same_labels(X, y=y, sample_weight=sample_weight)
        return accuracy(self.predict(X), y, sample_weight)

    def linear_predictor(
        self, X: npt.ArrayLike | SparseLike, offset: npt.ArrayLike | None = None
    ) -> FloatArray:
        """Return ``X @ coef.T + intercept + offset``: of two classes, log-odds of the second.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict. If the fit has `feature_names` and X is a table with names, its
            columns are those of these names, whatever their order, and others are ignored.
        offset : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
            What is added, of the shape of the result; None stands for zeros, also where the fit
            had an offset.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            One column for two classes, else one for each: logarithms of the probabilities up to a
            constant of each row. float32 if X and `coef` are and there is no offset, else float64.

        Raises
        ------
        ValueError
            If X has another number of features than the fit, or lacks one by name, or holds NaN or
            infinity, if `offset` does or has another shape, or if a sum overflows.
        TypeError
            If X or `offset` does not hold real numbers.
        """
        names = None if type(X) is np.ndarray else self._names.features
        z = linear_predictor(X, self._coef, self._intercept, names)
        if offset is None:
            return z
        require_same_labels(X, offset=offset)
        shift = offsets(offset, z.shape[0], outputs_of(self._classes.size)).reshape(z.shape)
        with np.errstate(over="ignore"):
            z = z + shift
        require_representable(z)
        return z

    def predict(
        self, X: npt.ArrayLike | SparseLike, offset: npt.ArrayLike | None = None
    ) -> AnyArray:
        """Predict the classes of the rows of X.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.
        offset : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
            See `linear_predictor`.

        Returns
        -------
        ndarray of shape (n_samples,)
            The most probable of `classes` for every row, of equals the first.

        Raises
        ------
        ValueError, TypeError
            See `linear_predictor`.
        """
        predicted: AnyArray = self._classes.take(winners(self.linear_predictor(X, offset)))
        return predicted

    @overload
    def predict_proba(
        self,
        X: npt.ArrayLike | SparseLike,
        offset: npt.ArrayLike | None = None,
        *,
        interval: None = None,
    ) -> FloatArray: ...
    @overload
    def predict_proba(
        self,
        X: npt.ArrayLike | SparseLike,
        offset: npt.ArrayLike | None = None,
        *,
        interval: float,
    ) -> IntervalPrediction: ...
    def predict_proba(
        self,
        X: npt.ArrayLike | SparseLike,
        offset: npt.ArrayLike | None = None,
        *,
        interval: float | None = None,
    ) -> FloatArray | IntervalPrediction:
        """Predict the probabilities of the classes for the rows of X.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.
        offset : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
            See `linear_predictor`.
        interval : float, default=None
            Level in (0, 1) of intervals for the probabilities, from the posterior under the prior
            that the penalty stands for, in its normal approximation; None stands for probabilities
            alone. Log-odds have normal intervals, whose ends are transformed; standard errors of
            the probabilities are those of the delta method.

        Returns
        -------
        ndarray of shape (n_samples, n_classes) or IntervalPrediction
            Probabilities, in the order of `classes`; rows sum to 1. With `interval` a record of
            them as `mean`, `lower`, `upper` and `standard_error`.

        Raises
        ------
        ValueError, TypeError
            See `linear_predictor`; ValueError as well if `interval` is out of range, or intervals
            are asked for and there are no `statistics`, a class has no row, or neither X nor the
            penalty determines a coefficient.
        """
        if interval is None:
            return probabilities(self.linear_predictor(X, offset))
        level = read_level(interval, "interval")
        statistics, z = self.statistics, self.linear_predictor(X, offset)
        return statistics.probability_intervals(X, z, level)

    def predict_log_proba(
        self, X: npt.ArrayLike | SparseLike, offset: npt.ArrayLike | None = None
    ) -> FloatArray:
        """Predict the logarithms of the probabilities, which are finite where those round to 0.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.
        offset : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
            See `linear_predictor`.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Logarithms, in the order of `classes`.

        Raises
        ------
        ValueError, TypeError
            See `linear_predictor`.
        """
        return log_probabilities(self.linear_predictor(X, offset))
