"""The audit of a model of Keras: every seeded fault is found, and nothing in a clean model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from networks import QUIET, keras_or_skip

keras_or_skip()

import keras  # noqa: E402
from keras import layers, ops  # noqa: E402

import keras_zoo as zoo  # noqa: E402
from elltwo.integrations.keras import attach_l2, audit, exclude_from_decay, l2  # noqa: E402

if TYPE_CHECKING:
    from elltwo.integrations import PenaltyAudit

pytestmark = [pytest.mark.networks, QUIET]


def adamw(model: Any, rate: Any = 1e-2, decay: float = 0.05) -> Any:  # noqa: ANN401
    optimizer = keras.optimizers.AdamW(rate, weight_decay=decay)
    exclude_from_decay(optimizer, model)
    return optimizer


def codes(report: PenaltyAudit) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.code, finding.names) for finding in report.findings]


@pytest.mark.parametrize("kind", ["mlp", "block", "lstm", "words", "frozen_body"])
def test_clean(kind: str) -> None:
    model = zoo.ZOO[kind]()
    report = audit(model, adamw(model), n_steps=1000, batch_size=20, n_samples=600)
    assert codes(report) == []
    penalised = zoo.ZOO[kind]()
    attach_l2(penalised, 0.1)
    report = audit(penalised, keras.optimizers.SGD(), loss="mean", n_samples=10)
    assert codes(report) == []
    alphas = [row.alpha for row in report.rows if row.how == "loss"]
    assert alphas == pytest.approx([2.0] * len(zoo.DECAYED[kind].split()))


def test_everything_decayed() -> None:
    model = zoo.block()
    report = audit(model, keras.optimizers.AdamW(weight_decay=0.1))
    found = dict(codes(report))
    assert set(found) == {"bias", "norm"}
    assert found["norm"] == ("ln_1/gamma", "ln_f/weight")
    assert {*found["bias"], *found["norm"]} == set(zoo.NOT_DECAYED["block"].split())


def test_twice_and_through_the_denominator() -> None:
    model = zoo.mlp()
    attach_l2(model, {"head": 0.1})
    report = audit(model, adamw(model))
    assert codes(report) == [("twice", ("head/kernel",)), ("coupled-adaptive", ("head/kernel",))]
    assert [row.how for row in report.rows if row.name == "head/kernel"] == ["loss", "decoupled"]


def test_frozen_with_a_regulariser() -> None:
    model = zoo.mlp()
    attach_l2(model, 0.1)
    model.get_layer("dense").trainable = False
    assert len(model.losses) == 1  # Keras leaves it out
    report = audit(model)
    assert codes(report) == [("frozen", ("dense/kernel",))]
    assert [row.share for row in report.rows if row.how == "loss"] == [0.0, 1.0]


def test_unknown_to_the_optimiser() -> None:
    model = zoo.frozen_body()
    optimizer = adamw(model)
    optimizer.build(model.trainable_variables)
    model.get_layer("dense").trainable = True
    assert codes(audit(model, optimizer)) == [("lost", ("dense/kernel", "dense/bias"))]


def test_a_regulariser_that_was_changed_after_building() -> None:
    layer = layers.Dense(3, kernel_regularizer=l2(0.1), name="layer")
    model = keras.Sequential([keras.Input((4,)), layer])
    layer.kernel_regularizer = l2(0.1)  # the same again
    assert codes(audit(model)) == []
    layer.kernel_regularizer = l2(0.2)
    assert codes(audit(model)) == [("lost", ("layer/kernel",))]


@pytest.mark.parametrize("activation", [None, "relu"])
def test_before_a_norm(activation: str | None) -> None:
    x = keras.Input((4,))
    h = layers.Dense(3, activation=activation, name="scaled")(x)
    h = layers.BatchNormalization(name="bn")(layers.Dropout(0.1)(h))
    both = layers.Dense(3, name="both")(x)
    h = layers.Add()([both, layers.LayerNormalization(name="ln")(both), h])
    model = keras.Model(x, h)
    expected = [("scale-free", ("scaled/kernel",))] if activation is None else []
    assert codes(audit(model, adamw(model))) == expected
    images = zoo.cnn()
    assert codes(audit(images, adamw(images))) == [("scale-free", ("conv/kernel",))]


def test_tied() -> None:
    class Tied(layers.Layer):
        def __init__(self, table: Any, **options: Any) -> None:  # noqa: ANN401
            super().__init__(**options)
            self.table = table

        def build(self, _: Any) -> None:  # noqa: ANN401
            self.kernel = self.table.embeddings

        def call(self, x: Any) -> Any:  # noqa: ANN401
            return ops.matmul(x, ops.transpose(self.kernel))

    table = layers.Embedding(7, 3, name="words")
    x = keras.Input((5,), dtype="int32")
    model = keras.Model(x, Tied(table, name="head")(table(x)))
    assert codes(audit(model)) == [("tied", ("words/embeddings", "head/kernel"))]
    assert len(audit(model).rows) == 1


@pytest.mark.parametrize(
    ("rate", "expected"), [(1e-6, ["vanishes"]), (1e-2, []), (1.0, ["dominates"])]
)
def test_decay_over_the_run(rate: float, expected: list[str]) -> None:
    model = zoo.mlp()
    report = audit(model, adamw(model, rate), n_steps=1000)
    assert codes(report) == [(code, ("AdamW",)) for code in expected]


NAMES = ("AdamW", "Adam", "RMSprop", "Nadam", "Adamax", "Adagrad", "Lion", "Adafactor", "Lamb")


@pytest.mark.parametrize("name", [*NAMES, "SGD"])
def test_a_step_without_gradient(name: str) -> None:
    """All of them multiply by 1 - lr wd, and only SGD's is a penalty."""
    if not hasattr(keras.optimizers, name):
        pytest.skip(f"Keras {keras.__version__} has no {name}")
    model = keras.Sequential([keras.Input((2,)), layers.Dense(2, use_bias=False)])
    model.set_weights([np.ones((2, 2))])
    optimizer = getattr(keras.optimizers, name)(0.02, weight_decay=0.7)
    report = audit(model, optimizer, n_steps=1, loss="mse", n_samples=10, n_outputs=2)
    (row,) = report.rows
    assert row.how == ("coupled" if name == "SGD" else "decoupled")
    alpha = 0.7 * 10 * 2 / 2 if name == "SGD" else np.nan
    assert row.alpha == pytest.approx(alpha, nan_ok=True)
    optimizer.apply([ops.zeros((2, 2))], model.trainable_variables)
    (steps,) = report.steps
    assert steps.factor == pytest.approx(1.0 - 0.02 * 0.7, rel=1e-6)
    np.testing.assert_allclose(model.get_weights()[0], steps.factor, rtol=1e-5)


def test_momentum_weakens_the_decay_of_sgd() -> None:
    """As training to the end shows in tests/networks/test_keras_conventions.py."""
    model = zoo.mlp()
    optimizer = keras.optimizers.SGD(0.02, momentum=0.75, weight_decay=0.7)
    report = audit(model, optimizer, loss="mean", n_samples=10)
    assert [row.alpha for row in report.rows] == pytest.approx([10 * 0.25 * 0.7] * 5)
    assert [row.value for row in report.rows] == [0.7] * 5


def test_a_run_of_a_schedule() -> None:
    schedule = keras.optimizers.schedules.CosineDecay(0.1, 20, warmup_target=0.3, warmup_steps=5)
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False)])
    model.set_weights([np.ones((1, 1))])
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=0.5)
    (steps,) = audit(model, optimizer, n_steps=25, n_samples=100, batch_size=10).steps
    for _ in range(25):
        optimizer.apply([ops.zeros((1, 1))], model.trainable_variables)
    assert float(model.get_weights()[0][0, 0]) == pytest.approx(steps.factor, rel=1e-5)
    assert steps.peak_lr == pytest.approx(0.3)
    assert steps.memory_epochs == pytest.approx(1.0 / (0.3 * 0.5) / 10)
    (same,) = audit(model, optimizer, schedule=schedule, n_steps=25).steps
    assert same.factor == steps.factor
    (constant,) = audit(model, optimizer, schedule=lambda _: 0.1, n_steps=2).steps
    assert constant.factor == pytest.approx(0.95**2)


def test_local_penalties_are_those_of_the_state() -> None:
    """With the gradient -lambda w a step leaves a weight where it is."""
    model = keras.Sequential([keras.Input((1,)), layers.Dense(3, use_bias=False)])
    w = np.array([[1.0, -2.0, 0.5]])
    model.set_weights([w])
    optimizer = keras.optimizers.AdamW(1e-3, weight_decay=0.3, epsilon=1e-3, beta_1=0.0)
    variable = model.trainable_variables[0]
    assert audit(model, optimizer).local == ()
    for scale in (1.0, 2.0, 1.5):
        optimizer.apply([ops.convert_to_tensor([[0.3, 4.0, 1.0]]) * scale], [variable])
    w = model.get_weights()[0].astype(np.float64)
    v = ops.convert_to_numpy(optimizer._velocities[0].value).astype(np.float64)
    g = np.zeros_like(w)
    for _ in range(30):  # g is in the new v as well
        root = np.sqrt(0.999 * v + 0.001 * g**2) + 1e-3
        g = -0.3 * root / np.sqrt(1.0 - 0.999**4) * w
    optimizer.apply([ops.convert_to_tensor(g.astype(np.float32))], [variable])
    np.testing.assert_allclose(model.get_weights()[0], w, rtol=1e-6)
    (local,) = audit(model, optimizer, loss="mean", n_samples=100).local
    assert local.median == pytest.approx(np.median(-g / w), rel=1e-5)
    assert local.high == pytest.approx(np.quantile(-g / w, 0.95), rel=1e-5)
    assert local.alpha == pytest.approx(100 * local.median)


def test_nothing_is_changed() -> None:
    model = zoo.mlp()
    attach_l2(model, 0.1)
    optimizer = adamw(model, keras.optimizers.schedules.CosineDecay(0.1, 20))
    model.compile(optimizer, loss="mse")
    model.train_on_batch(np.ones((3, 4)), np.ones((3, 2)))
    before = [v.copy() for v in model.get_weights()]
    state = [ops.convert_to_numpy(v.value) for v in optimizer.variables]
    cache = dict(optimizer._exclude_from_weight_decay_cache)
    audit(model, n_steps=30).summary()
    for ours, theirs in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for ours, theirs in zip(optimizer.variables, state, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(ours.value), theirs)
    assert optimizer._exclude_from_weight_decay_cache == cache


def test_exclusions_are_lost_on_cloning_and_the_audit_says_so() -> None:
    model = zoo.mlp()
    model.compile(adamw(model), loss="mse")
    assert codes(audit(model)) == []
    copy = keras.optimizers.AdamW.from_config(model.optimizer.get_config())
    assert {code for code, _ in codes(audit(model, copy))} == {"bias", "norm"}


def test_regularisers_that_are_not_l2() -> None:
    hidden = layers.Dense(3, kernel_regularizer=keras.regularizers.L1L2(0.1, 0.2), name="hidden")
    head = layers.Dense(3, kernel_regularizer=keras.regularizers.OrthogonalRegularizer())
    model = keras.Sequential([keras.Input((4,)), hidden, head])
    rows = [row for row in audit(model).rows if row.how == "loss"]
    assert rows[0].value == 0.2
    assert np.isnan(rows[1].value)
    assert rows[0].share == 1.0


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"loss": "mse", "n_samples": 9}, ValueError, "pass n_outputs"),
        ({"loss": "mean"}, ValueError, "needs n_samples"),
        ({"n_steps": 0}, ValueError, "n_steps must be an integer"),
        ({"ignore": "biases"}, ValueError, "ignore must hold codes"),
        ({"optimizer": "sgd"}, TypeError, "optimizer must be one of Keras, got str"),
        ({"schedule": [0.1], "n_steps": 2}, ValueError, "1 learning rates for n_steps=2"),
    ],
)
def test_bad_input(options: dict[str, Any], error: type[Exception], message: str) -> None:
    model = zoo.mlp()
    attach_l2(model, 0.1)
    with pytest.raises(error, match=message):
        audit(model, **{"optimizer": keras.optimizers.SGD(), **options})
