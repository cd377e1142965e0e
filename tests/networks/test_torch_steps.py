"""Closed forms of what steps of decay do, against steps of the real optimisers."""

from __future__ import annotations

from typing import Any

import pytest

from networks import torch_or_skip

torch_or_skip()

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.optim import lr_scheduler  # noqa: E402

from elltwo.integrations.torch import audit  # noqa: E402

pytestmark = pytest.mark.networks

DECOUPLED: dict[str, tuple[Any, dict[str, Any]]] = {
    "AdamW": (torch.optim.AdamW, {}),
    "AdamW amsgrad": (torch.optim.AdamW, {"amsgrad": True}),
    "SGD": (torch.optim.SGD, {}),
    **({"Muon": (torch.optim.Muon, {})} if hasattr(torch.optim, "Muon") else {}),
    **({"Adafactor": (torch.optim.Adafactor, {})} if hasattr(torch.optim, "Adafactor") else {}),
}


def kernel() -> tuple[nn.Module, nn.Parameter]:
    model = nn.Linear(2, 2, bias=False)
    with torch.no_grad():
        model.weight.fill_(1.0)
    model.weight.grad = torch.zeros_like(model.weight)
    return model, model.weight


@pytest.mark.parametrize("kind", DECOUPLED)
def test_a_step_without_gradient(kind: str) -> None:
    """1 - lr wd is left of a weight."""
    make, options = DECOUPLED[kind]
    model, weight = kernel()
    optimizer = make([weight], lr=0.02, weight_decay=0.7, **options)
    (steps,) = audit(model, optimizer, n_steps=1, ignore="vanishes").steps
    optimizer.step()
    assert steps.factor == pytest.approx(1.0 - 0.02 * 0.7, rel=1e-12)
    assert weight.detach().tolist() == [pytest.approx([steps.factor] * 2, rel=1e-5)] * 2


@pytest.mark.parametrize("options", [{"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}])
def test_momentum_has_no_such_factor(options: dict[str, Any]) -> None:
    model, weight = kernel()
    optimizer = torch.optim.SGD([weight], lr=0.02, weight_decay=0.7, **options)
    assert audit(model, optimizer, n_steps=3).steps == ()
    for _ in range(3):
        optimizer.step()
    assert weight[0, 0].item() < (1.0 - 0.02 * 0.7) ** 3 - 1e-3


SCHEDULES: dict[str, Any] = {
    "cosine": lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, 30),
    "one cycle": lambda optimizer: lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=40),
    "lambda": lambda optimizer: lr_scheduler.LambdaLR(optimizer, lambda step: 1.0 / (1 + step)),
    "warmup": lambda optimizer: lr_scheduler.SequentialLR(
        optimizer,
        [
            lr_scheduler.LinearLR(optimizer, 0.1, total_iters=5),
            lr_scheduler.ExponentialLR(optimizer, 0.9),
        ],
        milestones=[5],
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("done", [0, 7])
def test_a_run_of_a_schedule(name: str, done: int) -> None:
    """From its present state; the real schedule then gives the same product."""
    model, weight = kernel()
    optimizer = torch.optim.AdamW([weight], lr=0.05, weight_decay=0.3)
    schedule = SCHEDULES[name](optimizer)
    for _ in range(done):
        optimizer.step()
        schedule.step()
    (steps,) = audit(model, optimizer, schedule=schedule, n_steps=20).steps
    before, total, peak = weight[0, 0].item(), 0.0, 0.0
    for _ in range(20):
        rate = optimizer.param_groups[0]["lr"]
        total, peak = total + 0.3 * rate, max(peak, rate)
        optimizer.step()
        schedule.step()
    assert weight[0, 0].item() / before == pytest.approx(steps.factor, rel=1e-5)
    assert steps.total == pytest.approx(total, rel=1e-12)
    assert steps.peak_lr == pytest.approx(peak, rel=1e-12)


class Uncopied:
    """Something that a copy of a scheduler has no need of."""

    def __deepcopy__(self, _: object) -> None:
        raise AssertionError("copied")


def test_running_a_schedule_copies_no_parameters_and_states(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nn.Parameter, "__deepcopy__", Uncopied.__deepcopy__)
    model, weight = kernel()
    optimizer = torch.optim.AdamW([weight], lr=0.05, weight_decay=0.3)
    schedule = SCHEDULES["cosine"](optimizer)
    optimizer.step()
    optimizer.state[weight]["other"] = Uncopied()
    assert len(audit(model, optimizer, schedule=schedule, n_steps=3).steps) == 1


def test_every_group_has_its_own_rates() -> None:
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False))
    groups: list[dict[str, Any]] = [
        {"params": model[0].parameters(), "lr": 0.1},
        {"params": model[1].parameters(), "lr": 0.2, "weight_decay": 0.5},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.3)
    first, second = audit(model, optimizer, schedule=None, n_steps=2).steps
    assert (first.group, second.group) == ("group 0", "group 1")
    assert first.total == pytest.approx(2 * 0.1 * 0.3)
    assert second.total == pytest.approx(2 * 0.2 * 0.5)


def test_functions_and_sequences_of_rates() -> None:
    model, weight = kernel()
    optimizer = torch.optim.AdamW([weight], weight_decay=0.5)
    (by_function,) = audit(model, optimizer, schedule=lambda t: 0.1 / (1 + t), n_steps=3).steps
    (by_sequence,) = audit(model, optimizer, schedule=[0.1, 0.05, 0.1 / 3]).steps
    assert by_function == by_sequence


def test_schedules_that_cannot_be_run() -> None:
    model, weight = kernel()
    optimizer = torch.optim.AdamW([weight], lr=0.1, weight_decay=0.5)
    plateau = lr_scheduler.ReduceLROnPlateau(optimizer)
    with pytest.raises(TypeError, match="ReduceLROnPlateau depends on losses to come"):
        audit(model, optimizer, schedule=plateau, n_steps=3)
    cosine = lr_scheduler.CosineAnnealingLR(optimizer, 3)
    with pytest.raises(ValueError, match="n_steps is needed to run the schedule"):
        audit(model, optimizer, schedule=cosine)
    other = torch.optim.SGD([weight], lr=0.1)
    with pytest.raises(ValueError, match="schedule is one of another optimiser"):
        audit(model, other, schedule=cosine, n_steps=3)
    cycle = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=5)
    with pytest.raises(ValueError, match="schedule ends at step 6: Tried to step 6 times"):
        audit(model, optimizer, schedule=cycle, n_steps=9)
