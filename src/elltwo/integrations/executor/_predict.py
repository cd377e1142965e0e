"""Predictions of parts on an executor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.record_parts import public
from elltwo.integrations._reduce.fault import Fault
from elltwo.integrations._reduce.predicting import require_method
from elltwo.integrations.executor._engine import ended_calls, result_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from elltwo.integrations.executor._engine import Executor, Loader

    AnyArray = npt.NDArray[Any]


@public("elltwo.integrations.executor")
def predict(
    fit: Any,  # noqa: ANN401
    parts: Iterable[Any],
    loader: Loader = None,
    *,
    executor: Executor,
) -> list[AnyArray]:
    """Predict the rows of parts on an executor.

    Parameters
    ----------
    fit : RidgeFit, LogisticFit, or another record with ``predict``
        What predicts.
    parts : iterable
        What the loader makes rows of.
    loader : callable, default=None
        ``loader(part)`` returns X, or a tuple that begins with it, or a table, of which columns are
        found by the names of the fit's features; others are ignored. None: the parts are such rows
        themselves.
    executor : object with ``submit``
        What runs the work, see `elltwo.integrations.executor`.

    Returns
    -------
    list of ndarray
        What ``fit.predict`` returns for each part, in order.

    Raises
    ------
    TypeError
        If fit does not predict, or holds several fits such as those of a path.
    ValueError
        If a part cannot be predicted; the text names it.
    RuntimeError
        If the executor loses the work on a part.
    """
    return ask(fit, "predict", parts, loader, executor=executor)


@public("elltwo.integrations.executor")
def predict_proba(
    fit: Any,  # noqa: ANN401
    parts: Iterable[Any],
    loader: Loader = None,
    *,
    executor: Executor,
) -> list[AnyArray]:
    """Predict the probabilities of the classes for the rows of parts on an executor.

    Parameters
    ----------
    fit : LogisticFit, or another record with ``predict_proba``
        What predicts.
    parts, loader, executor : object
        As in `predict`.

    Returns
    -------
    list of ndarray of shape (n_samples, n_classes)
        Probabilities for each part, in order.

    Raises
    ------
    TypeError, ValueError, RuntimeError
        See `predict`.
    """
    return ask(fit, "predict_proba", parts, loader, executor=executor)


def ask(
    fit: Any,  # noqa: ANN401
    method: str,
    parts: Iterable[Any],
    loader: Loader = None,
    *,
    executor: Executor,
) -> list[AnyArray]:
    """Return what a method of a record gives for each part."""
    require_method(fit, method)
    calls = ((part, key, fit, method, loader) for key, part in enumerate(parts))
    answers = {key: result_of(future, key) for key, future in ended_calls(executor, _answer, calls)}
    fault = Fault.first([one for one in answers.values() if isinstance(one, Fault)])
    if fault is not None:
        fault.throw()
    return [answers[key] for key in range(len(answers))]


def _answer(
    part: Any,  # noqa: ANN401
    key: int,
    fit: Any,  # noqa: ANN401
    method: str,
    loader: Loader,
) -> AnyArray | Fault:
    try:
        rows = part if loader is None else loader(part)
        rows = rows[0] if isinstance(rows, tuple) else rows
        answer: AnyArray = np.asarray(getattr(fit, method)(rows))
    except Exception as error:  # noqa: BLE001  # raised by the caller
        return Fault.caught(error, key)
    return answer
