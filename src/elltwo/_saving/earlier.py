"""Models in the formats that came before, which ``elltwo fit`` wrote.

They are flat: coefficients and intercept as lists, ``classes`` where there are any, ``info`` as it
was. Format "elltwo-ridge" 1 had ridge regressions alone.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo._saving.kinds import find_kind
from elltwo.functional._base.saved_kinds import Where, read_record
from elltwo.functional._base.saved_values import SavedValueError, written_array, written_number

if TYPE_CHECKING:
    from collections.abc import Mapping

_INFOS = {"ridge": "SolveInfo", "elastic_net": "ElasticNetInfo", "logistic": "LogisticInfo"}
_FITS = {"ridge": "RidgeFit", "elastic_net": "ElasticNetFit", "logistic": "LogisticFit"}


def is_earlier(document: Mapping[str, Any]) -> bool:
    """Whether a file is of one of these formats."""
    said = document["format"], document.get("format_version")
    return said in (("elltwo-ridge", 1), ("elltwo-model", 2)) and type(said[1]) is int


def read_earlier(document: Mapping[str, Any]) -> Any:  # noqa: ANN401  # the record of a fit
    """Return the fit of such a file: as a record of today reads the same content.

    Raises
    ------
    SavedValueError
        If something is missing, or is not what such a file has there.
    """
    model = document.get("model", "ridge")
    if not isinstance(model, str) or model not in _FITS:
        raise SavedValueError(f"model is {model!r:.60}, which is none of {', '.join(_FITS)}")
    info = document.get("info")
    if not isinstance(info, dict):
        raise SavedValueError("info is missing")
    content = {
        "coef": _numbers(document, "coef"),
        "intercept": _numbers(document, "intercept"),
        "info": {"kind": _INFOS[model], "content": {k: _number(v) for k, v in info.items()}},
        "feature_names": document.get("feature_names"),
        "target_names": [document.get("target")],
        "table_package": None,
    }
    if model == "logistic":
        content["classes"] = written_array(_classes(document), "classes")
    if model == "elastic_net":
        content |= {name: _number(document.get(name)) for name in ("alpha", "l1_ratio")}
        content["prior_mean"] = 0.0
    return read_record({"kind": _FITS[model], "content": content}, Where("", {}, find_kind))


def _number(value: object) -> object:
    """Return a number as it is written today: infinity was text."""
    if isinstance(value, str) and value in {"inf", "-inf", "nan"}:
        return written_number(float(value))
    return value


def _numbers(document: Mapping[str, Any], name: str) -> object:
    value = document.get(name)
    if not isinstance(value, list):
        return value
    flat = [entry for row in value for entry in (row if isinstance(row, list) else [row])]
    if not all(type(entry) in {int, float} and abs(entry) < math.inf for entry in flat):
        raise SavedValueError(f"{name} holds something that is no finite number")
    try:
        return written_array(np.array(value, dtype=np.float64), name)
    except ValueError:
        raise SavedValueError(f"{name} has rows of different lengths") from None
    except OverflowError:
        raise SavedValueError(f"{name} holds a number out of range") from None


def _classes(document: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    labels = document.get("classes")
    if not isinstance(labels, list) or len({type(label) for label in labels}) != 1:
        raise SavedValueError("classes is not a list of labels of one type")
    if type(labels[0]) not in {str, int, float, bool}:
        raise SavedValueError("classes holds a label that is neither text nor a number")
    return np.array(labels)
