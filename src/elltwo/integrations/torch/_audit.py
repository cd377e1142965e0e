"""What is decayed in a module, how, and by how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from elltwo.integrations._decay.audited import Audited, Seen, Term
from elltwo.integrations._decay.build import build
from elltwo.integrations._decay.rates import read_steps
from elltwo.integrations._decay.records import DECOUPLED, LOSS, Finding
from elltwo.integrations._decay.steps import Run, decay_steps
from elltwo.integrations._decay.strength import Scale
from elltwo.integrations.torch._optimizer import group_decays, local_penalties
from elltwo.integrations.torch._parameters import parameters_of, squared_norm
from elltwo.integrations.torch._penalty import Penalty
from elltwo.integrations.torch._schedule import group_rates
from elltwo.integrations.torch._structure import scale_free

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import torch
    from torch import nn

    from elltwo.integrations._decay.parameters import Parameter
    from elltwo.integrations._decay.report import PenaltyAudit
    from elltwo.integrations._decay.steps import DecaySteps
    from elltwo.integrations.torch._optimizer import GroupDecay

    _Found = list[tuple[Parameter, nn.Parameter]]


def audit(
    model: nn.Module,
    optimizer: torch.optim.Optimizer | None = None,
    *,
    penalty: Penalty | None = None,
    loss: str | None = None,
    n_samples: int | None = None,
    n_outputs: int | None = None,
    batch_size: int | None = None,
    schedule: Any = None,  # noqa: ANN401  # a scheduler, a function or a sequence
    n_steps: int | None = None,
    decoupled: bool | None = None,
    ignore: str | Sequence[str] = (),
) -> PenaltyAudit:
    """Report which parameters of a module are penalised, how, by how much, and what looks wrong.

    Nothing is changed: no step is made, of a scheduler neither.

    Parameters
    ----------
    model : torch.nn.Module
        Module with initialised parameters.
    optimizer : torch.optim.Optimizer, default=None
        Its optimiser; without one only the rules are shown, and `penalty`.
    penalty : Penalty, default=None
        What `penalty` returned, if it is a term of the loss.
    loss : str, default=None
        The loss, for elltwo's alpha: ``"mse"``, ``"cross_entropy"``, ``"binary_cross_entropy"`` or,
        for any other mean over rows, ``"mean"``; sums over a batch are ``"sum_mse"``,
        ``"sum_cross_entropy"`` and ``"sum"``. Squared errors have ``alpha sum w^2`` beside the sum
        over rows, all others ``alpha/2 sum w^2``.
    n_samples : int, default=None
        Rows that the module is trained on.
    n_outputs : int, default=None
        Outputs that a mean squared error or a binary cross-entropy averages over.
    batch_size : int, default=None
        Rows in a batch.
    schedule : LRScheduler, callable or sequence of float, default=None
        Learning rates: a scheduler of `optimizer`, which is run in a copy from its present state,
        a function of the step, or a number for each step. Constant rates by default.
    n_steps : int, default=None
        Steps of the run.
    decoupled : bool, default=None
        Whether `weight_decay` acts beside the gradient, for optimisers that are not torch's.
    ignore : str or sequence of str, default=()
        Codes of findings to leave out.

    Returns
    -------
    PenaltyAudit
        Rows, findings, ``summary()`` and ``to_pandas()``.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If a lazy layer has no shapes yet, something that alpha needs is missing, a schedule cannot
        be run, or it is not known how the optimiser decays.

    References
    ----------
    .. [1] I. Loshchilov and F. Hutter (2019). Decoupled weight decay regularization. ICLR.
    .. [2] X. Wang and L. Aitchison (2024). How to set AdamW's weight decay as you scale model and
       dataset size. arXiv:2405.13698.
    .. [3] T. van Laarhoven (2017). L2 regularization versus batch and weight normalization.
       arXiv:1706.05350.

    Examples
    --------
    >>> import torch
    >>> from elltwo.integrations.torch import audit
    >>> model = torch.nn.Linear(3, 1)
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=0.02)
    >>> report = audit(model, optimizer, loss="mse", n_samples=50, n_outputs=1)
    >>> [(row.name, row.how, row.alpha) for row in report.rows]
    [('weight', 'coupled', 0.5), ('bias', 'coupled', 0.5)]
    >>> [finding.code for finding in report.findings]
    ['bias']
    """
    found = parameters_of(model)
    if penalty is not None and not isinstance(penalty, Penalty):
        raise TypeError(f"penalty must be what penalty() returns, got {type(penalty).__name__}")
    acting = _Acting(
        optimizer,
        [] if optimizer is None else group_decays(optimizer, decoupled),
        _places(optimizer),
        {} if penalty is None else {id(term.parameter): term.l2 for term in penalty.terms},
    )
    free = scale_free(model)
    audited = [_audited(item, acting, is_free=id(item[1]) in free) for item in found]
    steps = _steps(acting, schedule, read_steps(n_steps), Run(n_samples, batch_size))
    source = "the rules alone" if optimizer is None else type(optimizer).__name__
    title = f"Penalties of {type(model).__name__}, {source}"
    findings = tuple(_lost(found, acting))
    scale = Scale(loss, n_samples, n_outputs, batch_size)
    return build(Seen(title, audited, steps, findings), scale, ignore)


class _Acting(NamedTuple):
    """What acts on the parameters of a module."""

    optimizer: torch.optim.Optimizer | None
    decays: list[GroupDecay]  #: of each group
    places: dict[int, int]  #: group of a parameter, by its id
    factors: dict[int, float]  #: of the penalty in the loss, by the id of a parameter


def _places(optimizer: torch.optim.Optimizer | None) -> dict[int, int]:
    if optimizer is None:
        return {}
    groups = enumerate(optimizer.param_groups)
    return {id(tensor): place for place, group in groups for tensor in group["params"]}


def _steps(
    acting: _Acting,
    schedule: Any,  # noqa: ANN401
    n_steps: int | None,
    run: Run,
) -> list[DecaySteps]:
    if acting.optimizer is None:
        return []
    rates = group_rates(acting.optimizer, schedule, n_steps)
    known = run._replace(has_steps=n_steps is not None or schedule is not None)
    return [
        decay_steps(decay.name, decay.term.value, group, known)
        for decay, group in zip(acting.decays, rates, strict=True)
        if decay.shrinks and decay.term.value > 0.0
    ]


def _audited(item: tuple[Parameter, nn.Parameter], acting: _Acting, *, is_free: bool) -> Audited:
    parameter, tensor = item
    terms: list[Term] = []
    if id(tensor) in acting.factors:
        l2 = acting.factors[id(tensor)]
        adaptive = any(decay.adaptive for decay in acting.decays)
        terms.append(Term(LOSS, l2, 2.0 * l2, adaptive))
    lambdas = None
    place = acting.places.get(id(tensor))
    if acting.optimizer is not None and place is not None:
        decay = acting.decays[place].term
        if decay.value > 0.0:
            terms.append(decay)
        if decay.value > 0.0 and decay.how == DECOUPLED:
            group = acting.optimizer.param_groups[place]
            lambdas = local_penalties(acting.optimizer, group, tensor)
    return Audited(parameter, squared_norm(tensor), tuple(terms), lambdas, is_free)


def _lost(found: _Found, acting: _Acting) -> Iterator[Finding]:
    """Yield parameters that the optimiser does not have, and those it passes over."""
    if acting.optimizer is None:
        return
    trained = [(parameter.name, tensor) for parameter, tensor in found if parameter.trainable]
    missing = tuple(name for name, tensor in trained if id(tensor) not in acting.places)
    if missing:
        yield Finding("lost", missing, "trainable, and in no group of the optimiser")
    if any(tensor.grad is not None for _, tensor in trained):
        known = [(name, tensor) for name, tensor in trained if id(tensor) in acting.places]
        idle = tuple(
            name
            for name, tensor in known
            if tensor.grad is None and acting.decays[acting.places[id(tensor)]].term.value > 0.0
        )
        if idle:
            text = "without gradient, where others have one: torch passes it over, decay included"
            yield Finding("lost", idle, text)
