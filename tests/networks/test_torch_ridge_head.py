"""Ridge regression as a differentiable layer of torch."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import numpy as np
import pytest

import elltwo
from networks import torch_or_skip

torch_or_skip()

import torch  # noqa: E402

from elltwo.integrations.torch import RidgeHead  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.networks

# Leading dimensions, rows and features: wide, tall, square, and one row.
SHAPES = [(3, 4, 7), (2, 2, 9, 3), (5, 5), (1, 3)]


def problem(
    shape: tuple[int, ...], n_targets: int, dtype: torch.dtype = torch.float64
) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(sum(shape))
    X = torch.randn(*shape, generator=generator, dtype=torch.float64)
    Y = torch.randn(*shape[:-1], n_targets, generator=generator, dtype=torch.float64)
    return X.to(dtype).requires_grad_(), Y.to(dtype).requires_grad_()


def by_hand(
    X: torch.Tensor, Y: torch.Tensor, alpha: float, *, fit_intercept: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """The primal system, in torch alone."""
    x_mean = X.mean(-2, keepdim=True) * fit_intercept
    y_mean = Y.mean(-2, keepdim=True) * fit_intercept
    Xc, Yc = X - x_mean, Y - y_mean
    system = Xc.mT @ Xc + alpha * torch.eye(X.shape[-1], dtype=X.dtype)
    coef = torch.linalg.solve(system, Xc.mT @ Yc)
    return coef, y_mean - x_mean @ coef


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("n_targets", [1, 2])
@pytest.mark.parametrize("shape", SHAPES)
def test_gradcheck(shape: tuple[int, ...], n_targets: int, fit_intercept: bool) -> None:
    X, Y = problem(shape, n_targets)
    head = RidgeHead(0.7, fit_intercept=fit_intercept)
    log_alpha = torch.tensor(-0.3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(fit_with(head), (X, Y, log_alpha))


def fit_with(head: RidgeHead) -> Callable[..., tuple[torch.Tensor, torch.Tensor]]:
    """The fit as a function of everything that it depends on."""

    def fit(
        X: torch.Tensor, Y: torch.Tensor, log_alpha: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        head.log_alpha = log_alpha
        return head.fit(X, Y)

    return fit


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_fits_and_gradients_are_those_by_hand(shape: tuple[int, ...], fit_intercept: bool) -> None:
    X, Y = problem(shape, 2)
    head = RidgeHead(1.5, fit_intercept=fit_intercept)
    coef, intercept = head.fit(X, Y)
    wanted = by_hand(X, Y, 1.5, fit_intercept=fit_intercept)
    torch.testing.assert_close(coef, wanted[0], rtol=1e-11, atol=1e-12)
    torch.testing.assert_close(intercept, wanted[1], rtol=1e-11, atol=1e-12)
    mine = torch.autograd.grad(coef.square().sum() + intercept.sin().sum(), (X, Y))
    theirs = torch.autograd.grad(wanted[0].square().sum() + wanted[1].sin().sum(), (X, Y))
    for one, other in zip(mine, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-10)


def test_fits_are_those_of_ridge_batch() -> None:
    X, Y = problem((30, 25, 64), 5)
    coef, intercept = RidgeHead(2.0).fit(X, Y)
    fit = elltwo.ridge_batch(X.detach().numpy(), Y.detach().numpy(), alpha=2.0)
    np.testing.assert_allclose(coef.detach().mT.numpy(), fit.coef, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(intercept.detach()[:, 0].numpy(), fit.intercept, rtol=1e-10)


def test_float32_is_accurate() -> None:
    X, Y = problem((20, 25, 64), 5, dtype=torch.float32)
    coef, _ = RidgeHead(1e-3).fit(X, Y)
    exact, _ = by_hand(X.double(), Y.double(), 1e-3, fit_intercept=True)
    assert coef.dtype == torch.float32
    torch.testing.assert_close(coef.double(), exact, rtol=0.0, atol=1e-6)
    coef.square().sum().backward()
    assert X.grad.dtype == Y.grad.dtype == torch.float32


def test_other_types_are_solved_by_torch() -> None:
    X, Y = problem((4, 6, 3), 2)
    coef, intercept = RidgeHead(1.5).fit(X.bfloat16(), Y.bfloat16())
    wanted, shift = by_hand(X, Y, 1.5, fit_intercept=True)
    assert coef.dtype == intercept.dtype == torch.bfloat16
    torch.testing.assert_close(coef.double(), wanted, rtol=0.05, atol=0.05)
    torch.testing.assert_close(intercept.double(), shift, rtol=0.05, atol=0.05)


def test_predictions_and_a_step_of_alpha() -> None:
    X, Y = problem((8, 5, 4), 3)
    query, _ = problem((8, 2, 4), 3)
    head = RidgeHead(3.0, learn_alpha=True)
    optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
    found = head(X, Y, query)
    coef, intercept = head.fit(X, Y)
    torch.testing.assert_close(found, query @ coef + intercept)
    found.square().mean().backward()
    slope = head.log_alpha.grad.item()
    h = 1e-5
    sides = [
        RidgeHead(3.0 * float(np.exp(step)))(X, Y, query).square().mean().item() for step in (h, -h)
    ]
    assert slope == pytest.approx((sides[0] - sides[1]) / (2 * h), rel=1e-6)
    optimizer.step()
    assert head.alpha.item() != pytest.approx(3.0)


def test_without_gradients_nothing_is_kept() -> None:
    X, Y = problem((3, 4, 7), 2)
    with torch.no_grad():
        coef, _ = RidgeHead(2.0).fit(X, Y)
    assert not coef.requires_grad


def test_state_and_pickles() -> None:
    head = RidgeHead(2.0, learn_alpha=True)
    other = RidgeHead(1.0, learn_alpha=True)
    other.load_state_dict(head.state_dict())
    assert other.alpha.item() == pytest.approx(2.0)
    assert pickle.loads(pickle.dumps(head)).alpha.item() == pytest.approx(2.0)
    assert "alpha=2" in repr(head)
    assert not list(RidgeHead(2.0).parameters())


@pytest.mark.parametrize("alpha", [0.0, -1.0, float("nan"), float("inf")])
def test_alpha_must_be_positive(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha must be positive and finite"):
        RidgeHead(alpha)


def test_bad_shapes_types_and_values() -> None:
    X, Y = problem((3, 4, 7), 2)
    head = RidgeHead()
    with pytest.raises(ValueError, match="X and Y must have the shapes"):
        head.fit(X, Y[0])
    with pytest.raises(ValueError, match="at least one row"):
        head.fit(X[:, :0], Y[:, :0])
    with pytest.raises(TypeError, match="one floating type"):
        head.fit(X.float(), Y)
    gap = X.detach().clone()
    gap[1, 2, 3] = torch.nan
    with pytest.raises(ValueError, match="X of problem 1"):
        head.fit(gap, Y)


@pytest.mark.parametrize("fit_intercept", [False, True])
@pytest.mark.parametrize("shape", SHAPES[:3])
def test_gradients_have_gradients(shape: tuple[int, ...], fit_intercept: bool) -> None:
    X, Y = problem(shape, 2)
    query = problem(shape, 1)[0].detach()
    head = RidgeHead(0.7, fit_intercept=fit_intercept, learn_alpha=True)

    def predictions(X: torch.Tensor, Y: torch.Tensor, log_alpha: torch.Tensor) -> torch.Tensor:
        return torch.func.functional_call(head, {"log_alpha": log_alpha}, (X, Y, query))

    assert torch.autograd.gradgradcheck(predictions, (X, Y, head.log_alpha))
    # A loss that is linear in the predictions: its derivative by them needs no gradient.
    (first,) = torch.autograd.grad(head(X, Y, query).sum(), X, create_graph=True)
    assert first.requires_grad
    (plain,) = torch.autograd.grad(head(X, Y, query).sum(), X)
    torch.testing.assert_close(first.detach(), plain)


def test_second_gradients_of_some_arguments_alone() -> None:
    X, Y = problem((4, 3), 1, torch.float32)
    out = RidgeHead(0.5)(X.detach(), Y, X.detach())
    (first,) = torch.autograd.grad(out.square().sum(), Y, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), Y)
    assert second.dtype == torch.float32
    assert bool(second.abs().sum() > 0.0)


@pytest.mark.parametrize("alpha", ["1", None, True])
def test_alpha_must_be_a_number(alpha: object) -> None:
    with pytest.raises(TypeError, match="alpha must be a number"):
        RidgeHead(alpha)  # type: ignore[arg-type]


def test_queries_and_arrays_are_named() -> None:
    X, Y = problem((2, 6, 3), 1)
    with pytest.raises(ValueError, match=r"query must have the shape \(\.\.\., n_queries, 3\)"):
        RidgeHead()(X, Y, X[..., :2])
    with pytest.raises(TypeError, match=r"query must be of the type of X"):
        RidgeHead()(X, Y, X.float())
    with pytest.raises(TypeError, match="X and Y must be tensors, got ndarray"):
        RidgeHead()(X.detach().numpy(), Y, X)
