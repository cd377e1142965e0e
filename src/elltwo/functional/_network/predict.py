"""Predictions of networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.compiled import _core

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._network.model import NetworkModel


def predict_networks(
    model: NetworkModel, parameters: Float64Array, X: FloatArray, link: bool, n_threads: int
) -> Float64Array:
    """Return the mean of the outputs of networks, shape (n_samples, n_outputs)."""
    total = _core.network_predict(model, parameters[0], X, link, n_threads)
    for each in parameters[1:]:
        total += _core.network_predict(model, each, X, link, n_threads)
    if len(parameters) > 1:
        total /= len(parameters)
    return total


def hidden_units(
    model: NetworkModel, parameters: Float64Array, X: FloatArray, n_threads: int
) -> FloatArray:
    """Return the values of the last hidden units, which the last layer reads."""
    if len(model.units) == 2:
        return X
    body = model._replace(units=model.units[:-1], loss="squared_error", alpha=model.alpha[:-1])
    z = _core.network_predict(body, parameters[: body.n_parameters], X, False, n_threads)
    if model.activation == "relu":
        np.maximum(z, 0.0, out=z)
    elif model.activation == "tanh":
        np.tanh(z, out=z)
    elif model.activation == "logistic":
        z = 0.5 + 0.5 * np.tanh(0.5 * z)
    return z
