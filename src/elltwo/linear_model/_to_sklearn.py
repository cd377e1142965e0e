"""scikit-learn's own estimators with the coefficients of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils._param_validation import (
    InvalidParameterError,
    validate_parameter_constraints,
)
from sklearn.utils.validation import check_is_fitted

if TYPE_CHECKING:
    from types import ModuleType

# What a fit of ours sets and scikit-learn's does not, or holds in another form.
_OWN = frozenset({"info_", "moments_", "scores_", "scores_se_", "sparse_coef_"})


class ToSklearn:
    """What can be turned into scikit-learn's estimator of the same name."""

    def to_sklearn(self) -> Any:  # noqa: ANN401  # scikit-learn has no types
        """Return scikit-learn's own estimator of this name, fitted, for tools that ask for it.

        It has the coefficients of this one, and predicts the same to rounding. Converters and
        explainers that know scikit-learn's classes alone (ONNX, PMML, SHAP) take it, and its
        pickles need scikit-learn alone. Its parameters are those of this estimator that
        scikit-learn has as well, with values that it allows, and its defaults otherwise: fitted
        anew, it knows nothing of bounds, factors of the penalty or prior means.

        Returns
        -------
        object
            The estimator, of the module of scikit-learn that has the name of this one's.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        """
        check_is_fitted(self)
        return of_sklearn(self)


def of_sklearn(estimator: Any) -> Any:  # noqa: ANN401
    """Return scikit-learn's estimator of the same name with the same coefficients."""
    own = next(kind for kind in type(estimator).__mro__ if kind.__module__.startswith("elltwo."))
    twin = getattr(_module(own.__module__.split(".")[1]), own.__name__)()
    twin.set_params(**_shared_parameters(estimator, twin))
    for name, value in vars(estimator).items():
        if name.endswith("_") and not name.startswith("_") and name not in _OWN:
            setattr(twin, name, value)
    if hasattr(twin, "coefs_"):
        _finish_network(estimator, twin)
    elif own.__name__.startswith("RidgeClassifier"):
        _finish_classifier(estimator, twin)
    else:
        twin.coef_ = estimator._dense_coef()
        if own.__name__ == "LogisticRegressionCV":
            twin.scores_ = estimator.scores_
    return twin


def _module(name: str) -> ModuleType:
    import sklearn.linear_model
    import sklearn.neural_network

    modules: dict[str, ModuleType] = {
        "linear_model": sklearn.linear_model,
        "neural_network": sklearn.neural_network,
    }
    return modules[name]


def _shared_parameters(estimator: Any, twin: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the parameters that scikit-learn's estimator has, with values that it allows."""
    known = twin.get_params(deep=False)
    shared = {}
    for name, value in estimator.get_params(deep=False).items():
        if name not in known:
            continue
        constraint = twin._parameter_constraints.get(name)
        try:
            if constraint is not None:
                validate_parameter_constraints({name: constraint}, {name: value}, "")
        except InvalidParameterError:
            continue
        shared[name] = value
    if len(getattr(estimator, "classes_", ())) > 2 and shared.get("solver") == "liblinear":
        del shared["solver"]  # whose probabilities would be those of one class against the rest
    return shared


def _finish_classifier(estimator: Any, twin: Any) -> None:  # noqa: ANN401
    """Give a ridge classifier one row of coefficients for each output, and its classes."""
    twin.coef_ = np.atleast_2d(estimator._dense_coef())
    twin.intercept_ = np.atleast_1d(estimator.intercept_)
    if np.ndim(estimator.intercept_) == 0:
        twin.intercept_ = np.broadcast_to(twin.intercept_, (len(twin.coef_),)).copy()
    twin._label_binarizer = LabelBinarizer(pos_label=1, neg_label=-1)
    is_multilabel = vars(estimator).get("_multilabel", False)
    n_labels = len(twin.coef_)
    seen = np.array([[0] * n_labels, [1] * n_labels]) if is_multilabel else estimator.classes_
    twin._label_binarizer.fit(seen)


def _finish_network(estimator: Any, twin: Any) -> None:  # noqa: ANN401
    """Give a network the reading of its labels."""
    if "_label_binarizer" in vars(estimator):
        twin._label_binarizer = estimator._label_binarizer
