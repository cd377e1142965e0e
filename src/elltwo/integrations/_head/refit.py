"""The last layer of a network solved exactly, whatever the framework."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._probe.layer import Layer, Rows
from elltwo.functional._probe.moments_fit import MomentRows, fit_moments, moment_scores
from elltwo.functional._probe.rows_fit import fit_rows, scores_of
from elltwo.functional._probe.task import INTERPOLATED, OPTIMISTIC, Task, read_cv, read_loss
from elltwo.integrations._head.batches import Reader
from elltwo.integrations._head.record import HeadRefit, HeadResults
from elltwo.integrations._head.store import Store
from elltwo.integrations._head.sums import FoldSums
from elltwo.integrations._head.weights import Weights, as_layer, as_task

if TYPE_CHECKING:
    from collections.abc import Iterable

    from elltwo import ProbeScores
    from elltwo.functional._probe.rows_fit import Probed
    from elltwo.integrations._head.batches import Batch
    from elltwo.integrations._head.weights import Head

MAX_MEMORY = 1 << 31  # bytes
_NARROW = ("float16", "bfloat16")  # types in which rounding weights may cost accuracy


class HeadOptions(NamedTuple):
    """How a layer is to be fitted, and what to do with the result."""

    loss: str
    cv: Any  # a name, a number of folds, a splitter, pairs of indices or None
    alphas: Any  # the grid, or None
    prior: str
    class_weight: Any  # numbers by class, or None
    write: str
    dry_run: bool
    max_memory: int
    n_threads: int | None


class _Measured(NamedTuple):
    probed: Probed
    scores: Any  # a function from a layer to its scores


def read_options(options: HeadOptions, *, has_validation: bool) -> HeadOptions:
    """Check options before any row is read."""
    loss = read_loss(options.loss)
    if options.prior not in {"zero", "current"}:
        raise ValueError(f"prior must be 'zero' or 'current', got {options.prior!r}")
    if options.write not in {"better", "always", "never"}:
        raise ValueError(f"write must be 'better', 'always' or 'never', got {options.write!r}")
    cv = options.cv
    if loss == "squared_error":
        if not (cv is None or cv == "gcv" or (isinstance(cv, int) and not isinstance(cv, bool))):
            raise ValueError(
                "cv must be 'gcv' or a number of folds for loss='squared_error', of which no rows "
                f"are kept, got {cv!r}"
            )
        if isinstance(cv, int) and cv < 2:
            raise ValueError(f"cv must be at least 2 folds, got {cv}")
    read_cv(cv, loss, has_validation=has_validation)
    if options.max_memory < 0:
        raise ValueError(f"max_memory must be a number of bytes, got {options.max_memory!r}")
    return options


def refit(
    head: Head,
    batches: Iterable[Batch],
    validation: Iterable[Batch] | None,
    options: HeadOptions,
) -> HeadRefit:
    """Fit a layer to batches of its inputs, and write it back if that is asked for."""
    n_outputs = len(head.weights().coef)
    if options.loss == "softmax" and n_outputs < 2:
        raise ValueError(
            f"layer {head.name!r} has one output, of which a softmax is constant; "
            "loss='sigmoid' is for two classes"
        )
    reader = Reader(head.name, n_outputs, options.loss, options.class_weight)
    with_ones = options.prior == "current" and head.has_bias
    task = _task_of(head, options, with_ones=with_ones)
    if options.loss == "squared_error":
        measured = _fit_squares(reader, batches, validation, task, with_ones=with_ones)
        return _finish(head, measured, options, with_ones=with_ones)
    store = Store(options.max_memory, with_ones=with_ones)
    try:
        measured = _fit_classes(reader, batches, validation, task, store)
        return _finish(head, measured, options, with_ones=with_ones)
    finally:
        store.close()


def _task_of(head: Head, options: HeadOptions, *, with_ones: bool) -> Task:
    prior = None
    if options.prior == "current":
        prior = Layer(*as_task(head.weights(), options.loss, with_ones=with_ones))
    return Task(options.loss, options.cv, options.alphas, prior, head.has_bias, options.n_threads)


def _fit_squares(
    reader: Reader,
    batches: Iterable[Batch],
    validation: Iterable[Batch] | None,
    task: Task,
    *,
    with_ones: bool,
) -> _Measured:
    n_folds = task.cv if isinstance(task.cv, int) else 1
    sums = FoldSums(n_folds, task.n_threads, with_ones=with_ones)
    sums.add_all(reader.read(batches, "the loader"))
    held_out = None
    if validation is not None:
        others = FoldSums(1, task.n_threads, with_ones=with_ones)
        others.add_all(reader.read(validation, "validation"))
        held_out = others.folds[0]
    rows = MomentRows(sums.folds, held_out)
    return _Measured(fit_moments(rows, task), lambda layer: moment_scores(layer, rows))


def _fit_classes(
    reader: Reader,
    batches: Iterable[Batch],
    validation: Iterable[Batch] | None,
    task: Task,
    store: Store,
) -> _Measured:
    for rows in reader.read(batches, "the loader"):
        store.add(rows)
    n_train = store.n_rows
    if validation is not None:
        for rows in reader.read(validation, "validation"):
            store.add(rows)
    all_rows = Rows(np.asarray(store.features()), store.targets(), store.weights())
    y = all_rows.y[:n_train]
    if task.loss == "softmax":
        reader.require_classes(np.bincount(y, minlength=reader.n_outputs))
    else:
        reader.require_both(y.min(axis=0), y.max(axis=0))
    probed = fit_rows(all_rows, n_train, task)
    # Copies of fits leave the features behind, which may be as large as memory.
    probed = probed._replace(fits=tuple(copy(fit) for fit in probed.fits))
    return _Measured(
        probed,
        lambda layer: scores_of(layer, all_rows, n_train, task.loss),
    )


def _finish(head: Head, measured: _Measured, options: HeadOptions, *, with_ones: bool) -> HeadRefit:
    probed, scores = measured
    current = head.weights()

    def as_held(layer: Layer) -> Weights:
        fitted = Weights(layer.coef, layer.intercept)
        keep_mean = options.prior == "current"
        return as_layer(fitted, current, options.loss, with_ones=with_ones, keep_mean=keep_mean)

    def scored(weights: Weights) -> ProbeScores:
        found: ProbeScores = scores(Layer(*as_task(weights, options.loss, with_ones=with_ones)))
        return found

    weights = as_held(probed.layer)
    held = head.rounded(weights)
    if not all(np.isfinite(values).all() for values in held):
        raise OverflowError(
            f"layer {head.name!r}: weights are beyond the range of {head.dtype}; features need "
            "other units, or the fit a larger alpha"
        )
    before, after = scored(current), scored(held)
    judged = scored(head.rounded(as_held(probed.judged)))
    after = after._replace(validation=judged.validation)
    notes = list(probed.notes)
    if before.validation is None:
        notes.insert(0, OPTIMISTIC)
    if head.dtype in _NARROW:
        notes.append(
            f"rounded to {head.dtype}: the loss on the fitted rows is {after.train.loss:.6g}, and "
            f"was {scored(weights).train.loss:.6g} before rounding"
        )
    results = HeadResults(
        options.loss, probed.alpha, weights, probed.fits, before, after, tuple(notes)
    )
    return HeadRefit(head, results, write=_is_to_be_written(results, options))


def _is_to_be_written(results: HeadResults, options: HeadOptions) -> bool:
    if options.dry_run or options.write == "never":
        return False
    old, new = results.before.validation, results.after.validation
    if options.write == "always":
        return True
    if old is None or new is None:  # no rows tell, and those that were fitted deceive
        return INTERPOLATED not in results.notes
    return new.loss <= old.loss
