"""Small models of Keras of every kind, for rules that have to tell their variables apart."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers


class HomeNorm(keras.layers.Layer):
    """A norm made at home, with a gain of two axes."""

    def build(self, input_shape: tuple[int, ...]) -> None:
        self.weight = self.add_weight(shape=(1, input_shape[-1]), initializer="ones", name="weight")

    def call(self, x: Any) -> Any:  # noqa: ANN401
        scale = keras.ops.rsqrt(keras.ops.mean(keras.ops.square(x), axis=-1, keepdims=True) + 1e-6)
        return x * scale * self.weight


def mlp() -> Any:  # noqa: ANN401
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(6, name="dense"),
            layers.PReLU(name="prelu"),
            layers.Dense(2, name="head"),
        ]
    )


def cnn() -> Any:  # noqa: ANN401
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, use_bias=False, name="conv"),
            layers.BatchNormalization(name="bn"),
            layers.ReLU(),
            layers.DepthwiseConv2D(2, name="depth"),
            layers.SeparableConv2D(3, 2, name="apart"),
            layers.Flatten(),
            layers.Dense(3, name="head"),
        ]
    )


def block() -> Any:  # noqa: ANN401
    x = keras.Input((5, 8))
    h = layers.LayerNormalization(name="ln_1")(x)
    h = layers.Add()([x, layers.MultiHeadAttention(2, 4, name="attn")(h, h)])
    y = HomeNorm(name="ln_f")(h)
    return keras.Model(x, layers.Dense(8, name="mlp")(y), name="block")


def lstm() -> Any:  # noqa: ANN401
    return keras.Sequential(
        [keras.Input((5, 4)), layers.LSTM(3, name="rnn"), layers.Dense(2, name="head")]
    )


def words() -> Any:  # noqa: ANN401
    return keras.Sequential(
        [
            keras.Input((5,), dtype="int32"),
            layers.Embedding(11, 4, name="words"),
            layers.Flatten(),
            layers.Dense(2, name="head"),
        ]
    )


def frozen_body() -> Any:  # noqa: ANN401
    model = mlp()
    model.get_layer("dense").trainable = False
    return model


ZOO = {
    "mlp": mlp,
    "cnn": cnn,
    "block": block,
    "lstm": lstm,
    "words": words,
    "frozen_body": frozen_body,
}

# By hand: what is decayed and what is not, in the order of the model.
DECAYED = {
    "mlp": "dense/kernel head/kernel",
    "cnn": "conv/kernel depth/kernel apart/depthwise_kernel apart/pointwise_kernel head/kernel",
    "block": "attn/query/kernel attn/key/kernel attn/value/kernel attn/attention_output/kernel"
    " mlp/kernel",
    "lstm": "rnn/lstm_cell/kernel rnn/lstm_cell/recurrent_kernel head/kernel",
    "words": "words/embeddings head/kernel",
    "frozen_body": "head/kernel",
}
NOT_DECAYED = {
    "mlp": "dense/bias prelu/alpha head/bias",
    "cnn": "bn/gamma bn/beta depth/bias apart/bias head/bias",
    "block": "ln_1/gamma ln_1/beta attn/query/bias attn/key/bias attn/value/bias"
    " attn/attention_output/bias ln_f/weight mlp/bias",
    "lstm": "rnn/lstm_cell/bias head/bias",
    "words": "head/bias",
    "frozen_body": "prelu/alpha head/bias",
}
