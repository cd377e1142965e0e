"""What the core reads and returns for networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import TypeAlias

    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray

    #: X, y or labels, weights
    NetworkRows: TypeAlias = tuple[FloatArray, AnyArray, Float64Array | None]


class RawInfo(NamedTuple):
    """How the core ended a fit, see `MLPInfo`."""

    status: str
    solver: str
    ended: str  #: the core's reason
    objective: float
    loss: float
    gradient_norm: float
    optimality: float
    tolerance: float
    n_iter: int
    n_evaluations: int
    in_double: bool  #: whether the last passes were in double precision
    n_threads: int
