"""What files of logistic regressions hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.saved_fields import (
    NAMES,
    finite_floats,
    labels,
    number,
    read_names,
    record,
    size,
)
from elltwo.functional._base.saved_info import SOLVE_INFO
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._base.saved_values import SavedValueError
from elltwo.functional._logistic.record import LogisticFit
from elltwo.functional._logistic_problem.info import LogisticInfo

if TYPE_CHECKING:
    from elltwo.functional._base.validate import AnyArray, FloatArray

LOGISTIC_INFO = {
    **SOLVE_INFO,
    "objective": number,
    "loss": number,
    "gap": number,
    "n_passes": size,
    "n_hessians": number,
    "n_empty_classes": size,
}
LOGISTIC_FIT = {
    "coef": finite_floats("*k", "p"),
    "intercept": finite_floats("*k"),
    "classes": labels("c"),
    "info": record("LogisticInfo"),
    **NAMES,
}


def require_classes(coef: FloatArray, classes: AnyArray) -> None:
    """Refuse classes that are not those of the coefficients."""
    if classes.size != (2 if coef.ndim == 1 else len(coef)):
        raise SavedValueError(f"there are {classes.size} classes for coefficients of {coef.shape}")


def _logistic_fit(feature_names: Any, target_names: Any, **given: Any) -> LogisticFit:  # noqa: ANN401
    require_classes(given["coef"], given["classes"])
    return LogisticFit(**given, source=read_names(feature_names, target_names))


KINDS = (
    Kind("LogisticInfo", LOGISTIC_INFO, LogisticInfo),
    Kind("LogisticFit", LOGISTIC_FIT, _logistic_fit),
)
