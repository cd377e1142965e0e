"""The last layer of a Keras model solved exactly."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from elltwo.integrations._head.batches import split_batch
from elltwo.integrations._head.random_state import kept_random_state
from elltwo.integrations._head.refit import MAX_MEMORY, HeadOptions, read_options, refit
from elltwo.integrations._head.weights import Weights
from elltwo.integrations.keras._variables import quiet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from elltwo.integrations._head.batches import Batch
    from elltwo.integrations._head.record import HeadRefit

# Activations that may be behind a layer, by the loss.
_LINKS = {"softmax": {"softmax"}, "sigmoid": {"sigmoid"}, "squared_error": set()}
_SQUARES = {"mse", "mean_squared_error", "meansquarederror"}


def refit_head(
    model: Any,  # noqa: ANN401  # a Keras model
    dataset: Iterable[Any],
    layer: str,
    *,
    loss: str = "auto",
    cv: Any = None,  # noqa: ANN401  # a name, a number of folds, a splitter or pairs of indices
    validation: Iterable[Any] | None = None,
    alphas: npt.ArrayLike | None = None,
    prior: str = "zero",
    class_weight: Mapping[int, float] | Sequence[float] | None = None,
    dry_run: bool = False,
    write: str = "better",
    max_memory: int = MAX_MEMORY,
    n_threads: int | None = None,
) -> HeadRefit:
    """Solve a Dense layer of a model exactly, with its penalty chosen on rows it has not seen.

    The inputs of the layer are computed once for every row, as in inference, by a model of its own
    that ends there. The layer then gets the weights that minimise the objective of
    `elltwo.linear_probe`, sums of losses over rows with an L2 penalty of weights; regularisers of
    the layer do not count. If an error is raised, the weights are as they were.

    Rows that the body was trained on deceive: its features fit them better than new rows, and
    leave-one-out and folds among them choose too small an alpha. Hold rows back from training and
    pass them as `validation`: these choose alpha, and the layer is fitted to all rows.

    Parameters
    ----------
    model : keras.Model
        A Sequential or functional model, built, on any backend.
    dataset : iterable
        Batches (inputs, targets) or (inputs, targets, weights of rows): a list, a generator, a
        `keras.utils.PyDataset`, a `tf.data.Dataset` or a DataLoader. Targets are classes or one-hot
        rows ("softmax"), zeros and ones ("sigmoid") or values.
    layer : str
        Name of a `keras.layers.Dense`. Inputs of more than two dimensions count as one row for each
        place.
    loss : {"auto", "softmax", "sigmoid", "squared_error"}, default="auto"
        What is behind the layer. "auto" looks at its activation, at that of the layer behind it,
        and at the loss that the model was compiled with, and raises an error where these leave a
        doubt.
    cv : {"alo", "gcv"}, int, splitter or list, default=None
        How alpha is chosen among the rows of `dataset`: for log loss "alo" or folds, see
        `elltwo.logistic_cv`; for squared error "gcv", or a number of folds, of which row i is in
        fold i modulo that number. None lets `validation` choose, and needs it.
    validation : iterable, default=None
        Batches of rows that the body was not trained on. They choose alpha unless `cv` does, and
        say whether the new weights are better.
    alphas : array-like of shape (n_alphas,), default=None
        Grid of penalties in [0, inf], which is continued where the best of several is the smallest
        or the largest; None stands for one made for the data.
    prior : {"zero", "current"}, default="zero"
        What weights shrink to. "current" are those that the layer has, biases included, so that
        ``alpha = inf`` leaves it as it is: the safe choice for a little new data.
    class_weight : mapping or sequence of length n_classes, default=None
        Factors of the weights of rows by class, 1 by default.
    dry_run : bool, default=False
        Whether to leave the model as it is whatever `write` says.
    write : {"better", "always", "never"}, default="better"
        When the layer gets the new weights: "better" if the loss on `validation` is not worse, or
        without `validation` if the fitted rows are not interpolated, see `notes`.
    max_memory : int, default=2147483648
        Bytes of features that are held in memory for log loss, as float32; more go to a temporary
        file. Squared error needs 16 n_features^2 bytes for each fold.
    n_threads : int, default=None
        Threads of the fits; None stands for `elltwo.get_num_threads()`.

    Returns
    -------
    HeadRefit
        Record with `alpha`, `info`, `before`, `after`, `notes`, `written` and `undo`.

    Raises
    ------
    TypeError
        If the layer is none that can be solved: a convolution, quantised, or of a class with a
        forward pass of its own.
    ValueError
        If there is no such layer, it is shared or tied, the model has no graph of layers, the loss
        is in doubt, batches do not fit the layer or hold NaN, there are no rows, a class has none,
        or an option is out of its range.
    OverflowError
        If weights are beyond the range of the layer's type.

    Warns
    -----
    elltwo.exceptions.ConvergenceWarning
        If a fit did not reach its tolerance.
    elltwo.exceptions.SeparationWarning
        If an alpha of 0 was chosen, and features separate the classes.
    """
    head = KerasHead(model, layer)
    features = _input_of(model, head.layer)
    name = _loss_behind(model, head.layer) if loss == "auto" else loss
    asked = HeadOptions(
        name, cv, alphas, prior, class_weight, write, dry_run, max_memory, n_threads
    )
    options = read_options(asked, has_validation=validation is not None)
    _require_link(model, head.layer, name)
    body = keras.Model(_inputs(model), features, name="elltwo_body")
    with kept_random_state(), _kept_state_of_torch():
        held_out = None if validation is None else _batches(body, head.name, validation)
        return refit(head, _batches(body, head.name, dataset), held_out, options)


class KerasHead:
    """A Dense layer as a `Head`."""

    def __init__(self, model: Any, name: str) -> None:  # noqa: ANN401  # a Keras model
        self.name = name
        self.layer = _dense(model, name)
        self.has_bias = bool(self.layer.use_bias)
        self.dtype = str(keras.backend.standardize_dtype(self.layer.kernel.dtype))

    def _variables(self) -> list[Any]:
        return [self.layer.kernel, self.layer.bias] if self.has_bias else [self.layer.kernel]

    def weights(self) -> Weights:
        """Return the weights as they are."""
        return self._as_weights([_array(one) for one in self._variables()])

    def rounded(self, weights: Weights) -> Weights:
        """Return weights as the layer would hold them."""
        held = [keras.ops.cast(values, self.dtype) for values in self._as_held(weights)]
        return self._as_weights([_array(one) for one in held])

    def saved(self) -> list[Any]:
        """Return a copy of the weights, bit for bit."""
        return [keras.ops.copy(one.value) for one in self._variables()]

    def restore(self, saved: list[Any]) -> None:
        """Give the layer saved weights."""
        for variable, values in zip(self._variables(), saved, strict=True):
            variable.assign(values)

    def write(self, weights: Weights) -> None:
        """Give the layer new weights, all of them or, where an error is raised, none."""
        old = self.saved()
        try:
            held = [keras.ops.cast(values, self.dtype) for values in self._as_held(weights)]
            self.restore(held)
        except BaseException:
            self.restore(old)
            raise

    def _as_held(self, weights: Weights) -> list[Any]:
        both = [np.ascontiguousarray(weights.coef.T), weights.intercept]
        return both if self.has_bias else both[:1]

    def _as_weights(self, held: list[Any]) -> Weights:
        coef = np.ascontiguousarray(held[0].T, np.float64)
        return Weights(coef, held[1].astype(np.float64) if self.has_bias else np.zeros(len(coef)))


def _dense(model: Any, name: str) -> Any:  # noqa: ANN401  # a model, a layer
    if not isinstance(model, keras.Model):
        raise TypeError(f"model must be a keras.Model, got {type(model).__name__}")
    layers = {one.name: one for one in model.layers}
    if name not in layers:
        dense = [key for key, one in layers.items() if isinstance(one, keras.layers.Dense)]
        raise ValueError(f"model has no layer {name!r}; its Dense ones are {dense}")
    layer = layers[name]
    if isinstance(layer, keras.layers.Conv1D | keras.layers.Conv2D | keras.layers.Conv3D):
        raise TypeError(
            f"layer {name!r} is a convolution, whose inputs are no rows of features even at 1 x 1; "
            "move the pooling in front of it and use Dense"
        )
    if not isinstance(layer, keras.layers.Dense):
        raise TypeError(f"layer {name!r} must be a keras.layers.Dense, got {type(layer).__name__}")
    if type(layer).call is not keras.layers.Dense.call:
        raise TypeError(
            f"layer {name!r} is a {type(layer).__name__} with a forward pass of its own, which "
            "need not be linear in its weights"
        )
    if not (model.built and layer.built):
        raise ValueError(f"layer {name!r} is not built: run one batch first")
    if getattr(layer, "quantization_mode", None) is not None:
        raise TypeError(f"layer {name!r} is quantised ({layer.quantization_mode})")
    if getattr(layer, "lora_enabled", False):
        raise TypeError(f"layer {name!r} has LoRA weights, by which its kernel is computed")
    _refuse_tied(model, layer)
    return layer


def _refuse_tied(model: Any, layer: Any) -> None:  # noqa: ANN401  # a model, a layer
    mine = {id(variable) for variable in layer.weights}
    for other in model._flatten_layers(include_self=False, recursive=True):
        if other is layer or any(one is layer for one in getattr(other, "layers", [])):
            continue
        if any(id(variable) in mine for variable in other.weights):
            raise ValueError(
                f"layer {layer.name!r} is tied: layer {other.name!r} has the same weights, which a "
                "fit of one of the two would change in the other"
            )


def _input_of(model: Any, layer: Any) -> Any:  # noqa: ANN401  # a model, a layer, a tensor
    """Return the symbolic input of a layer within a model, where it has one and no more."""
    functional = getattr(model, "_functional", model)  # of a Sequential model
    graph = getattr(functional, "_nodes_by_depth", None)
    if graph is None:
        raise ValueError(
            f"layer {layer.name!r} is not part of a Sequential or functional model, whose graph of "
            "layers leads to its inputs"
        )
    nodes = [node for row in graph.values() for node in row if node.operation is layer]
    if len(nodes) != 1:
        raise ValueError(
            f"layer {layer.name!r} runs {len(nodes)} times in a pass, and must run once"
        )
    return nodes[0].input_tensors[0]


def _inputs(model: Any) -> Any:  # noqa: ANN401  # a model, tensors in the structure that it takes
    structure = getattr(model, "_inputs_struct", None)
    if structure is not None:
        return structure
    return model.inputs[0] if len(model.inputs) == 1 else model.inputs


def _activation_of(layer: Any) -> str:  # noqa: ANN401  # a layer
    if isinstance(layer, keras.layers.Softmax):
        return "softmax"
    activation = getattr(layer, "activation", None)
    return "linear" if activation is None else getattr(activation, "__name__", "unknown")


def _links(model: Any, layer: Any) -> list[str]:  # noqa: ANN401  # a model, a layer
    """Return the activations behind a layer: its own, or those of what takes its output."""
    own = _activation_of(layer)
    if own != "linear":
        return [own]
    kinds = (keras.layers.Activation, keras.layers.Softmax)
    output = layer.output
    behind = [one for one in model.layers if one is not layer and _takes(one, output)]
    return [_activation_of(one) if isinstance(one, kinds) else "unknown" for one in behind]


def _takes(layer: Any, tensor: Any) -> bool:  # noqa: ANN401  # a layer, a symbolic tensor
    for node in getattr(layer, "_inbound_nodes", []):
        if any(one is tensor for one in node.input_tensors):
            return True
    return False


def _loss_behind(model: Any, layer: Any) -> str:  # noqa: ANN401  # a model, a layer
    links = _links(model, layer)
    if len(links) == 1 and links[0] in {"softmax", "sigmoid"}:
        return links[0]
    compiled = getattr(model, "loss", None)
    if not links and compiled is not None and not isinstance(compiled, list | tuple | dict):
        name = compiled if isinstance(compiled, str) else type(compiled).__name__
        if name.lower() in _SQUARES:
            return "squared_error"
        if getattr(compiled, "from_logits", None) or _from_logits(compiled):
            return "sigmoid" if "binary" in name.lower() else "softmax"
    raise ValueError(
        f"loss of layer {layer.name!r} is in doubt, say loss='softmax', 'sigmoid' or "
        f"'squared_error': behind it there is {links or 'nothing'}, and the model's loss is "
        f"{compiled!r}"
    )


def _from_logits(loss: Any) -> bool:  # noqa: ANN401  # a Keras loss
    config = loss.get_config() if hasattr(loss, "get_config") else {}
    return bool(config.get("from_logits") or config.get("fn_kwargs", {}).get("from_logits"))


def _require_link(model: Any, layer: Any, loss: str) -> None:  # noqa: ANN401  # a model, a layer
    other = [link for link in _links(model, layer) if link not in _LINKS[loss]]
    if other and other[0] != "unknown":
        raise ValueError(
            f"layer {layer.name!r} has the activation {other[0]!r} behind it, which is not that of "
            f"loss={loss!r}"
        )


@contextmanager
def _kept_state_of_torch() -> Iterator[None]:
    """Restore torch's global generator, where torch is Keras' backend."""
    torch = sys.modules.get("torch") if keras.backend.backend() == "torch" else None
    state = None if torch is None else torch.get_rng_state()
    try:
        yield
    finally:
        if torch is not None:
            torch.set_rng_state(state)


def _each(dataset: Any) -> Iterator[Any]:  # noqa: ANN401  # whatever holds batches
    if isinstance(dataset, keras.utils.PyDataset):
        for number in range(len(dataset)):
            yield dataset[number]
    else:
        yield from dataset


def _batches(body: Any, name: str, dataset: Any) -> Iterator[Batch]:  # noqa: ANN401  # see above
    for batch in _each(dataset):
        inputs, targets, weight = split_batch(batch, name)
        with quiet():
            features = np.asarray(body.predict_on_batch(inputs), np.float32)
        yield (
            features,
            _array(targets),
            None if weight is None else _array(weight),
        )


def _array(values: Any) -> Any:  # noqa: ANN401  # an array
    with quiet():
        array = keras.ops.convert_to_numpy(values)
    return (
        array.astype(np.float32)
        if array.dtype.kind == "V" or array.dtype.name == "bfloat16"
        else array
    )
