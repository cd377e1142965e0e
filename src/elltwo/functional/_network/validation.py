"""Rows that a fit by mini-batches is judged by."""

from __future__ import annotations

import reprlib
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._network.problem import read_network_problem

if TYPE_CHECKING:
    from elltwo.functional._base.validate import AnyArray
    from elltwo.functional._network.model import NetworkModel
    from elltwo.functional._network.problem import NetworkProblem


def split_validation(
    problem: NetworkProblem,
    validation: float | tuple[Any, ...] | None,
    seed: int,
    model: NetworkModel,
) -> tuple[NetworkProblem, NetworkProblem | None]:
    """Return the rows to fit, and those to judge by."""
    if validation is None:
        return problem, None
    if isinstance(validation, tuple):
        return problem, _given(validation, model, problem.X.dtype)
    share, n = _share(validation), len(problem.X)
    if not 0.0 < share < 1.0:
        raise ValueError(f"validation must be in (0, 1), got {validation!r}")
    n_held = round(share * n)
    if not 1 <= n_held < n:
        raise ValueError(f"validation={validation!r} leaves {n_held} of {n} rows to judge by")
    order = np.random.default_rng(seed).permutation(n)
    return _rows(problem, np.sort(order[n_held:])), _rows(problem, np.sort(order[:n_held]))


def _share(validation: object) -> float:
    if isinstance(validation, bool) or not isinstance(validation, Real):
        raise TypeError(
            "validation must be a number or a tuple (X, y) or (X, y, sample_weight), got "
            f"{reprlib.repr(validation)}"
        )
    return float(validation)


def _given(
    validation: tuple[Any, ...], model: NetworkModel, dtype: np.dtype[Any]
) -> NetworkProblem:
    if len(validation) not in {2, 3}:
        raise ValueError(
            "validation must be (X, y) or (X, y, sample_weight), got a tuple of "
            f"{len(validation)} item(s)"
        )
    X, y, *weight = validation
    try:
        held = read_network_problem(X, y, weight[0] if weight else None, model.loss)
    except (TypeError, ValueError) as error:
        raise type(error)(f"validation: {error}") from error
    sizes = (held.X.shape[1], held.n_outputs)
    wanted = (model.units[0], model.units[-1])
    if sizes != wanted and not (model.loss == "multinomial" and sizes[0] == wanted[0]):
        raise ValueError(f"validation must have {wanted} features and outputs, got {sizes}")
    with np.errstate(over="ignore"):  # what overflows is named by the core
        return held._replace(X=held.X.astype(dtype, copy=False))


def _rows(problem: NetworkProblem, rows: AnyArray) -> NetworkProblem:
    weight = problem.sample_weight
    part = None if weight is None else weight[rows]
    return problem._replace(X=problem.X[rows], y=problem.y[rows], sample_weight=part)
