"""Masks of weight decay for optax: ``pip install 'elltwo[optax]'``.

A chain of optax consists of functions and cannot be read, so there is no audit. Where the decay
stands in it decides what it is: `add_decayed_weights` before `scale_by_adam` goes through its
denominator (coupled), after it, as in `adamw`, it does not (decoupled); before `clip` it is part of
what is clipped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.integrations._decay.parameters import (
    BIAS,
    EMBEDDING,
    KERNEL,
    UNKNOWN,
    Parameter,
    Place,
)
from elltwo.integrations._decay.rules import decide, read_choices
from elltwo.integrations._peers import peer

if TYPE_CHECKING:
    from elltwo.integrations._decay.rules import Patterns

__all__ = ["decay_mask"]

# Names of leaves in flax and haiku whose role is certain.
_ROLES = {"kernel": KERNEL, "bias": BIAS, "embedding": EMBEDDING, "embeddings": EMBEDDING}


def decay_mask(
    params: Any,  # noqa: ANN401  # a tree of arrays
    *,
    decay: Patterns = (),
    no_decay: Patterns = (),
    embeddings: str = "decay",
) -> Any:  # noqa: ANN401  # a tree of bool
    """Say of every array in a tree of parameters whether it is decayed.

    For ``optax.adamw(..., mask=decay_mask(params))`` and ``optax.add_decayed_weights(..., mask=)``.
    A tree has names and shapes alone, so the rules are: what matches `decay` or `no_decay`; what
    is called kernel or embedding is decayed, bias is not; what reads as a norm (``ln_f``,
    ``LayerNorm_0``) or a scale is not; nor is what has fewer than two dimensions; the rest is.

    Parameters
    ----------
    params : pytree of arrays
        Parameters of flax, haiku, equinox or any other tree. Names are the keys on the way to an
        array, with slashes between them.
    decay, no_decay : str or sequence of str, default=()
        Patterns of `fnmatch` of names that are decayed, or are not, whatever the rules say; one
        that matches a node covers all below it.
    embeddings : {"decay", "skip"}, default="decay"
        Whether embeddings are decayed.

    Returns
    -------
    pytree of bool
        Tree of the same structure.

    Raises
    ------
    ValueError
        If the tree has no arrays, or a pattern matches nothing.
    TypeError
        If a leaf is no array.

    Examples
    --------
    >>> import numpy as np
    >>> from elltwo.integrations.optax import decay_mask
    >>> dense = {"kernel": np.ones((4, 3)), "bias": np.zeros(3)}
    >>> decay_mask({"Dense_0": dense, "LayerNorm_0": {"scale": np.ones(3)}})
    {'Dense_0': {'bias': False, 'kernel': True}, 'LayerNorm_0': {'scale': False}}
    """
    peer("optax")
    tree_util = peer("jax").tree_util
    leaves, structure = tree_util.tree_flatten_with_path(params)
    parameters = [_parameter(path, leaf) for path, leaf in leaves]
    if not parameters:
        raise ValueError("params has no arrays")
    choices = read_choices(decay, no_decay, embeddings, parameters)
    decayed = [decide(parameter, choices).decayed for parameter in parameters]
    return tree_util.tree_unflatten(structure, decayed)


def _parameter(path: tuple[Any, ...], leaf: Any) -> Parameter:  # noqa: ANN401
    keys = [str(_key(entry)) for entry in path]
    name = "/".join(keys) or "params"
    shape = getattr(leaf, "shape", None)
    if shape is None:
        raise TypeError(f"params must hold arrays, got {type(leaf).__name__} at {name!r}")
    own, owner = ("", "", *keys)[-1], ("", "", *keys)[-2]
    place = Place(name, _ROLES.get(own, UNKNOWN), owner or "the tree")
    return Parameter((place,), (*shape,), trainable=True)


def _key(entry: Any) -> object:  # noqa: ANN401  # of a dict, a sequence or an attribute
    for attribute in ("key", "idx", "name"):
        if hasattr(entry, attribute):
            return getattr(entry, attribute)
    return entry


def __dir__() -> list[str]:
    """Offer the public names to completion, without what is imported."""
    return __all__
