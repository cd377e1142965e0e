"""The audit of a module: every seeded fault is found, and nothing in a clean model."""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from networks import torch_or_skip

torch_or_skip()

import torch  # noqa: E402
from torch import nn  # noqa: E402

import torch_zoo as zoo  # noqa: E402
from elltwo.integrations.torch import audit, param_groups, penalty  # noqa: E402

if TYPE_CHECKING:
    from elltwo.integrations import PenaltyAudit

pytestmark = pytest.mark.networks

SCALE: dict[str, Any] = {"loss": "mean", "n_samples": 600, "batch_size": 20}


def adamw(model: nn.Module, **options: Any) -> torch.optim.Optimizer:  # noqa: ANN401
    return torch.optim.AdamW(param_groups(model, 0.05), **{"lr": 1e-2, **options})


def codes(report: PenaltyAudit) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.code, finding.names) for finding in report.findings]


@pytest.mark.parametrize("kind", ["mlp", "block", "lstm", "frozen_body"])
def test_clean(kind: str) -> None:
    model = zoo.ZOO[kind]()
    report = audit(model, adamw(model), n_steps=1000, **SCALE)
    assert codes(report) == []
    decayed = [row.name for row in report.rows if row.how == "decoupled"]
    assert decayed == zoo.DECAYED[kind].split()
    assert [row.name for row in report.rows] == [name for name, _ in model.named_parameters()]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("cnn", [("scale-free", ("0.weight",))]),
        ("weight_norm", [("scale-free", ("0.parametrizations.weight.original1",))]),
        ("language", [("tied", ("wte.weight", "lm_head.weight"))]),
    ],
)
def test_what_the_rules_leave_to_be_known(
    kind: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    model = zoo.ZOO[kind]()
    assert codes(audit(model, adamw(model))) == expected
    assert codes(audit(model, adamw(model), ignore=[code for code, _ in expected])) == []


def test_everything_decayed() -> None:
    model = zoo.Block()
    report = audit(model, torch.optim.AdamW(model.parameters(), weight_decay=0.1))
    found = dict(codes(report))
    assert set(found) == {"bias", "norm"}
    assert found["norm"] == ("ln_1.weight", "ln_2.weight")
    assert " ".join(sorted((*found["bias"], *found["norm"]))) == " ".join(
        sorted(zoo.NOT_DECAYED["block"].split())
    )


def test_twice() -> None:
    model = zoo.mlp()
    report = audit(model, adamw(model), penalty=penalty(model, 1e-3, no_decay="0"))
    assert ("twice", ("3.weight",)) in codes(report)
    assert [row.how for row in report.rows if row.name == "3.weight"] == ["loss", "decoupled"]
    assert ("coupled-adaptive", ("3.weight",)) in codes(report)


def test_missing_in_the_optimiser() -> None:
    model = zoo.mlp()
    report = audit(model, torch.optim.SGD(model[3].parameters(), lr=0.1))
    assert codes(report) == [("lost", ("0.weight", "0.bias", "2.weight"))]
    rebuilt = zoo.mlp()  # an optimiser of a model that was replaced
    assert dict(codes(audit(rebuilt, torch.optim.SGD(model.parameters(), lr=0.1)))) == {
        "lost": tuple(name for name, _ in rebuilt.named_parameters())
    }


def test_without_gradient() -> None:
    model = nn.ModuleDict({"used": nn.Linear(2, 1), "idle": nn.Linear(2, 1)})
    optimizer = adamw(model)
    assert codes(audit(model, optimizer)) == []
    model["used"](torch.ones(3, 2)).sum().backward()
    assert codes(audit(model, optimizer)) == [("lost", ("idle.weight",))]
    before = model["idle"].weight.detach().clone()
    optimizer.step()
    assert torch.equal(before, model["idle"].weight)


def test_frozen_in_a_group() -> None:
    model = zoo.mlp()
    optimizer = adamw(model)
    model[0].requires_grad_(False)
    report = audit(model, optimizer)
    assert codes(report) == [("frozen", ("0.weight",))]
    assert [row.share for row in report.rows if row.name == "3.weight"] == [1.0]


@pytest.mark.parametrize(
    ("make", "adaptive"),
    [
        (torch.optim.Adam, True),
        (torch.optim.NAdam, True),
        (torch.optim.RAdam, True),
        (torch.optim.RMSprop, True),
        (torch.optim.Adagrad, True),
        (torch.optim.Adadelta, True),
        (torch.optim.Adamax, True),
        (torch.optim.SGD, False),
    ],
)
def test_coupled(make: Any, adaptive: bool) -> None:  # noqa: ANN401
    model = zoo.mlp()
    report = audit(model, make(param_groups(model, 0.1), lr=0.1), **SCALE)
    assert [code for code, _ in codes(report)] == ["coupled-adaptive"] * adaptive
    assert [row.how for row in report.rows if row.value] == ["coupled"] * 2
    assert [row.alpha for row in report.rows if row.value] == pytest.approx([60.0] * 2)


@pytest.mark.parametrize("make", [torch.optim.Adam, torch.optim.NAdam, torch.optim.RAdam])
def test_decoupled_by_option(make: Any) -> None:  # noqa: ANN401
    model = zoo.mlp()
    try:
        optimizer = make(param_groups(model, 0.1), decoupled_weight_decay=True)
    except TypeError:
        pytest.skip(f"{make.__name__} of this release has no such option")
    report = audit(model, optimizer)
    assert {row.how for row in report.rows} == {"none", "decoupled"}
    assert codes(report) == []


def test_batch_norm_after_a_convolution_in_a_module() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(1, 4, 3)
            self.bn1 = nn.BatchNorm2d(4)
            self.conv2 = nn.Conv2d(4, 5, 3)
            self.bn9 = nn.BatchNorm2d(4)

    model = Net()
    assert codes(audit(model, adamw(model))) == [("scale-free", ("conv1.weight",))]


def test_scale_free_kernels_are_so() -> None:
    """The claim itself: the output does not change when the kernel is doubled."""
    model = zoo.cnn().train()
    x = torch.randn(4, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    before = model(x)
    with torch.no_grad():
        model[0].weight *= 2.0
    torch.testing.assert_close(model(x), before, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("lr", "expected"), [(1e-6, ["vanishes"]), (1e-2, []), (1.0, ["dominates"])]
)
def test_decay_over_the_run(lr: float, expected: list[str]) -> None:
    model = zoo.mlp()
    report = audit(model, adamw(model, lr=lr), n_steps=1000, **SCALE)
    assert codes(report) == [(code, ("decay",)) for code in expected]


def test_memory() -> None:
    model = zoo.mlp()
    (steps,) = audit(model, adamw(model), **SCALE).steps
    assert steps.memory_steps == pytest.approx(1.0 / (1e-2 * 0.05))
    assert steps.memory_epochs == pytest.approx(steps.memory_steps * 20 / 600)
    assert math.isnan(steps.factor)


def test_nothing_is_changed() -> None:
    model = zoo.Language()
    optimizer = adamw(model)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 50)
    model(torch.zeros(2, 5, dtype=torch.long)).square().sum().backward()
    optimizer.step()
    schedule.step()
    tensors = [*model.state_dict().values(), *(p.grad for p in model.parameters())]
    before = copy.deepcopy((tensors, optimizer.state_dict(), schedule.state_dict()))
    audit(model, optimizer, schedule=schedule, n_steps=40, **SCALE).summary()
    for ours, theirs in zip(tensors, before[0], strict=True):
        assert torch.equal(ours, theirs)
    assert repr(optimizer.state_dict()) == repr(before[1])
    assert repr(schedule.state_dict()) == repr(before[2])


def test_local_penalties_are_those_of_the_state() -> None:
    """At m = -wd (sqrt(v) + eps) w a step of AdamW leaves a weight where it is."""
    w = nn.Parameter(torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64))
    model = nn.Module()
    model.kernel = w
    optimizer = torch.optim.AdamW([w], lr=1e-3, weight_decay=0.3, eps=1e-3)
    for scale in (1.0, 2.0):
        w.grad = torch.tensor([0.3, 4.0, 1.0], dtype=torch.float64) * scale
        optimizer.step()
    report = audit(model, optimizer, loss="mean", n_samples=100, ignore="coupled-adaptive")
    (local,) = report.local
    state = optimizer.state[w]
    beta1, beta2 = 0.9, 0.999
    root = (state["exp_avg_sq"] / (1.0 - beta2**2)).sqrt() + 1e-3
    lambdas = 0.3 * root
    assert local.median == pytest.approx(float(np.median(lambdas)), rel=1e-12)
    assert local.low == pytest.approx(float(np.quantile(lambdas, 0.05)), rel=1e-12)
    assert local.alpha == pytest.approx(100 * local.median)
    # with gradient 0 next and the running mean such that its corrected value is -lambda w
    v = beta2 * state["exp_avg_sq"] / (1.0 - beta2**3)
    wanted = -0.3 * (v.sqrt() + 1e-3) * w.detach()
    state["exp_avg"].copy_(wanted * (1.0 - beta1**3) / beta1)
    w.grad = torch.zeros_like(w)
    before = w.detach().clone()
    optimizer.step()
    torch.testing.assert_close(w.detach(), before, rtol=1e-12, atol=0.0)


def test_without_optimiser_there_are_the_rules() -> None:
    report = audit(zoo.Block())
    assert {row.how for row in report.rows} == {"none"}
    decayed = [row.name for row in report.rows if row.reason.startswith("decayed: ")]
    assert decayed == zoo.DECAYED["block"].split()


class Lion(torch.optim.Optimizer):
    """An optimiser that torch does not have."""

    def __init__(self, groups: Any) -> None:  # noqa: ANN401
        super().__init__(groups, {"lr": 0.1, "weight_decay": 0.0})


@pytest.mark.parametrize(("decoupled", "how"), [(True, "decoupled"), (False, "coupled")])
def test_optimisers_that_are_not_known(decoupled: bool, how: str) -> None:
    model = zoo.mlp()
    optimizer = Lion(param_groups(model, 0.1))
    with pytest.raises(ValueError, match=r"Lion is not an optimiser of torch, .* pass decoupled="):
        audit(model, optimizer)
    report = audit(model, optimizer, decoupled=decoupled)
    assert {row.how for row in report.rows if row.value} == {how}


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"loss": "mse", "n_samples": 9}, ValueError, "pass n_outputs"),
        ({"loss": "mean"}, ValueError, "needs n_samples"),
        ({"loss": "huber", "n_samples": 9}, ValueError, "loss must be one of"),
        ({"n_steps": 0}, ValueError, "n_steps must be an integer"),
        ({"ignore": "biases"}, ValueError, "ignore must hold codes"),
        ({"penalty": 0.1}, TypeError, r"penalty must be what penalty\(\) returns, got float"),
        ({"schedule": "cosine"}, TypeError, "schedule must be"),
    ],
)
def test_bad_input(options: dict[str, Any], error: type[Exception], message: str) -> None:
    model = zoo.mlp()
    with pytest.raises(error, match=message):
        audit(model, torch.optim.SGD(param_groups(model, 0.1), lr=0.1), **options)


def test_what_is_no_model_or_optimiser() -> None:
    with pytest.raises(TypeError, match="optimizer must be one of torch, with groups, got float"):
        audit(zoo.mlp(), 0.1)
    with pytest.raises(ValueError, match="the lazy layer '1'"):
        audit(zoo.lazy())
