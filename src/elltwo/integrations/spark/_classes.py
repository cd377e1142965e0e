"""Logistic regressions of DataFrames of Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.record_parts import public
from elltwo.integrations._reduce import logistic as passes
from elltwo.integrations._reduce.text import described
from elltwo.integrations.spark._engine import engine_of
from elltwo.integrations.spark._text import DATA, KEPT

if TYPE_CHECKING:
    from typing import Unpack

    import numpy.typing as npt

    from elltwo import PassesCVFit, PassesFit, PassesPath
    from elltwo.integrations._reduce.options import RunOptions


@public("elltwo.integrations.spark")
@described(data=DATA + KEPT)
def logistic(
    df: Any,  # noqa: ANN401  # a DataFrame
    *,
    key: str | None = None,
    alpha: float = 1.0,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    tol: float = passes.PASS_TOL,
    max_iter: int = passes.MOST_PASSES,
    **run: Unpack[RunOptions],
) -> PassesFit:
    """Fit a logistic regression to a DataFrame, in 4 to 6 passes.

    {logistic}
    """
    engine, options = engine_of(df, run, key, labels=True)
    return passes.logistic(
        engine,
        options,
        alpha=alpha,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        fit_intercept=fit_intercept,
        tol=tol,
        max_iter=max_iter,
    )


@public("elltwo.integrations.spark")
@described(data=DATA + KEPT)
def logistic_cv(
    df: Any,  # noqa: ANN401  # a DataFrame
    *,
    key: str | None = None,
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
    """Fit a logistic regression to a DataFrame, alpha chosen by cross-validation.

    {logistic_cv}
    """
    engine, options = engine_of(df, run, key, labels=True)
    return passes.logistic_cv(
        engine,
        options,
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


@public("elltwo.integrations.spark")
@described(data=DATA + KEPT)
def logistic_path(
    df: Any,  # noqa: ANN401  # a DataFrame
    *,
    key: str | None = None,
    alphas: npt.ArrayLike | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    tol: float = passes.PASS_TOL,
    max_iter: int = passes.MOST_PASSES,
    **run: Unpack[RunOptions],
) -> PassesPath:
    """Fit logistic regressions for many penalties to a DataFrame.

    {logistic_path}
    """
    engine, options = engine_of(df, run, key, labels=True)
    return passes.logistic_path(
        engine,
        options,
        alphas=alphas,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        fit_intercept=fit_intercept,
        tol=tol,
        max_iter=max_iter,
    )
