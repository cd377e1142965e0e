"""L2 on models of Keras: what gets it, what the loss is then, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from networks import QUIET, keras_or_skip

keras_or_skip()

import keras  # noqa: E402
from keras import layers, ops  # noqa: E402

import keras_zoo as zoo  # noqa: E402
from elltwo.integrations.keras import attach_l2, audit, exclude_from_decay, l2  # noqa: E402

pytestmark = [pytest.mark.networks, QUIET]


def value(tensor: Any) -> float:  # noqa: ANN401
    return float(ops.convert_to_numpy(tensor))


def total(model: Any) -> float:  # noqa: ANN401
    return sum(map(value, model.losses))


def squares(model: Any, name: str) -> float:  # noqa: ANN401
    by_path = {v.path.removeprefix(f"{model.name}/"): v for v in model.weights}
    found = ops.convert_to_numpy(by_path[name].value)
    return float(np.square(found, dtype=np.float64).sum())


@pytest.mark.parametrize("kind", zoo.ZOO)
def test_attached_by_the_rules(kind: str) -> None:
    model = zoo.ZOO[kind]()
    names = zoo.DECAYED[kind].split()
    assert attach_l2(model, 0.1) == dict.fromkeys(names, 0.1)
    assert total(model) == pytest.approx(0.1 * sum(squares(model, n) for n in names), rel=1e-5)


@pytest.mark.parametrize("kind", zoo.ZOO)
def test_saved_with_the_model(kind: str, tmp_path: Any) -> None:  # noqa: ANN401
    model = zoo.ZOO[kind]()
    attach_l2(model, 0.1)
    model.save(tmp_path / "model.keras")
    other = keras.models.load_model(
        tmp_path / "model.keras", custom_objects={"HomeNorm": zoo.HomeNorm}
    )
    assert total(other) == pytest.approx(total(model), rel=1e-6)
    assert total(other) > 0.0


def test_gradient() -> None:
    import torch

    weight = torch.tensor([[1.0, -2.0]], dtype=torch.float64, requires_grad=True)
    l2(alpha=3.0, n_samples=10, loss="mse", n_outputs=2)(weight).backward()
    torch.testing.assert_close(weight.grad, 2.0 * 3.0 / 20 * weight.detach())


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"l2": 0.01}, 0.01),
        ({"alpha": 3.0, "n_samples": 60, "loss": "mse", "n_outputs": 5}, 3.0 / 300),
        ({"alpha": 3.0, "n_samples": 60, "loss": "categorical_crossentropy"}, 3.0 / 120),
        (
            {"alpha": 3.0, "n_samples": 60, "loss": "binary_crossentropy", "n_outputs": 5},
            3.0 / 600,
        ),
    ],
)
def test_l2_is_an_object_of_keras(options: dict[str, Any], expected: float) -> None:
    rule = l2(**options)
    assert type(rule) is keras.regularizers.L2
    assert rule.l2 == pytest.approx(expected, rel=1e-14)
    again = keras.regularizers.deserialize(keras.regularizers.serialize(rule))
    assert again.get_config() == rule.get_config()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, TypeError, "pass either l2 or alpha"),
        ({"l2": -0.1}, ValueError, "l2 must be finite and not negative, got -0.1"),
        ({"l2": float("nan")}, ValueError, "l2 must be finite"),
        ({"alpha": 1.0, "n_samples": 5, "loss": "mse"}, ValueError, "pass n_outputs"),
        ({"alpha": 1.0, "loss": "mse", "n_outputs": 1}, ValueError, "needs n_samples"),
    ],
)
def test_bad_l2(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        l2(**options)


def test_what_keras_ignores_is_what_attach_does() -> None:
    model = zoo.mlp()
    model.get_layer("head").kernel_regularizer = l2(0.1)
    assert model.losses == []
    assert [(f.code, f.names) for f in audit(model).findings] == [("lost", ("head/kernel",))]
    attach_l2(model, 0.1)
    assert len(model.losses) == 2
    assert audit(model).findings == ()


def test_patterns_in_order_and_zero() -> None:
    model = zoo.mlp()
    attach_l2(model, 0.3)
    assert attach_l2(model, {"head": 0.0, "h*": 0.9}) == {"head/kernel": 0.0}
    assert total(model) == pytest.approx(0.3 * squares(model, "dense/kernel"), rel=1e-5)
    assert model.get_layer("head").kernel_regularizer is None
    assert attach_l2(model, {"*": l2(0.2)}, no_decay="dense") == {"head/kernel": 0.2}
    assert attach_l2(model, 0.5, decay="head/bias", no_decay=["dense", "head/kernel"]) == {
        "head/bias": 0.5
    }


def test_one_factor_for_an_attention() -> None:
    model = zoo.block()
    with pytest.raises(ValueError, match=r"attention 'attn' can have one factor .* \[0.0, 0.1\]"):
        attach_l2(model, {"attn/query": 0.1})
    assert model.losses == []
    assert len(attach_l2(model, {"attn": 0.1})) == 4


def test_names_in_subclassed_models() -> None:
    class Mine(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="mine")
            self.parts = [layers.Dense(3, name="part"), layers.Dense(3, name="part")]
            self.head = layers.Dense(1, name="head")

        def call(self, x: Any) -> Any:  # noqa: ANN401
            for part in self.parts:
                x = part(x)
            return self.head(x)

    model = Mine()
    model(ops.zeros((2, 4)))
    assert attach_l2(model, 0.1) == {"part/kernel": 0.1, "part/kernel#2": 0.1, "head/kernel": 0.1}
    assert attach_l2(model, {"part/kernel#2": 0.3}) == {"part/kernel#2": 0.3}
    inside = keras.Sequential([keras.Input((4,)), model], name="around")
    assert attach_l2(inside, {"mine/head": 0.2}) == {"mine/head/kernel": 0.2}


def test_shared_layers_count_once() -> None:
    x = keras.Input((4,))
    shared = layers.Dense(4, name="shared")
    model = keras.Model(x, shared(shared(x)))
    assert attach_l2(model, 0.5) == {"shared/kernel": 0.5}
    assert len(model.losses) == 1


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"l2": -1.0}, ValueError, "l2 must be finite and not negative"),
        ({"l2": {"dense*": float("nan")}}, ValueError, r"l2 for 'dense\*' must be finite"),
        ({"l2": {"encoder": 1.0}}, ValueError, "l2: the pattern 'encoder' matches no parameter"),
        ({"l2": {"*/bias": 1.0}}, ValueError, r"'\*/bias' matches only what is not decayed"),
        ({"l2": "0.1"}, TypeError, "l2 must be a number"),
    ],
)
def test_bad_strengths(options: dict[str, Any], error: type[Exception], message: str) -> None:
    model = zoo.mlp()
    with pytest.raises(error, match=message):
        attach_l2(model, **options)
    assert model.losses == []


def test_other_regularisers_are_not_replaced() -> None:
    hidden = layers.Dense(3, kernel_regularizer="l1", name="hidden")
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="first"), hidden])
    with pytest.raises(ValueError, match="'hidden/kernel' has the regulariser L1, which is not L2"):
        attach_l2(model, 0.1)
    assert len(model.losses) == 1
    assert attach_l2(model, {"first": 0.1}) == {"first/kernel": 0.1}


def test_models_that_are_not_built() -> None:
    model = keras.Sequential([layers.Dense(3, name="first"), layers.Dense(1)])
    for call in (lambda: attach_l2(model, 0.1), lambda: audit(model)):
        with pytest.raises(ValueError, match="is not built yet: run one batch"):
            call()
    inner = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
    inner.layers[0].built = False
    with pytest.raises(ValueError, match=r"the layer 'dense.*' \(Dense\) is not built yet"):
        attach_l2(inner, 0.1)
    with pytest.raises(ValueError, match="has no variables to train"):
        attach_l2(keras.Sequential([keras.Input((4,)), layers.ReLU()]), 0.1)
    with pytest.raises(TypeError, match="model must be a model or layer of Keras, got float"):
        attach_l2(0.1, 0.1)


@pytest.mark.parametrize("kind", zoo.ZOO)
def test_excluded_by_the_rules(kind: str) -> None:
    model = zoo.ZOO[kind]()
    optimizer = keras.optimizers.AdamW(weight_decay=0.1)
    assert " ".join(exclude_from_decay(optimizer, model)) == zoo.NOT_DECAYED[kind]
    rows = audit(model, optimizer).rows
    assert " ".join(row.name for row in rows if row.how == "decoupled") == zoo.DECAYED[kind]


def test_exclusions_add_up() -> None:
    model = zoo.words()
    optimizer = keras.optimizers.AdamW(weight_decay=0.1)
    optimizer.exclude_from_weight_decay(var_names=["embeddings"])
    exclude_from_decay(optimizer, model)
    exclude_from_decay(optimizer, model, no_decay="head")
    assert {row.how for row in audit(model, optimizer).rows} == {"none"}
    skipped = exclude_from_decay(keras.optimizers.AdamW(), model, embeddings="skip")
    assert skipped == ["words/embeddings", "head/bias"]


def test_exclusions_for_two_models() -> None:
    one, other = zoo.mlp(), zoo.words()
    optimizer = keras.optimizers.AdamW(weight_decay=0.1)
    optimizer.exclude_from_weight_decay(var_names=["alpha"])
    exclude_from_decay(optimizer, one, decay="prelu")
    exclude_from_decay(optimizer, other)
    for model, kind in ((one, "mlp"), (other, "words")):
        rows = audit(model, optimizer).rows
        assert " ".join(row.name for row in rows if row.how == "none") == zoo.NOT_DECAYED[kind]


def test_exclusions_of_an_optimiser_that_scales_losses() -> None:
    model = zoo.mlp()
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.AdamW(weight_decay=0.1))
    exclude_from_decay(optimizer, model)
    assert [row.how for row in audit(model, optimizer).rows] == [
        *("decoupled", "none", "none", "decoupled", "none")
    ]


def test_exclusions_that_come_too_late() -> None:
    model = zoo.mlp()
    optimizer = keras.optimizers.AdamW(weight_decay=0.1)
    optimizer.build(model.trainable_variables)
    with pytest.raises(ValueError, match="AdamW has made its variables already"):
        exclude_from_decay(optimizer, model)
    with pytest.raises(ValueError, match="SGD has weight_decay=None: no decay"):
        exclude_from_decay(keras.optimizers.SGD(), model)
    with pytest.raises(TypeError, match="optimizer must be one of Keras, got str"):
        exclude_from_decay("adamw", model)
    with pytest.raises(ValueError, match="the pattern 'encoder' matches no parameter"):
        exclude_from_decay(keras.optimizers.AdamW(), model, no_decay="encoder")
