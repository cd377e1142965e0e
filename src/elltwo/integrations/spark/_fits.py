"""Linear models of DataFrames of Spark; each function says what `elltwo`'s of its name fits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from elltwo.functional._base.options import TOL
from elltwo.functional._base.record_parts import public
from elltwo.integrations._reduce import fits
from elltwo.integrations._reduce.text import described
from elltwo.integrations.spark._engine import engine_of
from elltwo.integrations.spark._text import DATA

if TYPE_CHECKING:
    from typing import Unpack

    import numpy.typing as npt

    from elltwo import (
        ElasticNetCVFit,
        ElasticNetFit,
        ElasticNetPath,
        Moments,
        RidgeCVFit,
        RidgeFit,
    )
    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.integrations._reduce.options import RunOptions

_described = partial(described, data=DATA)


@public("elltwo.integrations.spark")
@_described()
def moments(
    df: Any,  # noqa: ANN401  # a DataFrame
    *,
    key: str | None = None,
    **run: Unpack[RunOptions],
) -> Moments:
    """Sum the moments of all rows, from which linear models are fitted here and now.

    {moments}
    """
    engine, options = engine_of(df, run, key)
    return fits.moments(engine, options)


@public("elltwo.integrations.spark")
@_described()
def ridge(
    df: Any,  # noqa: ANN401  # a DataFrame
    *,
    key: str | None = None,
    alpha: npt.ArrayLike = 1.0,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
    tol: float = TOL,
    **run: Unpack[RunOptions],
) -> RidgeFit:
    """Fit a ridge regression to a DataFrame, in one pass.

    {ridge}
    """
    engine, options = engine_of(df, run, key)
    return fits.ridge(
        engine,
        options,
        alpha=alpha,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        fit_intercept=fit_intercept,
        penalize_intercept=penalize_intercept,
        tol=tol,
    )


@public("elltwo.integrations.spark")
@_described()
def ridge_cv(
    df: Any,  # noqa: ANN401  # a DataFrame
    *,
    key: str | None = None,
    alphas: npt.ArrayLike | None = None,
    cv: int | str = 5,
    select: str = "min",
    per_target: bool = False,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
    tol: float = TOL,
    extend: bool = False,
    **run: Unpack[RunOptions],
) -> RidgeCVFit:
    """Fit a ridge regression to a DataFrame, alpha chosen in the same pass.

    {ridge_cv}
    """
    engine, options = engine_of(df, run, key)
    return fits.ridge_cv(
        engine,
        options,
        alphas=alphas,
        cv=cv,
        select=select,
        per_target=per_target,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        fit_intercept=fit_intercept,
        penalize_intercept=penalize_intercept,
        tol=tol,
        extend=extend,
    )


@public("elltwo.integrations.spark")
@_described()
def elastic_net(
    df: Any,  # noqa: ANN401  # a DataFrame
    *,
    key: str | None = None,
    alpha: npt.ArrayLike = 1.0,
    l1_ratio: float = 0.5,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    bounds: BoundsLike | None = None,
    fit_intercept: bool = True,
    tol: float = TOL,
    max_iter: int | None = None,
    group_targets: bool = False,
    **run: Unpack[RunOptions],
) -> ElasticNetFit:
    """Fit an elastic net to a DataFrame, in one pass.

    {elastic_net}
    """
    engine, options = engine_of(df, run, key)
    return fits.elastic_net(
        engine,
        options,
        alpha=alpha,
        l1_ratio=l1_ratio,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        bounds=bounds,
        fit_intercept=fit_intercept,
        tol=tol,
        max_iter=max_iter,
        group_targets=group_targets,
    )


@public("elltwo.integrations.spark")
@_described()
def elastic_net_path(
    df: Any,  # noqa: ANN401  # a DataFrame
    *,
    key: str | None = None,
    alphas: npt.ArrayLike | None = None,
    l1_ratio: float = 0.5,
    n_alphas: int = 100,
    alpha_min_ratio: float | None = None,
    max_features: int | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    bounds: BoundsLike | None = None,
    fit_intercept: bool = True,
    tol: float = TOL,
    max_iter: int | None = None,
    group_targets: bool = False,
    **run: Unpack[RunOptions],
) -> ElasticNetPath:
    """Fit elastic nets for many penalties to a DataFrame, in one pass.

    {elastic_net_path}
    """
    engine, options = engine_of(df, run, key)
    return fits.elastic_net_path(
        engine,
        options,
        alphas=alphas,
        l1_ratio=l1_ratio,
        n_alphas=n_alphas,
        alpha_min_ratio=alpha_min_ratio,
        max_features=max_features,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        bounds=bounds,
        fit_intercept=fit_intercept,
        tol=tol,
        max_iter=max_iter,
        group_targets=group_targets,
    )


@public("elltwo.integrations.spark")
@_described()
def elastic_net_cv(
    df: Any,  # noqa: ANN401  # a DataFrame
    *,
    key: str | None = None,
    l1_ratio: float | npt.ArrayLike = 0.5,
    alphas: npt.ArrayLike | None = None,
    n_alphas: int = 100,
    alpha_min_ratio: float | None = None,
    cv: int | str = 5,
    select: str = "min",
    per_target: bool = False,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    bounds: BoundsLike | None = None,
    fit_intercept: bool = True,
    tol: float = TOL,
    max_iter: int | None = None,
    extend: bool = False,
    **run: Unpack[RunOptions],
) -> ElasticNetCVFit:
    """Fit an elastic net to a DataFrame, its penalty chosen in the same pass.

    {elastic_net_cv}
    """
    engine, options = engine_of(df, run, key)
    return fits.elastic_net_cv(
        engine,
        options,
        l1_ratio=l1_ratio,
        alphas=alphas,
        n_alphas=n_alphas,
        alpha_min_ratio=alpha_min_ratio,
        cv=cv,
        select=select,
        per_target=per_target,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        bounds=bounds,
        fit_intercept=fit_intercept,
        tol=tol,
        max_iter=max_iter,
        extend=extend,
    )
