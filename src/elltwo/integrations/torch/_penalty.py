"""A coupled penalty on the parameters of a module, as a term of its loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from elltwo.integrations._decay.groups import NO_DECAY, divide
from elltwo.integrations._decay.rules import read_choices
from elltwo.integrations._decay.strength import Scale, given_strength, read_strength
from elltwo.integrations.torch._parameters import parameters_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch
    from torch import nn

    from elltwo.integrations._decay.rules import Patterns


class Term(NamedTuple):
    """A parameter and the factor of its sum of squares."""

    name: str
    parameter: nn.Parameter
    l2: float


class Penalty:
    """Sum of ``l2 * sum(w^2)`` over parameters of a module; see `penalty`, which makes it."""

    def __init__(self, terms: tuple[Term, ...]) -> None:
        self.terms = terms

    def __call__(self) -> torch.Tensor:
        """Return the penalty at the present weights, differentiable with respect to them.

        Parameters that were frozen since are left out, since they have no gradient to give.
        """
        total: torch.Tensor | None = None
        for term in self.terms:
            if term.parameter.requires_grad:
                value = term.l2 * term.parameter.square().sum()
                total = value if total is None else total + value.to(total.device, total.dtype)
        if total is None:
            raise ValueError("all parameters of the penalty are frozen")
        return total

    def __repr__(self) -> str:
        return f"<penalty on {', '.join(term.name for term in self.terms)}>"


def penalty(
    model: nn.Module,
    l2: float | None = None,
    *,
    alpha: float | None = None,
    n_samples: int | None = None,
    loss: str | None = None,
    n_outputs: int | None = None,
    batch_size: int | None = None,
    per_layer: Mapping[str, float] | None = None,
    decay: Patterns = (),
    no_decay: Patterns = (),
    embeddings: str = "decay",
) -> Penalty:
    r"""Return a penalty ``l2 * sum(w^2)`` on what `param_groups` would decay.

    Called without arguments it gives a scalar tensor to be added to the loss. Unlike decoupled
    decay this is a term of the objective, for any optimiser; as the `weight_decay` of SGD it
    corresponds to twice the number.

    Parameters
    ----------
    model : torch.nn.Module
        Module with initialised parameters. They are looked up once; their values when called.
    l2 : float, default=None
        Factor of the sum of squares beside the loss as it is.
    alpha : float, default=None
        elltwo's, instead of `l2`, beside sums over rows: ``sum r^2 + alpha sum w^2``, or
        ``sum logloss + alpha/2 sum w^2``.
    n_samples : int, default=None
        Rows that the module is trained on, for alpha.
    loss : str, default=None
        The loss, for alpha: ``"mse"``, ``"cross_entropy"`` or ``"binary_cross_entropy"`` with mean
        reduction, ``"sum_mse"`` or ``"sum_cross_entropy"`` with sums over the batch.
    n_outputs : int, default=None
        Outputs that a mean squared error or a binary cross-entropy averages over, for alpha.
    batch_size : int, default=None
        Rows in a batch, for alpha where the loss is a sum over the batch.
    per_layer : mapping from str to float, default=None
        Factors of some layers by patterns, in the terms of `l2` or `alpha`, whichever is given.
    decay, no_decay, embeddings : default=()
        As in `param_groups`.

    Returns
    -------
    Penalty
        Callable; its ``terms`` hold name, parameter and factor.

    Raises
    ------
    TypeError
        If neither or both of `l2` and `alpha` are given, or one is no number.
    ValueError
        If nothing is penalised, a number is out of range, a pattern matches nothing, or something
        that alpha needs is missing.

    Examples
    --------
    >>> import torch
    >>> from elltwo.integrations.torch import penalty
    >>> model = torch.nn.Linear(3, 1)
    >>> l2 = penalty(model, 1e-4)
    >>> loss = model(torch.ones(5, 3)).square().mean() + l2()
    >>> [term.name for term in l2.terms]
    ['weight']
    """
    scale = Scale(loss, n_samples, n_outputs, batch_size)
    given_strength(l2, alpha, scale, "l2")  # for its checks
    found = parameters_of(model)
    parameters = [parameter for parameter, _ in found]
    choices = read_choices(decay, no_decay, embeddings, parameters)
    base = l2 if alpha is None else alpha
    terms = {
        place: group.strength if alpha is None else scale.value(group.strength, l2=True)
        for group in divide(parameters, read_strength(base, "l2"), per_layer, choices)
        if group.name != NO_DECAY
        for place in group.members
    }
    if not terms:
        raise ValueError(f"no parameter of the model ({type(model).__name__}) is penalised")
    return Penalty(tuple(Term(parameters[p].name, found[p][1], terms[p]) for p in sorted(terms)))
