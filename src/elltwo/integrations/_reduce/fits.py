"""The fits of the linear models, from moments that an engine takes.

Arguments are those of `elltwo.ridge` and its like; `penalty` holds the ones that the moments' own
method takes as well, under the same names.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from elltwo.functional import Moments, elastic_net_moments_cv, moments_cv
from elltwo.functional._base.criteria import CRITERIA
from elltwo.functional._base.validate import float64_array
from elltwo.integrations._reduce.engine import closing_engine
from elltwo.integrations._reduce.folds import number_of_folds
from elltwo.integrations._reduce.sums import take_moments

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from elltwo.functional import (
        ElasticNetCVFit,
        ElasticNetFit,
        ElasticNetPath,
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
    _rehearse(Moments.ridge, *_two_rows(), **penalty)
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
    _rehearse(moments_cv, _two_rows(2), alphas=alphas, **penalty)
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
    _rehearse(Moments.elastic_net, *_two_rows(), l1_ratio=l1_ratio, **penalty)
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
    _rehearse(Moments.elastic_net_path, *_two_rows(), alphas=alphas, l1_ratio=l1_ratio, **penalty)
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
    criterion = cv if isinstance(cv, str) else None
    choice: dict[str, Any] = {"l1_ratio": l1_ratio, "alphas": alphas, "cv": criterion}
    _rehearse(elastic_net_moments_cv, _two_rows(2), **choice, **penalty)
    folds = take_moments(engine, options, n_folds).full()
    return elastic_net_moments_cv(folds, **choice, **penalty)


def _rehearse(fit: Callable[..., object], data: Any, **options: Any) -> None:  # noqa: ANN401
    """Fit two rows, so that an option which is refused is so before anything is read.

    What has the shape of the data is left out; warnings are those of the real fit alone.
    """
    shaped = {"penalty_factors", "prior_mean", "bounds", "group_targets"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit(data, **{name: value for name, value in options.items() if name not in shaped})


def _two_rows(n_sets: int = 1) -> list[Moments]:
    return [Moments(1).add([[-1.0], [1.0]], [-1.0, 1.0]) for _ in range(n_sets)]


def _check_alpha(alpha: npt.ArrayLike) -> None:
    """Refuse a penalty before anything is read."""
    values = float64_array(alpha, "alpha")
    if values.ndim > 1 or not (values >= 0.0).all():
        raise ValueError(f"alpha must hold numbers in [0, inf], got {alpha!r}")
