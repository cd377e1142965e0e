"""The exact last layer of Keras models, on the torch backend."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from networks import QUIET, keras_or_skip

keras_or_skip()

import keras  # noqa: E402

from elltwo.integrations.keras import refit_head  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

pytestmark = [pytest.mark.networks, QUIET]

RNG = np.random.default_rng(5)
INPUTS = RNG.normal(size=(300, 6)).astype(np.float32)
VALUES = (INPUTS @ RNG.normal(size=(6, 3)) + RNG.gumbel(size=(300, 3))).astype(np.float32)
LABELS = VALUES.argmax(axis=1)
ONES = (VALUES > 0.0).astype(np.float32)
TRAIN, REST = slice(200), slice(200, None)


def net(n_outputs: int = 3, activation: str | None = None, use_bias: bool = True) -> keras.Model:
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(12),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(n_outputs, activation=activation, use_bias=use_bias, name="fc"),
        ]
    )


def batches(targets: NDArray[Any], rows: slice, *more: NDArray[Any]) -> list[Any]:
    """Two batches."""
    parts = [one[rows] for one in (INPUTS, targets, *more)]
    return list(zip(*(np.array_split(part, 2) for part in parts), strict=True))


def features(model: keras.Model, rows: slice = slice(None)) -> NDArray[Any]:
    body = keras.Model(model.inputs[0], model.get_layer("fc").input)
    found: NDArray[Any] = body.predict(INPUTS[rows], verbose=0)
    return found


def state(model: keras.Model) -> list[Any]:
    return [value.copy() for value in model.get_weights()]


def require_same(model: keras.Model, before: list[Any]) -> None:
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_softmax_is_logistic_cv_on_the_features() -> None:
    model = net(activation="softmax")
    before = state(model)
    head = refit_head(model, batches(LABELS, TRAIN), "fc", validation=batches(LABELS, REST))
    pair = [(np.arange(200), np.arange(200, 300))]
    fit = elltwo.logistic_cv(features(model), LABELS, cv=pair)
    assert head.loss == "softmax"
    assert head.alpha == fit.alpha
    np.testing.assert_allclose(head.coef, fit.coef, rtol=1e-5, atol=1e-6)
    found = model.predict(INPUTS, verbose=0)
    np.testing.assert_allclose(found, fit.predict_proba(features(model)), rtol=0.0, atol=1e-6)
    for now, then in list(zip(model.get_weights(), before, strict=True))[:-2]:
        np.testing.assert_array_equal(now, then)
    head.undo()
    require_same(model, before)


def test_squared_error_is_ridge_on_the_features() -> None:
    model = net()
    model.compile(loss="mse")
    head = refit_head(model, batches(VALUES, TRAIN), "fc", cv="gcv")
    fit = elltwo.ridge(features(model, TRAIN).astype(float), VALUES[TRAIN], alpha=head.alpha)
    assert head.loss == "squared_error"
    np.testing.assert_allclose(head.coef, fit.coef, rtol=1e-8, atol=1e-10)
    found = model.predict(INPUTS[TRAIN], verbose=0)
    assert head.after.train.loss == pytest.approx(np.mean((found - VALUES[TRAIN]) ** 2), rel=1e-5)
    assert head.notes[0].startswith("optimistic")


def test_sigmoid_behind_the_layer() -> None:
    inputs = keras.Input((6,))
    x = keras.layers.Dense(5, activation="relu")(inputs)
    z = keras.layers.Dense(3, name="fc")(x)
    model = keras.Model(inputs, keras.layers.Activation("sigmoid")(z))
    head = refit_head(model, batches(ONES, TRAIN), "fc", cv="alo")
    X = features(model, TRAIN)
    assert head.loss == "sigmoid"
    for k in range(3):
        fit = elltwo.logistic_cv(X, ONES[TRAIN, k].astype(int), cv="alo")
        np.testing.assert_allclose(head.coef[k], fit.coef, rtol=1e-5, atol=1e-6)
    kernel, bias = model.get_layer("fc").get_weights()
    z = X.astype(float) @ kernel + bias
    loss = np.mean(np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0.0) - ONES[TRAIN] * z)
    assert head.after.train.loss == pytest.approx(loss, rel=1e-5)


def test_loss_from_logits_and_one_hot_rows() -> None:
    model = net()
    model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
    head = refit_head(model, batches(np.eye(3)[LABELS], TRAIN), "fc", cv="alo")
    assert head.loss == "softmax"
    other = refit_head(net(), batches(LABELS, TRAIN), "fc", loss="softmax", cv="alo")
    np.testing.assert_allclose(head.coef, other.coef, rtol=1e-5, atol=1e-6)


def test_infinite_alpha_leaves_the_current_weights() -> None:
    model = net(activation="softmax")
    before = state(model)
    head = refit_head(
        model,
        batches(LABELS, TRAIN),
        "fc",
        validation=batches(LABELS, REST),
        alphas=[np.inf],
        prior="current",
    )
    require_same(model, before)
    assert head.before == head.after


def test_weights_of_rows_and_no_bias() -> None:
    model = net(activation="softmax", use_bias=False)
    weight = RNG.integers(1, 4, size=300).astype(np.float32)
    head = refit_head(model, batches(LABELS, TRAIN, weight), "fc", cv="alo")
    fit = elltwo.logistic_cv(
        features(model, TRAIN),
        LABELS[TRAIN],
        cv="alo",
        sample_weight=weight[TRAIN],
        fit_intercept=False,
    )
    np.testing.assert_allclose(head.coef, fit.coef, rtol=1e-5, atol=1e-6)


def test_py_datasets() -> None:
    class Rows(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 2

        def __getitem__(self, number: int) -> tuple[NDArray[Any], ...]:
            batch: tuple[NDArray[Any], ...] = batches(LABELS, TRAIN)[number]
            return batch

    head = refit_head(net(activation="softmax"), Rows(), "fc", cv="alo")
    other = refit_head(net(activation="softmax"), batches(LABELS, TRAIN), "fc", cv="alo")
    np.testing.assert_array_equal(head.coef, other.coef)


def test_no_warning_of_how_arrays_are_handed_over() -> None:
    model = net(activation="softmax")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        head = refit_head(model, batches(LABELS, TRAIN), "fc", cv="alo")
    assert head.written


def test_interrupted_datasets_leave_the_model() -> None:
    model = net(activation="softmax")
    before = state(model)

    def half() -> Iterator[Any]:
        yield batches(LABELS, TRAIN)[0]
        raise KeyError("gone")

    with pytest.raises(KeyError, match="gone"):
        refit_head(model, half(), "fc", cv="alo")
    require_same(model, before)


def convolution() -> keras.Model:
    return keras.Sequential([keras.Input((4, 4, 6)), keras.layers.Conv2D(3, 1, name="fc")])


def shared() -> keras.Model:
    inputs = keras.Input((6,))
    layer = keras.layers.Dense(3, name="fc")
    return keras.Model(inputs, layer(inputs) + layer(-inputs))


def quantised() -> keras.Model:
    model = net()
    model.get_layer("fc").quantize("int8")
    return model


def subclassed() -> keras.Model:
    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.fc = keras.layers.Dense(3, name="fc")

        def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
            return self.fc(x)

    model = Net()
    model(INPUTS[:2])
    return model


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (convolution, TypeError, "layer 'fc' is a convolution"),
        (shared, ValueError, "layer 'fc' runs 2 times"),
        (quantised, TypeError, "layer 'fc' is quantised"),
        (subclassed, ValueError, "layer 'fc' is not part of"),
        (lambda: net(activation="relu"), ValueError, "layer 'fc' has the activation 'relu'"),
    ],
)
def test_refused_layers(
    make: Callable[[], keras.Model], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        refit_head(make(), batches(LABELS, TRAIN), "fc", loss="softmax", cv="alo")


def test_a_loss_in_doubt_is_asked_for() -> None:
    with pytest.raises(ValueError, match="loss of layer 'fc' is in doubt"):
        refit_head(net(), batches(LABELS, TRAIN), "fc", cv="alo")
    with pytest.raises(ValueError, match="activation 'softmax' behind it, which is not that of"):
        refit_head(net(activation="softmax"), batches(ONES, TRAIN), "fc", loss="sigmoid", cv="alo")
    with pytest.raises(ValueError, match=r"no layer 'head'; its Dense ones are"):
        refit_head(net(), batches(LABELS, TRAIN), "head", cv="alo")
    with pytest.raises(TypeError, match=r"model must be a keras.Model, got int"):
        refit_head(3, batches(LABELS, TRAIN), "fc", cv="alo")
