"""When a pass is to form a Hessian, by counts alone: answers do not depend on measured times."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from elltwo.functional._logistic_passes.model import StepModel

_CHEAP_COLUMNS = 200  # of a Hessian that is formed wherever it may save a pass
RATE_OF_HESSIAN = 1e-3  # contraction that is expected of the first step with a Hessian


def is_cheap(n_outputs: int, n_columns: int) -> bool:
    """Whether a Hessian costs less than the pass that it is likely to save."""
    blocks = 1 if n_outputs == 1 else n_outputs + 1
    return n_columns * blocks <= _CHEAP_COLUMNS


def may_pay(model: StepModel) -> bool:
    """Whether a Hessian of all rows would be used, and is not known from the sample."""
    return not (model.is_blockwise or model.has_all_rows)


def saves_passes(optimality: float, rate: float, tol: float) -> bool:
    """Whether steps at a contraction `rate` would take a third pass from here."""
    return optimality * min(max(rate, 1e-6), 0.99) ** 2 > tol
