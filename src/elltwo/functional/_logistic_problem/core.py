"""The way to the compiled fits of logistic regression, and what they say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.exceptions import ConvergenceWarning, SeparationWarning
from elltwo.functional._base.compiled import _core
from elltwo.functional._base.convergence import warn
from elltwo.functional._base.record_parts import as_float32
from elltwo.functional._base.sparse import SparseMatrix
from elltwo.functional._logistic.record import LogisticFit
from elltwo.functional._logistic_problem.info import LogisticSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo._core import LogisticInfo as RawLogisticInfo
    from elltwo.functional._base.bounds import Bounds
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_problem.info import LogisticInfo
    from elltwo.functional._logistic_problem.problem import LogisticOptions, LogisticProblem


class Start(NamedTuple):
    """Where a fit starts from."""

    coef: Float64Array  #: (n_outputs, n_features)
    intercept: Float64Array  #: (n_outputs,)


class Fits(NamedTuple):
    """What the core returns, with an entry for each alpha."""

    coef: Float64Array  #: (n_alphas, n_outputs, n_features)
    intercept: Float64Array  #: (n_alphas, n_outputs)
    infos: list[RawLogisticInfo]

    def in_order(self, order: npt.NDArray[np.intp]) -> Fits:
        """Return the fits whose numbers are given."""
        return Fits(self.coef[order], self.intercept[order], [self.infos[k] for k in order])


def fit_alphas(
    problem: LogisticProblem,
    alphas: Float64Array,
    options: LogisticOptions,
    bounds: Bounds | None,
    start: Start | None = None,
    rows: npt.NDArray[np.int64] | None = None,
) -> Fits:
    """Fit one alpha after the other, each from the fit before it, to some rows or all."""
    data = (
        problem.labels.codes,
        problem.classes.size,
        alphas,
        problem.penalty_factors,
        problem.prior_mean,
        problem.sample_weight,
        problem.offset,
        rows,
        None if start is None else np.concatenate([start.coef.ravel(), start.intercept]),
        *options,
    )
    X = problem.X
    if isinstance(X, SparseMatrix) and bounds is not None:
        raise TypeError("bounds are not supported for sparse X here; pass a dense array")
    if isinstance(X, SparseMatrix):
        return Fits(*_core.logistic_sparse_path(X, *data))
    if bounds is None:
        return Fits(*_core.logistic_path(X, *data))
    return Fits(*_core.logistic_bounded_path(X, bounds.lower, bounds.upper, *data))


def solve(
    problem: LogisticProblem,
    alpha: float,
    options: LogisticOptions,
    bounds: Bounds | None,
    start: Start | None = None,
) -> LogisticFit:
    """Fit a problem that has been read, in the precision of its data."""
    alphas = np.array([alpha])
    coef, intercept, infos = fit_alphas(problem, alphas, options, bounds, start)
    warn_unless_converged(infos, alphas, options.max_iter)
    return as_fit(
        problem,
        coef[0],
        intercept[0],
        infos[0],
        LogisticSource(problem, alpha, options, bounds),
    )


def as_fit(
    problem: LogisticProblem,
    coef: Float64Array,
    intercept: Float64Array,
    info: RawLogisticInfo | LogisticInfo,
    source: LogisticSource,
) -> LogisticFit:
    """Return a fit of the core in the shape of its classes and the precision of its data."""
    kept = as_float32(coef) if problem.is_float32 else coef
    if problem.n_outputs == 1:
        return LogisticFit(kept[0], float(intercept[0]), problem.classes, info, source)
    shifts = as_float32(intercept) if problem.is_float32 else intercept
    return LogisticFit(kept, shifts, problem.classes, info, source)


def warn_unless_converged(
    infos: Sequence[RawLogisticInfo], alphas: Float64Array, max_iter: int
) -> None:
    """Warn once of the fits without a minimum, and once of those that stopped short of it."""
    if all(info.status == "converged" for info in infos):
        return
    for status, category in (
        ("separable", SeparationWarning),
        ("max_iter_reached", ConvergenceWarning),
    ):
        failed = [k for k, info in enumerate(infos) if info.status == status]
        if failed:
            worst = max(failed, key=lambda k: infos[k].optimality)
            text = _TEXTS[status].format(
                info=infos[worst],
                fits=_which(alphas, worst, len(failed)),
                more="raise max_iter, or" if infos[worst].n_iter >= max_iter else "raise",
            )
            warn(text, category)


_TEXTS = {
    "separable": (
        "features that no penalty holds back separate the classes, so that no finite coefficients "
        "are the best{fits}; those returned have an optimality of {info.optimality:.3g}, for a "
        "tolerance of {info.tolerance:.3g}, and a loss of {info.loss:.3g}; alpha > 0, and "
        "penalty_factors > 0, make them well defined"
    ),
    "max_iter_reached": (
        "logistic regression stopped{fits} at an optimality of {info.optimality:.3g}, above the "
        "tolerance of {info.tolerance:.3g}, after {info.n_iter} iteration(s) with solver "
        "{info.solver!r}; {more} tol if the optimality is good enough"
    ),
}


def _which(alphas: Float64Array, worst: int, n_failed: int) -> str:
    """Say which of several fits a warning is about."""
    if alphas.size == 1:
        return ""
    others = f" and {n_failed - 1} other alpha(s)" if n_failed > 1 else ""
    return f" for alpha = {alphas[worst]:.6g}{others}"
