"""Learning rates that a scheduler of torch will give, without a step of the real one."""

from __future__ import annotations

import copy
import warnings
from typing import TYPE_CHECKING, Any

import torch

from elltwo.integrations._decay.rates import check_rates, rates_of

if TYPE_CHECKING:
    from torch.optim import Optimizer
    from torch.optim.lr_scheduler import LRScheduler


def group_rates(
    optimizer: Optimizer,
    schedule: Any,  # noqa: ANN401  # a scheduler, a function or a sequence
    n_steps: int | None,
) -> list[list[float]]:
    """Return the learning rates of every group, one for each step from now on."""
    if isinstance(schedule, torch.optim.lr_scheduler.ReduceLROnPlateau):
        raise TypeError(
            "ReduceLROnPlateau depends on losses to come: pass a sequence of learning rates"
        )
    if isinstance(schedule, torch.optim.lr_scheduler.LRScheduler):
        return _run(schedule, optimizer, n_steps)
    present = [float(group.get("lr", 0.0)) for group in optimizer.param_groups]
    return [rates_of(schedule, rate, n_steps) for rate in present]


def _run(scheduler: LRScheduler, optimizer: Optimizer, n_steps: int | None) -> list[list[float]]:
    if scheduler.optimizer is not optimizer:
        raise ValueError("schedule is one of another optimiser")
    if n_steps is None:
        raise ValueError("n_steps is needed to run the schedule: the steps still to come")
    twin = _twin(scheduler)
    rates = []
    with warnings.catch_warnings():  # of steps of a scheduler without those of its optimiser
        warnings.simplefilter("ignore")
        for step in range(n_steps):
            rates.append([float(group["lr"]) for group in twin.optimizer.param_groups])
            if step + 1 < n_steps:
                _step(twin, step + 1)
    return [check_rates(list(group)) for group in zip(*rates, strict=True)]


def _step(scheduler: LRScheduler, number: int) -> None:
    try:
        scheduler.step()
    except ValueError as error:
        raise ValueError(f"schedule ends at step {number}: {error}") from error


def _twin(scheduler: LRScheduler) -> LRScheduler:
    """Copy a scheduler and its optimiser, but neither parameters nor their states."""
    memo: dict[int, Any] = {}
    for group in scheduler.optimizer.param_groups:
        for parameter in group["params"]:
            memo[id(parameter)] = torch.zeros(1)
    for state in scheduler.optimizer.state.values():
        memo[id(state)] = {}
    return copy.deepcopy(scheduler, memo)
