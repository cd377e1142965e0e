"""Probes fitted to rows at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._logistic.fit import logistic
from elltwo.functional._logistic_cv.fit import logistic_cv
from elltwo.functional._probe.layer import Layer, Rows, is_interpolated, score
from elltwo.functional._probe.record import ProbeScores
from elltwo.functional._probe.task import INTERPOLATED, Task, pair
from elltwo.functional._ridge.fit import ridge
from elltwo.functional._ridge_cv.fit import ridge_cv

if TYPE_CHECKING:
    from elltwo.functional._base.validate import AnyArray, Float64Array


class Probed(NamedTuple):
    """The outcome of a probe, in the features that were fitted."""

    layer: Layer
    judged: Layer  #: what is scored on the rows of validation
    alpha: Any  # a float, or one for each output
    fits: tuple[Any, ...]
    after: ProbeScores
    notes: tuple[str, ...]


def fit_rows(rows: Rows, n_train: int, task: Task) -> Probed:
    """Fit a layer to rows, of which those from `n_train` on are the rows of validation.

    Where these choose alpha, the layer is fitted to all rows and judged by a fit to the others.
    """
    train, validation = rows.part(slice(n_train)), rows.part(slice(n_train, None))
    chosen_there = task.cv is None
    fitted = rows if chosen_there else train
    cv = pair(n_train, len(rows.y)) if chosen_there else task.cv
    fit = _FITS[task.loss]
    fits, layer = fit(fitted, task, cv, None)
    alphas = np.array([one.alpha for one in fits])
    judged = fit(train, task, None, alphas)[1] if chosen_there else layer
    after = ProbeScores(
        score(layer, train, task.loss),
        score(judged, validation, task.loss) if len(validation.y) else None,
    )
    notes = (INTERPOLATED,) if is_interpolated(after.train, train, task.loss) else ()
    alpha = alphas if task.loss == "sigmoid" else float(alphas[0])
    return Probed(layer, judged, alpha, fits, after, notes)


def scores_of(layer: Layer, rows: Rows, n_train: int, loss: str) -> ProbeScores:
    """Return the scores of a layer that is there already."""
    train, validation = rows.part(slice(n_train)), rows.part(slice(n_train, None))
    return ProbeScores(
        score(layer, train, loss), score(layer, validation, loss) if len(validation.y) else None
    )


def _fit_squares(
    rows: Rows,
    task: Task,
    cv: Any,  # noqa: ANN401  # see Task.cv
    alphas: Float64Array | None,
) -> tuple[tuple[Any, ...], Layer]:
    options = {**task.options, "sample_weight": rows.weight}
    if task.prior is not None:
        options["prior_mean"] = task.prior.coef
    if alphas is not None:
        fit: Any = ridge(rows.X, rows.y, alpha=alphas[0], **options)
    else:
        fit = ridge_cv(rows.X, rows.y, cv=cv, **task.choice, **options)
    return (fit,), layer_of(fit)


def _fit_classes(
    rows: Rows,
    task: Task,
    cv: Any,  # noqa: ANN401  # see Task.cv
    alphas: Float64Array | None,
) -> tuple[tuple[Any, ...], Layer]:
    prior = None if task.prior is None else task.prior.coef
    fit = _fit_labels(rows, rows.y, task, cv, None if alphas is None else alphas[0], prior)
    return (fit,), layer_of(fit)


def _fit_outputs(
    rows: Rows,
    task: Task,
    cv: Any,  # noqa: ANN401  # see Task.cv
    alphas: Float64Array | None,
) -> tuple[tuple[Any, ...], Layer]:
    fits = []
    for k in range(rows.y.shape[1]):
        prior = None if task.prior is None else task.prior.coef[k]
        alpha = None if alphas is None else alphas[k]
        fits.append(_fit_labels(rows, rows.y[:, k].astype(np.int64), task, cv, alpha, prior))
    layers = [layer_of(fit) for fit in fits]
    coef = np.concatenate([layer.coef for layer in layers])
    return tuple(fits), Layer(coef, np.concatenate([layer.intercept for layer in layers]))


def _fit_labels(
    rows: Rows,
    labels: AnyArray,
    task: Task,
    cv: Any,  # noqa: ANN401  # see Task.cv
    alpha: float | None,
    prior: Float64Array | None,
) -> Any:  # noqa: ANN401  # one of two records
    options = {**task.options, "sample_weight": rows.weight, "prior_mean": prior}
    if alpha is not None:
        return logistic(rows.X, labels, alpha=float(alpha), **options)
    return logistic_cv(rows.X, labels, cv=cv, **task.choice, **options)


def layer_of(fit: Any) -> Layer:  # noqa: ANN401  # any record of a fit
    """Return coefficients and intercepts with one row for each output."""
    coef = np.atleast_2d(np.asarray(fit.coef, np.float64))
    return Layer(coef, np.broadcast_to(np.asarray(fit.intercept, np.float64), len(coef)).copy())


_FITS = {"softmax": _fit_classes, "sigmoid": _fit_outputs, "squared_error": _fit_squares}
