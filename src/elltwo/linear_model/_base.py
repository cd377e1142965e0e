"""What the estimators share: arguments to the functions, and results to attributes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

import elltwo.linear_model._warnings  # noqa: F401  # registers the estimators' warnings
from elltwo.functional import ridge
from elltwo.functional._base.lazy import NotComputedError
from elltwo.functional._base.names import by_feature
from elltwo.functional._base.predict import linear_predictor
from elltwo.functional._base.record_parts import Saved
from elltwo.functional._base.token import dask_token
from elltwo.functional._base.validate import require_numbers, require_values, with_gaps
from elltwo.linear_model._parameters import require_bools, require_random_state
from elltwo.linear_model._saved_content import estimator_content
from elltwo.linear_model._to_sklearn import ToSklearn

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn, TypeGuard

    import numpy.typing as npt
    from sklearn.utils import Tags

    from elltwo.functional import RidgeFit
    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._base.validate import FloatArray


class LinearEstimator(Saved, ToSklearn, BaseEstimator):  # type: ignore[misc]  # untyped base
    """An estimator with `coef_` and `intercept_`.

    float64 and float32 arrays go straight to the core, which checks them in its first pass;
    whatever else is passed goes through scikit-learn's validation.
    """

    _y_numeric = True
    __dask_tokenize__ = dask_token

    def _saved(self) -> dict[str, Any]:
        attributes = dict(vars(self))
        if "coef_" in attributes:
            attributes["coef_"] = self._dense_coef()
        return estimator_content(self, attributes)

    def __sklearn_tags__(self) -> Tags:
        """Return scikit-learn's tags; X may be sparse."""
        tags: Tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _read(self, X: npt.ArrayLike, y: npt.ArrayLike, *, y_is_plain: bool) -> Any:  # noqa: ANN401  # two arrays
        """Return X and y, converted where they have to be, and note the features of X."""
        if y_is_plain and is_plain(X):
            self.n_features_in_ = X.shape[1]
            self.__dict__.pop("feature_names_in_", None)
            return X, y
        return self._converted(X, y, ensure_all_finite=False)

    def _linear_predictor(self, X: npt.ArrayLike) -> FloatArray:
        """Return ``X @ coef_.T + intercept_``, or raise what `predict` documents."""
        if "coef_" not in self.__dict__:
            check_is_fitted(self)
        if not is_plain(X) or "feature_names_in_" in self.__dict__:
            X = self._converted(X, ensure_all_finite=False)
        try:
            return linear_predictor(X, self._dense_coef(), self.intercept_)
        except (TypeError, ValueError) as error:
            reraise(error, partial(self._converted, X))

    def _dense_coef(self) -> FloatArray:
        """Return the coefficients as an array."""
        coef: FloatArray = self.coef_
        return coef

    def _set_coefficients(self, coef: FloatArray, intercept: float | FloatArray) -> None:
        """Set them in scikit-learn's shapes, which make one target of a single column of y."""
        self.coef_ = coef[0] if coef.ndim == 2 and coef.shape[0] == 1 else coef
        self.intercept_ = coef.dtype.type(intercept) if coef.ndim == 1 else intercept

    def _converted(
        self, X: npt.ArrayLike, *y: npt.ArrayLike, ensure_all_finite: bool = True
    ) -> Any:  # noqa: ANN401  # an array, or two
        """Return X, and y in a fit, after scikit-learn's validation of them."""
        for value, name in zip((X, *y), "Xy", strict=False):
            require_values(value, name)
        try:
            require_numbers(X, "X")
            if y and self._y_numeric:
                require_numbers(y[0], "y")
                y = (with_gaps(y[0], "y"),)
        except (TypeError, ValueError) as error:
            reraise(error, partial(self._validated, X, *y))
        return self._validated(X, *y, ensure_all_finite=ensure_all_finite)

    def _validated(
        self, X: npt.ArrayLike, *y: npt.ArrayLike, ensure_all_finite: bool = True
    ) -> Any:  # noqa: ANN401  # an array, or two
        if y and not self._y_numeric:
            refuse_mixed_labels(y[0])
        checks: dict[str, Any] = {
            "dtype": [np.float64, np.float32],
            "ensure_all_finite": ensure_all_finite,
            "accept_sparse": ("csr", "csc"),
        }
        if y:
            return validate_data(
                self, X, *y, multi_output=True, y_numeric=self._y_numeric, **checks
            )
        return validate_data(self, X, reset=False, **checks)

    def _validate_fit(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None
    ) -> None:
        """Let scikit-learn find the fault in the arguments of a fit."""
        _check_sample_weight(sample_weight, self._converted(X, y)[0])

    def _labelled_bounds(self) -> BoundsLike | None:
        """Return `bounds`, put into the order of the features by their names."""
        bounds: BoundsLike | None = self.bounds
        if not isinstance(bounds, tuple | list) or "feature_names_in_" not in self.__dict__:
            return bounds
        names = tuple(self.feature_names_in_)
        return [by_feature(side, f"bounds[{i}]", names) for i, side in enumerate(bounds)]

    def _of_features(self, option: str) -> npt.ArrayLike | None:
        """Return an option with a value for each feature, put into their order by their names."""
        value: npt.ArrayLike | None = getattr(self, option)
        if value is None or "feature_names_in_" not in self.__dict__:
            return value
        return by_feature(value, option, tuple(self.feature_names_in_))

    def _problem(self, sample_weight: npt.ArrayLike | None) -> dict[str, Any]:
        """Return the options that all functions share."""
        return {
            "penalty_factors": self._of_features("penalty_factors"),
            "prior_mean": self._of_features("prior_mean"),
            "sample_weight": sample_weight,
            "fit_intercept": self.fit_intercept,
            "penalize_intercept": self.penalize_intercept,
            "n_threads": self.n_threads,
        }


class RidgeEstimator(LinearEstimator):
    """An estimator that solves for one penalty."""

    def _solve(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None
    ) -> RidgeFit:
        self._require_unused()
        return ridge(
            X,
            y,
            alpha=self.alpha,
            penalty_factors=self._of_features("penalty_factors"),
            prior_mean=self._of_features("prior_mean"),
            bounds=self._bounds(),
            sample_weight=repeated(sample_weight, X),
            fit_intercept=self.fit_intercept,
            penalize_intercept=self.penalize_intercept,
            solver=self.solver,
            tol=self.tol,
            max_iter=self.max_iter,
            n_threads=self.n_threads,
        )

    def _require_unused(self) -> None:
        """Refuse values that scikit-learn refuses of parameters without a meaning here."""
        if self.copy_X is not True or self.random_state is not None:
            require_bools(self, "copy_X")
            require_random_state(self.random_state)

    def _bounds(self) -> BoundsLike | None:
        """Return the bounds of the coefficients, or None."""
        if not isinstance(self.positive, bool | np.bool_):
            raise TypeError(f"positive must be True or False, got {self.positive!r}")
        if not self.positive:
            return self._labelled_bounds()
        if self.bounds is not None:
            raise ValueError(
                f"positive=True means bounds=(0, None), got bounds={self.bounds!r} too"
            )
        return 0.0, None

    def _set_fit(self, fitted: RidgeFit) -> None:
        self._set_coefficients(fitted.coef, fitted.intercept)
        info = fitted.info
        self.info_ = info
        self.n_iter_ = 1 + info.n_iter
        self.solver_ = info.solver.removeprefix("dual_")  # one name for primal and dual


class RegressionMixin(MultiOutputMixin, RegressorMixin):  # type: ignore[misc]  # untyped bases
    """Predictions of a linear regressor."""

    def predict(self, X: npt.ArrayLike) -> FloatArray:
        """Predict the targets of the rows of X.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_targets)
            ``X @ coef_.T + intercept_``, float32 if X and `coef_` are, else float64.

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
        predicted: FloatArray = self._linear_predictor(X)
        return predicted


def is_plain(X: npt.ArrayLike) -> TypeGuard[FloatArray]:
    """Whether X needs none of scikit-learn's conversions."""
    return type(X) is np.ndarray and X.ndim == 2 and X.dtype.char in "df"


def refuse_mixed_labels(y: Any) -> None:  # noqa: ANN401  # whatever was passed
    """Refuse strings among other labels, which cannot be sorted or would all become strings."""
    if not (isinstance(y, list | tuple) or getattr(y, "dtype", None) == np.dtype(object)):
        return
    labels = np.asarray(y, dtype=object).ravel()
    is_string = np.fromiter((isinstance(label, str) for label in labels), bool, labels.size)
    if is_string.any() and not is_string.all():
        i, j = int(is_string.argmax()), int(is_string.argmin())
        if not is_missing(labels[j]):
            raise TypeError(
                f"y must hold labels of one kind, strings or numbers, got {labels[i]!r} in row {i} "
                f"and {labels[j]!r} in row {j}"
            )


def is_missing(label: Any) -> bool:  # noqa: ANN401  # whatever a label may be
    """Whether a label is None or not equal to itself, for which there are other words."""
    return label is None or bool(label != label)  # noqa: PLR0124


def repeated(sample_weight: npt.ArrayLike | None, X: npt.ArrayLike) -> npt.ArrayLike | None:
    """Return a weight given as a number once for each row."""
    if isinstance(sample_weight, int | float | np.integer | np.floating):
        return np.full(np.shape(X)[0], float(sample_weight))
    return sample_weight


def reraise(ours: TypeError | ValueError, validate: Callable[[], object]) -> NoReturn:
    """Raise an error in scikit-learn's words, which callers match, followed by our own."""
    if isinstance(ours, NotComputedError):
        raise ours
    try:
        validate()
    except (TypeError, ValueError) as theirs:
        kind = TypeError if isinstance(theirs, TypeError) else ValueError
        raise kind(f"{theirs}\n{ours}") from None
    raise ours
