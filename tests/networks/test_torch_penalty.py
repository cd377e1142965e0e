"""The penalty on a module as a term of its loss."""

from __future__ import annotations

from typing import Any

import pytest

from networks import torch_or_skip

torch_or_skip()

import torch  # noqa: E402
from torch import nn  # noqa: E402

import torch_zoo as zoo  # noqa: E402
from elltwo.integrations.torch import penalty  # noqa: E402

pytestmark = pytest.mark.networks


@pytest.mark.parametrize("kind", zoo.ZOO)
def test_value_and_gradient(kind: str) -> None:
    """The gradient is 2 l2 w on what is decayed, nothing on the rest."""
    model = zoo.ZOO[kind]().double()
    total = penalty(model, 0.3)()
    total.backward()
    names = zoo.DECAYED[kind].split()
    parameters = dict(model.named_parameters())
    expected = sum(0.3 * float(parameters[name].detach().square().sum()) for name in names)
    assert float(total.detach()) == pytest.approx(expected, rel=1e-13)
    for name, tensor in parameters.items():
        if name in names:
            torch.testing.assert_close(tensor.grad, 0.6 * tensor.detach(), rtol=1e-13, atol=0.0)
        else:
            assert tensor.grad is None


def test_second_derivatives() -> None:
    model = nn.Linear(2, 2, dtype=torch.float64)
    l2 = penalty(model, 0.3)
    weight = model.weight

    def value(w: torch.Tensor) -> torch.Tensor:
        return 0.3 * w.square().sum()

    (first,) = torch.autograd.grad(l2(), weight, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), weight)
    torch.testing.assert_close(second, torch.full_like(second, 0.6))
    assert torch.autograd.gradcheck(value, (weight,))


def test_present_values_count_and_what_is_frozen_since_does_not() -> None:
    model = zoo.mlp()
    l2 = penalty(model, 1.0)
    with torch.no_grad():
        for tensor in model.parameters():
            tensor.fill_(1.0)
    assert float(l2().detach()) == 24.0 + 12.0
    model[0].requires_grad_(False)
    assert float(l2().detach()) == 12.0
    model.requires_grad_(False)
    with pytest.raises(ValueError, match="all parameters of the penalty are frozen"):
        l2()


def test_terms_by_layer_in_the_order_of_the_model() -> None:
    l2 = penalty(zoo.Block(), 0.1, per_layer={"mlp.2": 0.5, "attn": 0.0}, decay="mlp.2.bias")
    assert [(term.name, term.l2) for term in l2.terms] == [
        ("attn.in_proj_weight", 0.0),
        ("attn.out_proj.weight", 0.0),
        ("mlp.0.weight", 0.1),
        ("mlp.2.weight", 0.5),
        ("mlp.2.bias", 0.5),
    ]
    assert repr(l2).startswith("<penalty on attn.in_proj_weight, ")


def test_alpha_of_all_layers() -> None:
    l2 = penalty(zoo.mlp(), alpha=6.0, n_samples=30, loss="mse", n_outputs=2, per_layer={"3": 12.0})
    assert [term.l2 for term in l2.terms] == pytest.approx([0.1, 0.2])
    summed = penalty(zoo.mlp(), alpha=6.0, n_samples=30, loss="sum_mse", batch_size=10)
    assert [term.l2 for term in summed.terms] == pytest.approx([2.0, 2.0])


def test_zero_is_a_strength() -> None:
    assert float(penalty(zoo.mlp(), 0.0)().detach()) == 0.0


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, TypeError, "pass either l2 or alpha"),
        ({"l2": -1.0}, ValueError, "l2 must be finite and not negative"),
        ({"l2": float("nan")}, ValueError, "l2 must be finite and not negative"),
        ({"l2": 0.1, "loss": "mse"}, TypeError, "loss converts alpha"),
        ({"alpha": 1.0, "loss": "mse", "n_samples": 9}, ValueError, "pass n_outputs"),
        ({"l2": 0.1, "no_decay": "*"}, ValueError, r"no parameter .* \(Sequential\) is penalised"),
        ({"l2": 0.1, "per_layer": {"head": 1.0}}, ValueError, "'head' matches no parameter"),
    ],
)
def test_bad_input(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        penalty(zoo.mlp(), **options)
