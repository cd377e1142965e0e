"""Constructor parameters of the networks, checked."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional import MiniBatches
from elltwo.functional._base.options import count, one_of, threads, tolerance
from elltwo.functional._network.estimator import (
    ACTIVATIONS,
    STOCHASTIC,
    NetworkModel,
    NetworkOptions,
    choose_solver,
    read_minibatch,
)
from elltwo.linear_model._parameters import require_bools, require_random_state, require_verbose

if TYPE_CHECKING:
    from typing import TypeAlias

    Estimator: TypeAlias = Any  # one of the two


class Shape(NamedTuple):
    """What shapes the network, and how many are fitted."""

    hidden: tuple[int, ...]
    activation: str
    n_starts: int
    n_threads: int


def read_shape(estimator: Estimator) -> Shape:
    """Check what every fit reads."""
    require_random_state(estimator.random_state)
    require_bools(estimator, "warm_start", "shuffle", "early_stopping", "nesterovs_momentum")
    require_verbose(estimator.verbose)
    return Shape(
        _read_hidden(estimator.hidden_layer_sizes),
        one_of(ACTIVATIONS, estimator.activation, "activation"),
        count(estimator.n_starts, "n_starts", minimum=1),
        threads(estimator.n_threads),
    )


def read_options(
    estimator: Estimator, model: NetworkModel, n_samples: int, n_threads: int
) -> NetworkOptions:
    """Check the options of the solver, its batches being those of elltwo's default size."""
    chosen = choose_solver(estimator.solver, model, n_samples)
    max_iter = count(estimator.max_iter, "max_iter", minimum=1)
    max_passes = count(estimator.max_fun, "max_fun", minimum=1)
    batches = _read_batches(estimator)
    tol = tolerance(estimator.tol)
    return NetworkOptions(*chosen, tol, max_iter, batches, n_threads, max_passes)


def _read_batches(estimator: Estimator) -> MiniBatches:
    return read_minibatch(
        MiniBatches(
            learning_rate_init=estimator.learning_rate_init,
            learning_rate=estimator.learning_rate,
            power_t=estimator.power_t,
            momentum=estimator.momentum,
            nesterovs_momentum=estimator.nesterovs_momentum,
            beta_1=estimator.beta_1,
            beta_2=estimator.beta_2,
            epsilon=estimator.epsilon,
            n_iter_no_change=_patience(estimator.n_iter_no_change),
            shuffle=estimator.shuffle,
        )
    )


def read_fraction(estimator: Estimator) -> float:
    """Return the share of the rows that early stopping holds back."""
    value = estimator.validation_fraction
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"validation_fraction must be a number, got {value!r}")
    if not 0.0 < float(value) < 1.0:
        raise ValueError(f"validation_fraction must be in (0, 1), got {value!r}")
    return float(value)


def is_stochastic(estimator: Estimator) -> bool:
    """Whether `partial_fit` has a meaning for its solver."""
    if estimator.solver not in STOCHASTIC:
        raise AttributeError(
            "partial_fit is only available for stochastic optimizers. "
            f"{estimator.solver} is not stochastic."
        )
    return True


def _read_hidden(hidden_layer_sizes: Any) -> tuple[int, ...]:  # noqa: ANN401  # one or several
    if np.ndim(hidden_layer_sizes) > 1:
        raise ValueError(
            "hidden_layer_sizes must be a number or a sequence of numbers, got "
            f"{hidden_layer_sizes!r}"
        )
    sizes = [hidden_layer_sizes] if np.ndim(hidden_layer_sizes) == 0 else list(hidden_layer_sizes)
    return tuple(count(size, "hidden_layer_sizes", minimum=1) for size in sizes)


def _patience(n_iter_no_change: object) -> int:
    if isinstance(n_iter_no_change, float) and n_iter_no_change == math.inf:
        return 0  # the core never stops then
    return count(n_iter_no_change, "n_iter_no_change", minimum=1)
