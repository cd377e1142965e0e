"""What files of moments, and of fits from them hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.saved_fields import array, taken_names
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._moments.fit import MomentsFit
from elltwo.functional._moments.moments import Moments
from elltwo.functional._ridge.saved import RIDGE_FIT

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def _moments(sums: npt.NDArray[np.uint8]) -> Moments:
    return Moments.from_bytes(sums.tobytes())


def _moments_fit(**given: Any) -> MomentsFit:  # noqa: ANN401
    names = taken_names(given)
    return MomentsFit(**given, data=names)


KINDS = (
    Kind("Moments", {"sums": array("u", "bytes")}, _moments),
    Kind("MomentsFit", RIDGE_FIT, _moments_fit),
)
