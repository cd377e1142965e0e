"""Constructor parameters of the networks, checked."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.options import count, flag, one_of, threads, tolerance
from elltwo.functional._network_problem.estimator import (
    DescentOptions,
    StochasticOptions,
    read_activation,
    read_hidden,
)
from elltwo.linear_model._parameters import require_random_state

if TYPE_CHECKING:
    from typing import TypeAlias

    Estimator: TypeAlias = Any  # one of the two

STOCHASTIC = ("adam", "sgd")
_SOLVERS = ("auto", "lbfgs", *STOCHASTIC)
_SCHEDULES = ("constant", "invscaling", "adaptive")
_MEMORY = 20  # steps that L-BFGS knows
_MOST_ROWS_OF_LBFGS = 100_000


class Shape(NamedTuple):
    """What shapes the network, and how it is fitted."""

    hidden: tuple[int, ...]
    activation: str
    solver: str  #: "auto" among them
    n_starts: int
    n_threads: int

    def solver_for(self, n_samples: int) -> str:
        """Return the solver that "auto" stands for."""
        if self.solver != "auto":
            return self.solver
        return "lbfgs" if n_samples <= _MOST_ROWS_OF_LBFGS else "adam"


def read_shape(estimator: Estimator) -> Shape:
    """Check what every fit reads."""
    require_random_state(estimator.random_state)
    for name in ("warm_start", "shuffle", "early_stopping", "nesterovs_momentum"):
        flag(getattr(estimator, name), name)
    if not isinstance(estimator.verbose, bool | np.bool_):
        count(estimator.verbose, "verbose", minimum=0)
    return Shape(
        read_hidden(estimator.hidden_layer_sizes),
        read_activation(estimator.activation),
        one_of(_SOLVERS, estimator.solver, "solver"),
        count(estimator.n_starts, "n_starts", minimum=1),
        threads(estimator.n_threads),
    )


def read_descent(estimator: Estimator, n_threads: int) -> DescentOptions:
    """Check the options of L-BFGS."""
    return DescentOptions(
        tolerance(estimator.tol),
        count(estimator.max_iter, "max_iter", minimum=1),
        count(estimator.max_fun, "max_fun", minimum=1),
        _MEMORY,
        n_threads,
    )


def read_stochastic(
    estimator: Estimator, solver: str, batch_size: int, n_threads: int
) -> StochasticOptions:
    """Check the options of adam and sgd."""
    return StochasticOptions(
        solver,
        batch_size,
        count(estimator.max_iter, "max_iter", minimum=1),
        flag(estimator.shuffle, "shuffle"),
        _between(estimator, "learning_rate_init", 0.0, math.inf, open_ends=True),
        one_of(_SCHEDULES, estimator.learning_rate, "learning_rate"),
        _between(estimator, "power_t", 0.0, math.inf),
        _between(estimator, "momentum", 0.0, 1.0),
        flag(estimator.nesterovs_momentum, "nesterovs_momentum"),
        _between(estimator, "beta_1", 0.0, 1.0),
        _between(estimator, "beta_2", 0.0, 1.0),
        _between(estimator, "epsilon", 0.0, math.inf, open_ends=True),
        tolerance(estimator.tol),
        _patience(estimator.n_iter_no_change),
        n_threads,
    )


def read_fraction(estimator: Estimator) -> float:
    """Return the share of the rows that early stopping holds back."""
    return _between(estimator, "validation_fraction", 0.0, 1.0, open_ends=True)


def _patience(n_iter_no_change: object) -> int:
    if isinstance(n_iter_no_change, float) and n_iter_no_change == math.inf:
        return 0  # the core never stops then
    return count(n_iter_no_change, "n_iter_no_change", minimum=1)


def _between(
    estimator: Estimator, name: str, low: float, high: float, *, open_ends: bool = False
) -> float:
    value = getattr(estimator, name)
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {value!r}")
    number = float(value)
    inside = low < number < high if open_ends else low <= number <= high
    if not inside or math.isinf(number):
        raise ValueError(
            f"{name} must be in {'(' if open_ends else '['}{low:g}, {high:g}"
            f"{')' if open_ends else ']'}, got {value!r}"
        )
    return number


def is_stochastic(estimator: Estimator) -> bool:
    """Whether `partial_fit` has a meaning for its solver."""
    if estimator.solver not in STOCHASTIC:
        raise AttributeError(
            "partial_fit is only available for stochastic optimizers. "
            f"{estimator.solver} is not stochastic."
        )
    return True
