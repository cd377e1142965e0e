"""What an optimiser of Keras does to the variables that it trains."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import keras
import numpy as np

from elltwo.integrations._decay.audited import Term
from elltwo.integrations._decay.rates import rates_of
from elltwo.integrations._decay.records import COUPLED, DECOUPLED
from elltwo.integrations.keras._variables import to_numpy

if TYPE_CHECKING:
    import numpy.typing as npt

# The one optimiser that does not divide by a running size, so that its decay is a penalty.
_PLAIN: Final = "SGD"


def decaying(optimizer: Any) -> Any:  # noqa: ANN401
    """Return the optimiser that decays: the inner one, of one that scales losses."""
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        raise TypeError(f"optimizer must be one of Keras, got {type(optimizer).__name__}")
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return optimizer.inner_optimizer
    if type(optimizer).__name__ == "MultiOptimizer":
        raise TypeError("optimizer must be a single one: pass the parts of a MultiOptimizer")
    return optimizer


def decay_of(optimizer: Any, variable: Any) -> float:  # noqa: ANN401
    """Return the decay of a variable, 0 if it is excluded."""
    if is_excluded(optimizer, variable):
        return 0.0
    value = optimizer.weight_decay
    by_adam = getattr(optimizer, "_should_use_adamw", None)  # of Muon
    if by_adam is not None and by_adam(variable):
        value = optimizer.adam_weight_decay
    return float(value or 0.0)


def is_excluded(optimizer: Any, variable: Any) -> bool:  # noqa: ANN401
    """Whether a variable is excluded, without the cache that asking Keras would write."""
    if optimizer._var_key(variable) in getattr(optimizer, "_exclude_from_weight_decay", ()):
        return True
    pattern = getattr(optimizer, "_exclude_from_weight_decay_pattern", None)
    return pattern is not None and re.search(pattern, variable.name) is not None


def decay_term(optimizer: Any, value: float) -> Term:  # noqa: ANN401
    """Return what decay does: of SGD it is a penalty, with momentum by 1 - momentum."""
    if type(optimizer).__name__ != _PLAIN:
        return Term(DECOUPLED, value, value)
    return Term(COUPLED, value, value * (1.0 - float(optimizer.momentum)))


def is_adaptive(optimizer: Any) -> bool:  # noqa: ANN401
    """Whether gradients are divided by a running size."""
    return type(optimizer).__name__ != _PLAIN


def learning_rates(optimizer: Any, schedule: Any, n_steps: int | None) -> list[float]:  # noqa: ANN401
    """Return the learning rate of each step, by default the optimiser's own schedule."""
    own = optimizer._learning_rate
    if schedule is None and isinstance(own, keras.optimizers.schedules.LearningRateSchedule):
        schedule = own if n_steps is not None else None
    if isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        rule = schedule

        def schedule(step: int) -> float:
            return float(to_numpy(rule(step)))

    return rates_of(schedule, float(to_numpy(optimizer.learning_rate)), n_steps)


def local_penalties(optimizer: Any, variable: Any) -> npt.NDArray[np.float64] | None:  # noqa: ANN401
    """Return weight_decay (sqrt(v_j) + eps) of Adam or AdamW, v corrected for its start.

    Keras adds eps before the correction, so that it is corrected as well. None stands for an
    optimiser without such a state.
    """
    steps = int(to_numpy(optimizer.iterations)) if optimizer.built else 0
    if steps == 0 or type(optimizer).__name__ not in {"Adam", "AdamW"}:
        return None
    if optimizer._var_key(variable) not in optimizer._trainable_variables_indices:
        return None
    moments = optimizer._velocity_hats if optimizer.amsgrad else optimizer._velocities
    v = to_numpy(moments[optimizer._get_variable_index(variable)])
    root = np.sqrt(v).ravel() + float(optimizer.epsilon)
    lambdas: npt.NDArray[np.float64] = (
        decay_of(optimizer, variable) * root / np.sqrt(1.0 - float(optimizer.beta_2) ** steps)
    )
    return lambdas
