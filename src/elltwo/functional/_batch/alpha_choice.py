"""The choice of an alpha for each of many problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.convergence import warn
from elltwo.functional._base.grid import given_grid
from elltwo.functional._base.options import count
from elltwo.functional._cv.choice import NO_STANDARD_ERRORS, read_select

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._batch.options import ManyOptions

    IntArray = npt.NDArray[np.int64]

_LEAVE_ONE_OUT, _GCV = 0, -1  # codes in place of a number of folds


class Rule(NamedTuple):
    """How alphas are chosen."""

    alphas: Float64Array | None  #: (n_alphas,), None for a grid of each problem's own
    n_folds: int  #: 0 for leave-one-out, -1 for generalised cross-validation
    one_standard_error: bool


class Choice(NamedTuple):
    """What was chosen, and why."""

    alpha: Float64Array  #: (batch,)
    alphas: Float64Array  #: (n_alphas,), or (batch, n_alphas)
    scores: Float64Array  #: (batch, n_alphas), infinite where not tried
    score_errors: Float64Array | None  #: (batch, n_alphas), standard errors of the scores


def read_rule(alphas: npt.ArrayLike | None, cv: object, select: object) -> Rule:
    """Check how alphas are to be chosen."""
    select = read_select(select)
    if isinstance(cv, str):
        if cv not in {"loo", "gcv"}:
            raise ValueError(f"cv must be 'loo', 'gcv' or a number of folds, got {cv!r}")
        n_folds = _LEAVE_ONE_OUT if cv == "loo" else _GCV
    else:
        try:
            n_folds = count(cv, "cv", minimum=2)
        except TypeError:
            raise TypeError(f"cv must be 'loo', 'gcv' or a number of folds, got {cv!r}") from None
    if select == "1se" and n_folds == _GCV:
        raise ValueError(NO_STANDARD_ERRORS)
    return Rule(None if alphas is None else given_grid(alphas), n_folds, select == "1se")


def choose_alphas(
    X: FloatArray,
    Y: Float64Array,
    starts: IntArray | None,
    order: IntArray | None,
    beside: tuple[Float64Array | None, Float64Array | None, Float64Array | None],
    rule: Rule,
    options: ManyOptions,
) -> Choice:
    """Choose the alphas of problems; `beside` are penalty factors, prior mean and weights."""
    alpha, own, scores, errors = _core.choose_alphas(
        X, (Y, None, *beside), starts, order, rule, options
    )
    if rule.alphas is not None:
        _warn_at_edges(alpha, rule.alphas)
        return Choice(alpha, rule.alphas, scores, errors)
    assert own is not None
    return Choice(alpha, own, scores, errors)


def _warn_at_edges(chosen: Float64Array, grid: Float64Array) -> None:
    """Warn of choices that a wider grid might improve."""
    lowest, highest = float(grid.min()), float(grid.max())
    edges = [edge for edge in (lowest, highest) if edge not in {0.0, np.inf}]
    at_edge = np.isin(chosen, edges)
    if lowest == highest or not at_edge.any():
        return
    warn(
        f"alpha of {int(at_edge.sum())} of {chosen.size} problem(s), first of number "
        f"{int(at_edge.argmax())}, lies on an edge of the grid of alphas, [{lowest:.6g}, "
        f"{highest:.6g}]; a wider grid may hold a better one, and alphas=None has one for each",
        UserWarning,
    )
