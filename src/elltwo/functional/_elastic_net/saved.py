"""What files of elastic nets hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.saved_fields import (
    NAMES,
    finite_floats,
    floats,
    number,
    number_or,
    optional,
    read_names,
    record,
    size,
    text,
)
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._base.saved_values import SavedValueError
from elltwo.functional._elastic_net.record import ElasticNetFit
from elltwo.functional._elastic_net_problem.info import ElasticNetInfo

if TYPE_CHECKING:
    from elltwo.functional._base.validate import FloatArray

NET_INFO = {
    **dict.fromkeys(("status", "solver", "reason"), text),
    "fallback": optional(text),
    **dict.fromkeys(
        ("gap", "violation", "tolerance", "objective", "null_objective", "alpha_max"), number
    ),
    **dict.fromkeys(
        (
            *("n_active", "n_iter", "n_passes", "n_ever", "n_exchanges", "n_monotone"),
            "n_threads",
        ),
        size,
    ),
}
NET_FIT = {
    "coef": finite_floats("*t", "p"),
    "intercept": finite_floats("*t"),
    "info": record("ElasticNetInfo"),
    "alpha": number_or(floats("t")),
    "l1_ratio": number_or(floats("t")),
    "prior_mean": number_or(finite_floats("*t", "p")),
    **NAMES,
}


def with_names_and_prior(
    fit: ElasticNetFit,
    feature_names: tuple[str, ...] | None,
    target_names: tuple[str, ...] | None,
    prior_mean: float | FloatArray,
) -> None:
    """Give a fit what it knows of its data beside the arguments of its class."""
    if not isinstance(prior_mean, float) and prior_mean.shape != fit.coef.shape:
        raise SavedValueError("prior_mean does not have the shape of coef")
    fit.__setstate__((tuple(read_names(feature_names, target_names)), prior_mean))


def _elastic_net_fit(
    feature_names: tuple[str, ...] | None,
    target_names: tuple[str, ...] | None,
    prior_mean: float | FloatArray,
    **given: Any,  # noqa: ANN401
) -> ElasticNetFit:
    fit = ElasticNetFit(**given)
    with_names_and_prior(fit, feature_names, target_names, prior_mean)
    return fit


KINDS = (
    Kind("ElasticNetInfo", NET_INFO, ElasticNetInfo),
    Kind("ElasticNetFit", NET_FIT, _elastic_net_fit),
)
