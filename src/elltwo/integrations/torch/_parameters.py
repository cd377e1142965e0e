"""The parameters of a module, with their roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.utils import parametrize

from elltwo.integrations._decay.parameters import (
    BIAS,
    EMBEDDING,
    GAIN,
    KERNEL,
    UNKNOWN,
    Parameter,
    Place,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_NORMS = (
    nn.modules.batchnorm._NormBase,
    nn.LayerNorm,
    nn.GroupNorm,
    *((nn.RMSNorm,) if hasattr(nn, "RMSNorm") else ()),  # of torch 2.4 and later
)
_KERNELS = (
    nn.Linear,
    nn.Bilinear,
    nn.modules.conv._ConvNd,
    nn.RNNBase,
    nn.RNNCellBase,
    nn.MultiheadAttention,
)
_EMBEDDINGS = (nn.Embedding, nn.EmbeddingBag)

# Wrappers, and the attribute that holds what they wrap: they are left out of names.
_WRAPPERS = {
    "OptimizedModule": "_orig_mod",  # of torch.compile
    "DataParallel": "module",
    "DistributedDataParallel": "module",
}


def parameters_of(model: nn.Module) -> list[tuple[Parameter, nn.Parameter]]:
    """Return the parameters of a module in its order, each once, with all its places."""
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}")
    while type(model).__name__ in _WRAPPERS:
        model = getattr(model, _WRAPPERS[type(model).__name__])
    places: dict[int, list[Place]] = {}
    tensors: dict[int, nn.Parameter] = {}
    for place, tensor in _walk(model):
        if _is_lazy(tensor):
            owner = place.name.rpartition(".")[0]
            raise ValueError(
                f"the lazy layer {owner!r} ({place.owner}) has no shapes yet: run one batch "
                "through the model first"
            )
        if type(tensor).__name__ == "FlatParameter":
            raise ValueError(
                f"{place.name!r} is flattened, which loses its layers: wrap the model with "
                "use_orig_params=True"
            )
        places.setdefault(id(tensor), []).append(place)
        tensors[id(tensor)] = tensor
    return [
        (Parameter((*where,), (*tensors[key].shape,), tensors[key].requires_grad), tensors[key])
        for key, where in places.items()
    ]


def _walk(model: nn.Module) -> Iterator[tuple[Place, nn.Parameter]]:
    """Yield every parameter in every place."""
    modules = dict(model.named_modules(remove_duplicate=False))
    for path, module in modules.items():
        for own, tensor in module.named_parameters(recurse=False, remove_duplicate=False):
            name = f"{path}.{own}" if path else own
            if isinstance(module, parametrize.ParametrizationList):
                yield _parametrised(name, module, modules), tensor
            else:
                yield Place(name, _role(module, own), type(module).__name__), tensor


def _parametrised(
    name: str, parametrization: parametrize.ParametrizationList, modules: dict[str, nn.Module]
) -> Place:
    """Return the place of ``<owner>.parametrizations.<tensor>.<own name>``."""
    path, _, own = name.rpartition(".")
    owner_path, _, tensor = path.rpartition(".parametrizations.")
    if not owner_path:
        tensor = path.removeprefix("parametrizations.")
    owner = modules[owner_path]
    kinds = {type(step).__name__ for step in parametrization}
    if "_WeightNorm" in kinds and own == "original0":
        return Place(name, GAIN, "weight norm")
    kind = type(owner).__name__.removeprefix("Parametrized")
    return Place(name, _role(owner, tensor), kind)


def _role(module: nn.Module, own: str) -> str:
    if own == "weight_g" and hasattr(module, "weight_v"):  # torch.nn.utils.weight_norm
        return GAIN
    if isinstance(module, _NORMS):
        return BIAS if own == "bias" else GAIN
    if isinstance(module, nn.PReLU):
        return GAIN
    if isinstance(module, _KERNELS):
        return BIAS if "bias" in own else KERNEL
    if isinstance(module, _EMBEDDINGS):
        return EMBEDDING
    return UNKNOWN


def _is_lazy(tensor: nn.Parameter) -> bool:
    return isinstance(tensor, nn.parameter.UninitializedTensorMixin)


def squared_norm(tensor: torch.Tensor) -> float:
    """Return the sum of squares of a tensor, in float64."""
    with torch.no_grad():
        return float(tensor.detach().cpu().double().square().sum())


def is_norm(module: nn.Module) -> bool:
    """Whether a module normalises its input."""
    return isinstance(module, _NORMS)
