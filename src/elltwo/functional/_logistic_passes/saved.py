"""What files of logistic regressions over passes hold."""

from __future__ import annotations

from typing import Any

from elltwo.functional._base.saved_fields import (
    floats,
    number,
    optional,
    record,
    several,
    size,
    taken_names,
)
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._base.saved_values import SavedValueError
from elltwo.functional._logistic.saved import LOGISTIC_FIT, require_classes
from elltwo.functional._logistic_passes.cv_record import PassesCVFit
from elltwo.functional._logistic_passes.path_record import PassesPath
from elltwo.functional._logistic_passes.record import PassesFit, PassInfo

PASS_INFO = {
    "n_passes": size,
    "n_hessian_passes": size,
    "seconds": optional(several(number)),
    "n_bytes": optional(size),
}


def _passes_fit(**given: Any) -> PassesFit:  # noqa: ANN401
    require_classes(given["coef"], given["classes"])
    names = taken_names(given)
    return PassesFit(**given, names=names)


def _passes_path(**given: Any) -> PassesPath:  # noqa: ANN401
    fits = given.pop("fits")
    if not fits or len(fits) != len(given["alphas"]):
        raise SavedValueError(f"there are {len(fits)} fits for {len(given['alphas'])} alphas")
    if any(fit.coef.shape != fits[0].coef.shape for fit in fits):
        raise SavedValueError("the coefficients of a path have different shapes")
    return PassesPath(fits=list(fits), **given)


KINDS = (
    Kind("PassInfo", PASS_INFO, PassInfo),
    Kind("PassesFit", {**LOGISTIC_FIT, "passes": record("PassInfo")}, _passes_fit),
    Kind("PassesCVFit", {"fit": record("PassesFit"), "results": record("CVResults")}, PassesCVFit),
    Kind(
        "PassesPath",
        {"alphas": floats("a"), "fits": several(record("PassesFit")), "names": record("Names")},
        _passes_path,
    ),
)
