"""What files of elastic nets hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.saved_fields import (
    NAMES,
    finite_floats,
    flag,
    floats,
    integers,
    names,
    number,
    number_or,
    optional,
    record,
    several,
    size,
    taken_names,
    text,
)
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._base.saved_values import SavedValueError
from elltwo.functional._elastic_net.path_record import ElasticNetPath
from elltwo.functional._elastic_net.record import ElasticNetFit
from elltwo.functional._elastic_net.relaxed_record import RelaxedFit, RelaxedPath
from elltwo.functional._elastic_net.stability_record import SelectionStability
from elltwo.functional._elastic_net_problem.info import ElasticNetInfo
from elltwo.functional._elastic_net_problem.points import Call, TargetPath

if TYPE_CHECKING:
    from typing import TypeVar

    from elltwo.functional._base.saved_kinds import Field

    OneNet = TypeVar("OneNet", bound=ElasticNetFit)

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


def of_net(kind: type[OneNet], given: dict[str, Any]) -> OneNet:
    """Return a record with names and prior means beside the arguments of its class."""
    names, prior = taken_names(given), given.pop("prior_mean")
    fit = kind(**given)
    if not isinstance(prior, float) and prior.shape != fit.coef.shape:
        raise SavedValueError("prior_mean does not have the shape of coef")
    fit.__setstate__((tuple(names), prior))
    return fit


def _elastic_net_fit(**given: Any) -> ElasticNetFit:  # noqa: ANN401
    return of_net(ElasticNetFit, given)


def _target_path(**given: Any) -> TargetPath:  # noqa: ANN401
    path = TargetPath(**given)
    if not path.alphas.size or not (np.diff(path.alphas) < 0.0).all():
        raise SavedValueError("the alphas of a path do not fall")
    if (
        path.starts.size != path.alphas.size + 1
        or path.starts[0] != 0
        or path.starts[-1] != path.values.size
        or (np.diff(path.starts) < 0).any()
    ):
        raise SavedValueError("the coefficients of a path do not have the places that it says")
    return path


def _net_path(**given: Any) -> ElasticNetPath:  # noqa: ANN401
    paths, n_features = given["paths"], given["n_features"]
    if not paths or (given["one_dimensional"] and len(paths) > 1):
        raise SavedValueError("a path does not have as many targets as it says")
    for path in paths:
        if path.features.size and not 0 <= path.features.min() <= path.features.max() < n_features:
            raise SavedValueError(
                f"a path has coefficients of others than its {n_features} features"
            )
    called = given["names"].features
    if called is not None and len(called) != n_features:
        raise SavedValueError(f"there are {len(called)} names for {n_features} features")
    falling = min((path.alphas for path in paths), key=len)
    if not given["alphas"].size or not np.isin(given["alphas"], falling).all():
        raise SavedValueError("a path has other alphas than its targets")
    return ElasticNetPath._of_saved(**given)


CALL: dict[str, Field] = {
    **dict.fromkeys(("solver", "reason"), text),
    "fallback": optional(text),
    "tolerance": number,
    **dict.fromkeys(("n_passes", "n_ever", "n_exchanges", "n_monotone", "n_threads"), size),
    "group_targets": flag,
}
TARGET_PATH: dict[str, Field] = {
    "alphas": floats("a"),
    "starts": integers("a + 1"),
    "features": integers("m"),
    "values": finite_floats("m"),
    "intercept": finite_floats("a"),
    **dict.fromkeys(("objective", "rss", "gap", "violation"), floats("a")),
    **dict.fromkeys(("n_active", "n_iter", "converged"), integers("a")),
    **dict.fromkeys(("null_objective", "alpha_max"), number),
    "stopped_early": flag,
}
NET_PATH: dict[str, Field] = {
    "alphas": floats("a"),
    "paths": several(record("TargetPath")),
    "call": record("Call"),
    "n_features": size,
    **dict.fromkeys(("single", "one_dimensional"), flag),
    "l1_ratio": number,
    "names": record("Names"),
}
RELAXED_FIT: dict[str, Field] = {
    "gamma": number,
    "coef": finite_floats("*t", "p"),
    "intercept": finite_floats("*t"),
    "feature_names": names("p"),
}
RELAXED_PATH: dict[str, Field] = {
    "gamma": number,
    "alphas": floats("a"),
    "coef": finite_floats("a", "*t", "p"),
    "intercept": finite_floats("a", "*t"),
    "rss": floats("a", "*t"),
    "feature_names": names("p"),
}
STABILITY: dict[str, Field] = {
    "frequency": finite_floats("p"),
    "simultaneous": finite_floats("p"),
    "n_chosen": number,
    "n_pairs": size,
    "feature_names": names("p"),
}
KINDS = (
    Kind("ElasticNetInfo", NET_INFO, ElasticNetInfo),
    Kind("ElasticNetFit", NET_FIT, _elastic_net_fit),
    Kind("Call", CALL, Call),
    Kind("TargetPath", TARGET_PATH, _target_path),
    Kind("ElasticNetPath", NET_PATH, _net_path),
    Kind("RelaxedFit", RELAXED_FIT, RelaxedFit),
    Kind("RelaxedPath", RELAXED_PATH, RelaxedPath),
    Kind("SelectionStability", STABILITY, SelectionStability),
)
