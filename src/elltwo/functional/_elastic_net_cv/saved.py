"""What files of elastic nets with a chosen penalty hold."""

from __future__ import annotations

from typing import Any

from elltwo.functional._base.saved_fields import (
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
from elltwo.functional._elastic_net.saved import NET_FIT, with_names_and_prior
from elltwo.functional._elastic_net_cv.record import Compared, ElasticNetCVFit
from elltwo.functional._elastic_net_cv.relaxed_record import Relaxed, RelaxedCVFit

_SCORES = ("cv_mse", "cv_se", "cv_score", "fold_mse")
_BESIDE = ("feature_names", "target_names", "prior_mean")

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
    beside = {name: given.pop(name) for name in _BESIDE}
    fit = ElasticNetCVFit(**given)
    with_names_and_prior(fit, **beside)
    return fit


def _relaxed_cv_fit(**given: Any) -> RelaxedCVFit:  # noqa: ANN401
    beside = {name: given.pop(name) for name in _BESIDE}
    fit = RelaxedCVFit(**given)
    with_names_and_prior(fit, **beside)
    return fit


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
            **{name: NET_FIT[name] for name in _BESIDE},
        },
        _relaxed_cv_fit,
    ),
)
