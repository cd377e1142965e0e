"""The options of the solvers of networks."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING, NamedTuple

from elltwo.functional._base.options import count, flag, one_of, tolerance
from elltwo.functional._base.record_parts import public

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from elltwo.functional._network.model import NetworkModel

    _Range: TypeAlias = tuple[str, Callable[[float], bool]]

SOLVERS = ("auto", "varpro", "lbfgs", "adam", "sgd")
STOCHASTIC = ("adam", "sgd")
SCHEDULES = ("constant", "invscaling", "adaptive")
_LBFGS_ROWS = 100_000  # beyond, epochs of mini-batches get further in the time of a few passes
# Up to so many parameters in the hidden layers, and with so many rows for each of them, variable
# projection is ahead of L-BFGS: a step costs about 3 q^3 multiplications more, and is worth many.
_VARPRO_PARAMETERS, _VARPRO_ROWS = 1000, 5
_LBFGS_TOL, _LBFGS_STEPS = 1e-5, 1000
_STOCHASTIC_TOL, _STOCHASTIC_EPOCHS = 1e-4, 200

_POSITIVE: _Range = ("positive and finite", lambda value: 0.0 < value < math.inf)
_SHARE: _Range = ("in [0, 1)", lambda value: 0.0 <= value < 1.0)
_RANGES: dict[str, _Range] = {
    "learning_rate_init": _POSITIVE,
    "power_t": ("not negative and finite", lambda value: 0.0 <= value < math.inf),
    "momentum": ("in [0, 1]", lambda value: 0.0 <= value <= 1.0),
    "beta_1": _SHARE,  # Adam divides by 1 - beta
    "beta_2": _SHARE,
    "epsilon": _POSITIVE,
}


@public("elltwo")
class MiniBatches(NamedTuple):
    """How ``solver="adam"`` and ``solver="sgd"`` of `elltwo.mlp` go through the rows.

    Parameters
    ----------
    batch_size : int, default=200
        Rows of a step; all rows where there are fewer.
    learning_rate_init : float, default=0.001
        Rate of the first step.
    learning_rate : {"constant", "invscaling", "adaptive"}, default="constant"
        Of ``"sgd"``: the rate stays, is divided by ``rows_seen ** power_t`` after each epoch, or
        is divided by 5 where the loss, or the score, no longer improves.
    power_t : float, default=0.5
        Exponent of ``"invscaling"``.
    momentum : float, default=0.9
        Share of the last step of ``"sgd"`` in the next, in [0, 1].
    nesterovs_momentum : bool, default=True
        Whether ``"sgd"`` looks ahead by it.
    beta_1, beta_2 : float, default=0.9 and 0.999
        Decay of the means of gradients and of their squares in ``"adam"`` [1]_, in [0, 1).
    epsilon : float, default=1e-8
        Added to the root of the latter.
    n_iter_no_change : int, default=10
        Epochs without progress of `tol` after which the fit ends; 0 stands for no end.
    shuffle : bool, default=True
        Whether the rows come in a new order in each epoch.

    References
    ----------
    .. [1] D. P. Kingma and J. Ba (2015). Adam: a method for stochastic optimization. ICLR.
       Algorithm 1.
    """

    batch_size: int = 200
    learning_rate_init: float = 0.001
    learning_rate: str = "constant"
    power_t: float = 0.5
    momentum: float = 0.9
    nesterovs_momentum: bool = True
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    n_iter_no_change: int = 10
    shuffle: bool = True


class NetworkOptions(NamedTuple):
    """Everything about a fit that is neither data nor model."""

    solver: str
    reason: str
    tol: float
    max_iter: int
    minibatch: MiniBatches
    n_threads: int
    max_passes: int = 0  #: of L-BFGS over the rows; 0 stands for no limit
    gradient_tol: float = 0.0  #: the largest derivative that L-BFGS may end at as well

    @property
    def stochastic(self) -> bool:
        """Whether the solver goes by mini-batches."""
        return self.solver in STOCHASTIC

    @property
    def of_all_rows(self) -> tuple[float, int, int, int, int, float]:
        """What the core reads for solvers of all rows: the memory is left to them."""
        limits = (self.tol, self.max_iter, self.max_passes)
        return *limits, 0, self.n_threads, self.gradient_tol

    @property
    def of_minibatches(self) -> tuple[object, ...]:
        """What the core reads for Adam and SGD."""
        m = self.minibatch
        rates = (m.learning_rate_init, m.learning_rate, m.power_t, m.momentum)
        moments = (m.nesterovs_momentum, m.beta_1, m.beta_2, m.epsilon)
        begin = (self.solver, m.batch_size, self.max_iter, m.shuffle)
        return (*begin, *rates, *moments, self.tol, m.n_iter_no_change, self.n_threads)


def read_minibatch(given: MiniBatches | None) -> MiniBatches:
    """Check the options of mini-batches."""
    if given is None:
        return MiniBatches()
    if not isinstance(given, MiniBatches):
        raise TypeError(f"minibatch must be an elltwo.MiniBatches, got {given!r}")
    one_of(SCHEDULES, given.learning_rate, "learning_rate")
    count(given.batch_size, "batch_size", minimum=1)
    count(given.n_iter_no_change, "n_iter_no_change", minimum=0)
    flag(given.shuffle, "shuffle")
    flag(given.nesterovs_momentum, "nesterovs_momentum")
    for name, (wanted, is_valid) in _RANGES.items():
        value: object = getattr(given, name)
        if isinstance(value, bool) or not isinstance(value, Real):
            raise TypeError(f"{name} must be a number, got {value!r}")
        if not is_valid(float(value)):
            raise ValueError(f"{name} must be {wanted}, got {value!r}")
    return given


def choose_solver(solver: object, model: NetworkModel, n_samples: int) -> tuple[str, str]:
    """Return the solver to use, and why."""
    name = one_of(SOLVERS, solver, "solver")
    constant = math.inf in model.alpha
    if constant and name in STOCHASTIC:
        raise ValueError(f"alpha must be finite for solver={name!r}")
    if name != "auto":
        return name, "asked for"
    if not constant and n_samples <= _LBFGS_ROWS and _favours_varpro(model, n_samples):
        return "varpro", "squared error of a smooth network with few parameters for the rows"
    if constant or n_samples <= _LBFGS_ROWS:
        return "lbfgs", f"at most {_LBFGS_ROWS} rows"
    return "adam", f"more than {_LBFGS_ROWS} rows"


def _favours_varpro(model: NetworkModel, n_samples: int) -> bool:
    # With relu its steps often end at a kink, above where L-BFGS gets.
    if (
        model.loss != "squared_error"
        or model.activation == "relu"
        or len(model.units) not in {3, 4}
    ):
        return False
    q = model.n_parameters - (model.units[-2] + 1) * model.units[-1]
    return q <= min(_VARPRO_PARAMETERS, n_samples // _VARPRO_ROWS)


def read_network_options(
    chosen: tuple[str, str],
    tol: object,
    max_iter: object,
    minibatch: MiniBatches | None,
    n_threads: int,
) -> NetworkOptions:
    """Check the options of a solver; None stands for its own default."""
    stochastic = chosen[0] in STOCHASTIC
    if minibatch is not None and not stochastic:
        raise ValueError(f"minibatch is for solver='adam' and 'sgd', got solver={chosen[0]!r}")
    default_tol = _STOCHASTIC_TOL if stochastic else _LBFGS_TOL
    default_iter = _STOCHASTIC_EPOCHS if stochastic else _LBFGS_STEPS
    limit = default_tol if tol is None else tolerance(tol)
    most = default_iter if max_iter is None else count(max_iter, "max_iter", minimum=0)
    return NetworkOptions(*chosen, limit, most, read_minibatch(minibatch), n_threads)
