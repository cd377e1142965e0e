"""Files of the command line's first two formats, which held the parameters of a fit alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, get_type_hints

import numpy as np

import elltwo
from elltwo.functional._base.saved_values import SavedValueError
from elltwo.tabular._coding import Coding
from elltwo.tabular._column_codes import NumberColumn
from elltwo.tabular._table_fit import Choice, TableFit

if TYPE_CHECKING:
    AnyFit = elltwo.RidgeFit | elltwo.ElasticNetFit | elltwo.LogisticFit

_LARGEST = 2.0**63 - 1024.0  # label that is a number
_MODELS = ("ridge", "elastic_net", "logistic")


def read_earlier(content: dict[str, Any]) -> TableFit:
    """Read a document of one of the formats.

    Raises
    ------
    SavedValueError
        If a field is missing or holds something else.
    """
    try:
        return _parsed(content)
    except KeyError as error:
        raise SavedValueError(f"it has no {error}") from error


def _parsed(content: dict[str, Any]) -> TableFit:
    first = content["format"] == "elltwo-ridge"
    names = content["feature_names"]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise SavedValueError("feature_names is not a list of names")
    classes = None if first else content["classes"]
    if classes is not None and (
        not isinstance(classes, list) or len(classes) < 2 or not _are_labels(classes)
    ):
        raise SavedValueError("classes is not a list of two or more labels")
    n_outputs = 1 if classes is None or len(classes) == 2 else len(classes)
    coef, intercept = content["coef"], content["intercept"]
    if n_outputs > 1:
        coef = [_numbers("coef", row, len(names)) for row in _list("coef", coef, n_outputs)]
        intercept = _numbers("intercept", intercept, n_outputs)
    else:
        coef, intercept = _numbers("coef", coef, len(names)), _finite("intercept", intercept)
    model = "ridge" if first else content["model"]
    if model not in _MODELS or (model == "logistic") != (classes is not None):
        raise SavedValueError(f"model is {model!r}, which is none of {', '.join(_MODELS)}")
    ratio = 0.0 if first else _finite("l1_ratio", content["l1_ratio"])
    alpha = _number("alpha", content["alpha"])
    choice = Choice(alpha, ratio, content["standardize"] is True)
    parameters = (np.array(coef, dtype=float), np.array(intercept, dtype=float))
    fit = _fit(model, parameters, classes, content["info"], choice)
    coding = Coding([NumberColumn(name, 0.0) for name in names], "drop")
    return TableFit(fit, coding, str(content["target"]), choice)


def _fit(
    model: str,
    parameters: tuple[Any, Any],
    classes: list[Any] | None,
    info: object,
    choice: Choice,
) -> AnyFit:
    coef, intercept = parameters
    intercept = intercept if intercept.ndim else float(intercept)
    if classes is not None:
        labels = np.array(classes)
        return elltwo.LogisticFit(coef, intercept, labels, _info(elltwo.LogisticInfo, info))
    if model == "elastic_net":
        record = _info(elltwo.ElasticNetInfo, info)
        return elltwo.ElasticNetFit(coef, intercept, record, choice.alpha, choice.l1_ratio)
    return elltwo.RidgeFit(coef, intercept, _info(elltwo.SolveInfo, info))


def _info(kind: Any, content: object) -> Any:  # noqa: ANN401  # a class of certificates
    """Return the certificate; what a file does not say is not known."""
    if not isinstance(content, dict):
        raise SavedValueError("info is not an object")
    hints = get_type_hints(kind)
    return kind(**{name: _field(content, name, hints[name]) for name in kind._fields})


def _field(content: dict[str, Any], name: str, hint: object) -> Any:  # noqa: ANN401
    value = content.get(name)
    if value is None:
        return _NOT_KNOWN.get(hint)
    if hint is int:
        number = _finite(f"info.{name}", value)
        if number == math.trunc(number):
            return int(number)
    elif hint is float:
        return _number(f"info.{name}", value)
    elif isinstance(value, str):
        return value
    raise SavedValueError(f"info.{name} holds {value!r:.60}")


_NOT_KNOWN: dict[object, Any] = {str: "not known", int: 0, float: math.nan}


def _are_labels(values: list[Any]) -> bool:
    return all(isinstance(one, str) for one in values) or all(
        isinstance(one, int | float) and abs(one) <= _LARGEST for one in values
    )


def _list(name: str, value: object, length: int) -> list[Any]:
    if not isinstance(value, list):
        raise SavedValueError(f"{name} is not a list")
    if len(value) != length:
        raise SavedValueError(f"{name} has {len(value)} entries for {length} classes")
    return value


def _numbers(name: str, value: object, length: int) -> list[float]:
    if isinstance(value, list) and len(value) != length and name == "coef":
        raise SavedValueError(f"{len(value)} coefficients for {length} feature names")
    return [_finite(name, number) for number in _list(name, value, length)]


def _finite(name: str, value: object) -> float:
    number = _number(name, value)
    if not math.isfinite(number):
        raise SavedValueError(f"{name} holds {value!r} where a finite number belongs")
    return number


def _number(name: str, value: object) -> float:
    if value in ("inf", "-inf", "nan") or (
        isinstance(value, int | float) and not isinstance(value, bool)
    ):
        try:
            return float(value)
        except OverflowError:
            pass
    raise SavedValueError(f"{name} holds {value!r:.60} where a finite number belongs")
