"""Strengths in two conventions, learning rates of a run, and what steps of decay amount to."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from elltwo.integrations._decay.rates import rates_of, read_steps
from elltwo.integrations._decay.steps import Run, decay_steps
from elltwo.integrations._decay.strength import (
    LOSSES,
    Scale,
    given_strength,
    read_divisor,
    read_strength,
)


@pytest.mark.parametrize("loss", LOSSES)
def test_alpha_there_and_back(loss: str) -> None:
    scale = Scale(loss, n_samples=60, n_outputs=5, batch_size=12)
    assert scale.alpha(scale.value(3.0, l2=False)) == pytest.approx(3.0, rel=1e-15)
    assert scale.value(3.0, l2=False) == pytest.approx(2.0 * scale.value(3.0, l2=True), rel=1e-15)


@pytest.mark.parametrize(
    ("loss", "alpha"),
    [
        ("mse", 0.2 * 60 * 5 / 2),  # (1/(60 * 5)) sum r^2 + 0.2/2 w^2
        ("cross_entropy", 0.2 * 60),  # (1/60) sum logloss + 0.2/2 w^2 against alpha/2 w^2
        ("mean", 0.2 * 60),
        ("binary_cross_entropy", 0.2 * 60 * 5),
        ("sum_mse", 0.2 * 5 / 2),  # batches of 12: five times the penalty in 60 rows
        ("sum_cross_entropy", 0.2 * 5),
    ],
)
def test_alpha_of_weight_decay(loss: str, alpha: float) -> None:
    scale = Scale(loss, n_samples=60, n_outputs=5, batch_size=12)
    assert scale.alpha(0.2) == pytest.approx(alpha, rel=1e-15)


def test_without_a_loss_there_is_no_alpha() -> None:
    assert math.isnan(Scale(n_samples=9).alpha(1.0))


@pytest.mark.parametrize(
    ("scale", "message"),
    [
        (Scale("hinge", 9), "loss must be one of mse, .* got 'hinge'"),
        (Scale("mse", 9), "averages over the outputs as well as over the rows: pass n_outputs"),
        (Scale("binary_crossentropy", 9), "pass n_outputs, 1 for a single output"),
        (Scale("mse", None, 1), "needs n_samples"),
        (Scale("sum_mse", 9), "needs batch_size"),
        (Scale("mse", 0, 1), "n_samples must be an integer"),
    ],
)
def test_what_alpha_needs(scale: Scale, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        scale.value(1.0, l2=True)


def test_the_frameworks_own_number_is_left_alone() -> None:
    assert given_strength(0.01, None, Scale(), "l2") == 0.01
    assert given_strength(None, 3.0, Scale("mse", 500, 3), "l2") == pytest.approx(0.002)


@pytest.mark.parametrize(
    ("value", "alpha", "scale", "error", "message"),
    [
        (None, None, Scale(), TypeError, "pass either l2 or alpha"),
        (0.1, 0.1, Scale(), TypeError, "pass either l2 or alpha"),
        (0.1, None, Scale(n_samples=4), TypeError, "n_samples converts alpha"),
        (-0.1, None, Scale(), ValueError, "l2 must be finite and not negative, got -0.1"),
        (math.nan, None, Scale(), ValueError, "l2 must be finite and not negative, got nan"),
        (math.inf, None, Scale(), ValueError, "l2 must be finite and not negative, got inf"),
        ("0.1", None, Scale(), TypeError, "l2 must be a number, got '0.1'"),
        (True, None, Scale(), TypeError, "l2 must be a number, got True"),
        (None, -1.0, Scale("mse", 5, 1), ValueError, "alpha must be finite and not negative"),
        (None, 1.0, Scale(), ValueError, "loss must be one of"),
    ],
)
def test_bad_strengths(
    value: Any,  # noqa: ANN401
    alpha: Any,  # noqa: ANN401
    scale: Scale,
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error, match=message):
        given_strength(value, alpha, scale, "l2")


def test_numpy_numbers_are_numbers() -> None:
    assert read_strength(np.float32(0.5), "l2") == 0.5
    assert read_strength(np.int64(2), "l2") == 2.0


def test_fully_decoupled_strengths_are_divided_by_the_peak_rate() -> None:
    assert read_divisor(True, 1e-3) == 1e-3
    assert read_divisor(False, None) == 1.0
    for given in ((True, None), (False, 1e-3)):
        with pytest.raises(TypeError, match="fully_decoupled=True and peak_lr go together"):
            read_divisor(*given)
    with pytest.raises(ValueError, match="peak_lr must be positive"):
        read_divisor(True, 0.0)
    with pytest.raises(TypeError, match="fully_decoupled must be a bool, got 1"):
        read_divisor(1, 0.1)


def test_steps_of_decay() -> None:
    rates = [0.1, 0.2, 0.05]
    steps = decay_steps("g", 0.5, rates, Run(n_samples=100, batch_size=20, has_steps=True))
    assert steps.peak_lr == 0.2
    assert steps.memory_steps == pytest.approx(10.0)
    assert steps.memory_epochs == pytest.approx(2.0)
    assert steps.total == pytest.approx(0.175)
    weight = 1.0
    for rate in rates:
        weight -= rate * 0.5 * weight
    assert steps.factor == pytest.approx(weight, rel=1e-15)


def test_without_a_run_there_is_the_memory_alone() -> None:
    steps = decay_steps("g", 0.5, [0.2], Run())
    assert steps.memory_steps == pytest.approx(10.0)
    assert all(math.isnan(value) for value in (steps.memory_epochs, steps.total, steps.factor))
    assert decay_steps("g", 0.5, [0.0], Run()).memory_steps == math.inf


def test_rates() -> None:
    assert rates_of(None, 0.1, None) == [0.1]
    assert rates_of(None, 0.1, 3) == [0.1] * 3
    assert rates_of(lambda step: 1.0 / (1 + step), 0.1, 2) == [1.0, 0.5]
    assert rates_of([0.3, 0.2], 0.1, None) == [0.3, 0.2]
    assert rates_of(np.array([0.3, 0.2]), 0.1, 2) == [0.3, 0.2]
    assert read_steps(None) is None


@pytest.mark.parametrize(
    ("schedule", "n_steps", "error", "message"),
    [
        (lambda _: 0.1, None, ValueError, "n_steps is needed"),
        (lambda _: math.nan, 2, ValueError, "finite learning rates .* got nan for step 0"),
        ([0.1, -0.1], None, ValueError, "got -0.1 for step 1"),
        ([], None, ValueError, "no learning rates"),
        ([0.1], 2, ValueError, "1 learning rates for n_steps=2"),
        ("cosine", 2, TypeError, "schedule must be .* got 'cosine'"),
        (0.1, 2, TypeError, "schedule must be .* got 0.1"),
    ],
)
def test_bad_schedules(
    schedule: Any,  # noqa: ANN401
    n_steps: int | None,
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error, match=message):
        rates_of(schedule, 0.1, n_steps)


def test_number_of_steps_is_checked() -> None:
    with pytest.raises(ValueError, match="n_steps must be an integer"):
        read_steps(0)
