"""What files of fits to tables hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from elltwo.functional._base.posterior import Posterior
from elltwo.functional._base.saved_fields import (
    finite,
    finite_floats,
    flag,
    names,
    number,
    optional,
    plain,
    record,
    struct,
    text,
)
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._base.saved_values import SavedValueError
from elltwo.tabular._coding import Coding
from elltwo.tabular._table_fit import Choice, Scaling, TableFit

_FITS = (
    "RidgeFit RidgeCVFit MomentsFit ElasticNetFit ElasticNetCVFit LogisticFit LogisticCVFit"
    " PassesFit PassesCVFit"
)
TABLE_FIT = {
    "target": text,
    "feature_names": names("p"),
    "fit": record(*_FITS.split()),
    "choice": struct(
        {"alpha": number, "l1_ratio": finite, "standardize": flag, "cv_error": optional(number)}
    ),
    "coding": plain,
    "scaling": optional(struct({"mean": finite_floats("p"), "unit": finite_floats("p")})),
    "posterior": optional(
        struct({"covariance": finite_floats("m", "m"), "sigma": number, "df": number})
    ),
}


def _table_fit(
    feature_names: Any,  # noqa: ANN401
    fit: Any,  # noqa: ANN401
    choice: dict[str, Any],
    coding: Any,  # noqa: ANN401
    scaling: dict[str, Any] | None,
    posterior: dict[str, Any] | None,
    target: str,
) -> TableFit:
    read = Coding.from_state(coding)
    if list(feature_names) != read.names:
        raise SavedValueError("feature_names are not those of the coding")
    coef = np.asarray(fit.coef)
    if coef.shape[-1] != len(read.names):
        raise SavedValueError(f"{coef.shape[-1]} coefficients for {len(read.names)} features")
    classes = getattr(fit, "classes", None)
    if coef.ndim == 2 and classes is None:
        raise SavedValueError("there are several targets")
    if posterior is not None:
        n_outputs = len(coef) if coef.ndim == 2 else 1
        sizes = {n_outputs * (len(read.names) + 1)}
        if len(posterior["covariance"]) not in sizes:
            raise SavedValueError("posterior.covariance has not a row for each coefficient")
    return TableFit(
        fit,
        read,
        target,
        Choice(**choice),
        None if posterior is None else Posterior(**posterior),
        None if scaling is None else Scaling(**scaling),
    )


KINDS = (Kind("TableFit", TABLE_FIT, _table_fit),)
