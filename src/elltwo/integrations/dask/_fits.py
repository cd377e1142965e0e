"""Linear models of dask collections; each function says what `elltwo`'s of its name fits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from elltwo.functional._base.options import TOL
from elltwo.functional._base.record_parts import public
from elltwo.integrations._reduce import fits
from elltwo.integrations._reduce.text import described
from elltwo.integrations.dask._start import DATA, started

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
    from elltwo.integrations.dask._options import DaskOptions

_described = partial(described, data=DATA)


@public("elltwo.integrations.dask")
@_described()
def moments(
    X: Any,  # noqa: ANN401
    y: Any = None,  # noqa: ANN401
    **run: Unpack[DaskOptions],
) -> Moments:
    """Sum the moments of all rows, from which linear models are fitted here and now.

    {moments}
    """
    return fits.moments(*started(X, y, run))


@public("elltwo.integrations.dask")
@_described()
def ridge(
    X: Any,  # noqa: ANN401
    y: Any = None,  # noqa: ANN401
    *,
    alpha: npt.ArrayLike = 1.0,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
    tol: float = TOL,
    **run: Unpack[DaskOptions],
) -> RidgeFit:
    """Fit a ridge regression to dask collections, in one pass.

    {ridge}

    Examples
    --------
    >>> import dask.array as da
    >>> from elltwo.integrations import dask as ed
    >>> X = da.random.default_rng(0).normal(size=(4000, 3), chunks=(500, 3))
    >>> y = X @ [1.0, 2.0, 3.0] + 4.0
    >>> fit = ed.ridge(X, y, alpha=0.0)
    >>> fit.coef.round(6).tolist(), round(fit.intercept, 6)
    ([1.0, 2.0, 3.0], 4.0)
    """
    return fits.ridge(
        *started(X, y, run),
        alpha=alpha,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        fit_intercept=fit_intercept,
        penalize_intercept=penalize_intercept,
        tol=tol,
    )


@public("elltwo.integrations.dask")
@_described()
def ridge_cv(
    X: Any,  # noqa: ANN401
    y: Any = None,  # noqa: ANN401
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
    **run: Unpack[DaskOptions],
) -> RidgeCVFit:
    """Fit a ridge regression to dask collections, alpha chosen in the same pass.

    {ridge_cv}
    """
    return fits.ridge_cv(
        *started(X, y, run),
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


@public("elltwo.integrations.dask")
@_described()
def elastic_net(
    X: Any,  # noqa: ANN401
    y: Any = None,  # noqa: ANN401
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
    **run: Unpack[DaskOptions],
) -> ElasticNetFit:
    """Fit an elastic net to dask collections, in one pass.

    {elastic_net}
    """
    return fits.elastic_net(
        *started(X, y, run),
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


@public("elltwo.integrations.dask")
@_described()
def elastic_net_path(
    X: Any,  # noqa: ANN401
    y: Any = None,  # noqa: ANN401
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
    **run: Unpack[DaskOptions],
) -> ElasticNetPath:
    """Fit elastic nets for many penalties to dask collections, in one pass.

    {elastic_net_path}
    """
    return fits.elastic_net_path(
        *started(X, y, run),
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


@public("elltwo.integrations.dask")
@_described()
def elastic_net_cv(
    X: Any,  # noqa: ANN401
    y: Any = None,  # noqa: ANN401
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
    **run: Unpack[DaskOptions],
) -> ElasticNetCVFit:
    """Fit an elastic net to dask collections, its penalty chosen in the same pass.

    {elastic_net_cv}
    """
    return fits.elastic_net_cv(
        *started(X, y, run),
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
