"""Errors on test sets, of elastic nets that were fitted to training sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._elastic_net_cv.estimator import FirstFits, solve_splits
from elltwo.linear_model._elastic_net_solved import LEAST_RATIO, solve_grid

if TYPE_CHECKING:
    from elltwo.functional._base.validate import AnyArray, Float64Array
    from elltwo.functional._cv.splits import Splits
    from elltwo.functional._elastic_net.estimator import NetData, Penalty, Solved
    from elltwo.linear_model._elastic_net_grid import Grid
    from elltwo.linear_model._elastic_net_solved import GridPath


class Curve(NamedTuple):
    """What cross-validation says of the alphas of one `l1_ratio`."""

    path: GridPath  #: fits to all rows
    errors: Float64Array  #: (n_alphas, n_splits), mean squared errors on test sets

    @property
    def mean(self) -> Float64Array:
        """Mean over the splits."""
        mean: Float64Array = self.errors.mean(axis=1)
        return mean


class _Splitting:
    """The fits to all rows, which note the errors on test sets of the fits to training sets."""

    def __init__(self, splits: Splits, first: FirstFits) -> None:
        self._splits = splits
        self._first = first
        self.errors: AnyArray

    def __call__(self, net: NetData, alphas: Float64Array | None, penalty: Penalty) -> Solved:
        solved, sse, weight = solve_splits(net, alphas, penalty, self._splits, self._first)
        self.errors = sse.mean(axis=2) / weight[:, np.newaxis]
        return solved


def curves_of(nets: list[NetData], grid: Grid, unit: float, splits: Splits) -> list[Curve]:
    """Cross-validate the alphas of a grid for each l1_ratio."""
    least = 0.0 if grid.values is not None else LEAST_RATIO
    alike = [net for net in nets if net.l1_ratio >= least and net.options == nets[0].options]
    first, curves = FirstFits([net.l1_ratio for net in alike]), []
    for net in nets:
        splitting = _Splitting(splits, first)
        path = solve_grid(net, grid, unit, splitting)
        curves.append(Curve(path, np.ascontiguousarray(splitting.errors[:, path.at].T)))
    return curves


def of_equal_weight(splits: Splits, weight: Float64Array | None, unit: float) -> Splits:
    """Scale the weights of each training set to the sum of all.

    Then an alpha of the core is the same alpha of scikit-learn's on every training set.
    """
    of_rows = np.ones(splits.group.size) if weight is None else weight
    bad = np.flatnonzero(~((of_rows >= 0.0) & (of_rows < np.inf)))
    if bad.size:
        value = float(of_rows[bad[0]])
        raise ValueError(
            f"sample_weight must be finite and not negative, got {value:.17g} at row {bad[0]}"
        )
    of_groups = np.bincount(splits.group, weights=of_rows, minlength=splits.n_groups)
    for table, kind in ((splits.train, "training"), (splits.test, "test")):
        empty = np.flatnonzero(~(table @ of_groups > 0.0))
        if empty.size:
            raise ValueError(
                f"sample_weight must not be all zero on a {kind} set, got zeros for every row of "
                f"that of split {int(empty[0])}"
            )
    scale = unit / (splits.train @ of_groups)
    return splits._replace(train=np.ascontiguousarray(splits.train * scale[:, np.newaxis]))
