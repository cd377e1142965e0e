"""A linear layer of Keras, trained with all rows in every batch, ends at elltwo's answer.

On the backend of the environment; tests/networks/test_keras_backends.py runs this on TensorFlow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from networks import QUIET, keras_or_skip

keras_or_skip()

import keras  # noqa: E402
from keras import ops  # noqa: E402

import elltwo  # noqa: E402
import linear_problem as problem  # noqa: E402
from elltwo.integrations.keras import l2  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linear_problem import Array

pytestmark = [pytest.mark.networks, QUIET]

N, OUTPUTS = problem.N, problem.OUTPUTS
# Of the backends TensorFlow alone multiplies matrices in float64: on torch and JAX Keras rounds
# products of float64 to float32 (keras.backend.result_type says so).
HAS_FLOAT64 = keras.backend.result_type("float64", "float64") == "float64"
# There factors are rounded to float32: those below are sums of a few powers of two.
PRECISION = {"float32": 1e-5, **({"float64": 1e-9} if HAS_FLOAT64 else {})}


@pytest.fixture(params=PRECISION)
def dtype(request: pytest.FixtureRequest) -> Iterator[str]:
    """Let Keras compute in one type, to which it casts rows and targets on their way, too."""
    before = keras.config.floatx()
    _compute_in(request.param)
    try:
        yield request.param
    finally:
        _compute_in(before)


def _compute_in(dtype: str) -> None:
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)


def trained(
    layer: Any,  # noqa: ANN401
    optimizer: Any,  # noqa: ANN401
    loss: Any,  # noqa: ANN401
    targets: Any,  # noqa: ANN401
    steps: int = 300,
) -> Any:  # noqa: ANN401
    """Train a model of one layer by Keras' own steps, penalties included."""
    model = keras.Sequential([keras.Input((problem.P,), dtype=layer.dtype), layer])
    model.compile(optimizer, loss=loss)
    X = ops.convert_to_tensor(problem.X, dtype=layer.dtype)
    y = ops.convert_to_tensor(targets)
    for _ in range(steps):
        model.train_on_batch(X, y)
    return model


def weights(model: Any) -> Array:  # noqa: ANN401
    kernel, bias = model.get_weights()
    return np.vstack([bias[None], kernel]).astype(np.float64)


def dense(outputs: int, dtype: str, **options: Any) -> Any:  # noqa: ANN401
    start = keras.initializers.RandomNormal(seed=1)
    return keras.layers.Dense(outputs, dtype=dtype, kernel_initializer=start, **options)


def test_l2_and_mse(dtype: str) -> None:
    alpha = 12.0
    rule = l2(alpha=alpha, n_samples=N, loss="mse", n_outputs=OUTPUTS)
    layer = dense(OUTPUTS, dtype, kernel_regularizer=rule)
    model = trained(layer, keras.optimizers.SGD(0.3), "mse", problem.Y.astype(dtype))
    assert problem.distance(weights(model), problem.ridge(alpha)) < PRECISION[dtype]
    assert problem.distance(weights(model), problem.ridge(alpha / OUTPUTS)) > 0.01


def test_l2_and_cross_entropy(dtype: str) -> None:
    alpha = 6.0
    rule = l2(alpha=alpha, n_samples=N, loss="sparse_categorical_crossentropy")
    layer = dense(problem.CLASSES, dtype, kernel_regularizer=rule)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model = trained(layer, keras.optimizers.SGD(0.5, momentum=0.75), loss, problem.LABELS)
    X = ops.convert_to_tensor(problem.X, dtype=dtype)
    found = ops.convert_to_numpy(ops.softmax(model(X)))
    assert problem.distance(found, problem.softmax(alpha)) < PRECISION[dtype]


def test_l2_and_binary_cross_entropy(dtype: str) -> None:
    alpha = 6.0
    rule = l2(alpha=alpha, n_samples=N, loss="binary_crossentropy", n_outputs=OUTPUTS)
    layer = dense(OUTPUTS, dtype, kernel_regularizer=rule)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    optimizer = keras.optimizers.SGD(2.0, momentum=0.75)
    model = trained(layer, optimizer, loss, problem.SIGNS.astype(dtype))
    assert problem.distance(weights(model), problem.sigmoids(alpha)) < PRECISION[dtype]


@pytest.mark.parametrize("momentum", [0.0, 0.75])
def test_weight_decay_of_sgd(momentum: float, dtype: str) -> None:
    """Decoupled, and yet a penalty, of the intercepts as well; momentum weakens it."""
    value = 0.375
    optimizer = keras.optimizers.SGD(0.3 - 0.25 * momentum, momentum, weight_decay=value)
    layer = dense(OUTPUTS, dtype)
    model = trained(layer, optimizer, "mse", problem.Y.astype(dtype))
    arguments: Any = elltwo.penalty_from(
        "keras.SGD.weight_decay.mse", value * (1.0 - momentum), n_samples=N, n_outputs=OUTPUTS
    )
    assert arguments["penalize_intercept"] is True
    expected = problem.ridge(arguments["alpha"], theta=True)
    assert problem.distance(weights(model), expected) < PRECISION[dtype]


def test_weight_decay_of_adam_is_not_that_of_torch() -> None:
    """From w = 1 with rate 0.1, decay 0.5 and no gradient: 0.95, as by AdamW."""
    for make in (keras.optimizers.Adam, keras.optimizers.AdamW):
        w = keras.Variable(np.ones(1), dtype="float64")
        make(0.1, weight_decay=0.5).apply([ops.zeros(1, dtype="float64")], [w])
        assert float(ops.convert_to_numpy(w.value)[0]) == pytest.approx(0.95, rel=1e-6)
