"""What the core reads and returns for networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray

    #: X, y or labels, weights
    NetworkRows: TypeAlias = tuple[FloatArray, AnyArray, Float64Array | None]
    #: status, solver, reason, objective, loss, gradient_norm, optimality, tolerance, n_iter,
    #: n_evaluations, in_double, n_threads
    RawInfo: TypeAlias = tuple[
        str, str, str, float, float, float, float, float, int, int, bool, int
    ]
