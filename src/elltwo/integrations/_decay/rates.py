"""Learning rates of a run, from what the caller has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.options import count

if TYPE_CHECKING:
    from collections.abc import Callable


def read_steps(n_steps: object) -> int | None:
    """Check the number of steps."""
    return None if n_steps is None else count(n_steps, "n_steps", minimum=1)


def rates_of(schedule: Any, present: float, n_steps: int | None) -> list[float]:  # noqa: ANN401
    """Return the learning rate of each step; without steps, the present one alone.

    `schedule` is None for a constant rate, a function of the number of the step, or a sequence.
    """
    if schedule is None:
        return [present] * (n_steps or 1)
    if callable(schedule):
        return _evaluate(schedule, n_steps)
    if isinstance(schedule, str) or not isinstance(schedule, Sequence | np.ndarray):
        raise TypeError(
            "schedule must be a scheduler, a function of the step, or a sequence of learning "
            f"rates, got {schedule!r}"
        )
    rates = [float(rate) for rate in schedule]
    if n_steps is not None and len(rates) != n_steps:
        raise ValueError(f"schedule has {len(rates)} learning rates for n_steps={n_steps}")
    return check_rates(rates)


def _evaluate(schedule: Callable[[int], Any], n_steps: int | None) -> list[float]:
    if n_steps is None:
        raise ValueError("n_steps is needed to evaluate the schedule: the steps of the run")
    return check_rates([float(schedule(step)) for step in range(n_steps)])


def check_rates(rates: list[float]) -> list[float]:
    """Check that learning rates are there, finite and not negative."""
    values = np.asarray(rates)
    if values.size == 0:
        raise ValueError("schedule has no learning rates")
    wrong = ~(np.isfinite(values) & (values >= 0.0))
    if wrong.any():
        step = int(wrong.argmax())
        raise ValueError(
            f"schedule must give finite learning rates that are not negative, got {rates[step]} "
            f"for step {step}"
        )
    return rates
