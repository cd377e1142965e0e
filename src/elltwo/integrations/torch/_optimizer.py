"""What an optimiser of torch does to the parameters of its groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import torch

from elltwo.integrations._decay.audited import Term
from elltwo.integrations._decay.records import COUPLED, DECOUPLED

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

# Classes of torch.optim by what their weight_decay does.
_DECOUPLED: Final = {"AdamW", "Adafactor", "Muon"}
_ADAPTIVE: Final = {"Adam", "NAdam", "RAdam", "Adamax", "RMSprop", "Adagrad", "Adadelta"}
_PLAIN: Final = {"SGD", "ASGD"}


class GroupDecay(NamedTuple):
    """The decay of one group of an optimiser."""

    name: str
    term: Term
    adaptive: bool  #: whether gradients are divided by a running size
    shrinks: bool  #: whether a step without gradient multiplies by 1 - lr * weight_decay


def group_decays(optimizer: torch.optim.Optimizer, decoupled: bool | None) -> list[GroupDecay]:
    """Return the decay of every group of an optimiser."""
    if not isinstance(getattr(optimizer, "param_groups", None), list):
        raise TypeError(
            f"optimizer must be one of torch, with groups, got {type(optimizer).__name__}"
        )
    return [
        _decay(optimizer, group, str(group.get("name", f"group {number}")), decoupled)
        for number, group in enumerate(optimizer.param_groups)
    ]


def _decay(
    optimizer: torch.optim.Optimizer, group: Mapping[str, Any], name: str, decoupled: bool | None
) -> GroupDecay:
    value = float(group.get("weight_decay", 0.0))
    source = type(optimizer).__name__
    kind = next((base.__name__ for base in type(optimizer).__mro__ if _is_known(base)), None)
    if decoupled is None and kind is None and value > 0.0:
        raise ValueError(
            f"{source} is not an optimiser of torch, so that it is not known whether its "
            "weight_decay goes through the gradient: pass decoupled=True or False"
        )
    if decoupled is None:
        decoupled = kind in _DECOUPLED or bool(group.get("decoupled_weight_decay", False))
    how = DECOUPLED if decoupled else COUPLED
    adaptive = kind in _ADAPTIVE | _DECOUPLED
    term = Term(how, value, value, adaptive=adaptive and not decoupled)
    plain = kind == "SGD" and float(group.get("momentum", 0.0)) == 0.0
    return GroupDecay(name, term, adaptive, shrinks=decoupled or plain)


def _is_known(base: type) -> bool:
    return base.__module__.startswith("torch.optim") and (
        base.__name__ in _DECOUPLED | _ADAPTIVE | _PLAIN
    )


def local_penalties(
    optimizer: torch.optim.Optimizer, group: Mapping[str, Any], parameter: torch.nn.Parameter
) -> npt.NDArray[np.float64] | None:
    """Return weight_decay (sqrt(v_j) + eps) of AdamW, v corrected for its start.

    None stands for an optimiser without such a state, or a parameter without a step so far.
    """
    state = optimizer.state.get(parameter, {})
    moment = state.get("max_exp_avg_sq", state.get("exp_avg_sq"))
    if moment is None or "betas" not in group or "step" not in state:
        return None
    steps = float(state["step"])
    if steps < 1.0:
        return None
    with torch.no_grad():
        v = moment.detach().cpu().double().numpy().ravel() / (1.0 - group["betas"][1] ** steps)
    lambdas: npt.NDArray[np.float64] = float(group["weight_decay"]) * (
        np.sqrt(v) + float(group["eps"])
    )
    return lambdas
