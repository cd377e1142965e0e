"""Ridge regression as a differentiable layer of torch."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from elltwo.functional._adjoint.direct import DirectProblems, fit_direct, gradients_of

if TYPE_CHECKING:
    from elltwo.functional._adjoint.direct import DirectFits


class RidgeHead(nn.Module):
    r"""Ridge regression as a layer: fits rows that it is given, and passes gradients through.

    For every problem of a batch it minimises over B and b0

    .. math::
        \sum_i \| y_i - b_0 - B^T x_i \|^2 + \alpha \| B \|^2,

    the objective of `elltwo.ridge`, and predicts other rows with the result, as few-shot learners
    do whose features are trained through the fit [1]_. Gradients with respect to features, targets
    and alpha come by implicit differentiation. On CPU in float32 or float64 both passes are
    `elltwo`'s, in float64; elsewhere, and for gradients with ``create_graph=True``, torch solves
    the smaller of the primal and the dual system.

    Parameters
    ----------
    alpha : float, default=1.0
        Strength of the penalty, positive, in sums over rows.
    fit_intercept : bool, default=True
        Whether there are intercepts, which are not penalised.
    learn_alpha : bool, default=False
        Whether alpha is a parameter, held as its logarithm in `log_alpha`; else it is a buffer.

    References
    ----------
    .. [1] L. Bertinetto, J. F. Henriques, P. H. S. Torr and A. Vedaldi (2019). Meta-learning with
       differentiable closed-form solvers. ICLR.

    Examples
    --------
    >>> import torch
    >>> from elltwo.integrations.torch import RidgeHead
    >>> _ = torch.manual_seed(0)
    >>> support, query = torch.randn(10, 25, 64, requires_grad=True), torch.randn(10, 15, 64)
    >>> targets = torch.randn(10, 25, 5)
    >>> head = RidgeHead(alpha=2.0)
    >>> head(support, targets, query).shape
    torch.Size([10, 15, 5])
    >>> head(support, targets, query).square().mean().backward()
    >>> support.grad.shape
    torch.Size([10, 25, 64])
    """

    def __init__(
        self, alpha: float = 1.0, *, fit_intercept: bool = True, learn_alpha: bool = False
    ) -> None:
        super().__init__()
        given: object = alpha
        if isinstance(given, bool) or not isinstance(given, Real):
            raise TypeError(f"alpha must be a number, got {given!r}")
        if not (math.isfinite(alpha) and alpha > 0.0):
            raise ValueError(f"alpha must be positive and finite, got {alpha!r}")
        self.fit_intercept = fit_intercept
        log_alpha = torch.tensor(math.log(alpha), dtype=torch.float64)
        if learn_alpha:
            self.log_alpha = nn.Parameter(log_alpha)
        else:
            self.register_buffer("log_alpha", log_alpha)

    @property
    def alpha(self) -> torch.Tensor:
        """Strength of the penalty, through which gradients flow to `log_alpha`."""
        return self.log_alpha.exp()

    def fit(self, X: torch.Tensor, Y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Fit every problem.

        Parameters
        ----------
        X : Tensor of shape (..., n_samples, n_features)
            Features.
        Y : Tensor of shape (..., n_samples, n_targets)
            Targets, with the same leading dimensions.

        Returns
        -------
        coef : Tensor of shape (..., n_features, n_targets)
            Coefficients.
        intercept : Tensor of shape (..., 1, n_targets)
            Intercepts, zeros where none are fitted.
        """
        return ridge_solve(X, Y, self.alpha, fit_intercept=self.fit_intercept)

    def forward(self, X: torch.Tensor, Y: torch.Tensor, query: torch.Tensor) -> torch.Tensor:
        """Fit rows X to targets Y and predict the rows of `query`.

        Parameters
        ----------
        X, Y : Tensor
            Rows to fit, see `fit`.
        query : Tensor of shape (..., n_queries, n_features)
            Rows to predict.

        Returns
        -------
        Tensor of shape (..., n_queries, n_targets)
            Predictions.
        """
        coef, intercept = self.fit(X, Y)
        if query.ndim < 2 or query.shape[-1] != X.shape[-1]:
            raise ValueError(
                f"query must have the shape (..., n_queries, {X.shape[-1]}), the features of X, "
                f"got {tuple(query.shape)}"
            )
        if query.dtype != X.dtype:
            raise TypeError(f"query must be of the type of X, {X.dtype}, got {query.dtype}")
        return query @ coef + intercept

    def extra_repr(self) -> str:
        """Return what the layer was made with."""
        return f"alpha={self.alpha.item():.6g}, fit_intercept={self.fit_intercept}"


def ridge_solve(
    X: torch.Tensor, Y: torch.Tensor, alpha: torch.Tensor, *, fit_intercept: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """Fit problems of shapes (..., n, p) and (..., n, t) with an alpha of shape () or (...)."""
    if not (isinstance(X, torch.Tensor) and isinstance(Y, torch.Tensor)):
        raise TypeError(f"X and Y must be tensors, got {type(X).__name__} and {type(Y).__name__}")
    if X.ndim < 2 or Y.ndim != X.ndim or X.shape[:-1] != Y.shape[:-1]:
        raise ValueError(
            "X and Y must have the shapes (..., n_samples, n_features) and (..., n_samples, "
            f"n_targets), got {tuple(X.shape)} and {tuple(Y.shape)}"
        )
    if 0 in X.shape[-2:] or Y.shape[-1] == 0:
        raise ValueError(
            "X and Y must have at least one row, feature and target, got shapes "
            f"{tuple(X.shape)} and {tuple(Y.shape)}"
        )
    if X.dtype != Y.dtype or not X.is_floating_point():
        raise TypeError(f"X and Y must be of one floating type, got {X.dtype} and {Y.dtype}")
    lead = X.shape[:-2]
    alpha = alpha.to(X.device)
    if alpha.ndim and alpha.shape != lead:
        raise ValueError(f"alpha must be a number or of shape {tuple(lead)}")
    if X.device.type == "cpu" and X.dtype in {torch.float32, torch.float64}:
        coef, intercept = _Solve.apply(
            X.reshape(-1, *X.shape[-2:]), Y.reshape(-1, *Y.shape[-2:]), alpha, fit_intercept
        )
    else:
        coef, intercept = _solve_in_torch(X, Y, alpha, fit_intercept=fit_intercept)
    return (
        coef.reshape(*lead, X.shape[-1], Y.shape[-1]),
        intercept.reshape(*lead, 1, Y.shape[-1]),
    )


class _Solve(torch.autograd.Function):
    """Fits and their derivatives in elltwo's core; X and Y have three dimensions."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401  # torch's context
        X: torch.Tensor,
        Y: torch.Tensor,
        alpha: torch.Tensor,
        fit_intercept: bool,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        needed = any(ctx.needs_input_grad)
        fits = fit_direct(_problems(X, Y, alpha, fit_intercept), keep=needed)
        if needed:
            ctx.save_for_backward(X, Y, alpha)
            ctx.kept, ctx.fit_intercept = fits.kept, fit_intercept
        return _as_tensors(fits, X.dtype)

    @staticmethod
    def backward(
        ctx: Any,  # noqa: ANN401  # torch's context
        coef: torch.Tensor,
        intercept: torch.Tensor,
    ) -> tuple[torch.Tensor | None, ...]:
        X, Y, alpha = ctx.saved_tensors
        if torch.is_grad_enabled():  # by create_graph=True: what is returned gets derivatives too
            needed = ctx.needs_input_grad[:3]
            by = [one for one, wanted in zip((X, Y, alpha), needed, strict=True) if wanted]
            fits = _solve_doubly((X, Y, alpha), intercept.shape, ctx.fit_intercept)
            gradients = iter(torch.autograd.grad(fits, by, (coef, intercept), create_graph=True))
            return (*(next(gradients) if wanted else None for wanted in needed), None)
        problems = _problems(X, Y, alpha, ctx.fit_intercept)
        given = np.ascontiguousarray(coef.mT.numpy(), np.float64)
        shift = np.ascontiguousarray(intercept.numpy(), np.float64).reshape(len(X), -1)
        found = gradients_of(problems, given, shift, ctx.kept)
        by_alpha = torch.from_numpy(found.alpha)
        by_alpha = by_alpha.sum() if alpha.ndim == 0 else by_alpha.reshape(alpha.shape)
        return (
            torch.from_numpy(found.X),
            torch.from_numpy(found.Y).to(Y.dtype),
            by_alpha.to(alpha.dtype),
            None,
        )


def _solve_doubly(
    given: tuple[torch.Tensor, ...], shape: torch.Size, fit_intercept: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the fits in float64 by torch's own solver, then in the type of X."""
    X, Y, alpha = given
    each = alpha.reshape(-1) if alpha.ndim else alpha
    coef, intercept = _solve_in_torch(X.double(), Y.double(), each, fit_intercept=fit_intercept)
    return coef.to(X.dtype), intercept.to(X.dtype).reshape(shape)


def _problems(
    X: torch.Tensor, Y: torch.Tensor, alpha: torch.Tensor, fit_intercept: bool
) -> DirectProblems:
    alphas = np.ascontiguousarray(alpha.detach().reshape(-1).numpy(), np.float64)
    targets = np.asarray(Y.detach().numpy(), np.float64)
    threads = torch.get_num_threads()
    return DirectProblems(X.detach().numpy(), targets, alphas, fit_intercept, threads)


def _as_tensors(fits: DirectFits, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(fits.coef).to(dtype).mT, torch.from_numpy(fits.intercept).to(dtype)


def _solve_in_torch(
    X: torch.Tensor, Y: torch.Tensor, alpha: torch.Tensor, *, fit_intercept: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the fits by torch's own solver, which knows the derivatives."""
    kind = torch.promote_types(X.dtype, torch.float32)
    features, targets = X.to(kind), Y.to(kind)
    x_mean, y_mean = torch.zeros_like(features[..., :1, :]), torch.zeros_like(targets[..., :1, :])
    if fit_intercept:
        x_mean, y_mean = features.mean(-2, keepdim=True), targets.mean(-2, keepdim=True)
    features, targets = features - x_mean, targets - y_mean
    n, p = features.shape[-2:]
    ridge = alpha.to(kind)[..., None, None] * torch.eye(min(n, p), dtype=kind, device=X.device)
    if n <= p:
        system = features @ features.mT + ridge
        coef = features.mT @ torch.cholesky_solve(targets, torch.linalg.cholesky(system))
    else:
        system = features.mT @ features + ridge
        coef = torch.cholesky_solve(features.mT @ targets, torch.linalg.cholesky(system))
    return coef.to(X.dtype), (y_mean - x_mean @ coef).to(X.dtype)
