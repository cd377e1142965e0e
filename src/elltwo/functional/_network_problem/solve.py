"""The calls of the core that fit networks, and what they go on from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from elltwo.functional._base.compiled import _core
from elltwo.functional._network_problem.info import MLPInfo

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._network_problem.model import NetworkModel


class NetworkData(NamedTuple):
    """The rows of a problem."""

    X: FloatArray
    y: Float64Array | npt.NDArray[np.int32]  #: (n, n_outputs), or labels of the multinomial loss
    sample_weight: Float64Array | None

    @property
    def weight(self) -> float:
        """Sum of the weights."""
        if self.sample_weight is None:
            return float(self.X.shape[0])
        return float(self.sample_weight.sum())


class DescentOptions(NamedTuple):
    """How L-BFGS goes, as the core reads it."""

    tol: float
    max_iter: int
    max_passes: int  #: 0: no limit
    memory: int
    n_threads: int


class StochasticOptions(NamedTuple):
    """How adam and sgd go, as the core reads it."""

    solver: str
    batch_size: int
    max_epochs: int
    shuffle: bool
    learning_rate_init: float
    learning_rate: str
    power_t: float
    momentum: float
    nesterovs_momentum: bool
    beta_1: float
    beta_2: float
    epsilon: float
    tol: float
    n_iter_no_change: int  #: 0: it is not stopped
    n_threads: int


class StochasticState(NamedTuple):
    """All that adam and sgd go on from, as the core reads it; None stands for zeros."""

    parameters: Float64Array
    first: Float64Array | None = None  #: mean of the gradients, or the velocity
    second: Float64Array | None = None  #: mean of their squares
    best: Float64Array | None = None  #: parameters of the best score
    seed: int = 0
    n_steps: float = 0.0
    n_rows: float = 0.0
    learning_rate: float = 0.0  #: of the next epoch; 0: that of the options
    n_epochs: int = 0
    n_no_change: int = 0
    loss_curve: Float64Array | None = None  #: mean loss of each epoch
    scores: Float64Array | None = None  #: of the rows held back


def descend(
    model: NetworkModel, data: NetworkData, starts: Float64Array, options: DescentOptions
) -> tuple[Float64Array, list[MLPInfo]]:
    """Fit by L-BFGS from every start, (n_starts, n_parameters)."""
    parameters, records = _core.network_lbfgs(model, [data], starts, options)
    return parameters, [MLPInfo(*record, model.alphas) for record in records]


def train(
    model: NetworkModel,
    data: NetworkData,
    held_back: NetworkData | None,
    states: list[StochasticState],
    options: StochasticOptions,
) -> tuple[list[StochasticState], list[MLPInfo]]:
    """Go on from every state for some epochs of mini-batches."""
    validation = [] if held_back is None else [held_back]
    after, records = _core.network_stochastic(model, [data], validation, states, options)
    return (
        [StochasticState(*state) for state in after],
        [MLPInfo(*record, model.alphas) for record in records],
    )


def outputs(
    model: NetworkModel, parameters: Float64Array, X: FloatArray, n_threads: int
) -> Float64Array:
    """Return the outputs (n, n_outputs): probabilities of classes, values of a regression."""
    return _core.network_predict(model, parameters, X, True, n_threads)
