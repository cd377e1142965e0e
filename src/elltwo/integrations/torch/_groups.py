"""Parameter groups of a module for an optimiser of torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.integrations._decay.groups import divide
from elltwo.integrations._decay.rules import read_choices
from elltwo.integrations._decay.strength import read_divisor, read_strength
from elltwo.integrations.torch._parameters import parameters_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

    from elltwo.integrations._decay.rules import Patterns


def param_groups(
    model: nn.Module,
    weight_decay: float,
    *,
    per_layer: Mapping[str, float] | None = None,
    decay: Patterns = (),
    no_decay: Patterns = (),
    embeddings: str = "decay",
    fully_decoupled: bool = False,
    peak_lr: float | None = None,
) -> list[dict[str, Any]]:
    """Divide the trainable parameters of a module into groups for an optimiser.

    The first rule that applies decides: (1) frozen parameters are in no group; (2) what matches
    `decay` is decayed, what matches `no_decay` is not; (3) kernels of linear, convolution,
    recurrent and attention layers are decayed, biases and the gains of norms and of weight norm are
    not; (4) in modules of unknown kind, what reads as a norm (``RMSNorm``, ``ln_f``) or a scale
    (``gamma``, ``logit_scale``) is not; (5) nor is what has fewer than two dimensions; (6) the rest
    is. `audit` gives the reason for each parameter.

    Parameters
    ----------
    model : torch.nn.Module
        Module with initialised parameters.
    weight_decay : float
        Strength of what is decayed, in the optimiser's own terms.
    per_layer : mapping from str to float, default=None
        Strengths of some layers by patterns of `fnmatch`, the first that matches counts; a pattern
        that matches a module covers all in it. Biases and norms stay undecayed.
    decay, no_decay : str or sequence of str, default=()
        Patterns of names that are decayed, or are not, whatever the rules say.
    embeddings : {"decay", "skip"}, default="decay"
        Whether embeddings are decayed, as torch does. One that is tied to a kernel is decayed.
    fully_decoupled : bool, default=False
        Whether the strengths are from a paper that does not multiply them by the learning rate
        (decoupled decay as published [1]_). They are then divided by `peak_lr`, since AdamW of
        torch does multiply.
    peak_lr : float, default=None
        Peak learning rate, for `fully_decoupled` alone.

    Returns
    -------
    list of dict
        Groups with ``params``, ``weight_decay`` and ``name`` ("decay", "decay <pattern>",
        "no_decay"), empty ones left out. Every trainable parameter is in exactly one, tied ones
        under their first name. Order of groups and parameters depends on the model and the
        arguments alone, so that states of optimisers can be loaded later.

    Raises
    ------
    TypeError
        If `model` is no module, or a strength no number.
    ValueError
        If a pattern matches nothing, a strength is negative or not finite, a lazy layer has no
        shapes yet, or nothing in the model is trainable.

    References
    ----------
    .. [1] I. Loshchilov and F. Hutter (2019). Decoupled weight decay regularization. ICLR.
       Algorithm 2.

    Examples
    --------
    >>> import torch
    >>> from elltwo.integrations.torch import param_groups
    >>> model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.LayerNorm(3))
    >>> groups = param_groups(model, 0.05)
    >>> [(group["name"], group["weight_decay"], len(group["params"])) for group in groups]
    [('decay', 0.05, 1), ('no_decay', 0.0, 3)]
    >>> optimizer = torch.optim.AdamW(groups, lr=1e-3)
    """
    found = parameters_of(model)
    parameters = [parameter for parameter, _ in found]
    if not any(parameter.trainable for parameter in parameters):
        raise ValueError(f"no parameter of the model ({type(model).__name__}) is trainable")
    strength = read_strength(weight_decay, "weight_decay")
    choices = read_choices(decay, no_decay, embeddings, parameters)
    divisor = read_divisor(fully_decoupled, peak_lr)
    return [
        {
            "params": [found[place][1] for place in group.members],
            "weight_decay": group.strength / divisor,
            "name": group.name,
        }
        for group in divide(parameters, strength, per_layer, choices)
    ]
