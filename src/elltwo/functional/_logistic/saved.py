"""What files of logistic regressions hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.classes import Labels
from elltwo.functional._base.saved_fields import (
    NAMES,
    either,
    finite_floats,
    flag,
    floats,
    integers,
    labels,
    number,
    record,
    several,
    size,
    taken_names,
)
from elltwo.functional._base.saved_info import SOLVE_INFO
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._base.saved_values import SavedValueError
from elltwo.functional._logistic.path_record import LogisticPath
from elltwo.functional._logistic.record import LogisticFit
from elltwo.functional._logistic_problem.core import Fits
from elltwo.functional._logistic_problem.info import LogisticInfo
from elltwo.functional._logistic_problem.kept import KeptCoef
from elltwo.functional._logistic_problem.problem import LogisticProblem, outputs_of

if TYPE_CHECKING:
    import numpy.typing as npt

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


def _logistic_fit(**given: Any) -> LogisticFit:  # noqa: ANN401
    require_classes(given["coef"], given["classes"])
    names = taken_names(given)
    return LogisticFit(**given, source=names)


KEPT_COEF = {
    "starts": integers("n + 1"),
    "features": integers("m"),
    "values": finite_floats("m"),
    "number": integers("a"),
    "n_outputs": size,
    "n_features": size,
}
LOGISTIC_PATH = {
    "alphas": floats("a"),
    "coef": either(finite_floats("a", "k", "p"), record("KeptCoef")),
    "intercept": finite_floats("a", "k"),
    "classes": labels("c"),
    "info": several(record("LogisticInfo")),
    "l1_ratio": number,
    "single": flag,
    "names": record("Names"),
}


def _kept_coef(**given: Any) -> KeptCoef:  # noqa: ANN401
    kept = KeptCoef(**given)
    starts, features, number_of = kept.starts, kept.features, kept.number
    n_fits = (starts.size - 1) // max(kept.n_outputs, 1)
    if (
        not starts.size
        or starts[0] != 0
        or starts[-1] != kept.values.size
        or (np.diff(starts) < 0).any()
        or n_fits * kept.n_outputs != starts.size - 1
        or not _within(number_of, n_fits)
        or not _within(features, kept.n_features)
    ):
        raise SavedValueError("the coefficients of a path do not have the places that it says")
    return kept


def _within(numbers: npt.NDArray[np.integer[Any]], end: int) -> bool:
    return not numbers.size or bool(0 <= numbers.min() <= numbers.max() < end)


def _logistic_path(**given: Any) -> LogisticPath:  # noqa: ANN401
    coef, classes, names = given["coef"], given["classes"], given["names"]
    n_fits, n_outputs, n_features = coef.shape
    lengths = {n_fits, len(given["alphas"]), len(given["intercept"]), len(given["info"])}
    if lengths != {n_fits} or not n_fits or given["intercept"].shape[1] != n_outputs:
        raise SavedValueError("a path does not have a fit for each of its alphas")
    if classes.size < 2 or outputs_of(classes.size) != n_outputs:
        raise SavedValueError(f"there are {classes.size} classes for {n_outputs} outputs")
    if names.features is not None and len(names.features) != n_features:
        raise SavedValueError(f"there are {len(names.features)} names for {n_features} features")
    no_rows = np.empty((0, n_features), dtype=np.float32 if given["single"] else np.float64)
    labels_of_none = Labels(classes, np.empty(0, dtype=np.int32))
    problem = LogisticProblem(
        no_rows, labels_of_none, None, None, None, None, names, given["l1_ratio"]
    )
    fits = Fits(coef, given["intercept"], list(given["info"]))
    return LogisticPath(problem, None, None, given["alphas"], fits)


KINDS = (
    Kind("LogisticInfo", LOGISTIC_INFO, LogisticInfo),
    Kind("LogisticFit", LOGISTIC_FIT, _logistic_fit),
    Kind("KeptCoef", KEPT_COEF, _kept_coef),
    Kind("LogisticPath", LOGISTIC_PATH, _logistic_path),
)
