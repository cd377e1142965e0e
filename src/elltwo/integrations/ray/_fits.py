"""Linear models of a Ray Dataset; each function says what `elltwo`'s of its name fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.functional._base.options import TOL
from elltwo.functional._base.record_parts import public
from elltwo.integrations._reduce import fits
from elltwo.integrations._reduce.text import described
from elltwo.integrations.ray._data import read_dataset
from elltwo.integrations.ray._engine import RayEngine
from elltwo.integrations.ray._stream import one_pass_engine
from elltwo.integrations.ray._text import DATA

if TYPE_CHECKING:
    from typing import Unpack

    import numpy.typing as npt
    import ray.data

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


@public("elltwo.integrations.ray")
@described(data=DATA)
def moments(
    dataset: ray.data.Dataset,
    **run: Unpack[RunOptions],
) -> Moments:
    """Sum the moments of all rows, from which linear models are fitted here and now.

    {moments}
    """
    rows = read_dataset(dataset, run)
    return fits.moments(one_pass_engine(rows), rows.options)


@public("elltwo.integrations.ray")
@described(data=DATA)
def ridge(
    dataset: ray.data.Dataset,
    *,
    alpha: npt.ArrayLike = 1.0,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
    tol: float = TOL,
    **run: Unpack[RunOptions],
) -> RidgeFit:
    """Fit a ridge regression to a Ray Dataset, in one pass.

    {ridge}
    """
    rows = read_dataset(dataset, run)
    return fits.ridge(
        one_pass_engine(rows),
        rows.options,
        alpha=alpha,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        fit_intercept=fit_intercept,
        penalize_intercept=penalize_intercept,
        tol=tol,
    )


@public("elltwo.integrations.ray")
@described(data=DATA)
def ridge_cv(
    dataset: ray.data.Dataset,
    *,
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
    """Fit a ridge regression to a Ray Dataset, alpha chosen in the same pass.

    {ridge_cv}
    """
    rows = read_dataset(dataset, run)
    return fits.ridge_cv(
        RayEngine(rows),
        rows.options,
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


@public("elltwo.integrations.ray")
@described(data=DATA)
def elastic_net(
    dataset: ray.data.Dataset,
    *,
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
    """Fit an elastic net to a Ray Dataset, in one pass.

    {elastic_net}
    """
    rows = read_dataset(dataset, run)
    return fits.elastic_net(
        one_pass_engine(rows),
        rows.options,
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


@public("elltwo.integrations.ray")
@described(data=DATA)
def elastic_net_path(
    dataset: ray.data.Dataset,
    *,
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
    """Fit elastic nets for many penalties to a Ray Dataset, in one pass.

    {elastic_net_path}
    """
    rows = read_dataset(dataset, run)
    return fits.elastic_net_path(
        one_pass_engine(rows),
        rows.options,
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


@public("elltwo.integrations.ray")
@described(data=DATA)
def elastic_net_cv(
    dataset: ray.data.Dataset,
    *,
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
    """Fit an elastic net to a Ray Dataset, its penalty chosen in the same pass.

    {elastic_net_cv}
    """
    rows = read_dataset(dataset, run)
    return fits.elastic_net_cv(
        RayEngine(rows),
        rows.options,
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
