"""What files of estimators hold: parameters and what a fit has set, all of it plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.saved_fields import (
    any_finite_floats,
    either,
    finite,
    flag,
    labels,
    mapping,
    plain,
    size,
)
from elltwo.functional._base.saved_kinds import Kind, written
from elltwo.functional._base.saved_values import SavedValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from elltwo.functional._base.saved_kinds import Field

#: What a fit of every estimator may set.
OF_ALL: dict[str, Field] = {
    "n_features_in_": size,
    "feature_names_in_": labels("p"),
    "n_iter_": plain,
    "classes_": plain,
}
COEFFICIENTS: dict[str, Field] = {
    "coef_": any_finite_floats,
    "intercept_": either(any_finite_floats, finite),
}


def estimator_content(estimator: Any, attributes: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    """Return parameters and attributes of an estimator as a file holds them.

    Raises
    ------
    TypeError
        For a parameter or an attribute that is no plain data.
    """
    parameters = estimator.get_params(deep=False)
    for name, value in parameters.items():
        try:
            written(value, f"the parameter {name}")
        except TypeError as error:
            advice = f"; a model with set_params({name}=None) predicts the same"
            raise TypeError(f"{error}{advice}") from None
    fitted = {name: value for name, value in attributes.items() if name not in parameters}
    sparse = hasattr(getattr(estimator, "coef_", None), "toarray")
    held = {name: _sized(value) for name, value in fitted.items()}
    return {"parameters": parameters, "fitted": held, "sparse": sparse}


def _sized(value: object) -> object:
    """Return a number of NumPy as an array, which keeps its type."""
    return np.asarray(value) if isinstance(value, np.generic) else value


def estimator_kind(
    kind: type[Any], fitted: Mapping[str, Field], require: Callable[[Any], None]
) -> Kind:
    """Return the kind of an estimator, given what a fit may set and what is to agree."""
    allowed = {**OF_ALL, **fitted}
    known = set(kind._get_param_names())

    def attributes(value: Any, where: Any) -> dict[str, Any]:  # noqa: ANN401
        given: dict[str, Any] = mapping(lambda entry, _: entry)(value, where)
        for name in given.keys() - allowed.keys():
            raise SavedValueError(f"{where.path} has an unknown {name!r:.60}")
        return {name: allowed[name](entry, where.at(name)) for name, entry in given.items()}

    def make(parameters: dict[str, Any], fitted: dict[str, Any], sparse: bool) -> object:
        for name in parameters.keys() ^ known:
            raise SavedValueError(
                f"{kind.__name__} has other parameters than those with {name!r:.60}"
            )
        estimator = kind(**parameters)
        for name, value in fitted.items():
            setattr(estimator, name, value)
        require(estimator)
        if sparse and not ("coef_" in fitted and hasattr(estimator, "sparsify")):
            raise SavedValueError(f"a {kind.__name__} has no sparse coefficients")
        return estimator.sparsify() if sparse else estimator

    fields = {"parameters": mapping(plain), "fitted": attributes, "sparse": flag}
    return Kind(kind.__name__, fields, make)


def require_coefficients(estimator: Any) -> None:  # noqa: ANN401
    """Refuse coefficients that do not fit to the features and classes of an estimator."""
    held = vars(estimator)
    coef = held.get("coef_")
    if coef is None:
        if "intercept_" in held:
            raise SavedValueError("there is an intercept without coefficients")
        return
    intercept, n_features = held.get("intercept_"), held.get("n_features_in_")
    if intercept is None or coef.ndim not in {1, 2} or coef.shape[-1] != n_features:
        raise SavedValueError(f"coefficients of shape {coef.shape} for {n_features} features")
    n_outputs = 1 if coef.ndim == 1 else len(coef)
    if np.ndim(intercept) > 1 or np.size(intercept) not in {1, n_outputs}:
        raise SavedValueError(f"{np.size(intercept)} intercepts for {n_outputs} outputs")
    require_names(estimator)
    classes = held.get("classes_")
    if not isinstance(classes, np.ndarray) or held.get("_multilabel", False):
        return
    if classes.ndim != 1 or len(classes) != (2 if n_outputs == 1 else n_outputs):
        raise SavedValueError(f"{classes.size} classes for {n_outputs} outputs")


def require_names(estimator: Any) -> None:  # noqa: ANN401
    """Refuse names that are not as many as the features of an estimator."""
    names = vars(estimator).get("feature_names_in_")
    if names is not None and len(names) != estimator.n_features_in_:
        raise SavedValueError(f"{len(names)} names for {estimator.n_features_in_} features")
