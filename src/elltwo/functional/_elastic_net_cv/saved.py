"""What files of elastic nets with a chosen penalty hold."""

from __future__ import annotations

from typing import Any

from elltwo.functional._base.saved_fields import (
    NAMES,
    any_floats,
    finite_floats,
    floats,
    number_or,
    optional,
    record,
    require_grid,
    several,
    struct,
)
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._elastic_net.saved import NET_FIT, of_net
from elltwo.functional._elastic_net_cv.record import Compared, ElasticNetCVFit
from elltwo.functional._elastic_net_cv.relaxed_record import Relaxed, RelaxedCVFit

_SCORES = ("cv_mse", "cv_se", "cv_score", "fold_mse")

COMPARED = {
    "l1_ratios": floats("l"),
    "alphas": any_floats,
    "scores": struct(dict.fromkeys(_SCORES, optional(any_floats))),
    "paths": several(record("ElasticNetPath")),
}
RELAXED = {
    "net": record("ElasticNetFit", "ElasticNetCVFit"),
    "gamma": number_or(floats("t")),
    "gammas": floats("g"),
}


def _compared(**given: Any) -> Compared:  # noqa: ANN401
    require_grid(given["alphas"], *given["scores"].values())
    return Compared(**given)


def _net_cv_fit(**given: Any) -> ElasticNetCVFit:  # noqa: ANN401
    return of_net(ElasticNetCVFit, given)


def _relaxed_cv_fit(**given: Any) -> RelaxedCVFit:  # noqa: ANN401
    return of_net(RelaxedCVFit, given)


KINDS = (
    Kind("Compared", COMPARED, _compared),
    Kind("ElasticNetCVFit", {**NET_FIT, "compared": record("Compared")}, _net_cv_fit),
    Kind("Relaxed", RELAXED, Relaxed),
    Kind(
        "RelaxedCVFit",
        {
            "coef": finite_floats("*t", "p"),
            "intercept": finite_floats("*t"),
            "relaxed": record("Relaxed"),
            "compared": record("Compared"),
            "prior_mean": NET_FIT["prior_mean"],
            **NAMES,
        },
        _relaxed_cv_fit,
    ),
)
