"""Minimisations for several alphas and folds that share every pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._logistic_passes.curvatures import (
    Curvatures,
    Node,
    solve_together,
)
from elltwo.functional._logistic_passes.side_lane import RowSums, SideLane
from elltwo.functional._logistic_passes.task import PassTask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.sums import PassSums
    from elltwo.functional._logistic_passes.task import Folds
    from elltwo.functional._logistic_problem.info import LogisticInfo

_COLUMNS_FOR_FLOAT = 48  # narrower Hessians gain nothing by products in float32
_MOST_OWN = 4  # Hessians of slow lanes in a pass
_ALIKE = 16.0  # weights of lanes with the same factor agree to about 1 part in so many
_NEAR = 10.0  # multiple of the tolerance at which a lane needs no better metric


class Probe(NamedTuple):
    """A point at which only a Hessian is wanted, of all rows."""

    position: int
    theta: Float64Array


class SideBySide:
    """Lanes that go on together until all have ended.

    Parameters
    ----------
    lanes : list of SideLane
        The minimisations; those with the same position share their alpha.
    curvatures : Curvatures
        Hessians known so far; more are added.
    """

    def __init__(self, lanes: list[SideLane], curvatures: Curvatures) -> None:
        self.lanes = lanes
        self.curvatures = curvatures
        self.nodes: list[int] = []  #: positions at which Hessians are taken first
        self.probes: list[Probe] = []
        self.wanted: list[int] = []  #: lanes whose own Hessians the next pass is to give

    @property
    def going(self) -> list[int]:
        """Lanes that have not ended."""
        return [k for k, lane in enumerate(self.lanes) if lane.status is None]

    def missed(self) -> list[tuple[float, LogisticInfo]]:
        """Return the alphas of lanes that did not reach their tolerance, and how these ended.

        Those that rounding ended are no worse for scores than others.
        """
        fine = {None, "converged", "at_rounding"}
        failed = [lane for lane in self.lanes if lane.status not in fine]
        return [(lane.scaled.alpha, lane.info()) for lane in failed]

    def task(self, first: FirstSums, folds: Folds) -> PassTask:
        """Return the points of the next pass: those of the lanes, then the probes."""
        scaled = self.lanes[0].scaled
        points, left_out, hessian = [], [], []
        for k in self.going:
            mine = self.lanes[k].points
            points += mine
            left_out += [self.lanes[k].scaled.fold] * len(mine)
            hessian += [k in self.wanted] + [False] * (len(mine) - 1)
        points += [probe.theta for probe in self.probes]
        left_out += [-1] * len(self.probes)
        hessian += [True] * len(self.probes)
        return PassTask(
            classes=first.classes,
            theta=np.array(points),
            left_out=np.array(left_out, dtype=np.int32),
            shift=scaled.shift,
            scale=scaled.scale,
            hessian=np.array(hessian),
            in_float32=scaled.n_features + 1 >= _COLUMNS_FOR_FLOAT,
            folds=folds,
            offset_shift=scaled.common_offset,
        )

    def take(self, sums: PassSums) -> None:
        """Take the sums of the pass, and set the points of the next."""
        hessians = iter(sums.hessian)
        row = 0
        for k in self.going:
            lane = self.lanes[k]
            if k in self.wanted:
                self._adopt(lane.position, lane.scaled.fold, next(hessians), sums, row)
            after = row + len(lane.points)
            lane.take([_at_point(sums, one) for one in range(row, after)])
            row = after
        for at, probe in enumerate(self.probes, start=row):
            self._adopt(probe.position, -1, next(hessians), sums, at)
        self.probes = []
        self.wanted = self._slow()
        self._propose()

    def _adopt(
        self, position: int, fold: int, hessian: Float64Array, sums: PassSums, row: int
    ) -> None:
        if np.isfinite(hessian).all():
            weight = float(sums.weight[row])
            residual = float(sums.residual[row].sum()) / weight
            self.curvatures.adopt(position, fold, Node(hessian[np.newaxis] / weight, residual))

    def _slow(self) -> list[int]:
        """Return the lanes to take Hessians of: the slowest of each alpha, of few alphas."""
        if self.curvatures.is_blockwise:
            return []
        slow = [
            k
            for k in self.going
            if self.lanes[k].is_slow and _optimality(self.lanes[k]) > _NEAR * self.lanes[k].tol
        ]
        slow.sort(key=lambda k: (-self.lanes[k].n_failures, -_optimality(self.lanes[k]), k))
        chosen: dict[int, int] = {}
        for k in slow:
            chosen.setdefault(self.lanes[k].position, k)
        return sorted(list(chosen.values())[:_MOST_OWN])

    def _propose(self) -> None:
        """Set the trial points of the lanes that go on, with one factor for lanes that share it."""
        groups: dict[object, list[SideLane]] = {}
        for k in self.going:
            lane = self.lanes[k]
            groups.setdefault(self._key(lane), []).append(lane)
        for lanes in groups.values():
            blocks = self._blocks(lanes)
            failed = _step(blocks, lanes)
            for lane in failed:
                lane.pairs.clear()
            for lane in _step(blocks, failed) if failed else []:
                lane.status = "max_iter_reached"

    def _key(self, lane: SideLane) -> object:
        """Lanes of the same key have the same metric, but for a factor."""
        fold = lane.scaled.fold
        own = fold if (lane.position, fold) in self.curvatures.nodes else -1
        weight = round(float(np.log2(lane.scaled.weight)) * _ALIKE)
        return lane.position, own, weight, lane.scaled.active.tobytes()

    def _blocks(self, lanes: Sequence[SideLane]) -> Float64Array:
        scaled = lanes[0].scaled
        residual = float(np.mean([lane.residual for lane in lanes]))
        blocks = self.curvatures.at(lanes[0].position, scaled.fold, residual)
        return blocks * float(np.mean([lane.scaled.weight for lane in lanes]))


def _at_point(sums: PassSums, row: int) -> RowSums:
    parts = (sums.gradient, sums.residual, sums.held)
    return RowSums(float(sums.loss[row]), *(part[row].copy() for part in parts))


def _step(blocks: Float64Array, lanes: list[SideLane]) -> list[SideLane]:
    """Set the trial points of lanes with the same metric; return those that it fails."""
    begun = [lane.begin_direction() for lane in lanes]
    solved = solve_together(blocks, lanes[0].scaled, [q for q, _ in begun])
    return [
        lane
        for lane, step, (_, weights) in zip(lanes, solved, begun, strict=True)
        if not lane.propose(step, weights)
    ]


def _optimality(lane: SideLane) -> float:
    return np.inf if lane.at is None else lane.at.optimality
