"""Logistic regressions of parts on an executor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.record_parts import public
from elltwo.integrations._reduce import logistic as passes
from elltwo.integrations._reduce.text import described
from elltwo.integrations.executor._engine import ExecutorEngine
from elltwo.integrations.executor._text import DATA

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Unpack

    import numpy.typing as npt

    from elltwo import PassesCVFit, PassesFit, PassesPath
    from elltwo.integrations._reduce.options import RunOptions
    from elltwo.integrations.executor._engine import Executor, Loader


@public("elltwo.integrations.executor")
@described(data=DATA)
def logistic(
    parts: Iterable[Any],
    loader: Loader = None,
    *,
    executor: Executor,
    alpha: float = 1.0,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    tol: float = passes.PASS_TOL,
    max_iter: int = passes.MOST_PASSES,
    **run: Unpack[RunOptions],
) -> PassesFit:
    """Fit a logistic regression to parts on an executor, in 4 to 6 passes.

    {logistic}
    """
    return passes.logistic(
        ExecutorEngine(parts, loader, executor),
        run,
        alpha=alpha,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        fit_intercept=fit_intercept,
        tol=tol,
        max_iter=max_iter,
    )


@public("elltwo.integrations.executor")
@described(data=DATA)
def logistic_cv(
    parts: Iterable[Any],
    loader: Loader = None,
    *,
    executor: Executor,
    alphas: npt.ArrayLike | None = None,
    extend: bool = False,
    cv: int | str = 5,
    select: str = "min",
    scoring: str = "log_loss",
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    tol: float = passes.PASS_TOL,
    max_iter: int = passes.MOST_PASSES,
    **run: Unpack[RunOptions],
) -> PassesCVFit:
    """Fit a logistic regression to parts on an executor, alpha chosen by cross-validation.

    {logistic_cv}
    """
    return passes.logistic_cv(
        ExecutorEngine(parts, loader, executor),
        run,
        alphas=alphas,
        extend=extend,
        cv=cv,
        select=select,
        scoring=scoring,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        fit_intercept=fit_intercept,
        tol=tol,
        max_iter=max_iter,
    )


@public("elltwo.integrations.executor")
@described(data=DATA)
def logistic_path(
    parts: Iterable[Any],
    loader: Loader = None,
    *,
    executor: Executor,
    alphas: npt.ArrayLike | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    tol: float = passes.PASS_TOL,
    max_iter: int = passes.MOST_PASSES,
    **run: Unpack[RunOptions],
) -> PassesPath:
    """Fit logistic regressions for many penalties to parts on an executor.

    {logistic_path}
    """
    return passes.logistic_path(
        ExecutorEngine(parts, loader, executor),
        run,
        alphas=alphas,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        fit_intercept=fit_intercept,
        tol=tol,
        max_iter=max_iter,
    )
