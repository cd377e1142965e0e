"""The points of a path as the core returns them, one target at a time."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from elltwo._core import ElasticNetInfo as RawInfo
    from elltwo._core import ElasticNetPath as RawPath
    from elltwo.functional._base.validate import Float64Array


class Point(NamedTuple):
    """One target at one alpha."""

    features: npt.NDArray[np.int64]  #: of the coefficients that are not zero, ascending
    values: Float64Array
    intercept: float
    objective: float
    rss: float
    gap: float
    violation: float
    n_active: int
    n_iter: int
    converged: bool
    null_objective: float
    alpha_max: float

    def coef(self, n_features: int) -> Float64Array:
        """Return all coefficients."""
        dense = np.zeros(n_features)
        dense[self.features] = self.values
        return dense


class TargetPath(NamedTuple):
    """One target at every alpha, falling, with its coefficients in compressed columns."""

    alphas: Float64Array
    starts: npt.NDArray[np.int64]  #: (n_alphas + 1,), where the coefficients of an alpha begin
    features: npt.NDArray[np.int64]  #: ascending at each alpha
    values: Float64Array
    intercept: Float64Array
    objective: Float64Array
    rss: Float64Array
    gap: Float64Array
    violation: Float64Array
    n_active: npt.NDArray[np.int64]
    n_iter: npt.NDArray[np.int32]
    converged: npt.NDArray[np.uint8]
    null_objective: float
    alpha_max: float
    stopped_early: bool

    def point(self, at: int) -> Point:
        """Return the point of one alpha, by its number."""
        rows = slice(int(self.starts[at]), int(self.starts[at + 1]))
        return Point(
            self.features[rows],
            self.values[rows],
            float(self.intercept[at]),
            float(self.objective[at]),
            float(self.rss[at]),
            float(self.gap[at]),
            float(self.violation[at]),
            int(self.n_active[at]),
            int(self.n_iter[at]),
            bool(self.converged[at]),
            self.null_objective,
            self.alpha_max,
        )

    def place(self, alpha: float) -> int:
        """Return the number of an alpha, or of the largest below it."""
        return int(np.searchsorted(-self.alphas, -alpha))


class Solved(NamedTuple):
    """What a call of the core found: a path of each target, and how they came about."""

    paths: list[TargetPath]
    call: Call


class Call(NamedTuple):
    """How all paths of a call came about, see `ElasticNetInfo`."""

    solver: str
    reason: str
    fallback: str | None
    tolerance: float
    n_passes: int
    n_ever: int
    n_exchanges: int
    n_monotone: int
    n_threads: int
    group_targets: bool  #: whether every path has the certificate of all targets together

    def certified(self, points: Sequence[Point]) -> Sequence[Point]:
        """Return the points with certificates of their own: the first stands for a group."""
        return points[:1] if self.group_targets else points


_fields_of_path = attrgetter(*TargetPath._fields)
_fields_of_call = attrgetter(*Call._fields)


def as_target_path(raw: RawPath) -> TargetPath:
    """Translate the record of the core, which does not pickle."""
    return TargetPath(*_fields_of_path(raw))


def as_solved(paths: Iterable[RawPath], info: RawInfo) -> Solved:
    """Translate what the core returns."""
    return Solved([as_target_path(path) for path in paths], Call(*_fields_of_call(info)))
