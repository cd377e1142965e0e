"""The last layer of a torch module solved exactly."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from elltwo.integrations._head.batches import split_batch
from elltwo.integrations._head.random_state import kept_random_state
from elltwo.integrations._head.refit import MAX_MEMORY, HeadOptions, read_options, refit
from elltwo.integrations._head.weights import Weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from elltwo.integrations._head.batches import Batch
    from elltwo.integrations._head.record import HeadRefit


def refit_head(
    model: nn.Module,
    loader: Iterable[Any],
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
    """Solve a linear layer of a network exactly, with its penalty chosen on rows it has not seen.

    The inputs of the layer are computed once for every row, in evaluation mode and without
    gradients. The layer then gets the weights that minimise the objective of `elltwo.linear_probe`,
    sums of losses over rows with an L2 penalty of weights. Modes, hooks and random states of
    Python, NumPy and torch are afterwards as they were, also if an error is raised, and then the
    weights are too.

    Rows that the body was trained on deceive: its features fit them better than new rows, and
    leave-one-out and folds among them choose too small an alpha. Hold rows back from training and
    pass them as `validation`: these choose alpha, and the layer is fitted to all rows.

    Parameters
    ----------
    model : torch.nn.Module
        The network.
    loader : iterable
        Batches (inputs, targets) or (inputs, targets, weights of rows), such as a DataLoader's.
        Inputs are a tensor, a tuple of tensors, or a mapping of keyword arguments of the model.
        Targets are classes or one-hot rows ("softmax"), zeros and ones ("sigmoid") or values.
    layer : str
        Name of a `torch.nn.Linear` as in ``model.named_modules()``. Inputs of more than two
        dimensions, of tokens for example, count as one row for each place.
    loss : {"softmax", "sigmoid", "squared_error"}
        What is behind the layer. "softmax" is the loss of CrossEntropyLoss, "sigmoid" that of
        BCEWithLogitsLoss, of which every output is a fit of its own, "squared_error" that of
        MSELoss. A module does not tell, so that it must be said.
    cv : {"alo", "gcv"}, int, splitter or list, default=None
        How alpha is chosen among the rows of `loader`: for log loss "alo" or folds, see
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
        If the layer is none that can be solved: a convolution, quantised, sharded or of a class
        with a forward pass of its own.
    ValueError
        If there is no such layer, its weights are tied, parametrised or not initialised, it does
        not run once in a pass, batches do not fit it or hold NaN, there are no rows, a class has
        none, or an option is out of its range.
    OverflowError
        If weights are beyond the range of the layer's type.

    Warns
    -----
    elltwo.exceptions.ConvergenceWarning
        If a fit did not reach its tolerance.
    elltwo.exceptions.SeparationWarning
        If an alpha of 0 was chosen, and features separate the classes.

    Examples
    --------
    >>> import torch
    >>> from elltwo.integrations.torch import refit_head
    >>> _ = torch.manual_seed(0)
    >>> body = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    >>> X = torch.randn(200, 4)
    >>> y = X[:, :1] - X[:, 1:2]
    >>> rows = [(X[:150], y[:150])]
    >>> head = refit_head(body, rows, "2", loss="squared_error", validation=[(X[150:], y[150:])])
    >>> head.written, head.after.validation.loss < head.before.validation.loss
    (True, True)
    """
    head = TorchHead(model, layer)
    if loss == "auto":
        raise ValueError(
            f"loss of layer {layer!r} must be said: 'softmax' (CrossEntropyLoss), 'sigmoid' "
            "(BCEWithLogitsLoss) or 'squared_error' (MSELoss); a module does not tell"
        )
    asked = HeadOptions(
        loss, cv, alphas, prior, class_weight, write, dry_run, max_memory, n_threads
    )
    options = read_options(asked, has_validation=validation is not None)
    loaders = [one for one in (loader, validation) if one is not None]
    with _kept_state(model, loaders), _caught_inputs(head) as inputs:
        held_out = None if validation is None else _batches(model, head, validation, inputs)
        return refit(head, _batches(model, head, loader, inputs), held_out, options)


class TorchHead:
    """A `torch.nn.Linear` as a `Head`."""

    def __init__(self, model: nn.Module, name: str) -> None:
        self.name = name
        self.module = _linear(model, name)
        self.has_bias = self.module.bias is not None
        self.dtype = str(self.module.weight.dtype).removeprefix("torch.")

    def _parameters(self) -> list[torch.Tensor]:
        both = [self.module.weight, self.module.bias]
        return [one for one in both if one is not None]

    def weights(self) -> Weights:
        """Return the weights as they are."""
        return self._as_weights(self.saved())

    def rounded(self, weights: Weights) -> Weights:
        """Return weights as the layer would hold them."""
        return self._as_weights(self._as_held(weights))

    def saved(self) -> list[torch.Tensor]:
        """Return a copy of the weights, bit for bit."""
        return [one.detach().clone() for one in self._parameters()]

    def restore(self, saved: list[torch.Tensor]) -> None:
        """Give the layer saved weights."""
        with torch.no_grad():
            for parameter, values in zip(self._parameters(), saved, strict=True):
                parameter.copy_(values)

    def write(self, weights: Weights) -> None:
        """Give the layer new weights, all of them or, where an error is raised, none."""
        held, old = self._as_held(weights), self.saved()
        try:
            self.restore(held)
        except BaseException:
            self.restore(old)
            raise

    def _as_held(self, weights: Weights) -> list[torch.Tensor]:
        return [
            torch.from_numpy(np.ascontiguousarray(values)).to(parameter)
            for values, parameter in zip(weights, self._parameters(), strict=False)
        ]

    def _as_weights(self, held: list[torch.Tensor]) -> Weights:
        arrays = [one.to("cpu", torch.float64).numpy() for one in held]
        return Weights(arrays[0], arrays[1] if self.has_bias else np.zeros(len(arrays[0])))


def _linear(model: nn.Module, name: str) -> nn.Linear:
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}")
    if not isinstance(name, str):
        raise TypeError(f"layer must be a name, as in named_modules(), got {type(name).__name__}")
    modules = dict(model.named_modules())
    found = modules.get(name)
    if found is None or not name:
        linear = [key for key, one in modules.items() if isinstance(one, nn.Linear) and key]
        raise ValueError(f"model has no layer {name!r}; its linear ones are {linear}")
    if isinstance(found, nn.modules.conv._ConvNd):
        raise TypeError(
            f"layer {name!r} is a convolution, whose inputs are no rows of features even at 1 x 1; "
            "move the pooling in front of it and use Linear"
        )
    if not isinstance(found, nn.Linear):
        raise TypeError(
            f"layer {name!r} must be a torch.nn.Linear, got {type(found).__name__}; quantised and "
            "fused layers are refused"
        )
    if isinstance(found, nn.LazyLinear):
        raise ValueError(  # noqa: TRY004  # of the state of the layer
            f"layer {name!r} is not initialised: run one batch first"
        )
    if type(found).forward is not nn.Linear.forward:
        raise TypeError(
            f"layer {name!r} is a {type(found).__name__} with a forward pass of its own, which "
            "need not be linear in its weights"
        )
    _refuse_weights(found, name)
    _refuse_tied(modules, found, name)
    return found


def _refuse_weights(found: nn.Linear, name: str) -> None:
    own = found._parameters  # where computed weights are not
    if own.get("weight") is None:
        raise ValueError(
            f"layer {name!r}: its weight is computed (weight norm, a parametrisation), and would "
            "be computed again; remove that first"
        )
    for part in ("weight", "bias"):
        value = own.get(part)
        if value is None:
            continue
        if not value.is_floating_point():
            raise TypeError(f"layer {name!r} is quantised: its {part} is {value.dtype}")
        if type(value) is not nn.Parameter or type(value.data) is not torch.Tensor:
            raise TypeError(
                f"layer {name!r} is sharded or quantised: its {part} is a "
                f"{type(value.data).__name__}"
            )
        if value.is_meta or value.numel() == 0:
            raise TypeError(f"layer {name!r} is sharded or empty: its {part} holds no values here")


def _refuse_tied(modules: Mapping[str, nn.Module], found: nn.Linear, name: str) -> None:
    mine = {id(one) for one in found.parameters(recurse=False)}
    places = {one.data_ptr() for one in found.parameters(recurse=False)}
    for key, module in modules.items():
        if module is found:
            continue
        for part, other in module.named_parameters(recurse=False):
            if isinstance(other, nn.parameter.UninitializedParameter):
                continue
            if id(other) in mine or (other.numel() and other.data_ptr() in places):
                raise ValueError(
                    f"layer {name!r} is tied: {key}.{part} has the same weights, which a fit of "
                    "one of the two would change in the other"
                )


@contextmanager
def _kept_state(model: nn.Module, loaders: list[Any]) -> Iterator[None]:
    """Switch to evaluation without gradients, and restore modes and random states."""
    modes = [(module, module.training) for module in model.modules()]
    state = torch.get_rng_state()
    on_gpu = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
    generators = _generators(loaders)
    states = [generator.get_state() for generator in generators]
    with kept_random_state(), torch.no_grad():
        try:
            model.eval()
            yield
        finally:
            for module, mode in modes:
                module.training = mode
            torch.set_rng_state(state)
            if on_gpu:
                torch.cuda.set_rng_state_all(on_gpu)
            for generator, old in zip(generators, states, strict=True):
                generator.set_state(old)


def _generators(loaders: list[Any]) -> list[torch.Generator]:
    found: dict[int, torch.Generator] = {}
    for loader in loaders:
        for owner in (loader, getattr(loader, "sampler", None)):
            generator = getattr(owner, "generator", None)
            if isinstance(generator, torch.Generator):
                found[id(generator)] = generator
    return list(found.values())


@contextmanager
def _caught_inputs(head: TorchHead) -> Iterator[list[torch.Tensor]]:
    """Collect the inputs of a layer while it runs."""
    caught: list[torch.Tensor] = []

    def hook(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        caught.append(args[0] if args else kwargs["input"])

    handle = head.module.register_forward_pre_hook(hook, with_kwargs=True)
    try:
        yield caught
    finally:
        handle.remove()


def _batches(
    model: nn.Module, head: TorchHead, loader: Iterable[Any], caught: list[torch.Tensor]
) -> Iterator[Batch]:
    device = head.module.weight.device
    for batch in loader:
        inputs, targets, weight = split_batch(batch, head.name)
        caught.clear()
        _run(model, _moved(inputs, device))
        if len(caught) != 1:
            raise ValueError(
                f"layer {head.name!r} ran {len(caught)} times in one forward pass, and must run "
                "once"
            )
        yield (
            _array(caught.pop(), torch.float32),
            _array(targets),
            None if weight is None else _array(weight),
        )


def _run(model: nn.Module, inputs: Any) -> None:  # noqa: ANN401  # what a model takes
    if isinstance(inputs, dict):
        model(**inputs)
    elif isinstance(inputs, tuple | list):
        model(*inputs)
    else:
        model(inputs)


def _moved(inputs: Any, device: torch.device) -> Any:  # noqa: ANN401  # what a model takes
    if isinstance(inputs, torch.Tensor):
        return inputs.to(device)
    if isinstance(inputs, dict):
        return {key: _moved(value, device) for key, value in inputs.items()}
    if isinstance(inputs, tuple | list):
        return type(inputs)(_moved(value, device) for value in inputs)
    return inputs


def _array(values: Any, dtype: torch.dtype | None = None) -> Any:  # noqa: ANN401  # an array
    tensor = torch.as_tensor(values).detach()
    if dtype is not None or tensor.dtype == torch.bfloat16:
        tensor = tensor.to(dtype or torch.float32)
    return tensor.cpu().numpy()
