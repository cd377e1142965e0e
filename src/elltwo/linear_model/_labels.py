"""Classes as targets of a regression, and predictions as decisions for classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.exceptions import DataConversionWarning
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import column_or_1d

from elltwo.functional._base.convergence import warn
from elltwo.functional._base.validate import vector
from elltwo.linear_model._base import repeated

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray


class Labels(NamedTuple):
    """The labels of the rows, and the indicator columns to regress on."""

    classes: AnyArray  #: (n_classes,)
    y: AnyArray  #: (n_samples,), or 0 and 1 of shape (n_samples, n_classes) if multilabel
    #: 1.0 where a row has the class, else -1.0, of shape (n_samples, n_classes);
    #: (n_samples,), for the second class, if there are at most two and a row has one
    targets: Float64Array
    multilabel: bool  #: whether a row may have any number of classes


class LabelMixin(ClassifierMixin):  # type: ignore[misc]  # untyped base
    """Decisions of a linear classifier, its targets being those of `read_labels`."""

    _y_numeric = False

    def decision_function(self, X: npt.ArrayLike) -> FloatArray:
        """Predict the indicator columns of the rows of X.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            ``X @ coef_.T + intercept_``, float32 if X and `coef_` are, else float64. With two
            classes there is one column, in which values above 0 speak for ``classes_[1]``.

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
        return scores

    def predict(self, X: npt.ArrayLike) -> AnyArray:
        """Predict the classes of the rows of X.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            For every row the class with the largest value of `decision_function`, of equals the
            first; after a multilabel fit 1 where the value is above 0, else 0.

        Raises
        ------
        ValueError, TypeError, sklearn.exceptions.NotFittedError
            See `decision_function`.
        """
        scores = self.decision_function(X)
        if self._multilabel:
            return (scores > 0.0).astype(np.int64)
        winner = scores.argmax(axis=1) if scores.ndim == 2 else (scores > 0.0).astype(np.intp)
        predicted: AnyArray = self.classes_.take(winner)
        return predicted

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401  # sklearn.utils.Tags
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _set_classes(self, labels: Labels) -> None:
        """Set them, and an intercept for each column of the targets, as scikit-learn does."""
        self.classes_ = labels.classes
        self._multilabel = labels.multilabel
        self.intercept_: FloatArray = np.atleast_1d(self.__dict__["intercept_"])


def labels_are_plain(y: npt.ArrayLike) -> bool:
    """Whether y needs none of scikit-learn's conversions."""
    return type(y) is np.ndarray and y.ndim == 1 and y.dtype.kind in "biufU"


def read_labels(y: Any) -> Labels:  # noqa: ANN401  # an array, dense or sparse
    """Find the classes in y.

    Parameters
    ----------
    y : ndarray or sparse matrix of shape (n_samples,) or (n_samples, n_classes)
        Labels, or indicators of labels: above 0 where a row has it.

    Returns
    -------
    Labels
        Sorted classes and indicator columns.

    Raises
    ------
    ValueError
        If y holds NaN or infinity, or floats that are not whole, or several labels in a row that
        are not indicators.
    TypeError
        If labels cannot be sorted.
    """
    if y.shape[0] == 0:
        raise ValueError("y must hold a label for each row of X, got none")
    if y.ndim == 2:
        if type_of_target(y, input_name="y") == "multilabel-indicator":
            return _indicators(y)
        y = one_column(y)
    if y.dtype.kind == "O":
        y = without_objects(y)
    if y.dtype.kind == "f":
        _require_whole(y)
    try:
        classes = np.unique(y)
    except TypeError as error:
        raise TypeError(f"y must hold labels that can be sorted: {error}") from None
    belongs = y[:, np.newaxis] == classes if classes.size > 2 else y != classes[0]
    return Labels(classes, y, np.where(belongs, 1.0, -1.0), multilabel=False)


def _indicators(y: Any) -> Labels:  # noqa: ANN401
    has = (y.toarray() if hasattr(y, "toarray") else y) > 0
    targets = np.where(has, 1.0, -1.0)
    return Labels(np.arange(has.shape[1]), has.astype(np.int64), targets, multilabel=True)


def one_column(y: Any) -> AnyArray:  # noqa: ANN401  # an array, dense or sparse
    """Return labels in a column as a vector, with scikit-learn's warning."""
    if np.ndim(y) == 2 and np.shape(y)[1] == 1:
        warn(
            "A column-vector y was passed when a 1d array was expected. Please change the shape of "
            "y to (n_samples, ), for example using ravel().",
            DataConversionWarning,
        )
    vector_of_labels: AnyArray = column_or_1d(y)
    return vector_of_labels


def without_objects(y: AnyArray) -> AnyArray:
    """Return objects that are numbers as numbers, which scorers want, and others as they are."""
    if all(isinstance(label, int | float | np.number | np.bool_) for label in y):
        return np.array(y.tolist())
    return y


def _require_whole(y: AnyArray) -> None:
    if not np.isfinite(y).all():
        raise ValueError("y must hold labels, got NaN or infinity")
    if (y != np.trunc(y)).any():
        check_classification_targets(y)


def weigh_classes(
    sample_weight: npt.ArrayLike | None,
    class_weight: Mapping[Any, float] | str | None,
    y: AnyArray,
) -> npt.ArrayLike | None:
    """Return the weight of every row times that of its class, None standing for ones.

    Parameters
    ----------
    sample_weight : float or array-like of shape (n_samples,)
        Weights of the rows.
    class_weight : dict or "balanced" or None
        Weights of the classes, 1 for those that a dict leaves out; "balanced" is
        ``n_samples / (n_classes * count)``.
    y : ndarray of shape (n_samples,) or (n_samples, n_classes)
        Labels.

    Raises
    ------
    ValueError
        If a weight of a class is negative or not finite, or shapes disagree.
    """
    if class_weight is None:
        return sample_weight
    if not isinstance(class_weight, Mapping | str):
        raise TypeError(f'class_weight must be a dict, "balanced" or None, got {class_weight!r}')
    if len(class_weight) == 0:
        return sample_weight
    by_class: Float64Array = compute_sample_weight(class_weight, y)
    if not (np.isfinite(by_class).all() and (by_class >= 0.0).all()):
        raise ValueError(f"class_weight must be finite and not negative, got {class_weight!r}")
    weight = repeated(sample_weight, y)
    if weight is None:
        return by_class
    return by_class * vector(weight, "sample_weight", y.shape[0], f"{y.shape[0]} row(s) of X")
