"""Outputs and objectives of networks by their definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    import elltwo

    Array: TypeAlias = NDArray[Any]

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "identity": lambda z: z,
    "relu": lambda z: np.maximum(z, 0.0),
    "tanh": np.tanh,
    "logistic": lambda z: 1.0 / (1.0 + np.exp(-z)),
}


def last_units(
    coefs: Sequence[Array], intercepts: Sequence[Array], X: Array, activation: str
) -> Array:
    """Values of the last hidden units, which are the features where there are none."""
    a = np.asarray(X, dtype=float)
    for W, c in zip(coefs[:-1], intercepts[:-1], strict=True):
        a = ACTIVATIONS[activation](a @ W + c)
    return a


def outputs(
    coefs: Sequence[Array], intercepts: Sequence[Array], X: Array, activation: str
) -> Array:
    """Outputs of a network before they become probabilities."""
    z: Array = last_units(coefs, intercepts, X, activation) @ coefs[-1] + intercepts[-1]
    return z


def objective(fit: elltwo.MLPFit, X: Array, y: Array, weight: Array | None = None) -> float:
    """Loss and penalty of the best network of a fit, in sums over rows."""
    z = outputs(fit.coefs, fit.intercepts, X, fit.model.activation)
    w = np.ones(len(z)) if weight is None else weight
    if fit.model.loss == "squared_error":
        loss = 0.5 * ((z - np.reshape(y, z.shape)) ** 2).sum(axis=1)
    elif fit.model.loss == "logistic":
        loss = np.logaddexp(0.0, np.where(np.reshape(y, z.shape) == 1, -z, z)).sum(axis=1)
    else:
        top = z.max(axis=1)
        loss = np.log(np.exp(z - top[:, None]).sum(axis=1)) + top - z[np.arange(len(z)), y]
    penalty = sum(a / 2 * (W**2).sum() for a, W in zip(fit.alpha, fit.coefs, strict=True))
    return float(w @ loss + penalty)
