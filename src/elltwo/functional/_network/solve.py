"""Calls of the core, the same for one network and for many."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._network.raw import RawInfo
from elltwo.functional._network.state import NetworkState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._network.model import NetworkModel
    from elltwo.functional._network.options import NetworkOptions
    from elltwo.functional._network.raw import NetworkRows


class Solved(NamedTuple):
    """Networks, their records, and their states where they were fitted by mini-batches."""

    parameters: Float64Array  #: (networks, n_parameters)
    infos: Sequence[RawInfo]
    states: Sequence[NetworkState]

    @property
    def objectives(self) -> list[float]:
        """Objective of each network."""
        return [info.objective for info in self.infos]


def starts_of(model: NetworkModel, seed: int, n_starts: int) -> list[NetworkState]:
    """Return so many starts; number k is that of seed + k."""
    seeds = range(seed, seed + n_starts)
    return [NetworkState(_core.network_start(model, each), seed=each) for each in seeds]


def solve_networks(
    model: NetworkModel,
    problems: Sequence[NetworkRows],
    validation: Sequence[NetworkRows],
    starts: Sequence[NetworkState],
    options: NetworkOptions,
) -> Solved:
    """Fit networks from their starts, as many for each problem."""
    if not options.stochastic:
        begin = np.stack([start.parameters for start in starts])
        solve = _core.network_varpro if options.solver == "varpro" else _core.network_lbfgs
        parameters, infos = solve(model, list(problems), begin, options.of_all_rows)
        return Solved(parameters, [RawInfo(*info) for info in infos], ())
    raw, infos = _core.network_stochastic(
        model, list(problems), list(validation), list(starts), options.of_minibatches
    )
    states = [NetworkState(*state) for state in raw]
    each = len(starts) // len(problems)
    measured = [
        _measured(RawInfo(*info), state, model, problems[k // each], options.n_threads)
        for k, (info, state) in enumerate(zip(infos, states, strict=True))
    ]
    return Solved(np.stack([state.parameters for state in states]), measured, states)


def _measured(
    info: RawInfo, state: NetworkState, model: NetworkModel, rows: NetworkRows, n_threads: int
) -> RawInfo:
    """Return the record with the objective and its gradient at the end, in double precision."""
    there, _ = _core.network_objective(model, rows, state.parameters, False, n_threads)
    at = RawInfo(*there)
    return info._replace(
        objective=at.objective,
        loss=at.loss,
        gradient_norm=at.gradient_norm,
        optimality=at.optimality,
        tolerance=0.0,
        n_evaluations=info.n_evaluations + 1,
        in_double=True,
        n_threads=at.n_threads,
    )
