"""Linear layers: their predictions, and how good these are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.probability import log_probabilities
from elltwo.functional._base.row_blocks import row_blocks
from elltwo.functional._probe.record import ProbeScore

if TYPE_CHECKING:
    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray

# Shares of the loss of the best constant below which rows count as interpolated.
LOG_LOSS_LEFT = 0.002
SQUARES_LEFT = 1e-4


class Layer(NamedTuple):
    """Weights and biases of a linear layer; of two classes it may have one output or two."""

    coef: Float64Array  #: (n_outputs, n_features)
    intercept: Float64Array  #: (n_outputs,)

    def without_ones(self) -> Layer:
        """Return the layer with the weights of its last feature, the constant 1, as biases."""
        return Layer(self.coef[:, :-1].copy(), self.intercept + self.coef[:, -1])


class Rows(NamedTuple):
    """Rows with what they are to predict."""

    X: FloatArray  #: (n_rows, n_features)
    y: AnyArray  #: numbers of classes (n_rows,), or values or zeros and ones (n_rows, n_outputs)
    weight: Float64Array | None  #: (n_rows,)

    def part(self, rows: slice) -> Rows:
        """Return consecutive ones of the rows."""
        return Rows(self.X[rows], self.y[rows], None if self.weight is None else self.weight[rows])


def score(layer: Layer, rows: Rows, loss: str) -> ProbeScore:
    """Return the mean loss of a layer and, where there are classes, its accuracy."""
    total = right = weights = 0.0
    for which, X in row_blocks(rows.X, len(layer.intercept)):
        z = X @ layer.coef.T + layer.intercept
        w = np.ones(len(z)) if rows.weight is None else rows.weight[which]
        losses, hits = _LOSSES[loss](z, rows.y[which])
        total += float(w @ losses)
        right += float(w @ hits)
        weights += float(w.sum())
    return ProbeScore(total / weights, None if loss == "squared_error" else right / weights)


def is_interpolated(train: ProbeScore, rows: Rows, loss: str) -> bool:
    """Return whether a layer leaves next to nothing of the loss of the best constant."""
    w = np.ones(len(rows.y)) if rows.weight is None else rows.weight
    if loss == "softmax":
        return train.loss < LOG_LOSS_LEFT * _entropy(np.bincount(rows.y, w) / w.sum())
    mean = w @ rows.y / w.sum()
    if loss == "sigmoid":
        constant = np.mean([_entropy(np.array([share, 1.0 - share])) for share in mean])
        return bool(train.loss < LOG_LOSS_LEFT * constant)
    return bool(train.loss < SQUARES_LEFT * np.mean(w @ (rows.y - mean) ** 2 / w.sum()))


def _entropy(shares: Float64Array) -> float:
    return -float(sum(share * np.log(share) for share in shares if share > 0.0))


def _softmax(z: Float64Array, y: AnyArray) -> tuple[Float64Array, AnyArray]:
    logs = log_probabilities(z[:, 0] if z.shape[1] == 1 else z).astype(np.float64, copy=False)
    losses: Float64Array = -np.take_along_axis(logs, y[:, np.newaxis], axis=1)[:, 0]
    return losses, logs.argmax(axis=1) == y


def _sigmoid(z: Float64Array, y: AnyArray) -> tuple[Float64Array, AnyArray]:
    losses: Float64Array = np.logaddexp(0.0, z) - y * z
    means: Float64Array = losses.mean(axis=1)
    return means, ((z > 0.0) == (y > 0.5)).mean(axis=1)


def _squared_error(z: Float64Array, y: AnyArray) -> tuple[Float64Array, AnyArray]:
    losses: Float64Array = ((z - y) ** 2).mean(axis=1)
    return losses, np.zeros(len(losses))


_LOSSES = {"softmax": _softmax, "sigmoid": _sigmoid, "squared_error": _squared_error}
