"""Fits side by side between passes as a JSON head and arrays, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from elltwo.functional._logistic_passes.alo import AloChunk
from elltwo.functional._logistic_passes.curvatures import Curvatures, Node
from elltwo.functional._logistic_passes.side_by_side import Probe, SideBySide
from elltwo.functional._logistic_passes.side_lane import RowSums, SideLane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elltwo.functional._base.validate import AnyArray
    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.path_chunk import PathChunk
    from elltwo.functional._logistic_passes.problem import PassProblem

    State = tuple[dict[str, Any], dict[str, AnyArray]]

_Chunk = TypeVar("_Chunk", bound="PathChunk")

_PLAIN = ("position", "tol", "status", "length", "rate", "n_passes", "n_steps", "n_failures")
_FAR = ("separates", "lengths")


def chunk_state(chunk: PathChunk) -> State:
    """Return all that a chunk has beyond its problem and the first pass."""
    lanes, arrays = _lanes_state(chunk.side.lanes)
    nodes = chunk.side.curvatures.nodes
    head: dict[str, Any] = {
        "lanes": lanes,
        "plain": {name: getattr(chunk, name) for name in chunk.plain},
        "nodes": chunk.side.nodes,
        "wanted": chunk.side.wanted,
        "probes": [probe.position for probe in chunk.side.probes],
        "curvatures": [[*key, node.residual] for key, node in nodes.items()],
    }
    arrays["alphas"] = chunk.alphas
    if isinstance(chunk, AloChunk) and chunk.hessians is not None:
        arrays["hessians"] = chunk.hessians
    arrays["probes"] = np.array([probe.theta for probe in chunk.side.probes])
    arrays["curvatures"] = np.array([node.blocks for node in nodes.values()])
    return head, arrays


def restore_chunk(
    kind: type[_Chunk],
    problem: PassProblem,
    first: FirstSums,
    head: dict[str, Any],
    arrays: dict[str, AnyArray],
) -> _Chunk:
    """Return the chunk that `chunk_state` was called on."""
    curvatures = Curvatures()
    known = zip(head["curvatures"], arrays["curvatures"], strict=True)
    for (position, fold, residual), blocks in known:
        curvatures.nodes[position, fold] = Node(blocks, residual)
    chunk = kind(problem, first, arrays["alphas"])
    chunk.side = SideBySide(_restored_lanes(chunk, head["lanes"], arrays), curvatures)
    for name, value in head["plain"].items():
        setattr(chunk, name, value)
    if isinstance(chunk, AloChunk):
        chunk.hessians = arrays.get("hessians")
    chunk.side.nodes = head["nodes"]
    chunk.side.wanted = head["wanted"]
    chunk.side.probes = [
        Probe(position, theta)
        for position, theta in zip(head["probes"], arrays["probes"], strict=True)
    ]
    return chunk


def _lanes_state(lanes: list[SideLane]) -> tuple[list[dict[str, Any]], dict[str, AnyArray]]:
    shape = (-1, *lanes[0].scaled.active.shape)
    heads = []
    for lane in lanes:
        head: dict[str, Any] = {name: getattr(lane, name) for name in _PLAIN}
        head["far"] = [getattr(lane.far, name) for name in _FAR]
        head |= {"fold": lane.scaled.fold, "n_pairs": len(lane.pairs), "n_tests": len(lane.tests)}
        head["is_begun"] = lane.at is not None
        heads.append(head)
    begun = [lane for lane in lanes if lane.at is not None]
    sums = [lane.sums for lane in begun if lane.sums is not None]
    pairs = [pair for lane in lanes for pair in lane.pairs]
    return heads, {
        "trial": np.array([lane.trial for lane in lanes]).reshape(shape),
        "tests": np.array([test for lane in lanes for test in lane.tests]).reshape(shape),
        "theta": np.array([lane.at.theta for lane in begun if lane.at is not None]).reshape(shape),
        "loss": np.array([one.loss for one in sums]),
        "gradient": np.array([one.gradient for one in sums]).reshape(shape),
        "residual": np.array([one.residual for one in sums]).reshape(-1, shape[1]),
        "held": np.array([one.held for one in sums]).reshape(-1, 4),
        "steps": np.array([step for step, _ in pairs]).reshape(shape),
        "changes": np.array([change for _, change in pairs]).reshape(shape),
    }


def _restored_lanes(
    chunk: PathChunk, heads: list[dict[str, Any]], arrays: dict[str, AnyArray]
) -> list[SideLane]:
    rows = {name: iter(arrays[name]) for name in _ITERATED}
    return [_restored(chunk, head, rows) for head in heads]


_ITERATED = ("trial", "tests", "theta", "loss", "gradient", "residual", "held", "steps", "changes")


def _restored(chunk: PathChunk, head: dict[str, Any], rows: dict[str, Iterator[Any]]) -> SideLane:
    scaled = chunk.scaled(float(chunk.alphas[head["position"]]), head["fold"])
    lane = SideLane(scaled, head["position"], next(rows["trial"]), head["tol"])
    for name in _PLAIN:
        setattr(lane, name, head[name])
    for name, value in zip(_FAR, head["far"], strict=True):
        setattr(lane.far, name, value)
    lane.tests = [next(rows["tests"]) for _ in range(head["n_tests"])]
    lane.pairs.extend((next(rows["steps"]), next(rows["changes"])) for _ in range(head["n_pairs"]))
    if head["is_begun"]:
        sums = RowSums(
            float(next(rows["loss"])), *(next(rows[k]) for k in ("gradient", "residual", "held"))
        )
        lane.restore(next(rows["theta"]), sums)
    return lane
