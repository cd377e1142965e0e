"""Logistic regressions of Ray Datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.functional._base.record_parts import public
from elltwo.integrations._reduce import logistic as passes
from elltwo.integrations._reduce.text import described
from elltwo.integrations.ray._data import read_dataset
from elltwo.integrations.ray._engine import RayEngine
from elltwo.integrations.ray._text import DATA

if TYPE_CHECKING:
    from typing import Unpack

    import numpy.typing as npt
    import ray.data

    from elltwo import PassesCVFit, PassesFit, PassesPath
    from elltwo.integrations._reduce.options import RunOptions


@public("elltwo.integrations.ray")
@described(data=DATA)
def logistic(
    dataset: ray.data.Dataset,
    *,
    alpha: float = 1.0,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    tol: float = passes.PASS_TOL,
    max_iter: int = passes.MOST_PASSES,
    **run: Unpack[RunOptions],
) -> PassesFit:
    """Fit a logistic regression to a Ray Dataset, in 4 to 6 passes.

    {logistic}
    """
    rows = read_dataset(dataset, run)
    return passes.logistic(
        RayEngine(rows),
        rows.options,
        alpha=alpha,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        fit_intercept=fit_intercept,
        tol=tol,
        max_iter=max_iter,
    )


@public("elltwo.integrations.ray")
@described(data=DATA)
def logistic_cv(
    dataset: ray.data.Dataset,
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
    **run: Unpack[RunOptions],
) -> PassesCVFit:
    """Fit a logistic regression to a Ray Dataset, alpha chosen by cross-validation.

    {logistic_cv}
    """
    rows = read_dataset(dataset, run)
    return passes.logistic_cv(
        RayEngine(rows),
        rows.options,
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


@public("elltwo.integrations.ray")
@described(data=DATA)
def logistic_path(
    dataset: ray.data.Dataset,
    *,
    alphas: npt.ArrayLike | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    tol: float = passes.PASS_TOL,
    max_iter: int = passes.MOST_PASSES,
    **run: Unpack[RunOptions],
) -> PassesPath:
    """Fit logistic regressions for many penalties to a Ray Dataset.

    {logistic_path}
    """
    rows = read_dataset(dataset, run)
    return passes.logistic_path(
        RayEngine(rows),
        rows.options,
        alphas=alphas,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        fit_intercept=fit_intercept,
        tol=tol,
        max_iter=max_iter,
    )
