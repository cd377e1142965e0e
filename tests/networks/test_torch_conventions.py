"""A linear layer of torch, trained with all rows in every batch, ends at elltwo's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from networks import torch_or_skip

torch_or_skip()

import torch  # noqa: E402
from torch import nn  # noqa: E402

import elltwo  # noqa: E402
import linear_problem as problem  # noqa: E402
from elltwo.integrations.torch import param_groups, penalty  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from linear_problem import Array

pytestmark = pytest.mark.networks

N, OUTPUTS = problem.N, problem.OUTPUTS
PRECISION = {torch.float32: 1e-5, torch.float64: 1e-9}
each_type = pytest.mark.parametrize("dtype", PRECISION, ids=str)


def layer(outputs: int, dtype: torch.dtype) -> nn.Linear:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Linear(problem.P, outputs, dtype=dtype)


def weights(model: nn.Linear) -> Array:
    parts = [model.bias.detach().double().numpy()[None], model.weight.detach().double().numpy().T]
    return np.vstack(parts)


def train(
    model: nn.Linear,
    optimizer: torch.optim.Optimizer,
    loss: Callable[[torch.Tensor], torch.Tensor],
    steps: int = 400,
) -> None:
    X = torch.tensor(problem.X, dtype=model.weight.dtype)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(model(X)).backward()
        optimizer.step()


def squares(dtype: torch.dtype, reduction: str = "mean") -> Callable[[torch.Tensor], torch.Tensor]:
    criterion = nn.MSELoss(reduction=reduction)
    y = torch.tensor(problem.Y, dtype=dtype)
    return lambda scores: criterion(scores, y)


OPTIMIZERS: dict[str, tuple[type[torch.optim.Optimizer], dict[str, Any]]] = {
    "sgd": (torch.optim.SGD, {"lr": 0.3}),
    "momentum": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.8}),
    "nesterov": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.8, "nesterov": True}),
    "adam": (torch.optim.Adam, {"lr": 0.5, "eps": 1.0}),  # so large that it does not swing
}


@each_type
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_weight_decay_and_mse(kind: str, dtype: torch.dtype) -> None:
    """All parameters, so that the intercepts are penalised; momentum and Adam alike."""
    value = 0.4
    model = layer(OUTPUTS, dtype)
    make, options = OPTIMIZERS[kind]
    train(model, make(model.parameters(), weight_decay=value, **options), squares(dtype))
    penalized = elltwo.penalty_from("torch.weight_decay.mse", value, n_samples=N, n_outputs=OUTPUTS)
    assert penalized == {"alpha": value * N * OUTPUTS / 2, "penalize_intercept": True}
    expected = problem.ridge(penalized["alpha"], theta=True)
    assert problem.distance(weights(model), expected) < PRECISION[dtype]


@each_type
def test_without_the_factor_of_the_outputs_it_ends_elsewhere(dtype: torch.dtype) -> None:
    model = layer(OUTPUTS, dtype)
    groups = param_groups(model, 0.4)
    train(model, torch.optim.SGD(groups, lr=0.3), squares(dtype))
    convert: dict[str, Any] = {"from_": "torch.weight_decay.mse", "to": "ridge", "n_samples": N}
    right: Any = elltwo.convert_penalty(0.4, **convert, n_outputs=OUTPUTS)
    wrong: Any = elltwo.convert_penalty(0.4, **convert)
    assert problem.distance(weights(model), problem.ridge(right)) < PRECISION[dtype]
    assert problem.distance(weights(model), problem.ridge(wrong)) > 0.01


@each_type
def test_sums_over_the_batch(dtype: torch.dtype) -> None:
    model = layer(OUTPUTS, dtype)
    train(model, torch.optim.SGD(param_groups(model, 9.0), lr=0.3 / N), squares(dtype, "sum"))
    alpha: Any = elltwo.convert_penalty(
        9.0, from_="torch.weight_decay.sum_mse", to="ridge", n_samples=N, batch_size=N
    )
    assert problem.distance(weights(model), problem.ridge(alpha)) < PRECISION[dtype]


@each_type
@pytest.mark.parametrize("as_penalty", [False, True])
def test_mse_with_free_intercepts(as_penalty: bool, dtype: torch.dtype) -> None:
    """Elltwo's alpha as weight decay of the kernels, and as a term of the loss."""
    model, alpha = layer(OUTPUTS, dtype), 12.0
    value: Any = elltwo.convert_penalty(
        alpha, from_="ridge", to="torch.weight_decay.mse", n_samples=N, n_outputs=OUTPUTS
    )
    loss = squares(dtype)
    if as_penalty:
        l2 = penalty(model, alpha=alpha, n_samples=N, loss="mse", n_outputs=OUTPUTS)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
        train(model, optimizer, lambda scores: loss(scores) + l2())
    else:
        train(model, torch.optim.SGD(param_groups(model, value), lr=0.3), loss)
    assert problem.distance(weights(model), problem.ridge(alpha)) < PRECISION[dtype]


@each_type
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_cross_entropy(reduction: str, dtype: torch.dtype) -> None:
    model, alpha = layer(problem.CLASSES, dtype), 5.0
    labels = torch.tensor(problem.LABELS)
    criterion = nn.CrossEntropyLoss(reduction=reduction)
    name = "logistic" if reduction == "mean" else "sum_logistic"
    value: Any = elltwo.convert_penalty(
        alpha, from_="logistic", to=f"torch.weight_decay.{name}", n_samples=N, batch_size=N
    )
    rate = 0.5 if reduction == "mean" else 0.5 / N
    optimizer = torch.optim.SGD(param_groups(model, value), lr=rate, momentum=0.8)
    train(model, optimizer, lambda scores: criterion(scores, labels))
    X = torch.tensor(problem.X, dtype=dtype)
    found = model(X).softmax(dim=1).detach().double().numpy()
    assert problem.distance(found, problem.softmax(alpha)) < PRECISION[dtype]


@each_type
def test_binary_cross_entropy_averages_over_the_labels(dtype: torch.dtype) -> None:
    model, alpha = layer(OUTPUTS, dtype), 5.0
    signs = torch.tensor(problem.SIGNS, dtype=dtype)
    criterion = nn.BCEWithLogitsLoss()
    value: Any = elltwo.convert_penalty(
        alpha,
        from_="logistic",
        to="torch.weight_decay.binary_cross_entropy",
        n_samples=N,
        n_outputs=OUTPUTS,
    )
    optimizer = torch.optim.SGD(param_groups(model, value), lr=2.0, momentum=0.8)
    train(model, optimizer, lambda scores: criterion(scores, signs))
    assert problem.distance(weights(model), problem.sigmoids(alpha)) < PRECISION[dtype]


def test_coupled_and_decoupled_decay_have_the_same_name() -> None:
    """From w = 1 with rate 0.1, decay 0.5 and no gradient: 0.95 by AdamW, 0.90 by Adam."""
    ends = {}
    for make in (torch.optim.AdamW, torch.optim.Adam):
        w = nn.Parameter(torch.ones(1, dtype=torch.float64))
        w.grad = torch.zeros_like(w)
        make([w], lr=0.1, weight_decay=0.5).step()
        ends[make.__name__] = float(w.detach())
    assert ends["AdamW"] == pytest.approx(0.95, rel=1e-12)
    assert ends["Adam"] == pytest.approx(0.90, rel=1e-6)
