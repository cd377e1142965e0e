"""The weights of a linear last layer, and what a framework has to offer of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float64Array = NDArray[np.float64]


class Weights(NamedTuple):
    """Weights and biases; zeros where a layer has no biases."""

    coef: Float64Array  #: (n_outputs, n_features)
    intercept: Float64Array  #: (n_outputs,)


class Head(Protocol):
    """A linear last layer in a framework."""

    name: str
    has_bias: bool
    dtype: str  #: in which weights are held

    def weights(self) -> Weights:
        """Return the weights as they are."""

    def rounded(self, weights: Weights) -> Weights:
        """Return weights as the layer would hold them."""

    def saved(self) -> Any:  # noqa: ANN401  # whatever restore() takes
        """Return a copy of the weights, bit for bit."""

    def restore(self, saved: Any) -> None:  # noqa: ANN401  # from saved()
        """Give the layer saved weights."""

    def write(self, weights: Weights) -> None:
        """Give the layer new weights, all of them or, where an error is raised, none."""


def as_task(weights: Weights, loss: str, *, with_ones: bool) -> Weights:
    """Return weights as fits know them: one row for two classes, biases as a last feature."""
    coef, intercept = weights
    if loss == "softmax" and len(coef) == 2:
        coef, intercept = coef[1:] - coef[:1], intercept[1:] - intercept[:1]
    if with_ones:
        coef = np.concatenate([coef, intercept[:, np.newaxis]], axis=1)
        intercept = np.zeros(len(coef))
    return Weights(coef, intercept)


def as_layer(
    fitted: Weights, current: Weights, loss: str, *, with_ones: bool, keep_mean: bool
) -> Weights:
    """Return what a fit found as weights of the layer.

    Of two classes only the difference is determined. Half of it goes to each, about zero or, with
    `keep_mean`, about the mean of the two as it was, which is where the penalties are least.
    """
    coef, intercept = fitted
    if with_ones:
        coef, intercept = coef[:, :-1], intercept + coef[:, -1]
    if loss == "softmax" and len(current.coef) == 2:
        half = np.array([[-0.5], [0.5]])
        coef, intercept = half * coef, half[:, 0] * intercept
        if keep_mean:
            coef = coef + current.coef.mean(axis=0)
            intercept = intercept + current.intercept.mean()
    return Weights(np.ascontiguousarray(coef), np.ascontiguousarray(intercept))
