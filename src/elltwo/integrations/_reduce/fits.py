"""The fits of the linear models, from moments that an engine takes.

Arguments are those of `elltwo.ridge` and its like; `penalty` holds the ones that the moments' own
method takes as well, under the same names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional import elastic_net_moments_cv, moments_cv
from elltwo.functional._base.criteria import CRITERIA
from elltwo.functional._base.grid import given_grid
from elltwo.functional._base.validate import float64_array
from elltwo.integrations._reduce.engine import closing_engine
from elltwo.integrations._reduce.folds import number_of_folds
from elltwo.integrations._reduce.sums import take_moments

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional import (
        ElasticNetCVFit,
        ElasticNetFit,
        ElasticNetPath,
        Moments,
        RidgeCVFit,
        RidgeFit,
    )
    from elltwo.integrations._reduce.engine import Engine
    from elltwo.integrations._reduce.options import RunOptions


@closing_engine
def moments(engine: Engine, /, options: RunOptions) -> Moments:
    """Return the moments of all rows."""
    return take_moments(engine, options).whole()


@closing_engine
def ridge(
    engine: Engine,
    /,
    options: RunOptions,
    *,
    alpha: npt.ArrayLike,
    **penalty: Any,  # noqa: ANN401
) -> RidgeFit:
    """Fit as `Moments.ridge` does."""
    _check_alpha(alpha)
    return take_moments(engine, options).whole().ridge(alpha, **penalty)


@closing_engine
def ridge_cv(
    engine: Engine,
    /,
    options: RunOptions,
    *,
    cv: int | str,
    alphas: npt.ArrayLike | None,
    **penalty: Any,  # noqa: ANN401
) -> RidgeCVFit:
    """Fit as `moments_cv` does, or for ``cv="gcv"`` as `Moments.gcv`."""
    n_folds = number_of_folds(cv, ("gcv",))
    if alphas is not None:
        given_grid(alphas)
    if n_folds == 1:
        for name, default in (("select", "min"), ("extend", False)):
            if penalty.pop(name, default) != default:
                raise ValueError(f"{name} goes with folds, got cv={cv!r}")
        return take_moments(engine, options).whole().gcv(alphas, **penalty)
    folds = take_moments(engine, options, n_folds).full()
    return moments_cv(folds, alphas, **penalty)


@closing_engine
def elastic_net(
    engine: Engine,
    /,
    options: RunOptions,
    *,
    alpha: npt.ArrayLike,
    l1_ratio: float,
    **penalty: Any,  # noqa: ANN401
) -> ElasticNetFit:
    """Fit as `Moments.elastic_net` does."""
    _check_alpha(alpha)
    return take_moments(engine, options).whole().elastic_net(alpha, l1_ratio, **penalty)


@closing_engine
def elastic_net_path(
    engine: Engine,
    /,
    options: RunOptions,
    *,
    alphas: npt.ArrayLike | None,
    l1_ratio: float,
    **penalty: Any,  # noqa: ANN401
) -> ElasticNetPath:
    """Fit as `Moments.elastic_net_path` does."""
    if alphas is not None:
        given_grid(alphas)
    return take_moments(engine, options).whole().elastic_net_path(alphas, l1_ratio, **penalty)


@closing_engine
def elastic_net_cv(
    engine: Engine,
    /,
    options: RunOptions,
    *,
    cv: int | str,
    l1_ratio: float | npt.ArrayLike,
    alphas: npt.ArrayLike | None,
    **penalty: Any,  # noqa: ANN401
) -> ElasticNetCVFit:
    """Fit as `elastic_net_moments_cv` does, over folds or by a criterion."""
    n_folds = number_of_folds(cv, CRITERIA)
    if alphas is not None:
        given_grid(alphas)
    folds = take_moments(engine, options, n_folds).full()
    criterion = cv if isinstance(cv, str) else None
    return elastic_net_moments_cv(folds, l1_ratio, alphas=alphas, cv=criterion, **penalty)


def _check_alpha(alpha: npt.ArrayLike) -> None:
    """Refuse a penalty before anything is read."""
    values = float64_array(alpha, "alpha")
    if values.ndim > 1 or not (values >= 0.0).all():
        raise ValueError(f"alpha must hold numbers in [0, inf], got {alpha!r}")
