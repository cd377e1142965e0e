"""The conventions of deep-learning frameworks, and what there has no penalty that it equals.

The symbols are those of `elltwo.functional._penalty.table`.
"""

from __future__ import annotations

from typing import Final

from elltwo.functional._penalty.convention import EITHER, LOGISTIC, RIDGE, Convention

_ROWS = {"n_samples": 1}
_CELLS = {"n_samples": 1, "n_outputs": 1}
_BATCHES = {"n_samples": 1, "batch_size": -1}
_L2 = "sum b^2"

_KERNEL = "As kernel_regularizer; n counts training rows, not those of a batch"
_LABELS = "n_outputs counts the labels of a row"
_COUPLED = "SGD with or without momentum, or Adam; decoupled decay (AdamW) equals no penalty"
_KERAS_SGD = "For SGD(weight_decay=...); with momentum the value counts (1 - momentum) times"

NETWORKS: Final = {
    "keras.l2.mse": Convention(
        f"1/(n n_outputs) sum r^2 + l2 {_L2}", "l2", RIDGE, powers=_CELLS, note=_KERNEL
    ),
    "keras.l2.logistic": Convention(
        f"1/n sum logloss + l2 {_L2}", "l2", LOGISTIC, constant=2.0, powers=_ROWS, note=_KERNEL
    ),
    "keras.l2.binary_crossentropy": Convention(
        f"1/(n n_outputs) sum logloss + l2 {_L2}",
        "l2",
        LOGISTIC,
        constant=2.0,
        powers=_CELLS,
        note=f"{_KERNEL}; {_LABELS}",
    ),
    "keras.SGD.weight_decay.mse": Convention(
        f"1/(n n_outputs) sum r^2 + weight_decay/2 {_L2}",
        "weight_decay",
        RIDGE,
        constant=0.5,
        powers=_CELLS,
        penalizes_intercept=True,
        note=_KERAS_SGD,
    ),
    "keras.SGD.weight_decay.logistic": Convention(
        f"1/n sum logloss + weight_decay/2 {_L2}",
        "weight_decay",
        LOGISTIC,
        powers=_ROWS,
        penalizes_intercept=True,
        note=_KERAS_SGD,
    ),
    "torch.weight_decay.mse": Convention(
        f"1/(n n_outputs) sum r^2 + weight_decay/2 {_L2}",
        "weight_decay",
        RIDGE,
        constant=0.5,
        powers=_CELLS,
        penalizes_intercept=True,
        note=f"Mean loss; {_COUPLED}",
    ),
    "torch.weight_decay.sum_mse": Convention(
        f"sum r^2 of a batch + weight_decay/2 {_L2}",
        "weight_decay",
        RIDGE,
        constant=0.5,
        powers=_BATCHES,
        penalizes_intercept=True,
        note=f"reduction='sum'; {_COUPLED}",
    ),
    "torch.weight_decay.logistic": Convention(
        f"1/n sum logloss + weight_decay/2 {_L2}",
        "weight_decay",
        LOGISTIC,
        powers=_ROWS,
        penalizes_intercept=True,
        note=f"Mean loss; {_COUPLED}",
    ),
    "torch.weight_decay.sum_logistic": Convention(
        f"sum logloss of a batch + weight_decay/2 {_L2}",
        "weight_decay",
        LOGISTIC,
        powers=_BATCHES,
        penalizes_intercept=True,
        note=f"reduction='sum'; {_COUPLED}",
    ),
    "torch.weight_decay.binary_cross_entropy": Convention(
        f"1/(n n_outputs) sum logloss + weight_decay/2 {_L2}",
        "weight_decay",
        LOGISTIC,
        powers=_CELLS,
        penalizes_intercept=True,
        note=f"Mean loss; {_LABELS}; {_COUPLED}",
    ),
    "optax.add_decayed_weights": Convention(
        f"1/n (sum r^2/2 or sum logloss) + weight_decay/2 {_L2}",
        "weight_decay",
        EITHER,
        powers=_ROWS,
        penalizes_intercept=True,
        note="Mean of optax.l2_loss or log loss, ahead of SGD; adamw equals no penalty",
    ),
}

_ADAPTIVE = (
    "{0} multiplies the weights by 1 - lr * weight_decay beside the step and not through the "
    "gradient, and the step is the gradient divided by a running size of it: what the weights end "
    "at is the minimum of no loss plus penalty"
)

# What is called a penalty and equals none, with the reason.
NO_PENALTY: Final = {
    "torch.decoupled": _ADAPTIVE.format("AdamW, or Adam with decoupled_weight_decay=True,"),
    "torch.AdamW": _ADAPTIVE.format("AdamW"),
    "keras.weight_decay": _ADAPTIVE.format("Every optimiser of Keras, Adam and AdamW alike,")
    + "; of SGD alone it is one, see 'keras.SGD.weight_decay.mse' and its neighbour",
    "keras.AdamW": _ADAPTIVE.format("AdamW"),
    "optax.adamw": _ADAPTIVE.format("adamw"),
}
