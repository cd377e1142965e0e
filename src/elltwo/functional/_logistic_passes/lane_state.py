"""A lane between passes as a JSON head and arrays, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._logistic_passes.lane import Candidate, Lane
from elltwo.functional._logistic_passes.model import Curvature, Pair
from elltwo.functional._logistic_passes.scaled import Point
from elltwo.functional._logistic_passes.start import SampleStart

if TYPE_CHECKING:
    from elltwo.functional._base.validate import AnyArray
    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.sample_model import SampleModel
    from elltwo.functional._logistic_passes.scaled import Scaled

_PLAIN = (
    "status",
    "in_float32",
    "n_steps",
    "is_finite",
    "length",
    "rate",
    "failures",
    "least",
    "idle",
    "is_slow",
    "gap",
    "rcond",
)
_FAR = ("separates", "lengths")
_POINT_ARRAYS = ("theta", "data_slope", "residual", "slope")
_POINT_NUMBERS = ("loss", "penalty", "optimality")


def lane_state(lane: Lane) -> tuple[dict[str, Any], dict[str, AnyArray]]:
    """Return all that a lane has beyond its problem and the first pass."""
    model, at = lane.model, lane.at
    head: dict[str, Any] = {name: getattr(lane, name) for name in _PLAIN}
    head["far"] = {name: getattr(lane.far, name) for name in _FAR}
    head["candidates"] = [list(one[1:]) for one in lane.candidates]
    shape = lane.scaled.active.shape
    arrays: dict[str, AnyArray] = {
        "candidates": np.array([one.theta for one in lane.candidates]).reshape(-1, *shape),
        "steps": np.array([pair.step for pair in model.pairs]),
        "changes": np.array([pair.change for pair in model.pairs]),
        "foreseen": np.array([pair.foreseen for pair in model.pairs]),
    }
    head["uses_sample"] = model.uses_sample
    if model.blocks_at is not None:
        arrays["blocks_at"] = model.blocks_at
    if at is not None:
        head["at"] = {name: getattr(at, name) for name in _POINT_NUMBERS}
        arrays |= {f"at_{name}": getattr(at, name) for name in _POINT_ARRAYS}
    if model.curvature is not None:
        head["curvature_in_float32"] = model.curvature.in_float32
        arrays["curvature_theta"] = model.curvature.theta
        arrays["curvature"] = model.curvature.hessian
    return head, arrays


def restore_lane(
    scaled: Scaled,
    first: FirstSums,
    sample: SampleModel,
    head: dict[str, Any],
    arrays: dict[str, AnyArray],
) -> Lane:
    """Return the lane that `lane_state` was called on."""
    lane = Lane(scaled, first, sample, SampleStart([scaled.origin()], head["is_finite"]))
    for name in _PLAIN:
        setattr(lane, name, head[name])
    for name in _FAR:
        setattr(lane.far, name, head["far"][name])
    lane.candidates = [
        Candidate(theta, *flags)
        for theta, flags in zip(arrays["candidates"], head["candidates"], strict=True)
    ]
    if "at" in head:
        of_point: dict[str, Any] = {name: arrays[f"at_{name}"] for name in _POINT_ARRAYS}
        lane.at = Point(**head["at"], **of_point)
    if "blocks_at" in arrays:
        lane.model.refresh_blocks(arrays["blocks_at"])
    if "curvature" in arrays:
        in_float32 = head["curvature_in_float32"]
        hessian = Curvature(arrays["curvature_theta"], arrays["curvature"], in_float32)
        lane.model.adopt(hessian)
    if not head["uses_sample"]:
        lane.model.leave_sample()
    lane.model.pairs.extend(
        Pair(*of_pair)
        for of_pair in zip(arrays["steps"], arrays["changes"], arrays["foreseen"], strict=True)
    )
    return lane
