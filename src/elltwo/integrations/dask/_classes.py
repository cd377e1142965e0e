"""Logistic regressions of dask collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.record_parts import public
from elltwo.integrations._reduce import logistic as passes
from elltwo.integrations._reduce.text import described
from elltwo.integrations.dask._start import DATA, started

if TYPE_CHECKING:
    from typing import Unpack

    import numpy.typing as npt

    from elltwo import PassesCVFit, PassesFit, PassesPath
    from elltwo.integrations.dask._options import DaskOptions


@public("elltwo.integrations.dask")
@described(data=DATA)
def logistic(
    X: Any,  # noqa: ANN401
    y: Any = None,  # noqa: ANN401
    *,
    alpha: float = 1.0,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    tol: float = passes.PASS_TOL,
    max_iter: int = passes.MOST_PASSES,
    **run: Unpack[DaskOptions],
) -> PassesFit:
    """Fit a logistic regression to dask collections, in 4 to 6 passes.

    {logistic}
    """
    return passes.logistic(
        *started(X, y, run),
        alpha=alpha,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        fit_intercept=fit_intercept,
        tol=tol,
        max_iter=max_iter,
    )


@public("elltwo.integrations.dask")
@described(data=DATA)
def logistic_cv(
    X: Any,  # noqa: ANN401
    y: Any = None,  # noqa: ANN401
    *,
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
    **run: Unpack[DaskOptions],
) -> PassesCVFit:
    """Fit a logistic regression to dask collections, alpha chosen by cross-validation.

    {logistic_cv}
    """
    return passes.logistic_cv(
        *started(X, y, run),
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


@public("elltwo.integrations.dask")
@described(data=DATA)
def logistic_path(
    X: Any,  # noqa: ANN401
    y: Any = None,  # noqa: ANN401
    *,
    alphas: npt.ArrayLike | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    tol: float = passes.PASS_TOL,
    max_iter: int = passes.MOST_PASSES,
    **run: Unpack[DaskOptions],
) -> PassesPath:
    """Fit logistic regressions for many penalties to dask collections.

    {logistic_path}
    """
    return passes.logistic_path(
        *started(X, y, run),
        alphas=alphas,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        fit_intercept=fit_intercept,
        tol=tol,
        max_iter=max_iter,
    )
