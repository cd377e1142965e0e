"""Kernels whose scale a norm takes away."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from torch import nn

from elltwo.integrations.torch._parameters import is_norm

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRANSPARENT = (nn.Identity, nn.modules.dropout._DropoutNd)


def scale_free(model: nn.Module) -> set[int]:
    """Return the ids of kernels straight before a norm, and of directions under weight norm.

    In an ``nn.Sequential`` what comes next is certain. In other modules a batch or instance norm
    that is registered right after a layer of as many channels is taken to follow it.
    """
    found: set[int] = set()
    for module in model.modules():
        children = [child for child in module.children() if not isinstance(child, _TRANSPARENT)]
        for layer, following in pairwise(children):
            if isinstance(module, nn.Sequential):
                follows = is_norm(following)
            else:
                follows = _is_batch_norm_of(layer, following)
            if follows and isinstance(layer, nn.Linear | nn.modules.conv._ConvNd):
                found |= set(_kernels(layer))
    found |= {
        id(tensor)
        for name, tensor in model.named_parameters()
        if name.endswith((".weight_v", "weight.original1"))
    }
    return found


def _is_batch_norm_of(layer: nn.Module, norm: nn.Module) -> bool:
    channels = getattr(layer, "out_channels", getattr(layer, "out_features", None))
    return isinstance(norm, nn.modules.batchnorm._NormBase) and norm.num_features == channels


def _kernels(layer: nn.Module) -> Iterator[int]:
    for name, tensor in layer.named_parameters():
        if not name.endswith("bias"):
            yield id(tensor)
