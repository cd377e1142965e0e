"""Epochs of adam and sgd, and what they leave behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.convergence import warn
from elltwo.functional._base.options import count
from elltwo.functional._network.estimator import (
    NetworkState,
    info_of_raw,
    solve_networks,
    values_of,
)
from elltwo.neural_network._parameters import read_fraction
from elltwo.neural_network._split import Rows, split_rows

if TYPE_CHECKING:
    from elltwo.functional import MLPInfo
    from elltwo.functional._base.validate import AnyArray, Float64Array
    from elltwo.functional._network.estimator import NetworkModel, NetworkOptions

_BATCH = 200  # rows of an automatic batch
_SEEDS = 2**31 - 1


class Epochs:
    """The rows of a fit by mini-batches, and those it is scored by.

    Parameters
    ----------
    estimator : MLPRegressor or MLPClassifier
        Whose parameters are read.
    rows : Rows
        All rows.
    by_class : ndarray or None
        What a split of them is stratified by.
    random : RandomState
        Where the split and the seeds of the shuffles come from.
    """

    def __init__(
        self,
        estimator: Any,  # noqa: ANN401
        rows: Rows,
        by_class: AnyArray | None,
        random: np.random.RandomState,
    ) -> None:
        self._estimator = estimator
        self._random = random
        self._held_back: list[Rows] = []
        if estimator.early_stopping:
            rows, held_back = split_rows(rows, by_class, read_fraction(estimator), random)
            self._held_back = [held_back]
        self._rows = rows
        self._batch_size = _read_batch_size(estimator.batch_size, rows.X.shape[0])

    @property
    def per_batch(self) -> float:
        """Rows over those of a batch: scikit-learn divides the penalty by the latter."""
        return float(self._rows.X.shape[0]) / self._batch_size

    def states(
        self, starts: Float64Array, before: NetworkState | None, incremental: bool
    ) -> list[NetworkState]:
        """Return what the networks go on from: earlier calls, or starts and seeds."""
        if before is None:
            return [NetworkState(start, seed=self._seed()) for start in starts]
        (start,) = starts
        if incremental:
            return [before._replace(parameters=start)]
        # A warm start keeps the curves, and begins with the steps anew, as scikit-learn does.
        fresh = before._replace(parameters=start, first=None, second=None, n_steps=0.0)
        return [fresh._replace(learning_rate=0.0)]

    def _seed(self) -> int:
        return int(self._random.randint(_SEEDS))

    def run(
        self,
        model: NetworkModel,
        states: list[NetworkState],
        options: NetworkOptions,
        incremental: bool,
    ) -> tuple[NetworkState, MLPInfo]:
        """Go on to the end, or by one epoch, and return the best of the networks."""
        batches = options.minibatch._replace(batch_size=self._batch_size)
        options = options._replace(minibatch=batches)
        if incremental:
            options = options._replace(max_iter=1)
        solved = solve_networks(model, [self._rows], self._held_back, states, options)
        badness = solved.objectives
        if self._held_back:
            badness = [-float(np.max(values_of(state.scores))) for state in solved.states]
        best = int(np.argmin(badness))
        state, raw = solved.states[best], solved.infos[best]
        info = info_of_raw(raw, options.reason, model.alpha, solved.objectives)
        if self._estimator.verbose:
            _tell(state, info)
        return state, info

    def describe(self, state: NetworkState) -> None:
        """Set the attributes that only these solvers have."""
        estimator = self._estimator
        curve = values_of(state.loss_curve).tolist()
        estimator.loss_curve_ = curve
        estimator.loss_ = curve[-1]
        estimator._no_improvement_count = state.n_no_change
        if not self._held_back:
            estimator.best_loss_ = min(curve)
            estimator.validation_scores_ = estimator.best_validation_score_ = None
            return
        scores = values_of(state.scores).tolist()
        estimator.best_loss_ = None
        estimator.validation_scores_ = scores
        estimator.best_validation_score_ = max(scores)


def _tell(state: NetworkState, info: MLPInfo) -> None:
    """Print the epochs of a call, when it is done."""
    curve = values_of(state.loss_curve)[-info.n_iter :]
    scores = values_of(state.scores)[-info.n_iter :]
    for epoch, loss in enumerate(curve):
        print(f"Iteration {epoch + 1}, loss = {loss:.8f}")  # noqa: T201  # what verbose is
        if scores.size:
            print(f"Validation score: {scores[epoch]:f}")  # noqa: T201
    print(f"Stopped: {info.ended}.")  # noqa: T201


def _read_batch_size(batch_size: object, n_samples: int) -> int:
    if isinstance(batch_size, str) and batch_size == "auto":
        return min(_BATCH, n_samples)
    size = count(batch_size, "batch_size", minimum=1)
    if size > n_samples:
        warn(
            "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped",
            UserWarning,
        )
    return min(size, n_samples)
