"""What steps of decay do to a weight: closed forms of products over a run.

A decoupled step multiplies a weight by ``1 - lr_t wd_t`` before anything else.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.record_parts import public

if TYPE_CHECKING:
    from collections.abc import Sequence


@public("elltwo.integrations")
class DecaySteps(NamedTuple):
    """What the decay of one group of parameters amounts to over the steps of a run.

    Parameters
    ----------
    group : str
        Name of the group, or of the optimiser.
    weight_decay : float
        Strength as the optimiser has it.
    peak_lr : float
        Largest learning rate of the run, or the present one.
    memory_steps : float
        ``1 / (peak_lr * weight_decay)``: steps after which a gradient has lost all but 1/e of its
        weight (Wang and Aitchison 2024, section 2); the weights are a moving average over as many.
    memory_epochs : float
        The same in passes over the data, NaN without `n_samples` and `batch_size`.
    total : float
        Sum of lr * weight_decay over the run, NaN without the number of steps.
    factor : float
        Product of ``1 - lr_t * weight_decay`` over the run: what would be left of a weight without
        gradients. NaN without the number of steps.
    """

    group: str
    weight_decay: float
    peak_lr: float
    memory_steps: float
    memory_epochs: float
    total: float
    factor: float


class Run(NamedTuple):
    """Length of a run, as far as it is known."""

    n_samples: int | None = None
    batch_size: int | None = None
    has_steps: bool = False


def decay_steps(group: str, weight_decay: float, rates: Sequence[float], run: Run) -> DecaySteps:
    """Sum up the decay over learning rates, of each step or, without steps, the present one."""
    lr = np.asarray(rates, dtype=np.float64)
    peak = float(lr.max())
    product = peak * weight_decay
    memory = 1.0 / product if product > 0.0 else math.inf
    epochs = math.nan
    if run.n_samples is not None and run.batch_size is not None:
        epochs = memory * run.batch_size / run.n_samples
    total = factor = math.nan
    if run.has_steps:
        total = float(lr.sum() * weight_decay)
        factor = float(np.prod(1.0 - lr * weight_decay))
    return DecaySteps(group, weight_decay, peak, memory, epochs, total, factor)


@public("elltwo.integrations")
class LocalPenalty(NamedTuple):
    """The L2 penalty with the same stationary point as decoupled decay, at this moment.

    With Adam's running second moment v_j, decay leaves a weight in place where the mean gradient is
    ``-weight_decay (sqrt(v_j) + eps) w_j``, which a penalty of ``lambda_j / 2 w_j^2`` beside the
    loss does for ``lambda_j = weight_decay (sqrt(v_j) + eps)``. It is local and no objective: v
    changes with the weights.

    Parameters
    ----------
    name : str
        Name of the parameter.
    low, median, high : float
        Quantiles 0.05, 0.5 and 0.95 of lambda_j over its entries.
    alpha : float
        elltwo's alpha of the median, NaN if no loss is given.
    """

    name: str
    low: float
    median: float
    high: float
    alpha: float
