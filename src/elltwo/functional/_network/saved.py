"""What files of small networks hold."""

from __future__ import annotations

from typing import Any

from elltwo.functional._base.saved_fields import (
    NAMES,
    among,
    finite_floats,
    flag,
    floats,
    integer,
    number,
    optional,
    record,
    several,
    size,
    taken_names,
    text,
)
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._base.saved_values import SavedValueError
from elltwo.functional._network.batch_record import MLPBatchFit
from elltwo.functional._network.info import MLPInfo
from elltwo.functional._network.model import ACTIVATIONS, LOSSES, NetworkModel
from elltwo.functional._network.record import MLPFit
from elltwo.functional._network.state import NetworkState

_MOST_UNITS = 1 << 31
_OF_PARAMETERS = ("first", "second", "best")  # empty where the solver has none

MLP_INFO = {
    **dict.fromkeys(("status", "solver", "reason", "ended"), text),
    **dict.fromkeys(("objective", "loss", "gradient_norm", "optimality", "tolerance"), number),
    **dict.fromkeys(("n_iter", "n_evaluations", "n_threads"), size),
    "alpha": several(number),
    **dict.fromkeys(("n_starts", "n_close"), size),
}
MODEL = {
    "units": several(size),
    "activation": among(*ACTIVATIONS),
    "loss": among(*LOSSES),
    "alpha": several(number),
}
STATE = {
    "parameters": finite_floats("m"),
    **{name: optional(finite_floats(f"m of {name}")) for name in _OF_PARAMETERS},
    "seed": integer,
    **dict.fromkeys(("n_steps", "n_rows", "learning_rate"), number),
    **dict.fromkeys(("n_epochs", "n_no_change"), size),
    "loss_curve": optional(floats("e")),
    "scores": optional(floats("s")),
}
FIT = {
    "parameters": finite_floats("kept", "m"),
    "model": record("NetworkModel"),
    "infos": several(record("MLPInfo")),
    "one_dimensional": flag,
}


def _model(**given: Any) -> NetworkModel:  # noqa: ANN401
    model = NetworkModel(**given)
    if len(model.units) < 2 or not all(0 < units < _MOST_UNITS for units in model.units):
        raise SavedValueError(f"a network has units {model.units}")
    if len(model.alpha) != len(model.units) - 1 or not all(alpha >= 0.0 for alpha in model.alpha):
        raise SavedValueError(f"a network has the penalties {model.alpha}")
    return model


def _state(**given: Any) -> NetworkState:  # noqa: ANN401
    state = NetworkState(**given)
    for name in _OF_PARAMETERS:
        if given[name] is not None and given[name].size not in {0, state.parameters.size}:
            raise SavedValueError(f"the state of a network has {given[name].size} values {name}")
    return state


def _require_parameters(parameters: Any, model: NetworkModel, one_dimensional: bool) -> None:  # noqa: ANN401
    if not len(parameters) or parameters.shape[1] != model.n_parameters:
        raise SavedValueError(f"a network of {model.units} units has {parameters.shape} parameters")
    if one_dimensional and model.units[-1] != 1:
        raise SavedValueError(f"a network of {model.units} units has one output")


def _fit(**given: Any) -> MLPFit:  # noqa: ANN401
    model, state = given["model"], given["state"]
    _require_parameters(given["parameters"], model, given["one_dimensional"])
    if state is not None and state.parameters.size != model.n_parameters:
        raise SavedValueError("a network goes on from the state of another")
    names = taken_names(given)
    if names.features is not None and len(names.features) != model.units[0]:
        raise SavedValueError(f"a network of {model.units} units has {len(names.features)} names")
    return MLPFit(**given, data=names)


def _batch_fit(**given: Any) -> MLPBatchFit:  # noqa: ANN401
    _require_parameters(given["parameters"], given["model"], given["one_dimensional"])
    if len(given["infos"]) != len(given["parameters"]):
        raise SavedValueError("a batch does not have a certificate for each network")
    return MLPBatchFit(**given)


KINDS = (
    Kind("MLPInfo", MLP_INFO, MLPInfo),
    Kind("NetworkModel", MODEL, _model),
    Kind("NetworkState", STATE, _state),
    Kind(
        "MLPFit",
        {**FIT, "info": record("MLPInfo"), "state": optional(record("NetworkState")), **NAMES},
        _fit,
    ),
    Kind("MLPBatchFit", FIT, _batch_fit),
)
