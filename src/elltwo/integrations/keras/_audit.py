"""What is penalised in a model of Keras, how, and by how much."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import keras

from elltwo.integrations._decay.audited import Audited, Seen, Term
from elltwo.integrations._decay.build import build
from elltwo.integrations._decay.rates import read_steps
from elltwo.integrations._decay.records import DECOUPLED, LOSS, Finding
from elltwo.integrations._decay.steps import Run, decay_steps
from elltwo.integrations._decay.strength import Scale
from elltwo.integrations.keras._optimizer import (
    decay_of,
    decay_term,
    decaying,
    is_adaptive,
    learning_rates,
    local_penalties,
)
from elltwo.integrations.keras._structure import scale_free
from elltwo.integrations.keras._variables import regularizer_attribute, squared_norm, variables_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from elltwo.integrations._decay.report import PenaltyAudit
    from elltwo.integrations.keras._variables import Found


def audit(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer | None = None,
    *,
    loss: str | None = None,
    n_samples: int | None = None,
    n_outputs: int | None = None,
    batch_size: int | None = None,
    schedule: Any = None,  # noqa: ANN401  # a schedule, a function or a sequence
    n_steps: int | None = None,
    ignore: str | Sequence[str] = (),
) -> PenaltyAudit:
    """Report which variables of a model are penalised, how, by how much, and what looks wrong.

    Nothing is changed.

    Parameters
    ----------
    model : keras.Model
        Model with its variables, with any regularisers.
    optimizer : keras.optimizers.Optimizer, default=None
        Its optimiser; by default the one that it is compiled with, if it is.
    loss : str, default=None
        The loss by Keras' name, for elltwo's alpha: ``"mse"``, ``"categorical_crossentropy"`` (also
        sparse), ``"binary_crossentropy"`` or, for any other mean over rows, ``"mean"``. Squared
        errors have ``alpha sum w^2`` beside the sum over rows, all others ``alpha/2 sum w^2``.
    n_samples : int, default=None
        Rows that the model is trained on.
    n_outputs : int, default=None
        Outputs that a mean squared error or a binary cross-entropy averages over.
    batch_size : int, default=None
        Rows in a batch.
    schedule : LearningRateSchedule, callable or sequence of float, default=None
        Learning rates, by default those of the optimiser.
    n_steps : int, default=None
        Steps of the run, from its first one.
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
        If a layer is not built, or something that alpha or the schedule needs is missing.

    References
    ----------
    .. [1] I. Loshchilov and F. Hutter (2019). Decoupled weight decay regularization. ICLR.
    .. [2] X. Wang and L. Aitchison (2024). How to set AdamW's weight decay as you scale model and
       dataset size. arXiv:2405.13698.
    .. [3] T. van Laarhoven (2017). L2 regularization versus batch and weight normalization.
       arXiv:1706.05350.

    Examples
    --------
    >>> import keras
    >>> from elltwo.integrations.keras import audit, l2
    >>> layer = keras.layers.Dense(2, kernel_regularizer=l2(0.01), name="head")
    >>> model = keras.Sequential([keras.Input((4,)), layer])
    >>> report = audit(model, loss="mse", n_samples=50, n_outputs=2)
    >>> [(row.name, row.how, row.alpha) for row in report.rows]
    [('head/kernel', 'loss', 1.0), ('head/bias', 'none', 0.0)]
    """
    found = variables_of(model)
    if optimizer is None:
        optimizer = getattr(model, "optimizer", None)
    inner = None if optimizer is None else decaying(optimizer)
    free = scale_free(model)
    audited = [_audited(item, inner, is_free=id(item.variable) in free) for item in found]
    source = "no optimiser" if inner is None else type(inner).__name__
    title = f"Penalties of {model.name}, {source}"
    findings = tuple(_lost(found, inner))
    steps = [] if inner is None else _steps(inner, found, schedule, read_steps(n_steps))
    run = Run(n_samples, batch_size, n_steps is not None or schedule is not None)
    rows = [decay_steps(source, value, rates, run) for value, rates in steps]
    scale = Scale(loss, n_samples, n_outputs, batch_size)
    return build(Seen(title, audited, rows, findings), scale, ignore)


def _steps(
    inner: Any,  # noqa: ANN401
    found: Sequence[Found],
    schedule: Any,  # noqa: ANN401
    n_steps: int | None,
) -> list[tuple[float, list[float]]]:
    """Return every strength of decay, with the learning rates of the run."""
    values = {decay_of(inner, item.variable) for item in found if item.parameter.trainable}
    rates = learning_rates(inner, schedule, n_steps)
    return [(value, rates) for value in sorted(values) if value > 0.0]


def _audited(item: Found, inner: Any, *, is_free: bool) -> Audited:  # noqa: ANN401
    terms = []
    regularizer = item.variable.regularizer
    if regularizer is not None:
        factor = _l2_of(regularizer)
        adaptive = inner is not None and is_adaptive(inner)
        terms.append(Term(LOSS, factor, 2.0 * factor, adaptive))
    lambdas = None
    decay = 0.0 if inner is None else decay_of(inner, item.variable)
    if decay > 0.0 and item.parameter.trainable:
        terms.append(decay_term(inner, decay))
        if terms[-1].how == DECOUPLED:
            lambdas = local_penalties(inner, item.variable)
    return Audited(item.parameter, squared_norm(item.variable), tuple(terms), lambdas, is_free)


def _l2_of(regularizer: Any) -> float:  # noqa: ANN401
    """Return the factor of the sum of squares, NaN for a regulariser that is not known."""
    if isinstance(regularizer, keras.regularizers.L2 | keras.regularizers.L1L2):
        return float(regularizer.l2)
    return 0.0 if isinstance(regularizer, keras.regularizers.L1) else math.nan


def _lost(found: Sequence[Found], inner: Any) -> Iterator[Finding]:  # noqa: ANN401
    """Yield regularisers that do not count, and variables that the optimiser does not have."""
    ineffective = tuple(item.parameter.name for item in found if _is_ineffective(item))
    if ineffective:
        text = (
            "the layer's regulariser was set or changed after it was built, and is not what the "
            "loss has: attach_l2 sets both"
        )
        yield Finding("lost", ineffective, text)
    if inner is not None and inner.built:
        known = inner._trainable_variables_indices
        missing = tuple(
            item.parameter.name
            for item in found
            if item.parameter.trainable and inner._var_key(item.variable) not in known
        )
        if missing:
            yield Finding("lost", missing, "trainable, and unknown to the optimiser")


def _is_ineffective(item: Found) -> bool:
    attributes = [(layer, regularizer_attribute(layer, item.variable)) for layer in item.layers]
    wanted = [getattr(layer, name) for layer, name in attributes if name is not None]
    counts = item.variable.regularizer
    return any(
        one is not None and one is not counts and (counts is None or not _are_equal(one, counts))
        for one in wanted
    )


def _are_equal(one: Any, other: Any) -> bool:  # noqa: ANN401
    same: bool = type(one) is type(other) and one.get_config() == other.get_config()
    return same
