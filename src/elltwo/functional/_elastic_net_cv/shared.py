"""The first fits of several l1_ratio, which the core makes in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._elastic_net_problem.solve import NO_BOUNDS, asked_of, core_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._cv.splits import Splits
    from elltwo.functional._elastic_net_problem.options import Penalty
    from elltwo.functional._elastic_net_problem.solve import NetData

    RawSplits: TypeAlias = tuple[
        list[_core.ElasticNetPath],
        _core.ElasticNetInfo,
        list[list[_core.ElasticNetPath]],
        Float64Array,
        Float64Array,
    ]


def fit_splits(
    data: NetData,
    alphas: Float64Array | None,
    penalty: Penalty,
    l1_ratios: Sequence[float],
    splits: Splits,
) -> list[RawSplits]:
    """Fit all rows and every training set for each l1_ratio, in place of that of `penalty`."""
    bounds = NO_BOUNDS if data.bounds is None else data.bounds
    return _core.elastic_net_splits(
        data.problem.X,
        bounds,
        core_problem(data.problem, alphas),
        asked_of(data, penalty),
        np.array(l1_ratios, dtype=np.float64),
        splits[:4],
        data.options,
    )


class FirstFits:
    """Fits of several l1_ratio to one problem, made when the first of them is asked for.

    Tall data are read once for all of them.
    """

    def __init__(self, l1_ratios: Sequence[float]) -> None:
        self._l1_ratios = list(l1_ratios)
        self._asked: tuple[object, ...] | None = None
        self._alphas: Float64Array | None = None
        self._fits: dict[float, RawSplits] = {}

    def take(
        self, data: NetData, alphas: Float64Array | None, penalty: Penalty, splits: Splits
    ) -> RawSplits | None:
        """Return the fits of this l1_ratio, once; None where something else is asked for."""
        asked = (data.options, data.group_targets, penalty._replace(l1_ratio=0.0))
        if self._asked is None and data.l1_ratio in self._l1_ratios:
            self._asked, self._alphas = asked, alphas
            every = fit_splits(data, alphas, penalty, self._l1_ratios, splits)
            self._fits = dict(zip(self._l1_ratios, every, strict=True))
        if alphas is None or self._alphas is None:
            same = alphas is self._alphas
        else:
            same = np.array_equal(alphas, self._alphas)
        return self._fits.pop(data.l1_ratio, None) if same and asked == self._asked else None
