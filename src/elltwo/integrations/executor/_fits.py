"""Linear models of parts on an executor; each function says what `elltwo`'s of its name fits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from elltwo.functional._base.options import TOL
from elltwo.functional._base.record_parts import public
from elltwo.integrations._reduce import fits
from elltwo.integrations._reduce.text import described
from elltwo.integrations.executor._engine import ExecutorEngine
from elltwo.integrations.executor._text import DATA

if TYPE_CHECKING:
    from collections.abc import Iterable
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
    from elltwo.integrations.executor._engine import Executor, Loader

_described = partial(described, data=DATA)


@public("elltwo.integrations.executor")
@_described()
def moments(
    parts: Iterable[Any],
    loader: Loader = None,
    *,
    executor: Executor,
    **run: Unpack[RunOptions],
) -> Moments:
    """Sum the moments of all parts, from which linear models are fitted here and now.

    {moments}
    """
    return fits.moments(ExecutorEngine(parts, loader, executor), run)


@public("elltwo.integrations.executor")
@_described()
def ridge(
    parts: Iterable[Any],
    loader: Loader = None,
    *,
    executor: Executor,
    alpha: npt.ArrayLike = 1.0,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
    tol: float = TOL,
    **run: Unpack[RunOptions],
) -> RidgeFit:
    """Fit a ridge regression to parts on an executor, in one pass.

    {ridge}

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> import numpy as np
    >>> from elltwo.integrations import executor
    >>> def load(seed):
    ...     X = np.random.default_rng(seed).normal(size=(500, 3))
    ...     return X, X @ [1.0, 2.0, 3.0] + 4.0
    >>> with ThreadPoolExecutor(2) as pool:
    ...     fit = executor.ridge(range(8), load, executor=pool, alpha=0.0)
    >>> fit.coef.round(6).tolist(), round(fit.intercept, 6)
    ([1.0, 2.0, 3.0], 4.0)
    """
    return fits.ridge(
        ExecutorEngine(parts, loader, executor),
        run,
        alpha=alpha,
        penalty_factors=penalty_factors,
        prior_mean=prior_mean,
        fit_intercept=fit_intercept,
        penalize_intercept=penalize_intercept,
        tol=tol,
    )


@public("elltwo.integrations.executor")
@_described()
def ridge_cv(
    parts: Iterable[Any],
    loader: Loader = None,
    *,
    executor: Executor,
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
    """Fit a ridge regression to parts on an executor, alpha chosen in the same pass.

    {ridge_cv}
    """
    return fits.ridge_cv(
        ExecutorEngine(parts, loader, executor),
        run,
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


@public("elltwo.integrations.executor")
@_described()
def elastic_net(
    parts: Iterable[Any],
    loader: Loader = None,
    *,
    executor: Executor,
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
    """Fit an elastic net to parts on an executor, in one pass.

    {elastic_net}
    """
    return fits.elastic_net(
        ExecutorEngine(parts, loader, executor),
        run,
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


@public("elltwo.integrations.executor")
@_described()
def elastic_net_path(
    parts: Iterable[Any],
    loader: Loader = None,
    *,
    executor: Executor,
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
    """Fit elastic nets for many penalties to parts on an executor, in one pass.

    {elastic_net_path}
    """
    return fits.elastic_net_path(
        ExecutorEngine(parts, loader, executor),
        run,
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


@public("elltwo.integrations.executor")
@_described()
def elastic_net_cv(
    parts: Iterable[Any],
    loader: Loader = None,
    *,
    executor: Executor,
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
    """Fit an elastic net to parts on an executor, its penalty chosen in the same pass.

    {elastic_net_cv}
    """
    return fits.elastic_net_cv(
        ExecutorEngine(parts, loader, executor),
        run,
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
